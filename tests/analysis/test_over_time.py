"""Topics over time: formulas by hand, every kind of timestamp, hostile input."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from topicore import TopicModel, vectorizer
from topicore.analysis.over_time import topics_over_time
from topicore.components import Description, Representation
from topicore.errors import InputError
from topicore.state import TopicIndex

FRUIT_AND_SEA = [
    ("apple apple pie", 0, 2001),
    ("apple tart", 0, 2002),
    ("plum tart tart", 0, 2003),
    ("plum", 0, 2005),
    ("boat sea", 1, 2001),
    ("boat boat wind", 1, 2003),
    ("sea storm", 1, 2005),
    ("odd thing", None, 2002),
]
YEARS = [year for _, _, year in FRUIT_AND_SEA]
PLAIN = {"global_tuning": False, "evolution_tuning": False}


def fitted(documents, y, **parameters):
    rows = np.random.default_rng(0).normal(size=(len(documents), 4)).astype(np.float32)
    model = TopicModel(clusterer="manual", language=None, representation="c-tf-idf", **parameters)
    return model.fit(documents, embeddings=rows, y=y)._state


@pytest.fixture(scope="module")
def state():
    """Term totals: apple 3, boat 3, tart 3, plum 2, sea 2, the others 1; 18 terms in 3 topics, so A = 6.

    Inverse frequencies ln(1 + 6 / f): ln 3 = 1.099 (apple, boat, tart), ln 4 = 1.386 (plum, sea), ln 7 = 1.946.
    """
    return fitted(
        [text for text, _, _ in FRUIT_AND_SEA],
        [topic for _, topic, _ in FRUIT_AND_SEA],
        vectorizer=vectorizer("count", min_df=1),
    )


@pytest.fixture(scope="module")
def real(documents, labels):
    """A model of 240 documents in four themes and outliers, and a day for each document."""
    y = [None if place % 13 == 0 else label for place, label in enumerate(labels)]
    days = pd.to_datetime("2020-01-01") + pd.to_timedelta(np.random.default_rng(1).integers(0, 300, 240), unit="D")
    return fitted(documents, y), days


def words(table, topic, timestamp):
    (found,) = table[(table["Topic"] == topic) & (table["Timestamp"] == timestamp)]["Words"]
    return found.split(", ") if found else []


# formulas


def test_words_are_weighed_by_what_the_fit_learned(state):
    table = topics_over_time(state, YEARS, **PLAIN)
    assert words(table, 0, 2001) == ["apple", "pie"]  # 2/3 ln 3 = .732, 1/3 ln 7 = .649
    assert words(table, 0, 2002) == ["apple", "tart"]  # 1/2 ln 3 each: equal, so by column
    assert words(table, 0, 2003) == ["tart", "plum"]  # 2/3 ln 3 = .732, 1/3 ln 4 = .462
    assert words(table, 1, 2005) == ["storm", "sea"]  # 1/2 ln 7 = .973, 1/2 ln 4 = .693
    assert words(table, -1, 2002) == ["odd", "thing"]


def test_global_tuning_averages_with_the_topic_as_a_whole(state):
    """g(0): apple 3/9 ln 3 = .366, pie 1/9 ln 7 = .216, plum 2/9 ln 4 = .308, tart .366; sum 1.257.

    L1-normalised: apple .291, pie .172, plum .245, tart .291. At 2003 l: tart .732, plum .462, sum 1.194: .613, .387.
    Means: tart .452, plum .316, apple .146, pie .086. At 2005 l: plum 1: plum .623, apple and tart .146, pie .086.
    """
    table = topics_over_time(state, YEARS, evolution_tuning=False)
    assert words(table, 0, 2003) == ["tart", "plum", "apple", "pie"]
    assert words(table, 0, 2005) == ["plum", "apple", "tart", "pie"]
    assert words(topics_over_time(state, YEARS, evolution_tuning=False, n_words=2), 0, 2005) == ["plum", "apple"]


def test_evolution_tuning_averages_with_the_timestamp_before(state):
    """l(2001): apple .530, pie .470 (of .732 + .649 = 1.381); l(2002): apple .5, tart .5.

    e(2002): apple .515, tart .25, pie .235. e(2003) of l(2003): tart .613, plum .387 with l(2002): tart .556,
    apple .25, plum .194; nothing of 2001 is left.
    """
    table = topics_over_time(state, YEARS, global_tuning=False)
    assert words(table, 0, 2001) == ["apple", "pie"]
    assert words(table, 0, 2002) == ["apple", "tart", "pie"]
    assert words(table, 0, 2003) == ["tart", "apple", "plum"]


def test_evolution_tuning_skips_topics_without_documents_at_the_timestamp_before(state):
    """Topic 1 has none in 2002; the timestamp before 2005 is 2003, as no document is of 2004."""
    table = topics_over_time(state, YEARS, global_tuning=False)
    assert words(table, 1, 2003) == ["boat", "wind"]
    # l(2003): boat .530, wind .470; l(2005): storm .584, sea .416; halves
    assert words(table, 1, 2005) == ["storm", "boat", "wind", "sea"]
    assert "plum" in words(table, 0, 2005)
    assert "tart" in words(table, 0, 2005)


def test_both_tunings_together_are_those_of_dense_arrays(real):
    state, days = real
    months = days.month
    expected = {}
    counts, idf = state.counts.toarray().astype(float), state.components.weighting.state().arrays["idf"]
    rows = state.index.rows(state.assignments)
    whole = state.weights.toarray() / state.weights.toarray().sum(axis=1, keepdims=True)
    local = {}
    for time in sorted(set(months)):
        for row, topic in enumerate(state.index.topics):
            bag = counts[(months == time) & (rows == row)].sum(axis=0)
            weights = bag / max(bag.sum(), 1) * idf
            if ((months == time) & (rows == row)).any():
                local[topic, time] = weights / max(weights.sum(), 1e-300)
    for (topic, time), weights in local.items():
        evolved = (weights + local[topic, time - 1]) / 2 if (topic, time - 1) in local else weights
        expected[topic, time] = (evolved + whole[state.index.row(topic)]) / 2
    table = topics_over_time(state, months)
    assert len(table) == len(expected)
    column = {term: place for place, term in enumerate(state.vocabulary)}
    for row in table.itertuples():
        weights = expected[row.Topic, row.Timestamp]
        found = [weights[column[word]] for word in row.Words.split(", ")]
        assert np.allclose(found, np.sort(weights)[::-1][:5], atol=1e-12)


def test_rows_are_by_timestamp_then_topic_and_count_documents(real):
    state, days = real
    table = topics_over_time(state, days.to_period("M").to_timestamp())
    assert list(table.columns) == ["Topic", "Words", "Frequency", "Timestamp"]
    assert table["Topic"].dtype == table["Frequency"].dtype == np.int64
    assert table["Timestamp"].dtype.kind == "M"
    assert all(isinstance(found, str) for found in table["Words"])
    assert table[["Timestamp", "Topic"]].apply(tuple, axis=1).is_monotonic_increasing
    counted = pd.crosstab(days.month, np.array(state.assignments)).stack()
    found = table.set_index([table["Timestamp"].dt.month, "Topic"])["Frequency"]
    assert found.to_dict() == counted[counted > 0].to_dict()


# traps of the field


def test_evolution_tuning_really_acts(real):
    """Trap 2: it was assigned to a temporary, and nothing changed."""
    state, days = real
    plain = topics_over_time(state, days.month, evolution_tuning=False)
    tuned = topics_over_time(state, days.month)
    first = plain["Timestamp"] == 1
    assert (plain["Words"] == tuned["Words"])[first].all()
    assert (plain["Words"] != tuned["Words"])[~first].mean() > 0.5


@pytest.mark.parametrize("tuning", [{}, {"evolution_tuning": False}, {"global_tuning": False}, PLAIN])
def test_nothing_of_the_state_changes(real, tuning):
    """Trap 3: the weights of the model were overwritten with normalised ones."""
    state, days = real
    before = [np.array(part) for part in (state.weights.data, state.counts.data, state.topic_counts.data)]
    indices = np.array(state.weights.indices)
    topics_over_time(state, days.month, **tuning)
    after = (state.weights.data, state.counts.data, state.topic_counts.data)
    assert all(np.array_equal(old, new) for old, new in zip(before, after, strict=True))
    assert np.array_equal(indices, state.weights.indices)


@pytest.mark.parametrize("topics", [[2], [3, 1], [0, -1], (2, 2), np.array([1, 3])])
def test_a_subset_of_topics_shows_what_they_show_among_all(real, topics):
    """Trap 4: a subset got the global rows of other topics."""
    state, days = real
    table = topics_over_time(state, days, n_bins=7)
    some = topics_over_time(state, days, n_bins=7, topics=topics)
    pd.testing.assert_frame_equal(some, table[table["Topic"].isin(topics)].reset_index(drop=True))


def test_texts_are_dates_in_any_pandas(state):
    """Trap 17: an option that pandas 3 does not have."""
    table = topics_over_time(state, [f"{year}-03-05" for year in YEARS])
    assert table["Timestamp"].tolist()[-1] == pd.Timestamp("2005-03-05")
    table = topics_over_time(state, [f"5/3/{year}" for year in YEARS], datetime_format="%d/%m/%Y")
    assert table["Timestamp"].tolist()[0] == pd.Timestamp("2001-03-05")


def test_numpy_integers_are_topics(state):
    """Trap 21."""
    one = topics_over_time(state, YEARS, topics=[np.int64(1)], n_bins=np.int32(2), n_words=np.int64(2))
    assert one["Topic"].tolist() == [1, 1]


class Counted(Representation):
    calls = 0

    def describe(self, view):
        Counted.calls += 1
        return {topic: Description(label=f"topic {topic}") for topic in view.topics}


def test_no_representation_runs(documents, labels):
    """Pain 5 of performance: a language model ran for every timestamp of every topic."""
    rows = np.ones((len(documents), 2), dtype=np.float32)
    model = TopicModel(clusterer="manual", representation=Counted()).fit(documents, embeddings=rows, y=labels)
    before = Counted.calls
    table = topics_over_time(model._state, list(range(60)) * 4, n_bins=4)
    assert Counted.calls == before
    assert not table["Words"].str.contains("topic").any()


# timestamps


def as_dates(years):
    return [dt.date(year, 1, 1) for year in years]


def as_datetimes(years):
    return [dt.datetime(year, 1, 1) for year in years]


def aware(years):
    return [dt.datetime(year, 1, 1, tzinfo=dt.timezone.utc) for year in years]


DATES = {
    "dates": as_dates,
    "datetimes": as_datetimes,
    "aware datetimes": aware,
    "dates and datetimes": lambda years: as_dates(years[:3]) + as_datetimes(years[3:]),
    "datetime64": lambda years: [np.datetime64(str(year), "D") for year in years],
    "years in an array": lambda years: np.array([str(year) for year in years], dtype="datetime64[Y]"),
    "index": lambda years: pd.DatetimeIndex(as_dates(years)),
    "series with an index of its own": lambda years: pd.Series(as_datetimes(years), index=range(9, 17)),
    "aware series": lambda years: pd.Series(as_datetimes(years)).dt.tz_localize("Europe/Berlin"),
    "Arrow-backed series": lambda years: pd.Series(as_datetimes(years), dtype="timestamp[ms][pyarrow]"),
    "category": lambda years: pd.Series(as_datetimes(years)).astype("category"),
    "periods": lambda years: [pd.Period(str(year), freq="Y") for year in years],
    "period index": lambda years: pd.PeriodIndex([str(year) for year in years], freq="Y"),
    "polars": lambda years: pl.Series(as_datetimes(years)),
    "polars dates": lambda years: pl.Series(as_dates(years)),
    "arrow": lambda years: pa.array(as_datetimes(years)),
    "generator": lambda years: (day for day in as_dates(years)),
    "year texts": lambda years: [str(year) for year in years],
    "digits": lambda years: [f"{year}0101" for year in years],
    "ISO of several lengths": lambda years: [f"{year}-01-01{'T00:00' * (year % 2)}" for year in years],
    "aware texts": lambda years: [f"{year}-01-01T00:00:00+00:00" for year in years],
    "text array": lambda years: np.array([f"{year}/01/01" for year in years]),
    "polars texts": lambda years: pl.Series([f"{year}-01" for year in years]),
    "text category": lambda years: pd.Series([str(year) for year in years]).astype("category"),
    "words": lambda years: [f"1 January {year}" for year in years],
}
NUMBERS = {
    "integers": list,
    "floats": lambda years: [float(year) for year in years],
    "integers and floats": lambda years: [years[0] + 0.0, *years[1:]],
    "array": np.array,
    "small floats": lambda years: np.array(years, dtype=np.float32),
    "unsigned": lambda years: np.array(years, dtype=np.uint16),
    "nullable": lambda years: pd.Series(years, dtype="Int64"),
    "arrow": pa.array,
    "polars": pl.Series,
    "objects": lambda years: pd.Series(years, dtype=object),
}


@pytest.mark.parametrize("kind", DATES)
@pytest.mark.parametrize("n_bins", [None, 3])
def test_dates_come_in_every_form(state, kind, n_bins):
    numbers = topics_over_time(state, YEARS, n_bins=n_bins)
    table = topics_over_time(state, DATES[kind](YEARS), n_bins=n_bins)
    pd.testing.assert_frame_equal(table.drop(columns="Timestamp"), numbers.drop(columns="Timestamp"))
    assert isinstance(table["Timestamp"].iloc[0], pd.Timestamp)
    assert (table["Timestamp"].iloc[0].tz is not None) == ("aware" in kind)
    if n_bins is None:
        assert table["Timestamp"].dt.year.tolist() == numbers["Timestamp"].tolist()


@pytest.mark.parametrize("kind", NUMBERS)
@pytest.mark.parametrize("n_bins", [None, 3])
def test_numbers_come_in_every_form(state, kind, n_bins):
    expected = topics_over_time(state, YEARS, n_bins=n_bins)
    table = topics_over_time(state, NUMBERS[kind](YEARS), n_bins=n_bins)
    pd.testing.assert_frame_equal(table, expected, check_dtype=False)
    if n_bins is None:
        assert table["Timestamp"].dtype.kind == ("f" if "floats" in kind else "u" if kind == "unsigned" else "i")


def changed(place, value, values=tuple(YEARS)):
    found = list(values)
    found[place] = value
    return found


TEXTS = [f"{year}-01-01" for year in YEARS]
BAD = {
    "missing number": (changed(2, None), r"timestamps\[2\] is None"),
    "NaN": (changed(2, float("nan")), r"timestamps\[2\] is float nan"),
    "NaT": (changed(3, pd.NaT, as_datetimes(YEARS)), r"timestamps\[3\] is NaTType NaT"),
    "missing in an array": (np.array(changed(1, "NaT", TEXTS), dtype="datetime64[D]"), r"timestamps\[1\] is NaTType"),
    "missing text": (changed(4, None, TEXTS), r"timestamps\[4\] is None"),
    "infinite": (changed(4, np.inf), r"timestamps\[4\] is float64 .*inf.* finite"),
    "text among numbers": (changed(5, "2003"), r"timestamps\[5\] is str '2003', but timestamps are all dates"),
    "number among texts": (changed(5, 2003, TEXTS), r"timestamps\[5\] is int 2003"),
    "number among dates": (changed(5, 2003, as_dates(YEARS)), r"timestamps\[5\] is int 2003"),
    "bool among numbers": (changed(5, True), r"timestamps\[5\] is bool True"),
    "bools": ([True, False] * 4, r"timestamps\[0\] is bool"),
    "durations": ([dt.timedelta(1)] * 8, r"timestamps\[0\] is Timedelta"),
    "tuples": ([(1, 2)] * 8, r"timestamps\[0\] is tuple \(1, 2\)"),
    "aware among naive": (changed(3, aware([2005])[0], as_datetimes(YEARS)), r"timestamps\[3\] is datetime .*utc=True"),
    "aware texts of two zones": (
        changed(3, "2005-01-01T00:00:00+02:00", [f"{text}T00:00:00+01:00" for text in TEXTS]),
        "timestamps .*utc=True",
    ),
    "no date": (changed(6, "soon", TEXTS), r"timestamps\[6\] is str 'soon', which is no date"),
    "today": (changed(6, "now", TEXTS), r"timestamps\[6\] is str 'now', which is no date"),
    "time of day": (["10:00"] * 8, r"timestamps\[0\] is str '10:00', which cannot be read"),
    "empty text": (changed(6, "", TEXTS), r"timestamps\[6\] is str ''"),
    "other format": (changed(6, "5.3.2005", TEXTS), r"timestamps\[6\] is str '5.3.2005', .*datetime_format"),
    "month 13": (changed(6, "13/02/2003", ["01/02/2003"] * 8), r"timestamps\[6\] is str '13/02/2003'"),
    "unclear digits": (["1", "2"] * 4, r"timestamps\[0\] is str '1', .*or give datetimes or numbers"),
    "month digits": (["200103"] * 8, r"timestamps\[0\] is str '200103', .*datetime_format"),
    "too large": (changed(0, 10**30), "too large"),
    "short": (YEARS[:-1], "timestamps has 7 entries, but the model was fitted on 8 documents"),
    "long": ([*YEARS, 2000], "timestamps has 9 entries"),
    "empty": ([], "timestamps has 0 entries"),
    "one text": ("2001-01-01", "timestamps must be a list, one entry a document, got str"),
    "one number": (2001, "got int"),
    "nothing": (None, "got NoneType"),
    "set": (set(YEARS), "got set"),
    "dict": (dict.fromkeys(range(8), 1), "got dict"),
    "frame": (pd.DataFrame({"a": YEARS}), "got DataFrame"),
    "polars frame": (pl.DataFrame({"a": YEARS}), "got DataFrame"),
    "matrix": (np.ones((8, 1)), "got ndarray"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_timestamp_that_cannot_be_used_is_named(state, kind):
    given, message = BAD[kind]
    with pytest.raises(InputError, match=message):
        topics_over_time(state, given)


def test_texts_that_do_not_fit_the_given_format_are_named(state):
    with pytest.raises(InputError, match=r"timestamps\[3\] is str '2005', .*format '%Y-%m-%d'"):
        topics_over_time(state, changed(3, "2005", TEXTS), datetime_format="%Y-%m-%d")
    with pytest.raises(InputError, match="bad directive"):
        topics_over_time(state, TEXTS, datetime_format="%Q")
    with pytest.raises(InputError, match="datetime_format must be a text"):
        topics_over_time(state, TEXTS, datetime_format=4)


# bins


@pytest.mark.parametrize("n_bins", [1, 2, 7, 40])
@pytest.mark.parametrize("kind", ["days", "numbers"])
def test_bins_are_those_of_pandas(real, kind, n_bins):
    state, days = real
    stamps = pd.Series(days) if kind == "days" else pd.Series(days.day_of_year).astype(float)
    cut = pd.cut(stamps, bins=n_bins)
    expected = pd.crosstab(cut, np.array(state.assignments)).stack()
    expected = expected[expected > 0]
    table = topics_over_time(state, stamps, n_bins=n_bins)
    assert table["Frequency"].tolist() == expected.tolist()
    edges = [interval.left for interval, _ in expected.index]
    assert table["Timestamp"].tolist() == [max(edge, stamps.min()) for edge in edges]
    assert table["Timestamp"].iloc[0] == stamps.min()


@pytest.mark.parametrize("stamps", [[7] * 8, ["2019"] * 8, [0.0] * 8, [dt.date(2019, 1, 1)] * 8])
def test_equal_timestamps_are_one_bin(state, stamps):
    table = topics_over_time(state, stamps, n_bins=20)
    assert table["Topic"].tolist() == [-1, 0, 1]
    assert table["Timestamp"].nunique() == 1
    assert table["Timestamp"].iloc[0] == (pd.Timestamp("2019") if stamps[0] not in (0, 7) else stamps[0])


def test_no_document_falls_out_of_narrow_bins(state):
    seconds = pd.Series(pd.Timestamp("2019-01-01") + pd.to_timedelta([0, 1] * 4, unit="s"))
    micros = pd.Series(pd.Timestamp("2019-01-01") + pd.to_timedelta([0, 3] * 4, unit="us"))
    for stamps in (seconds.dt.as_unit("s"), micros.dt.as_unit("us")):
        for n_bins in (1, 2):
            assert topics_over_time(state, stamps, n_bins=n_bins)["Frequency"].sum() == 8
    with pytest.raises(InputError, match="n_bins=50 are too many between"):
        topics_over_time(state, [10**17, 10**17 + 1] * 4, n_bins=50)


def test_a_small_type_holds_any_range(state):
    table = topics_over_time(state, np.array([-128, 127] * 4, dtype=np.int8), n_bins=2)
    assert sorted(set(table["Timestamp"])) == [-128, -0.5]


@pytest.mark.parametrize("n_bins", [0, -3, 2.5, "4", True])
def test_a_number_of_bins_that_is_none_is_refused(state, n_bins):
    with pytest.raises(InputError, match="n_bins must be a whole number of at least 1"):
        topics_over_time(state, YEARS, n_bins=n_bins)


def test_more_than_a_hundred_timestamps_are_warned_of(real):
    state, _ = real
    with pytest.warns(UserWarning, match="101 different timestamps; n_bins=20"):
        topics_over_time(state, [place % 101 for place in range(240)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        topics_over_time(state, [place % 100 for place in range(240)])
        topics_over_time(state, list(range(240)), n_bins=120)


# other arguments and odd models


def test_topics_that_are_none_are_refused(state):
    with pytest.raises(InputError, match="there is no topic 7; topics are 0 to 1 and -1"):
        topics_over_time(state, YEARS, topics=[0, 7])
    with pytest.raises(InputError, match=r"topics must be a list of topic ids, got int 1: write \[1\]"):
        topics_over_time(state, YEARS, topics=1)
    with pytest.raises(InputError, match="topics must be a list"):
        topics_over_time(state, YEARS, topics="1")
    with pytest.raises(InputError, match=r"there is no topic 0\.5"):
        topics_over_time(state, YEARS, topics=[0.5])


def test_no_topics_are_an_empty_table(state):
    table = topics_over_time(state, YEARS, topics=[])
    assert len(table) == 0
    assert list(table.columns) == ["Topic", "Words", "Frequency", "Timestamp"]


@pytest.mark.parametrize("n_words", [0, -1, 1.5, "3", None, True])
def test_a_number_of_words_that_is_none_is_refused(state, n_words):
    with pytest.raises(InputError, match="n_words must be a whole number of at least 1"):
        topics_over_time(state, YEARS, n_words=n_words)


def test_fewer_terms_than_words_are_all_there_are(state):
    table = topics_over_time(state, YEARS, n_words=1000, **PLAIN)
    assert words(table, 0, 2005) == ["plum"]
    assert len(words(topics_over_time(state, YEARS, n_words=1000), 0, 2005)) == 4


def test_documents_without_words_show_none():
    """A = 4 / 2 = 2: apple 1/2 ln 2 = .347, pie and tart 1/2 ln 3 = .549; in the topic .347, .275, .275."""
    state = fitted(["apple pie", "apple tart", "", "!!"], [0, 0, None, None], vectorizer=vectorizer("count", min_df=1))
    table = topics_over_time(state, [1, 2, 1, 2])
    assert table["Words"].tolist() == ["", "pie, apple, tart", "", "apple, pie, tart"]
    assert table["Frequency"].tolist() == [1, 1, 1, 1]
    assert topics_over_time(state, [1, 2, 1, 2], **PLAIN)["Words"].tolist() == ["", "pie, apple", "", "tart, apple"]


def test_one_topic_without_outliers():
    state = fitted(["apple pie", "apple tart", "plum pie"], [0, 0, 0], vectorizer=vectorizer("count", min_df=1))
    assert topics_over_time(state, [3, 1, 1])["Topic"].tolist() == [0, 0]


def test_outliers_alone(state):
    index = TopicIndex.of(np.full(8, -1))
    alone = replace(state, index=index, assignments=np.full(8, -1), weights=state.weights[[1]])
    table = topics_over_time(alone, YEARS)
    assert table["Topic"].tolist() == [-1] * 4
    assert table["Frequency"].tolist() == [2, 2, 2, 2]


def test_ids_with_gaps_are_ids(state):
    """Topics merged or deleted by hand may leave ids that are no row numbers."""
    assignments = np.where(state.assignments == 1, 9, state.assignments)
    gaps = replace(state, index=TopicIndex.of(assignments), assignments=assignments)
    table = topics_over_time(state, YEARS)
    found = topics_over_time(gaps, YEARS)
    assert found["Topic"].tolist() == table["Topic"].replace(1, 9).tolist()
    assert found["Words"].tolist() == table["Words"].tolist()


def test_a_model_without_counts_says_what_to_do(state):
    with pytest.raises(InputError, match="pass documents="):
        topics_over_time(replace(state, counts=None), YEARS)


class Lazy(Sequence):
    """A vocabulary that spells terms one by one."""

    def __init__(self, terms):
        self.terms, self.spelt = terms, set()

    def __len__(self):
        return len(self.terms)

    def __getitem__(self, place):
        assert isinstance(place, int)
        self.spelt.add(place)
        return self.terms[place]


def test_only_words_that_are_shown_are_spelt(state):
    vocabulary = Lazy(state.vocabulary)
    table = topics_over_time(replace(state, vocabulary=vocabulary), YEARS, n_words=1, **PLAIN)
    assert len(vocabulary.spelt) == table["Words"].nunique() < len(vocabulary)
