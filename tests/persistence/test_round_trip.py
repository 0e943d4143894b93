"""A loaded model is the model that was saved."""

from __future__ import annotations

import filecmp
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import issparse
from sklearn.cluster import DBSCAN, AgglomerativeClustering, KMeans
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.mixture import GaussianMixture
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

import topicore
from topicore.errors import InputError
from topicore.model import TopicModel
from topicore.persistence import load, save
from topicore.state import FittedState

NEW = ["the harbour and the anchor", "flour, butter and sugar", "", "zzz qqq", "verdict of the galaxy"]

PIPELINES: dict[str, Callable[[], dict[str, Any]]] = {
    "default": dict,
    "memberships": lambda: {"probabilities": True},
    "merged topics": lambda: {"clusterer": "sklearn.hdbscan", "n_topics": 2},
    "lsa": lambda: {"embedder": "lsa"},
    "joint by name": lambda: {"embedder": ["ppmi", "lsa"]},
    "by role": lambda: {"embedder": {"document": "ppmi", "word": "lsa"}},
    "joint with weights": lambda: {"embedder": topicore.embedder(["ppmi", "lsa"], weights=[1, 0.5])},
    "pipeline": lambda: {"embedder": make_pipeline(TfidfVectorizer(), TruncatedSVD(20, random_state=0))},
    "sparse embeddings": lambda: {"embedder": TfidfVectorizer()},
    "hashing": lambda: {"vectorizer": topicore.vectorizer("hashing", n_features=256)},
    "CountVectorizer object": lambda: {"vectorizer": CountVectorizer(ngram_range=(1, 2), min_df=2)},
    "n-grams": lambda: {"ngram_range": (1, 2), "stop_words": ["the", "of"]},
    "bm25": lambda: {"weighting": topicore.weighting("c-tf-idf", bm25=True)},
    "svd": lambda: {"reducer": "svd:5"},
    "pca": lambda: {"reducer": "pca:5"},
    "identity": lambda: {"reducer": "identity"},
    "sklearn reducer": lambda: {"reducer": PCA(4)},
    "kmeans": lambda: {"clusterer": "kmeans", "n_topics": 4},
    "bisecting k-means": lambda: {"clusterer": "bisecting-kmeans", "n_topics": 4},
    "mini-batch k-means": lambda: {"clusterer": "minibatch-kmeans", "n_topics": 4},
    "gmm": lambda: {"clusterer": "gmm", "n_topics": 4, "probabilities": True},
    "agglomerative": lambda: {"clusterer": "agglomerative", "n_topics": 4},
    "hdbscan": lambda: {"clusterer": "sklearn.hdbscan"},
    "KMeans object": lambda: {"clusterer": KMeans(4, n_init=1, random_state=0)},
    "GaussianMixture object": lambda: {
        "reducer": "svd:5",
        "clusterer": GaussianMixture(4, random_state=0),
        "probabilities": True,
    },
    "DBSCAN object": lambda: {"clusterer": DBSCAN(0.3, metric="cosine")},
    "AgglomerativeClustering object": lambda: {"clusterer": AgglomerativeClustering(4)},
    "manual": lambda: {"clusterer": "manual"},
    "classifier": lambda: {"embedder": TfidfVectorizer(), "clusterer": MultinomialNB()},
    "aspects": lambda: {"representation": {"main": ["projection", "mmr"], "zeta": "keybert", "alpha": "c-tf-idf"}},
}
EXTRAS = ("documents", "tokens", "counts", "embeddings")
NOT_COMPARED = ("components", "predictor", "space", "index", "images", *EXTRAS)


def assert_equal(left: Any, right: Any, what: str) -> None:
    if issparse(left):
        assert issparse(right), what
        assert left.shape == right.shape, what
        left, right = left.toarray(), right.toarray()
    if isinstance(left, np.ndarray):
        assert left.dtype == right.dtype, what
        np.testing.assert_array_equal(left, right, err_msg=what)
    else:
        assert left == right, what


def assert_same_state(left: FittedState, right: FittedState) -> None:
    for name in {field.name for field in fields(FittedState)} - {*NOT_COMPARED}:
        assert_equal(getattr(left, name), getattr(right, name), name)
    assert_equal(left.index.ids, right.index.ids, "ids")
    assert_equal(left.index.sizes, right.index.sizes, "sizes")
    assert list(left.descriptions) == list(right.descriptions)
    ours, theirs = left.components.named(), right.components.named()
    assert [(role, type(part), part.given) for role, part in ours] == [
        (role, type(part), part.given) for role, part in theirs
    ]


def files_of(path: Path) -> list[str]:
    return sorted(file.name for file in path.iterdir())


def assert_same_bytes(left: Path, right: Path) -> None:
    assert files_of(left) == files_of(right)
    assert filecmp.cmpfiles(left, right, files_of(left), shallow=False)[1:] == ([], [])


@pytest.mark.parametrize("pipeline", PIPELINES)
def test_a_loaded_model_predicts_refits_and_saves_as_the_model_did(
    pipeline: str, documents: list[str], labels: list[str], tmp_path: Path
) -> None:
    y = labels if pipeline in ("manual", "classifier") else None
    model = TopicModel(**PIPELINES[pipeline]()).fit(documents, y=y)
    model.save(tmp_path / "first")
    loaded = TopicModel.load(tmp_path / "first")
    assert_same_state(model._fitted, loaded._fitted)
    for texts in (documents, NEW):
        expected, found = model.transform(texts), loaded.transform(texts)
        assert found[0] == expected[0]
        np.testing.assert_array_equal(found[1], expected[1])
    loaded.save(tmp_path / "second")
    assert_same_bytes(tmp_path / "first", tmp_path / "second")
    assert loaded.fit(documents, y=y).topics_ == model.topics_


@pytest.mark.parametrize("sparse", [False, True])
def test_a_model_of_given_embeddings_predicts_from_embeddings(
    sparse: bool, documents: list[str], tmp_path: Path
) -> None:
    rows: Any = TfidfVectorizer().fit_transform(documents)
    rows = rows if sparse else rows.toarray()
    model = TopicModel().fit(documents, embeddings=rows)
    model.save(tmp_path / "model")
    loaded = TopicModel.load(tmp_path / "model")
    assert loaded.transform(documents, embeddings=rows)[0] == model.topics_
    with pytest.raises(InputError, match="pass embeddings="):
        loaded.transform(documents)


def test_what_was_not_included_is_not_there(model: TopicModel, tmp_path: Path) -> None:
    model.save(tmp_path / "model")
    state, _ = load(tmp_path / "model")
    assert [getattr(state, name) for name in EXTRAS] == [None] * 4
    assert not {"documents.jsonl.gz", "tokens.safetensors", "counts.safetensors"} & set(files_of(tmp_path / "model"))


def test_what_was_included_comes_back(model: TopicModel, whole: Path) -> None:
    state, _ = load(whole)
    fitted = model._fitted
    for name in ("documents", "counts", "embeddings"):
        assert_equal(getattr(state, name), getattr(fitted, name), name)
    assert fitted.tokens is not None
    assert state.tokens is not None
    for name in ("ids", "offsets", "vocabulary", "stop"):
        assert_equal(getattr(state.tokens, name), getattr(fitted.tokens, name), name)


def test_images_are_never_stored(model: TopicModel, whole: Path) -> None:
    state, _ = load(whole)
    assert state.images is None


def test_documents_of_any_text_come_back(documents: list[str], tmp_path: Path) -> None:
    odd = ['"quoted" \\ back', "line\nbreak\r\n", "  \u0000", "lone \ud800 surrogate", "كرة القدم 足球 🏀", ""]
    TopicModel().fit([*documents, *odd]).save(tmp_path / "model", include=["documents"])
    state, _ = load(tmp_path / "model")
    assert state.documents is not None
    assert state.documents[len(documents) :] == odd


@pytest.mark.parametrize("include", [["documnets"], "images"])
def test_an_unknown_extra_is_refused(include: Any, model: TopicModel, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a saved model can hold documents, tokens, counts, embeddings"):
        model.save(tmp_path / "model", include=include)
    assert files_of(tmp_path) == []


def test_an_extra_that_the_model_lacks_is_refused(model: TopicModel, tmp_path: Path) -> None:
    model.save(tmp_path / "model")
    with pytest.raises(InputError, match="this model keeps no tokens"):
        TopicModel.load(tmp_path / "model").save(tmp_path / "again", include=["tokens"])


def test_parameters_come_back_as_written_and_live_objects_as_components(
    model: TopicModel, documents: list[str], tmp_path: Path
) -> None:
    state = TopicModel(clusterer="kmeans", n_topics=4, ngram_range=(1, 2)).fit(documents)._fitted
    given = {
        "embedder": "ppmi",
        "clusterer": KMeans(4),
        "n_topics": np.int64(4),
        "ngram_range": (1, 2),
        "observers": [print],
        "representation": {"main": "projection"},
    }
    save(state, tmp_path / "model", parameters=given)
    loaded, parameters = load(tmp_path / "model")
    assert parameters["embedder"] == "ppmi"
    assert parameters["n_topics"] == 4
    assert parameters["ngram_range"] == (1, 2)
    assert parameters["clusterer"] is loaded.components.clusterer
    assert parameters["representation"] == {"main": list(loaded.components.representations["main"])}
    assert "observers" not in parameters


def test_settings_come_back(documents: list[str], tmp_path: Path) -> None:
    model = TopicModel(min_topic_size=7, n_words=4, stop_words=("the", "of"), random_state=3).fit(documents)
    model.save(tmp_path / "model")
    settings = load(tmp_path / "model")[0].settings
    assert (settings.min_topic_size, settings.n_words, settings.random_state) == (7, 4, 3)
    assert (settings.ngram_range, settings.stop_words) == ((1, 1), ("the", "of"))


def test_given_parameters_still_win_over_settings_after_a_load(documents: list[str], tmp_path: Path) -> None:
    model = TopicModel(clusterer=topicore.clusterer("kmeans", n_clusters=3, random_state=5), random_state=9)
    model.fit(documents).save(tmp_path / "model")
    loaded = TopicModel.load(tmp_path / "model").fit(documents)
    clusterer: Any = loaded._fitted.components.clusterer
    assert (clusterer.n_clusters, clusterer.random_state) == (3, 5)
    assert clusterer.given == {"n_clusters", "random_state"}


def test_numpy_numbers_in_parameters_are_numbers_in_the_file(documents: list[str], tmp_path: Path) -> None:
    from topicore.builtin.kmeans import KMeans as Component

    model = TopicModel(clusterer=Component(n_clusters=np.int64(3))).fit(documents)  # type: ignore[arg-type]
    model.save(tmp_path / "model")
    assert '"n_clusters": 3' in (tmp_path / "model" / "clusterer.json").read_text()
