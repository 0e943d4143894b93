"""Images beside texts: all the kinds there are, and those that cannot be read."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_sentence_transformers as tiny_models
from PIL import Image

from topicore.errors import InputError, ParameterError
from topicore_sentence_transformers import SentenceTransformerEmbedder
from topicore_sentence_transformers.loading import quiet


def native(folder: str) -> Any:
    with quiet():
        from sentence_transformers import SentenceTransformer

        return SentenceTransformer(folder, device="cpu", local_files_only=True)


def picture(mode: str = "RGB") -> Image.Image:
    ramp = np.linspace(0, 255, 40 * 30).reshape(30, 40)
    return Image.fromarray(np.stack([ramp, ramp[::-1], ramp.T.reshape(30, 40)], axis=2).astype(np.uint8)).convert(mode)


@pytest.fixture(scope="module")
def clip() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder.from_native(native(tiny_models.clip()))


def skipping(**parameters: Any) -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(tiny_models.clip(), device="cpu", images=True, on_error="skip", **parameters)


def test_an_object_that_embeds_images_says_so(clip: SentenceTransformerEmbedder) -> None:
    assert clip.spec.modalities == {"text", "image"}
    assert clip.images
    text = SentenceTransformerEmbedder(tiny_models.sentence_transformer(), device="cpu")
    assert text.spec.modalities == {"text"}


def test_texts_and_images_share_a_space(clip: SentenceTransformerEmbedder, tmp_path: Path) -> None:
    picture().save(tmp_path / "picture.png")
    kinds = [picture(), np.asarray(picture()), tmp_path / "picture.png", str(tmp_path / "picture.png")]
    rows = clip.embed_images(kinds)
    assert rows.shape == (4, clip.embed(["moon"]).shape[1]) == (4, 24)
    np.testing.assert_allclose(rows, np.repeat(rows[:1], 4, axis=0), atol=1e-5)
    assert clip.embed_images([]).shape == (0, 24)


def test_rows_of_images_are_those_of_the_library(clip: SentenceTransformerEmbedder) -> None:
    images = [picture(mode) for mode in ("RGB", "L", "RGBA", "P", "1")]
    expected = clip._model().encode(images, show_progress_bar=False)
    for size in (None, 1, 2):
        found = clip.fresh(batch_size=size).embed_images(images)
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_grey_arrays_are_images(clip: SentenceTransformerEmbedder) -> None:
    grey = np.asarray(picture("L"))
    rows = clip.embed_images([grey, grey[..., None], picture("L")])
    np.testing.assert_allclose(rows, np.repeat(rows[-1:], 3, axis=0), atol=1e-5)


def test_images_are_open_a_batch_at_a_time(clip: SentenceTransformerEmbedder, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    model = clip._model()
    encode = model.encode

    def counted(inputs: list[Any], **parameters: Any) -> Any:
        sizes.append(len(inputs))
        return encode(inputs, **parameters)

    monkeypatch.setattr(model, "encode", counted)
    clip.fresh(batch_size=4).embed_images([picture()] * 10)
    assert sizes == [4, 4, 2]


def unreadable(folder: Path) -> list[Any]:
    """One of each kind of what looks like an image and is none."""
    (folder / "words.png").write_text("no image at all")
    picture().save(folder / "cut.png")
    (folder / "cut.png").write_bytes((folder / "cut.png").read_bytes()[:300])
    numbers = np.zeros((4, 4, 3))
    address = "https://127.0.0.1:9/a.png"
    return [folder / "gone.png", folder / "words.png", folder / "cut.png", folder, address, numbers, 3, b"bytes"]


def test_all_unreadable_images_are_one_error(clip: SentenceTransformerEmbedder, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        clip.fresh(batch_size=2).embed_images([picture(), *unreadable(tmp_path), picture()])
    message = str(caught.value)
    assert message.startswith("8 images cannot be read: ")
    for name in (
        "gone.png",
        "words.png",
        "cut.png",
        "https://127.0.0.1:9/a.png' (an address; nothing is fetched)",
    ):
        assert name in message
    assert " and 3 more; " in message
    assert "on_error='skip'" in message


def test_unreadable_images_are_skipped_when_asked(tmp_path: Path) -> None:
    embedder = skipping(batch_size=2)
    with pytest.warns(
        UserWarning, match=r"^8 images cannot be read: .*gone\.png.* and 3 more; they have all-zero rows"
    ):
        rows = embedder.embed_images([picture(), *unreadable(tmp_path), picture("L")])
    assert not rows[1:9].any()
    np.testing.assert_allclose(rows[[0, 9]], embedder.embed_images([picture(), picture("L")]), atol=1e-5)


def test_one_unreadable_image_is_named(clip: SentenceTransformerEmbedder, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^1 image cannot be read: .*gone\.png' \(No such file"):
        clip.embed_images([tmp_path / "gone.png"])


def test_an_image_of_absurd_size_is_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture().save(tmp_path / "bomb.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.warns(UserWarning, match=r"bomb\.png.*decompression bomb"):
        assert not skipping().embed_images([tmp_path / "bomb.png"]).any()


def test_a_text_that_looks_like_an_image_is_a_text(clip: SentenceTransformerEmbedder, tmp_path: Path) -> None:
    path = str(tmp_path / "picture.png")
    picture().save(path)
    loaded_for_texts = SentenceTransformerEmbedder(tiny_models.clip(), device="cpu")
    for embedder in (clip, loaded_for_texts):
        rows = embedder.embed([path, "https://127.0.0.1:9/a.png", "data:image/png;base64,AAAA"])
        assert rows.shape == (3, 24)
        assert np.abs(rows[0] - clip.embed_images([path])[0]).max() > 1e-3


def test_long_texts_are_counted_and_cut(clip: SentenceTransformerEmbedder) -> None:
    assert clip.max_tokens == 77
    assert clip.count_tokens(["moon " * 50, ""]) == [202, 2]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_allclose(clip.embed(["moon " * 50]), clip.embed(["moon " * 60]), atol=1e-5)


def test_images_for_a_model_of_texts_are_refused() -> None:
    text = tiny_models.sentence_transformer()
    with pytest.raises(ParameterError, match=r"embeds no images here; use a model such as"):
        SentenceTransformerEmbedder(text, device="cpu", images=True).embed(["moon"])
    with pytest.raises(InputError, match="give images=True with a model that embeds images"):
        SentenceTransformerEmbedder(text, device="cpu").embed_images([])
