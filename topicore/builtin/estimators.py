"""scikit-learn estimators as data: parameters and fitted attributes, never code.

``describe`` and ``build`` carry an unfitted estimator as JSON, ``encode`` and ``decode`` a fitted one as a ``State``.
Classes are looked up by a key in ``estimator_table``. An estimator of another class, or one that holds a function, is
*external*: it cannot become data.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ..components import JSON, State
from ..errors import ModelFileError
from .estimator_table import class_of, key_of
from .estimator_values import Reader, UnwritableError, Writer, write

__all__ = ["build", "decode", "describe", "encode", "seeded"]

FITTED = re.compile(r"(?!__)(?:[A-Za-z]\w*_|_[A-Za-z]\w*)(?<!__)")
"""Names of fitted attributes: they begin or end with one underscore."""

LEFT_OUT = frozenset({"_kmeans_single", "_loss_function_", "_stop_words_id", "_tree"})
"""Attributes that hold code or addresses; those that predictions need are made again."""

DAMAGES = (AttributeError, IndexError, KeyError, OverflowError, RecursionError, TypeError, ValueError)


def describe(estimator: Any) -> dict[str, JSON] | None:
    """The class and parameters of *estimator* as JSON, or None where it is external."""
    try:
        return _record(estimator, Writer(fitted=False, inline=True, other=_other), "")
    except UnwritableError:
        return None


def build(record: Mapping[str, Any]) -> Any:
    """An unfitted estimator from what ``describe`` returned.

    Raises:
        ModelFileError: *record* is not such a description, or names a class outside of our table.
    """
    return _guarded(record, State())


def encode(estimator: Any) -> State | None:
    """All that *estimator* is and has learned, or None where it is external."""
    writer = Writer(fitted=True, inline=False, other=_other)
    try:
        record = _record(estimator, writer, "")
    except UnwritableError:
        return None
    return State(arrays=writer.arrays, strings=writer.strings, meta={"estimator": record})


def decode(state: State) -> Any:
    """The estimator that ``encode`` wrote: its predictions and transforms are the same to the bit.

    Raises:
        ModelFileError: The state is damaged, or names a class or an attribute that no fitted estimator has.
    """
    return _guarded(state.meta.get("estimator"), state)


def seeded(estimator: Any, random_state: int | None) -> Any:
    """An unfitted copy of *estimator* in which each ``random_state`` that is None is *random_state*."""
    from sklearn.base import clone

    copy = clone(estimator)
    parameters = copy.get_params(deep=True)
    seeds = [name for name in parameters if name.rpartition("__")[2] == "random_state" and parameters[name] is None]
    return copy.set_params(**dict.fromkeys(seeds, random_state))


def _record(estimator: Any, writer: Writer, path: str) -> dict[str, JSON]:
    key = key_of(type(estimator))
    if key is None:
        raise UnwritableError(f"{type(estimator).__module__}.{type(estimator).__qualname__}")
    parameters = estimator.get_params(deep=False)
    record: dict[str, JSON] = {"class": key, "parameters": _parameters(estimator, parameters, writer, path)}
    if writer.fitted:
        beside = replace(writer, inline=False)
        record["fitted"] = {
            name: write(value, beside, path + name)
            for name, value in sorted(vars(estimator).items())
            if name not in parameters and name not in LEFT_OUT and FITTED.fullmatch(name)
        }
    return record


def _parameters(estimator: Any, parameters: Mapping[str, Any], writer: Writer, path: str) -> dict[str, JSON]:
    """Those that are not what the class has by default: a later version may know fewer."""
    within = replace(writer, inline=True)
    signature = inspect.signature(type(estimator)).parameters
    written = {}
    for name, value in sorted(parameters.items()):
        content = write(value, within, path + name)
        default = signature[name].default
        if name != "memory" and (default is inspect.Parameter.empty or content != write(default, within, path + name)):
            written[name] = content
    return written


def _other(value: Any, writer: Writer, path: str) -> JSON:
    """A nested estimator, or the tree of BisectingKMeans."""
    if type(value).__qualname__ == "_BisectingTree":
        return {"tree": [write(part, writer, f"{path}.{i}") for i, part in enumerate(_flat(value))]}
    return {"estimator": _record(value, writer, f"{path}.")}


def _guarded(record: Any, state: State) -> Any:
    reader = Reader(state.arrays, state.strings, {"estimator": _estimator, "tree": _tree})
    try:
        return _estimator(record, reader)
    except DAMAGES as error:
        if isinstance(error, ModelFileError):
            raise
        raise ModelFileError(
            f"a saved scikit-learn estimator cannot be read ({type(error).__name__}: {error}): the file is damaged, or "
            "was written with another version of scikit-learn"
        ) from error


def _estimator(record: Any, reader: Reader) -> Any:
    cls = class_of(record["class"])
    parameters = record["parameters"]
    if "memory" in parameters:  # joblib would read pickles from there
        raise ModelFileError("a saved estimator names a cache folder, which topicore never writes: the file is damaged")
    estimator = cls(**{name: reader(value) for name, value in parameters.items()})
    for name, value in record.get("fitted", {}).items():
        if not FITTED.fullmatch(name) or hasattr(cls, name):
            raise ModelFileError(f"{name!r} is no fitted attribute of {cls.__name__}: the file is damaged")
        setattr(estimator, name, reader(value))
    _complete(estimator)
    return estimator


def _complete(estimator: Any) -> None:
    """Make again what ``LEFT_OUT`` left out and predictions need."""
    if hasattr(estimator, "_fit_X") and hasattr(estimator, "_y"):
        estimator.fit(estimator._fit_X, estimator.classes_[estimator._y])
    if hasattr(estimator, "vocabulary_"):
        estimator._stop_words_id = id(estimator.stop_words)


def _flat(root: Any) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Centres (m, d) of a bisecting tree, parents first, left before right; and labels (m,), -1 where it splits."""
    centers, labels, waiting = [], [], [root]
    while waiting:
        node = waiting.pop()
        centers.append(node.center)
        labels.append(-1 if node.left is not None else int(node.label))
        if node.left is not None:
            waiting += [node.right, node.left]
    return np.array(centers), np.array(labels, dtype=np.int64)


def _tree(content: Any, reader: Reader) -> Any:
    from sklearn.cluster._bisect_k_means import _BisectingTree

    centers, labels = (reader(part) for part in content)
    nodes = [_BisectingTree(center=center, indices=None, score=None) for center in centers]
    open_nodes: list[Any] = []
    for node, label in zip(nodes, labels.tolist(), strict=True):
        if open_nodes:
            parent = open_nodes[-1]
            side = "left" if parent.left is None else "right"
            setattr(parent, side, node)
            if side == "right":
                open_nodes.pop()
        if label < 0:
            open_nodes.append(node)
        else:
            node.label = label
    if open_nodes:
        raise ValueError("a tree ends before its leaves")
    return nodes[0]
