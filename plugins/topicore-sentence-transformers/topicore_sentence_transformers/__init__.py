"""Sentence-transformers models as embedders of topicore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .embedder import SentenceTransformerEmbedder as SentenceTransformerEmbedder

__all__ = ["SentenceTransformerEmbedder"]


def __getattr__(name: str) -> Any:
    if name == "SentenceTransformerEmbedder":
        from .embedder import SentenceTransformerEmbedder

        return SentenceTransformerEmbedder
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
