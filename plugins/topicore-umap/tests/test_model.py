"""UMAP in a topic model: by name, by object, with the model's settings, and saved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import topicore
from topicore.errors import ParameterError
from topicore_umap import UmapReducer

THEMES = ("moon rocket orbit", "bread oven recipe", "goal match league", "court judge jury")
DOCUMENTS = [f"{THEMES[i % 4]} {THEMES[i % 4].split()[i // 4 % 3]} number{i}" for i in range(160)]


def vectors(n: int, seed: int) -> NDArray[np.float32]:
    random = np.random.default_rng(seed)
    return (5 * np.eye(4, 12)[np.arange(n) % 4] + random.normal(size=(n, 12))).astype(np.float32)


@pytest.fixture(scope="module")
def model() -> topicore.TopicModel:
    reducer = topicore.reducer("umap", n_epochs=50)
    found = topicore.TopicModel(reducer=reducer, clusterer=topicore.clusterer("kmeans", n_clusters=4))
    return found.fit(DOCUMENTS, embeddings=vectors(160, 0))


def test_topics_are_the_themes(model: topicore.TopicModel) -> None:
    topics = np.array(model.topics_)
    assert len(set(topics.tolist())) == 4
    assert all(len(set(topics[theme::4].tolist())) == 1 for theme in range(4))


def test_a_loaded_model_gives_every_document_the_same_topic(model: topicore.TopicModel, tmp_path: Path) -> None:
    model.save(tmp_path / "model")
    loaded = topicore.load(tmp_path / "model")
    for embeddings in (vectors(160, 0), vectors(100, 1)):
        documents = DOCUMENTS[: len(embeddings)]
        expected = model.transform(documents, embeddings=embeddings)
        found = loaded.transform(documents, embeddings=embeddings)
        np.testing.assert_array_equal(found[0], expected[0])
        np.testing.assert_array_equal(found[1], expected[1])


def test_transform_of_the_training_documents_gives_the_fitted_topics(model: topicore.TopicModel) -> None:
    topics, _ = model.transform(DOCUMENTS[40:90], embeddings=vectors(160, 0)[40:90])
    assert list(topics) == list(model.topics_)[40:90]


def test_an_object_is_recognised_and_keeps_its_parameters() -> None:
    from umap import UMAP

    reducer = topicore.reducer(UMAP(n_neighbors=9, random_state=5))
    assert isinstance(reducer, UmapReducer)
    assert (reducer.n_neighbors, reducer.random_state) == (9, 5)


def test_a_misspelt_parameter_is_named() -> None:
    with pytest.raises(ParameterError, match="did you mean 'n_neighbors'"):
        topicore.reducer("umap", n_neighbor=3)
