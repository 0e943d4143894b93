"""Recipes chosen by name: parameters of a model, made only where they are not overridden."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .builtin.words import AUTO
from .errors import ParameterError

__all__ = ["PRESETS", "preset"]

_MINILM = "sentence-transformers:all-MiniLM-L6-v2"
_MULTILINGUAL = "sentence-transformers:paraphrase-multilingual-MiniLM-L12-v2"


def _sentence_model(language: str | None) -> str:
    """The model for *language*; for that of documents nobody has seen yet, the English one."""
    return _MINILM if (language or "multilingual").lower() in (AUTO, "english", "en") else _MULTILINGUAL


def _semantic(language: str | None) -> dict[str, Callable[[], Any]]:
    from .api import embedder

    return {
        "embedder": lambda: embedder([_sentence_model(language), "ppmi"], weights=[1.0, 0.7]),
        "clusterer": lambda: "graph",
    }


def _bertopic(language: str | None) -> dict[str, Callable[[], Any]]:
    from .api import reducer

    return {
        "embedder": lambda: _sentence_model(language),
        "reducer": lambda: reducer("umap", n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine"),
        "clusterer": lambda: "hdbscan",
    }


PRESETS = {"semantic": _semantic, "bertopic": _bertopic}


def preset(name: str, overrides: dict[str, Any]) -> dict[str, Any]:
    """The parameters of preset *name* with *overrides*; parts that are overridden need no plugin.

    Raises:
        ParameterError: There is no such preset.
        PluginError: A plugin that the preset names is missing; the message has the install line.
    """
    recipe = PRESETS.get(name)
    if recipe is None:
        raise ParameterError(f"no preset named {name!r}; presets are {', '.join(map(repr, sorted(PRESETS)))}")
    parts = recipe(overrides.get("language", AUTO))
    return {**{name: make() for name, make in parts.items() if name not in overrides}, **overrides}
