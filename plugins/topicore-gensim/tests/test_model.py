"""Word vectors in a topic model: by name, by object, and saved."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import tiny_gensim

import topicore
from topicore.errors import ExternalComponentError, ParameterError
from topicore_gensim import GensimEmbedder

DOCUMENTS = tiny_gensim.documents()


def model(embedder: object) -> topicore.TopicModel:
    return topicore.TopicModel(embedder=embedder, clusterer=topicore.clusterer("kmeans", n_clusters=4)).fit(DOCUMENTS)


@pytest.fixture(scope="module")
def fitted() -> topicore.TopicModel:
    return model(f"gensim:{tiny_gensim.files() / 'vectors.txt'}")


def themes(topics: object) -> bool:
    found = np.array(topics).reshape(-1, 4)
    return bool((found == found[0]).all() and len(set(found[0].tolist())) == 4)


def test_topics_are_the_themes(fitted: topicore.TopicModel) -> None:
    assert themes(fitted.topics_)


@pytest.mark.parametrize("obj", [tiny_gensim.word2vec, tiny_gensim.fasttext, tiny_gensim.doc2vec])
def test_objects_are_recognised(obj: object) -> None:
    found = model(obj())  # type: ignore[operator]
    assert themes(found.topics_)


def test_topics_are_found_by_a_word(fitted: topicore.TopicModel) -> None:
    assert fitted.find_topics("telescope", top_n=1)[0] == [fitted.topics_[0]]


def test_a_loaded_model_embeds_new_documents_alike(fitted: topicore.TopicModel, tmp_path: Path) -> None:
    fitted.save(tmp_path / "model")
    new = [*DOCUMENTS[:4], "The Astronaut saw the planet!", "zebra"]
    found, expected = topicore.load(tmp_path / "model").transform(new), fitted.transform(new)
    assert list(found[0]) == list(expected[0])
    assert list(found[0][:4]) == list(fitted.topics_[:4])
    assert (found[0][4], found[0][5]) == (fitted.topics_[0], -1)


def test_an_object_is_handed_back_at_load(tmp_path: Path) -> None:
    fitted = model(tiny_gensim.doc2vec())
    fitted.save(tmp_path / "model")
    with pytest.raises(ExternalComponentError, match=r"Doc2Vec.*embedder="):
        topicore.load(tmp_path / "model")
    again = topicore.load(tmp_path / "model", embedder=tiny_gensim.doc2vec())
    assert list(again.transform(DOCUMENTS)[0]) == list(fitted.topics_)


def test_a_pickle_is_handed_back_at_load(tmp_path: Path) -> None:
    embedder = GensimEmbedder(str(tiny_gensim.files() / "words.kv"), allow_pickle=True)
    fitted = model(embedder)
    fitted.save(tmp_path / "model")
    with pytest.raises(ExternalComponentError, match="embedder="):
        topicore.load(tmp_path / "model")
    again = topicore.load(tmp_path / "model", embedder=embedder)
    assert list(again.transform(DOCUMENTS)[0]) == list(fitted.topics_)


def test_a_file_cannot_ask_for_a_pickle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = GensimEmbedder(str(tiny_gensim.files() / "words.kv"), allow_pickle=True)
    fitted = model(embedder)
    with monkeypatch.context() as forged:
        forged.setattr(GensimEmbedder, "external", lambda self: None)
        fitted.save(tmp_path / "model")
    assert json.loads((tmp_path / "model" / "embedder.json").read_text())["config"]["allow_pickle"]
    with pytest.raises(ExternalComponentError, match="embedder="):
        topicore.load(tmp_path / "model")


def test_texts_that_doc2vec_cannot_read_whole_are_told_of_or_split() -> None:
    texts = [*DOCUMENTS, "moon " * 12_000]
    cut = topicore.embedder(tiny_gensim.doc2vec(), epochs=1)
    with pytest.warns(UserWarning, match="longer than the 10000 tokens"):
        topicore.TopicModel(embedder=cut).fit(texts)
    topicore.TopicModel(embedder=cut.fresh(long_documents="chunk")).fit(texts)


def test_a_misspelt_parameter_is_named() -> None:
    with pytest.raises(ParameterError, match="did you mean 'lowercase'"):
        topicore.embedder("gensim:vectors.txt", lower_case=False)
