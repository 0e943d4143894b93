"""Gensim word vectors and Doc2Vec models as embedders of topicore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .embedder import GensimEmbedder as GensimEmbedder

__all__ = ["GensimEmbedder"]


def __getattr__(name: str) -> Any:
    if name == "GensimEmbedder":
        from .embedder import GensimEmbedder

        return GensimEmbedder
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
