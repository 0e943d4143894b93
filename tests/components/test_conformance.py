"""Every built-in component through the conformance kit, a line each."""

from __future__ import annotations

import numpy as np
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.decomposition import PCA, IncrementalPCA, TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler

import topicore
from topicore.registry import build
from topicore.testing import conformance


def lengths(texts):
    return np.array([[len(text), 1.0] for text in texts], dtype=np.float32).reshape(len(texts), 2)


def pipeline():
    return make_pipeline(TfidfVectorizer(), TruncatedSVD(5, random_state=0))


def stream():
    return make_pipeline(HashingVectorizer(n_features=64), MaxAbsScaler())


class Sides:
    """A stream whose rows belong to the side that they lie on."""

    def partial_fit(self, x):
        self.labels_ = self.predict(x)

    def predict(self, x):
        return (x @ np.append([-1, 1], np.zeros(x.shape[1] - 2)) > 0).astype(int)


test_ppmi = conformance(lambda: topicore.embedder("ppmi"))
test_lsa = conformance(lambda: topicore.embedder("lsa"))
test_by_role = conformance(lambda: topicore.embedder({"document": "ppmi", "word": topicore.embedder("ppmi", window=5)}))
test_joint = conformance(lambda: topicore.embedder(["ppmi", "lsa"], weights=[1, 0.5]))
test_sklearn_embedder = conformance(lambda: topicore.embedder(pipeline()), native=pipeline)
test_callable = conformance(lambda: topicore.embedder(lengths))

test_svd = conformance(lambda: topicore.reducer("svd", n_components=3))
test_pca = conformance(lambda: topicore.reducer("pca", n_components=3))
test_incremental_pca = conformance(lambda: topicore.reducer("incremental-pca", n_components=3))
test_identity = conformance(lambda: topicore.reducer("identity"))
test_sklearn_reducer = conformance(lambda: topicore.reducer(PCA(2)), native=lambda: PCA(2))

test_graph = conformance(lambda: topicore.clusterer("graph"))
test_kmeans = conformance(lambda: topicore.clusterer("kmeans"))
test_bisecting_kmeans = conformance(lambda: topicore.clusterer("bisecting-kmeans"))
test_minibatch_kmeans = conformance(lambda: topicore.clusterer("minibatch-kmeans"))
test_gmm = conformance(lambda: topicore.clusterer("gmm"))
test_agglomerative = conformance(lambda: topicore.clusterer("agglomerative"))
test_sklearn_hdbscan = conformance(lambda: topicore.clusterer("sklearn.hdbscan"))
test_manual = conformance(lambda: topicore.clusterer("manual"))
test_sklearn_clusterer = conformance(
    lambda: topicore.clusterer(KMeans(2, n_init=1)), native=lambda: KMeans(2, n_init=1)
)
test_sklearn_online_reducer = conformance(lambda: topicore.reducer(IncrementalPCA(2)), native=lambda: IncrementalPCA(2))
test_sklearn_online_clusterer = conformance(
    lambda: topicore.clusterer(MiniBatchKMeans(2, n_init=1)), native=lambda: MiniBatchKMeans(2, n_init=1)
)
test_sklearn_online_embedder = conformance(lambda: topicore.embedder(stream()), native=stream)
test_sklearn_classifier = conformance(lambda: topicore.clusterer(LogisticRegression()), native=LogisticRegression)

test_incremental = conformance(lambda: topicore.clusterer(Sides()))

test_count = conformance(lambda: topicore.vectorizer("count"))
test_hashing = conformance(lambda: topicore.vectorizer("hashing", n_features=512))
test_sklearn_count = conformance(lambda: topicore.vectorizer(CountVectorizer()), native=CountVectorizer)

test_c_tf_idf = conformance(lambda: topicore.weighting("c-tf-idf"))

test_projection = conformance(lambda: topicore.representation("projection"))
test_plain_words = conformance(lambda: topicore.representation("c-tf-idf"))
test_mmr = conformance(lambda: topicore.representation("mmr"))
test_keybert = conformance(lambda: topicore.representation("keybert"))
test_embedded_mmr = conformance(lambda: topicore.representation("mmr.embedded"))
test_embedded_keybert = conformance(lambda: topicore.representation("keybert.embedded"))
test_phrases = conformance(lambda: topicore.representation("phrases"))
test_representative = conformance(lambda: topicore.representation("representative"))

test_serial = conformance(lambda: build("executor", "serial"))
test_threads = conformance(lambda: build("executor", "threads:2"))
test_progress = conformance(lambda: build("observer", "progress"))
