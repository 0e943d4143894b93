"""Teaching scikit-learn estimators, and pipelines of them, batch by batch."""

from __future__ import annotations

from typing import Any

from ..components import Matrix
from ..errors import InputError
from .native import SIZES

__all__ = ["begun", "learns_batchwise", "teach"]

RENUMBERS = frozenset({"Birch"})
"""Clusterers whose ``partial_fit`` numbers all clusters anew: topics would not stay what they are."""


def learns_batchwise(obj: Any) -> bool:
    """Whether *obj*, or every step of a pipeline, has ``partial_fit`` or needs no fit at all."""
    if hasattr(obj, "steps"):
        return all(map(learns_batchwise, _steps(obj)))
    if type(obj).__name__ in RENUMBERS:
        return False
    return hasattr(obj, "partial_fit") or _stateless(obj)


def teach(obj: Any, x: Any) -> None:
    """Let *obj*, or the steps of a pipeline one after the other, learn from one more batch, in place."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="openmp"):  # k-means adds up centres in the order its threads finish
        _teach(obj, x)


def begun(obj: Any, x: Matrix, *, first: bool) -> None:
    """``teach`` with an error that says what to do where the batch is too small for the sizes of *obj*.

    Raises:
        InputError: There are fewer rows than *obj* is to make clusters or components of.
    """
    try:
        teach(obj, x)
    except ValueError as error:
        n = x.shape[0]
        told = {
            name: value
            for name, value in obj.get_params(deep=True).items()
            if name.rpartition("__")[2] in SIZES and type(value) is int and value > n
        }
        if not told:
            raise
        asked = ", ".join(f"{name}={value}" for name, value in told.items())
        which = "first batch" if first else "batch"
        raise InputError(
            f"the {which} has {n} document{'s' * (n != 1)} for {asked} of {type(obj).__name__}: give a larger {which}, "
            "or ask for fewer"
        ) from error


def _teach(obj: Any, x: Any) -> None:
    *before, last = _steps(obj) if hasattr(obj, "steps") else [obj]
    for step in before:
        _teach(step, x)
        x = step.transform(x)
    if hasattr(last, "steps"):
        _teach(last, x)
    elif hasattr(last, "partial_fit"):
        last.partial_fit(x)


def _steps(pipeline: Any) -> list[Any]:
    steps = [step for _, step in pipeline.steps if step is not None and not isinstance(step, str)]
    return steps or [pipeline.steps[-1][1]]


def _stateless(obj: Any) -> bool:
    from sklearn.utils import get_tags

    return isinstance(obj, str) or (hasattr(obj, "__sklearn_tags__") and not get_tags(obj).requires_fit)
