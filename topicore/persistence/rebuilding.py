"""From records to components, through the registry and never by a name to import."""

from __future__ import annotations

import copy
import warnings
from dataclasses import replace
from typing import Any

from .. import registry
from ..components import Component
from ..errors import (
    ExternalComponentError,
    MissingPluginError,
    ModelFileError,
    ParameterError,
    PluginError,
    UnknownNameError,
)
from .placeholders import placeholder
from .record import Record

__all__ = ["component_of"]


def component_of(
    record: Record, handed: object = None, *, aspect: str | None = None, partial: bool = False
) -> Component:
    """The fitted component of *record*.

    Args:
        record: What the file says.
        handed: The live object, or name, to use instead of one that cannot be rebuilt.
        aspect: Of a representation, the aspect that it is for.
        partial: Whether a placeholder may stand for what cannot be built. One always stands for an external
            representation, which predictions do not need.

    Raises:
        ExternalComponentError: A live object has to be handed back.
        MissingPluginError: Its plugin is not installed.
        ModelFileError: Its parameters or its state do not fit the class that is installed.
    """
    if handed is not None:
        return _matched(record, registry.build(record.kind, handed))
    try:
        if record.handed_back:
            raise _to_hand_back(record, aspect)
        return _built(record, aspect=aspect)
    except (PluginError, ModelFileError) as error:
        described_already = record.kind == "representation" and isinstance(error, ExternalComponentError)
        if partial or described_already:
            return placeholder(record, error)
        raise


def _to_hand_back(record: Record, aspect: str | None) -> ExternalComponentError:
    kind = record.kind
    call = f"{kind}=obj" if aspect is None else f"{kind}={{{aspect!r}: obj}}"
    if record.parts:
        call = f"{kind}=[{', '.join('obj' if part.handed_back else repr(part.name) for part in record.parts)}]"
    types = " and ".join(record.types)
    return ExternalComponentError(
        f"this model was fitted with {kind} {types}, a live object that no file can hold: hand it back with "
        f"load(path, {call}), or read the topics alone with load(path, partial=True)"
    )


def _built(record: Record, parts: tuple[Component, ...] | None = None, aspect: str | None = None) -> Component:
    """The component of *record* by its name, of *parts* where they are given."""
    name = _installed(record)
    try:
        component = registry.build(record.kind, name, **record.config)
        if (external := component.external()) is not None:  # whatever the file says of it
            raise _to_hand_back(replace(record, external=external), aspect)
        made = tuple(map(_built, record.parts)) if parts is None else parts
        if made:
            component = component.with_parts(made)
    except ParameterError as error:
        raise ModelFileError(f"{record} as it was saved {_between(record)} cannot be built: {error}") from error
    component.given = record.given
    spec = registry.capabilities(component)
    if record.narrowed(spec) != spec:
        component.spec = record.narrowed(spec)  # type: ignore[misc]
    return _restored(component, record)


def _installed(record: Record) -> str:
    """The qualified name of what answers to the name in *record* now."""
    try:
        return registry.find(record.kind, f"{record.distribution}/{record.name}").qualified
    except (MissingPluginError, UnknownNameError):
        pass
    try:
        found = registry.find(record.kind, record.name)
    except UnknownNameError as error:
        command = "--upgrade topicore" if record.distribution == "topicore" else record.distribution
        raise MissingPluginError(
            f"this model needs {record} {_between(record)}, which is not installed: pip install {command}"
        ) from error
    warnings.warn(
        f"{record} was saved with {record.distribution} {record.version}, and is loaded with {found.plugin}",
        UserWarning,
        stacklevel=2,
    )
    return found.qualified


def _between(record: Record) -> str:
    return f"(from {record.distribution} {record.version})"


def _matched(record: Record, component: Component) -> Component:
    """*component*, which was handed in for *record*, with the state of *record*; it is not changed itself."""
    if record.parts:
        handed = component.parts()
        if len(handed) != len(record.parts):
            names = ", ".join(part.external or repr(part.name) for part in record.parts)
            raise ExternalComponentError(
                f"{record} is made of {len(record.parts)} parts ({names}): hand back a list of as many"
            )
        pairs = zip(record.parts, handed, strict=True)
        return _built(record, tuple(_matched(part, given) for part, given in pairs))
    if record.state is None:
        return component
    if record.external is None:
        name = registry.capabilities(component).name
        if name != record.name:
            raise ExternalComponentError(
                f"this model was fitted with {record}, whose state is in the file, and {name!r} was handed in: leave "
                f"{record.kind}= out"
            )
        return _built(record)
    fresh = component.fresh()
    return _restored(copy.copy(component) if fresh is component else fresh, record)


def _restored(component: Component, record: Record) -> Component:
    if record.state is None:
        return component
    try:
        component.restore(record.state)
    except ModelFileError:
        raise
    except Exception as error:  # any component's own code, given a file that anyone may have written
        now: Any = registry.registered(component)
        with_now = f", and is loaded with {now.plugin}" if now else ""
        raise ModelFileError(
            f"{record} cannot take up its state of version {record.state.version}: it was saved "
            f"{_between(record)}{with_now} ({type(error).__name__}: {error})"
        ) from error
    return component
