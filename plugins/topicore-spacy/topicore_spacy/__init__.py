"""spaCy pipelines in topicore: as embedders, and for the parts of speech of a topic's words."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .embedder import SpacyEmbedder as SpacyEmbedder
    from .pos import PartOfSpeech as PartOfSpeech

__all__ = ["PartOfSpeech", "SpacyEmbedder"]

_HOMES = {"PartOfSpeech": ".pos", "SpacyEmbedder": ".embedder"}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name], __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
