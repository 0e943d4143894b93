"""Rows of texts and images from a CLIP."""

from __future__ import annotations

import inspect
import warnings
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
import tiny_clip
from PIL import Image

import topicore
from topicore.errors import ComponentError, InputError, ParameterError
from topicore_clip import ClipEmbedder

TEXTS = ["a red square", "bread in the oven", "moon " * 50, "https://127.0.0.1:9/a.png", "None", "🚀 луна 月"]


def tiny(**parameters: Any) -> ClipEmbedder:
    return ClipEmbedder(tiny_clip.folder(), device="cpu", **parameters)


@pytest.fixture(scope="module")
def clip() -> ClipEmbedder:
    return tiny()


def gallery() -> list[Image.Image]:
    """Pictures of every mode."""
    return [
        tiny_clip.picture(2, seed).convert(mode) for seed, mode in enumerate(("RGB", "L", "RGBA", "P", "1", "CMYK"))
    ]


@pytest.mark.parametrize("folder", [tiny_clip.folder, tiny_clip.published])
def test_rows_are_those_of_the_library(folder: Any) -> None:
    embedder, obj = ClipEmbedder(folder(), device="cpu"), tiny_clip.native(folder())
    texts = [{"text": text} for text in TEXTS]
    np.testing.assert_allclose(embedder.embed(TEXTS), obj.encode(texts, show_progress_bar=False), atol=1e-5)
    found = embedder.embed_images(gallery())
    np.testing.assert_allclose(found, obj.encode(gallery(), show_progress_bar=False), atol=1e-5)


def test_both_layouts_give_the_same_rows(clip: ClipEmbedder) -> None:
    published = ClipEmbedder(tiny_clip.published(), device="cpu")
    np.testing.assert_allclose(published.embed(TEXTS), clip.embed(TEXTS), atol=1e-5)
    np.testing.assert_allclose(published.embed_images(gallery()), clip.embed_images(gallery()), atol=1e-5)


def test_rows_do_not_depend_on_the_batch(clip: ClipEmbedder) -> None:
    for size in (1, 4):
        small = clip.fresh(batch_size=size)
        np.testing.assert_allclose(small.embed(TEXTS), clip.embed(TEXTS), atol=1e-5)
        np.testing.assert_allclose(small.embed_images(gallery()), clip.embed_images(gallery()), atol=1e-5)


def test_a_picture_is_the_same_as_object_array_and_file(clip: ClipEmbedder, tmp_path: Path) -> None:
    picture = tiny_clip.picture(0)
    picture.save(tmp_path / "picture.png")
    kinds = [picture, np.asarray(picture), tmp_path / "picture.png", str(tmp_path / "picture.png")]
    rows = clip.embed_images(kinds)
    assert rows.shape == (4, tiny_clip.WIDTH)
    np.testing.assert_allclose(rows, np.repeat(rows[:1], 4, axis=0), atol=1e-5)


def test_no_texts_no_images_and_blank_texts_have_rows_of_the_same_width(clip: ClipEmbedder) -> None:
    assert clip.embed([]).shape == clip.embed_images([]).shape == (0, tiny_clip.WIDTH)
    rows = clip.embed(["", " \n", "moon"])
    assert rows.any(axis=1).tolist() == [False, False, True]


def test_every_role_is_embedded_alike(clip: ClipEmbedder) -> None:
    for role in ("document", "query", "word"):
        np.testing.assert_allclose(clip.embed(["moon"], role=role), clip.embed(["moon"]), atol=1e-6)  # type: ignore[arg-type]


def test_rows_are_normalised_when_asked() -> None:
    embedder = tiny(normalize=True)
    for rows in (embedder.embed(TEXTS), embedder.embed_images(gallery())):
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_bfloat16_is_near(clip: ClipEmbedder) -> None:
    exact, found = clip.embed_images(gallery()), tiny(precision="bfloat16").embed_images(gallery())
    assert found.dtype == np.float32
    assert (found != exact).any()
    np.testing.assert_allclose(found, exact, atol=0.05 * np.abs(exact).max())


def test_texts_and_images_are_averaged(clip: ClipEmbedder) -> None:
    texts = ["a red square", "", "moon", " "]
    images = [tiny_clip.picture(0), tiny_clip.picture(1), None, None]
    text, image = clip.embed(texts), clip.embed_images(images[:2])
    rows = topicore.embed(clip, texts, images=images)
    expected = [(text[0] + image[0]) / 2, image[1], text[2], np.zeros(tiny_clip.WIDTH)]
    np.testing.assert_allclose(np.asarray(rows), expected, atol=1e-6)


def test_a_name_and_a_path_are_enough(tmp_path: Path) -> None:
    tiny_clip.picture(3).save(tmp_path / "picture.jpg")
    rows = topicore.embed(f"clip:{tiny_clip.folder()}", ["snow"], images=[tmp_path / "picture.jpg"])
    assert rows.shape == (1, tiny_clip.WIDTH)
    alone = topicore.embed(f"clip:{tiny_clip.folder()}", images=[tmp_path / "picture.jpg", None])
    assert np.asarray(alone).any(axis=1).tolist() == [True, False]


def test_a_text_that_names_an_image_is_a_text(clip: ClipEmbedder, tmp_path: Path) -> None:
    path = str(tmp_path / "picture.png")
    tiny_clip.picture(0).save(path)
    rows = topicore.embed(clip, [path, "https://127.0.0.1:9/a.png", "data:image/png;base64,AAAA"])
    assert np.asarray(rows).any(axis=1).all()
    assert np.abs(rows[0] - clip.embed_images([path])[0]).max() > 1e-3


def test_unreadable_images_are_one_error_that_names_them(clip: ClipEmbedder, tmp_path: Path) -> None:
    (tmp_path / "words.png").write_text("no image")
    wrong = [tmp_path / "words.png", str(tmp_path / "gone.png"), "https://127.0.0.1:9/a.png"]
    with pytest.raises(InputError, match=r"3 images cannot be read: .*words\.png.*gone\.png.*nothing is fetched"):
        topicore.embed(clip, images=[tiny_clip.picture(0), *wrong])


def test_a_damaged_image_that_was_opened_is_named(clip: ClipEmbedder, tmp_path: Path) -> None:
    tiny_clip.picture(0).save(tmp_path / "cut.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "cut.png").read_bytes()[:300])
    with (
        Image.open(tmp_path / "cut.png") as opened,
        pytest.raises(InputError, match=r"1 image cannot be read: .*cut\.png"),
    ):
        topicore.embed(clip, images=[opened])


def test_an_unreadable_image_leaves_the_text(tmp_path: Path) -> None:
    embedder = tiny(on_error="skip")
    with pytest.warns(UserWarning, match=r"1 image cannot be read: .*gone\.png"):
        rows = topicore.embed(embedder, ["moon", "moon"], images=[tmp_path / "gone.png", None])
    np.testing.assert_allclose(np.asarray(rows), np.repeat(embedder.embed(["moon"]), 2, axis=0), atol=1e-6)


def test_texts_beyond_the_limit_are_cut_with_a_warning_or_split(clip: ClipEmbedder) -> None:
    assert clip.max_tokens == tiny_clip.TOKENS
    assert clip.count_tokens(["moon", "moon " * 50]) == [6, 202]
    long, short = "moon and bread " * 20, "moon and bread"
    with pytest.warns(UserWarning, match="2 texts are longer than the 77 tokens"):
        cut = topicore.embed(clip, [long, short, f"{long} again"])
    np.testing.assert_allclose(cut[:2], clip.embed([long, short]), atol=1e-6)
    np.testing.assert_allclose(cut[2], cut[0], atol=1e-6)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        split = topicore.embed(tiny(long_documents="chunk"), [long, short])
    np.testing.assert_allclose(split[1], cut[1], atol=1e-6)
    assert np.abs(split[0] - cut[0]).max() > 1e-4


def test_what_is_no_clip_says_so(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"embedder 'clip'.*embeds no images"):
        ClipEmbedder(tiny_clip.texts_only(), device="cpu").embed(["moon"])
    with pytest.raises(ComponentError, match=r"embedder 'clip' cannot load .*gone"):
        ClipEmbedder(str(tmp_path / "gone"), device="cpu").embed(["moon"])


def test_objects_belong_to_the_other_plugin(clip: ClipEmbedder) -> None:
    obj = tiny_clip.native(tiny_clip.folder())
    embedder = topicore.embedder(obj)
    assert embedder.spec.name == "sentence-transformers"
    assert embedder.spec.modalities == {"text", "image"}
    np.testing.assert_allclose(embedder.embed(TEXTS), clip.embed(TEXTS), atol=1e-5)
    with pytest.raises(ParameterError, match="hand in the SentenceTransformer itself"):
        ClipEmbedder.from_native(obj)


def test_a_misspelt_parameter_and_one_of_the_other_plugin_are_refused() -> None:
    with pytest.raises(ParameterError, match="did you mean 'batch_size'"):
        topicore.embedder("clip:clip-ViT-B-32", batchsize=3)
    with pytest.raises(ParameterError, match="backend"):
        topicore.embedder("clip:clip-ViT-B-32", backend="onnx")


def test_the_config_is_what_the_signature_has_and_builds_an_equal() -> None:
    embedder = tiny(batch_size=4, long_documents="chunk", on_error="skip", normalize=True)
    assert set(embedder.config()) == set(inspect.signature(ClipEmbedder).parameters)
    assert repr(ClipEmbedder(**embedder.config())) == repr(embedder)
    assert embedder.fresh() is embedder
    assert embedder.fresh(batch_size=2).config() == {**embedder.config(), "batch_size": 2}


def test_the_identity_has_what_rows_depend_on(clip: ClipEmbedder) -> None:
    same = tiny(batch_size=2, on_error="skip", local_files_only=True)
    assert clip.identity() == same.identity()
    for other in ({"normalize": True}, {"precision": "bfloat16"}, {"long_documents": "chunk"}, {"revision": "main"}):
        assert clip.identity() != tiny(**other).identity()


def test_a_model_loads_once_for_many_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    import sentence_transformers

    loaded: list[str] = []

    class Counted(sentence_transformers.SentenceTransformer):  # type: ignore[misc]
        def __init__(self, name: str, **parameters: Any) -> None:
            loaded.append(name)
            super().__init__(name, **parameters)

    monkeypatch.setattr(sentence_transformers, "SentenceTransformer", Counted)
    embedder, rows = tiny(), []
    threads = [Thread(target=lambda: rows.append(embedder.embed_images(tiny_clip.pictures(3)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loaded == [tiny_clip.folder()]
    np.testing.assert_allclose(rows, np.repeat(rows[:1], 4, axis=0), atol=1e-6)
