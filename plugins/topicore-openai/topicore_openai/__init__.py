"""Models of OpenAI, Azure OpenAI and compatible services as embedders and representations of topicore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .embedder import OpenAIEmbedder as OpenAIEmbedder
    from .representation import OpenAILabel as OpenAILabel

__all__ = ["OpenAIEmbedder", "OpenAILabel"]


def __getattr__(name: str) -> Any:
    if name == "OpenAIEmbedder":
        from .embedder import OpenAIEmbedder

        return OpenAIEmbedder
    if name == "OpenAILabel":
        from .representation import OpenAILabel

        return OpenAILabel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
