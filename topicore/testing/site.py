"""Throw-away distributions: what ``pip install`` leaves behind, without pip."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

__all__ = ["Site"]


class Site:
    """A folder of installed distributions that discovery finds once it is on ``sys.path``::

    site = Site(tmp_path)
    site.add(
        "acme-topics",
        "1.0",
        entry_points={"topicore.v1": {"acme": "acme_topics.plugin"}},
        modules={"acme_topics": "", "acme_topics.plugin": "from topicore import hookimpl ..."},
    )
    with site.active():
        ...
    """

    def __init__(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self.path = path

    def add(
        self,
        distribution: str,
        version: str = "1.0",
        *,
        entry_points: Mapping[str, Mapping[str, str]] | None = None,
        modules: Mapping[str, str] | None = None,
    ) -> Path:
        """Write a dist-info folder and the sources of *modules*, by dotted name; returns the dist-info folder.

        A module that others lie below becomes a package.
        """
        info = self.path / f"{distribution.replace('-', '_')}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        groups = (entry_points or {}).items()
        lines = [line for group, names in groups for line in (f"[{group}]", *(f"{k} = {v}" for k, v in names.items()))]
        (info / "entry_points.txt").write_text("\n".join([*lines, ""]))
        sources = dict(modules or {})
        packages = {parent for name in sources for parent in _parents(name)}
        for name in sorted(packages | set(sources)):
            self._write(name, sources.get(name, ""), package=name in packages)
        importlib.invalidate_caches()
        return info

    def _write(self, name: str, source: str, package: bool) -> None:
        place = self.path.joinpath(*name.split("."))
        file = place / "__init__.py" if package else place.with_suffix(".py")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source, encoding="utf-8")

    @contextmanager
    def active(self) -> Iterator[Site]:
        """Put the folder first on ``sys.path``; afterwards forget the modules that came from it."""
        sys.path.insert(0, str(self.path))
        importlib.invalidate_caches()
        try:
            yield self
        finally:
            sys.path.remove(str(self.path))
            for name, module in list(sys.modules.items()):
                if str(getattr(module, "__file__", None) or "").startswith(str(self.path)):
                    del sys.modules[name]
            importlib.invalidate_caches()


def _parents(name: str) -> Iterator[str]:
    """The packages that module *name* lies in."""
    while name := name.rpartition(".")[0]:
        yield name
