"""Rows of texts from static models that are named, saved, cached or handed in."""

from __future__ import annotations

import json
import logging
import shutil
import threading
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_model2vec

from topicore.errors import ComponentError, ParameterError
from topicore_model2vec import Model2VecEmbedder
from topicore_model2vec import embedder as module
from topicore_model2vec.loading import load

TEXTS = ["the moon and a rocket", "bread in the oven", "goal", "the judge of the court " * 5, "zebra"]
ODD = ["https://127.0.0.1:9/a.png", "None", "moon " * 600, "x moon " * 15_000, "\U0001f680 moon", "луна moon 月"]


def tiny(**parameters: Any) -> Model2VecEmbedder:
    return Model2VecEmbedder(tiny_model2vec.folder(), **parameters)


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_rows_are_those_of_the_library(dtype: str) -> None:
    rows = Model2VecEmbedder(tiny_model2vec.folder(dtype)).embed(TEXTS)
    assert rows.dtype == np.float32
    own = tiny_model2vec.static_model(dtype=np.dtype(dtype)).encode(TEXTS)
    np.testing.assert_allclose(rows, own, atol=1e-5 if dtype == "float32" else 1e-3)


def test_an_object_gives_the_rows_of_its_folder() -> None:
    embedder = Model2VecEmbedder.from_native(tiny_model2vec.static_model())
    np.testing.assert_allclose(embedder.embed(TEXTS), tiny().embed(TEXTS), atol=1e-6)


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_rows_do_not_depend_on_the_batches(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = tiny().embed([*TEXTS, *ODD])
    monkeypatch.setattr(module, "CHARACTERS", 150)
    np.testing.assert_allclose(tiny(batch_size=size).embed([*TEXTS, *ODD]), expected, atol=1e-6)


def test_texts_are_read_to_their_end() -> None:
    embedder = tiny()
    assert embedder.max_tokens is None
    rows = embedder.embed(["moon " * 1000 + "bread " * 2000, "moon bread bread"])
    np.testing.assert_allclose(rows[0], rows[1], atol=1e-4)


def test_a_file_that_cuts_and_pads_changes_nothing(tmp_path: Path) -> None:
    shutil.copytree(tiny_model2vec.folder(), tmp_path / "cut")
    file = tmp_path / "cut" / "tokenizer.json"
    cut = {"direction": "Right", "max_length": 2, "strategy": "LongestFirst", "stride": 0}
    pad = {"strategy": "BatchLongest", "direction": "Right", "pad_to_multiple_of": None, "pad_id": 0}
    padding = {**pad, "pad_type_id": 0, "pad_token": "[PAD]"}
    file.write_text(json.dumps({**json.loads(file.read_text()), "truncation": cut, "padding": padding}))
    np.testing.assert_allclose(Model2VecEmbedder(str(tmp_path / "cut")).embed(TEXTS), tiny().embed(TEXTS), atol=1e-6)


def test_no_texts_and_unknown_texts_have_rows_of_the_right_width() -> None:
    embedder = tiny(normalize=True)
    assert embedder.embed([]).shape == (0, tiny_model2vec.WIDTH)
    rows = embedder.embed(["", " \n", "\u2603", "moon"])
    assert not rows[:3].any()
    assert rows[3].any()


def test_odd_texts_are_texts() -> None:
    rows = tiny().embed(ODD)
    assert np.isfinite(rows).all()
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert (tiny().embed(ODD, role="word") == rows).all()
    assert (tiny().embed(ODD, role="query") == rows).all()


def test_rows_are_normalised_and_cut_when_asked() -> None:
    plain = Model2VecEmbedder.from_native(tiny_model2vec.static_model(normalize=False)).embed(TEXTS)
    unit = Model2VecEmbedder.from_native(tiny_model2vec.static_model(normalize=False), normalize=True).embed(TEXTS)
    np.testing.assert_allclose(unit, plain / np.linalg.norm(plain, axis=1, keepdims=True), atol=1e-6)
    cut = tiny(truncate_dim=8).embed(TEXTS)
    np.testing.assert_allclose(cut, plain[:, :8] / np.linalg.norm(plain[:, :8], axis=1, keepdims=True), atol=1e-6)


def test_an_object_keeps_its_model_whatever_is_changed_around_it() -> None:
    obj = tiny_model2vec.static_model()
    embedder = Model2VecEmbedder.from_native(obj, normalize=True)
    assert embedder.external() == "model2vec.model.StaticModel"
    assert embedder.identity() is None
    other = embedder.fresh(batch_size=2)
    assert embedder.fresh() is embedder
    assert (other.batch_size, other.normalize, other._loaded is obj) == (2, True, True)
    with pytest.raises(ParameterError, match="truncate_dim cannot change on a loaded StaticModel"):
        Model2VecEmbedder.from_native(obj, truncate_dim=8)


def test_an_object_is_left_as_it_was() -> None:
    obj = tiny_model2vec.static_model()
    before = obj.tokenizer.to_str(), dict(obj.config)
    Model2VecEmbedder.from_native(obj, normalize=False).embed([*TEXTS, "moon " * 2000])
    assert (obj.tokenizer.to_str(), dict(obj.config)) == before


def test_threads_share_one_model_and_get_the_rows_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[str] = []

    def counted(model: str, **parameters: Any) -> Any:
        loads.append(model)
        return load(model, **parameters)

    monkeypatch.setattr(module, "load", counted)
    long = [" ".join(["moon", "oven"][place % 2] for place in range(700 + at)) for at in range(20)]
    expected = tiny().embed(long)
    loads.clear()
    embedder, found = tiny(), []
    assert loads == []
    threads = [threading.Thread(target=lambda: found.append(embedder.embed(long))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loads) == 1
    assert len(found) == 6
    assert all((rows == expected).all() for rows in found)


def test_a_model_in_the_cache_is_found_by_its_id(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    entry = tmp_path / "models--minishlab--potion-tiny"
    shutil.copytree(tiny_model2vec.folder(), entry / "snapshots" / "0123")
    (entry / "refs").mkdir()
    (entry / "refs" / "main").write_text("0123")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    for parameters in ({}, {"revision": "main", "local_files_only": True}):
        rows = Model2VecEmbedder("minishlab/potion-tiny", **parameters).embed(TEXTS)  # type: ignore[arg-type]
        np.testing.assert_array_equal(rows, tiny().embed(TEXTS))


def test_a_model_that_cannot_be_loaded_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ComponentError, match=r"cannot load 'no/where'.* give the folder .*local_files_only=True, so"):
        Model2VecEmbedder("no/where", local_files_only=True).embed(["moon"])
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ComponentError, match="HF_HUB_OFFLINE is set"):
        Model2VecEmbedder(str(tmp_path / "gone"), local_files_only=False).embed(["moon"])
    (tmp_path / "other").mkdir()
    with pytest.raises(ComponentError, match=r"cannot load the folder .* StaticModel.save_pretrained wrote"):
        Model2VecEmbedder(str(tmp_path / "other")).embed(["moon"])
    with pytest.raises(ComponentError, match="99"):
        tiny(truncate_dim=99).embed(["moon"])


def test_loading_and_embedding_are_silent_and_put_every_setting_back(capfd: pytest.CaptureFixture[str]) -> None:
    from huggingface_hub.utils import are_progress_bars_disabled

    def settings() -> tuple[Any, ...]:
        levels = [logging.getLogger(name).level for name in ("model2vec", "huggingface_hub")]
        return (*levels, are_progress_bars_disabled(), list(warnings.filters))

    folder, before = tiny_model2vec.folder(), settings()
    capfd.readouterr()
    Model2VecEmbedder(folder).embed(TEXTS)
    assert capfd.readouterr() == ("", "")
    assert settings() == before
