"""How a component of each kind is used: its inputs, fitting it, and applying what was fitted.

Checks that every kind has in common (determinism, state, no output) are written once on top of this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, TypeAlias, cast

import numpy as np
from scipy.sparse import issparse

from ..components import Embedder, Event, overrides
from . import data
from .view import SmallView

__all__ = ["Driver", "apply", "driver", "fit", "frozen", "used"]

Given: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Driver:
    """The use of one kind.

    Args:
        inputs: New inputs for one use.
        fit: Fits a component (component, spec, inputs) and returns what fitting gave.
        apply: Uses a fitted component on inputs and returns what that gave.
    """

    inputs: Callable[[], Given]
    fit: Callable[[Any, Any, Given], object]
    apply: Callable[[Any, Any, Given], object]


def driver(spec: Any) -> Driver:
    """How components of this spec are used."""
    return _DRIVERS["counting" if spec.kind == "vectorizer" and not spec.tokens else spec.kind]


def fit(component: Any, spec: Any, given: Given | None = None) -> object:
    """Fit *component* on *given*, or on the kit's inputs."""
    use = driver(spec)
    return use.fit(component, spec, use.inputs() if given is None else given)


def apply(component: Any, spec: Any, given: Given | None = None) -> object:
    """What a fitted *component* gives for *given*, or for the kit's inputs, ready to be compared."""
    use = driver(spec)
    return frozen(use.apply(component, spec, use.inputs() if given is None else given))


def used(component: Any, spec: Any) -> tuple[object, object]:
    """Fit and apply *component*; both results ready to be compared."""
    return frozen(fit(component, spec)), apply(component, spec)


def frozen(value: Any) -> Any:
    """*value* as plain tuples and bytes: equal exactly when types, shapes and all bits are."""
    if isinstance(value, np.ndarray):
        return ("array", value.dtype.str, value.shape, value.tobytes())
    if issparse(value):
        matrix = cast(Any, value).tocoo()
        return ("sparse", matrix.shape, frozen(matrix.row), frozen(matrix.col), frozen(matrix.data))
    if is_dataclass(value) and not isinstance(value, type):
        return (type(value).__name__, *(frozen(getattr(value, field.name)) for field in fields(value)))
    if isinstance(value, Mapping):
        return tuple((key, frozen(item)) for key, item in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return tuple(frozen(item) for item in value)
    return value


def _fit_embedder(component: Any, spec: Any, given: Given) -> object:
    if spec.trainable and component.learns():
        if overrides(component, Embedder, "fit"):
            component.fit(given["texts"])
        else:
            component.fit_tokens(data.tokens(given["texts"]))
    return None


def _apply_embedder(component: Any, spec: Any, given: Given) -> object:
    rows = []
    if "text" in spec.modalities:
        rows.append(component.embed(given["sample"]))
    if "image" in spec.modalities:
        rows.append(component.embed_images(data.images()))
    return rows


def _fit_rows(method: str) -> Callable[[Any, Any, Given], object]:
    def fitted(component: Any, spec: Any, given: Given) -> object:
        return getattr(component, method)(given["x"], given["y"] if spec.supervised else None)

    return fitted


def _apply_rows(method: str) -> Callable[[Any, Any, Given], object]:
    def applied(component: Any, spec: Any, given: Given) -> object:
        return getattr(component, method)(given["new"]) if spec.inductive else None

    return applied


def _rows() -> Given:
    return {"x": data.blobs(), "y": data.classes(), "new": data.new_rows()}


_DRIVERS: dict[str, Driver] = {
    "embedder": Driver(
        lambda: {"texts": data.texts(), "sample": data.sample()},
        _fit_embedder,
        _apply_embedder,
    ),
    "reducer": Driver(_rows, _fit_rows("fit_transform"), _apply_rows("transform")),
    "clusterer": Driver(_rows, _fit_rows("fit_predict"), _apply_rows("predict")),
    "vectorizer": Driver(
        lambda: {"texts": data.texts()},
        lambda component, spec, given: None,
        lambda component, spec, given: list(component.tokenize(given["texts"])),
    ),
    "counting": Driver(
        lambda: {"texts": data.texts(), "sample": data.sample()},
        lambda component, spec, given: component.fit_transform(given["texts"]),
        lambda component, spec, given: (component.transform(given["sample"]), list(component.terms)),
    ),
    "weighting": Driver(
        lambda: {"counts": data.counts(), "terms": data.terms(), "new": data.counts()[[2, 0]]},
        lambda component, spec, given: component.fit_transform(given["counts"], given["terms"]),
        lambda component, spec, given: component.transform(given["new"]),
    ),
    "representation": Driver(
        lambda: {"view": SmallView(frozen=False)},
        lambda component, spec, given: None,
        lambda component, spec, given: component.describe(given["view"]),
    ),
    "executor": Driver(
        lambda: {"items": list(range(20))},
        lambda component, spec, given: None,
        lambda component, spec, given: list(component.map(float, given["items"])),
    ),
    "observer": Driver(
        lambda: {"event": Event(stage="embed", done=1, total=3, detail="documents")},
        lambda component, spec, given: None,
        lambda component, spec, given: component.notify(given["event"]),
    ),
}
