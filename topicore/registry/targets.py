"""Importing the class behind an entry of the registry."""

from __future__ import annotations

import importlib
import inspect
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from ..errors import BrokenPluginError, MissingPluginError
from ..specs import ComponentSpec
from .kinds import classes
from .known import project
from .loading import one_line
from .lookup import Entry

if TYPE_CHECKING:
    from ..components import Component

__all__ = ["component_class", "missing_modules"]


def missing_modules(spec: ComponentSpec) -> tuple[str, ...]:
    """The modules that *spec* requires and that are not installed; nothing is imported to find out."""
    tops = dict.fromkeys(module.partition(".")[0] for module in spec.requires)
    return tuple(top for top in tops if sys.modules.get(top) is None and find_spec(top) is None)


def component_class(entry: Entry) -> type[Component]:
    """The class of *entry*, imported now.

    Raises:
        MissingPluginError: A module that the component requires is not installed.
        BrokenPluginError: The target cannot be imported, or is not the class that the spec promises.
    """
    missing = missing_modules(entry.spec)
    if missing:
        modules = " and ".join(map(repr, missing))
        what = f"the modules {modules}, which are" if len(missing) > 1 else f"the module {modules}, which is"
        raise MissingPluginError(
            f"{_where(entry)} needs {what} not installed: pip install {' '.join(map(project, missing))}"
        )
    module, _, name = entry.spec.target.partition(":")
    try:
        found = getattr(importlib.import_module(module), name)
    except Exception as error:
        raise BrokenPluginError(f"{_where(entry)} cannot be imported: {one_line(error)}") from error
    fault = _fault(entry, found)
    if fault is not None:
        raise BrokenPluginError(f"{_where(entry)} is broken: {entry.spec.target} {fault}")
    component: type[Component] = found
    return component


def _fault(entry: Entry, found: object) -> str | None:
    """What keeps *found* from being the class of *entry*."""
    kinds = classes(entry.kind)
    if not isinstance(found, type) or not issubclass(found, kinds):
        names = " or ".join(f"topicore.components.{each.__name__}" for each in kinds)
        return f"is not a subclass of {names}"
    if inspect.isabstract(found):
        return f"leaves out {', '.join(sorted(found.__abstractmethods__))}"
    spec = getattr(found, "spec", None)
    if spec is None:
        return "has no spec; set it to the object that the hook returns"
    return None if spec == entry.spec else f"has another spec ({spec.name!r}) than the one that the hook returns"


def _where(entry: Entry) -> str:
    return f"{entry.kind} {entry.name!r} from {entry.plugin}"
