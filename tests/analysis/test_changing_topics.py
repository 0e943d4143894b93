"""Topics updated, merged, deleted, reduced and named by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer

import topicore
from topicore import TopicModel, load
from topicore.components import Description, Representation, Vectorizer
from topicore.errors import InputError, ParameterError
from topicore.specs import RepresentationSpec

TEXTS = ["boat sea", "boat sea sea", "boat harbour", "oven bread", "oven bread", "court judge", "court", "boat oven"]
TOPICS = [0, 0, 0, 1, 1, 2, 2, -1]
ROWS = np.array(
    [[4, 0, 0], [4, 1, 0], [4, 0, 1], [0, 4, 0], [0, 4, 1], [0, 1, 4], [0, 1, 3], [1, 1, 1]], dtype=np.float32
)


@pytest.fixture
def small() -> TopicModel:
    """Topics 0 (three documents), 1 and 2 (two each), one outlier; words and rows that one can count."""
    model = TopicModel(clusterer="manual", representation="c-tf-idf", vectorizer=CountVectorizer())
    return model.fit(TEXTS, embeddings=ROWS, y=TOPICS)


class Asked(Representation):
    """Stands for a language model; ``asked`` holds the topics that it was asked for, call by call."""

    spec = RepresentationSpec(
        name="asked", target="tests:Asked", summary="Asked.", calls_model=True, yields=frozenset({"label"})
    )

    def __init__(self) -> None:
        self.asked: list[list[int]] = []

    def fresh(self, **parameters):
        return self

    def describe(self, view, /):
        self.asked.append(list(view.topics))
        return {topic: Description(label=f"about {view.terms(topic, n=1)[0][0]}") for topic in view.topics}


# merging


def test_merged_topics_are_sums_of_their_parts(small: TopicModel):
    counts, old = small._fitted.topic_counts.toarray(), small._fitted.index
    small.merge_topics([1, 2])
    state = small._fitted
    # four documents in the merged topic, three in the other: it comes first
    assert small.topics_ == [1, 1, 1, 0, 0, 0, 0, -1]
    assert state.topic_counts.toarray().tolist() == [
        counts[old.row(-1)].tolist(),
        (counts[old.row(1)] + counts[old.row(2)]).tolist(),
        counts[old.row(0)].tolist(),
    ]
    np.testing.assert_allclose(state.topic_embeddings[1], ROWS[3:7].mean(axis=0))
    assert small.topic_mapper_.get_mappings() == {-1: -1, 0: 1, 1: 0, 2: 0}


def test_several_groups_are_merged_at_once(documents: list[str]):
    model = TopicModel(n_topics=6).fit(documents)
    sizes = model.topic_sizes_
    model.merge_topics([[0, 3], [1, 2]])
    assert sorted(model.topic_sizes_.values()) == sorted([sizes[0] + sizes[3], sizes[1] + sizes[2], sizes[4], sizes[5]])
    assert list(model.topic_sizes_.values()) == sorted(model.topic_sizes_.values(), reverse=True)
    assert model.transform(documents)[0] == model.topics_


def test_merging_and_counting_again_is_the_same(documents: list[str]):
    merged = TopicModel(n_topics=6).fit(documents)
    by_hand = merged.copy()
    merged.merge_topics([0, 1])
    by_hand.update_topics(topics=merged.topics_)
    for topic, words in merged.get_topics().items():
        assert dict(words) == pytest.approx(dict(by_hand.get_topics()[topic]), rel=1e-4)
    np.testing.assert_allclose(merged.topic_embeddings_, by_hand.topic_embeddings_, atol=1e-5)
    assert merged.representative_docs_ == by_hand.representative_docs_


def test_memberships_of_merged_topics_add_up(documents: list[str]):
    model = TopicModel(n_topics=5, probabilities=True).fit(documents)
    before = model.probabilities_
    model.merge_topics([0, 2])
    merged = model.topics_[model._fitted.assignments.tolist().index(0)]
    np.testing.assert_allclose(model.probabilities_[:, merged], before[:, 0] + before[:, 2], atol=1e-6)


@pytest.mark.parametrize(
    ("topics", "message"),
    [
        ([], "topics_to_merge must be a list"),
        ("01", "topics_to_merge must be a list of topics"),
        ([1], r"the group \[1\]: merging takes at least two topics"),
        ([1, 1], r"the group \[1\]"),
        ([0, 9], "there is no topic 9"),
        ([0, -1], "outliers are no topic"),
        ([[0, 1], [1, 2]], "names topic 1 in two groups"),
        ([[0, 1], 2], "a list of topics, or a list of such lists"),
        (5, "topics_to_merge must be a list of topics"),
        ([0.5, 1], "there is no topic 0.5"),
    ],
)
def test_groups_that_cannot_be_merged_are_refused(small: TopicModel, topics: object, message: str):
    before = small._fitted
    with pytest.raises(InputError, match=message):
        small.merge_topics(topics)
    assert small._fitted is before


def test_numpy_integers_are_topics(small: TopicModel):  # the peer's trap 21
    small.merge_topics(np.array([1, 2]))
    assert small.get_topic_freq(np.int64(0)) == 4
    assert small.get_representative_docs(np.int64(1)) == small.representative_docs_[1]
    small.delete_topics(np.int64(1))
    assert small.topics_.count(-1) == 4


# deleting


def test_deleting_a_topic_takes_its_own_rows(small: TopicModel):  # the peer's trap 5
    rows = {topic: small.topic_embeddings_[place] for place, topic in enumerate([-1, 0, 1, 2])}
    small.delete_topics([1])
    assert small.topics_ == [0, 0, 0, -1, -1, 1, 1, -1]
    np.testing.assert_allclose(small.topic_embeddings_[1], rows[0])
    np.testing.assert_allclose(small.topic_embeddings_[2], rows[2])
    np.testing.assert_allclose(small.topic_embeddings_[0], ROWS[[3, 4, 7]].mean(axis=0))
    assert small.c_tf_idf_.shape[0] == 3


def test_topics_over_time_work_after_deleting(small: TopicModel):  # the peer's trap 6
    small.delete_topics([1])
    table = small.topics_over_time([1, 1, 2, 2, 1, 1, 2, 2])
    assert table["Frequency"].sum() == len(TEXTS)
    assert sorted(set(table["Topic"])) == [-1, 0, 1]


def test_labels_set_by_hand_follow_their_topics_when_others_are_deleted(small: TopicModel):  # the peer's trap 7
    small.set_topic_labels({0: "ships", 2: "law"}).delete_topics([1])
    assert small.topic_labels_[0] == "ships"
    assert small.topic_labels_[1] == "law"


def test_deleting_without_outliers_makes_the_outlier_topic(documents: list[str]):
    model = TopicModel(n_topics=4).fit(documents)
    assert -1 not in model.topic_sizes_
    model.delete_topics([2])
    assert model.topic_sizes_[-1] > 0
    assert -1 in model.get_topics()
    assert model.transform(documents)[0] == model.topics_


def test_all_topics_can_be_deleted(small: TopicModel):
    small.delete_topics([0, 1, 2])
    assert set(small.topics_) == {-1}
    assert small.get_topic_info()["Topic"].tolist() == [-1]
    assert small.transform(TEXTS, embeddings=ROWS)[0] == [-1] * len(TEXTS)


# reducing


def test_reducing_merges_the_closest_topics():
    rows = np.array([[1, 0, 0], [1, 0.1, 0], [0.9, 0.4, 0], [0, 1, 0], [0, 0, 1], [0, 0.1, 1]], dtype=np.float32)
    model = TopicModel(clusterer="manual").fit(TEXTS[:6], embeddings=rows, y=[0, 0, 1, 2, 3, 3])
    # topics 0 and 1 are the closest pair by cosine
    model.reduce_topics(3)
    assert model.topics_ == [0, 0, 0, 2, 1, 1]


def test_n_topics_is_honoured_and_does_not_count_outliers(documents: list[str]):
    model = TopicModel(n_topics=8).fit(documents)
    model.update_topics(topics=[-1, *model.topics_[1:]])
    for wanted in (5, 3, 1):
        model.reduce_topics(wanted)
        assert len([topic for topic in model.get_topics() if topic >= 0]) == wanted
        assert model.topics_[0] == -1


@pytest.mark.parametrize("n_topics", [5, 6, 100])
def test_reducing_to_as_many_or_more_changes_nothing(documents: list[str], n_topics: int):  # the peer's trap 10
    model = TopicModel(n_topics=5, probabilities=True).fit(documents)
    before = model.probabilities_
    assert (before.argmax(axis=1) == model.topics_).mean() > 0.9
    model.reduce_topics(n_topics)
    np.testing.assert_array_equal(model.probabilities_, before)


def test_auto_merges_only_topics_that_lie_together():
    near = [
        np.eye(8)[first] + 0.1 * np.eye(8)[other] for first, other in ((0, 2), (0, 3), (0, 4), (1, 2), (1, 3), (1, 4))
    ]
    rows = np.vstack([*near, np.eye(8)[5], np.eye(8)[6]]).astype(np.float32)
    texts = [f"word{place} text{place}" for place in range(8)]
    model = TopicModel(clusterer="manual").fit(texts, embeddings=rows, y=list(range(8)))
    model.reduce_topics("auto")
    assert model.topics_ == [0, 0, 0, 1, 1, 1, 2, 3]


@pytest.mark.parametrize("n_topics", [0, -3, 2.5, "many", True, None])
def test_numbers_of_topics_that_make_no_sense_are_refused(small: TopicModel, n_topics: object):
    with pytest.raises(InputError, match="n_topics must be a whole number of at least 1, or 'auto'"):
        small.reduce_topics(n_topics)


# updating


def test_what_is_not_passed_is_kept():  # the peer's trap 9
    model = TopicModel(
        clusterer="manual",
        vectorizer=topicore.vectorizer("count", stop_words=["boat"], min_df=1),
        weighting=topicore.weighting("c-tf-idf", bm25=True),
        representation={"main": "c-tf-idf", "other": "mmr"},
        n_words=2,
    ).fit(TEXTS, y=TOPICS)
    model.update_topics(ngram_range=(1, 2))
    assert "boat" not in model.vocabulary_
    assert "oven bread" in model.vocabulary_
    assert model._fitted.components.weighting.bm25
    assert list(model.topic_aspects_) == ["other"]
    assert all(len(words) <= 2 for words in model.get_topics().values())
    model.update_topics(n_words=3)
    assert "oven bread" in model.vocabulary_


def test_updating_to_other_grams_equals_a_fit_with_them(documents: list[str]):
    model = TopicModel(n_topics=4).fit(documents)
    told = TopicModel(n_topics=4, ngram_range=(1, 2)).fit(documents)
    model.update_topics(ngram_range=(1, 2))
    assert model.get_topics() == told.get_topics()
    assert model.update_topics(ngram_range=(1, 1), stop_words=["boat"]).vocabulary_ != told.vocabulary_


def test_assigning_by_hand_moves_every_part_along(small: TopicModel):  # the peer's trap 8
    small.update_topics(topics=[0, 0, 0, 1, 1, 2, 2, 0])
    assert small.topic_embeddings_.shape == (3, 3)
    np.testing.assert_allclose(small.topic_embeddings_[0], ROWS[[0, 1, 2, 7]].mean(axis=0))
    assert small.topic_sizes_ == {0: 4, 1: 2, 2: 2}
    assert small.find_topics.__self__ is small
    assert small.get_topic_info()["Count"].sum() == len(TEXTS)
    assert small.transform(TEXTS, embeddings=ROWS)[0] == small.topics_


def test_ids_given_by_hand_are_kept_as_they_are(small: TopicModel):
    small.update_topics(topics=[7, 7, 7, 1, 1, -1, 40, 40])
    assert list(small.get_topics()) == [-1, 1, 7, 40]
    assert small.transform(TEXTS, embeddings=ROWS)[0] == small.topics_
    assert small.get_topic(40)[0][0] in ("court", "boat", "oven")
    with pytest.raises(InputError, match=r"there is no topic 0; topics are \[1, 7, 40\] and -1"):
        small.get_topic(0)


@pytest.mark.parametrize(
    ("topics", "message"),
    [
        ([0, 1], "topics has 2 entries for 8 documents"),
        ([0.0] * 8, "topics must be whole numbers, got float64"),
        ([0] * 7 + [-2], r"topics\[7\] is -2"),
        ("00000000", "topics must be a list"),
        ([None] * 8, "topics must be whole numbers"),
        (3, "topics must be a list"),
        ([[0] * 8], "topics has shape"),
    ],
)
def test_assignments_that_cannot_be_used_are_refused(small: TopicModel, topics: object, message: str):
    before = small._fitted
    with pytest.raises(InputError, match=message):
        small.update_topics(topics=topics)
    assert small._fitted is before


def test_tokens_are_kept_where_text_is_cut_alike_and_documents_read_again_elsewhere():
    reads = []

    class Spaces(Vectorizer):
        def __init__(self, lower: bool = True) -> None:
            self.lower = lower

        def tokenize(self, texts, /):
            for text in texts:
                reads.append(text)
                yield (text.lower() if self.lower else text).split()

    model = TopicModel(clusterer="manual", vectorizer=Spaces()).fit(TEXTS, y=TOPICS)
    assert len(reads) == len(TEXTS)
    model.update_topics(ngram_range=(1, 2))
    model.update_topics(vectorizer=Spaces(), stop_words=["boat"])
    assert len(reads) == len(TEXTS)
    model.update_topics(vectorizer=Spaces(lower=False))
    assert len(reads) == 2 * len(TEXTS)


def test_a_vectorizer_of_scikit_learn_takes_other_grams(small: TopicModel):
    small.update_topics(ngram_range=(2, 2))
    assert small.vocabulary_ == sorted(
        ["boat sea", "sea sea", "boat harbour", "oven bread", "court judge", "boat oven"]
    )


def test_a_vectorizer_that_only_counts_says_so(documents: list[str]):
    model = TopicModel(vectorizer="hashing").fit(documents)
    with pytest.raises(ParameterError, match="ngram_range has no effect: vectorizer 'hashing' does not take it"):
        model.update_topics(ngram_range=(1, 2))


@pytest.mark.parametrize(("name", "value"), [("n_words", 0), ("ngram_range", (2, 1)), ("stop_words", 5)])
def test_settings_that_cannot_be_used_are_refused(small: TopicModel, name: str, value: object):
    before = small._fitted
    with pytest.raises(ParameterError, match=name):
        small.update_topics(**{name: value})
    assert small._fitted is before


# models that are asked


def test_models_are_asked_for_the_fit_and_when_the_user_says_so(documents: list[str]):
    main, aspect = Asked(), Asked()
    model = TopicModel(n_topics=5, representation={"main": ["projection", main], "label": aspect}).fit(documents)
    assert len(main.asked) == len(aspect.asked) == 1
    model.update_topics(ngram_range=(1, 2))
    model.topics_over_time(list(range(len(documents))), n_bins=3)
    model.topics_per_class([place % 3 for place in range(len(documents))])
    model.hierarchical_topics()
    model.approximate_distribution()
    kept = model.topic_labels_[2]
    model.merge_topics([0, 1])
    assert len(main.asked) == len(aspect.asked) == 1
    assert kept in model.topic_labels_.values()
    merged = next(
        topic for topic, words in model.get_topics().items() if not model.topic_labels_[topic].startswith("a")
    )
    assert model.topic_labels_[merged] == "_".join([str(merged), *(word for word, _ in model.get_topic(merged)[:4])])
    model.describe_topics("label")
    assert (len(main.asked), len(aspect.asked)) == (1, 2)
    model.describe_topics()
    assert (len(main.asked), len(aspect.asked)) == (2, 3)
    assert all(label.startswith("about ") for label in model.topic_labels_.values())
    model.update_topics(representation={"main": "c-tf-idf", "label": aspect})
    assert (len(main.asked), len(aspect.asked)) == (2, 4)


def test_outliers_reassigned_keep_the_labels_of_topics(documents: list[str]):
    model = TopicModel(n_topics=4, representation=["projection", Asked()]).fit(documents)
    model.update_topics(topics=[-1 if place < 40 else topic for place, topic in enumerate(model.topics_)])
    labels = {topic: label for topic, label in model.topic_labels_.items() if topic >= 0}
    model.update_topics(topics=model.reduce_outliers(strategy="embeddings"))
    assert {topic: model.topic_labels_[topic] for topic in labels} == labels


def test_an_unknown_aspect_is_refused(small: TopicModel):
    with pytest.raises(InputError, match="there is no aspect 'short'; aspects are main"):
        small.describe_topics("short")


# labels


def test_labels_are_set_by_list_or_by_topic(small: TopicModel):
    assert small.custom_labels_ is None
    small.set_topic_labels(["rest", "ships", "bread", "law"])
    assert small.custom_labels_ == ["rest", "ships", "bread", "law"]
    small.set_topic_labels({1: "baking", 2: None})
    assert small.topic_labels_ == {-1: "rest", 0: "ships", 1: "baking", 2: "2"}  # the class that it was given as
    assert small.get_topic_info()["Name"].tolist() == list(small.topic_labels_.values())


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["a"], "topic_labels has 1 labels for 4 topics"),
        ("abcd", "topic_labels must be a list of texts"),
        ({9: "x"}, "there is no topic 9"),
        ({0: ""}, "a label is a text with words"),
        ({0: 3}, "topic_labels has 3 for topic 0"),
    ],
)
def test_labels_that_cannot_be_set_are_refused(small: TopicModel, labels: object, message: str):
    with pytest.raises(InputError, match=message):
        small.set_topic_labels(labels)


def test_labels_are_generated_from_words(small: TopicModel):
    assert small.generate_topic_labels(2)[1] == "0_sea_boat"
    assert small.generate_topic_labels(2, topic_prefix=False, word_length=3, separator=", ")[1] == "sea, boa"
    assert len(small.set_topic_labels(small.generate_topic_labels()).custom_labels_) == 4
    with pytest.raises(InputError, match="n_words must be a whole number of at least 1, got 0"):
        small.generate_topic_labels(0)
    with pytest.raises(InputError, match="there is no aspect 'x'"):
        small.generate_topic_labels(aspect="x")


# loaded models


def test_a_loaded_model_changes_topics_from_counts_of_topics_alone(documents: list[str], tmp_path):
    model = TopicModel(n_topics=6, representation="c-tf-idf").fit(documents)
    model.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    for each in (model, loaded):
        each.merge_topics([0, 1]).delete_topics([1]).reduce_topics(3).set_topic_labels({0: "first"})
    assert loaded.get_topics() == model.get_topics()
    assert loaded.topics_ == model.topics_
    assert loaded.transform(documents)[0] == model.topics_


def test_a_loaded_model_takes_the_documents_of_the_fit(documents: list[str], tmp_path):
    model = TopicModel(n_topics=5).fit(documents)
    model.save(tmp_path / "model")

    def loaded() -> TopicModel:
        return load(tmp_path / "model")

    years = [2000 + place % 5 for place in range(len(documents))]
    assert loaded().topics_over_time(years, documents=documents).equals(model.topics_over_time(years))
    assert loaded().topics_per_class(years, documents=documents).equals(model.topics_per_class(years))
    assert loaded().hierarchical_topics().equals(model.hierarchical_topics())
    new = [-1 if place % 9 == 0 else topic for place, topic in enumerate(model.topics_)]
    again = loaded().update_topics(topics=new, documents=documents)
    model.update_topics(topics=new)
    assert again.get_topics() == model.get_topics()
    assert again.transform(documents)[0] == model.topics_
    assert again.update_topics(ngram_range=(1, 2)).get_topics() == model.update_topics(ngram_range=(1, 2)).get_topics()
    for missing in (
        lambda: loaded().topics_over_time(years),
        lambda: loaded().update_topics(ngram_range=(1, 2)),
        lambda: loaded().update_topics(topics=new),
    ):
        with pytest.raises(InputError, match=r"pass \w+=.*include=\["):
            missing()


def test_other_documents_than_those_of_the_fit_are_noticed(documents: list[str], tmp_path):
    TopicModel(n_topics=5).fit(documents).save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    with pytest.raises(InputError, match="documents has 3 entries, but the model was fitted on 240"):
        loaded.update_topics(ngram_range=(1, 2), documents=documents[:3])
    with pytest.raises(InputError, match="documents are not those that the model was fitted on, or not in their order"):
        loaded.update_topics(ngram_range=(1, 2), documents=documents[::-1])
