"""What importing topicore and listing plugins loads, measured in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import topicore

MEASURE = """
import json, sys
before = set(sys.modules)
{statement}
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def loaded(statement: str) -> set[str]:
    """The top-level modules outside the standard library that *statement* loads."""
    home = str(Path(topicore.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", MEASURE.format(statement=statement)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([home, os.environ.get("PYTHONPATH", "")])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    modules = {name.partition(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}
    return {name for name in modules if name not in sys.stdlib_module_names and not name.startswith("_")}


def expected_plugins() -> set[str]:
    """The namespaces that this environment was made with, where it says so."""
    return set(filter(None, os.environ.get("EXPECTED_PLUGINS", "").split(",")))


def installed_plugins() -> dict[str, str]:
    """The package of each plugin that is installed, by namespace."""
    from topicore import registry

    return {each.plugin.name: each.plugin.value.partition(".")[0] for each in registry.plugins()}


def test_importing_topicore_loads_pluggy_and_nothing_else() -> None:
    assert loaded("import topicore") == {"topicore", "pluggy"}


def test_importing_topicore_scans_no_metadata() -> None:
    statement = "import topicore, sys; assert 'topicore.registry' not in sys.modules"
    assert loaded(statement) == {"topicore", "pluggy"}


def test_public_names_are_listed_without_being_loaded() -> None:
    statement = "import topicore; assert 'TopicModel' in dir(topicore)"
    assert loaded(statement) == {"topicore", "pluggy"}


def test_listing_plugins_loads_their_descriptions_and_no_backend() -> None:
    packages = set(installed_plugins().values())
    found = loaded("from topicore import registry; registry.plugins()")
    assert found <= {"topicore", "pluggy"} | packages


def test_the_command_that_lists_plugins_loads_no_backend() -> None:
    packages = set(installed_plugins().values())
    found = loaded("from topicore.cli import main; main(['plugins'], standalone_mode=False)")
    assert found <= {"topicore", "pluggy", "click", "colorama"} | packages


def test_every_expected_plugin_is_installed_and_works() -> None:
    from topicore import registry

    listed = {each.plugin.name: each for each in registry.plugins()}
    assert expected_plugins() <= set(listed)
    conditions = os.environ.get("EXPECTED_CONDITIONS", "ok").split(",")
    wrong = {name: each.detail for name, each in listed.items() if each.condition not in conditions}
    assert not wrong
