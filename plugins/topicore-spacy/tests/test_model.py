"""spaCy pipelines in a topic model: by folder, by object, and saved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tiny_spacy

import topicore
from topicore.errors import ExternalComponentError, ParameterError
from topicore_spacy import SpacyEmbedder

DOCUMENTS = tiny_spacy.documents()


def model(embedder: object) -> topicore.TopicModel:
    return topicore.TopicModel(embedder=embedder, clusterer=topicore.clusterer("kmeans", n_clusters=4)).fit(DOCUMENTS)


@pytest.fixture(scope="module")
def fitted() -> topicore.TopicModel:
    return model(f"spacy:{tiny_spacy.vectors()}")


def themes(topics: object) -> bool:
    found = np.array(topics).reshape(-1, 4)
    return bool((found == found[0]).all() and len(set(found[0].tolist())) == 4)


def test_topics_are_the_themes(fitted: topicore.TopicModel) -> None:
    assert themes(fitted.topics_)
    assert fitted.find_topics("telescope", top_n=1)[0] == [fitted.topics_[0]]


def test_a_loaded_model_embeds_new_documents_alike(fitted: topicore.TopicModel, tmp_path: Path) -> None:
    fitted.save(tmp_path / "model")
    new = [*DOCUMENTS[:4], "an astronaut saw the planet", "zebra", ""]
    found, expected = topicore.load(tmp_path / "model").transform(new), fitted.transform(new)
    assert list(found[0]) == list(expected[0])
    assert list(found[0]) == [*list(fitted.topics_[:4]), fitted.topics_[0], -1, -1]


def test_an_object_from_a_folder_is_loaded_again(fitted: topicore.TopicModel, tmp_path: Path) -> None:
    found = model(tiny_spacy.load(tiny_spacy.vectors()))
    assert list(found.topics_) == list(fitted.topics_)
    found.save(tmp_path / "model")
    assert list(topicore.load(tmp_path / "model").transform(DOCUMENTS)[0]) == list(fitted.topics_)


def test_an_object_that_was_put_together_is_handed_back(fitted: topicore.TopicModel, tmp_path: Path) -> None:
    nlp = tiny_spacy.blank()
    model(nlp).save(tmp_path / "model")
    with pytest.raises(ExternalComponentError, match=r"spacy.lang.en.English.*embedder="):
        topicore.load(tmp_path / "model")
    again = topicore.load(tmp_path / "model", embedder=nlp)
    assert list(again.transform(DOCUMENTS)[0]) == list(fitted.topics_)


def test_a_transformer_pipeline_fits_and_loads(tmp_path: Path) -> None:
    fitted = model(topicore.embedder(tiny_spacy.load(tiny_spacy.transformer()), batch_size=16))
    fitted.save(tmp_path / "model")
    assert list(topicore.load(tmp_path / "model").transform(DOCUMENTS)[0]) == list(fitted.topics_)


def test_an_object_is_recognised() -> None:
    embedder = topicore.embedder(tiny_spacy.blank(), batch_size=8)
    assert isinstance(embedder, SpacyEmbedder)
    assert embedder.batch_size == 8


def test_a_misspelt_parameter_is_named() -> None:
    with pytest.raises(ParameterError, match="did you mean 'batch_size'"):
        topicore.embedder("spacy:en_core_web_md", batchsize=3)
