"""Sentence embeddings in a topic model: by name, by object, and saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_sentence_transformers as tiny_models

import topicore
from topicore.errors import ExternalComponentError, ParameterError
from topicore_sentence_transformers import SentenceTransformerEmbedder
from topicore_sentence_transformers.loading import quiet

THEMES = ("A rocket to the moon", "Bread from the oven", "A goal in the league match", "The judge and the jury")
ENDINGS = ("yesterday", "as expected", "once more", "at last", "in the evening", "for a while", "by chance")
DOCUMENTS = [f"{theme} {ending}" for ending in ENDINGS for theme in THEMES]


def native() -> Any:
    with quiet():
        from sentence_transformers import SentenceTransformer

        return SentenceTransformer(tiny_models.minilm(), device="cpu", local_files_only=True)


def model(embedder: object) -> topicore.TopicModel:
    return topicore.TopicModel(embedder=embedder, clusterer=topicore.clusterer("kmeans", n_clusters=4)).fit(DOCUMENTS)


@pytest.fixture(scope="module")
def fitted() -> topicore.TopicModel:
    return model(f"sentence-transformers:{tiny_models.minilm()}")


def test_topics_are_the_themes(fitted: topicore.TopicModel) -> None:
    topics = np.array(fitted.topics_).reshape(len(ENDINGS), 4)
    assert (topics == topics[0]).all()
    assert len(set(topics[0].tolist())) == 4


def test_topics_are_found_by_a_question(fitted: topicore.TopicModel) -> None:
    topics, _ = fitted.find_topics("spacecraft", top_n=1)
    assert topics == [fitted.topics_[0]]


def test_a_loaded_model_embeds_new_documents_alike(fitted: topicore.TopicModel, tmp_path: Path) -> None:
    fitted.save(tmp_path / "model")
    new = [*DOCUMENTS[3:9], "Astronauts land on the lunar surface", "Flour, water, yeast and salt"]
    found, expected = topicore.load(tmp_path / "model").transform(new), fitted.transform(new)
    assert list(found[0]) == list(expected[0])
    np.testing.assert_allclose(found[1], expected[1], atol=1e-5)
    assert list(expected[0][:6]) == list(fitted.topics_)[3:9]
    assert not [path for path in (tmp_path / "model").iterdir() if path.stat().st_size > 1_000_000]


def test_an_object_is_recognised_and_gives_the_same_topics(fitted: topicore.TopicModel) -> None:
    embedder = topicore.embedder(native(), batch_size=8)
    assert isinstance(embedder, SentenceTransformerEmbedder)
    assert embedder.batch_size == 8
    assert list(model(embedder).topics_) == list(fitted.topics_)


def test_an_object_of_unknown_origin_is_handed_back_at_load(fitted: topicore.TopicModel, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    obj = SentenceTransformer(modules=list(native().children()), device="cpu")
    model(obj).save(tmp_path / "model")
    with pytest.raises(ExternalComponentError, match="embedder="):
        topicore.load(tmp_path / "model").transform(DOCUMENTS[:3])
    again = topicore.load(tmp_path / "model", embedder=obj)
    assert list(again.transform(DOCUMENTS)[0]) == list(fitted.topics_)


def test_a_misspelt_parameter_is_named() -> None:
    with pytest.raises(ParameterError, match="did you mean 'batch_size'"):
        topicore.embedder("sentence-transformers:all-MiniLM-L6-v2", batchsize=3)
