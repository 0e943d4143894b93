"""Rows of texts from modules at an address, in a folder or handed in."""

from __future__ import annotations

import sys
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_use

from topicore.errors import ComponentError, InputError, ParameterError
from topicore_use import UseEmbedder
from topicore_use import embedder as module
from topicore_use.loading import load

TEXTS = ["the moon and a rocket", "bread in the oven", "goal", "the judge of the court " * 5, "zebra"]
ODD = ["https://127.0.0.1:9/a.png", "None", "moon " * 600, "x moon " * 15_000]
ODD += ["\U0001f680 moon", "луна moon 月", "a\0b", "\ud800"]


@pytest.fixture(scope="module")
def tiny() -> UseEmbedder:
    return UseEmbedder(tiny_use.folder())


def test_rows_are_those_of_the_module(tiny: UseEmbedder) -> None:
    obj = tiny_use.native()
    rows = tiny.embed(TEXTS)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(rows, np.asarray(obj(TEXTS)), atol=1e-6)
    np.testing.assert_allclose(UseEmbedder.from_native(obj).embed(TEXTS), rows, atol=1e-6)
    with tiny_use.quiet():
        import tensorflow_hub

        layer = tensorflow_hub.KerasLayer(obj)
    np.testing.assert_allclose(UseEmbedder.from_native(layer).embed(TEXTS), rows, atol=1e-6)


@pytest.mark.parametrize("size", [1, 3, 100])
def test_rows_do_not_depend_on_the_batches(tiny: UseEmbedder, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [*TEXTS, *ODD]
    expected = tiny.embed(texts)
    monkeypatch.setattr(module, "CHARACTERS", 60)
    np.testing.assert_allclose(UseEmbedder(tiny_use.folder(), size).embed(texts), expected, atol=1e-6)


def test_no_texts_and_blank_texts_have_rows_of_the_right_width() -> None:
    embedder = UseEmbedder.from_native(tiny_use.native(), normalize=True)
    assert embedder.embed([]).shape == (0, tiny_use.WIDTH)
    rows = embedder.embed(["", " \n", "goal"])
    assert not rows[:2].any()
    np.testing.assert_allclose(np.linalg.norm(rows[2]), 1, atol=1e-6)


def test_odd_texts_are_texts(tiny: UseEmbedder) -> None:
    rows = tiny.embed(ODD)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert (tiny.embed(ODD, role="word") == rows).all()
    assert (tiny.embed(ODD, role="query") == rows).all()


def test_what_is_no_text_is_refused_and_leaves_the_module_usable_from_other_threads() -> None:
    embedder = UseEmbedder.from_native(tiny_use.native())
    expected = embedder.embed(TEXTS)
    with pytest.raises(InputError, match="number 1 is a NoneType"):
        embedder.embed(["moon", None])  # type: ignore[list-item]
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(embedder.embed(TEXTS)), daemon=True) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(found) == 6
    assert all((rows == expected).all() for rows in found)


@pytest.mark.parametrize("name", [None, "serving_default"])
def test_a_module_without_a_call_is_called_by_its_signature(tiny: UseEmbedder, name: str | None) -> None:
    by_signature = UseEmbedder(tiny_use.folder("signature"), signature=name)
    np.testing.assert_allclose(by_signature.embed(TEXTS), tiny.embed(TEXTS), atol=1e-6)


def test_a_module_of_the_wrong_sort_says_so() -> None:
    with pytest.raises(ComponentError, match="does not turn each text of a list into a row of floats: it takes"):
        UseEmbedder.from_native(tiny_use.native("numbers")).embed(TEXTS)
    with pytest.raises(ComponentError, match=r"its signature 'serving_default' takes"):
        UseEmbedder.from_native(tiny_use.native("numbers"), signature="serving_default").embed(TEXTS)
    with pytest.raises(ComponentError, match=r"it gives shape \(1, 1, 16\) for one"):
        UseEmbedder.from_native(tiny_use.native("tokens")).embed(TEXTS)
    with pytest.raises(ComponentError, match="the module gives x, y, and none is called default"):
        UseEmbedder.from_native(tiny_use.native("outputs")).embed(TEXTS)
    with pytest.raises(ParameterError, match=r"no signature 'speech', its signatures are: serving_default"):
        UseEmbedder.from_native(tiny_use.native(), signature="speech").embed(TEXTS)


def test_an_object_keeps_its_module_whatever_is_changed_around_it() -> None:
    obj = tiny_use.native()
    embedder = UseEmbedder.from_native(obj, normalize=True)
    assert embedder.external() == "tensorflow.python.saved_model.load._UserObject"
    assert embedder.identity() is None
    other = embedder.fresh(batch_size=2)
    assert embedder.fresh() is embedder
    assert (other.batch_size, other.normalize, other._native is obj) == (2, True, True)
    with pytest.raises(ParameterError, match="handle cannot change on a loaded module"):
        UseEmbedder.from_native(obj, handle="elsewhere")


def test_a_module_from_an_address_of_others_is_external_but_known_to_the_cache() -> None:
    ours, folder, other = (UseEmbedder(handle) for handle in (tiny_use.ADDRESS, "a/folder", "https://127.0.0.1:9/m"))
    assert (ours.external(), folder.external()) == (None, None)
    assert other.external() == "topicore_use.embedder.UseEmbedder"
    assert UseEmbedder("//server/share").external() is not None
    assert dict(other.identity() or {}) == {"handle": "https://127.0.0.1:9/m", "normalize": False, "signature": None}


def test_a_module_loads_once_and_only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[str] = []

    def counted(handle: str) -> Any:
        loads.append(handle)
        return load(handle)

    monkeypatch.setattr(module, "load", counted)
    embedder = UseEmbedder(tiny_use.folder())
    assert loads == []
    threads = [threading.Thread(target=embedder.embed, args=(TEXTS,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loads) == 1


def test_loading_and_embedding_are_silent_and_put_every_setting_back(capfd: pytest.CaptureFixture[str]) -> None:
    folder, filters = tiny_use.folder(), list(warnings.filters)
    capfd.readouterr()
    UseEmbedder(folder).embed(TEXTS)
    assert capfd.readouterr() == ("", "")
    assert list(warnings.filters) == filters


def test_a_module_that_cannot_be_had_is_one_quick_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TFHUB_CACHE_DIR", str(tmp_path))
    began = time.monotonic()
    with pytest.raises(ComponentError, match=r"cannot load 'https://127.0.0.1:9/module'.* set TFHUB_CACHE_DIR"):
        UseEmbedder("https://127.0.0.1:9/module").embed(TEXTS)
    with pytest.raises(ComponentError, match="finds no folder 'no/such/folder'"):
        UseEmbedder("no/such/folder").embed(TEXTS)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ComponentError, match=r"cannot load .*the one that saved_model.pb is in"):
        UseEmbedder(str(tmp_path / "empty")).embed(TEXTS)
    assert time.monotonic() - began < 10


def test_too_new_a_setuptools_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "tensorflow_hub"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pkg_resources", None)
    with pytest.raises(ComponentError, match=r'pip install "setuptools<82"'):
        UseEmbedder(tiny_use.folder()).embed(TEXTS)
