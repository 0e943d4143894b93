"""The command line: ``topicore``.

Commands are imported when they are typed. An error that topicore raises on purpose is one red line and exit code 1.
"""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from typing import Any

import click

from .. import __version__
from ..errors import TopicoreError

__all__ = ["COMMANDS", "main"]

COMMANDS: dict[str, str] = {
    "demo": "topicore.cli.demo:demo",
    "fit": "topicore.cli.fit:fit",
    "plugins": "topicore.cli.plugins:plugins",
    "topics": "topicore.cli.topics:topics",
    "transform": "topicore.cli.transform:transform",
}
"""The core's own commands and where they are."""


class Failure(click.ClickException):
    """An error of topicore as the command line shows it."""

    def show(self, file: Any = None) -> None:
        """Print the message in red, on standard error."""
        click.secho(" ".join(self.format_message().split()), fg="red", err=True, file=file)


class Commands(click.Group):
    """The commands of the core, and those of a plugin under its namespace."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The core's commands; plugins are not imported to ask for theirs."""
        return [name for name, target in sorted(COMMANDS.items()) if find_spec(target.partition(":")[0])]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command called *cmd_name*, imported now, or the commands of the plugin of that name."""
        if cmd_name in self.list_commands(ctx):
            module, _, name = COMMANDS[cmd_name].partition(":")
            command: click.Command = getattr(importlib.import_module(module), name)
            return command
        from .extensions import group

        return group(cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was typed."""
        try:
            return super().invoke(ctx)
        except TopicoreError as error:
            raise Failure(str(error)) from error
        except KeyboardInterrupt:
            click.echo(err=True)
            ctx.exit(130)


@click.group(
    name="topicore",
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="A plugin that brings commands has them under its name: topicore NAME --help.",
)
@click.version_option(__version__, prog_name="topicore")
def main() -> None:
    """Documents in, named topics out."""
