"""Modules of TensorFlow Hub in a topic model: by name, by object, and saved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tiny_use

import topicore
from topicore.errors import ExternalComponentError, ParameterError
from topicore_use import UseEmbedder

DOCUMENTS = tiny_use.documents()


def model(embedder: object) -> topicore.TopicModel:
    return topicore.TopicModel(embedder=embedder, clusterer=topicore.clusterer("kmeans", n_clusters=4)).fit(DOCUMENTS)


@pytest.fixture(scope="module")
def fitted() -> topicore.TopicModel:
    return model(f"use:{tiny_use.folder()}")


def test_topics_are_found_by_a_question(fitted: topicore.TopicModel) -> None:
    assert fitted.find_topics("rocket orbit", top_n=1)[0] == [fitted.topics_[0]]


def test_a_loaded_model_embeds_new_documents_alike(fitted: topicore.TopicModel, tmp_path: Path) -> None:
    fitted.save(tmp_path / "model")
    new = ["oven bread", "a moon", "judge and law", "goal"]
    found, expected = topicore.load(tmp_path / "model").transform(new), fitted.transform(new)
    assert list(found[0]) == list(expected[0]) == [fitted.topics_[place] for place in (1, 0, 3, 2)]
    np.testing.assert_allclose(found[1], expected[1], atol=1e-6)


def test_blank_texts_are_outliers(fitted: topicore.TopicModel) -> None:
    assert list(fitted.transform(["", " \n", "moon"])[0]) == [-1, -1, fitted.topics_[0]]


def test_a_module_is_recognised_and_handed_back_at_load(fitted: topicore.TopicModel, tmp_path: Path) -> None:
    obj = tiny_use.native()
    embedder = topicore.embedder(obj, batch_size=8)
    assert isinstance(embedder, UseEmbedder)
    other = model(embedder)
    assert list(other.topics_) == list(fitted.topics_)
    other.save(tmp_path / "model")
    with pytest.raises(ExternalComponentError, match="embedder="):
        topicore.load(tmp_path / "model").transform(DOCUMENTS[:3])
    again = topicore.load(tmp_path / "model", embedder=obj)
    assert list(again.transform(DOCUMENTS)[0]) == list(fitted.topics_)


def test_a_layer_is_saved_as_its_handle(fitted: topicore.TopicModel, tmp_path: Path) -> None:
    with tiny_use.quiet():
        import tensorflow_hub

        layer = tensorflow_hub.KerasLayer(tiny_use.folder())
    model(layer).save(tmp_path / "model")
    assert list(topicore.load(tmp_path / "model").transform(DOCUMENTS)[0]) == list(fitted.topics_)


def test_a_saved_model_fetches_nothing_from_addresses_it_names(
    fitted: topicore.TopicModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "https://127.0.0.1:9/module"
    tiny_use.cached(tmp_path / "cache", address)
    monkeypatch.setenv("TFHUB_CACHE_DIR", str(tmp_path / "cache"))
    model(f"use:{address}").save(tmp_path / "model")
    with pytest.raises(ExternalComponentError, match="embedder="):
        topicore.load(tmp_path / "model").transform(DOCUMENTS[:3])
    again = topicore.load(tmp_path / "model", embedder=f"use:{address}")
    assert list(again.transform(DOCUMENTS)[0]) == list(fitted.topics_)


def test_a_misspelt_parameter_is_named() -> None:
    with pytest.raises(ParameterError, match="did you mean 'batch_size'"):
        topicore.embedder(f"use:{tiny_use.ADDRESS}", batchsize=3)


@pytest.mark.parametrize(
    "address",
    [
        "https://tfhub.dev/google/../someone/module/1",
        "https://tfhub.dev/google/%2e%2e/someone/module/1",
        "https://tfhub.dev/google/x\\..\\y",
        "https://tfhub.dev.example.org/google/module",
    ],
)
def test_steps_aside_from_what_is_published_are_handed_back(address: str) -> None:
    assert UseEmbedder(address).external() is not None
    assert UseEmbedder("https://tfhub.dev/google/universal-sentence-encoder/4").external() is None
