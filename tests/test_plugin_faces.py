"""First-party plugins use only what every plugin may use."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import topicore

ROOT = Path(__file__).parents[1]
PLUGINS = sorted(path.parent for path in ROOT.glob("plugins/*/pyproject.toml"))
FACE = {f"topicore.{name}" for name in ("components", "errors", "llm", "services", "specs", "testing")} | {"topicore"}
NAMES = {*topicore.__all__, *(name.partition(".")[2] for name in FACE)}


def foreign(source: str) -> Iterator[str]:
    """What *source* imports of topicore beyond the public face."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            modules = [str(node.module)]
            if node.module == "topicore":
                yield from (f"topicore.{alias.name}" for alias in node.names if alias.name not in NAMES)
        else:
            continue
        yield from (name for name in modules if name.partition(".")[0] == "topicore" and name not in FACE)


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.name)
def test_plugins_import_the_public_face_only(plugin: Path) -> None:
    sources = {file: file.read_text(encoding="utf-8") for file in sorted(plugin.glob("topicore_*/**/*.py"))}
    assert sources
    assert not [f"{file.relative_to(plugin)}: {name}" for file, source in sources.items() for name in foreign(source)]


@pytest.mark.parametrize(
    "source",
    [
        "import topicore.registry",
        "from topicore.counts import ngrams",
        "from topicore import registry",
        "def late():\n    from topicore.pipeline import fit",
    ],
)
def test_private_imports_are_noticed(source: str) -> None:
    assert list(foreign(source))


def test_public_imports_pass() -> None:
    assert not list(foreign("from topicore import hookimpl\nfrom topicore.specs import EmbedderSpec\nimport numpy"))
