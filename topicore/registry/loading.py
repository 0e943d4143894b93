"""Importing the description of one plugin, so that its failure stays its own."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any, Literal, TypeAlias

import pluggy

from .. import hookspecs
from ..errors import BrokenPluginError
from ..specs import KINDS, ComponentSpec, Kind
from .names import NAMESPACE, RESERVED, closest

__all__ = ["CORE", "Hooks", "Plugin", "Status", "load", "one_line"]

PREFIX = "topicore_"
CORE = "topicore"
"""The name, and the distribution, of the plugin that holds the built-in components."""

Status: TypeAlias = Literal["found", "ok", "broken", "disabled", "other API"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """One entry point, and what came of loading it.

    Args:
        name: The entry point's name, which is the plugin's namespace.
        distribution: The normalised name of the distribution that declares it.
        version: That distribution's version.
        value: The module that describes the components.
        api: The major version of the hooks that it is written for.
        status: ``"found"`` until it is loaded.
        error: Why it is broken.
        specs: What it provides, once loaded.
    """

    name: str
    distribution: str
    version: str
    value: str
    api: int = 1
    status: Status = "found"
    error: BaseException | None = None
    specs: tuple[ComponentSpec, ...] = ()

    @property
    def key(self) -> str:
        """The qualified name, unique in an environment."""
        return f"{self.distribution}/{self.name}"

    def __str__(self) -> str:
        return f"{self.distribution} {self.version}"

    def spec(self, kind: Kind, name: str) -> ComponentSpec | None:
        """The component of *kind* that is, or used to be, called *name*."""
        mine = [spec for spec in self.specs if spec.kind == kind]
        current = [spec for spec in mine if spec.name == name]
        former = [spec for spec in mine if name in spec.aliases]
        return next(iter(current + former), None)

    def broken(self, name: str) -> BrokenPluginError:
        """The error for a use of *name* while this plugin is broken."""
        return BrokenPluginError(f"{name!r} is provided by {self}, which failed to load: {one_line(self.error)}")


class Hooks(pluggy.PluginManager):
    """The hooks of one set of plugins."""

    def __init__(self) -> None:
        super().__init__(CORE)
        self.add_hookspecs(hookspecs)

    def parse_hookimpl_opts(self, plugin: object, name: str) -> Any:
        """Options of the implementation called *name*, or None where it is none.

        pluggy before 1.7 reads every attribute of a plugin to find its hooks. That would run a lazy module's
        ``__getattr__`` and import the backend it was written to put off.
        """
        return super().parse_hookimpl_opts(plugin, name) if name.startswith(PREFIX) else None

    def parse_hookspec_opts(self, module_or_class: Any, name: str) -> Any:
        """Options of the hook called *name*, or None where it is none."""
        return super().parse_hookspec_opts(module_or_class, name) if name.startswith(PREFIX) else None

    def names(self) -> tuple[str, ...]:
        """The hooks that exist."""
        return tuple(sorted(name for name in vars(self.hook) if name.startswith(PREFIX)))

    def implementation(self, plugin: Plugin, hook: str) -> Callable[..., Any] | None:
        """How a loaded *plugin* implements *hook*, to be called with all the hook's arguments by name; else None."""
        for found in getattr(self.hook, hook).get_hookimpls():
            if found.plugin_name == plugin.key:
                # An implementation may take fewer arguments than the hook has.
                return lambda **given: found.function(*(given[name] for name in found.argnames))
        return None

    def forget(self, plugin: Plugin) -> None:
        """Drop what *plugin* registered, if anything."""
        if self.has_plugin(plugin.key):
            self.unregister(name=plugin.key)


def load(hooks: Hooks, plugin: Plugin, taken: frozenset[str] = frozenset()) -> Plugin:
    """Import *plugin* and read its specs; a failure is recorded in the result, not raised.

    Args:
        hooks: Where to register it.
        plugin: What discovery found.
        taken: First words of the core's names, which no plugin can be called.
    """
    try:
        if plugin.name != CORE:
            check_namespace(plugin.name, taken)
        module = import_value(plugin.value)
        check_hooks(hooks, module)
        hooks.register(module, name=plugin.key)
        specs = tuple(read_specs(hooks, plugin))
    except (Exception, SystemExit) as error:
        hooks.forget(plugin)
        return replace(plugin, status="broken", error=error)
    return replace(plugin, status="ok", specs=specs)


def import_value(value: str) -> object:
    """What an entry point's *value* (``module`` or ``module:attribute``) refers to."""
    module, _, attributes = value.partition("[")[0].strip().partition(":")
    found: object = importlib.import_module(module)
    for attribute in filter(None, attributes.split(".")):
        found = getattr(found, attribute)
    return found


def check_namespace(name: str, taken: frozenset[str]) -> None:
    """Raise ValueError where an entry point cannot be called *name*."""
    if not NAMESPACE.fullmatch(name):
        raise ValueError(f"the entry point {name!r} must be lower-case words joined by '-'")
    if name in RESERVED:
        raise ValueError(f"the entry point cannot be called {name!r}: the command line reserves that word")
    if name in taken:
        raise ValueError(f"the entry point cannot be called {name!r}: the core has components of that name")


def check_hooks(hooks: Hooks, module: object) -> None:
    """Raise where *module* has a ``topicore_*`` name that is no hook, or a hook that is not marked as one."""
    known = hooks.names()
    for name in sorted(name for name in dir(module) if name.startswith(PREFIX)):
        value = getattr(module, name)
        if isinstance(value, ModuleType):
            continue
        if name not in known:
            meant = closest(name, known)
            raise AttributeError(f"there is no hook {name!r}" + (f"; did you mean {meant!r}?" if meant else ""))
        options = hooks.parse_hookimpl_opts(module, name)
        if options is None:
            raise TypeError(f"{name} is not marked as a hook; write @topicore.hookimpl above it")
        if options.get("wrapper") or options.get("hookwrapper"):
            raise TypeError(f"{name} is a hook wrapper; hooks of topicore describe, they do not wrap each other")


def read_specs(hooks: Hooks, plugin: Plugin) -> Iterator[ComponentSpec]:
    """The specs that a registered *plugin* returns, each checked against the rules of names."""
    seen: set[tuple[Kind, str]] = set()
    for kind in KINDS:
        hook = f"{PREFIX}{kind}s"
        function = hooks.implementation(plugin, hook)
        if function is None:
            continue
        returned = function()
        if returned is None:
            raise TypeError(f"{hook} returned None; return a list of specs")
        for spec in returned:
            if not isinstance(spec, ComponentSpec) or spec.kind != kind:
                raise TypeError(f"{hook} returned {spec!r}; it must return {kind.capitalize()}Spec records only")
            for name in (spec.name, *spec.aliases):
                if plugin.name != CORE and name.partition(".")[0] != plugin.name:
                    raise ValueError(f"{kind} {name!r} must be called {plugin.name!r} or {plugin.name + '.NAME'!r}")
                if (kind, name) in seen:
                    raise ValueError(f"{kind} {name!r} is described twice")
                seen.add((kind, name))
            yield spec


def one_line(error: BaseException | None) -> str:
    """*error* as one line: its type, and its message with line breaks ironed out."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
