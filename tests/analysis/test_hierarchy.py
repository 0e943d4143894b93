"""Topics joined two at a time, as a table and as a tree."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.cluster.hierarchy import linkage
from scipy.sparse import csr_array
from scipy.spatial.distance import squareform
from sklearn.metrics.pairwise import cosine_similarity

import topicore
from topicore import TopicModel
from topicore.analysis.hierarchy import hierarchical_topics, topic_tree
from topicore.components import Description, Representation, Weighting
from topicore.errors import InputError
from topicore.state import MAIN, TopicIndex, frozen

COLUMNS = [
    "Parent_ID",
    "Parent_Name",
    "Topics",
    "Child_Left_ID",
    "Child_Left_Name",
    "Child_Right_ID",
    "Child_Right_Name",
    "Distance",
]
SEA = ["sea ship", "ship sea tide"]
REEF = ["sea reef", "reef sea coral"]
OVEN = ["oven bread", "bread oven dough", "bread"]


class Shares(Weighting):
    """The counts of each row as shares, so that weights can be worked out by hand."""

    def fit_transform(self, counts, terms, /):
        return self.transform(counts)

    def transform(self, counts, /):
        return csr_array(counts.multiply(1 / np.maximum(counts.sum(axis=1), 1)[:, None]))


def state_of(groups, **parameters):
    """The state of a model whose topics are *groups* of documents, the largest first."""
    documents = [text for group in groups for text in group]
    classes = [place for place, group in enumerate(groups) for _ in group]
    rows = np.random.default_rng(0).normal(size=(len(documents), 5))
    settings = {"vectorizer": topicore.vectorizer("count", min_df=1), "representation": "c-tf-idf", **parameters}
    return TopicModel(clusterer="manual", language=None, **settings).fit(documents, rows, y=classes)._state


def renumbered(state, ids):
    """*state* with other topic ids, in the same order."""
    ids = np.array(ids)
    new = dict(zip(state.index.topics, ids.tolist(), strict=True))
    return replace(
        state,
        index=TopicIndex(ids, state.index.sizes),
        assignments=frozen(ids[state.index.rows(state.assignments)]),
        descriptions={
            aspect: {new[topic]: said for topic, said in found.items()} for aspect, found in state.descriptions.items()
        },
        representative={new[topic]: places for topic, places in state.representative.items()},
    )


@pytest.fixture(scope="module")
def three():
    return state_of([OVEN, SEA, REEF], weighting=Shares())


@pytest.fixture(scope="module")
def model(documents):
    """Twelve topics and outliers on documents of four themes."""
    words = [text.split() for text in documents]
    classes = [None if not place % 20 else f"{place % 4}{len(text) % 3}" for place, text in enumerate(words)]
    return TopicModel(clusterer="manual").fit(documents, y=classes)


@pytest.fixture(scope="module")
def table(model):
    return hierarchical_topics(model._state)


def test_joints_distances_and_names_by_hand(three):
    """Terms are bread 3, oven 2, dough 1; sea 2, ship 2, tide 1; sea 2, reef 2, coral 1.

    The shares of the last two have the cosine (2/5 * 2/5) / (9/25) = 4/9, so the first joint is at 5/9. Ward's distance
    to a third cluster at 1 from both is sqrt((2 * 1 + 2 * 1 - (5/9)^2) / 3).
    """
    table = hierarchical_topics(three)
    assert list(table.columns) == COLUMNS
    assert table["Parent_ID"].tolist() == ["4", "3"]
    assert table["Topics"].tolist() == [[0, 1, 2], [1, 2]]
    assert table["Distance"].tolist() == pytest.approx([np.sqrt((4 - (5 / 9) ** 2) / 3), 5 / 9])
    joint = table.set_index("Parent_ID").loc["3"]
    assert joint["Parent_Name"] == "sea_reef_ship_coral_tide"  # 4, 2, 2, 1, 1 of 10; equal ones in order of the terms
    children = {joint["Child_Left_ID"]: joint["Child_Left_Name"], joint["Child_Right_ID"]: joint["Child_Right_Name"]}
    assert children == {"1": "sea_ship_tide", "2": "reef_sea_coral"}
    root = table.set_index("Parent_ID").loc["4"]
    assert {root["Child_Left_ID"], root["Child_Right_ID"]} == {"0", "3"}
    assert root["Parent_Name"] == "sea_bread_oven_reef_ship"
    assert joint["Parent_Name"] in {root["Child_Left_Name"], root["Child_Right_Name"]}


def test_n_words_is_how_many_words_a_name_has(three):
    table = hierarchical_topics(three, n_words=np.int64(1))
    assert set(table["Parent_Name"]) == {"sea"}
    assert {*table["Child_Left_Name"], *table["Child_Right_Name"]} == {"sea", "reef", "bread"}


def test_the_embeddings_of_topics_can_be_compared_instead(model):
    state = model._state
    table = hierarchical_topics(state, use_ctfidf=False)
    rows = state.topic_embeddings[state.index.rows(state.index.real)].astype(np.float64)
    expected = linkage(squareform(1 - cosine_similarity(rows), checks=False), "ward", optimal_ordering=True)
    assert table["Distance"].to_numpy() == pytest.approx(expected[::-1, 2], abs=1e-9)


def test_every_joint_is_made_of_its_children(model, table):
    topics = model._state.index.real
    assert len(topics) == 12
    below = {str(topic): [topic] for topic in topics} | dict(zip(table["Parent_ID"], table["Topics"], strict=True))
    for row in table.itertuples():
        assert row.Topics == sorted(below[row.Child_Left_ID] + below[row.Child_Right_ID])
        assert max(int(row.Child_Left_ID), int(row.Child_Right_ID)) < int(row.Parent_ID)
    assert table["Topics"].iloc[0] == topics
    assert table["Parent_ID"].tolist() == [str(place) for place in range(22, 11, -1)]
    assert table.index.tolist() == list(range(11))
    assert table["Distance"].is_monotonic_decreasing


def test_a_parent_is_named_by_its_documents_counted_as_one(model, table):
    state = model._state
    for row in table.itertuples():
        inside = np.isin(state.assignments, row.Topics)
        counts = csr_array(state.counts[inside].sum(axis=0)[None].astype(np.int64))
        weights = state.components.weighting.transform(counts).toarray()[0]
        best = np.lexsort((np.arange(len(weights)), -weights))[:5]
        assert row.Parent_Name == "_".join(state.vocabulary[place] for place in best)


def test_a_topic_is_named_by_the_words_that_it_shows(model, table):
    names = dict(zip(table["Child_Left_ID"], table["Child_Left_Name"], strict=True))
    names |= dict(zip(table["Child_Right_ID"], table["Child_Right_Name"], strict=True))
    for topic in model._state.index.real:
        assert names[str(topic)] == "_".join(term for term, _ in model.get_topic(topic)[:5])


def test_a_topic_without_words_goes_by_its_label(three):
    said = {MAIN: {**three.descriptions[MAIN], 0: Description(terms=(), label="Kitchen")}}
    table = hierarchical_topics(replace(three, descriptions=said))
    assert "Kitchen" in {table["Child_Left_Name"][0], table["Child_Right_Name"][0]}


def test_many_topics_are_named_in_parts_with_the_same_result(model, table, monkeypatch):
    monkeypatch.setattr("topicore.analysis.hierarchy.NUMBERS", 100)
    pd.testing.assert_frame_equal(hierarchical_topics(model._state), table)


def test_nothing_of_the_documents_is_needed(model, table):
    bare = replace(model._state, documents=None, tokens=None, counts=None, embeddings=None)
    pd.testing.assert_frame_equal(hierarchical_topics(bare), table)


def test_a_loaded_model_gives_the_same_table(model, table, tmp_path):
    model.save(tmp_path / "model")
    pd.testing.assert_frame_equal(hierarchical_topics(TopicModel.load(tmp_path / "model")._state), table)


def test_the_state_stays_as_it_was(model):
    """Peer trap 3: a view of the topics changes no weights."""
    state = model._state
    before = state.weights.copy(), state.topic_counts.copy(), state.components.weighting.state().arrays["idf"].copy()
    hierarchical_topics(
        state, distance_function=lambda x: np.asarray(x.multiply(0).sum(axis=1))[:, None] * np.zeros(12)
    )
    hierarchical_topics(state)
    assert (state.weights != before[0]).nnz == 0
    assert (state.topic_counts != before[1]).nnz == 0
    assert np.array_equal(state.components.weighting.state().arrays["idf"], before[2])


def test_no_representation_is_asked():
    """Peer weakness P5: a language model would be called for every joint."""
    calls = []

    class Asked(Representation):
        def __init__(self):
            pass

        def describe(self, view, /):
            calls.append(len(view.topics))
            return {topic: Description(label=f"label {topic}") for topic in view.topics}

    state = state_of([OVEN, SEA, REEF], representation=Asked())
    calls.clear()
    hierarchical_topics(state)
    assert calls == []


def test_outliers_are_left_out(model, documents):
    """Peer trap 5: rows are found by topic, with outliers and without."""
    state = model._state
    assert state.index.topics[0] == -1
    inside = np.flatnonzero(state.assignments >= 0)
    alone = TopicModel(clusterer="manual").fit(
        [documents[place] for place in inside], y=[f"topic {topic}" for topic in state.assignments[inside]]
    )
    first, second = hierarchical_topics(state), hierarchical_topics(alone._state)
    assert -1 in state.index.topics
    assert -1 not in alone._state.index.topics
    assert sorted(first["Topics"].iloc[0]) == sorted(second["Topics"].iloc[0])
    assert not any(-1 in topics for topics in first["Topics"])


def test_parents_never_share_an_id_with_a_topic_where_ids_have_gaps(three):
    table = hierarchical_topics(renumbered(three, [2, 3, 9]))
    assert table["Parent_ID"].tolist() == ["11", "10"]
    assert table["Topics"].tolist() == [[2, 3, 9], [3, 9]]
    assert {table["Child_Left_ID"][1], table["Child_Right_ID"][1]} == {"3", "9"}
    assert "Topic: 9" in topic_tree(table)


def test_equal_distances_give_the_same_tree_every_time():
    """User pain 25: three topics with the same words are at distance 0 from each other, never below."""
    state = state_of([["sea ship sea"] * 2] * 3 + [["oven bread"] * 2])
    tables = [hierarchical_topics(state) for _ in range(3)]
    assert tables[0]["Topics"].tolist()[0] == [0, 1, 2, 3]
    assert sorted(map(len, tables[0]["Topics"])) == [2, 3, 4]
    assert not set(tables[0]["Topics"].iloc[-1]) & {3}
    assert tables[0]["Distance"].tolist()[1:] == pytest.approx([0, 0], abs=1e-7)
    assert (tables[0]["Distance"] >= 0).all()
    for other in tables[1:]:
        pd.testing.assert_frame_equal(tables[0], other)


def test_parallel_rows_are_never_at_a_negative_distance():
    """User pain 25: 1 - cosine of parallel rows can be -2e-16, which linkage refuses."""
    rows = np.outer([1, 3, 7, 0.1], np.random.default_rng(1).normal(size=40)).astype(np.float32)
    state = state_of([["sea"], ["ship"], ["tide"], ["reef"]])
    table = hierarchical_topics(replace(state, topic_embeddings=rows), use_ctfidf=False)
    assert table["Distance"].to_numpy() == pytest.approx(0, abs=1e-6)
    assert (table["Distance"] >= 0).all()
    again = hierarchical_topics(state, distance_function=lambda _: 1 - cosine_similarity(rows.astype(np.float64)))
    assert (again["Distance"] >= 0).all()


def test_a_topic_of_which_nothing_is_known_is_far_from_all():
    state = state_of([["sea ship"] * 3, ["ship sea"] * 2, ["oven"]])
    rows = np.array([[1, 0], [1, 1], [0, 0]], dtype=np.float32)
    table = hierarchical_topics(replace(state, topic_embeddings=rows), use_ctfidf=False)
    near = 1 - 1 / np.sqrt(2)
    assert table["Topics"].tolist() == [[0, 1, 2], [0, 1]]
    assert table["Distance"].tolist() == pytest.approx([np.sqrt((4 - near**2) / 3), near])


@pytest.mark.parametrize("groups", [[SEA], []], ids=["one topic", "outliers alone"])
def test_fewer_than_two_topics_give_an_empty_table_of_the_same_types(groups, table):
    state = state_of([SEA])
    if not groups:
        state = renumbered(state, [-1])
    empty = hierarchical_topics(state)
    assert len(empty) == 0
    assert empty.dtypes.to_dict() == table.dtypes.to_dict()
    assert list(empty.columns) == COLUMNS
    assert topic_tree(empty) == ".\n"


def test_two_topics_give_one_row():
    table = hierarchical_topics(state_of([OVEN, SEA]))
    assert table["Topics"].tolist() == [[0, 1]]
    assert table["Distance"].tolist() == pytest.approx([1])


def test_a_linkage_function_is_given_condensed_distances(three):
    given = []

    def single(condensed):
        given.append(condensed)
        return linkage(condensed, "single")

    table = hierarchical_topics(three, linkage_function=single)
    assert given[0] == pytest.approx([1, 1, 5 / 9])
    assert table["Distance"].tolist() == pytest.approx([1, 5 / 9])


def test_a_distance_function_may_be_square_sparse_or_condensed(three):
    square = np.array([[0, 1, 3], [1, 0, 4], [3, 4, 0]])
    expected = hierarchical_topics(three, distance_function=lambda _: square)
    assert expected["Topics"].tolist() == [[0, 1, 2], [0, 1]]
    for given in (squareform(square), csr_array(square), square.tolist()):
        found = hierarchical_topics(three, distance_function=lambda _, given=given: given)
        pd.testing.assert_frame_equal(found, expected)


@pytest.mark.parametrize("use_ctfidf", [True, False])
def test_a_distance_function_is_given_the_rows_of_the_topics(model, table, use_ctfidf):
    found = hierarchical_topics(
        model._state, use_ctfidf=use_ctfidf, distance_function=lambda rows: 1 - cosine_similarity(rows)
    )
    expected = hierarchical_topics(model._state, use_ctfidf=use_ctfidf)
    assert found["Topics"].tolist() == expected["Topics"].tolist()
    assert found["Distance"].to_numpy() == pytest.approx(expected["Distance"].to_numpy(), abs=1e-6)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (np.zeros((2, 2)), r"gave shape \(2, 2\) for 3 topics"),
        (np.zeros(2), r"condensed \(3,\)"),
        (np.full(3, np.nan), "NaN"),
        (np.full(3, np.inf), "infinite"),
        (np.array([1.0, -1.0, 1.0]), "negative distances, down to -1"),
        (np.eye(3), "not similarities"),
        (np.triu(np.ones((3, 3)), 1), "not symmetric"),
        ("cosine", "array of numbers"),
        (None, "gave shape"),
    ],
)
def test_what_a_distance_function_gives_is_checked(three, given, message):
    with pytest.raises(InputError, match=message):
        hierarchical_topics(three, distance_function=lambda _: given)


@pytest.mark.parametrize(
    "given",
    [
        np.zeros((1, 4)),
        np.array([[0, 1, 0.5], [2, 3, 1]]),
        np.array([[0, 1, np.nan, 2], [2, 3, 1, 3]]),
        np.array([[0, 1, -0.5, 2], [2, 3, 1, 3]]),
        np.array([[0, 1, 0.5, 2], [0, 2, 1, 3]]),
        np.array([[0, 4, 0.5, 2], [2, 3, 1, 3]]),
        np.array([[0, 1.5, 0.5, 2], [2, 3, 1, 3]]),
        "ward",
        None,
    ],
)
def test_what_a_linkage_function_gives_is_checked(three, given):
    with pytest.raises(InputError, match="linkage_function gave no linkage of 3 topics"):
        hierarchical_topics(three, linkage_function=lambda _: given)


def test_arguments_are_checked(three):
    with pytest.raises(InputError, match="linkage_function must be a function, got 'ward'"):
        hierarchical_topics(three, linkage_function="ward")
    with pytest.raises(InputError, match="distance_function must be a function"):
        hierarchical_topics(three, distance_function=1)
    for n_words in (0, True, 2.5, None):
        with pytest.raises(InputError, match="n_words"):
            hierarchical_topics(three, n_words=n_words)


# trees


@pytest.fixture
def joints():
    """Topics 0 and 1 at 0.5 and 2 and 3 at 0.8, all at 1.2, with 4 at 1.5."""
    rows = [
        ["8", "all", [0, 1, 2, 3, 4], "4", "sky_star", "7", "water_oven", 1.5],
        ["7", "water_oven", [0, 1, 2, 3], "5", "water", "6", "oven", 1.2],
        ["6", "oven", [2, 3], "2", "bread", "3", "cake", 0.8],
        ["5", "water", [0, 1], "0", "ship", "1", "reef", 0.5],
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def test_a_tree_is_drawn_from_the_top(joints):
    assert topic_tree(joints).splitlines() == [
        ".",
        "├─■──sky_star ── Topic: 4",
        "└─water_oven",
        "     ├─water",
        "     │    ├─■──ship ── Topic: 0",
        "     │    └─■──reef ── Topic: 1",
        "     └─oven",
        "          ├─■──bread ── Topic: 2",
        "          └─■──cake ── Topic: 3",
    ]
    assert topic_tree(joints).endswith("\n")


def test_a_tight_tree_is_indented_less(joints):
    assert topic_tree(joints, tight_layout=True).splitlines()[4:6] == [
        "  │ ├─■──ship ── Topic: 0",
        "  │ └─■──reef ── Topic: 1",
    ]


def test_topics_joined_beyond_the_largest_distance_are_not_named(joints):
    lines = topic_tree(joints, max_distance=0.8).splitlines()
    assert [line.strip(" │├└─") for line in lines] == [
        ".",
        "O",
        "water_oven",
        "water",
        "■──ship ── Topic: 0",
        "■──reef ── Topic: 1",
        "oven",
        "O",
        "O",
    ]


def test_a_tree_of_some_rows_shows_what_they_hold(joints):
    upper = topic_tree(joints[joints["Distance"] > 1])
    assert upper.splitlines() == [".", "├─■──sky_star ── Topic: 4", "└─water_oven", "     ├─water", "     └─oven"]
    lower = topic_tree(joints[joints["Distance"] < 1], tight_layout=True)
    assert lower.splitlines()[1::3] == ["├─oven", "└─water"]
    assert lower.splitlines()[2] == "│ ├─■──bread ── Topic: 2"


def test_a_long_chain_is_drawn_without_recursion():
    n = 1500
    rows = [
        [str(n + i), "j", list(range(i + 2)), str(n + i - 1 if i else 0), "j", str(i + 1), "t", 1.0]
        for i in range(n - 1)
    ]
    tree = topic_tree(pd.DataFrame(rows[::-1], columns=COLUMNS), tight_layout=True)
    assert tree.count("■") == n


def test_long_names_are_cut(joints):
    joints.loc[0, "Child_Left_Name"] = "x" * 300
    assert topic_tree(joints).splitlines()[1] == f"├─■──{'x' * 100} ── Topic: 4"


def test_the_table_of_a_model_makes_a_tree(model, table):
    tree = topic_tree(table)
    for topic in model._state.index.real:
        assert tree.count(f"── Topic: {topic}\n") == 1
    assert len(tree.splitlines()) == 1 + 2 * len(table)
    assert "Topic: -1" not in tree


@pytest.mark.parametrize("max_distance", ["0.5", float("nan"), True])
def test_a_largest_distance_that_is_no_number_is_refused(joints, max_distance):
    with pytest.raises(InputError, match="max_distance"):
        topic_tree(joints, max_distance=max_distance)


def test_a_table_that_is_no_hierarchy_is_refused(joints):
    with pytest.raises(InputError, match="no column 'Topics'"):
        topic_tree(joints.drop(columns="Topics"))
    with pytest.raises(InputError, match="no column 'Parent_ID'"):
        topic_tree([1, 2])
    with pytest.raises(InputError, match="its values are others"):
        topic_tree(joints.assign(Topics="[0, 1]"))
    with pytest.raises(InputError, match="its values are others"):
        topic_tree(joints.assign(Child_Left_ID=None))
    with pytest.raises(InputError, match="no hierarchy"):
        topic_tree(joints.assign(Child_Left_ID="8"))
    with pytest.raises(InputError, match="no hierarchy"):
        topic_tree(pd.concat([joints, joints]))
