"""A corpus that every Python installation has: what its standard library says of itself."""

from __future__ import annotations

import ast
import os
import re
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

from ..components import Event
from ..errors import InputError

__all__ = ["docstrings", "modules"]

WORDS = 10
"""Fewest words of a docstring that says something."""
LEFT_OUT = re.compile(
    r"tests?|idle.*|lib2to3|.*-packages|__.*__|turtledemo|pydoc_data|_bundled|encodings|lib-dynload|config-.*"
)
"""Folders of tests, tables, and what does not belong to the standard library."""
EXAMPLE = re.compile(r"^[ \t]*>>>.*?(?=\n[ \t]*\n|\Z)", re.MULTILINE | re.DOTALL)


def modules(library: Path) -> list[Path]:
    """The modules of the standard library in *library*, sorted.

    Raises:
        InputError: There are none.
    """
    found: list[Path] = []
    for folder, folders, files in os.walk(library):
        folders[:] = [name for name in folders if not LEFT_OUT.fullmatch(name)]
        found += [Path(folder, name) for name in files if name.endswith(".py") and not name.startswith("test")]
    if not found:
        raise InputError(
            f"the demo reads the sources of Python's standard library, and {library} has none (this Python keeps them "
            "packed, or only compiled); use documents of your own: topicore fit FILE -o model/"
        )
    return sorted(found)


def docstrings(files: list[Path], notify: Callable[[Event], None]) -> list[str]:
    """The docstrings of modules, classes and functions in *files*, without examples; short and repeated ones left out.

    The files are parsed and not imported.
    """
    texts: dict[str, None] = {}
    for place, file in enumerate(files, 1):
        for text in _parsed(file):
            prose = EXAMPLE.sub("", text).strip()
            if len(prose.split()) >= WORDS:
                texts.setdefault(prose)
        notify(Event(stage="read", done=place, total=len(files)))
    return list(texts)


def _parsed(file: Path) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(file.read_bytes())
        except (SyntaxError, ValueError):  # broken on purpose, for tests
            return
    yield from _docstrings(tree)


def _docstrings(node: ast.AST) -> Iterator[str]:
    if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
        text = ast.get_docstring(node)
        if text:
            yield text
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield from _docstrings(child)
