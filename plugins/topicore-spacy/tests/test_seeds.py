"""The snippets that users of topic models know, with tiny pipelines under the published names."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest
import tiny_spacy

import topicore
from topicore import TopicModel

DOCUMENTS = tiny_spacy.documents()


@pytest.fixture(autouse=True)
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The published names as folders in the working directory."""
    copytree(tiny_spacy.vectors(), tmp_path / "en_core_web_md")
    copytree(tiny_spacy.transformer(), tmp_path / "en_core_web_trf")
    copytree(tiny_spacy.tagger(), tmp_path / "en_core_web_sm")
    monkeypatch.chdir(tmp_path)


def test_pipelines_with_word_vectors() -> None:
    import spacy

    nlp = spacy.load("en_core_web_md", exclude=["tagger", "parser", "ner", "attribute_ruler", "lemmatizer"])
    topic_model = TopicModel(embedder=nlp)

    by_object = topic_model.fit(DOCUMENTS).topics_
    by_name = TopicModel(embedder="spacy:en_core_web_md").fit(DOCUMENTS).topics_
    assert list(by_object) == list(by_name)
    assert len(set(by_object)) == 4


def test_transformer_pipelines() -> None:
    import spacy

    spacy.prefer_gpu()
    nlp = spacy.load("en_core_web_trf", exclude=["tagger", "parser", "ner", "attribute_ruler", "lemmatizer"])
    topic_model = TopicModel(embedder=nlp)

    by_object = topic_model.fit(DOCUMENTS).topics_
    by_name = TopicModel(embedder="spacy:en_core_web_trf").fit(DOCUMENTS).topics_
    assert list(by_object) == list(by_name)


def test_transformer_pipelines_with_an_allocator_of_their_own() -> None:
    import spacy
    from thinc.api import get_current_ops, require_gpu, set_gpu_allocator

    nlp = spacy.load("en_core_web_trf", exclude=["tagger", "parser", "ner", "attribute_ruler", "lemmatizer"])
    set_gpu_allocator("pytorch")
    if spacy.prefer_gpu():
        require_gpu(0)
    else:
        with pytest.raises(ValueError, match="GPU"):
            require_gpu(0)
    topic_model = TopicModel(embedder=nlp)

    chosen = type(get_current_ops())
    assert len(topic_model.fit(DOCUMENTS).topics_) == len(DOCUMENTS)
    assert type(get_current_ops()) is chosen


def test_parts_of_speech() -> None:
    representation_model = topicore.representation("spacy.pos:en_core_web_sm")
    topic_model = TopicModel(representation=representation_model)
    patterns = [[{"POS": "ADJ"}, {"POS": "NOUN"}], [{"POS": "NOUN"}], [{"POS": "ADJ"}]]
    own = TopicModel(representation=topicore.representation("spacy.pos:en_core_web_sm", patterns=patterns))

    sentences = [" ".join(words) for words, _ in tiny_spacy.sentences()] * 8
    assert "rises" not in str(topic_model.fit(sentences).get_topics())
    words = str(own.fit(sentences).get_topics())
    assert "bread" in words
    assert "paris" not in words
