"""Names and live objects to components: what is installed, found without importing it.

Every question goes to the current set of plugins, which is what is installed unless a test says otherwise (``using``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import abilities, building, catalogue, lookup
from .abilities import capabilities, settings
from .catalogue import Listed
from .environment import PluginSet, current, using
from .kinds import kind_of
from .loading import Plugin
from .lookup import Entry
from .targets import component_class, missing_modules

if TYPE_CHECKING:
    from ..components import Component
    from ..specs import Kind

__all__ = [
    "Entry",
    "Listed",
    "Plugin",
    "PluginSet",
    "build",
    "capabilities",
    "component_class",
    "current",
    "entries",
    "find",
    "kind_of",
    "missing_modules",
    "plugins",
    "registered",
    "settings",
    "using",
]


def find(kind: Kind, name: str, /) -> Entry:
    """The component of *kind* that *name* (``[distribution/]name[:argument]``) leads to, not yet imported.

    Raises:
        PluginError: Nothing usable has this name; the message says what to type next.
    """
    return lookup.find(current(), kind, name)


def build(kind: Kind, value: object, /, **parameters: Any) -> Component:
    """A component of *kind* from its name, from a live object of a library, or from itself.

    Args:
        kind: What it must be.
        value: A name, a component, or an object that some plugin or the core recognises.
        **parameters: Parameters of the component, checked against its signature before it is built.

    Raises:
        ParameterError: A parameter does not fit, or *value* cannot be a component of *kind*.
        PluginError: *value* leads to nothing that can be used; the message says what to type next.
    """
    return building.build(current(), kind, value, parameters)


def registered(component: Component, /) -> Entry | None:
    """The entry that the class of *component* comes from; None for a class of the user's own."""
    return abilities.registered(current(), component)


def plugins(kind: Kind | None = None) -> tuple[Listed, ...]:
    """What is installed, the core first; with *kind*, only that kind's components."""
    return catalogue.listing(current(), kind)


def entries(kind: Kind | None = None) -> tuple[Entry, ...]:
    """Every component of *kind* (or of all kinds) that can be named now."""
    return catalogue.entries(current(), kind)
