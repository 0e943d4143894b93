"""Recipes chosen by name. Each is plain data: the parameters of a model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .errors import ParameterError

__all__ = ["PRESETS", "preset"]

_MINILM = "sentence-transformers:all-MiniLM-L6-v2"
_MULTILINGUAL = "sentence-transformers:paraphrase-multilingual-MiniLM-L12-v2"


def _sentence_model(language: str | None) -> str:
    return _MINILM if (language or "multilingual").lower() in ("english", "en") else _MULTILINGUAL


def _semantic(language: str | None) -> dict[str, Any]:
    from .api import embedder

    return {
        "embedder": embedder([_sentence_model(language), "ppmi"], weights=[1.0, 0.7]),
        "reducer": None,
        "clusterer": "graph",
    }


def _bertopic(language: str | None) -> dict[str, Any]:
    from .api import reducer

    return {
        "embedder": _sentence_model(language),
        "reducer": reducer("umap", n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine"),
        "clusterer": "hdbscan",
    }


PRESETS: dict[str, Callable[[str | None], dict[str, Any]]] = {"semantic": _semantic, "bertopic": _bertopic}


def preset(name: str, overrides: dict[str, Any]) -> dict[str, Any]:
    """The parameters of preset *name* with *overrides*; parts that are overridden need no plugin.

    Raises:
        ParameterError: There is no such preset.
        PluginError: A plugin that the preset names is missing; the message has the install line.
    """
    recipe = PRESETS.get(name)
    if recipe is None:
        raise ParameterError(f"no preset named {name!r}; presets are {', '.join(map(repr, sorted(PRESETS)))}")
    return {**recipe(overrides.get("language", "english")), **overrides}
