"""What is installed, in plain records."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..specs import ComponentSpec, Kind
from .discovery import API
from .environment import PluginSet
from .loading import CORE, Plugin, one_line
from .lookup import Entry
from .targets import missing_modules

__all__ = ["Condition", "Listed", "entries", "listing"]

Condition: TypeAlias = Literal["ok", "broken", "backend missing", "ambiguous", "disabled", "other API"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One plugin in a listing.

    Args:
        plugin: The plugin, loaded where it can be.
        condition: Whether, and why not, it can be used.
        detail: One line on what is wrong, or empty.
        specs: Its components, by kind and name.
    """

    plugin: Plugin
    condition: Condition
    detail: str
    specs: tuple[ComponentSpec, ...]

    def record(self) -> dict[str, object]:
        """The same as JSON."""
        return {
            "namespace": self.plugin.name,
            "distribution": self.plugin.distribution,
            "version": self.plugin.version,
            "api": self.plugin.api,
            "status": self.condition,
            "detail": self.detail,
            "components": [_component(spec) for spec in self.specs],
        }


def listing(plugins: PluginSet, kind: Kind | None = None) -> tuple[Listed, ...]:
    """Every plugin, the core first; with *kind*, those that have such components or cannot say."""
    loaded = (plugins.core, *map(plugins.load, plugins.plugins))
    listed = (_listed(plugins, plugin, kind) for plugin in loaded)
    return tuple(each for each in listed if kind is None or each.specs or each.plugin.status != "ok")


def entries(plugins: PluginSet, kind: Kind | None = None) -> tuple[Entry, ...]:
    """Every component of every plugin that works, by kind and name within a plugin."""
    return tuple(Entry(spec=spec, plugin=plugin) for plugin in plugins.loaded() for spec in _sorted(plugin, kind))


def _listed(plugins: PluginSet, plugin: Plugin, kind: Kind | None) -> Listed:
    specs = _sorted(plugin, kind)
    condition, detail = _condition(plugins, plugin, specs)
    return Listed(plugin=plugin, condition=condition, detail=detail, specs=specs)


def _sorted(plugin: Plugin, kind: Kind | None) -> tuple[ComponentSpec, ...]:
    return tuple(
        sorted((spec for spec in plugin.specs if kind in (None, spec.kind)), key=lambda spec: (spec.kind, spec.name))
    )


def _condition(plugins: PluginSet, plugin: Plugin, specs: tuple[ComponentSpec, ...]) -> tuple[Condition, str]:
    if plugin.status == "broken":
        return "broken", one_line(plugin.error)
    if plugin.status == "disabled":
        return "disabled", "by TOPICORE_DISABLE"
    if plugin.status == "other API":
        update = CORE if plugin.api > API else plugin.distribution
        return "other API", f"written for API v{plugin.api}, this topicore has v{API}: pip install --upgrade {update}"
    rivals = plugins.rivals(plugin)
    if plugin not in rivals:
        return "ok", f"as {plugin.key}: TOPICORE_PREFER settles on {rivals[0].distribution}"
    if len(rivals) > 1:
        return "ambiguous", f"write {' or '.join(rival.key for rival in rivals)}"
    missing = dict.fromkeys(module for spec in specs for module in missing_modules(spec))
    return ("backend missing", f"not installed: {', '.join(missing)}") if missing else ("ok", "")


def _component(spec: ComponentSpec) -> Mapping[str, object]:
    return {
        "kind": spec.kind,
        "name": spec.name,
        "summary": spec.summary,
        "argument": spec.argument,
        "missing": list(missing_modules(spec)),
        "unset": [variable for variable in spec.environment if variable not in os.environ],
    }
