"""Whether models were fitted in one embedding space, so that their topics can be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .. import registry
from ..components import Component, Embedder
from ..errors import InputError, ParameterError
from ..pipeline.cache import learned
from ..specs import ComponentSpec
from ..state import FittedState

__all__ = ["check_one_space"]


def check_one_space(states: Sequence[FittedState]) -> None:
    """Refuse models whose rows cannot be compared.

    Embedders are the same where they are one object, or of one type and alike in all that rows depend on: what they
    say of themselves (``identity``), what they have learned, their parts; where an embedder says nothing of itself,
    its live object's type and its parameters. Of embeddings that were given by hand only the columns are known.

    Raises:
        InputError: Two models differ; the message says in what.
    """
    for place, state in enumerate(states[1:], 1):
        if state.columns != states[0].columns:
            raise _other(place, 0, f"embeddings have {state.columns} columns, those of models[0] {states[0].columns}")
    named = [(place, state.components.embedder) for place, state in enumerate(states) if not _given(state)]
    for place, embedder in named[1:]:
        reason = _difference(named[0][1], embedder)
        if reason:
            raise _other(place, named[0][0], reason)


def _given(state: FittedState) -> bool:
    return registry.capabilities(state.components.embedder).name == "precomputed"


def _other(place: int, first: int, reason: str) -> InputError:
    return InputError(
        f"models[{place}] is of another embedding space than models[{first}]: {reason}. Merge models that were fitted "
        "with one embedder which learns nothing from their documents, or with embeddings= made by one"
    )


def _difference(first: Component, other: Component) -> str | None:
    """In what the rows of *other* for documents are not those of *first*, or None."""
    if first is other:
        return None
    name, its = registry.capabilities(first).name, registry.capabilities(other).name
    if type(first) is not type(other) or not isinstance(first, Embedder) or not isinstance(other, Embedder):
        return f"its embedder is {its!r}, not {name!r}" if name != its else f"its embedder is another {its!r}"
    parts, its_parts = first.parts_for("document"), other.parts_for("document")
    if len(parts) != len(its_parts):
        return f"its embedder {its!r} has {len(its_parts)} parts, not {len(parts)}"
    for pair in zip(parts, its_parts, strict=True):
        reason = _difference(*pair)
        if reason:
            return reason
    knows = learned(first)
    if knows != learned(other) or (knows is None and first.learns() and not parts):
        return f"its embedder {its!r} has learned from other documents"
    return None if first.learns() else _parameter(first, other, its)


def _parameter(first: Embedder, other: Embedder, name: str) -> str | None:
    """The first parameter in which two embedders that learn nothing differ, or None."""
    if first.external() != other.external():
        return f"its embedder {name!r} is around {other.external()}, not {first.external()}"
    if first.external() is not None and not _live(first) & _live(other):
        return f"its embedder {name!r} is around another {first.external()}"
    own, its = _told(first), _told(other)
    if own is None or its is None:
        return f"its embedder {name!r} is another object, and such do not say what their rows depend on"
    for key in sorted({*own, *its}):
        value: Any = own.get(key)
        found: Any = its.get(key)
        if value is not found and not np.array_equal(value, found):
            return f"its embedder {name!r} has {key}={found!r:.60}, not {value!r:.60}"
    return None


def _live(embedder: Embedder) -> set[int]:
    """Which objects *embedder* holds that are no plain values: the live object among them, or whose method it is."""
    plain = (bool, int, float, str, tuple, list, dict, frozenset, ComponentSpec, type(None))
    return {id(getattr(value, "__self__", value)) for value in vars(embedder).values() if not isinstance(value, plain)}


def _told(embedder: Embedder) -> Mapping[str, Any] | None:
    """What *embedder* says that its rows depend on, else its parameters, else None."""
    try:
        own = embedder.identity()
        return embedder.config() if own is None else own
    except ParameterError:
        return None
