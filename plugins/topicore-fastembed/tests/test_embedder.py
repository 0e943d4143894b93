"""Rows of texts from ONNX models that are named, cached, in a folder or handed in."""

from __future__ import annotations

import shutil
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_fastembed

from topicore.errors import ComponentError, ParameterError
from topicore_fastembed import FastEmbedder
from topicore_fastembed import embedder as module
from topicore_fastembed.loading import load

TEXTS = ["the moon and a rocket", "bread in the oven", "goal", "the judge of the court " * 5, "zebra"]
ODD = ["https://127.0.0.1:9/a.png", "None", "moon " * 600, "x moon " * 15_000, "\U0001f680 moon", "луна moon 月"]


def tiny(**parameters: Any) -> FastEmbedder:
    return FastEmbedder(tiny_fastembed.NAME, folder=tiny_fastembed.folder(), **parameters)


def test_rows_are_those_of_the_library() -> None:
    own = np.array(list(tiny_fastembed.native().embed(TEXTS)))
    np.testing.assert_allclose(tiny().embed(TEXTS), own, atol=1e-6)
    np.testing.assert_allclose(FastEmbedder.from_native(tiny_fastembed.native()).embed(TEXTS), own, atol=1e-6)
    assert tiny().embed(TEXTS).dtype == np.float32


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_rows_do_not_depend_on_the_batches(size: int) -> None:
    texts = [*TEXTS, *ODD]
    alone = np.vstack([tiny().embed([text]) for text in texts])
    np.testing.assert_allclose(tiny(batch_size=size).embed(texts), alone, atol=1e-6)


def test_no_texts_and_blank_texts_have_rows_of_the_right_width() -> None:
    embedder = tiny(prompt="moon ", normalize=True)
    assert embedder.embed([]).shape == (0, tiny_fastembed.WIDTH)
    rows = embedder.embed(["", " \n", "goal"])
    assert not rows[:2].any()
    assert rows[2].any()


def test_odd_texts_are_texts() -> None:
    rows = tiny().embed(ODD)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert (tiny().embed(ODD, role="word") == rows).all()


def test_tokens_are_counted_and_texts_cut_at_the_limit() -> None:
    obj = tiny_fastembed.native()
    embedder, short = FastEmbedder.from_native(obj), tiny(max_seq_length=8)
    assert (embedder.max_tokens, short.max_tokens) == (64, 8)
    assert embedder.count_tokens(["moon", "", "moon " * 100]) == [3, 2, 102]
    assert tiny(prompt="goal ").count_tokens(["moon"]) == [4]
    assert embedder.count_tokens([]) == []
    assert obj.model.tokenizer.truncation["max_length"] == 64
    np.testing.assert_allclose(short.embed(["moon " * 6]), short.embed(["moon " * 50]), atol=1e-6)
    assert np.abs(embedder.embed(["goal " * 6 + "moon"]) - embedder.embed(["goal " * 6])).max() > 1e-3


def test_prompts_go_before_documents_and_queries() -> None:
    plain, prompted = tiny(), tiny(prompt="court ", query_prompt="goal ")
    for role, prefix in (("document", "court "), ("word", "court "), ("query", "goal ")):
        np.testing.assert_allclose(prompted.embed(["moon"], role=role), plain.embed([f"{prefix}moon"]), atol=1e-6)  # type: ignore[arg-type]


def test_queries_are_embedded_as_queries_where_the_model_knows_tasks() -> None:
    obj = tiny_fastembed.native(tiny_fastembed.TASKS, "tasks")
    embedder = FastEmbedder.from_native(obj)
    documents, queries = embedder.embed(TEXTS), embedder.embed(TEXTS, role="query")
    np.testing.assert_allclose(documents, np.array(list(obj.passage_embed(TEXTS))), atol=1e-6)
    np.testing.assert_allclose(queries, np.array(list(obj.query_embed(TEXTS))), atol=1e-6)
    assert np.abs(documents - queries).max() > 1e-3
    assert embedder.external() is None
    assert FastEmbedder.from_native(tiny_fastembed.native(tiny_fastembed.TASKS, "tasks", task_id=3)).external()


def test_a_folder_is_read_as_it_says(tmp_path: Path) -> None:
    plain = FastEmbedder(tiny_fastembed.folder()).embed(TEXTS)
    assert not np.allclose(np.linalg.norm(plain, axis=1), 1, atol=1e-3)
    np.testing.assert_allclose(FastEmbedder(tiny_fastembed.folder("pooled")).embed(["goal"]), plain[2:3], atol=1e-6)
    tiny_fastembed.write(tmp_path / "said", "onnx/model.onnx")
    tiny_fastembed.sentence_files(tmp_path / "said", {"pooling_mode": "mean"}, normalize=True)
    unit = plain / np.linalg.norm(plain, axis=1, keepdims=True)
    np.testing.assert_allclose(FastEmbedder(str(tmp_path / "said")).embed(TEXTS), unit, atol=1e-6)
    np.testing.assert_allclose(FastEmbedder(tiny_fastembed.folder(), normalize=True).embed(TEXTS), unit, atol=1e-6)


@pytest.mark.parametrize("mode", [{"pooling_mode": "cls"}, {"pooling_mode_cls_token": True, "pooling_mode_x": False}])
def test_a_folder_that_takes_the_first_token_is_not_averaged(mode: dict[str, object], tmp_path: Path) -> None:
    tiny_fastembed.write(tmp_path)
    tiny_fastembed.sentence_files(tmp_path, mode, normalize=False)
    rows = FastEmbedder(str(tmp_path)).embed(TEXTS)
    np.testing.assert_allclose(rows, np.repeat(rows[:1], len(TEXTS), axis=0))
    mean = FastEmbedder(str(tmp_path), pooling="mean").embed(TEXTS)
    np.testing.assert_allclose(mean, FastEmbedder(tiny_fastembed.folder()).embed(TEXTS), atol=1e-6)
    last = FastEmbedder(str(tmp_path), pooling="last_token").embed(TEXTS)
    np.testing.assert_allclose(last, np.repeat(last[:1], len(TEXTS), axis=0))
    assert np.abs(last[0] - rows[0]).max() > 1e-3


def test_a_folder_leaves_no_name_behind() -> None:
    from fastembed import TextEmbedding

    before = TextEmbedding.list_supported_models()
    FastEmbedder(tiny_fastembed.folder()).embed(TEXTS)
    assert TextEmbedding.list_supported_models() == before


def test_a_cached_model_is_found_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_fastembed.cached(tmp_path)
    for parameters in ({}, {"local_files_only": True}):
        embedder = FastEmbedder(tiny_fastembed.NAME, cache_dir=str(tmp_path), **parameters)  # type: ignore[arg-type]
        np.testing.assert_array_equal(embedder.embed(TEXTS), tiny().embed(TEXTS))
    monkeypatch.setenv("FASTEMBED_CACHE_PATH", str(tmp_path))
    np.testing.assert_array_equal(FastEmbedder(tiny_fastembed.NAME.lower()).embed(TEXTS), tiny().embed(TEXTS))


def test_an_object_is_rebuilt_from_its_config(tmp_path: Path) -> None:
    from fastembed import TextEmbedding

    tiny_fastembed.cached(tmp_path)
    lazy = TextEmbedding(tiny_fastembed.NAME, cache_dir=str(tmp_path), local_files_only=True, lazy_load=True)
    for obj in (tiny_fastembed.native(threads=1), lazy):
        embedder = FastEmbedder.from_native(obj, batch_size=4)
        assert embedder.external() is None
        rebuilt = FastEmbedder(**embedder.config())
        assert (rebuilt.model, rebuilt.batch_size) == (tiny_fastembed.NAME, 4)
        np.testing.assert_array_equal(rebuilt.embed(TEXTS), embedder.embed(TEXTS))


def test_an_object_keeps_its_model_whatever_is_changed_around_it() -> None:
    obj = tiny_fastembed.native()
    embedder = FastEmbedder.from_native(obj, normalize=True)
    other = embedder.fresh(batch_size=2)
    assert embedder.fresh() is embedder
    assert (other.batch_size, other.normalize, other._native is obj) == (2, True, True)
    with pytest.raises(ParameterError, match="device cannot change on a loaded TextEmbedding"):
        FastEmbedder.from_native(obj, device="cpu")


def test_threads_share_one_model_and_get_the_rows_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[str] = []

    def counted(model: str, **parameters: Any) -> Any:
        loads.append(model)
        return load(model, **parameters)

    monkeypatch.setattr(module, "load", counted)
    expected = tiny().embed(TEXTS)
    loads.clear()
    embedder, found = tiny(), []
    assert loads == []
    threads = [threading.Thread(target=lambda: found.append(embedder.embed(TEXTS))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loads) == 1
    assert len(found) == 6
    assert all((rows == expected).all() for rows in found)


def test_loading_and_embedding_are_silent_and_put_every_setting_back(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from huggingface_hub.utils import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    tiny_fastembed.cached(tmp_path)
    filters, bars = list(warnings.filters), are_progress_bars_disabled()
    capfd.readouterr()
    for setting, disabled in ((disable_progress_bars, True), (enable_progress_bars, False)):
        setting()
        FastEmbedder(tiny_fastembed.NAME, cache_dir=str(tmp_path)).embed(TEXTS)
        assert are_progress_bars_disabled() == disabled
    (disable_progress_bars if bars else enable_progress_bars)()
    assert capfd.readouterr() == ("", "")
    assert list(warnings.filters) == filters


def test_a_model_that_cannot_be_had_is_one_quick_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    began = time.monotonic()
    place: Any = {"cache_dir": str(tmp_path)}
    with pytest.raises(ComponentError, match=r"not all of it is there.*folder='path/to/folder'.*local_files_only=True"):
        FastEmbedder(tiny_fastembed.NAME, local_files_only=True, **place).embed(["moon"])
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ComponentError, match="HF_HUB_OFFLINE is set, so nothing was downloaded"):
        FastEmbedder(tiny_fastembed.NAME, **place).embed(["moon"])
    tiny_fastembed.cached(tmp_path)
    (graph,) = tmp_path.rglob("*.onnx")
    graph.unlink()
    with pytest.raises(ComponentError, match="not all of it is there"):
        FastEmbedder(tiny_fastembed.NAME, **place).embed(["moon"])
    assert time.monotonic() - began < 5


def test_a_download_is_tried_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from fastembed import TextEmbedding

    asked: list[bool] = []

    def unreachable(source: str, *, local_files_only: bool, **place: Any) -> str:
        asked.append(local_files_only)
        raise OSError("no route to host")

    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setattr(TextEmbedding, "download_files_from_huggingface", unreachable)
    with pytest.raises(ComponentError, match=r"cannot get .*MiniLM-L6-v2': no route to host"):
        FastEmbedder(tiny_fastembed.NAME, cache_dir=str(tmp_path)).embed(["moon"])
    assert asked == [True, False]


def test_a_name_or_folder_of_the_wrong_sort_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"did you mean 'BAAI/bge-small-en-v1.5'"):
        FastEmbedder("BAAI/bge-small-en-v15").embed(["moon"])
    with pytest.raises(ParameterError, match="is for models in folders"):
        tiny(pooling="cls").embed(["moon"])
    with pytest.raises(ParameterError, match="is a folder by itself"):
        FastEmbedder(tiny_fastembed.folder(), folder=tiny_fastembed.folder()).embed(["moon"])
    with pytest.raises(ComponentError, match="finds none; export the model to ONNX"):
        FastEmbedder(str(tmp_path)).embed(["moon"])
    shutil.copytree(tiny_fastembed.folder(), tmp_path / "broken")
    (tmp_path / "broken" / "tokenizer_config.json").unlink()
    with pytest.raises(ComponentError, match=r"Could not find tokenizer_config.json .* with model_max_length"):
        FastEmbedder(str(tmp_path / "broken")).embed(["moon"])
    tiny_fastembed.write(tmp_path / "dense")
    tiny_fastembed.sentence_files(tmp_path / "dense", {"pooling_mode": "weightedmean"}, normalize=False)
    with pytest.raises(ComponentError, match="pools by 'weightedmean'"):
        FastEmbedder(str(tmp_path / "dense")).embed(["moon"])
    modules = tmp_path / "dense" / "modules.json"
    modules.write_text(modules.read_text().replace("Pooling", "Dense"))
    with pytest.raises(ComponentError, match="has a step 'Dense'"):
        FastEmbedder(str(tmp_path / "dense")).embed(["moon"])
