"""One version, said in several places."""

from __future__ import annotations

import os
import re
import sysconfig
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

import topicore

ROOT = Path(__file__).parents[1]
TEST_COMMAND = "pip install nox uv && nox"


def declared(project: Path) -> str:
    match = re.search(r'^version = "(.+)"$', (project / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert match is not None
    return match[1]


def test_module_and_project_agree() -> None:
    assert topicore.__version__ == declared(ROOT)


def test_installed_version_is_this_one() -> None:
    try:
        installed = version("topicore")
    except PackageNotFoundError:
        pytest.skip("topicore is not installed here")
    assert installed == topicore.__version__


def test_changelog_has_a_section_for_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {topicore.__version__}" in changelog or "## Unreleased" in changelog


@pytest.mark.parametrize("project", sorted(ROOT.glob("plugins/*/pyproject.toml")), ids=lambda path: path.parent.name)
def test_plugins_accept_this_version(project: Path) -> None:
    floor = re.search(r'"topicore>=([\d.]+),<2"', project.read_text(encoding="utf-8"))
    assert floor is not None, "a plugin depends on topicore>=X.Y,<2"
    assert [int(part) for part in floor[1].split(".")] <= [int(part) for part in topicore.__version__.split(".")]


@pytest.mark.skipif(os.environ.get("TOPICORE_INSTALLED") != "1", reason="tests run from the source tree")
def test_tests_run_from_the_installed_wheel() -> None:
    assert Path(topicore.__file__).is_relative_to(sysconfig.get_path("purelib"))


def test_ci_runs_the_command_of_the_readme() -> None:
    for name in ("README.md", ".ci/run"):
        assert TEST_COMMAND in (ROOT / name).read_text(encoding="utf-8").splitlines(), name
