"""Prediction agrees with training: whatever the parts, the batch, the changes, and after a load."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import DBSCAN, MeanShift
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.mixture import GaussianMixture

import topicore
from topicore import TopicModel
from topicore.components import Assignment, Clusterer, Embedder
from topicore.errors import InputError
from topicore.specs import ClustererSpec, EmbedderSpec

PARTS = {
    "graph": {},
    "graph, reduced": {"reducer": "svd:20"},
    "kmeans": {"clusterer": "kmeans", "n_topics": 5},
    "kmeans of pca": {"clusterer": "kmeans", "n_topics": 5, "reducer": "pca:10"},
    "minibatch-kmeans": {"clusterer": "minibatch-kmeans", "n_topics": 5},
    "bisecting-kmeans": {"clusterer": "bisecting-kmeans", "n_topics": 5},
    "gmm": {"clusterer": "gmm", "n_topics": 4, "reducer": "pca:5"},
    "agglomerative": {"clusterer": "agglomerative", "n_topics": 5},
    "hdbscan": {"clusterer": "sklearn.hdbscan", "reducer": "pca:5"},
    "objects": {"clusterer": GaussianMixture(4, random_state=0), "reducer": PCA(5)},
    "no predict": {"clusterer": DBSCAN(eps=0.6, metric="cosine")},
    "another predict": {"clusterer": MeanShift(), "reducer": PCA(3)},
    "classifier": {"clusterer": LogisticRegression()},
    "manual": {"clusterer": "manual"},
    "zero-shot": {"zeroshot_topics": ["judge verdict", "flour butter"], "zeroshot_min_similarity": 0.5},
    "guided": {"seed_topics": [["judge", "verdict"], ["flour"]]},
    "joint": {"embedder": ["ppmi", "lsa"]},
    "hashing": {"vectorizer": "hashing"},
}


@pytest.mark.parametrize("parts", PARTS)
def test_documents_of_the_fit_get_their_topic_in_any_batch_and_after_a_load(
    parts: str, documents: list[str], labels: list[str], tmp_path
):
    y = [label if place % 3 else None for place, label in enumerate(labels)] if parts == "classifier" else None
    model = TopicModel(**PARTS[parts]).fit(documents, y=labels if parts == "manual" else y)
    topics, strengths = model.transform(documents)
    assert topics == model.topics_
    np.testing.assert_allclose(strengths, model.probabilities_, atol=1e-6)
    some = range(0, len(documents), 23)
    for place in some:
        alone, strength = model.transform(documents[place])
        assert alone == [model.topics_[place]]
        np.testing.assert_allclose(strength, strengths[[place]], atol=1e-6)
    new = ["judge flour verdict the", "anchor harbour reef", "comet comet butter lawyer"]
    together = model.transform(new)[0]
    assert together == [model.transform([text])[0][0] for text in new]
    assert together == model.transform(documents[:50] + new)[0][50:]
    model.save(tmp_path / "model")
    loaded = topicore.load(tmp_path / "model")
    assert loaded.transform(documents)[0] == model.topics_
    assert loaded.transform(new)[0] == together


@pytest.mark.parametrize("parts", ["graph", "gmm", "zero-shot", "guided", "objects"])
def test_probabilities_have_one_shape_everywhere(parts: str, documents: list[str], tmp_path):
    model = TopicModel(**PARTS[parts], probabilities=True).fit(documents)
    for _ in range(2):
        shape = (len(documents), len(model._fitted.index.real))
        assert model.probabilities_.shape == model.transform(documents)[1].shape == shape
        assert model.probabilities_.dtype == model.transform(documents)[1].dtype == np.float32
        assert model.probabilities_.sum(axis=1).max() <= 1 + 1e-5
        model.save(tmp_path / "model")
        loaded = topicore.load(tmp_path / "model")
        np.testing.assert_array_equal(loaded.probabilities_, model.probabilities_)
        np.testing.assert_allclose(loaded.transform(documents)[1], model.transform(documents)[1], atol=1e-6)
        model.update_topics(topics=[-1 if place < 5 else topic for place, topic in enumerate(model.topics_)])


def test_one_text_and_its_embedding_are_taken_as_one_document(documents: list[str]):  # the peer's trap 22
    rows = np.random.default_rng(0).normal(size=(len(documents), 8)).astype(np.float32)
    model = TopicModel(clusterer="kmeans", n_topics=3).fit(documents, embeddings=rows)
    assert model.transform(documents[7], embeddings=rows[[7]])[0] == [model.topics_[7]]
    with pytest.raises(InputError, match="documents is empty"):
        model.approximate_distribution(documents=[])


class Batchwise(Clusterer):
    """Labels rows by the side of the mean of their call that they are on."""

    spec = ClustererSpec(name="batchwise", target="tests:Batchwise", summary="By the batch.", batch_invariant=False)

    def fit_predict(self, x, y=None, /):
        return self.predict(x)

    def predict(self, x, /):
        return Assignment(labels=(x[:, 0] > x[:, 0].mean()).astype(np.int64))


def test_a_part_that_depends_on_the_batch_is_a_warning(documents: list[str]):
    model = TopicModel(clusterer=Batchwise()).fit(documents)
    with pytest.warns(UserWarning, match="may depend on which documents are in the call.*clusterer 'batchwise'"):
        model.transform(documents[:10])


class Shades(Embedder):
    """Two columns: dark and light, of words and of pictures."""

    spec = EmbedderSpec(
        name="shades", target="tests:Shades", summary="Shades.", modalities=frozenset({"text", "image"})
    )

    def embed(self, texts, /, *, role="document"):
        return np.array([[text.count("dark") + 0.01, text.count("light")] for text in texts], dtype=np.float32)

    def embed_images(self, images, /):
        return np.array([[255 - image.mean(), image.mean()] for image in images], dtype=np.float32)


def test_topics_are_found_by_image():
    model = TopicModel(embedder=Shades(), clusterer="kmeans", n_topics=2).fit(["dark dark"] * 3 + ["light light"] * 2)
    topics, cosines = model.find_topics(image=np.full((2, 2), 250, dtype=np.uint8), top_n=1)
    assert model.topics_[-1] == topics[0]
    assert cosines[0] > 0.99
    for call in (
        lambda: model.find_topics(),
        lambda: model.find_topics("dark", image=np.zeros((2, 2))),
    ):
        with pytest.raises(InputError, match="takes a search_term or an image"):
            call()
    with pytest.raises(InputError, match="embeds only text"):
        TopicModel().fit(["a boat", "a boat", "an oven"]).find_topics(image="a.png")
