"""HDBSCAN in a topic model: by name, by object, with the model's settings, and saved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import topicore
from topicore.errors import ParameterError
from topicore_hdbscan import HdbscanClusterer

THEMES = ("moon rocket orbit", "bread oven recipe", "goal match league", "court judge jury")
DOCUMENTS = [f"{THEMES[i % 4]} {THEMES[i % 4].split()[i // 4 % 3]} number{i}" for i in range(200)]


def vectors(n: int, seed: int) -> NDArray[np.float32]:
    random = np.random.default_rng(seed)
    return (5 * np.eye(4, 5)[np.arange(n) % 4] + 0.7 * random.normal(size=(n, 5))).astype(np.float32)


@pytest.fixture(scope="module")
def model() -> topicore.TopicModel:
    return topicore.TopicModel(clusterer="hdbscan", probabilities=True).fit(DOCUMENTS, embeddings=vectors(200, 0))


def test_topics_are_the_themes_and_outliers(model: topicore.TopicModel) -> None:
    topics = np.array(model.topics_)
    assert len(set(topics.tolist()) - {-1}) == 4
    assert all(len(set(topics[theme::4].tolist()) - {-1}) == 1 for theme in range(4))


def test_probabilities_have_a_column_a_topic(model: topicore.TopicModel) -> None:
    assert model.probabilities_.shape == (200, 4)
    assert (model.probabilities_.sum(axis=1) <= 1 + 1e-6).all()


def test_a_loaded_model_gives_every_document_the_same_topic(model: topicore.TopicModel, tmp_path: Path) -> None:
    model.save(tmp_path / "model")
    loaded = topicore.load(tmp_path / "model")
    for embeddings in (vectors(200, 0), vectors(100, 1)):
        documents = DOCUMENTS[: len(embeddings)]
        expected = model.transform(documents, embeddings=embeddings)
        found = loaded.transform(documents, embeddings=embeddings)
        np.testing.assert_array_equal(found[0], expected[0])
        np.testing.assert_array_equal(found[1], expected[1])


def test_transform_of_the_training_documents_gives_the_fitted_topics(model: topicore.TopicModel) -> None:
    topics, probabilities = model.transform(DOCUMENTS[40:90], embeddings=vectors(200, 0)[40:90])
    assert list(topics) == list(model.topics_)[40:90]
    np.testing.assert_array_equal(probabilities, model.probabilities_[40:90])


def test_min_topic_size_is_received_unless_the_user_gave_a_size() -> None:
    x = vectors(200, 0)

    def topics(clusterer: object, min_topic_size: int = 10) -> int:
        found = topicore.TopicModel(clusterer=clusterer, min_topic_size=min_topic_size).fit(DOCUMENTS, embeddings=x)
        return len(set(found.topics_) - {-1})

    from hdbscan import HDBSCAN

    assert topics("hdbscan", min_topic_size=10) == 4
    assert topics("hdbscan", min_topic_size=60) == 0
    assert topics(topicore.clusterer("hdbscan", min_cluster_size=10), min_topic_size=60) == 4
    assert topics(HDBSCAN(min_cluster_size=60)) == 0
    assert topics(HDBSCAN(min_cluster_size=10), min_topic_size=60) == 4


def test_an_object_is_recognised() -> None:
    from hdbscan import HDBSCAN

    clusterer = topicore.clusterer(HDBSCAN(min_cluster_size=9))
    assert isinstance(clusterer, HdbscanClusterer)
    assert clusterer.min_cluster_size == 9


def test_a_misspelt_parameter_is_named() -> None:
    with pytest.raises(ParameterError, match="did you mean 'min_samples'"):
        topicore.clusterer("hdbscan", min_sample=3)
