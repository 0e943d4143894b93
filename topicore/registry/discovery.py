"""Finding the entry points of plugins without importing anything of theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .loading import Plugin
from .names import canonical

if TYPE_CHECKING:
    from importlib.metadata import Distribution, EntryPoint

__all__ = ["API", "scan"]

API = 1
"""The major version of the hooks; entry points are declared in the group ``topicore.v1``."""

_GROUP = re.compile(r"topicore\.v(\d+)")


def scan() -> list[Plugin]:
    """The plugins of all distributions on ``sys.path``, by namespace and distribution.

    A distribution whose metadata cannot be read is a broken plugin or none, never an exception.
    """
    import importlib
    from importlib import metadata

    importlib.invalidate_caches()
    names = {name for found in metadata.distributions() if (name := _mentions(found))}
    plugins: list[Plugin] = []
    for name in sorted(names):
        # Of two copies on the path, the first is the one whose modules are imported.
        plugins.extend(_declared(name, metadata.distribution(name)))
    return sorted(plugins, key=lambda plugin: (plugin.name, plugin.distribution))


def _mentions(distribution: Distribution) -> str | None:
    """The name of a *distribution* whose entry points mention topicore, else None."""
    try:
        if "topicore.v" in (distribution.read_text("entry_points.txt") or ""):
            return canonical(distribution.metadata["Name"])
    except Exception:  # metadata of strangers, broken in ways of its own
        return None
    return None


def _declared(name: str, distribution: Distribution) -> Iterator[Plugin]:
    try:
        entries = list(distribution.entry_points)
        version = distribution.version or "?"
    except Exception as error:  # the plugin's own metadata, shown when it is listed or used
        namespace = name.removeprefix("topicore-")
        yield Plugin(name=namespace, distribution=name, version="?", value="", status="broken", error=error)
        return
    mine = [(entry, int(match[1])) for entry in entries if (match := _GROUP.fullmatch(entry.group))]
    for entry, api in _newest(mine):
        yield Plugin(
            name=entry.name,
            distribution=name,
            version=version,
            value=entry.value,
            api=api,
            status="found" if api == API else "other API",
        )


def _newest(entries: list[tuple[EntryPoint, int]]) -> list[tuple[EntryPoint, int]]:
    """One entry a name: the one for this API where there is one, else the newest."""
    best: dict[str, tuple[EntryPoint, int]] = {}
    for entry, api in sorted(entries, key=lambda pair: (pair[1] == API, pair[1])):
        best[entry.name] = (entry, api)
    return list(best.values())
