"""Topics per class: formulas by hand, every kind of class, hostile input."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from topicore import TopicModel, vectorizer
from topicore.analysis.over_time import topics_over_time
from topicore.analysis.per_class import topics_per_class
from topicore.components import Description, Representation
from topicore.errors import InputError

DOCUMENTS = [
    ("apple apple pie", 0, "home"),
    ("apple tart", 0, "home"),
    ("plum tart tart", 0, "away"),
    ("plum", 0, "away"),
    ("boat sea", 1, "home"),
    ("boat boat wind", 1, "away"),
    ("sea storm", 1, "away"),
    ("odd thing", None, "home"),
]
PLACES = [place for _, _, place in DOCUMENTS]


@pytest.fixture(scope="module")
def state():
    """Term totals: apple 3, boat 3, tart 3, plum 2, sea 2, the others 1; 18 terms in 3 topics, so A = 6.

    Inverse frequencies ln(1 + 6 / f): ln 3 = 1.099 (apple, boat, tart), ln 4 = 1.386 (plum, sea), ln 7 = 1.946.
    """
    rows = np.random.default_rng(0).normal(size=(8, 4)).astype(np.float32)
    model = TopicModel(
        clusterer="manual", language=None, representation="c-tf-idf", vectorizer=vectorizer("count", min_df=1)
    )
    model.fit([text for text, _, _ in DOCUMENTS], embeddings=rows, y=[topic for _, topic, _ in DOCUMENTS])
    return model._state


@pytest.fixture(scope="module")
def real(documents, labels):
    rows = np.ones((len(documents), 2), dtype=np.float32)
    y = [None if place % 13 == 0 else label for place, label in enumerate(labels)]
    return TopicModel(clusterer="manual", representation="c-tf-idf").fit(documents, embeddings=rows, y=y)._state


def words(table, topic, name):
    (found,) = table[(table["Topic"] == topic) & (table["Class"] == name)]["Words"]
    return found.split(", ")


def test_words_are_weighed_by_what_the_fit_learned(state):
    table = topics_per_class(state, PLACES, global_tuning=False)
    # 3 of 5 ln 3 = .659, 1/5 ln 7 = .389, 1/5 ln 3 = .220
    assert words(table, 0, "home") == ["apple", "pie", "tart"]
    # 2 of 4 ln 4 = .693, 2/4 ln 3 = .549
    assert words(table, 0, "away") == ["plum", "tart"]
    # boat 2/5 ln 3 = .439, wind and storm 1/5 ln 7 = .389, sea 1/5 ln 4 = .277
    assert words(table, 1, "away") == ["boat", "storm", "wind", "sea"]


def test_global_tuning_averages_with_the_topic_as_a_whole(state):
    """g(0): apple 3/9 ln 3 = .366, pie 1/9 ln 7 = .216, plum 2/9 ln 4 = .308, tart .366; sum 1.257.

    L1-normalised: apple .291, pie .172, plum .245, tart .291. Away, l: plum .558, tart .442; means: plum .402,
    tart .367, apple .146, pie .086. At home, l: apple .520, pie .307, tart .173 (of 1.268); means: apple .406,
    pie .239, tart .232, plum .123.
    """
    table = topics_per_class(state, PLACES)
    assert words(table, 0, "away") == ["plum", "tart", "apple", "pie"]
    assert words(table, 0, "home") == ["apple", "pie", "tart", "plum"]
    assert words(topics_per_class(state, PLACES, n_words=3), 0, "away") == ["plum", "tart", "apple"]


def test_rows_are_by_first_appearance_then_topic_and_count_documents(state):
    table = topics_per_class(state, PLACES)
    assert list(table.columns) == ["Topic", "Words", "Frequency", "Class"]
    assert table["Topic"].tolist() == [-1, 0, 1, 0, 1]
    assert table["Class"].tolist() == ["home"] * 3 + ["away"] * 2
    assert table["Frequency"].tolist() == [1, 2, 1, 2, 2]
    assert table["Topic"].dtype == table["Frequency"].dtype == np.int64
    backwards = topics_per_class(state, ["b", "a", "c", "a", "b", "a", "c", "b"])
    assert backwards["Class"].drop_duplicates().tolist() == ["b", "a", "c"]


def test_classes_are_weighed_as_timestamps_without_evolution_are(real):
    codes = [place % 7 for place in range(240)]
    over_time = topics_over_time(real, codes, evolution_tuning=False)
    per_class = topics_per_class(real, codes)
    pd.testing.assert_frame_equal(per_class.rename(columns={"Class": "Timestamp"}), over_time)


# traps of the field


@pytest.mark.parametrize("global_tuning", [True, False])
def test_nothing_of_the_state_changes(real, global_tuning):
    """Trap 3: the weights of the model were overwritten with normalised ones."""
    before = [np.array(part) for part in (real.weights.data, real.weights.indices, real.counts.data)]
    topics_per_class(real, [place % 7 for place in range(240)], global_tuning=global_tuning)
    after = (real.weights.data, real.weights.indices, real.counts.data)
    assert all(np.array_equal(old, new) for old, new in zip(before, after, strict=True))


@pytest.mark.parametrize("topics", [[2], [3, 1], [0, -1], np.array([1, 3]), [np.int64(3)]])
def test_a_subset_of_topics_shows_what_they_show_among_all(real, topics):
    """Traps 4 and 21."""
    codes = [place % 7 for place in range(240)]
    table = topics_per_class(real, codes)
    expected = table[table["Topic"].isin(topics)].reset_index(drop=True)
    pd.testing.assert_frame_equal(topics_per_class(real, codes, topics=topics), expected)


class Counted(Representation):
    calls = 0

    def describe(self, view):
        Counted.calls += 1
        return {topic: Description(label=f"topic {topic}") for topic in view.topics}


def test_no_representation_runs(documents, labels):
    """Pain 5 of performance: a language model ran for every class of every topic."""
    rows = np.ones((len(documents), 2), dtype=np.float32)
    model = TopicModel(clusterer="manual", representation=Counted()).fit(documents, embeddings=rows, y=labels)
    before = Counted.calls
    topics_per_class(model._state, [place % 7 for place in range(240)])
    assert Counted.calls == before


# classes

CODES = [0, 0, 1, 1, 0, 1, 1, 0]
KINDS = {
    "numbers": (5, -1),
    "floats": (0.5, -1.0),
    "bools": (True, False),
    "texts": ("b", "a"),
    "tuples": (("x", 1), ("x", 2)),
    "frozen sets": (frozenset("a"), frozenset("b")),
    "dates": (dt.date(2020, 1, 1), dt.date(2019, 1, 1)),
    "types that have no order": ("b", 1),
}


@pytest.mark.parametrize("kind", KINDS)
def test_anything_hashable_is_a_class(state, kind):
    expected = topics_per_class(state, PLACES)
    table = topics_per_class(state, [KINDS[kind][code] for code in CODES])
    pd.testing.assert_frame_equal(table.drop(columns="Class"), expected.drop(columns="Class"))
    assert table["Class"].tolist() == [KINDS[kind][0]] * 3 + [KINDS[kind][1]] * 2


@pytest.mark.parametrize(
    "column",
    [
        np.array,
        pl.Series,
        pa.array,
        lambda values: pd.Series(values, index=range(3, 11)),
        lambda values: pd.Series(values).astype("category"),
        lambda values: pl.Series(values, dtype=pl.Categorical),
        iter,
    ],
)
def test_classes_come_in_every_column(state, column):
    expected = topics_per_class(state, PLACES)
    pd.testing.assert_frame_equal(
        topics_per_class(state, column(PLACES)), expected, check_dtype=False, check_categorical=False
    )


@pytest.mark.parametrize("nothing", [None, float("nan"), pd.NA, pd.NaT, np.nan])
def test_documents_without_a_class_are_left_out(state, nothing):
    some = [nothing, nothing, *PLACES[2:]]
    table = topics_per_class(state, some)
    assert table["Class"].tolist() == ["away", "away", "home", "home"]
    assert table["Topic"].tolist() == [0, 1, -1, 1]
    assert table["Frequency"].sum() == 6
    with pytest.raises(InputError, match="classes holds no class"):
        topics_per_class(state, [nothing] * 8)


def test_whole_numbers_stay_whole_beside_missing_ones(state):
    table = topics_per_class(state, [3, None, 4, 4, 3, 4, 4, 3])
    assert table["Class"].dtype == np.int64


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (PLACES[:-1], "classes has 7 entries, but the model was fitted on 8 documents"),
        ([], "classes has 0 entries"),
        ("homeaway", "classes must be a list, one entry a document, got str"),
        (None, "got NoneType"),
        (7, "got int"),
        (set(PLACES), "got set"),
        (dict.fromkeys(range(8)), "got dict"),
        (np.ones((8, 2)), "got ndarray"),
        (pd.DataFrame({"a": PLACES}), "got DataFrame"),
        ([*PLACES[:5], ["home"], *PLACES[6:]], r"classes\[5\] is list \['home'\], which cannot be a class"),
        ([*PLACES[:5], ("a", ["b"]), *PLACES[6:]], r"classes\[5\] is tuple \('a', \['b'\]\)"),
        ([{}, *PLACES[1:]], r"classes\[0\] is dict \{\}"),
    ],
)
def test_classes_that_cannot_be_used_are_refused(state, given, message):
    with pytest.raises(InputError, match=message):
        topics_per_class(state, given)


def test_other_arguments_are_checked(state):
    with pytest.raises(InputError, match="there is no topic 7"):
        topics_per_class(state, PLACES, topics=[7])
    with pytest.raises(InputError, match="topics must be a list"):
        topics_per_class(state, PLACES, topics=0)
    with pytest.raises(InputError, match="n_words must be a whole number"):
        topics_per_class(state, PLACES, n_words=0)
    with pytest.raises(InputError, match="pass documents="):
        topics_per_class(replace(state, counts=None), PLACES)


def test_a_topic_without_documents_of_a_class_has_no_row(state):
    assert topics_per_class(state, [None, None, None, None, "a", "a", "a", None], topics=[0]).empty
