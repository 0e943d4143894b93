"""Texts, images, and both in a topic model: fitted, saved, and asked about new ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_clip

import topicore
from topicore import TopicModel
from topicore.errors import InputError

THEMES = ("red tomato soup", "green grass of the park", "blue sea under the sky", "white snow in winter")
DOCUMENTS = [f"{theme} {word}" for word in ("today", "again", "at last", "often", "there") for theme in THEMES]
N = len(DOCUMENTS)


def model(**parameters: Any) -> TopicModel:
    embedder = topicore.embedder(f"clip:{tiny_clip.folder()}", device="cpu", **parameters)
    return TopicModel(embedder=embedder, clusterer=topicore.clusterer("kmeans", n_clusters=4))


def one_topic_a_kind(topics: Any) -> bool:
    kinds = np.array(topics).reshape(-1, 4)
    return bool((kinds == kinds[0]).all()) and len(set(kinds[0].tolist())) == 4


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("pictures")
    paths = [folder / f"{place}.png" for place in range(N)]
    for path, picture in zip(paths, tiny_clip.pictures(N), strict=True):
        picture.save(path)
    return paths


def test_images_alone_become_topics(files: list[Path]) -> None:
    fitted = model().fit(images=files)
    assert one_topic_a_kind(fitted.topics_)
    assert len(fitted.get_topic_info()) == 4
    assert fitted.representative_images_ is not None
    found = [files.index(path) % 4 for path in fitted.representative_images_[fitted.topics_[0]]]
    assert set(found) == {0}


def test_words_ask_for_topics_of_images(files: list[Path]) -> None:
    fitted = model().fit(images=files)
    topics, likeness = fitted.find_topics("blue sea", top_n=4)
    assert sorted(topics) == [0, 1, 2, 3]
    asked = topicore.embed(f"clip:{tiny_clip.folder()}", ["blue sea"])[0]
    means = [np.asarray(fitted.embeddings_)[np.array(fitted.topics_) == topic].mean(axis=0) for topic in topics]
    cosines = [asked @ mean / np.linalg.norm(asked) / np.linalg.norm(mean) for mean in means]
    np.testing.assert_allclose(likeness, cosines, atol=1e-5)


def test_a_model_handed_back_at_load_takes_the_place_of_the_saved_one(files: list[Path], tmp_path: Path) -> None:
    fitted = model().fit(images=files)
    fitted.save(tmp_path / "model")
    loaded = topicore.load(tmp_path / "model", embedder=f"clip:{tiny_clip.published()}")
    assert list(loaded.transform(images=files)[0]) == list(fitted.topics_)


def test_documents_alone_become_topics() -> None:
    fitted = model().fit(DOCUMENTS)
    assert len(fitted.topics_) == N


def test_documents_and_images_become_topics_with_words(files: list[Path]) -> None:
    fitted = model().fit(DOCUMENTS, images=files)
    assert one_topic_a_kind(fitted.topics_)
    words = [word for word, _ in fitted.get_topic(fitted.topics_[2])]
    assert {"blue", "sea", "sky"} <= set(words)


def test_a_document_may_have_no_image_and_an_image_no_document(files: list[Path]) -> None:
    images = [None if place % 5 == 0 else path for place, path in enumerate(files)]
    documents = ["" if place % 5 == 1 else text for place, text in enumerate(DOCUMENTS)]
    topics = model().fit(documents, images=images).topics_
    assert len(topics) == N
    assert -1 not in list(topics)
    assert model().fit(["", *DOCUMENTS[1:]], images=[None, *files[1:]]).topics_[0] == -1


def test_new_images_find_their_topics_also_in_a_loaded_model(files: list[Path], tmp_path: Path) -> None:
    fitted = model().fit(DOCUMENTS, images=files)
    fitted.save(tmp_path / "model")
    loaded = topicore.load(tmp_path / "model")
    new, texts = [tiny_clip.picture(kind, 99) for kind in range(4)], [f"{theme} tomorrow" for theme in THEMES]
    for known in (fitted, loaded):
        assert list(known.transform(texts, images=new)[0]) == list(fitted.topics_[:4])
        assert list(known.transform(None, images=new)[0]) == list(known.transform(images=new)[0])
    for given in ({"documents": texts}, {"images": new}):
        np.testing.assert_allclose(loaded.transform(**given)[1], fitted.transform(**given)[1], atol=1e-5)


def test_topics_of_images_are_found_in_a_loaded_model(files: list[Path], tmp_path: Path) -> None:
    fitted = model().fit(images=files)
    fitted.save(tmp_path / "model")
    new = [tiny_clip.picture(kind, 99) for kind in range(4)]
    assert list(topicore.load(tmp_path / "model").transform(images=new)[0]) == list(fitted.topics_[:4])


def test_an_object_embeds_images_in_a_model(files: list[Path]) -> None:
    obj = tiny_clip.native(tiny_clip.folder())
    fitted = TopicModel(embedder=obj, clusterer=topicore.clusterer("kmeans", n_clusters=4)).fit(images=files)
    assert list(fitted.topics_) == list(model().fit(images=files).topics_)


def test_unreadable_images_stop_a_fit_or_become_outliers(files: list[Path], tmp_path: Path) -> None:
    images = [tmp_path / "gone.png", *files[1:]]
    with pytest.raises(InputError, match=r"1 image cannot be read: .*gone\.png"):
        model().fit(images=images)
    with pytest.warns(UserWarning, match=r"1 image cannot be read: .*gone\.png"):
        topics = list(model(on_error="skip").fit(images=images).topics_)
    assert topics[0] == -1
    assert -1 not in topics[1:]
