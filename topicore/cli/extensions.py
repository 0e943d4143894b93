"""Commands that plugins add, under their namespaces."""

from __future__ import annotations

import click

from ..errors import MissingPluginError, PluginError
from ..registry import current
from ..registry.known import KNOWN
from ..registry.lookup import owner
from ..registry.names import Name

__all__ = ["group"]


def group(namespace: str) -> click.Group | None:
    """The commands of the plugin that owns *namespace*; None where there is no such plugin.

    Raises:
        PluginError: The plugin cannot be used, adds no commands, or fails to add them.
    """
    plugins = current()
    plugin = owner(plugins, Name.parse(namespace), f"topicore {namespace}")
    if plugin is None:
        if namespace in KNOWN:
            distribution = KNOWN[namespace].distribution
            raise MissingPluginError(f"plugin {namespace!r} is not installed: pip install {distribution}")
        return None
    add = plugins.implementation(plugin, "topicore_command")
    if add is None:
        raise PluginError(f"plugin {namespace!r} from {plugin} adds no commands")
    commands = click.Group(name=namespace, help=f"Commands of {plugin}.")
    try:
        add(group=commands)
    except Exception as error:  # the plugin's own code
        raise plugins.spoil(plugin, error).broken(namespace) from error
    return commands
