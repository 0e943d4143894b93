"""Model2Vec static embeddings as embedders of topicore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .embedder import Model2VecEmbedder as Model2VecEmbedder

__all__ = ["Model2VecEmbedder"]


def __getattr__(name: str) -> Any:
    if name == "Model2VecEmbedder":
        from .embedder import Model2VecEmbedder

        return Model2VecEmbedder
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
