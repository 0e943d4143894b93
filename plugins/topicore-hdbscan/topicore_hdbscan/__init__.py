"""HDBSCAN as a clusterer of topicore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .clusterer import HdbscanClusterer as HdbscanClusterer

__all__ = ["HdbscanClusterer"]


def __getattr__(name: str) -> Any:
    if name == "HdbscanClusterer":
        from .clusterer import HdbscanClusterer

        return HdbscanClusterer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
