"""The checks, one module a kind; ``ALL`` lists them in the order in which they run."""

from __future__ import annotations

from types import ModuleType

from ..check import Check
from . import any, clusterer, embedder, fitted, other, reducer, representation, vectorizer, weighting

__all__ = ["ALL"]


def _of(module: ModuleType) -> tuple[Check, ...]:
    return tuple(value for value in vars(module).values() if isinstance(value, Check))


ALL: tuple[Check, ...] = tuple(
    check
    for module in (any, fitted, embedder, reducer, clusterer, vectorizer, weighting, representation, other)
    for check in _of(module)
)
"""Every check of every kit, no two with one id."""
