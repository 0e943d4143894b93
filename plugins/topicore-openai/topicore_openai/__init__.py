"""OpenAI, Azure OpenAI and compatible services as embedders of topicore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .embedder import OpenAIEmbedder as OpenAIEmbedder

__all__ = ["OpenAIEmbedder"]


def __getattr__(name: str) -> Any:
    if name == "OpenAIEmbedder":
        from .embedder import OpenAIEmbedder

        return OpenAIEmbedder
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
