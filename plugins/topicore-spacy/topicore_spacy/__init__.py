"""spaCy pipelines as embedders of topicore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .embedder import SpacyEmbedder as SpacyEmbedder

__all__ = ["SpacyEmbedder"]


def __getattr__(name: str) -> Any:
    if name == "SpacyEmbedder":
        from .embedder import SpacyEmbedder

        return SpacyEmbedder
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
