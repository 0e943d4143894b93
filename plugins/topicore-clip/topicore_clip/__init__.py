"""CLIP models as embedders of topicore: texts and images in one space; topics shown by their images."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .captions import ClipCaptions as ClipCaptions
    from .embedder import ClipEmbedder as ClipEmbedder
    from .images import ClipImages as ClipImages

__all__ = ["ClipCaptions", "ClipEmbedder", "ClipImages"]

_PLACES = {"ClipCaptions": "captions", "ClipEmbedder": "embedder", "ClipImages": "images"}


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        return getattr(import_module(f".{_PLACES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
