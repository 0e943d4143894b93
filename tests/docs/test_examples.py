"""The examples of README.md and docs/ run, and print what the page says they print.

Blocks of ``python`` run one after the other in one namespace a page; a block of ``text`` is what the block
before it prints; ``console`` blocks hold commands after ``$``, of which those of ``topicore`` run, with what they
print. A block that begins with the comment ``# folder/file.py`` is a file of a plugin, and ``# pyproject.toml``
installs it.
"""

from __future__ import annotations

import io
import re
import shlex
import shutil
from collections.abc import Iterator
from contextlib import redirect_stdout
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from click.testing import CliRunner

from topicore.cli import main
from topicore.testing import Site

sybil = pytest.importorskip("sybil")
from sybil import Document, Example, Sybil  # noqa: E402
from sybil.evaluators.python import PythonEvaluator  # noqa: E402
from sybil.parsers.markdown import CodeBlockParser, SkipParser  # noqa: E402

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FILE = re.compile(r"# ([\w-]+/[\w./-]+\.py|pyproject\.toml)\n")
ALIKE = 0.8
"""The share of words in which a page and a run agree at least: libraries on other machines round otherwise."""


class Page:
    """Evaluates the examples of one page in a folder of their own."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._python = PythonEvaluator()
        self._printed: str | None = None

    def python(self, example: Example) -> None:
        if FILE.match(example.parsed):
            self.file(example)
            return
        with redirect_stdout(io.StringIO()) as out:
            self._python(example)
        self._printed = out.getvalue()

    def text(self, example: Example) -> str | None:
        assert self._printed, "a text block is what the block before it prints, and that prints nothing"
        return difference(example.parsed, self._printed)

    def console(self, example: Example) -> str | None:
        found = []
        for command, expected in commands(example.parsed):
            if command[0] != "topicore":
                assert not expected, f"what {command[0]} prints is not checked; use another kind of block"
                continue
            result = CliRunner().invoke(main, command[1:], catch_exceptions=False)
            found.append(difference(expected, result.stdout) if expected else None)
            assert result.exit_code == (1 if expected.startswith(("Error", "no ")) else 0), result.output
        return "\n".join(filter(None, found)) or None

    def file(self, example: Example) -> None:
        match = FILE.match(example.parsed)
        if match is None:
            return
        if match[1] != "pyproject.toml":
            file = self._site.path / match[1]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(example.parsed, encoding="utf-8")
            return
        project, points = sections(example.parsed)
        self._site.add(project["name"], project["version"], entry_points={"topicore.v1": points})


def sections(text: str) -> tuple[dict[str, str], dict[str, str]]:
    """The texts in the sections ``project`` and ``project.entry-points`` of a small pyproject.toml."""
    tables: dict[str, dict[str, str]] = {}
    for line in text.splitlines():
        if line.startswith("["):
            table = tables.setdefault(line.strip("[]"), {})
        elif match := re.fullmatch(r'([\w-]+) = "(.*)"', line):
            table[match[1]] = match[2]
    return tables["project"], tables['project.entry-points."topicore.v1"']


def commands(text: str) -> Iterator[tuple[list[str], str]]:
    """Each command after ``$``, in words, and what the page says it prints."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield shlex.split(command), output.strip()


def difference(expected: str, printed: str) -> str | None:
    """Both texts where they are not alike, word by word."""
    words, found = expected.split(), printed.split()
    if SequenceMatcher(a=words, b=found, autojunk=False).ratio() >= ALIKE:
        return None
    return f"the page says\n{expected}\nand this is what is printed\n{printed}"


@pytest.fixture
def examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sybil]:
    """Parses pages; their examples see the sample documents under the paths that readers use."""
    here = tmp_path / "here"
    shutil.copytree(ROOT / "docs" / "data", here / "docs" / "data")
    monkeypatch.chdir(here)
    with Site(tmp_path / "site").active() as site:
        page = Page(site)
        kinds = {"python": page.python, "text": page.text, "console": page.console, "toml": page.file}
        yield Sybil([SkipParser(), *(CodeBlockParser(kind, evaluate) for kind, evaluate in kinds.items())])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_page_says_what_happens(page: Path, examples: Sybil) -> None:
    document: Document = examples.parse(page)
    for example in document.examples():
        example.evaluate()


def test_pages_have_examples() -> None:
    assert {"README.md", "quickstart.md", "hooks.md"} <= {page.name for page in PAGES}
