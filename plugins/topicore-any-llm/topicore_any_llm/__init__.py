"""Language models of many providers as representations of topicore, through any-llm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .label import AnyLLMLabel as AnyLLMLabel

__all__ = ["AnyLLMLabel"]


def __getattr__(name: str) -> Any:
    if name == "AnyLLMLabel":
        from .label import AnyLLMLabel

        return AnyLLMLabel
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
