"""Flair in a topic model: by name, by object, and saved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tiny_flair

import topicore
from topicore.errors import ExternalComponentError, ParameterError
from topicore_flair import FlairEmbedder

DOCUMENTS = tiny_flair.DOCUMENTS


def model(embedder: object) -> topicore.TopicModel:
    return topicore.TopicModel(embedder=embedder, clusterer=topicore.clusterer("kmeans", n_clusters=4)).fit(DOCUMENTS)


@pytest.fixture(scope="module")
def fitted() -> topicore.TopicModel:
    return model(topicore.embedder(f"flair:{tiny_flair.vectors('vectors.txt')}", kind="word"))


def test_topics_are_the_themes(fitted: topicore.TopicModel) -> None:
    topics = np.array(fitted.topics_).reshape(-1, 4)
    assert (topics == topics[0]).all()
    assert len(set(topics[0].tolist())) == 4


def test_a_loaded_model_embeds_new_documents_alike(fitted: topicore.TopicModel, tmp_path: Path) -> None:
    fitted.save(tmp_path / "model")
    new = [*DOCUMENTS[3:9], "the rocket and the moon", "flour in the bread"]
    found, expected = topicore.load(tmp_path / "model").transform(new), fitted.transform(new)
    assert list(found[0]) == list(expected[0])
    np.testing.assert_allclose(found[1], expected[1], atol=1e-5)
    assert list(expected[0]) == [*list(fitted.topics_)[3:9], fitted.topics_[0], fitted.topics_[1]]


def test_pooled_words_from_a_file_are_saved_as_that_file(fitted: topicore.TopicModel, tmp_path: Path) -> None:
    other = model(tiny_flair.pool(tiny_flair.words()))
    assert list(other.topics_) == list(fitted.topics_)
    other.save(tmp_path / "model")
    assert list(topicore.load(tmp_path / "model").transform(DOCUMENTS)[0]) == list(fitted.topics_)


def test_a_transformer_is_saved_as_the_folder_it_is_from(tmp_path: Path) -> None:
    obj = tiny_flair.transformer(tiny_flair.bert(), cls_pooling="mean")
    assert isinstance(topicore.embedder(obj, batch_size=8), FlairEmbedder)
    found = model(obj)
    found.save(tmp_path / "model")
    assert list(topicore.load(tmp_path / "model").transform(DOCUMENTS)[0]) == list(found.topics_)


def test_embeddings_of_unknown_origin_are_handed_back_at_load(tmp_path: Path) -> None:
    obj = tiny_flair.token_transformer(tiny_flair.bert())
    found = model(topicore.embedder(obj, pooling="max"))
    found.save(tmp_path / "model")
    with pytest.raises(ExternalComponentError, match="embedder="):
        topicore.load(tmp_path / "model").transform(DOCUMENTS[:3])
    again = topicore.load(tmp_path / "model", embedder=topicore.embedder(obj, pooling="max"))
    assert list(again.transform(DOCUMENTS)[0]) == list(found.topics_)


def test_a_pickle_is_handed_back_at_load_and_never_loaded_by_the_word_of_a_file(tmp_path: Path) -> None:
    embedder = topicore.embedder(f"flair:{tiny_flair.vectors('vectors.kv')}", kind="word", allow_pickle=True)
    found = model(embedder)
    found.save(tmp_path / "model")
    with pytest.raises(ExternalComponentError, match="embedder="):
        topicore.load(tmp_path / "model").transform(DOCUMENTS[:3])
    again = topicore.load(tmp_path / "model", embedder=embedder)
    assert list(again.transform(DOCUMENTS)[0]) == list(found.topics_)


def test_texts_that_are_too_long_are_told_of_or_split() -> None:
    long = ["moon " * 40 + "bread " * 40, "moon rocket"]
    name = f"flair:{tiny_flair.bert()}"
    with pytest.warns(UserWarning, match="one text is longer than the 64 tokens"):
        cut = topicore.embed(name, long)
    split = topicore.embed(topicore.embedder(name, long_documents="chunk"), long)
    np.testing.assert_allclose(cut[1], split[1], atol=1e-6)
    assert np.abs(np.asarray(cut[0]) - np.asarray(split[0])).max() > 1e-3


def test_blank_documents_and_those_of_unknown_words_are_outliers() -> None:
    embedder = topicore.embedder(f"flair:{tiny_flair.vectors('vectors.txt')}", kind="word")
    found = topicore.TopicModel(embedder=embedder, clusterer=topicore.clusterer("kmeans", n_clusters=4))
    assert list(found.fit([*DOCUMENTS, "", " \n", "xyzzy"]).topics_)[-3:] == [-1, -1, -1]


def test_a_misspelt_or_missing_parameter_is_named() -> None:
    with pytest.raises(ParameterError, match="did you mean 'batch_size'"):
        topicore.embedder("flair:roberta-base", batchsize=3)
    with pytest.raises(ParameterError, match="model"):
        topicore.embedder("flair")
    with pytest.raises(ParameterError, match="pooling='min' is not for kind='transformer'; give one of 'cls'"):
        topicore.embedder("flair:roberta-base", pooling="min")
    with pytest.raises(ParameterError, match="layers, revision is for kind='transformer'"):
        topicore.embedder("flair:vectors.txt", kind="word", layers="-2", revision="main")
