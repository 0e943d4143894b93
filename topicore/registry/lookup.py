"""From a name to the one component it means, or to the sentence that says why there is none."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

from ..errors import BrokenPluginError, DisabledPluginError, MissingPluginError, PluginError, UnknownNameError
from ..specs import ComponentSpec, Kind
from .discovery import API
from .environment import PluginSet
from .known import KNOWN, model_hint
from .loading import CORE, Plugin
from .names import Name, article, canonical, closest

__all__ = ["Entry", "find", "owner"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A component in the registry, found but not imported.

    Args:
        spec: What the plugin says about it.
        plugin: The plugin that provides it.
        argument: The text after ``:`` in the name that led here.
    """

    spec: ComponentSpec
    plugin: Plugin
    argument: str | None = None

    @property
    def kind(self) -> Kind:
        """The kind of the component."""
        return self.spec.kind

    @property
    def name(self) -> str:
        """The component's name, without distribution and argument."""
        return self.spec.name

    @property
    def qualified(self) -> str:
        """The name with its distribution, which no other component has."""
        return f"{self.plugin.distribution}/{self.spec.name}"

    def __str__(self) -> str:
        where = "" if self.plugin.name == CORE else f" from {self.plugin}"
        return f"{self.kind} {self.name!r}{where}"


def find(plugins: PluginSet, kind: Kind, text: str) -> Entry:
    """The component of *kind* that *text* names.

    Raises:
        AmbiguousNameError: More than one distribution claims the name.
        BrokenPluginError: Its plugin does not load, or is for another major version of the hooks.
        DisabledPluginError: Its plugin is switched off.
        MissingPluginError: Its plugin is known and not installed.
        UnknownNameError: Nothing has this name.
    """
    name = Name.parse(text)
    entry = _in_core(plugins, kind, name) or _in_plugins(plugins, kind, name)
    if entry is None and plugins.rescan():
        entry = _in_plugins(plugins, kind, name)
    if entry is None:
        raise _missing(plugins, kind, name)
    if entry.argument == "":
        raise UnknownNameError(f"{kind} {text!r} has nothing after ':'; write {name.head!r} or '{name.head}:ARGUMENT'")
    if name.name != entry.name:
        warnings.warn(f"{kind} {name.name!r} is now called {entry.name!r}", DeprecationWarning, stacklevel=2)
    return entry


def _in_core(plugins: PluginSet, kind: Kind, name: Name) -> Entry | None:
    if name.distribution not in (None, CORE):
        return None
    core = plugins.core
    if core.status == "broken" and (name.distribution == CORE or not plugins.owners(name.namespace)):
        raise core.broken(name.head) from core.error
    spec = core.spec(kind, name.name)
    return Entry(spec=spec, plugin=core, argument=name.argument) if spec else None


def _in_plugins(plugins: PluginSet, kind: Kind, name: Name) -> Entry | None:
    plugin = owner(plugins, name, f"{kind} {name.head!r}")
    spec = plugin.spec(kind, name.name) if plugin else None
    return Entry(spec=spec, plugin=plugin, argument=name.argument) if plugin and spec else None


def owner(plugins: PluginSet, name: Name, asked: str) -> Plugin | None:
    """The loaded plugin that owns the namespace of *name*, or None; *asked* begins the message of an error."""
    owners = plugins.owners(name.namespace, name.distribution)
    if not owners:
        return None
    usable = tuple(plugin for plugin in owners if plugin.status not in ("disabled", "other API"))
    if not usable:
        raise _unusable(owners[0], asked)
    plugin = plugins.load(plugins.only(usable, name.name))
    if plugin.status == "broken":
        raise plugin.broken(name.head) from plugin.error
    return plugin


def _unusable(plugin: Plugin, asked: str) -> PluginError:
    if plugin.status == "disabled":
        return DisabledPluginError(f"{asked}: plugin {plugin.name!r} is disabled by TOPICORE_DISABLE")
    update = CORE if plugin.api > API else plugin.distribution
    return BrokenPluginError(
        f"{asked}: plugin {plugin.name!r} from {plugin} is written for topicore's plugin API v{plugin.api}, and this "
        f"topicore has v{API}: pip install --upgrade {update}"
    )


def _missing(plugins: PluginSet, kind: Kind, name: Name) -> PluginError:
    """The error for a *name* that no installed component has."""
    known = KNOWN.get(name.namespace)
    installed = plugins.owners(name.namespace)
    ours = known is not None and name.distribution in (None, canonical(known.distribution))
    if known and ours and not installed and kind in known.kinds:
        return MissingPluginError(f"{kind} {name.head!r} is not installed: pip install {known.distribution}")
    if name.distribution is not None and installed:
        options = ", ".join(f"'{plugin.distribution}/{name.name}'" for plugin in installed)
        if not any(plugin.distribution == name.distribution for plugin in installed):
            return MissingPluginError(f"{kind} {name.head!r} is not installed; there is {options}")
    return _unknown(plugins, kind, name)


def _unknown(plugins: PluginSet, kind: Kind, name: Name) -> UnknownNameError:
    entries = [Entry(spec=spec, plugin=plugin) for plugin in plugins.loaded() for spec in plugin.specs]
    installed = sorted({entry.name for entry in entries if entry.kind == kind})
    installable = [namespace for namespace, plugin in KNOWN.items() if kind in plugin.kinds]
    options = {*installable, *installed}
    nearly = name.distribution is None and closest(name.name, options, 0.8)
    hint = model_hint(kind, name.text)
    if hint is not None and not nearly and not plugins.owners(name.namespace):
        return UnknownNameError(f"{name.text!r} is not a component name; did you mean {hint!r}?")
    parts = [f"no {kind} named {name.head!r}."]
    others = sorted({entry.kind for entry in entries if entry.name == name.name})
    known = KNOWN.get(name.namespace)
    if others:
        parts.append(f"{name.name!r} is {' and '.join(map(article, others))}.")
    elif known is not None and kind not in known.kinds:
        parts.append(f"{known.distribution} provides {' and '.join(map(article, known.kinds))}.")
    elif meant := closest(name.name, options):
        wanted = "" if meant in installed else f" (pip install {KNOWN[meant].distribution})"
        parts.append(f"Did you mean {meant!r}?{wanted}")
    parts.append(f"Installed: {', '.join(installed) or 'none'}")
    return UnknownNameError(" ".join(parts))
