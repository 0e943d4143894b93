"""What a component can do, whose it is, and which settings of the model go to it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import ParameterError, PluginError
from ..specs import (
    ClustererSpec,
    ComponentSpec,
    EmbedderSpec,
    ExecutorSpec,
    Kind,
    ObserverSpec,
    ReducerSpec,
    RepresentationSpec,
    Setting,
    VectorizerSpec,
    WeightingSpec,
)
from .environment import PluginSet
from .kinds import classes, kind_of
from .loading import Plugin
from .lookup import Entry
from .targets import component_class

if TYPE_CHECKING:
    from ..components import Component

__all__ = ["capabilities", "registered", "settings"]

_SPECS: Mapping[Kind, type[ComponentSpec]] = {
    spec.kind: spec
    for spec in (
        EmbedderSpec,
        ReducerSpec,
        ClustererSpec,
        VectorizerSpec,
        WeightingSpec,
        RepresentationSpec,
        ExecutorSpec,
        ObserverSpec,
    )
}


def capabilities(component: Component) -> ComponentSpec:
    """The spec of *component*; that of a user's own class is read off the methods it overrides."""
    spec: ComponentSpec | None = getattr(component, "spec", None)
    if spec is not None:
        return spec
    cls = type(component)
    kind = kind_of(cls)
    if kind is None:
        raise ParameterError(f"{cls.__name__} subclasses no kind of component; see topicore.components")
    module = re.sub(r"[^\w.]", "_", cls.__module__) or "_"
    return _SPECS[kind](
        name="custom",
        target=f"{module}:{re.sub(r'[^A-Za-z0-9_]', '_', cls.__name__)}",
        summary=f"{cls.__name__}, a class of the user's own.",
        persists=_overrides(component, kind, "state"),
        **_flags(component, kind),
    )


def _flags(component: Component, kind: Kind) -> dict[str, Any]:
    def has(*methods: str) -> bool:
        return any(_overrides(component, kind, method) for method in methods)

    match kind:
        case "embedder":
            return {
                "modalities": frozenset({"text", "image"} if has("embed_images") else {"text"}),
                "trainable": has("fit", "fit_tokens", "fit_parts"),
                "incremental": has("partial_fit"),
            }
        case "reducer":
            return {"inductive": has("transform"), "incremental": has("partial_fit")}
        case "clusterer":
            # Nothing says that a stranger's labels have no -1, so it may appear.
            return {"inductive": has("predict"), "incremental": has("partial_fit"), "outliers": True}
        case "vectorizer":
            first, *_ = classes(kind)
            return {"tokens": isinstance(component, first), "incremental": has("partial_fit")}
        case "representation":
            return {"calls_model": True}  # nothing says that a stranger's asks none
        case _:
            return {}


def _overrides(component: Component, kind: Kind, method: str) -> bool:
    from ..components import overrides

    return all(overrides(component, cls, method) for cls in classes(kind) if isinstance(component, cls))


def registered(plugins: PluginSet, component: Component) -> Entry | None:
    """The entry that the class of *component* comes from; None for a class of the user's own."""
    spec: ComponentSpec | None = getattr(type(component), "spec", None)
    if spec is None:
        return None
    namespace = spec.name.partition(".")[0]
    for plugin in (plugins.core, *map(plugins.load, plugins.owners(namespace))):
        entry = _entry(plugin, spec)
        if entry is not None and _is_class_of(entry, component):
            return entry
    return None


def _entry(plugin: Plugin, spec: ComponentSpec) -> Entry | None:
    return next((Entry(spec=own, plugin=plugin) for own in plugin.specs if own == spec), None)


def _is_class_of(entry: Entry, component: Component) -> bool:
    try:
        return component_class(entry) is type(component)
    except PluginError:
        return False


def settings(component: Component, values: Mapping[Setting, Any]) -> dict[str, Any]:
    """The parameters of ``component.fresh`` that carry the model's settings to *component*.

    A value that the user gave to the component wins: one passed through the registry, or, where the component was
    built directly, one that differs from the parameter's default.

    Args:
        component: The component.
        values: The settings that the model has a value for.
    """
    receives = capabilities(component).receives
    wanted = {receives[setting]: value for setting, value in values.items() if setting in receives}
    given = component.given if component.given is not None else _changed(component)
    return {parameter: value for parameter, value in wanted.items() if parameter not in given}


def _changed(component: Component) -> frozenset[str]:
    """The parameters of a component whose values are not the defaults."""
    parameters = inspect.signature(type(component).__init__).parameters
    return frozenset(
        name
        for name, parameter in parameters.items()
        if not _same(getattr(component, name, parameter.default), parameter.default)
    )


def _same(value: object, default: object) -> bool:
    try:
        return value is default or bool(value == default)
    except ValueError:  # arrays have no single answer
        return False
