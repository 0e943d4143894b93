"""``topicore plugins``: what is installed, and whether it works."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import click

from .. import registry
from ..errors import UnknownNameError
from ..registry import Entry, Listed
from ..registry.known import KNOWN
from ..registry.loading import CORE
from ..registry.lookup import owner
from ..registry.names import Name, closest
from ..specs import KINDS, Kind

__all__ = ["plugins"]

COLOURS = {"ok": "green", "broken": "red", "disabled": None}


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
@click.option("--kind", type=click.Choice(KINDS), help="Show components of this kind only.")
@click.pass_context
def plugins(ctx: click.Context, as_json: bool, kind: Kind | None) -> None:
    """List installed plugins, the core first: namespace, distribution, version, status, components."""
    if ctx.invoked_subcommand is not None:
        return
    listed = registry.plugins(kind)
    if as_json:
        click.echo(json.dumps([each.record() for each in listed], indent=2))
    else:
        _table(listed)


def _table(listed: Sequence[Listed]) -> None:
    rows = [(each.plugin.name, str(each.plugin), each.condition, _contents(each)) for each in listed]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for namespace, distribution, condition, contents in rows:
        status = click.style(condition.ljust(widths[2]), fg=COLOURS.get(condition, "yellow"))
        click.echo(f"{namespace.ljust(widths[0])}  {distribution.ljust(widths[1])}  {status}  {contents}".rstrip())


def _contents(listed: Listed) -> str:
    kinds = [
        f"{kind}: {', '.join(spec.name for spec in specs)}"
        for kind, specs in groupby(listed.specs, key=lambda spec: spec.kind)
    ]
    return "; ".join(filter(None, [listed.detail, *kinds]))


@plugins.command()
@click.argument("name")
@click.option("--kind", type=click.Choice(KINDS), help="Check the component of this kind only.")
def check(name: str, kind: Kind | None) -> None:
    """Import the components called NAME, or all of the plugin NAME, each in a process of its own.

    Reports the time, the memory, missing modules and unset environment variables. Exits with 1 when one cannot be used.
    """
    reports = [probe(entry) for entry in chosen(name, kind)]
    for report in reports:
        click.echo(report.text())
    if any(report.error for report in reports):
        raise SystemExit(1)


def chosen(name: str, kind: Kind | None) -> list[Entry]:
    """The components of the plugin called *name*, or those called so.

    Raises:
        PluginError: There are none, or the plugin cannot be used.
    """
    parsed = Name.parse(name)
    current = registry.current()
    core = parsed.name == CORE
    plugin = current.core if core else owner(current, parsed, f"plugin {name!r}")
    found = [
        entry
        for entry in registry.entries(kind)
        if parsed.name == entry.name or (plugin is not None and parsed.name == plugin.name == entry.plugin.name)
    ]
    if plugin is not None:
        found = [entry for entry in found if entry.plugin.key == plugin.key]
    if found:
        return found
    if plugin is None and parsed.namespace in KNOWN:
        return [registry.find(kind or KNOWN[parsed.namespace].kinds[0], parsed.head)]
    options = {word for entry in registry.entries(kind) for word in (entry.name, entry.plugin.name)}
    meant = closest(parsed.name, options)
    what = f"{kind}" if kind else "plugin or component"
    raise UnknownNameError(f"no {what} named {name!r}." + (f" Did you mean {meant!r}?" if meant else ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of importing one component.

    Args:
        entry: The component.
        seconds: How long the import took.
        bytes: How much memory it took, where the system says.
        modules: How many modules it loaded.
        error: Why the component cannot be used, or None.
    """

    entry: Entry
    seconds: float = 0.0
    bytes: int | None = None
    modules: int = 0
    error: str | None = None

    def text(self) -> str:
        """The report for a person."""
        if self.error:
            lines = [click.style(self.error, fg="red")]
        else:
            held = "" if self.bytes is None else f", {self.bytes / 2**20:.0f} MiB"
            lines = [
                f"{self.entry.kind} {self.entry.name!r} from {self.entry.plugin}: " + click.style("ok", fg="green"),
                f"  imported in {self.seconds:.2f} s{held}, {self.modules} modules",
            ]
        unset = [variable for variable in self.entry.spec.environment if variable not in os.environ]
        return "\n".join([*lines, *(f"  environment variable not set: {variable}" for variable in unset)])


def probe(entry: Entry) -> Report:
    """Import the class of *entry* in a process of its own."""
    command = "from topicore.cli.probe import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", command, entry.kind, entry.qualified],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    lines = done.stdout.splitlines()
    if done.returncode != 0 or not lines:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return Report(entry=entry, error=f"{entry}: importing it ended the process ({done.returncode}): {last}")
    return Report(entry=entry, **json.loads(lines[-1]))
