"""FastEmbed models in a topic model: by name, by object, and saved."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
import tiny_fastembed

import topicore
from topicore.errors import ExternalComponentError, ParameterError
from topicore_fastembed import FastEmbedder

DOCUMENTS = tiny_fastembed.documents()


def model(embedder: object) -> topicore.TopicModel:
    return topicore.TopicModel(embedder=embedder, clusterer=topicore.clusterer("kmeans", n_clusters=4)).fit(DOCUMENTS)


@pytest.fixture(scope="module")
def fitted() -> topicore.TopicModel:
    return model(f"fastembed:{tiny_fastembed.folder()}")


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


def test_an_object_is_saved_as_what_it_was_loaded_from(fitted: topicore.TopicModel, tmp_path: Path) -> None:
    other = model(topicore.embedder(tiny_fastembed.native(), batch_size=8))
    assert list(other.topics_) == list(fitted.topics_)
    other.save(tmp_path / "model")
    assert list(topicore.load(tmp_path / "model").transform(DOCUMENTS)[0]) == list(fitted.topics_)


def test_an_object_of_a_model_registered_by_hand_is_handed_back_at_load(
    monkeypatch: pytest.MonkeyPatch, fitted: topicore.TopicModel, tmp_path: Path
) -> None:
    from fastembed import TextEmbedding
    from fastembed.common.model_description import ModelSource, PoolingType
    from fastembed.text.custom_text_embedding import CustomTextEmbedding

    monkeypatch.setattr(CustomTextEmbedding, "SUPPORTED_MODELS", [])
    monkeypatch.setattr(CustomTextEmbedding, "POSTPROCESSING_MAPPING", {})
    TextEmbedding.add_custom_model(
        "our/own", PoolingType.MEAN, True, ModelSource(hf="our/own"), tiny_fastembed.WIDTH, model_file="model.onnx"
    )
    obj = TextEmbedding("our/own", specific_model_path=tiny_fastembed.folder())
    model(obj).save(tmp_path / "model")
    with pytest.raises(ExternalComponentError, match="embedder="):
        topicore.load(tmp_path / "model").transform(DOCUMENTS[:3])
    again = topicore.load(tmp_path / "model", embedder=obj)
    assert list(again.transform(DOCUMENTS)[0]) == list(fitted.topics_)


def test_long_documents_are_cut_with_a_warning_or_split() -> None:
    texts = ["moon " * 61 + "bread " * 200, "moon " * 60, *DOCUMENTS]
    name = f"fastembed:{tiny_fastembed.folder()}"
    with pytest.warns(UserWarning, match="one text is longer than the 64 tokens") as caught:
        cut = topicore.embed(name, texts)
    assert len(caught) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        split = topicore.embed(topicore.embedder(name, long_documents="chunk"), texts)
    np.testing.assert_allclose(cut[1:], split[1:], atol=1e-5)
    bread = topicore.embed(name, ["bread"])[0]
    nearness = [row @ bread / np.linalg.norm(row) / np.linalg.norm(bread) for row in (cut[0], split[0])]
    assert nearness[1] > nearness[0] + 0.3


def test_an_object_is_recognised_with_parameters() -> None:
    embedder = topicore.embedder(tiny_fastembed.native(), batch_size=8, long_documents="chunk")
    assert isinstance(embedder, FastEmbedder)
    assert (embedder.batch_size, embedder.long_documents) == (8, "chunk")


def test_a_misspelt_parameter_is_named() -> None:
    with pytest.raises(ParameterError, match="did you mean 'batch_size'"):
        topicore.embedder("fastembed:BAAI/bge-small-en-v1.5", batchsize=3)
