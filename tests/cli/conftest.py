"""A file of documents, a model saved from it, and ways to type commands."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from topicore.cli import main

Type = Callable[..., Result]
COMMAND = [sys.executable, "-c", "from topicore.cli import main; main(prog_name='topicore')"]


@pytest.fixture
def topicore() -> Type:
    """Types a command in this process."""

    def typed(*arguments: object, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)

    return typed


@pytest.fixture
def process() -> Callable[..., subprocess.Popen[bytes]]:
    """Types a command in a process of its own, which knows nothing of the terminal of the tests."""
    unset = {"FORCE_COLOR", "NO_COLOR", "COLUMNS", "LINES", "TTY_COMPATIBLE", "TTY_INTERACTIVE"}
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    environment |= {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "TERM": "xterm"}

    def started(*arguments: object, **options: Any) -> subprocess.Popen[bytes]:
        return subprocess.Popen([*COMMAND, *map(str, arguments)], env=environment, **options)

    return started


@pytest.fixture(scope="session")
def texts(documents: list[str]) -> list[str]:
    return documents[:60]


@pytest.fixture(scope="session")
def file(texts: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The texts, one a line."""
    path = tmp_path_factory.mktemp("files") / "documents.txt"
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def fitted(file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """The folder of a model that ``topicore fit`` saved, and what the command said."""
    folder = tmp_path_factory.mktemp("models") / "model"
    typed = ["fit", str(file), "-o", str(folder), "--include", "documents"]
    return folder, CliRunner().invoke(main, typed)


@pytest.fixture(scope="session")
def model(fitted: tuple[Path, Result]) -> Path:
    return fitted[0]
