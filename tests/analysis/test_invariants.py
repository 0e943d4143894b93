"""Whatever is done to topics, in whatever order, everything that is known of them fits together."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from topicore import TopicModel, load
from topicore.components import Description, Representation
from topicore.counts import group_sums
from topicore.pipeline.describing import describe
from topicore.pipeline.view import mean_rows, view_of
from topicore.state import TopicIndex


class Model(Representation):
    """Stands for a language model: counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def fresh(self, **parameters: object) -> Model:
        return self

    def describe(self, view, /):
        self.asked += 1
        return {topic: Description(label=f"label of {view.terms(topic, n=1)[0][0]}") for topic in view.topics}


def merge(model: TopicModel, draw: Callable) -> None:
    real = model._fitted.index.real
    if len(real) > 1:
        model.merge_topics(draw(st.lists(st.sampled_from(real), min_size=2, max_size=3, unique=True)))


def delete(model: TopicModel, draw: Callable) -> None:
    real = model._fitted.index.real
    if len(real) > 2:
        model.delete_topics(draw(st.sampled_from(real)))


def reduce(model: TopicModel, draw: Callable) -> None:
    model.reduce_topics(draw(st.one_of(st.integers(2, 6), st.just("auto"))), use_ctfidf=draw(st.booleans()))


def grams(model: TopicModel, draw: Callable) -> None:
    model.update_topics(ngram_range=draw(st.sampled_from([(1, 1), (1, 2), (2, 2)])))


def words(model: TopicModel, draw: Callable) -> None:
    model.update_topics(n_words=draw(st.integers(3, 12)), weighting=draw(st.sampled_from([None, "c-tf-idf"])))


def move(model: TopicModel, draw: Callable) -> None:
    topics = model.topics_
    goals = [*model._fitted.index.topics, -1, max(topics) + draw(st.integers(1, 3))]
    for place in draw(st.lists(st.integers(0, len(topics) - 1), min_size=1, max_size=30)):
        topics[place] = draw(st.sampled_from(goals))
    if max(topics) >= 0:
        model.update_topics(topics=topics)


def outliers(model: TopicModel, draw: Callable) -> None:
    strategy = draw(st.sampled_from(["distributions", "c-tf-idf", "embeddings", "probabilities"]))
    model.update_topics(topics=model.reduce_outliers(strategy=strategy))


def label(model: TopicModel, draw: Callable) -> None:
    model.set_topic_labels({draw(st.sampled_from(model._fitted.index.topics)): draw(st.sampled_from("ABC"))})


STEPS = [merge, delete, reduce, grams, words, move, outliers, label]


def check(model: TopicModel) -> None:
    state = model._fitted
    index, real = state.index, state.index.real
    rows = index.rows(state.assignments)
    assert index.topics == TopicIndex.of(state.assignments).topics
    assert index.sizes.tolist() == np.bincount(rows, minlength=len(index)).tolist()
    assert abs(state.topic_counts - group_sums(state.counts, rows, len(index))).sum() == 0
    assert state.topic_counts.shape == (len(index), len(state.vocabulary))
    np.testing.assert_allclose(
        state.topic_embeddings, mean_rows(state.embeddings, state.assignments, index), atol=1e-5, rtol=1e-4
    )
    fresh = state.components.weighting.fresh().fit_transform(state.topic_counts, state.vocabulary)
    assert abs(csr_array(state.weights) - fresh).max() < 1e-12
    assert state.memberships.shape == (len(state.assignments), len(real))
    shares = state.memberships.toarray()
    assert shares.min() >= 0
    assert shares.sum(axis=1).max() <= 1 + 1e-5
    inside = np.flatnonzero(state.assignments >= 0)
    own = shares[inside, index.places(state.assignments[inside])]
    np.testing.assert_allclose(state.strengths[inside], own, atol=1e-6)
    assert not state.strengths[state.assignments < 0].any()
    assert set(np.unique(state.mapping)) <= {*real, -1}
    for described in state.descriptions.values():
        assert list(described) == index.topics
    chain = {"main": state.components.representations["main"]}
    assert describe(view_of(state, None), chain, lambda event: None)["main"] == state.descriptions["main"]
    assert list(state.representative) == index.topics
    for topic, places in state.representative.items():
        assert len(places) == min(3, index.size(topic))
        assert (state.assignments[list(places)] == topic).all()
    assert set(state.custom) <= set(index.topics)
    info = model.get_topic_info()
    assert info["Topic"].tolist() == index.topics
    assert info["Count"].sum() == len(state.assignments)
    assert len(model.get_document_info()) == len(state.assignments)
    assert model.probabilities_.shape == shares.shape


@pytest.fixture(scope="module")
def fitted(documents: list[str]) -> TopicModel:
    chains = {"main": "projection", "model": Model(), "both": ["projection", Model()]}
    model = TopicModel(n_topics=8, min_topic_size=5, probabilities=True, representation=chains).fit(documents)
    return model.update_topics(topics=[-1 if place % 17 == 0 else topic for place, topic in enumerate(model.topics_)])


@pytest.mark.filterwarnings("ignore:terms are counted or weighed otherwise now")
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_sequence_of_operations_keeps_everything_consistent(
    data: st.DataObject, fitted: TopicModel, documents: list[str]
) -> None:
    model, before = fitted.copy(), fitted._fitted
    asked = [
        link.asked for chain in before.components.representations.values() for link in chain if hasattr(link, "asked")
    ]
    kept = before.assignments.tolist()
    for step in data.draw(st.lists(st.sampled_from(STEPS), min_size=1, max_size=5)):
        step(model, data.draw)
        check(model)
    chains = model._fitted.components.representations.values()
    assert asked == [link.asked for chain in chains for link in chain if hasattr(link, "asked")]
    assert fitted._fitted is before
    assert before.assignments.tolist() == kept
    assert model.transform(documents)[0] == model.topics_


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_changed_model_is_the_same_after_save_and_load(
    data: st.DataObject, documents: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    model = TopicModel(n_topics=6, min_topic_size=5, probabilities=True).fit(documents)
    for step in data.draw(st.lists(st.sampled_from(STEPS), min_size=1, max_size=4)):
        step(model, data.draw)
    folder = tmp_path_factory.mktemp("saved") / "model"
    model.save(folder, include=["documents", "tokens", "counts", "embeddings"])
    loaded = load(folder)
    check(loaded)
    assert loaded.get_topics() == model.get_topics()
    assert loaded.topic_labels_ == model.topic_labels_
    topics, probabilities = model.transform(documents)
    again, shares = loaded.transform(documents)
    assert again == topics == model.topics_
    np.testing.assert_array_equal(probabilities, shares)
