"""Saved models: folders of JSON and safetensors, written as a whole, read with suspicion, and never code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .inspecting import inspect as inspect
    from .loading import load as load
    from .saving import save as save

__all__ = ["inspect", "load", "save"]

_HOMES = {"inspect": "inspecting", "load": "loading", "save": "saving"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
