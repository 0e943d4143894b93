"""Defects that a review found, each held down."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.manifold import TSNE
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer
from sklearn.utils.validation import check_is_fitted

import topicore
from topicore import TopicModel
from topicore.components import Description, Embedder, Reducer, Representation, Vectorizer
from topicore.errors import ComponentError, InputError, ParameterError


def test_nothing_handed_out_reaches_the_state(documents):
    rows = topicore.embed("lsa", documents)
    model = TopicModel().fit(documents, embeddings=rows)
    twin, sums = model.copy(), float(np.abs(model.embeddings_).sum())
    model.probabilities_[:] = 0
    model.topic_embeddings_[:] = 0
    rows[:] = 0
    with pytest.raises(ValueError, match="read-only"):
        model.topic_mapper_.topics[:] = -1
    assert twin.probabilities_.any()
    assert float(np.abs(twin.embeddings_).sum()) == sums
    sparse = TopicModel().fit(documents, embeddings=TfidfVectorizer().fit_transform(documents))
    with pytest.raises(ValueError, match="read-only"):
        sparse.embeddings_.data[:] = 0


def test_settings_are_taken_when_the_model_is_fitted(documents):
    words = ["galaxy"]
    model = TopicModel(stop_words=words).fit(documents)
    words.append("comet")
    assert model._state.settings.stop_words == ("galaxy",)
    with pytest.raises(ParameterError, match="stop_words must be"):
        TopicModel(stop_words=(word for word in words))


def test_plugins_cannot_change_the_callers_rows_or_the_model(documents):
    class Halves(Reducer):
        def fit_transform(self, x, y=None, /):
            x /= 2
            return x

    class Vandal(Representation):
        def describe(self, view, /):
            for array in (view.embeddings, view.weights.data, view.assignments, view.topic_embeddings):
                with pytest.raises(ValueError, match="read-only"):
                    array[:] = 0
            return {}

    rows = topicore.embed("lsa", documents)
    before = rows.copy()
    TopicModel(reducer=Halves(), representation=Vandal()).fit(documents, embeddings=rows)
    assert (rows == before).all()


def test_a_pipeline_that_ends_in_a_stateless_step_is_fitted(documents):
    unfitted = make_pipeline(TfidfVectorizer(), TruncatedSVD(5, random_state=0), Normalizer())
    assert TopicModel(embedder=unfitted).fit(documents).topics_


def test_a_sparse_part_of_a_joint_embedder_is_refused_by_name(documents):
    with pytest.raises(InputError, match="'joint' takes no sparse parts"):
        TopicModel(embedder=["ppmi", TfidfVectorizer()]).fit(documents)


def test_memberships_keep_their_shape_where_the_core_votes(documents):
    reducer = TSNE(2, init="random", random_state=0, perplexity=10)
    model = TopicModel(reducer=reducer, probabilities=True)
    _, shares = model.fit_transform(documents)
    topics, again = model.transform(documents)
    assert topics == model.topics_
    assert np.allclose(again, shares, atol=1e-5)


def test_recalled_documents_keep_topic_strength_and_memberships(documents, labels):
    wrong = ["sea" if place % 10 == 0 else label for place, label in enumerate(labels)]
    model = TopicModel(clusterer=LogisticRegression(), probabilities=True)
    topics, shares = model.fit_transform(documents, y=wrong)
    again, same = model.transform(documents)
    assert again == topics
    assert np.allclose(same, shares, atol=1e-6)


def test_words_are_embedded_as_the_corpus_was_cut(documents):
    titled = [text.title() for text in documents]
    vectorizer = topicore.vectorizer("count", lowercase=False, stop_words=["The", "A", "Of"])
    model = TopicModel(vectorizer=vectorizer, representation="keybert.embedded").fit(titled)
    assert all(weight > 0.3 for terms in model.get_topics().values() for _, weight in terms[:3])


def test_a_document_of_an_image_alone_is_no_outlier():
    class Both(Embedder):
        def embed(self, texts, /, *, role="document"):
            return np.array([[1.0, len(text)] for text in texts], dtype=np.float32)

        def embed_images(self, images, /):
            return np.array([[1.0, image] for image in images], dtype=np.float32)

    topics, _ = TopicModel(embedder=Both()).fit_transform(["red fox", "red dog", "red cat", ""], images=[1, 2, 3, 4])
    assert -1 not in topics


def test_settings_that_would_do_nothing_are_refused(documents):
    with pytest.raises(ParameterError, match=r"stop_words=.* has no effect: vectorizer 'sklearn'"):
        TopicModel(vectorizer=CountVectorizer(), stop_words=["galaxy"]).fit(documents)


def test_stop_words_given_to_the_embedder_count_in_a_fit(documents):
    model = TopicModel(embedder=topicore.embedder("ppmi", stop_words=["galaxy"])).fit(documents)
    assert not model._state.components.embedder.embed(["galaxy"]).any()
    assert model._state.components.embedder.embed(["comet"]).any()


def test_numpy_numbers_are_numbers(documents):
    model = TopicModel(n_topics=np.int64(3), min_topic_size=np.int32(5), ngram_range=np.array([1, 2]))
    assert len(model.fit(documents).get_topics()) == 3
    counted = TopicModel(vectorizer=CountVectorizer(min_df=np.int64(2))).fit(documents)
    assert counted.vocabulary_ == list(CountVectorizer(min_df=2).fit(documents).get_feature_names_out())


def test_a_vocabulary_list_keeps_its_order(documents):
    model = TopicModel(vectorizer=CountVectorizer(vocabulary=["star", "flour", "anchor"])).fit(documents)
    assert model.vocabulary_ == ["star", "flour", "anchor"]
    with pytest.raises(InputError, match="none of the 1 terms of the vocabulary"):
        TopicModel(vectorizer=topicore.vectorizer("count", vocabulary=["zzz"])).fit(documents)


def test_a_number_of_topics_that_cannot_be_had_is_said(documents):
    with pytest.warns(UserWarning, match="n_topics=9 cannot be had: clusterer 'sklearn' found 3"):
        TopicModel(clusterer=KMeans(3, n_init=2, random_state=0), n_topics=9).fit(documents)


def test_scikit_learn_takes_the_model_for_one_of_its_own(documents):
    model = TopicModel()
    pipeline = make_pipeline(model).fit(documents)
    check_is_fitted(pipeline[-1])
    assert pipeline.transform(documents)[0] == pipeline[-1].topics_


def test_one_topic_of_everything_shows_its_plain_words(documents):
    model = TopicModel(n_topics=1).fit(documents)
    plain = TopicModel(n_topics=1, representation="c-tf-idf").fit(documents)
    assert model.get_topic(0) == plain.get_topic(0)


class Terms(Representation):
    terms: object = ()

    def describe(self, view, /):
        return {0: Description(terms=self.terms)}


@pytest.mark.parametrize("terms", [("a", "b"), (("a", 1, 2),), (("a", "b"),), (("a", float("nan")),)])
def test_terms_must_be_pairs(terms, documents):
    Terms.terms = terms
    with pytest.raises(ComponentError, match=r"must give terms as \(text, weight\) pairs"):
        TopicModel(representation=Terms()).fit(documents)


@pytest.mark.parametrize("given", ["letters", [1, 2]])
def test_tokens_must_be_lists_of_words(given, documents):
    class Odd(Vectorizer):
        def tokenize(self, texts, /):
            for _ in texts:
                yield given

    with pytest.raises(ComponentError, match="one list of words a text"):
        TopicModel(vectorizer=Odd()).fit(documents)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"language": 5}, "language must be"),
        ({"stop_words": 5}, "stop_words must be"),
        ({"ngram_range": None}, "ngram_range must be"),
        ({"executor": "zz"}, "no executor named"),
        ({"observers": 5}, "observer"),
        ({"representation": {"main": "mmr", "Count": "mmr"}}, "an aspect cannot be called 'Count'"),
    ],
)
def test_odd_parameters_are_refused_when_the_model_is_made(parameters, message):
    with pytest.raises((ParameterError, LookupError), match=message):
        TopicModel(**parameters)


@pytest.mark.parametrize("embeddings", [5, iter([1]), [[1, 2], [3]]])
def test_odd_embeddings_alone_are_refused(embeddings):
    with pytest.raises(InputError, match="embeddings must"):
        TopicModel().fit(embeddings=embeddings)


def test_a_pattern_of_several_groups_is_refused(documents):
    with pytest.raises(ParameterError, match="has 2 groups"):
        TopicModel(vectorizer=topicore.vectorizer("count", token_pattern=r"(a)(b)")).fit(documents)


@pytest.mark.parametrize("dtype", ["string", "Int64"])
def test_missing_values_of_pandas_are_unknown_classes(dtype, documents, labels):
    codes = {"court": 0, "oven": 1, "sea": 2, "sky": 3}
    values = labels if dtype == "string" else [codes[label] for label in labels]
    y = pd.Series(values, dtype=dtype)
    y[0] = pd.NA
    topics, _ = TopicModel(clusterer="manual").fit_transform(documents, y=y)
    assert topics[0] == -1
    assert -1 not in topics[1:]
    with pytest.raises(InputError, match="y must be one column"):
        TopicModel(clusterer="manual").fit(documents, y=np.zeros((len(documents), 1)))


def test_tables_of_odd_texts_and_columns(documents):
    model = TopicModel().fit([*documents, "lone \ud800 surrogate galaxy"])
    assert len(model.get_document_info()) == len(documents) + 1
    assert "Representative_Docs" in model.get_document_info().columns
    with pytest.raises(InputError, match="df has a column 'Topic'"):
        model.get_document_info(df=pd.DataFrame({"Topic": model.topics_}))
    with pytest.raises(InputError, match="top_n must be"):
        model.find_topics("galaxy", top_n=2.5)
    alone = TopicModel().fit(embeddings=np.random.default_rng(0).normal(size=(40, 5)))
    assert set(map(tuple, alone.representative_docs_.values())) == {()}


def test_rows_of_great_length_have_finite_means():
    rows = np.full((12, 3), 1e37, dtype=np.float32) * np.random.default_rng(0).normal(size=(12, 3)).astype(np.float32)
    assert np.isfinite(TopicModel().fit(embeddings=rows).topic_embeddings_).all()


def test_a_weighting_of_another_shape_is_named(documents):
    from topicore.components import Weighting

    class Short(Weighting):
        def fit_transform(self, counts, terms, /):
            return counts[:, :3]

        def transform(self, counts, /):
            return counts[:, :3]

    with pytest.raises(ComponentError, match=r"the weighting gave shape \(4, 3\) for counts of shape"):
        TopicModel(weighting=Short()).fit(documents)


def test_chunks_keep_within_the_size_and_tokens_of_the_spec():
    from topicore.specs import EmbedderSpec

    calls = []

    class Billed(Embedder):
        spec = EmbedderSpec(name="billed", target="tests:Billed", summary="By token.", chunk_size=3, chunk_tokens=5)

        def count_tokens(self, texts, /):
            return [len(text) for text in texts]

        def embed(self, texts, /, *, role="document"):
            calls.append(list(texts))
            return np.array([[len(text), 1.0] for text in texts], dtype=np.float32)

    texts = ["aa", "bb", "ccc", "ddddddddd", "e", "f", "g", "h"]
    rows = topicore.embed(Billed(), texts)
    assert calls == [["aa", "bb"], ["ccc"], ["ddddddddd"], ["e", "f", "g"], ["h"]]
    assert rows[:, 0].tolist() == [len(text) for text in texts]


def test_one_text_with_its_row_is_transformed(documents):
    rows = topicore.embed("lsa", documents)
    model = TopicModel().fit(documents, embeddings=rows)
    assert model.transform(documents[3], embeddings=rows[3:4])[0] == [model.topics_[3]]
