"""Learning batch by batch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.cluster import Birch, MiniBatchKMeans
from sklearn.decomposition import IncrementalPCA, LatentDirichletAllocation
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.metrics import adjusted_rand_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, Normalizer, StandardScaler
from sklearn.utils.validation import check_is_fitted

import topicore
from topicore import TopicModel
from topicore.components import Assignment, Clusterer, Description, Embedder, Representation
from topicore.errors import ComponentError, InputError, NotFittedError, ParameterError


def hashed() -> Any:
    return make_pipeline(HashingVectorizer(n_features=256), Normalizer())


def streaming(**parameters: Any) -> TopicModel:
    parts = {"embedder": hashed(), "reducer": "incremental-pca:8", "clusterer": "minibatch-kmeans:4"}
    return TopicModel(**{**parts, **parameters})


def batches(documents: list[str], size: int = 60) -> list[list[str]]:
    return [documents[start : start + size] for start in range(0, len(documents), size)]


def taught(model: TopicModel, documents: list[str], size: int = 60) -> TopicModel:
    for batch in batches(documents, size):
        model.partial_fit(batch)
    return model


class Scripted(Clusterer):
    """Gives the cluster that each row names in its first column; new rows likewise."""

    def __init__(self) -> None:
        self.calls = 0

    def fit_predict(self, x: Any, y: Any = None, /) -> Assignment:
        return self.partial_fit(x)

    def partial_fit(self, x: Any, /) -> Assignment:
        self.calls += 1
        return self.predict(x)

    def predict(self, x: Any, /) -> Assignment:
        return Assignment(labels=x[:, 0].astype(np.int64))


def rows(*clusters: int) -> Any:
    """A row a document whose first column names its cluster; the second keeps it from being all zero."""
    return np.array([[cluster, 1] for cluster in clusters], dtype=np.float32)


def letters(**parameters: Any) -> Any:
    """A vectorizer for which single letters are words."""
    return topicore.vectorizer("count", token_pattern=r"\S+", language=None, **parameters)


def scripted(clusterer: Any = None, **parameters: Any) -> TopicModel:
    return TopicModel(**{"clusterer": clusterer or Scripted(), "vectorizer": letters(), **parameters})


# topics


def test_topics_of_all_batches_are_found_and_kept(documents, labels):
    model = taught(streaming(), documents)
    assert len(model.topics_) == len(documents)
    assert adjusted_rand_score(labels, model.topics_) > 0.95
    assert sum(model.topic_sizes_.values()) == len(documents)
    assert len(model.probabilities_) == len(documents)


def test_topics_of_the_first_batch_are_numbered_by_size_and_later_ones_follow():
    model = scripted().partial_fit(["a", "b", "c", "d"], rows(7, 3, 3, 7))
    assert model.topics_ == [0, 1, 1, 0]  # equal sizes: cluster 7 has the first document
    model.partial_fit(["e", "f", "g", "h", "i", "j"], rows(5, 9, 9, 3, 12, 12))
    assert model.topics_[4:] == [4, 2, 2, 1, 3, 3]
    assert model.topic_mapper_.get_mappings()[3] == 1


def test_ids_never_renumber_after_merging_and_deleting():
    model = scripted().partial_fit(["a", "b", "b", "c", "c", "c"], rows(0, 1, 1, 2, 2, 2))
    model.merge_topics([1, 2])
    model.delete_topics([0])
    assert model.topics_ == [1, 1, 1, -1, -1, -1]
    model.partial_fit(["a", "b", "c", "d"], rows(0, 1, 2, 3))
    assert model.topics_[6:] == [1, 1, -1, 3]
    model.delete_topics([3]).partial_fit(["d", "e"], rows(3, 4))
    assert model.topics_[9:] == [-1, -1, 4]


def test_new_documents_of_a_cluster_that_no_batch_had_are_outliers():
    model = scripted().partial_fit(["a", "b"], rows(0, 2))
    assert model.transform(["c", "d", "e"], rows(1, 2, 40))[0] == [-1, 1, -1]


def test_documents_without_words_or_rows_are_outliers():
    model = scripted().partial_fit(["a", "", "c"], np.array([[0, 1], [0, 1], [0, 0]]))
    assert model.topics_ == [0, -1, -1]
    model.partial_fit(["", " "], rows(0, 0))
    assert model.topics_[3:] == [-1, -1]
    assert model._state.components.clusterer.calls == 1


def test_transform_agrees_with_the_last_batch(documents):
    model = taught(streaming(), documents[:180])
    model.partial_fit(documents[180:])
    assert model.transform(documents[180:])[0] == model.topics_[180:]


def test_a_document_may_come_alone(documents):
    model = streaming().partial_fit(documents[:100])
    for document in documents[100:120]:
        model.partial_fit([document])
    assert len(model.topics_) == 120
    assert model.topics_[100:] == model.transform(documents[100:120])[0]


def test_a_fitted_model_goes_on_from_its_fit(documents, labels):
    model = streaming().fit(documents[:120])
    found = model.topics_
    fitted = model.copy()
    taught(model, documents[120:])
    assert model.topics_[:120] == found
    assert adjusted_rand_score(labels, model.topics_) > 0.95
    assert model._state.documents is model._state.embeddings is model._state.counts is None
    assert set(model._state.online.exemplars) & set(range(120))  # documents of the fit still represent topics
    assert len(fitted.topics_) == 120
    assert fitted._state.documents is not None


# counts and words


def test_counts_are_summed_and_new_terms_follow_the_old_ones():
    model = scripted().partial_fit(["a b b", "c"], rows(0, 1)).partial_fit(["b d", "a c"], rows(0, 1))
    assert model.vocabulary_ == ["a", "b", "c", "d"]
    assert model._state.topic_counts.dtype == np.float64
    np.testing.assert_array_equal(model._state.topic_counts.toarray(), [[1, 3, 0, 1], [1, 0, 2, 0]])


def test_decay_forgets_a_share_of_all_counts_with_each_batch():
    vectorizer = letters(decay=0.5)
    model = scripted(vectorizer=vectorizer).partial_fit(["a a b", "c"], rows(0, 1))
    model.partial_fit(["a"], rows(0)).partial_fit(["b"], rows(0))
    # a: ((2 / 2) + 1) / 2, b: 1 / 4 + 1, c: 1 / 4
    np.testing.assert_array_equal(model._state.topic_counts.toarray(), [[1, 1.25, 0], [0, 0, 0.25]])


def test_rare_terms_are_forgotten_and_may_come_back_behind_the_others():
    vectorizer = letters(delete_min_df=2)
    model = scripted(vectorizer=vectorizer).partial_fit(["x a a b", "c c"], rows(0, 1))
    assert model.vocabulary_ == ["a", "c"]
    model.partial_fit(["b b d"], rows(0))
    assert model.vocabulary_ == ["a", "c", "b"]
    np.testing.assert_array_equal(model._state.topic_counts.toarray(), [[2, 0, 2], [0, 2, 0]])


def test_forgetting_leaves_all_terms_rather_than_none():
    vectorizer = letters(delete_min_df=100)
    assert scripted(vectorizer=vectorizer).partial_fit(["a b"], rows(0)).vocabulary_ == ["a", "b"]


def test_the_most_frequent_terms_are_kept_and_a_given_vocabulary_is_fixed():
    capped = scripted(vectorizer=letters(max_features=2))
    capped.partial_fit(["a b b c c c"], rows(0)).partial_fit(["a a a"], rows(0))
    assert capped.vocabulary_ == ["c", "a"]  # a was dropped with the first batch, and beats b with the second
    fixed = scripted(vectorizer=letters(vocabulary=["b", "a", "z"], delete_min_df=5))
    fixed.partial_fit(["a q"], rows(0)).partial_fit(["b b"], rows(0)).partial_fit(["nothing known"], rows(0))
    assert fixed.vocabulary_ == ["b", "a", "z"]
    np.testing.assert_array_equal(fixed._state.topic_counts.toarray(), [[2, 1, 0]])


def test_a_batch_of_stop_words_adds_no_counts():
    model = TopicModel(clusterer=Scripted()).partial_fit(["harbour"], rows(0)).partial_fit(["the of"], rows(0))
    assert model.vocabulary_ == ["harbour"]
    assert model.topics_ == [0, 0]


def test_weights_are_those_of_all_counts_so_far(documents):
    model = taught(streaming(), documents)
    expected = topicore.weighting("c-tf-idf").fit_transform(model._state.topic_counts, model.vocabulary_)
    assert abs(model.c_tf_idf_ - expected).max() == 0


def test_hashed_counts_keep_their_columns(documents):
    vectorizer = topicore.vectorizer("hashing", n_features=512, decay=0.1)
    model = taught(streaming(vectorizer=vectorizer), documents)
    assert model.c_tf_idf_.shape == (4, 512)
    names = model.vocabulary_
    model.partial_fit(["harbour harbour zzyzx"])
    changed = [place for place, pair in enumerate(zip(names, model.vocabulary_, strict=True)) if len(set(pair)) > 1]
    assert [model.vocabulary_[place] for place in changed] in (["zzyzx"], [])


def test_words_follow_the_batches_in_every_aspect(documents):
    model = streaming(representation={"main": "projection", "plain": "c-tf-idf"}).partial_fit(documents[:60])
    model.partial_fit(["quokka " * 50 + documents[0]])
    words = [word for word, _ in model.get_topic(model.topics_[-1])]
    assert words[0] == "quokka"
    assert model.topic_aspects_["plain"][model.topics_[-1]][0][0] == "quokka"


def test_representations_that_call_a_model_do_not_run():
    class Named(Representation):
        def describe(self, view: Any, /) -> Any:
            return {topic: Description(label=f"topic {topic} of {len(view.assignments)}") for topic in view.topics}

    model = scripted(representation=["c-tf-idf", Named()]).partial_fit(["a", "b"], rows(0, 1))
    assert model.topic_labels_ == {0: "0_a", 1: "1_b"}
    model.describe_topics()
    assert model.topic_labels_ == {0: "topic 0 of 2", 1: "topic 1 of 2"}
    model.partial_fit(["a", "c"], rows(0, 2))
    assert model.topic_labels_ == {0: "topic 0 of 2", 1: "topic 1 of 2", 2: "2_c"}


def test_words_of_a_model_between_two_batches_can_be_changed():
    model = scripted().partial_fit(["a a b c", "d d e"], rows(0, 1))
    assert [word for word, _ in model.update_topics(n_words=2).get_topic(0)] == ["a", "b"]
    assert [word for word, _ in model.merge_topics([0, 1]).get_topic(0)] == ["a", "d"]


def test_custom_labels_stay():
    model = scripted().partial_fit(["a", "b"], rows(0, 1)).set_topic_labels({1: "mine"})
    assert model.partial_fit(["c"], rows(2)).topic_labels_ == {0: "0_a", 1: "mine", 2: "2_c"}


# embeddings and representative documents


def test_topic_embeddings_are_the_means_of_all_documents_so_far(documents):
    x = topicore.embed("lsa", documents)
    model = TopicModel(clusterer="minibatch-kmeans:4")
    for start in range(0, len(documents), 60):
        model.partial_fit(documents[start : start + 60], x[start : start + 60])
    topics = np.array(model.topics_)
    means = [x[topics == topic].astype(np.float64).mean(axis=0) for topic in model._state.index.topics]
    np.testing.assert_allclose(model.topic_embeddings_, means, rtol=1e-5, atol=1e-7)


def test_three_documents_nearest_to_its_mean_represent_a_topic():
    directions = np.array([[0, 1, y] for y in (0.0, 0.9, 0.1, -0.8, -0.2, 0.3)])
    texts = [f"document {y}" for y in directions[:, 2]]
    model = scripted().partial_fit(texts[:3], directions[:3])
    assert model.get_representative_docs(0) == ["document 0.1", "document 0.0", "document 0.9"]  # the mean is at 1/3
    model.partial_fit(texts[3:], directions[3:])
    # the mean is now at 0.05: 0.0 and 0.1 are as near, but for the length of what they are divided by
    assert model.get_representative_docs(0)[:2] == ["document 0.1", "document 0.0"]
    assert set(model.get_representative_docs(0)) <= {"document 0.1", "document 0.0", "document 0.3", "document -0.2"}
    assert model.get_topic_info()["Representative_Docs"][0] == model.get_representative_docs(0)
    assert model.representative_docs_ == {0: model.get_representative_docs(0)}


def test_tables_of_all_documents_need_the_documents(documents):
    model = taught(streaming(), documents)
    with pytest.raises(InputError, match="keeps no documents"):
        model.get_document_info()
    table = model.get_document_info(documents=documents)
    assert table["Topic"].tolist() == model.topics_
    best = table["Document"][table["Representative_document"]]
    assert set(best) == {text for texts in model.representative_docs_.values() for text in texts}


def test_sparse_rows_are_taken_with_and_without_a_reducer(documents, labels):
    for reducer in ("incremental-pca:8", None):
        model = taught(streaming(reducer=reducer), documents)
        assert adjusted_rand_score(labels, model.topics_) > 0.95
        assert isinstance(model._state.online.rows, csr_array)
        assert model.topic_embeddings_.shape == (4, 256)


def test_find_topics_works(documents):
    model = taught(streaming(), documents)
    topic = model.find_topics("harbour sailor anchor", top_n=1)[0][0]
    assert "harbour" in dict(model.get_topic(topic))


# components


def test_trap_19_float32_and_float64_rows_give_the_same_over_several_batches(documents):
    x = topicore.embed("lsa", documents)
    found = []
    for dtype in (np.float32, np.float64):
        model = TopicModel(reducer=IncrementalPCA(5), clusterer=MiniBatchKMeans(4))
        for start in range(0, len(documents), 60):
            model.partial_fit(documents[start : start + 60], x[start : start + 60].astype(dtype))
        found.append(model.topics_)
    assert found[0] == found[1]


def test_trap_20_topics_embeddings_and_representative_documents_of_all_batches_are_there(documents):
    x = topicore.embed("lsa", documents)
    model = TopicModel(clusterer="minibatch-kmeans:4")  # the default embedder is not asked
    model.partial_fit(documents[:120], x[:120]).partial_fit(documents[120:], x[120:])
    assert len(model.topics_) == len(documents)
    assert model.topic_embeddings_.shape == (4, x.shape[1])
    assert all(len(texts) == 3 for texts in model.representative_docs_.values())


def test_trap_27_an_online_model_is_saved_after_a_merge(documents, tmp_path):
    model = taught(streaming(), documents).merge_topics([0, 1])
    model.save(tmp_path / "model")
    again = topicore.load(tmp_path / "model")
    assert again.topic_mapper_.mappings_ == model.topic_mapper_.mappings_
    assert again.transform(documents)[0] == model.transform(documents)[0]


def test_live_objects_stay_unfitted(documents):
    embedder = make_pipeline(HashingVectorizer(n_features=64, alternate_sign=False), LatentDirichletAllocation(6))
    reducer, clusterer = make_pipeline(StandardScaler(), IncrementalPCA(5)), MiniBatchKMeans(4)
    vectorizer = topicore.vectorizer("count", decay=0.01, delete_min_df=2)
    model = TopicModel(embedder=embedder, reducer=reducer, clusterer=clusterer, vectorizer=vectorizer)
    taught(model, documents)
    assert len(model.topics_) == len(documents)
    for part in (embedder.steps[-1][1], reducer.steps[0][1], reducer.steps[1][1], clusterer):
        with pytest.raises(Exception, match="not fitted"):
            check_is_fitted(part)


def test_an_embedder_that_learns_batch_by_batch_does(documents, labels):
    embedder = make_pipeline(HashingVectorizer(n_features=256), MaxAbsScaler(), Normalizer())
    model = streaming(embedder=embedder).partial_fit(documents[:60])
    before = model.copy()
    scale = before._state.components.embedder.native.steps[1][1].max_abs_.copy()
    taught(model, documents[60:])
    assert adjusted_rand_score(labels, model.topics_) > 0.9
    assert (before._state.components.embedder.native.steps[1][1].max_abs_ == scale).all()
    assert (model._state.components.embedder.native.steps[1][1].max_abs_ >= scale).all()
    assert model._state.components.embedder.native.steps[1][1].n_samples_seen_ == len(documents)


def test_functions_embed_batches(documents):
    def letters(texts):
        return np.array([[text.count(letter) for letter in "aeiou"] for text in texts], dtype=np.float64)

    assert len(taught(streaming(embedder=letters, reducer=None), documents).topics_) == len(documents)


def test_parts_that_cannot_learn_batch_by_batch_are_named_together(documents):
    with pytest.raises(ParameterError) as caught:
        TopicModel(reducer="pca", probabilities=True, seed_topics=[["sea"]], zeroshot_topics=["sea"]).partial_fit(
            documents
        )
    message = str(caught.value)
    for part in ("embedder 'ppmi'", "reducer 'pca'", "clusterer 'graph'", "seed_topics", "zeroshot_topics"):
        assert part in message
    assert "'incremental-pca'" in message
    assert "'minibatch-kmeans'" in message
    assert "probabilities=True" in message


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"clusterer": Birch(n_clusters=4)}, "clusterer 'sklearn' needs all rows"),
        ({"clusterer": MiniBatchKMeans(4), "n_topics": 3}, "n_topics=3 does not reach"),
        ({"embedder": "lsa"}, "embedder 'lsa' learns from a whole corpus"),
        ({"clusterer": "minibatch-kmeans:4", "min_topic_size": 3}, "min_topic_size=3 has no effect"),
    ],
)
def test_what_cannot_be_had_is_refused(documents, part, message):
    with pytest.raises(ParameterError, match=message):
        streaming(**part).partial_fit(documents)


def test_n_topics_reaches_the_clusterer(documents):
    model = taught(streaming(clusterer="minibatch-kmeans", n_topics=3), documents)
    assert len(model.topic_sizes_) == 3


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({}, "the first batch has 3 different documents for 4 clusters: give a larger first batch"),
        ({"clusterer": MiniBatchKMeans(4)}, "the first batch has 3 documents for n_clusters=4 of MiniBatchKMeans"),
        (
            {"embedder": lambda texts: np.eye(9)[[len(text) % 9 for text in texts]], "reducer": IncrementalPCA(5)},
            "the first batch has 3 documents for n_components=5 of IncrementalPCA: give a larger first batch",
        ),
        ({"reducer": IncrementalPCA(2)}, "IncrementalPCA takes no sparse rows batch by batch"),
    ],
)
def test_a_first_batch_too_small_is_one_clear_error(documents, part, message):
    model = streaming(**part)
    with pytest.raises(InputError, match=message):
        model.partial_fit(documents[:3])
    with pytest.raises(NotFittedError):
        model.topics_  # noqa: B018


def test_any_object_with_partial_fit_and_labels_clusters(documents):
    class Stream:
        """Rows are of the cluster of their largest column."""

        def partial_fit(self, x):
            self.seen = getattr(self, "seen", 0) + len(x)
            self.labels_ = [None if row.max() < 0.2 else int(row.argmax()) for row in x]
            return self

    stream = Stream()
    model = taught(TopicModel(embedder=letters_of, clusterer=stream), documents)
    assert len(model.topics_) == len(documents)
    assert not hasattr(stream, "seen")
    assert set(model.transform(documents)[0]) <= set(model._state.index.topics)
    assert len(taught(model.copy(), documents[:60]).topics_) == len(documents) + 60


def letters_of(texts):
    counts = np.array([[text.count(letter) for letter in "aeiou"] for text in texts], dtype=np.float64)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


# bad batches


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        ({"documents": []}, "documents is empty"),
        ({"documents": ["a", None]}, "is None, not a text"),
        ({"documents": "one text"}, "must be a list"),
        ({}, "give documents"),
        ({"embeddings": np.empty((0, 2))}, "batch is empty"),
        ({"documents": ["a"], "embeddings": np.ones((1, 3))}, "rows of 3 columns, and those before had 2"),
        ({"documents": ["a"], "embeddings": [[np.nan, 1]]}, "NaN"),
        ({"documents": ["a"], "embeddings": np.ones((2, 2))}, "2 rows for 1 documents"),
        ({"documents": ["a"]}, "pass embeddings="),
        ({"documents": ["a"], "embeddings": np.ones((1, 2)), "y": [1]}, "takes no y"),
    ],
)
def test_a_bad_batch_changes_nothing(batch, message):
    model = scripted().partial_fit(["a", "b"], rows(0, 1))
    before = model._state
    with pytest.raises(InputError, match=message):
        model.partial_fit(**batch)
    assert model._state is before


def test_a_component_that_fails_halfway_leaves_all_components_as_they_were(documents):
    class Fails(Clusterer):
        def __init__(self) -> None:
            self.calls = 0

        def fit_predict(self, x: Any, y: Any = None, /) -> Assignment:
            return self.partial_fit(x)

        def partial_fit(self, x: Any, /) -> Assignment:
            self.calls += 1
            if self.calls == 3:
                raise RuntimeError("out of luck")
            return Assignment(labels=np.zeros(x.shape[0], dtype=np.int64))

        def predict(self, x: Any, /) -> Assignment:
            return Assignment(labels=np.zeros(x.shape[0], dtype=np.int64))

    handed_in = Fails()
    model = streaming(clusterer=handed_in, vectorizer="hashing").partial_fit(documents[:60])
    model.partial_fit(documents[60:120])
    before = model._state
    learned = before.components.reducer.state().arrays["scaled"].copy()
    for _ in range(2):
        with pytest.raises(ComponentError, match="out of luck"):
            model.partial_fit(["quokka " + text for text in documents[120:180]])
    assert model._state is before
    assert (before.components.reducer.state().arrays["scaled"] == learned).all()
    assert before.components.clusterer.calls == 2
    assert handed_in.calls == 0
    assert "quokka" not in before.components.vectorizer.terms


@pytest.mark.parametrize("labels", [[0.5, 1.0], [0], [-2, 0], [0, 1 << 40], ["a", "b"]])
def test_a_clusterer_that_breaks_its_contract_is_named(labels):
    class Odd(Scripted):
        def partial_fit(self, x: Any, /) -> Assignment:
            return Assignment(labels=np.array(labels))

    with pytest.raises(ComponentError, match="clusterer 'custom'"):
        scripted(Odd()).partial_fit(["a", "b"], rows(0, 1))


def test_a_part_that_cannot_be_copied_is_named():
    class Locked(Scripted):
        def partial_fit(self, x: Any, /) -> Assignment:
            self.open = (number for number in range(3))
            return super().partial_fit(x)

    model = scripted(Locked()).partial_fit(["a"], rows(0))
    with pytest.raises(ComponentError, match=r"cannot be copied.*write state\(\) and restore\(\)"):
        model.partial_fit(["b"], rows(0))


def test_topics_given_by_hand_are_no_start():
    model = scripted().partial_fit(["a", "b"], rows(0, 1))
    model.update_topics(topics=[5, 5], documents=["a", "b"], embeddings=rows(0, 1))
    with pytest.raises(InputError, match="given to documents by hand"):
        model.partial_fit(["a"], rows(0))


def test_an_embedder_of_another_width_is_refused():
    class Widening(Embedder):
        def embed(self, texts: Any, /, *, role: str = "document") -> Any:
            return np.ones((len(texts), 2 + (texts[0] == "wide")), dtype=np.float32)

    model = scripted(embedder=Widening()).partial_fit(["a", "b"])
    with pytest.raises(InputError, match="rows of 3 columns"):
        model.partial_fit(["wide"])


# memory, and going on after a pause


def sizes(model: TopicModel) -> dict[str, int]:
    """Numbers and texts that the state holds, but for what each document has of its own."""
    state, parts = model._state, model._state.components
    own = ("topic_counts", "weights")
    found = {name: getattr(state, name).shape[1] for name in own}
    found |= {f"reducer {name}": array.size for name, array in parts.reducer.state().arrays.items()}
    found |= {f"clusterer {name}": array.size for name, array in parts.clusterer.state().arrays.items()}
    online = state.online
    found |= {"sums": online.sums.size, "rows": online.rows.shape[0], "texts": len(online.texts)}
    found |= {
        "vocabulary": len(state.vocabulary),
        "mapping": len(state.mapping),
        "embeddings": state.topic_embeddings.size,
    }
    return found


def test_memory_does_not_grow_with_batches_but_for_topics_and_strengths(documents):
    terms = sorted({word for text in documents for word in text.split()})
    model = streaming(vectorizer=topicore.vectorizer("count", vocabulary=terms))
    for _ in range(10):
        model.partial_fit(documents[:40])
    ten = sizes(model)
    for _ in range(10):
        model.partial_fit(documents[40:80])
    assert sizes(model) == ten
    assert ten["rows"] == ten["texts"] == 12
    state = model._state
    assert state.assignments.nbytes + state.strengths.nbytes == 12 * 20 * 40
    for name in ("documents", "images", "tokens", "counts", "embeddings", "space", "memberships", "predictor"):
        assert getattr(state, name) is None


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"reducer": None, "clusterer": MiniBatchKMeans(4)},
        {"vectorizer": topicore.vectorizer("hashing", n_features=512)},
        {"embedder": make_pipeline(HashingVectorizer(n_features=128), MaxAbsScaler())},
        {"vectorizer": topicore.vectorizer("count", decay=0.1, delete_min_df=1.5)},
    ],
)
def test_a_loaded_model_goes_on_as_the_one_that_was_saved(documents, tmp_path, parts):
    model = taught(streaming(**parts), documents[:120])
    model.save(tmp_path / "model", include=["documents"])
    again = topicore.load(tmp_path / "model")
    assert again.get_representative_docs() == model.get_representative_docs()
    model.partial_fit(documents[120:180])
    again.partial_fit(documents[120:180])
    assert again.topics_ == model.topics_
    assert again.vocabulary_ == model.vocabulary_
    assert again.get_topics() == model.get_topics()
    assert again.get_representative_docs() == model.get_representative_docs()
    np.testing.assert_array_equal(again.topic_embeddings_, model.topic_embeddings_)
    assert again.transform(documents[180:])[0] == model.transform(documents[180:])[0]


def test_texts_are_saved_only_on_request(documents, tmp_path):
    model = taught(streaming(), documents[:120])
    model.save(tmp_path / "model")
    assert not any(documents[0].encode() in path.read_bytes() for path in (tmp_path / "model").iterdir())
    again = topicore.load(tmp_path / "model")
    assert again.representative_docs_ == {topic: [] for topic in range(4)}
    with pytest.raises(InputError, match="keeps no documents"):
        again.get_representative_docs(0)
    again.partial_fit(documents[120:180])
    model.partial_fit(documents[120:180])
    assert again.topics_ == model.topics_
    assert again._state.representative == model._state.representative


def test_batches_give_the_same_each_time(documents):
    first, second = taught(streaming(), documents), taught(streaming(), documents)
    assert first.topics_ == second.topics_
    assert first.get_topics() == second.get_topics()
