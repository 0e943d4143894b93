"""FastEmbed models as embedders of topicore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .embedder import FastEmbedder as FastEmbedder

__all__ = ["FastEmbedder"]


def __getattr__(name: str) -> Any:
    if name == "FastEmbedder":
        from .embedder import FastEmbedder

        return FastEmbedder
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
