"""Text modules of TensorFlow Hub as embedders of topicore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .embedder import UseEmbedder as UseEmbedder

__all__ = ["UseEmbedder"]


def __getattr__(name: str) -> Any:
    if name == "UseEmbedder":
        from .embedder import UseEmbedder

        return UseEmbedder
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
