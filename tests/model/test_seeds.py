"""What users of other topic models write for embeddings, written for topicore: the parts that need no plugin.

The snippets for each backend run in the tests of its plugin.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline

import topicore
from topicore import TopicModel
from topicore.components import Embedder

ABSTRACTS = Path(__file__).parents[2] / "docs" / "data" / "arxiv-cs.jsonl.gz"


@pytest.fixture(scope="module")
def docs() -> list[str]:
    with gzip.open(ABSTRACTS, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["abstract"] for line in lines][:400]


def test_a_pipeline_of_scikit_learn_embeds_documents_and_words(docs):
    pipe = make_pipeline(TfidfVectorizer(), TruncatedSVD(100))

    topic_model = TopicModel(embedder=pipe, representation="keybert.embedded")
    topics, probs = topic_model.fit_transform(docs)

    assert len(topics) == len(probs) == len(docs)
    assert len(topic_model.get_topics()) > 2
    assert not hasattr(pipe.steps[0][1], "vocabulary_")  # the pipeline handed in stays unfitted


class CustomEmbedder(Embedder):
    """A backend of one's own, with the model handed in and no call of ``super().__init__``."""

    def __init__(self, embedding_model):
        self.embedding_model = embedding_model

    def embed(self, texts, /, *, role="document"):
        return np.asarray(self.embedding_model(texts), dtype=np.float32)


def test_a_backend_of_ones_own(docs):
    def embedding_model(texts):
        return [[text.count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"] for text in texts]

    topic_model = TopicModel(embedder=CustomEmbedder(embedding_model))
    topics, _ = topic_model.fit_transform(docs)

    assert topic_model.transform(docs[:20])[0] == topics[:20]


def test_embeddings_made_before(docs):
    embeddings = topicore.embed("lsa", docs)

    topic_model = TopicModel()
    topics, _ = topic_model.fit_transform(docs, embeddings)

    assert topics == TopicModel(embedder="lsa").fit(docs).topics_


def test_a_tfidf_matrix_as_embeddings(docs):
    vectorizer = TfidfVectorizer(min_df=5)
    embeddings = vectorizer.fit_transform(docs)

    topic_model = TopicModel(stop_words="english")
    topics, _ = topic_model.fit_transform(docs, embeddings)

    assert len(set(topics)) > 2
    assert topic_model.embeddings_.shape == embeddings.shape
    assert topic_model.transform(docs[:20], embeddings=embeddings[:20])[0] == topics[:20]


def test_documents_by_one_embedder_and_words_by_another(docs):
    """Different embedders for documents and words: rows made before, and a representation that embeds."""

    class ByRole(Embedder):
        def __init__(self):
            self.roles = []

        def embed(self, texts, /, *, role="document"):
            self.roles.append(role)
            letters = "abcdefghijklmnopqrstuvwxyz"
            return np.array([[text.count(letter) for letter in letters] for text in texts], dtype=np.float32)

    embedder = ByRole()
    TopicModel(embedder=embedder, representation="keybert.embedded").fit(docs[:100])
    assert {"document", "word"} <= set(embedder.roles)
