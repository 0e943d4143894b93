"""Chinese, Japanese and Thai words for topicore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .vectorizer import Segment as Segment

__all__ = ["Segment"]


def __getattr__(name: str) -> Any:
    if name == "Segment":
        from .vectorizer import Segment

        return Segment
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
