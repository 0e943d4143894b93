"""UMAP as a reducer of topicore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .reducer import UmapReducer as UmapReducer

__all__ = ["UmapReducer"]


def __getattr__(name: str) -> Any:
    if name == "UmapReducer":
        from .reducer import UmapReducer

        return UmapReducer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
