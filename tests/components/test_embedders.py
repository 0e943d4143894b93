"""Embedders of the core against formulas worked out by hand and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline

import topicore
from topicore.builtin.ppmi import cooccurrence, ppmi
from topicore.components import Embedder
from topicore.errors import ComponentError, InputError, NotFittedError, ParameterError
from topicore.tokens import tokenise


def same_theme_nearest(rows, labels):
    cosines = rows @ rows.T
    np.fill_diagonal(cosines, -2)
    nearest = cosines.argmax(axis=1)
    return np.mean([labels[place] == labels[near] for place, near in enumerate(nearest)])


def test_cooccurrence_weighs_near_words_more_and_stops_at_documents():
    tokens = tokenise([["a", "b", "c"], ["a", "c"]])
    counts = cooccurrence(tokens, np.array([0, 1, 2]), 3, window=2).toarray()
    # distance 1 weighs 1, distance 2 weighs 1/2: a-b 1, b-c 1, a-c 1/2 in the first, a-c 1 in the second
    assert counts.tolist() == [[0, 1, 1.5], [1, 0, 1], [1.5, 1, 0]]


def test_left_out_words_do_not_count_as_distance():
    tokens = tokenise([["a", "the", "b"]])
    assert cooccurrence(tokens, np.array([0, -1, 1]), 2, window=1).toarray().tolist() == [[0, 1], [1, 0]]


def test_ppmi_equals_the_formula():
    counts = cooccurrence(tokenise([["a", "b", "c"], ["a", "c"]]), np.array([0, 1, 2]), 3, window=2)
    dense = counts.toarray()
    words = dense.sum(axis=1) / dense.sum()
    contexts = dense.sum(axis=0) ** 0.75 / (dense.sum(axis=0) ** 0.75).sum()
    with np.errstate(divide="ignore"):
        expected = np.log(dense / dense.sum() / np.outer(words, contexts)).clip(0)
    assert np.allclose(ppmi(counts, 0.75).toarray(), expected, atol=1e-6)


@pytest.mark.parametrize("name", ["ppmi", "lsa"])
def test_themes_are_neighbours_and_words_share_the_space(name, documents, labels):
    embedder = topicore.embedder(name, dim=16)
    embedder.fit(documents)
    rows = embedder.embed(documents)
    assert rows.dtype == np.float32
    assert rows.flags.c_contiguous
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert same_theme_nearest(rows, labels) > 0.97
    word = embedder.embed(["galaxy"], role="word")
    assert labels[int((rows @ word[0]).argmax())] == "sky"


@pytest.mark.parametrize("name", ["ppmi", "lsa"])
def test_unknown_texts_are_zero_rows(name, documents):
    embedder = topicore.embedder(name)
    embedder.fit(documents)
    assert not embedder.embed(["", "qqq zzz", "😀"]).any()
    assert embedder.embed([]).shape == (0, embedder.embed(["galaxy"]).shape[1])


@pytest.mark.parametrize("name", ["ppmi", "lsa"])
@pytest.mark.parametrize("texts", [["one lonely document"], ["same words here"] * 100, ["cat"] * 5 + ["dog"] * 5])
def test_tiny_corpora_still_embed(name, texts):
    embedder = topicore.embedder(name)
    embedder.fit(texts)
    rows = embedder.embed(texts)
    assert np.isfinite(rows).all()
    assert rows.any(axis=1).all()


def test_lsa_equals_scikit_learns_tfidf_and_svd(documents):
    embedder = topicore.embedder("lsa", dim=4, min_df=1, max_df=1.0, stop_words=[])
    embedder.fit(documents)
    tfidf = TfidfVectorizer(sublinear_tf=True, token_pattern=r"\b\w\w+\b")
    expected = TruncatedSVD(4, algorithm="arpack", random_state=0).fit_transform(tfidf.fit_transform(documents))
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    rows = embedder.embed(documents)
    assert np.allclose(rows @ rows.T, expected @ expected.T, atol=0.02)


def test_joint_centres_scales_and_weighs(documents):
    joint = topicore.embedder([lambda texts: [[len(text), 1.0] for text in texts], "ppmi"], weights=[1, 0.5])
    joint.fit(documents)
    rows = joint.embed(documents)
    norms = np.linalg.norm(rows[:, :2], axis=1)
    assert np.allclose(norms[norms > 0], 1, atol=1e-5)
    assert np.allclose(np.linalg.norm(rows[:, 2:], axis=1), 0.5, atol=1e-5)


class Heard(Embedder):
    """Two numbers a text; remembers the roles it was asked for."""

    def __init__(self, width=2):
        self.width = width
        self.roles = []

    def embed(self, texts, /, *, role="document"):
        self.roles.append(role)
        return np.array([[len(text), text.count("a"), 1][: self.width] for text in texts], dtype=np.float32)


def test_each_role_has_its_embedder(documents):
    spoken, worded = Heard(), Heard()
    model = topicore.TopicModel(embedder={"document": spoken, "word": worded}, representation="keybert.embedded")
    model.fit(documents).find_topics("bread")
    assert set(spoken.roles) == {"document", "query"}
    assert set(worded.roles) == {"word"}


def test_parts_that_learn_do_so_whatever_their_role(documents):
    embedder = topicore.embedder({"word": "ppmi", "document": "lsa"})
    model = topicore.TopicModel(embedder=embedder, representation="keybert.embedded")
    assert model.fit(documents).embeddings_.tobytes() == topicore.embed("lsa", documents).tobytes()


def test_words_of_another_space_are_refused_where_they_are_compared(documents):
    model = topicore.TopicModel(embedder={"document": Heard(), "word": Heard(3)}, representation="keybert.embedded")
    with pytest.raises(InputError, match="words are embedded in 3 dimensions and documents in 2"):
        model.fit(documents)


@pytest.mark.parametrize(
    ("parts", "message"),
    [({"word": "lsa"}, "needs an embedder for 'document'"), ({"document": "lsa", "title": "lsa"}, "no role 'title'")],
)
def test_roles_that_make_no_sense_are_refused(parts, message):
    with pytest.raises(ParameterError, match=message):
        topicore.embedder(parts)


def test_joint_refuses_weights_that_do_not_match():
    with pytest.raises(ParameterError, match="2 parts but 1 weights"):
        topicore.embedder(["ppmi", "lsa"], weights=[1])


def test_an_unfitted_pipeline_is_cloned_and_a_fitted_one_used_as_it_is(documents):
    unfitted = make_pipeline(TfidfVectorizer(), TruncatedSVD(5, random_state=0))
    embedder = topicore.embedder(unfitted).fresh()
    embedder.fit(documents)
    assert embedder.embed(documents[:3]).shape == (3, 5)
    assert not hasattr(unfitted[0], "vocabulary_")
    fitted = make_pipeline(TfidfVectorizer(), TruncatedSVD(5, random_state=0)).fit(documents)
    assert np.allclose(topicore.embedder(fitted).embed(documents), fitted.transform(documents), atol=1e-6)


def test_a_function_must_give_a_row_a_text():
    with pytest.raises(ComponentError, match=r"gave shape \(1, 2\) for 2 texts"):
        topicore.embedder(lambda texts: np.ones((1, 2))).embed(["a", "b"])


def test_precomputed_says_what_to_do():
    with pytest.raises(InputError, match="pass embeddings="):
        topicore.embedder("precomputed").embed(["a"])


@pytest.mark.parametrize("name", ["ppmi", "lsa"])
def test_embedding_before_fitting_is_an_error(name):
    with pytest.raises(NotFittedError, match="call fit before embed"):
        topicore.embedder(name).embed(["a"])


def test_embed_without_a_model(documents):
    rows = topicore.embed("ppmi", documents)
    assert rows.shape[0] == len(documents)
    with pytest.raises(InputError, match="give texts, images, or both"):
        topicore.embed("ppmi")
    with pytest.raises(InputError, match="texts is empty"):
        topicore.embed("ppmi", [])
