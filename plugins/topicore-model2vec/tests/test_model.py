"""Static embeddings in a topic model: by name, by object, and saved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tiny_model2vec

import topicore
from topicore.errors import ExternalComponentError, ParameterError
from topicore_model2vec import Model2VecEmbedder

DOCUMENTS = tiny_model2vec.documents()


def model(embedder: object) -> topicore.TopicModel:
    return topicore.TopicModel(embedder=embedder, clusterer=topicore.clusterer("kmeans", n_clusters=4)).fit(DOCUMENTS)


@pytest.fixture(scope="module")
def fitted() -> topicore.TopicModel:
    return model(f"model2vec:{tiny_model2vec.folder()}")


def test_topics_are_found_by_a_question(fitted: topicore.TopicModel) -> None:
    assert fitted.find_topics("rocket orbit", top_n=1)[0] == [fitted.topics_[0]]


def test_a_loaded_model_embeds_new_documents_alike(fitted: topicore.TopicModel, tmp_path: Path) -> None:
    fitted.save(tmp_path / "model")
    new = ["oven bread", "a moon", "judge and law", "goal"]
    found, expected = topicore.load(tmp_path / "model").transform(new), fitted.transform(new)
    assert list(found[0]) == list(expected[0]) == [fitted.topics_[place] for place in (1, 0, 3, 2)]
    np.testing.assert_allclose(found[1], expected[1], atol=1e-6)


def test_texts_without_a_known_token_are_outliers() -> None:
    assert (
        list(model(f"model2vec:{tiny_model2vec.folder()}").transform(["", "  ", "\u2603", "moon"])[0])[:3] == [-1] * 3
    )


def test_an_object_gives_the_same_topics_and_is_handed_back_at_load(
    fitted: topicore.TopicModel, tmp_path: Path
) -> None:
    obj = tiny_model2vec.static_model()
    other = model(obj)
    assert list(other.topics_) == list(fitted.topics_)
    other.save(tmp_path / "model")
    with pytest.raises(ExternalComponentError, match="embedder="):
        topicore.load(tmp_path / "model").transform(DOCUMENTS[:3])
    again = topicore.load(tmp_path / "model", embedder=obj)
    assert list(again.transform(DOCUMENTS)[0]) == list(fitted.topics_)


def test_an_object_is_recognised_with_parameters() -> None:
    embedder = topicore.embedder(tiny_model2vec.static_model(), batch_size=8)
    assert isinstance(embedder, Model2VecEmbedder)
    assert embedder.batch_size == 8


def test_a_misspelt_parameter_is_named() -> None:
    with pytest.raises(ParameterError, match="did you mean 'batch_size'"):
        topicore.embedder("model2vec:minishlab/potion-base-8M", batchsize=3)
