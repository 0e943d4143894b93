"""LangChain's Runnables as representations and its Embeddings as embedders of topicore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .embedder import LangChainEmbedder as LangChainEmbedder
    from .label import LangChainLabel as LangChainLabel

__all__ = ["LangChainEmbedder", "LangChainLabel"]


def __getattr__(name: str) -> Any:
    if name == "LangChainEmbedder":
        from .embedder import LangChainEmbedder

        return LangChainEmbedder
    if name == "LangChainLabel":
        from .label import LangChainLabel

        return LangChainLabel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
