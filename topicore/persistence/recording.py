"""From a fitted component to what a file can keep of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, cast

from .. import registry
from ..components import JSON, Component, State
from ..errors import ComponentError, ExternalComponentError, TopicoreError
from ..specs import ComponentSpec
from .arrays import state_arrays
from .placeholders import Placeholder
from .plain import NotJSONError, plain
from .record import Record

__all__ = ["record_of"]


def record_of(component: Component) -> Record:
    """What a file keeps of *component*; arrays are shared.

    A class of the user's own, or a live object that ``config()`` cannot rebuild, is external: its type is written down,
    and whoever loads the model hands it back.

    Raises:
        ExternalComponentError: It is a reducer or clusterer that nothing could bring back, or a parameter is no JSON.
        ComponentError: ``config()`` or ``state()`` failed.
    """
    if isinstance(component, Placeholder):
        return component.record
    spec, found = registry.capabilities(component), registry.registered(component)
    where = f"{spec.kind} {spec.name if found else type(component).__name__!r}"
    external = _said(component, where, "external") or (None if found else _type_of(component))
    record = Record(
        kind=spec.kind,
        name=found.name if found else "custom",
        distribution=found.plugin.distribution if found else None,
        version=found.plugin.version if found else None,
        abilities={name: able for name, able in _values(spec) if isinstance(able, bool)},
        external=external,
        config={} if external else _config(component, where),
        given=component.given,
        state=_state(component, where),
        parts=tuple(map(record_of, component.parts())),
    )
    if external and record.kind in ("reducer", "clusterer") and record.state is None:
        raise _lost(record)
    return record


def _values(spec: ComponentSpec) -> list[tuple[str, Any]]:
    return [(field.name, getattr(spec, field.name)) for field in fields(spec)]


def _type_of(component: Component) -> str:
    return f"{type(component).__module__}.{type(component).__qualname__}"


def _said(component: Component, where: str, method: str) -> Any:
    """What a method of *component* gives, with any error said to be the component's."""
    try:
        return getattr(component, method)()
    except TopicoreError:
        raise
    except Exception as error:
        raise ComponentError(f"{where} failed in {method}(): {type(error).__name__}: {error}") from error


def _config(component: Component, where: str) -> Mapping[str, JSON]:
    try:
        config = {name: plain(value, name) for name, value in _said(component, where, "config").items()}
    except NotJSONError as error:
        raise ExternalComponentError(
            f"{where} cannot be saved: its parameter {error}; parameters are numbers, texts, and lists of them"
        ) from error
    return config


def _state(component: Component, where: str) -> State | None:
    state: State | None = _said(component, where, "state")
    if state is None:
        return None
    try:
        state_arrays(state)
        return replace(state, meta=cast(dict[str, JSON], plain(state.meta, "meta")))
    except TypeError as error:
        raise ComponentError(f"{where} cannot be saved: its state() gave what no file can hold: {error}") from error


def _lost(record: Record) -> ExternalComponentError:
    kind = record.kind
    return ExternalComponentError(
        f"{kind} {record.external} cannot be saved: topicore knows neither the class nor what it learned. Ways out: "
        f"fit with a {kind} that saves (`topicore plugins --kind {kind}` lists them); or write a subclass of "
        f"topicore.components.{kind.capitalize()} with state() and restore(), and hand an instance back with "
        f"load(path, {kind}=...)"
    )
