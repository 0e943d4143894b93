"""``topicore plugins`` lists, checks, and hands over to the commands of plugins."""

from __future__ import annotations

import json
import sys

import click
import pytest
from click.testing import CliRunner, Result

from topicore import __version__
from topicore.cli import COMMANDS, main

GOOD = """
from topicore.hookspecs import hookimpl
from topicore.specs import EmbedderSpec

SPEC = EmbedderSpec(
    name="good", target="topicore_good.parts:Good", summary="Good.", environment=("GOOD_KEY",), requires=REQUIRES
)

@hookimpl
def topicore_embedders():
    return [SPEC]

@hookimpl
def topicore_command(group):
    @group.command()
    def hello():
        print("hello from good")
"""

PARTS = """
import json.tool
from topicore.components import Embedder
from .plugin import SPEC
print("noise on import")
class Good(Embedder):
    spec = SPEC
    def embed(self, texts, /, *, role="document"): ...
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.fixture
def good(plug):
    def install(requires: str = "()", parts: str = PARTS) -> None:
        plug("good", GOOD.replace("REQUIRES", requires), parts=parts)

    return install


def test_one_line_a_distribution_with_its_status(toy, good, plug, scan):
    toy("topicore-toy")
    toy("acme-toy")
    toy_for_later = {"group": "topicore.v2"}
    toy("future-toy", **toy_for_later)
    good()
    plug("bad", "import no_such_backend")
    plug("off", "raise RuntimeError")
    scan(TOPICORE_DISABLE="off")
    result = run("plugins")
    assert result.exit_code == 0
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert lines[0].startswith(
        f"topicore topicore {__version__} ok clusterer: graph; embedder: callable, joint, sklearn"
    )
    assert lines[1:] == [
        "bad topicore-bad 1.0 broken ModuleNotFoundError: No module named 'no_such_backend'",
        "good topicore-good 1.0 ok embedder: good",
        "off topicore-off 1.0 disabled by TOPICORE_DISABLE",
        "toy acme-toy 1.0 ambiguous write acme-toy/toy or topicore-toy/toy; embedder: toy",
        "toy future-toy 1.0 other API written for API v2, this topicore has v1: pip install --upgrade topicore",
        "toy topicore-toy 1.0 ambiguous write acme-toy/toy or topicore-toy/toy; embedder: toy",
    ]


def test_a_missing_backend_is_a_status(good, scan):
    good(requires="('no_such_backend',)")
    scan()
    line = run("plugins").stdout.splitlines()[1]
    assert line.split(maxsplit=3)[3].startswith("backend missing")
    assert "not installed: no_such_backend; embedder: good" in line


def test_json_says_the_same(good, scan, monkeypatch):
    monkeypatch.delenv("GOOD_KEY", raising=False)
    good(requires="('no_such_backend',)")
    scan()
    core, plugin = json.loads(run("plugins", "--json").stdout)
    assert core["namespace"] == "topicore"
    assert plugin == {
        "namespace": "good",
        "distribution": "topicore-good",
        "version": "1.0",
        "api": 1,
        "status": "backend missing",
        "detail": "not installed: no_such_backend",
        "components": [
            {
                "kind": "embedder",
                "name": "good",
                "summary": "Good.",
                "argument": None,
                "missing": ["no_such_backend"],
                "unset": ["GOOD_KEY"],
            }
        ],
    }


def test_one_kind_leaves_out_what_has_none_of_it_but_not_what_cannot_say(good, plug, scan):
    good()
    plug("bad", "import no_such_backend")
    scan()
    namespaces = [each["namespace"] for each in json.loads(run("plugins", "--json", "--kind", "clusterer").stdout)]
    assert namespaces == ["topicore", "bad"]
    assert run("plugins", "--kind", "nonsense").exit_code == 2


def test_check_imports_in_a_process_of_its_own(good, monkeypatch, scan):
    monkeypatch.delenv("GOOD_KEY", raising=False)
    good()
    scan()
    result = run("plugins", "check", "good")
    assert result.exit_code == 0, result.output
    first, second, third = result.stdout.splitlines()
    assert first == "embedder 'good' from topicore-good 1.0: ok"
    assert second.startswith("  imported in ")
    assert second.endswith("modules")
    assert third == "  environment variable not set: GOOD_KEY"
    assert "topicore_good.parts" not in sys.modules


@pytest.mark.parametrize(
    ("requires", "parts", "message"),
    [
        ("('no_such_backend',)", PARTS, "needs the module 'no_such_backend', which is not installed: pip install"),
        ("()", "1 / 0", "cannot be imported: ZeroDivisionError"),
        ("()", "import os; os._exit(7)", "importing it ended the process (7)"),
    ],
)
def test_check_exits_with_one_when_a_component_cannot_be_used(good, scan, requires, parts, message):
    good(requires, parts)
    scan()
    result = run("plugins", "check", "good")
    assert result.exit_code == 1
    assert message in result.stdout


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("goood", "no plugin or component named 'goood'. Did you mean 'good'?"),
        ("flair", "embedder 'flair' is not installed: pip install topicore-flair"),
        ("bad", "'bad' is provided by topicore-bad 1.0, which failed to load: RuntimeError: two lines"),
    ],
)
def test_an_error_is_one_line_on_standard_error(good, plug, scan, name, message):
    good()
    plug("bad", "raise RuntimeError('two\\nlines')")
    scan()
    result = run("plugins", "check", name)
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", message + "\n")


def test_check_takes_the_core_by_component(scan, good):
    scan()
    assert "clusterer 'graph' from topicore" in run("plugins", "check", "graph").stdout


def test_a_plugin_has_its_commands_under_its_name(good, toy, plug, scan):
    good()
    toy()
    plug("crash", "from topicore.hookspecs import hookimpl\n@hookimpl\ndef topicore_command(group): 1 / 0")
    scan()
    assert run("good", "hello").stdout == "hello from good\n"
    assert "hello" in run("good", "--help").stdout
    assert run("toy").stderr == "plugin 'toy' from topicore-toy 1.0 adds no commands\n"
    assert run("flair").stderr == "plugin 'flair' is not installed: pip install topicore-flair\n"
    assert run("crash").stderr == (
        "'crash' is provided by topicore-crash 1.0, which failed to load: ZeroDivisionError: division by zero\n"
    )
    assert run("nonsense").exit_code == 2


def test_only_the_plugin_that_is_typed_is_imported(good, toy, scan):
    good()
    toy()
    plugins = scan()
    run("good", "hello")
    assert {plugin.name: plugin.status for plugin in plugins.plugins} == {"good": "ok", "toy": "found"}


def test_help_names_the_commands_that_are_there():
    result = run("--help")
    assert result.exit_code == 0
    assert "plugins" in result.stdout
    assert run("--version").stdout == f"topicore, version {__version__}\n"


def test_the_commands_of_the_core_are_reserved():
    from topicore.registry.names import RESERVED

    assert set(COMMANDS) <= RESERVED
    assert isinstance(main, click.Group)
