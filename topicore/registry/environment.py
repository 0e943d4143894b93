"""The plugins of one environment: found early, imported when a name leads to them."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from ..errors import AmbiguousNameError
from .discovery import scan
from .loading import CORE, Hooks, Plugin, load
from .names import canonical

__all__ = ["PluginSet", "current", "using"]

BUILTIN = "topicore.builtin.plugin"


class PluginSet:
    """A set of plugins, and the core as the first of them.

    Nothing is imported until it is asked for. Loaded records are immutable, and loading holds a lock.

    Args:
        plugins: What discovery found.
        core: The module that describes the built-in components.
        disabled: Namespaces or distributions that are never imported.
        preferred: The distribution that a namespace leads to where several claim it.
        strict: Whether a plugin that fails to load raises at once.
        discover: Where to look for more before a name is said to be missing.
    """

    def __init__(
        self,
        plugins: Iterable[Plugin] = (),
        *,
        core: str = BUILTIN,
        disabled: Iterable[str] = (),
        preferred: Mapping[str, str] | None = None,
        strict: bool = False,
        discover: Callable[[], Iterable[Plugin]] | None = None,
    ) -> None:
        version = str(getattr(sys.modules.get(CORE), "__version__", "?"))
        self._core = Plugin(name=CORE, distribution=CORE, version=version, value=core)
        self._disabled = frozenset(canonical(name) for name in disabled)
        self._preferred = {name: canonical(owner) for name, owner in (preferred or {}).items()}
        self._strict = strict
        self._discover = discover
        self._hooks = Hooks()
        self._lock = threading.RLock()
        self._plugins: dict[str, Plugin] = {}
        self._take(plugins)

    @classmethod
    def installed(cls, environ: Mapping[str, str] = os.environ, *, core: str = BUILTIN) -> PluginSet:
        """The plugins that are installed, under the settings of ``TOPICORE_DISABLE``, ``_PREFER`` and ``_STRICT``."""
        pairs = (pair.partition("=") for pair in _words(environ.get("TOPICORE_PREFER", "")))
        return cls(
            scan(),
            core=core,
            disabled=_words(environ.get("TOPICORE_DISABLE", "")),
            preferred={name.strip(): owner.strip() for name, _, owner in pairs},
            strict=environ.get("TOPICORE_STRICT", "") not in ("", "0"),
            discover=scan,
        )

    @property
    def core(self) -> Plugin:
        """The built-in components, loaded."""
        with self._lock:
            if self._core.status == "found":
                self._core = self._loaded(self._core)
            return self._core

    @property
    def plugins(self) -> tuple[Plugin, ...]:
        """All plugins but the core, as far as they are loaded, by namespace and distribution."""
        with self._lock:
            return tuple(self._plugins[key] for key in sorted(self._plugins, key=lambda key: key.split("/")[::-1]))

    def load(self, plugin: Plugin) -> Plugin:
        """*plugin* with its specs, or with the error that it broke with."""
        taken = frozenset(spec.name.partition(".")[0] for spec in self.core.specs)
        with self._lock:
            now = self._plugins.get(plugin.key, plugin)
            if now.status == "found":
                now = self._plugins[now.key] = self._loaded(now, taken)
            return now

    def loaded(self) -> tuple[Plugin, ...]:
        """Every plugin that works, the core first; of several with one namespace the preferred one or all."""
        plugins = [self.core, *map(self.load, self.plugins)]
        return tuple(plugin for plugin in plugins if plugin.status == "ok" and plugin in self.rivals(plugin))

    def owners(self, namespace: str, distribution: str | None = None) -> tuple[Plugin, ...]:
        """The plugins, loaded or not, that own *namespace*."""
        return tuple(
            plugin
            for plugin in self.plugins
            if plugin.name == namespace and distribution in (None, plugin.distribution)
        )

    def rivals(self, plugin: Plugin) -> tuple[Plugin, ...]:
        """The plugins that could be meant by the namespace of *plugin*: one, or several that clash."""
        if plugin.name == CORE:
            return (plugin,)
        usable = tuple(rival for rival in self.owners(plugin.name) if rival.status not in ("disabled", "other API"))
        preferred = tuple(rival for rival in usable if rival.distribution == self._preferred.get(plugin.name))
        return preferred or usable

    def only(self, plugins: tuple[Plugin, ...], name: str) -> Plugin:
        """The one of *plugins* that *name* leads to; AmbiguousNameError where that is not settled."""
        rivals = self.rivals(plugins[0]) if len(plugins) > 1 else plugins
        if len(rivals) > 1:
            options = ", ".join(f"{rival.distribution}/{name}" for rival in rivals)
            raise AmbiguousNameError(f"{name!r} is provided by more than one distribution; pick one: {options}")
        return rivals[0]

    def implementation(self, plugin: Plugin, hook: str) -> Callable[..., Any] | None:
        """How a loaded *plugin* implements *hook*, to be called with all the hook's arguments by name; else None."""
        return self._hooks.implementation(plugin, hook)

    def spoil(self, plugin: Plugin, error: Exception) -> Plugin:
        """Record that a loaded *plugin* failed in a hook; it is not asked again."""
        with self._lock:
            self._hooks.forget(plugin)
            broken = replace(plugin, status="broken", error=error)
            if plugin.name == CORE:
                self._core = broken
            else:
                self._plugins[plugin.key] = broken
        if self._strict:
            raise broken.broken(plugin.name) from error
        return broken

    def rescan(self) -> bool:
        """Look for plugins that were installed since; whether anything changed."""
        if self._discover is None:
            return False
        with self._lock:
            return self._take(self._discover())

    def _take(self, found: Iterable[Plugin]) -> bool:
        """Keep what was loaded and is still there, add what is new, drop what is gone."""
        before = self._plugins
        identities = {key: _identity(plugin) for key, plugin in before.items()}
        after: dict[str, Plugin] = {}
        for plugin in found:
            known = identities.get(plugin.key) == _identity(plugin)
            after[plugin.key] = before[plugin.key] if known else self._screened(plugin)
        changed = [plugin for key, plugin in before.items() if after.get(key) is not plugin]
        for plugin in changed:
            self._hooks.forget(plugin)
        self._plugins = after
        return bool(changed) or len(after) != len(before)

    def _screened(self, plugin: Plugin) -> Plugin:
        off = self._disabled & {canonical(plugin.name), plugin.distribution}
        return replace(plugin, status="disabled") if off else plugin

    def _loaded(self, plugin: Plugin, taken: frozenset[str] = frozenset()) -> Plugin:
        loaded = load(self._hooks, plugin, taken)
        if self._strict and loaded.error is not None:
            raise loaded.broken(plugin.name) from loaded.error
        return loaded


def _identity(plugin: Plugin) -> tuple[str, str, int]:
    return (plugin.version, plugin.value, plugin.api)


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


_lock = threading.Lock()
_current: list[PluginSet] = []


def current() -> PluginSet:
    """The set that names are looked up in: what is installed, found at the first question."""
    with _lock:
        if not _current:
            _current.append(PluginSet.installed())
        return _current[-1]


@contextmanager
def using(plugins: PluginSet, /) -> Iterator[PluginSet]:
    """Look names up in *plugins* for the time of a ``with`` block, in every thread; for tests."""
    with _lock:
        _current.append(plugins)
    try:
        yield plugins
    finally:
        with _lock:
            _current.remove(plugins)
