"""Promises that an installed plugin makes by its spec and its imports, held with real packages on disk."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from topicore.testing import Report, Site, run

PLUGIN = """
from topicore.hookspecs import hookimpl
from topicore.specs import EmbedderSpec

ACME = EmbedderSpec(
    name="acme",
    target="acme_topics.embedder:Acme",
    summary="Letter counts.",
    argument="letters",
    receives={"random_state": "seed"},
)


@hookimpl
def topicore_embedders():
    return [ACME]
"""

EMBEDDER = """
import numpy as np

from topicore.components import Embedder

from .plugin import ACME


class Acme(Embedder):
    spec = ACME

    def __init__(self, letters: str = "aeiou", seed: int = 0) -> None:
        self.letters = letters
        self.seed = seed

    def embed(self, texts, /, *, role="document"):
        rows = [[text.count(letter) for letter in self.letters] for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), len(self.letters))


class Other(Acme):
    pass
"""


def report(
    folder: Path, plugin: str = PLUGIN, embedder: str = EMBEDDER, *, package: str = "", entry: str = "acme"
) -> Report:
    """What the kit says of a plugin with these sources."""
    site = Site(folder)
    site.add(
        "acme-topics",
        "1.0",
        entry_points={"topicore.v1": {entry: "acme_topics.plugin"}},
        modules={"acme_topics": package, "acme_topics.plugin": plugin, "acme_topics.embedder": embedder},
    )
    with site.active():
        made: Any = import_module("acme_topics.embedder").Acme
        return run(made)


def test_an_installed_plugin_keeps_every_promise(tmp_path: Path) -> None:
    found = report(tmp_path)
    assert found.ok, str(found)
    assert found.ids("skipped") == ()
    assert "component/light-import" in found.ids("passed")


@pytest.mark.parametrize(
    ("sources", "meant"),
    [
        ({"plugin": "import numpy\n" + PLUGIN}, "component/light-import"),
        ({"package": "import scipy"}, "component/light-import"),
        ({"package": "from .embedder import Acme"}, "component/light-import"),
        ({"plugin": PLUGIN.replace("return [ACME]", "return []")}, "component/described"),
        ({"plugin": PLUGIN.replace("embedders", "reducers")}, "component/described"),
        ({"plugin": PLUGIN.replace("embedder:Acme", "embedder:Acne")}, "component/target-resolves"),
        ({"plugin": PLUGIN.replace("embedder:Acme", "embedder:Other")}, "component/target-resolves"),
        ({"plugin": PLUGIN.replace("embedder:Acme", "missing:Acme")}, "component/target-resolves"),
        ({"plugin": PLUGIN.replace("Letter counts.", "Letter counts. " * 10)}, "component/summary"),
        ({"plugin": PLUGIN.replace('"letters"', '"letter"')}, "component/spec-parameters"),
        ({"plugin": PLUGIN.replace('"seed"', '"random"')}, "component/spec-parameters"),
        ({"plugin": PLUGIN.replace("summary=", "trainable=True, summary=")}, "component/flags-match-abilities"),
    ],
)
def test_a_broken_promise_fails_its_own_check(tmp_path: Path, sources: dict[str, str], meant: str) -> None:
    assert report(tmp_path, **sources).ids("failed") == (meant,)


def test_the_advice_names_what_is_heavy(tmp_path: Path) -> None:
    found = str(report(tmp_path, "import numpy\n" + PLUGIN))
    assert "importing acme_topics and acme_topics.plugin loads numpy; import it where it is used" in found


def test_a_description_without_an_entry_point_is_found_by_the_target(tmp_path: Path) -> None:
    found = report(tmp_path, entry="another")
    assert found.ok
    assert found.ids("skipped") == ()


def test_a_plugin_that_cannot_be_imported_alone_fails_light_import(tmp_path: Path) -> None:
    package = "import sys\nif 'topicore.components' not in sys.modules: raise ImportError('numpy first, please')"
    found = report(tmp_path, package=package)
    assert found.ids("failed") == ("component/light-import",)
    assert "numpy first, please" in str(found)


ADAPTS = PLUGIN.replace("EmbedderSpec\n", "EmbedderSpec, NativeType\n").replace(
    "summary=", 'adapts=(NativeType("builtins", "str"),), summary='
)
WRAPS = EMBEDDER.replace(
    "class Other",
    "    @classmethod\n    def from_native(cls, obj, /):\n        return cls(letters=obj)\n\n\nclass Other",
)


@pytest.mark.parametrize(
    ("native", "status"),
    [(lambda: "xyz", "passed"), (lambda: b"xyz", "failed"), (None, "skipped")],
)
def test_live_objects_are_tried_where_the_author_gives_one(tmp_path: Path, native: Any, status: Any) -> None:
    site = Site(tmp_path)
    modules = {"acme_topics": "", "acme_topics.plugin": ADAPTS, "acme_topics.embedder": WRAPS}
    site.add("acme-topics", entry_points={"topicore.v1": {"acme": "acme_topics.plugin"}}, modules=modules)
    with site.active():
        found = run(import_module("acme_topics.embedder").Acme, native=native)
    assert "component/adapts-real-objects" in found.ids(status)
    assert len(found.ids("failed")) == (status == "failed")


def test_declared_types_without_from_native_fail_flags(tmp_path: Path) -> None:
    assert "component/flags-match-abilities" in report(tmp_path, ADAPTS).ids("failed")
