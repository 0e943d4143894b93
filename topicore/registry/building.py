"""From a name, a component or a live object to a component."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import ParameterError, TopicoreError
from ..specs import Kind
from .adaptation import adapt
from .environment import PluginSet
from .kinds import classes, kind_of
from .loading import one_line
from .lookup import Entry, find
from .names import article
from .parameters import checked, with_argument
from .targets import component_class

if TYPE_CHECKING:
    from ..components import Component

__all__ = ["build"]


def build(plugins: PluginSet, kind: Kind, value: object, parameters: Mapping[str, Any]) -> Component:
    """A component of *kind* from a name, from a component, or from a live object of another library.

    Raises:
        ParameterError: A parameter does not fit, or *value* cannot be a component of *kind*.
        PluginError: The name, or the object, leads to no usable component.
    """
    if isinstance(value, str):
        return _created(find(plugins, kind, value), parameters)
    if isinstance(value, type):
        raise ParameterError(f"{kind}: {value.__name__} is a class; hand in an instance, {value.__name__}(...)")
    from ..components import Component

    if isinstance(value, Component):
        return _accepted(kind, value, parameters)
    return adapt(plugins, kind, value, parameters)


def _created(entry: Entry, parameters: Mapping[str, Any]) -> Component:
    cls = component_class(entry)
    given = with_argument(entry.spec, cls.__init__, entry.argument, parameters)
    values = checked(entry.spec, (cls.__init__,), given)
    try:
        component = cls(**values)
    except TopicoreError:
        raise
    except (TypeError, ValueError) as error:
        raise ParameterError(f"{entry.kind} {entry.name!r} cannot be built: {one_line(error)}") from error
    component.given = frozenset(values)
    return component


def _accepted(kind: Kind, component: Component, parameters: Mapping[str, Any]) -> Component:
    name = type(component).__name__
    if not isinstance(component, classes(kind)):
        actual = kind_of(type(component))
        is_a = article(actual) if actual else "of no kind that topicore knows"
        raise ParameterError(f"{kind}: {name} is {is_a}, not {article(kind)}")
    if parameters:
        raise ParameterError(
            f"{kind}: {name} is built already; give {', '.join(parameters)} where you build it, {name}(...)"
        )
    return component
