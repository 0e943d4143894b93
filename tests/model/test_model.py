"""Documents in, topics out: what a fit promises."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import adjusted_mutual_info_score
from sklearn.pipeline import make_pipeline

import topicore
from topicore import TopicModel
from topicore.errors import InputError

CLUSTERERS = ["graph", "kmeans", "bisecting-kmeans", "minibatch-kmeans", "gmm", "agglomerative", "sklearn.hdbscan"]


@pytest.fixture(scope="module")
def model(documents):
    return TopicModel().fit(documents)


def test_the_default_finds_the_planted_themes(model, labels):
    assert adjusted_mutual_info_score(labels, model.topics_) > 0.9
    assert model.topic_sizes_.total() == len(labels)


def test_topics_are_numbered_by_size_and_ties_by_first_document(documents):
    topics, _ = TopicModel(clusterer="manual").fit_transform(documents[:12], y=list("bbaacccdddde"))
    assert topics == [2, 2, 3, 3, 1, 1, 1, 0, 0, 0, 0, 4]


@pytest.mark.parametrize("clusterer", CLUSTERERS)
def test_transform_of_the_training_documents_gives_the_fitted_topics(clusterer, documents):
    model = TopicModel(clusterer=clusterer)
    topics, strengths = model.fit_transform(documents)
    again, same = model.transform(documents)
    assert again == topics
    assert np.allclose(same, strengths, atol=1e-4)
    assert strengths.dtype == np.float32


@pytest.mark.parametrize("clusterer", CLUSTERERS)
def test_a_topic_does_not_depend_on_the_batch(clusterer, documents):
    model = TopicModel(clusterer=clusterer).fit(documents[:160])
    together, strengths = model.transform(documents[160:200])
    alone = [model.transform(text) for text in documents[160:200]]
    assert [topics[0] for topics, _ in alone] == together
    assert np.allclose([found[0] for _, found in alone], strengths, atol=1e-5)


@pytest.mark.parametrize(
    "clusterer", ["graph", "kmeans", "gmm", "agglomerative", "sklearn.hdbscan", "bisecting-kmeans"]
)
def test_n_topics_is_honoured_exactly(clusterer, documents):
    clusterer = topicore.clusterer(clusterer) if clusterer != "sklearn.hdbscan" else clusterer
    model = TopicModel(clusterer=clusterer, n_topics=3).fit(documents)
    assert [topic for topic in model.get_topics() if topic != -1] == [0, 1, 2]


def test_documents_without_a_known_word_are_outliers(documents):
    mixed = [*documents, "", "   ", "!!!", "😀", "qqqq"]
    model = TopicModel()
    topics, strengths = model.fit_transform(mixed)
    assert topics[-5:] == [-1] * 5
    assert not strengths[-5:].any()
    assert -1 not in topics[:-5]
    assert model.transform(["", "galaxy comet planet", "zzzz"])[0][::2] == [-1, -1]


def test_memberships_are_one_column_a_topic_everywhere(documents):
    model = TopicModel(probabilities=True)
    topics, shares = model.fit_transform([*documents, ""])
    assert shares.shape == (len(documents) + 1, len(set(topics) - {-1}))
    assert (shares.sum(axis=1) <= 1 + 1e-5).all()
    assert (shares[:-1].argmax(axis=1) == topics[:-1]).mean() > 0.95
    _, again = model.transform([*documents, ""])
    assert np.allclose(again, shares, atol=1e-5)


def test_memberships_of_a_hard_clusterer_are_refused_before_the_fit(documents):
    with pytest.raises(InputError, match="probabilities=True needs a clusterer with memberships"):
        TopicModel(clusterer="kmeans", probabilities=True).fit(documents)


def test_given_embeddings_replace_the_embedder(documents, labels):
    rows = topicore.embed("lsa", documents)
    model = TopicModel().fit(documents, embeddings=rows)
    assert adjusted_mutual_info_score(labels, model.topics_) > 0.9
    assert model.transform(documents[:5], embeddings=rows[:5])[0] == model.topics_[:5]
    with pytest.raises(InputError, match="pass embeddings="):
        model.transform(documents[:5])


def test_sparse_embeddings_work_from_end_to_end(documents, labels):
    rows = TfidfVectorizer().fit_transform(documents)
    before = rows.indices.copy(), rows.data.copy()
    for reducer in (None, "svd"):
        model = TopicModel(reducer=reducer).fit(documents, embeddings=rows)
        assert adjusted_mutual_info_score(labels, model.topics_) > 0.8
        assert model.topic_embeddings_.shape == (len(model.get_topics()), rows.shape[1])
        assert model.transform(documents, embeddings=rows)[0] == model.topics_
        assert model.get_topic(0)
    assert (rows.indices == before[0]).all()
    assert (rows.data == before[1]).all()


def test_scikit_learn_objects_are_used_and_left_alone(documents, labels):
    pipeline, reducer, clusterer = make_pipeline(TfidfVectorizer()), PCA(5), KMeans(4, n_init=3, random_state=0)
    pipeline = make_pipeline(TfidfVectorizer(), PCA(20, svd_solver="arpack"))
    model = TopicModel(embedder=pipeline, reducer=reducer, clusterer=clusterer).fit(documents)
    assert adjusted_mutual_info_score(labels, model.topics_) > 0.9
    assert not hasattr(reducer, "components_")
    assert not hasattr(clusterer, "labels_")
    assert model.transform(documents)[0] == model.topics_


def test_classes_steer_a_classifier_and_name_the_topics(documents, labels):
    known = [label if place % 3 else None for place, label in enumerate(labels)]
    model = TopicModel(clusterer=LogisticRegression()).fit(documents, y=known)
    assert adjusted_mutual_info_score(labels, model.topics_) > 0.95
    assert set(model.topic_labels_.values()) == {"court", "oven", "sea", "sky"}


def test_manual_topics_take_their_class_names(documents, labels):
    model = TopicModel(clusterer="manual").fit(documents, y=[*labels[:-1], -1])
    assert model.topics_[-1] == -1
    named = {label: model.topic_labels_[topic] for label, topic in zip(labels[:-1], model.topics_, strict=False)}
    assert named == {label: label for label in set(labels)}


def test_minibatch_objects_take_float32_rows(documents):
    rows = topicore.embed("lsa", documents).astype(np.float32)
    assert TopicModel(clusterer=MiniBatchKMeans(4, n_init=3)).fit(documents, embeddings=rows).topics_


def test_a_callable_and_a_list_are_embedders(documents, labels):
    def lengths(texts):
        return np.array([[len(text), 1 + text.count("e")] for text in texts])

    model = TopicModel(embedder=[lengths, "ppmi"]).fit(documents)
    assert model.transform(documents)[0] == model.topics_


@pytest.mark.parametrize(
    "documents",
    [
        ["one lonely document about harbours"],
        ["all the same words"] * 100,
        ["cat dog", "fish bird"],
        ["word " * 20_000 + "tail", *[f"short text number {n}" for n in range(20)]],
        ["mixed Кириллица 漢字 हिन्दी", "ещё русский текст", "漢字 文章", "हिन्दी पाठ यहाँ"] * 5,
    ],
    ids=["one", "identical", "two", "long", "scripts"],
)
def test_strange_corpora_are_small_models(documents):
    model = TopicModel()
    topics, _ = model.fit_transform(documents)
    assert len(topics) == len(documents)
    assert model.transform(documents)[0] == topics
    assert len(model.get_topic_info()) == len(set(topics))


def test_equal_documents_have_equal_topics(documents):
    model = TopicModel().fit(documents + documents[:50])
    assert model.topics_[:50] == model.topics_[-50:]


def test_copy_shares_the_state_and_parts_ways_at_the_next_fit(model, documents):
    twin = model.copy()
    assert twin._state is model._state
    twin.fit(documents[:100])
    assert len(model.topics_) == len(documents)


def test_find_topics_by_text(model, documents, labels):
    found, cosines = model.find_topics("telescope galaxy", top_n=2)
    assert labels[model.topics_.index(found[0])] == "sky"
    assert cosines[0] > cosines[1]
    with pytest.raises(InputError, match="knows no word of the search term"):
        model.find_topics("zzzz")
    with pytest.raises(InputError, match="search_term must be a text"):
        model.find_topics("")


def test_aspects_and_chains(documents):
    model = TopicModel(representation={"main": ["projection", "mmr"], "plain": "c-tf-idf", "close": "keybert"})
    model.fit(documents)
    assert list(model.topic_aspects_) == ["plain", "close"]
    assert {"plain", "close"} <= set(model.get_topic_info().columns)
    full = model.get_topic(0, full=True)
    assert list(full) == ["Main", "plain", "close"]
    assert all(len(terms) == 10 for terms in full.values())


def test_repr_shows_the_resolved_pipeline(model):
    text = repr(model)
    assert "ppmi" in text
    assert f"topicore {topicore.__version__}" in text
    assert "240 documents, 4 topics" in text
    assert "not fitted" in repr(TopicModel())
    assert "n_topics=5" in repr(TopicModel(n_topics=5))


def test_images_and_texts_of_one_row_are_averaged(documents):
    from topicore.components import Embedder

    class Both(Embedder):
        def embed(self, texts, /, *, role="document"):
            return np.array([[len(text), 1.0] for text in texts], dtype=np.float32)

        def embed_images(self, images, /):
            return np.array([[image, 3.0] for image in images], dtype=np.float32)

    rows = topicore.embed(Both(), ["ab", "abcd", ""], [10, None, 6])
    assert rows.tolist() == [[6.0, 2.0], [4.0, 1.0], [6.0, 3.0]]
    assert topicore.embed(Both(), images=[7]).tolist() == [[7.0, 3.0]]


def test_documents_of_known_class_keep_it_in_transform(documents, labels):
    wrong = ["sea" if place % 10 == 0 else label for place, label in enumerate(labels)]
    model = TopicModel(clusterer=LogisticRegression()).fit(documents, y=wrong)
    topic = {name: topic for topic, name in model.topic_labels_.items()}
    assert model.topics_ == [topic[label] for label in wrong]
    assert model.transform(documents)[0] == model.topics_
