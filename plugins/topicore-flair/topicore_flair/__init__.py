"""Flair embeddings as embedders of topicore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .embedder import FlairEmbedder as FlairEmbedder

__all__ = ["FlairEmbedder"]


def __getattr__(name: str) -> Any:
    if name == "FlairEmbedder":
        from .embedder import FlairEmbedder

        return FlairEmbedder
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
