"""Hugging Face transformers as embedders and representations of topicore."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .embedder import TransformersEmbedder as TransformersEmbedder
    from .generate import Generate as Generate
    from .zeroshot import ZeroShot as ZeroShot

_HOMES = {"Generate": "generate", "TransformersEmbedder": "embedder", "ZeroShot": "zeroshot"}

__all__ = ["Generate", "TransformersEmbedder", "ZeroShot"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
