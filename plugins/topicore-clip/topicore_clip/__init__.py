"""CLIP models as embedders of topicore: texts and images in one space."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .embedder import ClipEmbedder as ClipEmbedder

__all__ = ["ClipEmbedder"]


def __getattr__(name: str) -> Any:
    if name == "ClipEmbedder":
        from .embedder import ClipEmbedder

        return ClipEmbedder
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
