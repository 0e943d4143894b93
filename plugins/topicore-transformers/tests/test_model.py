"""Transformers in a topic model: by name, by pipeline, and saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_transformers

import topicore
from topicore.errors import ExternalComponentError, ParameterError
from topicore_transformers import TransformersEmbedder
from topicore_transformers.loading import quiet

THEMES = ("moon rocket orbit", "bread oven flour", "goal league match", "court judge jury")
DOCUMENTS = [" ".join([*theme.split(), theme.split()[turn % 3]]) for turn in range(8) for theme in THEMES]


def model(embedder: object) -> topicore.TopicModel:
    return topicore.TopicModel(embedder=embedder, clusterer=topicore.clusterer("kmeans", n_clusters=4)).fit(DOCUMENTS)


@pytest.fixture(scope="module")
def fitted() -> topicore.TopicModel:
    return model(f"transformers:{tiny_transformers.bert()}")


def handmade() -> Any:
    """A pipeline around weights that no folder holds."""
    with quiet():
        from transformers.pipelines import pipeline

        source = tiny_transformers.pipeline(tiny_transformers.bert())
        source.model.name_or_path = ""
        return pipeline("feature-extraction", model=source.model, tokenizer=source.tokenizer, device="cpu")


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


def test_a_pipeline_is_recognised_and_saved_as_the_folder_it_is_from(
    fitted: topicore.TopicModel, tmp_path: Path
) -> None:
    embedder = topicore.embedder(tiny_transformers.pipeline(tiny_transformers.bert()), batch_size=8)
    assert isinstance(embedder, TransformersEmbedder)
    other = model(embedder)
    assert list(other.topics_) == list(fitted.topics_)
    other.save(tmp_path / "model")
    assert list(topicore.load(tmp_path / "model").transform(DOCUMENTS)[0]) == list(fitted.topics_)


def test_a_pipeline_of_unknown_origin_is_handed_back_at_load(fitted: topicore.TopicModel, tmp_path: Path) -> None:
    obj = handmade()
    model(obj).save(tmp_path / "model")
    with pytest.raises(ExternalComponentError, match="embedder="):
        topicore.load(tmp_path / "model").transform(DOCUMENTS[:3])
    again = topicore.load(tmp_path / "model", embedder=obj)
    assert list(again.transform(DOCUMENTS)[0]) == list(fitted.topics_)


def test_texts_that_are_too_long_are_told_of_or_split() -> None:
    long = ["moon " * 40 + "bread " * 40, "moon rocket"]
    name = f"transformers:{tiny_transformers.bert()}"
    with pytest.warns(UserWarning, match="one text is longer than the 64 tokens"):
        cut = topicore.embed(name, long)
    split = topicore.embed(topicore.embedder(name, long_documents="chunk"), long)
    np.testing.assert_allclose(cut[1], split[1], atol=1e-6)
    assert np.abs(np.asarray(cut[0]) - np.asarray(split[0])).max() > 1e-2


def test_blank_documents_are_outliers() -> None:
    name = f"transformers:{tiny_transformers.bert()}"
    found = topicore.TopicModel(embedder=name, clusterer=topicore.clusterer("kmeans", n_clusters=4))
    assert list(found.fit([*DOCUMENTS, "", " \n"]).topics_)[-2:] == [-1, -1]


def test_a_misspelt_or_missing_parameter_is_named() -> None:
    with pytest.raises(ParameterError, match="did you mean 'batch_size'"):
        topicore.embedder("transformers:bert-base-cased", batchsize=3)
    with pytest.raises(ParameterError, match="model"):
        topicore.embedder("transformers")
    with pytest.raises(ParameterError, match="pooling"):
        topicore.embedder("transformers:bert-base-cased", pooling="sum")
