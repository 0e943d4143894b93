"""Rows of texts and images from models that are named, saved or handed in."""

from __future__ import annotations

import json
import logging
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_sentence_transformers as tiny_models

import topicore
from topicore.errors import ComponentError, ParameterError
from topicore_sentence_transformers import SentenceTransformerEmbedder
from topicore_sentence_transformers.loading import load, quiet

TEXTS = ["the moon and a rocket", "bread in the oven", "goal", "the judge of the court " * 5, "zebra"]


def native(folder: str, **parameters: Any) -> Any:
    with quiet():
        from sentence_transformers import SentenceTransformer

        return SentenceTransformer(folder, device="cpu", local_files_only=True, **parameters)


def tiny(**parameters: Any) -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(tiny_models.sentence_transformer(), device="cpu", **parameters)


@pytest.fixture(scope="module")
def minilm() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(tiny_models.minilm(), device="cpu")


def test_published_weights_know_what_texts_are_about(minilm: SentenceTransformerEmbedder) -> None:
    rows = minilm.embed(["A rocket flew to the moon.", "The spacecraft left orbit.", "Bake the bread for an hour."])
    assert rows.shape == (3, 384)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.2


def test_a_row_hardly_depends_on_the_texts_beside_it(minilm: SentenceTransformerEmbedder) -> None:
    alone = np.vstack([minilm.embed([text]) for text in TEXTS])
    np.testing.assert_allclose(minilm.embed(TEXTS), alone, atol=1e-6)


def test_rows_are_those_of_the_library() -> None:
    np.testing.assert_array_equal(
        tiny().embed(TEXTS),
        native(tiny_models.sentence_transformer()).encode(TEXTS, show_progress_bar=False),
    )


def test_no_texts_and_blank_texts_have_rows_of_the_right_width() -> None:
    embedder = tiny()
    assert embedder.embed([]).shape == (0, 32)
    rows = embedder.embed(["", " \n", "moon"])
    assert not rows[:2].any()
    assert rows[2].any()


def test_rows_are_normalised_and_cut_when_asked() -> None:
    plain, cut = tiny().embed(TEXTS), tiny(truncate_dim=8, normalize=True).embed(TEXTS)
    assert cut.shape == (5, 8)
    np.testing.assert_allclose(np.linalg.norm(cut, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(cut, plain[:, :8] / np.linalg.norm(plain[:, :8], axis=1, keepdims=True), atol=1e-6)


def test_bfloat16_is_near_float32_and_says_that_it_depends_on_the_batch() -> None:
    exact, coarse = tiny(), tiny(precision="bfloat16")
    rows, near = exact.embed(TEXTS), coarse.embed(TEXTS)
    assert near.dtype == np.float32
    assert (near != rows).any()
    np.testing.assert_allclose(near, rows, atol=0.05 * np.abs(rows).max())
    assert (exact.spec.batch_invariant, coarse.spec.batch_invariant) == (True, False)


def test_tokens_are_counted_and_texts_cut_at_the_limit() -> None:
    embedder, short = tiny(), tiny(max_seq_length=8)
    assert embedder.max_tokens == 64
    assert short.max_tokens == 8
    assert embedder.count_tokens(["moon", "", "moon " * 100]) == [3, 2, 102]
    np.testing.assert_allclose(short.embed(["moon " * 6]), short.embed(["moon " * 50]), atol=1e-6)
    assert np.abs(embedder.embed(["goal " * 6 + "moon"]) - embedder.embed(["goal " * 6])).max() > 1e-3


def test_prompts_go_before_documents_and_queries() -> None:
    plain, prompted = tiny(), tiny(prompt="text ", query_prompt="find ")
    for role, prefix in (("document", "text "), ("word", "text "), ("query", "find ")):
        np.testing.assert_allclose(prompted.embed(["moon"], role=role), plain.embed([f"{prefix}moon"]), atol=1e-6)  # type: ignore[arg-type]


def test_the_prompts_of_a_model_are_used_and_recorded() -> None:
    obj = native(tiny_models.sentence_transformer(), prompts={"query": "find ", "passage": "text "})
    embedder = SentenceTransformerEmbedder.from_native(obj)
    assert (embedder.prompt, embedder.query_prompt) == ("text ", "find ")
    np.testing.assert_allclose(embedder.embed(["moon"], role="query"), tiny().embed(["find moon"]), atol=1e-6)
    bare = SentenceTransformerEmbedder.from_native(obj, prompt="")
    np.testing.assert_allclose(bare.embed(["moon"]), tiny().embed(["moon"]), atol=1e-6)


def test_an_object_from_a_folder_is_rebuilt_from_its_config() -> None:
    embedder = SentenceTransformerEmbedder.from_native(native(tiny_models.sentence_transformer()), batch_size=4)
    assert embedder.external() is None
    rebuilt = SentenceTransformerEmbedder(**{**embedder.config(), "device": "cpu"})
    assert (rebuilt.model, rebuilt.batch_size) == (tiny_models.sentence_transformer(), 4)
    np.testing.assert_array_equal(rebuilt.embed(TEXTS), embedder.embed(TEXTS))


def test_an_object_that_was_put_together_is_external() -> None:
    from sentence_transformers import SentenceTransformer

    parts = list(native(tiny_models.sentence_transformer()).children())
    embedder = SentenceTransformerEmbedder.from_native(SentenceTransformer(modules=parts, device="cpu"))
    assert embedder.external() is not None
    np.testing.assert_allclose(embedder.embed(TEXTS), tiny().embed(TEXTS), atol=1e-6)


def test_an_object_keeps_its_model_whatever_is_changed_around_it() -> None:
    obj = native(tiny_models.sentence_transformer())
    embedder = SentenceTransformerEmbedder.from_native(obj, normalize=True)
    other = embedder.fresh(batch_size=2)
    assert embedder.fresh() is embedder
    assert (other.batch_size, other.normalize, other._loaded is obj) == (2, True, True)
    with pytest.raises(ParameterError, match="device cannot change on a loaded SentenceTransformer"):
        SentenceTransformerEmbedder.from_native(obj, device="cpu")


def test_a_model_loads_once_and_only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[str] = []

    def counted(model: str, **parameters: Any) -> Any:
        loads.append(model)
        return load(model, **parameters)

    monkeypatch.setattr("topicore_sentence_transformers.embedder.load", counted)
    embedder = tiny()
    assert loads == []
    threads = [threading.Thread(target=embedder.embed, args=(TEXTS,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loads) == 1


def test_loading_is_silent_and_puts_every_setting_back(capfd: pytest.CaptureFixture[str]) -> None:
    from huggingface_hub.utils import are_progress_bars_disabled
    from transformers.utils import logging as bars

    def settings() -> tuple[Any, ...]:
        levels = [logging.getLogger(name).level for name in ("sentence_transformers", "transformers")]
        return (*levels, bars.is_progress_bar_enabled(), are_progress_bars_disabled())

    before = settings()
    folder = tiny_models.bert()
    capfd.readouterr()
    SentenceTransformerEmbedder(folder, device="cpu").embed(TEXTS)
    assert capfd.readouterr() == ("", "")
    assert settings() == before


def test_a_model_that_cannot_be_loaded_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for model, parameters in (("nowhere/at-all", {"local_files_only": True}), (str(tmp_path / "gone"), {})):
        with pytest.raises(ComponentError, match=r"cannot load .* give the folder of a saved model"):
            SentenceTransformerEmbedder(model, device="cpu", **parameters).embed(["moon"])  # type: ignore[arg-type]
    with pytest.raises(ComponentError, match="local_files_only=True, so nothing was downloaded"):
        SentenceTransformerEmbedder("nowhere/at-all", local_files_only=True).embed(["moon"])
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ComponentError, match="HF_HUB_OFFLINE is set"):
        SentenceTransformerEmbedder(str(tmp_path / "gone")).embed(["moon"])


def test_prompts_count_towards_the_limit() -> None:
    assert tiny(prompt="find the ").count_tokens(["moon"]) == [5]


def test_tokens_are_counted_while_texts_are_embedded() -> None:
    embedder = tiny()
    alone = embedder.embed(["moon " * 100])
    found: list[np.ndarray[Any, Any]] = []
    threads = [threading.Thread(target=lambda: found.append(embedder.embed(["moon " * 100]))) for _ in range(8)]
    for thread in threads:
        thread.start()
        assert embedder.count_tokens(["moon " * 100]) == [102]
    for thread in threads:
        thread.join()
    np.testing.assert_allclose(np.vstack(found), np.repeat(alone, 8, axis=0), atol=1e-6)


@pytest.mark.parametrize("size", [None, 1, 3, 1000])
def test_rows_are_in_order_whatever_the_batch(size: int | None) -> None:
    texts = [word * times for times in (1, 40, 3, 200, 10) for word in ("moon ", "bread ", "goal judge ")]
    embedder = tiny(batch_size=size)
    alone = np.vstack([embedder.embed([text]) for text in texts])
    np.testing.assert_allclose(embedder.embed(texts), alone, atol=1e-6)


def test_odd_texts_are_texts() -> None:
    texts = ["None", "https://127.0.0.1:9/a.png", "word " * 600, "x" * 100_000, "\N{SOCCER BALL} goal", "луна 月 القمر"]
    rows = tiny().embed(texts)
    assert rows.shape == (6, 32)
    assert np.isfinite(rows).all()
    assert rows.any(axis=1).all()


def test_weights_stored_in_half_are_computed_in_the_precision_asked_for(tmp_path: Path) -> None:
    half = native(tiny_models.sentence_transformer()).half()
    half.save(str(tmp_path / "half"))
    embedder = SentenceTransformerEmbedder(str(tmp_path / "half"), device="cpu")
    assert embedder.embed(TEXTS).dtype == np.float32
    assert {str(parameter.dtype) for parameter in embedder._model().parameters()} == {"torch.float32"}
    np.testing.assert_allclose(embedder.embed(TEXTS), tiny().embed(TEXTS), atol=0.01)


def test_an_object_in_half_gives_float32_and_is_external() -> None:
    obj = native(tiny_models.sentence_transformer()).half()
    embedder = SentenceTransformerEmbedder.from_native(obj)
    assert embedder.embed(TEXTS).dtype == np.float32
    assert embedder.external() is not None
    assert not embedder.spec.batch_invariant
    np.testing.assert_allclose(embedder.embed(TEXTS), tiny().embed(TEXTS), atol=0.01)


def test_other_encoders_are_no_embedders(tmp_path: Path) -> None:
    from sentence_transformers import CrossEncoder

    with quiet():
        obj = CrossEncoder(tiny_models.bert(), device="cpu", local_files_only=True)
    with pytest.raises(ParameterError, match="CrossEncoder cannot be used as embedder"):
        topicore.embedder(obj)
    with pytest.raises(ParameterError, match="wraps a SentenceTransformer, not a CrossEncoder"):
        SentenceTransformerEmbedder.from_native(obj)
    native(tiny_models.sentence_transformer()).save(str(tmp_path))
    marks = json.loads((tmp_path / "config_sentence_transformers.json").read_text())
    (tmp_path / "config_sentence_transformers.json").write_text(json.dumps({**marks, "model_type": "CrossEncoder"}))
    with pytest.raises(ComponentError, match="is a CrossEncoder, which gives no sentence embeddings"):
        SentenceTransformerEmbedder(str(tmp_path), device="cpu").embed(["moon"])


def test_code_in_the_folder_of_a_model_is_not_run(tmp_path: Path) -> None:
    folder, trace = tmp_path / "model", tmp_path / "trace"
    native(tiny_models.sentence_transformer()).save(str(folder))
    (folder / "own.py").write_text(f"open({str(trace)!r}, 'w').close()\nclass Own: pass\n")
    modules = json.loads((folder / "modules.json").read_text())
    (folder / "modules.json").write_text(json.dumps([{**module, "type": "own.Own"} for module in modules]))
    with pytest.raises(ComponentError):
        SentenceTransformerEmbedder(str(folder), device="cpu").embed(["moon"])
    assert not trace.exists()


def test_what_no_backend_can_do_is_refused_at_once() -> None:
    for wrong, message in (
        ({"precision": "int8"}, "precision='int8' needs backend='onnx' or backend='openvino'"),
        ({"precision": "bfloat16", "backend": "onnx"}, "precision='bfloat16' needs backend='torch'"),
        ({"images": True, "backend": "openvino"}, "images=True needs backend='torch'"),
    ):
        with pytest.raises(ParameterError, match=message):
            tiny(**wrong)


def test_the_parameters_that_change_no_row_are_not_part_of_the_identity() -> None:
    assert tiny(batch_size=3, local_files_only=True).identity() == tiny().identity()
    assert tiny(precision="bfloat16").identity() != tiny().identity()
    assert tiny(long_documents="chunk").identity() != tiny().identity()
