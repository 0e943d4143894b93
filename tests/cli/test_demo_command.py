"""``topicore demo`` reads what every Python has, imports none of it, and finds topics that a person knows."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from topicore.cli.docstrings import docstrings, modules
from topicore.components import Event
from topicore.errors import InputError

Type = Callable[..., Result]
LONG = "This says more than ten words about what the module is for, really."


def test_the_demo_finds_topics_that_a_person_knows(topicore: Type) -> None:
    result = topicore("demo")
    assert result.exit_code == 0, result.stderr
    table, done, after = result.stdout.split("\n\n")
    tops = [set(line.split()[2:7]) for line in table.splitlines()[1:]]
    for words in (
        {"logging", "logger"},
        {"address", "ipv6"},
        {"xml", "document"},
        {"decimal", "operand"},
        {"server", "request"},
        {"thread", "threads", "lock", "loop", "future"},
    ):
        assert any(len(words & top) >= 2 for top in tops), words
    assert 8 <= len(tops) <= 60
    assert "documents" in done
    assert "seconds" not in done
    assert "topicore fit documents.txt -o model/" in after
    assert "from topicore import TopicModel" in after
    assert result.stderr == ""


def test_docstrings_of_modules_classes_and_functions_are_taken_once_and_without_examples(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text(
        f'''"""{LONG}

>>> example(1)
2

The end.
"""
raise SystemExit("never imported")
class A:
    """In a class. {LONG}"""
    if True:
        async def method(self):
            """In a method. {LONG}"""
            def inner():
                """In a method. {LONG}"""
def short():
    """Too short."""
x = "\\d"
'''
    )
    broken = tmp_path / "broken.py"
    broken.write_text("def (:")
    events: list[Event] = []
    found = docstrings([file, broken], events.append)
    assert [" ".join(text.split()) for text in found] == [
        f"{LONG} The end.",
        f"In a class. {LONG}",
        f"In a method. {LONG}",
    ]
    assert [(event.done, event.total) for event in events] == [(1, 2), (2, 2)]


def test_modules_are_sorted_and_tests_and_packages_of_others_left_out(tmp_path: Path) -> None:
    kept = ["a.py", "email/header.py", "z.py"]
    left = ["test/a.py", "a/tests/b.py", "idlelib/a.py", "lib2to3/a.py", "site-packages/a.py", "testing_a.py", "a.txt"]
    for name in [*reversed(kept), *left]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert modules(tmp_path) == [tmp_path / name for name in kept]


def test_the_standard_library_has_some() -> None:
    found = modules(Path(sysconfig.get_path("stdlib")))
    assert len(found) > 200
    assert Path(sys.modules["json"].__file__ or "") in found


def test_a_python_without_sources_is_one_error(topicore: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="has none"):
        modules(tmp_path / "python.zip")
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path))
    result = topicore("demo")
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert "topicore fit FILE -o model/" in result.stderr
