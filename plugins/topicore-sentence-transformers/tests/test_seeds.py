"""What the pages on embedding models show, in the words of topicore; published names lead to small local models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_sentence_transformers as tiny_models

import topicore
from topicore import TopicModel
from topicore.components import Embedder, FloatMatrix, Role
from topicore_sentence_transformers.loading import quiet

THEMES = ("A rocket to the moon", "Bread from the oven", "A goal in the league", "The judge of the court")
DOCS = [f"{theme} {ending}" for ending in ("yesterday", "as expected", "once more", "at last") for theme in THEMES]


@pytest.fixture(autouse=True)
def downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The models that the pages name, as if they had been downloaded, and no network."""
    published = {
        "sentence-transformers/all-MiniLM-L6-v2": tiny_models.minilm(),
        "BAAI/bge-base-en-v1.5": tiny_models.sentence_transformer(),
    }
    tiny_models.cached(tmp_path / "downloads", published)
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(tmp_path / "downloads"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with quiet():
        yield


def check(model: TopicModel) -> None:
    model.fit(DOCS)
    assert len(model.topics_) == len(DOCS)
    assert np.isfinite(model.topic_embeddings_).all()


def test_a_model_by_name() -> None:
    check(TopicModel(embedder="sentence-transformers:all-MiniLM-L6-v2"))


def test_a_model_with_your_parameters() -> None:
    from sentence_transformers import SentenceTransformer

    sentence_model = SentenceTransformer("all-MiniLM-L6-v2")
    topic_model = TopicModel(embedder=sentence_model)
    check(topic_model)


def test_another_published_model() -> None:
    from sentence_transformers import SentenceTransformer

    embedding_model = SentenceTransformer("BAAI/bge-base-en-v1.5")
    topic_model = TopicModel(embedder=embedding_model)
    check(topic_model)
    check(TopicModel(embedder="sentence-transformers:BAAI/bge-base-en-v1.5"))


def test_a_published_model_is_saved_by_its_id(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    embedder = topicore.embedder(SentenceTransformer("BAAI/bge-base-en-v1.5"))
    assert embedder.external() is None
    assert embedder.config()["model"] == "BAAI/bge-base-en-v1.5"
    model = TopicModel(embedder=embedder).fit(DOCS)
    model.save(tmp_path / "model")
    assert list(topicore.load(tmp_path / "model").transform(DOCS)[0]) == list(model.topics_)


def test_an_embedder_of_your_own() -> None:
    from sentence_transformers import SentenceTransformer

    class CustomEmbedder(Embedder):
        def __init__(self, embedding_model: Any) -> None:
            self.embedding_model = embedding_model

        def embed(self, texts: Sequence[str], /, *, role: Role = "document") -> FloatMatrix:
            rows: FloatMatrix = self.embedding_model.encode(list(texts), show_progress_bar=False)
            return rows.reshape(len(texts), -1)

    # Create custom backend
    embedding_model = SentenceTransformer("all-MiniLM-L6-v2")
    custom_embedder = CustomEmbedder(embedding_model=embedding_model)

    # Pass custom backend to topicore
    check(TopicModel(embedder=custom_embedder))


def test_embeddings_of_your_own() -> None:
    from sentence_transformers import SentenceTransformer

    # Prepare embeddings
    sentence_model = SentenceTransformer("all-MiniLM-L6-v2")
    embeddings = sentence_model.encode(DOCS, show_progress_bar=False)

    # Train our topic model using our pre-trained sentence-transformers embeddings
    topic_model = TopicModel()
    topics, _ = topic_model.fit_transform(DOCS, embeddings)
    assert len(topics) == len(DOCS)
