"""model.evaluate(): the table of topics and the figures of the model."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.metrics import adjusted_mutual_info_score, silhouette_samples, silhouette_score

from topicore import TopicModel
from topicore.analysis.evaluation import diversity, evaluate, inverted_rbo
from topicore.analysis.separation import silhouettes
from topicore.analysis.stability import stability
from topicore.errors import InputError

SIZES = ["Documents", "Topics", "Outlier_share", "Smallest", "Median_size", "Largest"]


@pytest.fixture(scope="module")
def model(documents):
    return TopicModel().fit(documents)


def themed(documents, labels, **options):
    rows = np.random.default_rng(0).normal(size=(len(documents), 5))
    return TopicModel(clusterer="manual", **options).fit(documents, embeddings=rows, y=labels)


# tables


def test_the_table_has_a_row_a_topic_and_a_column_a_measure(model):
    found = model.evaluate()
    assert list(found.topics.columns) == ["Topic", "Count", "Name", "NPMI", "C_v", "Diversity", "Silhouette"]
    assert found.topics["Topic"].tolist() == model._state.index.real
    assert found.topics["Count"].tolist() == [model.topic_sizes_[topic] for topic in found.topics["Topic"]]
    assert found.topics["Name"].tolist() == [model.topic_labels_[topic] for topic in found.topics["Topic"]]
    assert not found.topics.isna().any(axis=None)


def test_totals_are_means_over_topics(model):
    found = model.evaluate(coherence=["npmi", "c_v", "uci", "umass"])
    measures = ["NPMI", "C_v", "UCI", "UMass", "Diversity", "Inverted_RBO", "Silhouette"]
    assert list(found.totals) == [*SIZES, *measures]
    for name in ("NPMI", "C_v", "UCI", "UMass"):
        assert found.totals[name] == pytest.approx(found.topics[name].mean())


def test_sizes_and_the_share_of_outliers_are_told():
    found = themed(["sea sea", "sea", "oven", "court", "sky"] * 2, [0, 0, 1, 2, None] * 2).evaluate().totals
    told = {"Documents": 10, "Topics": 3, "Outlier_share": 0.2, "Smallest": 2, "Median_size": 2, "Largest": 4}
    assert {name: found[name] for name in SIZES} == pytest.approx(told)


def test_outliers_are_no_topic(documents, labels):
    some = ["x" if place % 5 == 0 else label for place, label in enumerate(labels)]
    model = themed(documents, some).delete_topics([4])
    assert -1 in model.get_topics()
    found = model.evaluate()
    assert found.topics["Topic"].tolist() == [0, 1, 2, 3]
    assert found.totals["Outlier_share"] == pytest.approx(0.2)


def test_ids_may_have_gaps(model):
    state = model._state
    topics = [7 if topic == 1 else topic for topic in model.topics_]
    moved = model.copy().update_topics(topics=topics)
    before, after = model.evaluate(), moved.evaluate()
    assert after.topics["Topic"].tolist() == [0, 2, 3, 7]
    rows = [0, 2, 3, 1]
    for name in ("Count", "NPMI", "C_v", "Silhouette"):
        assert after.topics[name].tolist() == pytest.approx(before.topics[name].iloc[rows].tolist()), name
    assert model._state is state


def test_evaluation_reads_as_figures_and_a_table(model):
    lines = repr(model.evaluate()).splitlines()
    assert lines[0].split() == ["Documents", "240"]
    assert lines[len(SIZES)].startswith("NPMI")
    assert lines[-1].split()[0] == "3"


def test_tables_are_the_callers_own(model):
    table = model.evaluate().topics
    table["Count"] = 0
    assert model.evaluate().topics["Count"].sum() == 240


# words


def test_coherence_is_that_of_the_words_shown_in_the_tokens_without_stop_words():
    documents = ["the sea and the ship", "the sea, the ship", "sea bread", "oven"] * 2
    found = themed(documents, [0, 0, 0, 1] * 2).evaluate(coherence="npmi", window="document", n_words=2).topics
    # topic 0 shows sea and ship: P = 3/4 and 1/2, together 1/2, as in log(4/3) / log(2); topic 1 shows a single word
    assert found["NPMI"].tolist() == pytest.approx([0.415037, math.nan], abs=1e-6, nan_ok=True)


def test_phrases_of_topics_are_counted(documents, labels):
    model = themed(documents, labels, ngram_range=(2, 2), representation="c-tf-idf")
    found = model.evaluate(coherence="npmi", window="document").topics
    assert found["NPMI"].notna().all()


def test_aspects_are_told_apart(documents, labels):
    words = {"main": "projection", "plain": "c-tf-idf"}
    model = themed(documents, labels, representation=words)
    plain = themed(documents, labels, representation="c-tf-idf")
    assert model.evaluate(aspect="plain").totals == plain.evaluate().totals


def test_an_unknown_aspect_is_refused(model):
    with pytest.raises(InputError, match="no aspect 'short'; aspects are main"):
        model.evaluate(aspect="short")


def test_an_aspect_without_words_is_refused():
    rows = np.eye(8)[[0, 1] * 10]
    model = TopicModel(clusterer="kmeans", n_topics=2, embedder="precomputed").fit(embeddings=rows)
    with pytest.raises(InputError, match=r"aspect 'main' shows no words.*coherence=\(\)"):
        model.evaluate()
    found = model.evaluate(coherence=())
    assert found.totals["Silhouette"] == pytest.approx(1)
    assert math.isnan(found.totals["Diversity"])
    assert math.isnan(found.totals["Inverted_RBO"])


def test_diversity_is_the_share_of_distinct_words():
    # six words shown, five distinct; "a" is in two topics
    topics = [["a", "b"], ["a", "c"], ["d", "e"]]
    assert diversity(topics).tolist() == [0.75, 0.75, 1]
    assert diversity(topics).mean() == pytest.approx(5 / 6)


def test_diversity_of_topics_of_unlike_length_is_the_share_of_all_words_shown():
    model = themed(["sea ship", "sea oven bread flour", "court"] * 2, [0, 1, 2] * 2, representation="c-tf-idf")
    words = [word for topic in range(3) for word, _ in model.get_topic(topic)]
    assert model.evaluate(coherence=()).totals["Diversity"] == pytest.approx(len(set(words)) / len(words))


def test_inverted_rbo_by_hand():
    # agreement of ab and ba: 0 of 1, 2 of 2; p = 0.9: 1 * p**2 + (1 - p) / p * (0 * p + 1 * p**2) = 0.81 + 0.09
    assert inverted_rbo([["a", "b"], ["b", "a"]]) == pytest.approx(0.1)
    assert inverted_rbo([["a", "b"], ["a", "b"]]) == pytest.approx(0)
    assert inverted_rbo([["a", "b"], ["c", "d"]]) == pytest.approx(1)


def test_inverted_rbo_is_the_mean_over_pairs():
    draw = np.random.default_rng(3)
    topics = [draw.permutation(list("abcdefghijklmno"))[:8].tolist() for _ in range(6)]

    def overlap(one, other, p=0.9):
        shares = [len(set(one[:depth]) & set(other[:depth])) / depth for depth in range(1, 9)]
        return shares[-1] * p**8 + (1 - p) / p * sum(share * p**depth for depth, share in enumerate(shares, 1))

    expected = 1 - np.mean([overlap(one, other) for one, other in combinations(topics, 2)])
    assert inverted_rbo(topics) == pytest.approx(expected)


@pytest.mark.parametrize("topics", [[], [["a"]], [[], []]])
def test_inverted_rbo_of_fewer_than_two_lists_is_unknown(topics):
    assert math.isnan(inverted_rbo(topics))


# silhouettes


@pytest.mark.parametrize("make", [np.asarray, csr_array])
def test_silhouettes_are_those_of_scikit_learn_without_outliers(make):
    draw = np.random.default_rng(1)
    rows = draw.normal(size=(120, 6)).astype(np.float32)
    rows[[4, 50]] = 0
    rows[9] = rows[10]
    groups = draw.integers(-1, 4, size=120)
    groups[7] = 4  # alone
    inside = groups >= 0
    found = silhouettes(make(rows), groups, 5)
    expected = silhouette_samples(rows[inside].astype(np.float64), groups[inside], metric="cosine")
    assert np.isnan(found[~inside]).all()
    assert np.allclose(found[inside], expected, atol=1e-5)
    assert found[7] == 0


def test_silhouettes_do_not_depend_on_blocks(monkeypatch):
    rows = np.random.default_rng(1).normal(size=(50, 6)).astype(np.float32)
    groups = np.arange(50) % 3
    whole = silhouettes(rows, groups, 3)
    monkeypatch.setattr("topicore.analysis.separation.BLOCK", 7)
    assert np.allclose(silhouettes(rows, groups, 3), whole)


def test_rows_that_are_all_one_are_neither_near_nor_far():
    assert silhouettes(np.full((6, 3), 0.1, dtype=np.float32), np.arange(6) % 2, 2).tolist() == [0] * 6


def test_silhouette_of_a_model_is_the_mean_over_documents(model):
    found = model.evaluate(coherence=())
    expected = silhouette_score(model._state.embeddings.astype(np.float64), model.topics_, metric="cosine")
    assert found.totals["Silhouette"] == pytest.approx(expected, abs=1e-5)
    counts = found.topics["Count"]
    assert (found.topics["Silhouette"] * counts).sum() / counts.sum() == pytest.approx(expected, abs=1e-5)


def test_a_single_topic_has_no_silhouette():
    found = themed(["sea ship", "sea"] * 3, [0] * 6).evaluate()
    assert math.isnan(found.totals["Silhouette"])
    assert math.isnan(found.totals["Inverted_RBO"])
    assert found.totals["Diversity"] == 1


# stability


def test_a_clusterer_without_chance_finds_the_same_topics_again(documents):
    model = TopicModel(clusterer="agglomerative", n_topics=4).fit([*documents, ""])
    found = model.evaluate(coherence=(), seeds=2)
    assert found.topics["Stability"].tolist() == [1] * 4
    assert found.totals["Stability"] == found.totals["Stability_AMI"] == 1
    assert found.topics["Word_stability"].tolist() == [1] * 4


def test_stability_compares_the_model_with_fits_of_other_seeds(documents):
    rows = np.random.default_rng(0).normal(size=(len(documents), 4)).astype(np.float32)  # no clusters: chance decides
    model = TopicModel(clusterer="kmeans", n_topics=3).fit(documents, embeddings=rows)
    fits = [
        TopicModel(clusterer="kmeans", n_topics=3, random_state=seed).fit(documents, embeddings=rows)
        for seed in (42, 43, 44)
    ]
    found = model.evaluate(coherence=(), seeds=2)
    agreements = [adjusted_mutual_info_score(a.topics_, b.topics_) for a, b in combinations(fits, 2)]
    assert found.totals["Stability_AMI"] == pytest.approx(np.mean(agreements))
    assert found.totals["Stability_AMI"] < 0.95

    def members(fit, topic):
        return {place for place, other in enumerate(fit.topics_) if other == topic}

    def jaccard(one, other):
        return len(one & other) / len(one | other)

    for topic in range(3):
        best = [
            max((jaccard(members(model, topic), members(fit, other)), other) for other in range(3)) for fit in fits[1:]
        ]
        assert found.topics["Stability"][topic] == pytest.approx(np.mean([overlap for overlap, _ in best]))
        own = _weightiest(model, topic)
        shared = [len(own & _weightiest(fit, other)) / 10 for fit, (_, other) in zip(fits[1:], best, strict=True)]
        assert found.topics["Word_stability"][topic] == pytest.approx(np.mean(shared))


def _weightiest(model, topic):
    row = model._state.weights[[model._state.index.row(topic)]].toarray()[0]
    return {model._state.vocabulary[column] for column in np.argsort(-row, kind="stable")[:10]}


def test_steered_models_are_fitted_again_as_they_were_steered(documents):
    options = {"zeroshot_topics": ["judge verdict", "comet orbit"], "zeroshot_min_similarity": 0.3}
    model = TopicModel(clusterer="agglomerative", n_topics=4, **options).fit(documents)
    assert model.evaluate(coherence=(), seeds=1).totals["Stability_AMI"] == 1


def test_topics_that_were_changed_by_hand_are_compared_with_those_that_are_found(documents):
    model = TopicModel(clusterer="agglomerative", n_topics=4).fit(documents).merge_topics([0, 1])
    found = model.evaluate(coherence=(), seeds=1)
    assert sorted(found.topics["Stability"].round(6))[-2:] == [1, 1]
    assert found.topics["Stability"].min() < 0.6


def test_seeds_ask_no_representation(documents, monkeypatch):
    model = TopicModel().fit(documents)
    kind = type(model._state.components.representations["main"][0])
    monkeypatch.setattr(kind, "describe", None)
    assert "Stability" in model.evaluate(seeds=1).totals


def test_a_clusterer_of_classes_cannot_be_fitted_again(documents, labels):
    with pytest.raises(InputError, match="clusterer 'manual' needs the classes"):
        themed(documents, labels).evaluate(seeds=2)


@pytest.mark.parametrize("value", [0, -1, 1.5, True, "5"])
def test_numbers_that_cannot_be_are_refused(model, value):
    for name in ("seeds", "n_words"):
        with pytest.raises(InputError, match=f"{name} must be a whole number of at least 1"):
            model.evaluate(**{name: value})


def test_numbers_may_be_of_numpy(model):
    found = model.evaluate(n_words=np.int64(5), seeds=np.int32(1))
    assert found.totals == model.evaluate(n_words=5, seeds=1).totals


def test_progress_of_seeds_is_told(documents):
    events = []
    model = TopicModel(observers=events.append).fit(documents)
    events.clear()
    model.evaluate(coherence=(), seeds=2)
    assert [(event.done, event.total) for event in events if event.stage == "evaluate"] == [(1, 2), (2, 2)]


# what a model may lack


def test_all_outliers_leave_nothing_to_measure(documents):
    model = TopicModel().fit(documents).delete_topics([0, 1, 2, 3])
    found = model.evaluate(seeds=1)
    assert len(found.topics) == 0
    assert found.totals["Outlier_share"] == 1
    unknown = ["NPMI", "C_v", "Diversity", "Inverted_RBO", "Silhouette", "Stability", "Word_stability"]
    assert all(math.isnan(found.totals[name]) for name in unknown)
    assert "Outlier_share" in repr(found)


def test_fits_that_find_no_topic_again_leave_nothing_stable(model, monkeypatch):
    monkeypatch.setattr("topicore.analysis.stability._refitted", lambda state, *_: np.full(state.n_documents, -1))
    found = stability(model._state, 2, 10, lambda _: None)
    assert found.documents.tolist() == found.words.tolist() == [0] * 4


def test_counts_alone_have_no_windows(documents):
    model = TopicModel(vectorizer="hashing").fit(documents)
    with pytest.raises(InputError, match="vectorizer 'hashing' gives counts alone; fit with vectorizer='count'"):
        model.evaluate()
    found = model.evaluate(coherence=[], seeds=1)
    assert "NPMI" not in found.totals
    assert found.totals["Stability"] > 0


def test_a_loaded_model_is_evaluated_with_its_documents(model, documents, tmp_path):
    model.save(tmp_path / "model")
    loaded = TopicModel.load(tmp_path / "model")
    with pytest.raises(InputError, match="keeps no tokens; pass documents="):
        loaded.evaluate()
    with pytest.raises(InputError, match="keeps no document embeddings; pass embeddings="):
        loaded.evaluate(documents=documents, seeds=1)
    whole = model.evaluate(seeds=2)
    again = loaded.evaluate(documents=documents, embeddings=model._state.embeddings, seeds=2)
    assert again.totals == whole.totals
    assert math.isnan(loaded.evaluate(documents=documents).totals["Silhouette"])


def test_a_model_without_counts_tells_no_stability_of_words(model, tmp_path):
    model.save(tmp_path / "model", include=["embeddings"])
    found = TopicModel.load(tmp_path / "model").evaluate(coherence=(), seeds=1)
    assert math.isnan(found.totals["Word_stability"])
    assert found.totals["Stability"] > 0


def test_other_documents_are_refused(model, documents):
    with pytest.raises(InputError, match="documents has 3 entries"):
        model.evaluate(documents=documents[:3])


def test_topics_of_batches_are_evaluated_with_their_documents(documents):
    model = TopicModel(vectorizer="count", embedder="precomputed", clusterer="minibatch-kmeans", n_topics=4)
    rows = np.random.default_rng(0).normal(size=(len(documents), 4)).astype(np.float32)
    for part in (slice(0, 120), slice(120, 240)):
        model.partial_fit(documents[part], embeddings=rows[part])
    found = model.evaluate(documents=documents, embeddings=rows)
    assert not math.isnan(found.totals["NPMI"])
    assert not math.isnan(found.totals["Silhouette"])


def test_a_model_that_is_not_fitted_says_so():
    with pytest.raises(AttributeError, match="not fitted"):
        TopicModel().evaluate()


def test_the_function_and_the_method_agree(model):
    assert evaluate(model._state).totals == model.evaluate().totals
