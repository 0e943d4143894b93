"""Texts and images of one space, averaged where a document has both."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lettering import SPEC, Lettering

import topicore
from topicore import TopicModel
from topicore.errors import InputError

PICTURES = [np.full((2, 2), shade, dtype=np.uint8) for shade in (1, 2, 0, 4)]
TEXTS = ["aa", "bb", "", "dd"]


class Seeing(Lettering):
    """An image is a row of its shade; black ones cannot be read and are zeros."""

    spec = replace(SPEC, modalities=frozenset({"text", "image"}))

    def embed_images(self, images, /):
        return np.array([[image.mean()] * 9 for image in images], dtype=np.float32).reshape(len(images), 9)


def test_a_row_is_the_mean_of_text_and_image_or_the_one_there_is():
    read, seen = Seeing().embed(TEXTS), Seeing().embed_images(PICTURES)
    rows = topicore.embed(Seeing(), TEXTS, [PICTURES[0], None, PICTURES[3], PICTURES[2]])
    np.testing.assert_array_equal(rows[0], (read[0] + seen[0]) / 2)
    np.testing.assert_array_equal(rows[1], read[1])  # no image
    np.testing.assert_array_equal(rows[2], seen[3])  # no text
    np.testing.assert_array_equal(rows[3], read[3])  # an image that could not be read


def test_images_alone():
    rows = topicore.embed(Seeing(), images=[None, *PICTURES])
    np.testing.assert_array_equal(rows[1:], Seeing().embed_images(PICTURES))
    assert not rows[0].any()


def test_a_model_of_images_alone_and_of_both():
    shades = [np.full((2, 2), shade, dtype=np.uint8) for shade in (10, 11, 12, 13, 200, 201, 202, 203)]
    two = topicore.clusterer("kmeans", n_clusters=2)
    alone = TopicModel(embedder=Seeing(), clusterer=two).fit(images=shades)
    assert len(set(alone.topics_)) == 2
    assert alone.representative_images_[0]
    assert alone.transform(images=shades[:2])[0] == alone.topics_[:2]
    both = TopicModel(embedder=Seeing(), clusterer=two).fit(["dark"] * 4 + ["light"] * 4, images=shades)
    assert both.topics_[:4] != both.topics_[4:]
    assert {word for word, _ in both.get_topic(both.topics_[0])} == {"dark"}


def test_an_image_that_nothing_is_known_of_is_an_outlier():
    shades = [np.full((2, 2), shade, dtype=np.uint8) for shade in (10, 11, 12, 0)]
    model = TopicModel(embedder=Seeing(), clusterer=topicore.clusterer("kmeans", n_clusters=1))
    assert model.fit(images=shades).topics_ == [0, 0, 0, -1]


def test_an_error_about_images_says_which_and_what():
    class Blind(Seeing):
        def embed_images(self, images, /):
            raise InputError("image 'cat.png' is no file that can be opened")

    with pytest.raises(InputError, match=r"cat\.png"):
        topicore.embed(Blind(), images=PICTURES)

    class Broken(Seeing):
        def embed_images(self, images, /):
            raise RuntimeError("no eyes")

    with pytest.raises(topicore.errors.ComponentError, match="failed on images 0 to 3: RuntimeError: no eyes"):
        topicore.embed(Broken(), images=PICTURES)


def test_images_for_an_embedder_of_texts_are_refused_everywhere():
    model = TopicModel(embedder=Lettering(), clusterer=topicore.clusterer("kmeans", n_clusters=2)).fit(
        ["aa", "bb", "cc"]
    )
    for call in (
        lambda: topicore.embed("ppmi", TEXTS, images=PICTURES),
        lambda: model.transform(images=PICTURES),
        lambda: TopicModel(embedder=[Seeing(), Lettering()]).fit(TEXTS, images=PICTURES),
    ):
        with pytest.raises(InputError, match=r"images were given, but embedder .* embeds only text"):
            call()


def test_words_may_have_an_embedder_of_their_own_beside_images():
    embedder = {"document": Seeing(), "word": Lettering()}
    rows = topicore.embed(embedder, TEXTS, images=PICTURES)
    np.testing.assert_array_equal(rows, topicore.embed(Seeing(), TEXTS, images=PICTURES))


def test_representative_images_are_images_and_tables_show_them():
    shades = [np.full((2, 2), shade, dtype=np.uint8) for shade in (10, 11, 12, 13)]
    one = topicore.clusterer("kmeans", n_clusters=1)
    model = TopicModel(embedder=Seeing(), clusterer=one).fit(["dark"] * 6, images=[None, None, *shades])
    assert len(model.representative_images_[0]) == 3
    assert all(image is not None for image in model.representative_images_[0])
    table = model.get_document_info()
    assert list(table.columns[:2]) == ["Document", "Image"]
    assert table["Image"][5] is shades[3]
    alone = TopicModel(embedder=Seeing(), clusterer=one).fit(images=shades)
    assert "Document" not in alone.get_document_info().columns
    assert len(alone.get_document_info()) == 4
    assert len(alone.get_topic_info()["Representative_Images"][0]) == 3


def test_a_damaged_image_is_the_embedders_to_tell_of(tmp_path):
    class Damaged:
        mode = "RGB"

        def tobytes(self):
            raise OSError("image file is truncated")

    class Reading(Seeing):
        def embed_images(self, images, /):
            raise InputError("image 'cut.png' cannot be read")

    with pytest.raises(InputError, match=r"cut\.png"):
        topicore.embed(Reading(), images=[Damaged()], cache=tmp_path / "cache")
