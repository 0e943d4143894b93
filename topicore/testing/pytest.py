"""Fixtures for plugin tests, opt-in: ``pytest_plugins = ["topicore.testing.pytest"]``.

There is deliberately no ``pytest11`` entry point: it would load topicore into every test run of every
environment that has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .corpus import DOCUMENTS
from .site import Site

__all__ = ["docs", "site"]


@pytest.fixture
def docs() -> list[str]:
    """Two hundred short texts in five languages, empties included."""
    return list(DOCUMENTS)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A folder of throw-away distributions, on ``sys.path`` for one test."""
    with Site(tmp_path / "site").active() as folder:
        yield folder
