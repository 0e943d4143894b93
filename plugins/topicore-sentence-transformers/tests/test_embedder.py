"""Rows of texts and images from models that are named, saved or handed in."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_models

from topicore.errors import ComponentError, InputError, ParameterError
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


@pytest.fixture(scope="module")
def clip() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder.from_native(native(tiny_models.clip()))


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
        tiny().embed(TEXTS), native(tiny_models.sentence_transformer()).encode(TEXTS, show_progress_bar=False)
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


def test_texts_and_images_share_a_space(clip: SentenceTransformerEmbedder, tmp_path: Path) -> None:
    from PIL import Image

    picture = Image.new("RGB", (40, 30), (200, 40, 90))
    picture.save(tmp_path / "picture.png")
    rows = clip.embed_images([picture, np.asarray(picture), tmp_path / "picture.png", str(tmp_path / "picture.png")])
    assert rows.shape == (4, clip.embed(["moon"]).shape[1]) == (4, 24)
    np.testing.assert_allclose(rows, np.repeat(rows[:1], 4, axis=0), atol=1e-5)
    assert clip.embed_images([]).shape == (0, 24)
    assert clip.spec.modalities == {"text", "image"}
    assert tiny().spec.modalities == {"text"}


def test_a_text_that_looks_like_an_image_is_a_text(clip: SentenceTransformerEmbedder, tmp_path: Path) -> None:
    from PIL import Image

    path = str(tmp_path / "picture.png")
    Image.new("RGB", (40, 30), (200, 40, 90)).save(path)
    loaded_for_texts = SentenceTransformerEmbedder(tiny_models.clip(), device="cpu")
    for embedder in (clip, loaded_for_texts):
        rows = embedder.embed([path, "https://127.0.0.1:9/picture.png", "data:image/png;base64,AAAA"])
        assert rows.shape == (3, 24)
        assert np.abs(rows[0] - clip.embed_images([path])[0]).max() > 1e-3


def test_addresses_of_images_are_not_fetched(clip: SentenceTransformerEmbedder) -> None:
    with pytest.raises(InputError, match="no file that Pillow can open"):
        clip.embed_images(["https://127.0.0.1:9/picture.png"])


def test_images_for_a_model_of_texts_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"embeds no images here; leave it out"):
        tiny(images=True).embed(TEXTS)
    with pytest.raises(InputError, match="give images=True with a model that embeds images"):
        tiny().embed_images([])
