"""One model of several that were fitted in one embedding space."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import TfidfVectorizer

import topicore
from topicore import TopicModel
from topicore.analysis.hierarchy import hierarchical_topics
from topicore.analysis.merging import merge_models
from topicore.components import CountingVectorizer, Description, Embedder, Representation
from topicore.errors import InputError
from topicore.specs import RepresentationSpec
from topicore.state import MAIN, frozen

DIRECTIONS = {"sea": [1, 0, 0], "oven": [0, 1, 0], "sky": [0, 0, 1], "coast": [0.9, 0.2, 0]}
WORDS = {
    "sea": "ship tide anchor mast",
    "oven": "bread flour dough yeast",
    "sky": "comet galaxy orbit star",
    "coast": "ship tide beach cliff",
    "noise": "the of and to",
}


def fitted(themes, seed=0, **parameters):
    """The state of a model of documents of these themes; ``"noise"`` are outliers."""
    draw = np.random.default_rng(seed)
    rows = np.array([DIRECTIONS.get(theme, [1, 1, 1]) for theme in themes]) + draw.normal(0, 0.02, (len(themes), 3))
    documents = [" ".join(draw.permutation(WORDS[theme].split())[:3]) for theme in themes]
    settings = {"clusterer": "manual", "language": None, "vectorizer": topicore.vectorizer("count", min_df=1)}
    classes = [None if theme == "noise" else theme for theme in themes]
    return TopicModel(**{**settings, **parameters}).fit(documents, rows, y=classes)._state


def model_of(state):
    return TopicModel._with(TopicModel().get_params(), state)


@pytest.fixture(scope="module")
def first():
    """Topic 0 is sea with 4 documents, 1 is oven with 3; an outlier."""
    return fitted(["sea", "oven", "noise", "sea", "oven", "sea", "oven", "sea"])


@pytest.fixture(scope="module")
def second():
    """Topic 0 is sky with 4 documents, 1 is sea with 3; two outliers."""
    return fitted(["sky", "noise", "sea", "sky", "sea", "sky", "sky", "noise", "sea"], seed=1)


@pytest.fixture(scope="module")
def merged(first, second):
    return merge_models([first, second])


@pytest.fixture(scope="module")
def halves(documents):
    """Two models of one embedder, of themes that overlap."""
    embedder = topicore.embedder(embedder_of(documents))
    return [TopicModel(embedder=embedder).fit(part) for part in (documents[:120], [*documents[120:], "", "!!"])]


def embedder_of(documents):
    return TfidfVectorizer(max_features=60).fit(documents)


def check(merged, states):
    """What holds of every merged model."""
    index = merged.index
    assert merged.n_documents == sum(state.n_documents for state in states)
    assert index.sizes.sum() == merged.n_documents
    assert np.array_equal(np.bincount(index.rows(merged.assignments), minlength=len(index)), index.sizes)
    assert (np.diff(index.ids) > 0).all()
    assert merged.topic_counts.sum() == sum(state.topic_counts.sum() for state in states)
    assert merged.topic_counts.shape == merged.weights.shape == (len(index), len(merged.vocabulary))
    assert merged.topic_embeddings.shape == (len(index), merged.columns)
    assert merged.vocabulary == sorted(set().union(*(state.vocabulary for state in states)))
    assert all(list(said) == index.topics for said in merged.descriptions.values())
    assert list(merged.representative) == index.topics
    for topic, places in merged.representative.items():
        assert 0 < len(places) <= 3
        assert all(merged.assignments[place] == topic for place in places)
    if merged.counts is not None:
        sums = np.zeros(merged.topic_counts.shape)
        np.add.at(sums, index.rows(merged.assignments), merged.counts.toarray())
        assert np.array_equal(sums, merged.topic_counts.toarray())
    start = 0
    for state in states:  # each topic is somewhere, as a whole
        part = merged.assignments[start : start + state.n_documents]
        assert all(len(set(part[state.assignments == topic].tolist())) == 1 for topic in state.index.topics)
        assert ((part == -1) == (state.assignments == -1)).all()
        start += state.n_documents
    first = merged.assignments[: states[0].n_documents]
    assert np.array_equal(first, states[0].assignments)


def test_like_topics_are_joined_and_others_get_the_next_id(first, second, merged):
    assert merged.assignments[:8].tolist() == [0, 1, -1, 0, 1, 0, 1, 0]
    assert merged.assignments[8:].tolist() == [2, -1, 0, 2, 0, 2, 2, -1, 0]
    assert merged.index.topics == [-1, 0, 1, 2]
    assert merged.index.sizes.tolist() == [3, 7, 3, 4]
    check(merged, [first, second])


def test_counts_are_those_of_all_documents_over_all_terms(first, second, merged):
    """Sea has 4 documents of 3 words in the first model and 3 in the second."""
    sea = dict(zip(merged.vocabulary, merged.topic_counts.toarray()[merged.index.row(0)].tolist(), strict=True))
    assert sum(sea.values()) == 21
    for word in sea:
        expected = sum(
            text.split().count(word)
            for state, topic in ((first, 0), (second, 1))
            for text, own in zip(state.documents, state.assignments, strict=True)
            if own == topic
        )
        assert sea[word] == expected
    expected = first.components.weighting.fresh().fit_transform(merged.topic_counts, merged.vocabulary)
    assert np.allclose(merged.weights.toarray(), expected.toarray())


def test_embeddings_of_topics_are_means_over_all_their_documents(first, second, merged):
    """(4 * a + 3 * b) / 7 for sea."""
    expected = (4 * first.topic_embeddings[first.index.row(0)] + 3 * second.topic_embeddings[second.index.row(1)]) / 7
    assert merged.topic_embeddings[merged.index.row(0)] == pytest.approx(expected, abs=1e-6)
    for topic in merged.index.topics:
        rows = merged.embeddings[merged.assignments == topic]
        assert merged.topic_embeddings[merged.index.row(topic)] == pytest.approx(rows.mean(axis=0), abs=1e-6)


def test_what_documents_were_is_one_after_the_other(first, second, merged):
    assert merged.documents == [*first.documents, *second.documents]
    assert np.array_equal(merged.embeddings, np.vstack([first.embeddings, second.embeddings]))
    assert np.array_equal(merged.strengths, np.concatenate([first.strengths, second.strengths]))
    words = [[merged.tokens.vocabulary[number] for number in merged.tokens.ids[start:end]]
             for start, end in zip(merged.tokens.offsets[:-1], merged.tokens.offsets[1:], strict=True)]  # fmt: skip
    assert [" ".join(text) for text in words] == merged.documents
    for place, text in enumerate(merged.documents):
        row = dict(zip(merged.vocabulary, merged.counts.toarray()[place].tolist(), strict=True))
        assert {word: count for word, count in row.items() if count} == dict.fromkeys(text.split(), 1)


def test_tokens_keep_their_stop_marks(documents):
    english = fitted(["noise", "sea", "oven"], vectorizer="count", language="english")
    plain = fitted(["sky", "sea", "noise"], vectorizer="count", language=None, seed=2)
    for states in ([english, plain], [plain, english]):
        tokens = merge_models(states).tokens
        marks = dict(zip(tokens.vocabulary, tokens.stop.tolist(), strict=True))
        before = [dict(zip(state.tokens.vocabulary, state.tokens.stop.tolist(), strict=True)) for state in states]
        assert marks == before[1] | before[0]


def test_topics_are_swallowed_by_no_outliers():
    """Peer trap 11: a topic that is most like the outliers of the other model is a topic nevertheless."""
    first = fitted(["sea", "sea", "noise", "noise"])
    second = fitted(["oven", "oven", "noise"], seed=1)
    middle = np.tile([1, 1, 1], (2, 1)).astype(np.float32)
    second = replace(second, topic_embeddings=frozen(np.vstack([middle[:1], middle[:1]])))
    merged = merge_models([first, second], min_similarity=0.9)
    assert merged.assignments.tolist() == [0, 0, -1, -1, 1, 1, -1]
    assert merged.index.size(-1) == 3


def test_outliers_of_the_second_model_alone_are_outliers_of_both():
    """Peer trap 11: the base has no -1, and a row, words and documents for it are there nevertheless."""
    first, second = fitted(["sea", "sea", "oven"]), fitted(["sea", "noise"], seed=1)
    merged = merge_models([first, second])
    assert merged.index.topics == [-1, 0, 1]
    assert merged.assignments.tolist() == [0, 0, 1, 0, -1]
    check(merged, [first, second])
    model = model_of(merged)
    assert len(model.get_document_info()) == 5
    assert model.get_topic_info()["Count"].tolist() == [1, 3, 1]
    assert merge_models([second, first]).assignments.tolist() == [0, -1, 0, 0, 1]


def test_a_model_merged_with_itself_has_the_same_topics_twice_as_large(first):
    merged = merge_models([first, first], min_similarity=1.0)
    assert merged.index.topics == first.index.topics
    assert np.array_equal(merged.index.sizes, 2 * first.index.sizes)
    assert np.array_equal(merged.topic_counts.toarray(), 2 * first.topic_counts.toarray())
    assert merged.topic_embeddings == pytest.approx(first.topic_embeddings)
    check(merged, [first, first])


def test_the_words_of_what_nothing_joined_stay_and_those_of_the_joined_are_new(first, second, merged):
    said = merged.descriptions[MAIN]
    assert said[1] == first.descriptions[MAIN][1]
    assert said[2] == second.descriptions[MAIN][0]
    assert said[0] != first.descriptions[MAIN][0]
    assert {term for term, _ in said[0].terms[:4]} == set(WORDS["sea"].split())


def test_the_plain_words_of_joined_topics_are_their_weights():
    plain = [fitted(themes, seed, representation="c-tf-idf") for themes, seed in ((["sea"] * 3, 0), (["coast"] * 2, 1))]
    merged = merge_models(plain)
    weights = merged.weights.toarray()[0]
    order = np.lexsort((np.arange(len(weights)), -weights))
    terms = merged.descriptions[MAIN][0].terms
    assert [term for term, _ in terms] == [merged.vocabulary[place] for place in order if weights[place] > 0]
    assert [weight for _, weight in terms] == pytest.approx(sorted(weights, reverse=True))


def test_the_likest_topic_is_joined():
    first, second = fitted(["sea", "sea", "coast"]), fitted(["coast", "coast"], seed=3)
    assert merge_models([first, second], min_similarity=0.5).assignments.tolist() == [0, 0, 1, 1, 1]


def test_two_topics_of_a_model_may_join_one_topic_but_never_one_another():
    """Coast and sea have the cosine 0.9 / sqrt(0.85) = 0.976."""
    close = fitted(["sea", "sea", "coast"], seed=4)
    merged = merge_models([fitted(["sea", "sea"]), close], min_similarity=0.9)
    assert merged.assignments.tolist() == [0] * 5
    merged = merge_models([fitted(["oven", "oven"]), close], min_similarity=0.9)
    assert merged.assignments.tolist() == [0, 0, 1, 1, 2]


def test_the_smallest_similarity_is_a_cosine_that_is_enough():
    first, second = fitted(["sea"]), fitted(["coast"])
    rows = np.array([[3, 0, 0]], dtype=np.float32), np.array([[3, 4, 0]], dtype=np.float32)  # cosine 3 / 5
    first, second = (replace(state, topic_embeddings=row) for state, row in zip((first, second), rows, strict=True))
    assert merge_models([first, second], min_similarity=0.6).index.topics == [0]
    assert merge_models([first, second], min_similarity=0.601).index.topics == [0, 1]


def test_three_models_at_once_are_two_and_one(first, second):
    third = fitted(["coast", "coast", "sky", "noise", "oven"], seed=5)
    together = merge_models([first, second, third])
    in_turn = merge_models([merge_models([first, second]), third])
    assert np.array_equal(together.assignments, in_turn.assignments)
    assert np.array_equal(together.topic_counts.toarray(), in_turn.topic_counts.toarray())
    assert together.topic_embeddings == pytest.approx(in_turn.topic_embeddings, abs=1e-6)
    check(together, [first, second, third])


def test_new_ids_follow_the_largest_where_ids_have_gaps(first, second):
    ids = np.array([-1, 3, 8])
    moved = dict(zip(first.index.topics, ids.tolist(), strict=True))
    gaps = replace(
        first,
        index=replace(first.index, ids=ids),
        assignments=frozen(ids[first.index.rows(first.assignments)]),
        mapping=frozen(np.array([3, 8])),
        descriptions={MAIN: {moved[topic]: said for topic, said in first.descriptions[MAIN].items()}},
        representative={moved[topic]: places for topic, places in first.representative.items()},
    )
    merged = merge_models([gaps, second])
    assert merged.index.topics == [-1, 3, 8, 9]
    check(merged, [gaps, second])
    assert model_of(merged).transform(embeddings=second.embeddings)[0] == merged.assignments[8:].tolist()
    assert merge_models([second, gaps]).index.topics == [-1, 0, 1, 2]


def test_models_of_outliers_alone_add_outliers(first):
    noise = fitted(["noise", "noise"], seed=6)
    assert noise.index.topics == [-1]
    merged = merge_models([first, noise])
    assert merged.index.sizes.tolist() == [3, 4, 3]
    merged = merge_models([noise, first])
    assert merged.index.topics == [-1, 0, 1]
    check(merged, [noise, first])
    merged = merge_models([noise, noise])
    assert merged.index.topics == [-1]
    assert model_of(merged).transform(embeddings=np.eye(3))[0] == [-1, -1, -1]


def test_names_and_labels_are_kept(first, second):
    """Peer trap 14 and user pain 19: labels are not lost, and those of the first model come first."""
    one = replace(first, names={0: "SEA"}, custom={1: "Kitchen"})
    two = replace(second, names={0: "SKY", 1: "Ocean"}, custom={0: "Space", 1: "Water", -1: "Rest"})
    merged = merge_models([one, two])
    assert merged.names == {0: "SEA", 2: "SKY"}
    assert merged.custom == {-1: "Rest", 0: "Water", 1: "Kitchen", 2: "Space"}
    assert first.names == {0: "sea", 1: "oven"}
    assert merge_models([first, second]).names == {0: "sea", 1: "oven", 2: "sky"}


class Said(Representation):
    """A label and a summary a topic; stands for a language model."""

    spec = RepresentationSpec(name="custom", target="said:Said", summary="Says a name.", network=True)
    calls = 0

    def __init__(self, name):
        self.name = name

    def describe(self, view, /):
        Said.calls += 1
        return {topic: Description(label=f"{self.name} {topic}", summary=self.name) for topic in view.topics}


def test_what_a_model_said_is_kept_and_no_model_is_asked_again():
    """Peer weakness P5: merging costs no call."""
    states = [fitted(["sea", "sea", "oven"], representation={"main": "projection", "llm": Said("a")}),
              fitted(["sky", "sky", "sea"], 1, representation={"main": "projection", "llm": Said("b")})]  # fmt: skip
    Said.calls = 0
    said = merge_models(states).descriptions["llm"]
    assert Said.calls == 0
    assert [said[topic].label for topic in (0, 1, 2)] == ["a 0", "a 1", "b 0"]
    assert [said[topic].summary for topic in (0, 1, 2)] == ["a", "a", "b"]
    assert {term for term, _ in said[0].terms} >= set(WORDS["sea"].split())


def test_aspects_that_one_model_lacks_are_filled_with_plain_words():
    plain = fitted(["sea", "sea", "oven"], representation="c-tf-idf")
    rich = fitted(["sky", "sky", "sea"], 1, representation={"main": "c-tf-idf", "llm": [Said("b")]})
    for states in ([plain, rich], [rich, plain]):
        merged = merge_models(states)
        assert list(merged.descriptions) == [MAIN, "llm"]
        oven = merged.index.topics[int(merged.assignments[merged.documents.index(plain.documents[2])])]
        assert merged.descriptions["llm"][oven].label is None
        assert {term for term, _ in merged.descriptions["llm"][oven].terms} == set(plain.documents[2].split())
        assert sum(said.label is not None for said in merged.descriptions["llm"].values()) == 2
        assert len(model_of(merged).get_topic_info()) == 3


def test_the_best_documents_of_joined_topics_are_taken_in_turn(first, second, merged):
    own, other = first.representative[0], second.representative[1]
    assert merged.representative[0] == (own[0], 8 + other[0], own[1])
    assert merged.representative[2] == tuple(8 + place for place in second.representative[0])


@pytest.mark.filterwarnings("ignore:a model keeps no embeddings")
def test_memberships_have_a_column_a_topic():
    states = [
        fitted(["sea", "sea", "oven"]),
        fitted(["sea", "coast", "coast", "sky", "noise"], seed=1),
    ]
    assert states[1].index.topics == [-1, 0, 1, 2]  # coast, then sea, then sky
    shares = [
        np.array([[0.8, 0.1], [0.7, 0.2], [0, 1]]),
        np.array([[0.3, 0.5, 0], [0.6, 0.4, 0], [1, 0, 0], [0, 0.1, 0.9], [0, 0, 0.1]]),
    ]
    states = [
        replace(state, memberships=csr_array(part.astype(np.float32)))
        for state, part in zip(states, shares, strict=True)
    ]
    merged = merge_models(states, min_similarity=0.9)
    assert merged.assignments.tolist() == [0, 0, 1, 0, 0, 0, 2, -1]
    expected = [[0.8, 0.1, 0], [0.7, 0.2, 0], [0, 1, 0], [0.8, 0, 0], [1, 0, 0], [1, 0, 0], [0.1, 0, 0.9], [0, 0, 0.1]]
    assert merged.memberships.toarray() == pytest.approx(np.array(expected))
    assert merged.strengths[3:] == pytest.approx([0.8, 1, 1, 1, 0])  # coast and sea are one from now on
    assert merge_models([states[0], replace(states[1], memberships=None)]).memberships is None
    merged = replace(merged, settings=replace(merged.settings, probabilities=True))
    topics, found = model_of(merged).transform(embeddings=merged.embeddings)
    assert topics == merged.assignments.tolist()
    assert found == pytest.approx(np.array(expected), abs=1e-6)


def test_new_documents_are_labelled_by_the_documents_of_both(first, second, merged):
    model = model_of(merged)
    topics, strengths = model.transform(embeddings=np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]]))
    assert topics == [0, 1, 2, -1]
    assert model.transform(embeddings=merged.embeddings)[0] == model.topics_
    assert strengths.dtype == np.float32


@pytest.mark.filterwarnings("ignore:a model keeps no embeddings")
@pytest.mark.parametrize("lacking", [0, 1])
def test_without_embeddings_the_nearest_topic_labels_new_documents(first, second, lacking):
    states = [first, second]
    states[lacking] = replace(states[lacking], embeddings=None, documents=None, tokens=None, counts=None, images=None)
    merged = merge_models(states)
    assert merged.documents is merged.tokens is merged.counts is merged.embeddings is merged.space is None
    assert merged.index.sizes.tolist() == [3, 7, 3, 4]
    check(merged, states)
    assert model_of(merged).transform(embeddings=np.eye(3))[0] == [0, 1, 2]
    shares = replace(states[0], memberships=csr_array(np.ones((8, 2), dtype=np.float32)))
    other = replace(states[1], memberships=csr_array(np.ones((9, 2), dtype=np.float32)))
    soft = merge_models([shares, other])
    soft = replace(soft, settings=replace(soft.settings, probabilities=True))
    assert model_of(soft).transform(embeddings=np.eye(3) + 0.1)[1].shape == (3, 3)


def test_images_are_kept_where_every_model_has_some(first, second):
    assert (
        merge_models([replace(first, images=["a"] * 8), replace(second, images=["b"] * 9)]).images
        == ["a"] * 8 + ["b"] * 9
    )
    assert merge_models([replace(first, images=["a"] * 8), second]).images is None


def test_sparse_and_dense_embeddings_are_stacked(first, second):
    sparse = replace(second, embeddings=csr_array(second.embeddings))
    for states in ([sparse, sparse], [first, sparse], [sparse, first]):
        merged = merge_models(states)
        expected = np.vstack([np.asarray(csr_array(state.embeddings).toarray()) for state in states])
        assert np.array_equal(merged.embeddings.toarray(), expected)
        assert merged.embeddings.dtype == np.float32
        check(merged, states)


def test_vocabularies_may_be_anything_that_can_be_read_in_order(first, second):
    class Lazy:
        def __init__(self, terms):
            self.terms = terms

        def __len__(self):
            return len(self.terms)

        def __getitem__(self, place):
            return self.terms[place]

    states = [replace(state, vocabulary=Lazy(state.vocabulary)) for state in (first, second)]
    merged = merge_models(states)
    assert merged.vocabulary == sorted({*first.vocabulary, *second.vocabulary})
    check(merge_models([first, second]), [first, second])


def test_terms_in_an_order_of_their_own_are_put_in_place(first, second):
    ordered = topicore.vectorizer("count", vocabulary=["tide", "ship", "anchor", "mast"])
    own = fitted(["sea", "sea", "sea"], seed=7, vectorizer=ordered)
    merged = merge_models([own, first])
    assert merged.vocabulary == sorted({*own.vocabulary, *first.vocabulary})
    assert merged.counts.has_sorted_indices
    check(merged, [own, first])


class Buckets(CountingVectorizer):
    """Counts of words by their first letter; there are no tokens."""

    terms = ("a", "s", "t")

    def __init__(self):
        pass

    def fit_transform(self, documents, /):
        return self.transform(documents)

    def transform(self, documents, /):
        rows = [[sum(word.startswith(term) for word in text.split()) for term in self.terms] for text in documents]
        return csr_array(np.array(rows, dtype=np.int32))


def test_vectorizers_may_differ(first):
    buckets = fitted(["sea", "sky", "sky"], seed=8, vectorizer=Buckets())
    merged = merge_models([first, buckets])
    assert merged.tokens is None
    assert merged.vocabulary == sorted([*first.vocabulary, "a", "s", "t"])
    check(merged, [first, buckets])


def test_what_was_handed_in_stays(first, second):
    before = [
        (state.assignments.copy(), state.weights.copy(), state.topic_embeddings.copy(), dict(state.descriptions[MAIN]))
        for state in (first, second)
    ]
    idf = first.components.weighting.state().arrays["idf"].copy()
    merged = merge_models([first, second])
    for state, (assignments, weights, embeddings, said) in zip((first, second), before, strict=True):
        assert np.array_equal(state.assignments, assignments)
        assert (state.weights != weights).nnz == 0
        assert np.array_equal(state.topic_embeddings, embeddings)
        assert dict(state.descriptions[MAIN]) == said
    assert np.array_equal(first.components.weighting.state().arrays["idf"], idf)
    assert merged.components.weighting is not first.components.weighting
    for array in (merged.assignments, merged.strengths, merged.embeddings, merged.topic_embeddings, merged.counts.data):
        assert not array.flags.writeable


def test_the_rest_is_the_first_models(first, second):
    later = replace(second, versions={"topicore": "9", "other": "2"}, settings=replace(second.settings, n_words=3))
    merged = merge_models([replace(first, versions={"topicore": "1"}), later])
    assert merged.versions == {"other": "2", "topicore": "1"}
    assert merged.settings == first.settings
    assert merged.components.clusterer is first.components.clusterer
    assert np.array_equal(merged.mapping, first.mapping)
    assert merged.votes
    assert merged.steering is merged.online is None


def test_real_models_are_merged_saved_and_used(halves, documents, tmp_path):
    states = [model._state for model in halves]
    merged = merge_models(states)
    check(merged, states)
    assert len(merged.index.real) == 4
    assert merged.index.topics[0] == -1
    model = model_of(merged)
    assert model.transform(documents)[0] == model.topics_[: len(documents)]
    assert len(model.get_document_info()) == len(documents) + 2
    assert len(hierarchical_topics(merged)) == 3
    model.save(tmp_path / "merged", include=["documents", "tokens", "counts", "embeddings"])
    loaded = TopicModel.load(tmp_path / "merged")
    assert loaded.topics_ == model.topics_
    assert loaded.transform(documents[:20])[0] == model.topics_[:20]
    again = merge_models([loaded._state, states[1]])
    assert again.index.sizes.sum() == merged.n_documents + states[1].n_documents


@pytest.mark.filterwarnings("ignore:a model keeps no embeddings")
def test_loaded_models_without_their_documents_are_merged(halves, documents, tmp_path):
    paths = [tmp_path / "a", tmp_path / "b"]
    for model, path in zip(halves, paths, strict=True):
        model.save(path)
    merged = merge_models([TopicModel.load(path)._state for path in paths])
    whole = merge_models([model._state for model in halves])
    assert np.array_equal(merged.assignments, whole.assignments)
    assert np.array_equal(merged.topic_counts.toarray(), whole.topic_counts.toarray())
    assert merged.documents is None
    topics, _ = model_of(merged).transform(documents)
    assert np.mean(np.array(topics) == whole.assignments[: len(documents)]) > 0.9


# one embedding space


class Letters(Embedder):
    def __init__(self, letters="abcdefghij"):
        self.letters = letters

    def embed(self, texts, /, *, role="document"):
        return np.array([[text.count(letter) for letter in self.letters] for text in texts], dtype=np.float32)


class Unknown(Embedder):
    def __init__(self, letters):
        self._letters = letters

    def embed(self, texts, /, *, role="document"):
        return Letters(self._letters).embed(texts)


def with_embedder(documents, embedder):
    return TopicModel(embedder=embedder, clusterer="manual").fit(documents[:24], y=list("abc") * 8)._state


def test_models_of_one_embedder_are_merged(documents):
    own = Unknown("abc")
    fixed_letters = Letters()
    pairs = [(Letters(), Letters()), (own, own), (Letters("abc"), topicore.embedder(Letters("abc")))]
    fixed = embedder_of(documents)
    pairs += [(fixed, fixed), (fixed, embedder_of(documents)), (fixed_letters.embed, fixed_letters.embed)]
    pairs += [({"document": Letters(), "word": Letters("xyz")}, {"document": Letters(), "word": Letters("uvw")})]
    for one, other in pairs:
        merged = merge_models([with_embedder(documents, one), with_embedder(documents, other)])
        assert merged.index.topics == [0, 1, 2]


def test_models_that_share_what_an_embedder_has_learned_are_merged(documents):
    state = with_embedder(documents, "ppmi")
    assert merge_models([state, state]).index.topics == state.index.topics
    again = with_embedder(documents, "ppmi")
    assert merge_models([state, again]).index.topics == state.index.topics  # the same documents teach the same


def test_given_embeddings_are_compared_by_their_columns(first, documents):
    rows = Letters("abc").embed(documents[:24])
    given = TopicModel(clusterer="manual").fit(documents[:24], rows, y=list("abc") * 8)._state
    states = [given, with_embedder(documents, Letters("abc"))]
    assert merge_models(states).index.topics == [0, 1, 2]
    other = with_embedder(documents, Letters("xyz"))
    with pytest.raises(InputError, match=r"models\[2\] is of another embedding space than models\[1\].*letters='xyz'"):
        merge_models([*states, other])


@pytest.mark.parametrize(
    ("one", "other", "message"),
    [
        (Letters(), Letters("abc"), "embeddings have 3 columns, those of models.0. 10"),
        (Letters("abc"), Letters("xyz"), "has letters='xyz', not 'abc'"),
        (Letters("abc"), Unknown("abc"), "is another 'custom'"),
        (Unknown("abc"), Unknown("abc"), "is another object"),
        (["ppmi", Letters("ab")], ["ppmi", Letters("ba")], "has letters='ba'"),
        ([Letters("ab"), Letters("c")], [Letters("abc")], "has 1 parts, not 2"),
        (Letters("abc").embed, Letters("abc"), "its embedder is 'custom', not 'callable'"),
    ],
)
def test_models_of_different_spaces_are_refused(documents, one, other, message):
    states = [with_embedder(documents, one), with_embedder(documents, other)]
    with pytest.raises(InputError, match=message):
        merge_models(states)
    if "columns" not in message:
        with pytest.raises(InputError, match="of another embedding space than"):
            merge_models(states[::-1])


def test_embedders_that_learned_from_other_documents_are_refused(documents):
    states = [
        TopicModel(clusterer="manual").fit(part, y=list("ab") * 50)._state
        for part in (documents[:100], documents[100:200])
    ]
    states = [replace(state, columns=3, topic_embeddings=np.ones((2, 3), np.float32)) for state in states]
    with pytest.raises(InputError, match=r"models\[1\].*its embedder 'ppmi' has learned from other documents"):
        merge_models(states)


def test_arguments_are_checked(first, second):
    for states in ([], [first]):
        with pytest.raises(InputError, match=f"at least two, got {len(states)}"):
            merge_models(states)
    for value in (1.01, -1.01, float("nan"), "0.7", None, True):
        with pytest.raises(InputError, match="min_similarity must be a cosine between -1 and 1"):
            merge_models([first, second], min_similarity=value)
    assert merge_models([first, second], min_similarity=np.float32(-1)).index.topics == [-1, 0, 1]


def test_two_functions_of_one_name_are_two_embedders(documents: list[str]):
    def around(column: int):
        def embed(texts):
            return (
                np.array([[len(text), text.count("a"), text.count("e")] for text in texts], dtype=np.float32) + column
            )

        return embed

    one, other = around(0), around(1)
    first = TopicModel(embedder=one, clusterer="kmeans", n_topics=3).fit(documents[:100])
    again = TopicModel(embedder=one, clusterer="kmeans", n_topics=3).fit(documents[100:])
    assert len(TopicModel.merge_models([first, again]).topics_) == len(documents)
    apart = TopicModel(embedder=other, clusterer="kmeans", n_topics=3).fit(documents[100:])
    with pytest.raises(InputError, match="is around another"):
        TopicModel.merge_models([first, apart])
