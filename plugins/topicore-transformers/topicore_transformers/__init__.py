"""Hugging Face transformers as embedders of topicore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .embedder import TransformersEmbedder as TransformersEmbedder

__all__ = ["TransformersEmbedder"]


def __getattr__(name: str) -> Any:
    if name == "TransformersEmbedder":
        from .embedder import TransformersEmbedder

        return TransformersEmbedder
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
