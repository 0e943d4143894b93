"""What every component promises once it is used: repeatable, silent, harmless, and saved whole."""

from __future__ import annotations

import contextlib
import io
import json
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...components import State
from ...errors import NotFittedError
from ..check import Make, Skip, check, expect
from ..codec import decode, encode
from ..drive import apply, driver, fit, frozen, used
from ..settings import kept, settings

_HIDDEN = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)


def _learns(component: Any, spec: Any) -> bool:
    """Whether fitting leaves something that later use needs."""
    return spec.persists and getattr(spec, "inductive", True) and not getattr(spec, "tokens", False)


@check("component/config-is-json")
def config_is_json(make: Make, spec: Any) -> None:
    """``config()`` holds JSON values under the names of parameters."""
    component = make()
    config = component.config()
    try:
        again = json.loads(json.dumps(config, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise AssertionError(f"config() is no JSON: {error}; live objects belong to from_native") from error
    expect(again == _plain(config), "config() changes when it is written as JSON; use text for keys")
    external = component.external()
    expect(external is None or isinstance(external, str), f"external() gives {external!r}; give a type's name or None")


@check("component/config-rebuilds")
def config_rebuilds(make: Make, spec: Any) -> None:
    """A component built from ``config()`` is equal and does the same."""
    component = make()
    if external := component.external():
        raise Skip(f"wraps a live {external} that config() cannot rebuild")
    rebuilt = _rebuilt(component, [part.fresh() for part in component.parts()])
    config, found = (json.loads(json.dumps(one.config())) for one in (component, rebuilt))
    expect(found == config, f"config() was {config}, and that builds a component whose config() is {found}")
    if spec.deterministic and used(component, spec) != used(rebuilt, spec):
        expect(_varies(make, spec), "a component built from config() gives other results; some parameter is missing")


@check("component/config-unchanged")
def config_unchanged(make: Make, spec: Any) -> None:
    """Using a component leaves its parameters as they were given."""
    component = make()
    before = frozen(component.config())
    used(component, spec)
    expect(frozen(component.config()) == before, "fitting changes config(); keep what is learned in other attributes")


@check("component/fresh")
def fresh(make: Make, spec: Any) -> None:
    """``fresh()`` gives an equal component that shares nothing fitted with the old one."""
    component = make()
    fit(component, spec)
    before = apply(component, spec)
    other = component.fresh()
    expect(type(other) is type(component), f"fresh() gives a {type(other).__name__}")
    expect(frozen(other.config()) == frozen(component.config()), "fresh() gives a component with another config()")
    smaller = _half(driver(spec).inputs())
    fit(other, spec, smaller)
    apply(other, spec)
    if spec.deterministic:
        changed = apply(component, spec) != before
        expect(
            not changed or _varies(make, spec),
            "fitting a fresh() component changes the old one; they share something that is fitted",
        )


@check("component/deterministic", flag="deterministic")
def deterministic(make: Make, spec: Any) -> None:
    """The same parameters and input give the same bits."""
    expect(
        not _varies(make, spec),
        "two equal components give different results for the same input; take a random_state with a fixed default, "
        "or declare deterministic=False",
    )


@check("component/no-output")
def no_output(make: Make, spec: Any) -> None:
    """Use prints nothing and warns of nothing."""
    used(make(), spec)  # imports of the backend may speak once; that is not the component's doing
    out, err = io.StringIO(), io.StringIO()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            used(make(), spec)
    expect(not out.getvalue(), f"it prints {out.getvalue()[:200]!r}; the core tells users what is going on")
    expect(not err.getvalue(), f"it writes to stderr {err.getvalue()[:200]!r}; switch bars and logs of the backend off")
    shown = [f"{item.category.__name__}: {item.message}" for item in caught if not issubclass(item.category, _HIDDEN)]
    expect(not shown, f"it warns: {shown[:3]}; avoid the cause, or silence it around the one call")


@check("component/input-untouched", kinds=("embedder", "reducer", "clusterer", "vectorizer", "weighting", "executor"))
def input_untouched(make: Make, spec: Any) -> None:
    """What is handed in is not changed."""
    component, given = make(), driver(spec).inputs()
    before = {name: frozen(value) for name, value in given.items()}
    fit(component, spec, given)
    apply(component, spec, given)
    changed = [name for name, value in given.items() if frozen(value) != before[name]]
    expect(not changed, f"its input was changed in place: {', '.join(changed)}; work on a copy")


@check("component/caller-untouched")
def caller_untouched(make: Make, spec: Any) -> None:
    """Use changes no global setting: random state, warning filters, environment, logging, numpy's errors."""
    with kept():  # what importing the backend sets is not the component's doing
        used(make(), spec)
    with kept():
        before = settings()
        used(make(), spec)
        changed = [name for name, value in settings().items() if value != before[name]]
    expect(not changed, f"it changes {', '.join(changed)} for the whole process; keep such settings to the one call")


@check("component/state-is-numeric", when=lambda component, spec: spec.persists)
def state_is_numeric(make: Make, spec: Any) -> None:
    """State is numeric arrays, lists of strings and JSON, there once the component is fitted."""
    state = _fitted_state(make, spec)
    for name, array in state.arrays.items():
        expect(isinstance(array, np.ndarray), f"state array {name!r} is a {type(array).__name__}, no numpy array")
        expect(array.dtype.kind in "biuf", f"state array {name!r} has dtype {array.dtype}; use strings or numbers")
    for name, strings in state.strings.items():
        listed = not isinstance(strings, str) and all(type(text) is str for text in strings)
        expect(listed, f"state strings {name!r} are no list of str")
    try:
        json.dumps(dict(state.meta), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise AssertionError(f"state meta is no JSON: {error}") from error
    expect(type(state.version) is int, f"state version is {state.version!r}; count from 1")


@check("component/state-roundtrip", when=lambda component, spec: spec.persists)
def state_roundtrip(make: Make, spec: Any) -> None:
    """A component restored from saved bytes gives the very same output."""
    component = make()
    fit(component, spec)
    expected = apply(component, spec)
    _state(component)
    restored = _restored(component)
    found = apply(restored, spec)
    if found != expected:
        repeats = apply(component, spec) == expected
        expect(not repeats, "after state(), safetensors and restore() the output differs; some state is missing")
    again = restored.state()
    expect(again is not None, "a restored component has no state(); it could not be saved again")


@check("component/unfitted-error", kinds=("reducer", "clusterer", "vectorizer", "weighting"), when=_learns)
def unfitted_error(make: Make, spec: Any) -> None:
    """Use before fitting is a NotFittedError."""
    component = make().fresh()
    try:
        apply(component, spec)
    except NotFittedError:
        return
    except Exception as error:
        raise AssertionError(f"use before fitting raises {type(error).__name__}; raise NotFittedError") from error
    raise AssertionError("use before fitting gives a result; raise NotFittedError")


@check(
    "component/partial-fit",
    kinds=("embedder", "reducer", "clusterer"),
    when=lambda component, spec: spec.incremental,
)
def partial_fit(make: Make, spec: Any) -> None:
    """After learning batch by batch it can be used, and it learns the same each time."""

    def learned() -> object:
        component, given = make(), driver(spec).inputs()
        rows = given["texts" if spec.kind == "embedder" else "x"]
        for batch in (rows[::2], rows[1::2]):
            component.partial_fit(batch)
        return apply(component, spec)

    first = learned()
    expect(not spec.deterministic or learned() == first, "partial_fit of the same batches gives another result")


@check("component/adapts-real-objects", when=lambda component, spec: bool(spec.adapts))
def adapts_real_objects(make: Make, spec: Any) -> None:
    """A live object of a declared type is recognised and wrapped."""
    if make.native is None:
        raise Skip("no live object to try: give native=lambda: ... to conformance()")
    live = make.native()
    types = [f"{native.package}:{native.qualname}" for native in spec.adapts]
    known = any(native.distance(type(live)) is not None for native in spec.adapts)
    found = f"{type(live).__module__}.{type(live).__qualname__}"
    expect(known, f"{found} is none of the types that the spec adapts: {', '.join(types)}")
    wrapped = type(make()).from_native(live)
    used(wrapped, getattr(wrapped, "spec", spec))


def _varies(make: Make, spec: Any) -> bool:
    """Whether two components that *make* builds, or two uses of one, differ."""
    first, second = make(), make()
    return used(first, spec) != (result := used(second, spec)) or apply(second, spec) != result[1]


def _fitted_state(make: Make, spec: Any) -> State:
    component = make()
    fit(component, spec)
    return _state(component)


def _state(component: Any) -> State:
    state = component.state()
    if not isinstance(state, State):
        raise AssertionError(f"a fitted component's state() is {state!r}; return a State, or declare persists=False")
    return state


def _rebuilt(component: Any, parts: list[Any]) -> Any:
    """What a saved model makes of the recipe of *component*: from JSON, with *parts* put back."""
    if component.external():
        return component.fresh()
    built = type(component)(**json.loads(json.dumps(component.config())))
    return built.with_parts(parts) if parts else built


def _restored(component: Any) -> Any:
    """What a saved model makes of a fitted *component* and its parts, through real bytes."""
    built = _rebuilt(component, [_restored(part) for part in component.parts()])
    state = component.state()
    if state is not None:
        built.restore(decode(*encode(state)))
    return built


def _plain(value: Any) -> Any:
    """*value* with tuples as lists, as JSON has them."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value


def _half(given: dict[str, Any]) -> dict[str, Any]:
    """Inputs of which the corpus or the training rows are the last two thirds."""
    smaller = dict(given)
    for name in given.keys() & {"texts", "x", "y"}:
        smaller[name] = given[name][len(given[name]) // 3 :]
    return smaller
