"""Bad input is one clear error, and the fitted model stays as it was."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import topicore
from topicore import TopicModel
from topicore.components import Assignment, Clusterer, Embedder, Reducer, Representation
from topicore.errors import ComponentError, InputError, NotFittedError, ParameterError, TopicoreError

TEXTS = ["harbour sailor anchor", "flour butter dough", "judge jury verdict"] * 4
ROWS = np.random.default_rng(0).normal(size=(12, 4)).astype(np.float32)


@pytest.mark.parametrize(
    ("documents", "message"),
    [
        ([], "documents is empty"),
        ("one text", r"documents must be a list of texts, got one str"),
        (["ok", None], r"documents\[1\] is None, not a text"),
        (["ok", float("nan"), 3], r"documents\[1\] is float nan, not a text \(2 of 3"),
        ([b"bytes"], r"documents\[0\] is bytes"),
        (42, "documents must be a list of texts, got int"),
        (pd.DataFrame({"text": TEXTS}), "choose its column"),
        (pl.DataFrame({"text": TEXTS}), "choose its column"),
        ({"text": TEXTS}, "choose its column"),
        (np.array([["a"], ["b"]]), r"one-dimensional, got an array of shape \(2, 1\)"),
        (["", "  ", "!?"], "the documents hold no words"),
        (["the", "and of"], "the documents hold no words"),
        (None, "give documents, images or embeddings"),
    ],
)
def test_documents(documents, message):
    with pytest.raises(InputError, match=message):
        TopicModel().fit(documents)


@pytest.mark.parametrize(
    "make", [tuple, iter, np.array, pd.Series, pl.Series, pa.array, lambda texts: pa.chunked_array([texts])]
)
def test_documents_from_any_column_or_iterable(make):
    assert len(TopicModel().fit(make(TEXTS)).topics_) == len(TEXTS)


@pytest.mark.parametrize(
    ("embeddings", "message"),
    [
        (ROWS[:5], "embeddings has 5 rows for 12 documents"),
        (ROWS[0], "embeddings must have two dimensions"),
        (
            np.where(ROWS > 2, np.nan, ROWS) * [1, 1, 1, np.nan],
            r"embeddings holds NaN or infinite numbers, first in row 0",
        ),
        ([["a"]] * 12, "embeddings must be a matrix of numbers"),
        (np.zeros((12, 0)), "embeddings has no columns"),
        (np.zeros((12, 3)), "every document is empty to the embedder"),
    ],
)
def test_embeddings(embeddings, message):
    with pytest.raises(InputError, match=message):
        TopicModel().fit(TEXTS, embeddings=embeddings)


@pytest.mark.parametrize(
    ("y", "message"),
    [(["a"], "y has 1 entries for 12 documents"), ("abc", "y must be a list"), ([["x"]] * 12, "cannot be a class")],
)
def test_classes(y, message):
    with pytest.raises(InputError, match=message):
        TopicModel(clusterer="manual").fit(TEXTS, y=y)


def test_manual_without_classes_says_what_is_missing():
    with pytest.raises(TopicoreError, match="y"):
        TopicModel(clusterer="manual").fit(TEXTS)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_topics": 0}, "n_topics must be a whole number of at least 1, got 0"),
        ({"n_topics": "five"}, "n_topics must be a whole number"),
        ({"min_topic_size": -1}, "min_topic_size must be"),
        ({"n_words": 2.5}, "n_words must be"),
        ({"language": "klingon"}, "no stop words for the language 'klingon'"),
        ({"stop_words": [1, 2]}, "stop_words must be a language or a list of words"),
        ({"probabilities": "yes"}, "probabilities must be True or False"),
        ({"random_state": -1}, "random_state must be"),
    ],
)
def test_settings(parameters, message):
    with pytest.raises(ParameterError, match=message):
        TopicModel(**parameters)


def test_names_are_checked_when_the_model_is_made():
    with pytest.raises(TopicoreError, match=r"no embedder named 'pmi'\. Did you mean 'ppmi'"):
        TopicModel(embedder="pmi")
    with pytest.raises(TopicoreError, match="pip install topicore-flair"):
        TopicModel(embedder="flair:roberta-base")
    with pytest.raises(TopicoreError, match="no representation named"):
        TopicModel(representation=["projection", "nonsense"])


def test_a_setting_that_nothing_takes_is_refused():
    with pytest.raises(ParameterError, match="min_topic_size=3 has no effect: clusterer 'kmeans'"):
        TopicModel(clusterer="kmeans", min_topic_size=3).fit(TEXTS)


def test_a_need_that_is_not_met_is_an_error_before_the_fit():
    with pytest.raises(InputError, match=r"'keybert\.embedded' needs embedder"):
        TopicModel(representation="keybert.embedded").fit(TEXTS, embeddings=ROWS)
    with pytest.raises(InputError, match="embeds only text"):
        TopicModel().fit(TEXTS, images=["a.png"] * 12)


def test_an_unfitted_model_says_so():
    for ask in (lambda m: m.topics_, lambda m: m.get_topic(0), lambda m: m.transform(TEXTS), lambda m: m.save("x")):
        with pytest.raises(NotFittedError, match="not fitted: call fit"):
            ask(TopicModel())


@pytest.mark.parametrize("topic", [99, -2, "0", 1.5, None, True])
def test_unknown_topics_are_errors(topic):
    model = TopicModel().fit(TEXTS)
    with pytest.raises(InputError, match=f"there is no topic {topic!r}"):
        model.get_topic(topic)


def test_transform_refuses_other_widths_and_lengths():
    model = TopicModel().fit(TEXTS, embeddings=ROWS)
    with pytest.raises(InputError, match="embeddings has 3 columns, but the model was fitted on 4"):
        model.transform(TEXTS[:2], embeddings=ROWS[:2, :3])
    with pytest.raises(InputError, match="embeddings has 3 rows for 2 documents"):
        model.transform(TEXTS[:2], embeddings=ROWS[:3])


class Broken(Embedder):
    def embed(self, texts, /, *, role="document"):
        raise RuntimeError("the cable is out")


class Narrow(Embedder):
    def embed(self, texts, /, *, role="document"):
        return np.ones((1, 3), dtype=np.float32)


class Hollow(Embedder):
    def embed(self, texts, /, *, role="document"):
        return np.full((len(texts), 3), np.nan, dtype=np.float32)


class Gaps(Clusterer):
    def fit_predict(self, x, y=None, /):
        return Assignment(labels=np.arange(len(x)) * 2)


class Short(Clusterer):
    def fit_predict(self, x, y=None, /):
        return Assignment(labels=np.zeros(3, dtype=np.int64))


class Half(Reducer):
    def fit_transform(self, x, y=None, /):
        return x[: len(x) // 2]


class Stranger(Representation):
    def describe(self, view, /):
        from topicore.components import Description

        return {99: Description(label="who?")}


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"embedder": Broken()}, r"failed on documents 0 to \d+: RuntimeError: the cable is out"),
        ({"embedder": Narrow()}, r"gave shape \(1, 3\) for \d+ items"),
        ({"embedder": Hollow()}, "gave NaN"),
        ({"clusterer": Gaps()}, "without gaps"),
        ({"clusterer": Short()}, r"labels of shape \(3,\)"),
        ({"reducer": Half()}, r"gave shape \(6, \d+\) for 12 rows"),
        ({"representation": Stranger()}, r"described topics that do not exist: \[99\]"),
    ],
)
def test_a_component_that_breaks_its_contract_is_named_and_the_model_unchanged(parameters, message):
    model = TopicModel().fit(TEXTS)
    before = model._state
    with pytest.raises(ComponentError, match=message):
        model.set_params(**parameters).fit(TEXTS)
    assert model._state is before
    assert len(model.topics_) == len(TEXTS)


def test_what_was_handed_in_is_not_changed():
    rows, texts, y = ROWS.copy(), list(TEXTS), ["a", "b", "c"] * 4
    clusterer = topicore.clusterer("graph")
    TopicModel(clusterer=clusterer, n_topics=2).fit(texts, embeddings=rows, y=y)
    assert (rows == ROWS).all()
    assert texts == TEXTS
    assert clusterer.n_topics is None
    assert clusterer.state() is None


def test_the_embeddings_of_a_model_are_read_only():
    model = TopicModel().fit(TEXTS, embeddings=ROWS.copy())
    with pytest.raises(ValueError, match="read-only"):
        model.embeddings_[0, 0] = 5
    model.c_tf_idf_.data[:] = 0
    assert model.c_tf_idf_.data.any()
