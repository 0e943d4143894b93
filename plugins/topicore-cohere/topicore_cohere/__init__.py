"""Cohere models as embedders and representations of topicore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .embedder import CohereEmbedder as CohereEmbedder
    from .representation import CohereLabel as CohereLabel

__all__ = ["CohereEmbedder", "CohereLabel"]


def __getattr__(name: str) -> Any:
    if name == "CohereEmbedder":
        from .embedder import CohereEmbedder

        return CohereEmbedder
    if name == "CohereLabel":
        from .representation import CohereLabel

        return CohereLabel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
