"""Rows from word vectors and Doc2Vec models: those of gensim, whatever the text and whoever asks."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
import tiny_gensim

from topicore.errors import InputError, ParameterError
from topicore_gensim import GensimEmbedder
from topicore_gensim.loading import load

TEXTS = ["moon rocket orbit", "bread", "the goal of the league", "judge " * 600, "moon moon bread"]
ODD = ["https://127.0.0.1:9/a.png", "None", "\N{SOCCER BALL} goal", "खिलाड़ी goal 前锋", "x" * 100_000, "nul\x00 moon"]


def around(obj: Any, **parameters: Any) -> GensimEmbedder:
    return GensimEmbedder.from_native(obj, **parameters)


def means(vectors: Any, texts: list[str]) -> Any:
    return np.stack([vectors[[word for word in text.split() if word in vectors]].mean(0) for text in texts])


@pytest.mark.parametrize("model", [tiny_gensim.word2vec, tiny_gensim.fasttext])
def test_rows_are_the_plain_means_of_the_library(model: Any) -> None:
    for obj in (model(), model().wv):
        np.testing.assert_allclose(around(obj).embed(TEXTS), means(model().wv, TEXTS), atol=1e-5)


def test_fasttext_puts_unknown_words_together_from_their_letters() -> None:
    vectors = tiny_gensim.fasttext().wv
    rows = around(vectors).embed(["rocketships", "rocketships moon", "Mooncourt, mooncourt"])
    np.testing.assert_allclose(rows[0], vectors["rocketships"], atol=1e-6)
    np.testing.assert_allclose(rows[1], (vectors["rocketships"] + vectors["moon"]) / 2, atol=1e-6)
    np.testing.assert_allclose(rows[2], (vectors["Mooncourt"] + vectors["mooncourt"]) / 2, atol=1e-6)


def test_words_too_short_for_fasttext_are_unknown(caplog: pytest.LogCaptureFixture) -> None:
    from gensim.models import FastText

    model = FastText([["moon", "rocket"]] * 5, vector_size=8, min_count=1, min_n=5, max_n=6, bucket=50, workers=1)
    rows = around(model).embed(["ab", "ab moon", "planet"])
    assert not rows[0].any()
    np.testing.assert_allclose(rows[1], model.wv["moon"], atol=1e-6)
    assert rows[2].any()
    assert not caplog.records
    without_parts = FastText([["moon", "rocket"]] * 5, vector_size=8, min_count=1, max_n=0, workers=1)
    assert not around(without_parts).embed(["planet"]).any()


def test_a_text_without_known_words_is_a_row_of_zeros() -> None:
    for obj in (tiny_gensim.word2vec(), tiny_gensim.doc2vec()):
        embedder = around(obj)
        rows = embedder.embed(["", " \n", "zebra, giraffe", "... !?", "moon"])
        assert not rows[:4].any()
        assert rows[4].any()
        assert embedder.embed([]).shape == (0, rows.shape[1])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("moon", ["moon"]),
        ("Moon!", ["moon"]),
        ("(moon),", ["moon"]),
        ("moon-rocket/orbit", ["moon", "rocket", "orbit"]),
        ("e-mail", ["e-mail"]),
        ("e-mails e-mail.", ["e-mail"]),
        ("U.S. u.s", ["U.S."]),
        ("New_York", ["new_york"]),
        ("Apple apple", ["Apple", "apple"]),
        ("APPLE", ["apple"]),
        ("किए।", ["किए"]),
        ("don't", ["don't"]),
        ("\N{SOCCER BALL} ", ["\N{SOCCER BALL}"]),
        ("moon\N{NO-BREAK SPACE}apple", ["moon", "apple"]),
    ],
)
def test_words_are_found_as_written_then_bare_then_in_parts(text: str, words: list[str]) -> None:
    vectors = keyed("moon rocket orbit e-mail U.S. new_york Apple apple किए don't \N{SOCCER BALL}".split())
    np.testing.assert_allclose(around(vectors).embed([text])[0], vectors[words].mean(0), atol=1e-6)


def test_words_are_found_only_as_written_when_asked() -> None:
    vectors = keyed(["moon", "Apple"])
    rows = around(vectors, lowercase=False).embed(["Moon", "Apple", "moon Moon"])
    assert not rows[0].any()
    np.testing.assert_array_equal(rows[1:], vectors[["Apple", "moon"]])


def keyed(words: list[str]) -> Any:
    from gensim.models import KeyedVectors

    vectors = KeyedVectors(4)
    vectors.add_vectors(words, np.random.default_rng(0).normal(size=(len(words), 4)).astype(np.float32))
    return vectors


def test_vectors_of_half_precision_give_float32_rows() -> None:
    from gensim.models import KeyedVectors

    vectors = KeyedVectors(3, dtype=np.float16)
    vectors.add_vectors(["moon", "bread"], np.array([[1, 2, 3], [3, 4, 5]], dtype=np.float16))
    rows = around(vectors).embed(["moon bread"])
    assert rows.dtype == np.float32
    np.testing.assert_array_equal(rows, [[2, 3, 4]])


@pytest.mark.parametrize("model", [tiny_gensim.word2vec, tiny_gensim.fasttext, tiny_gensim.doc2vec])
def test_odd_and_long_texts_are_read_as_text(model: Any) -> None:
    embedder = around(model())
    rows = embedder.embed([*ODD, *TEXTS])
    assert rows.dtype == np.float32
    assert rows.flags.c_contiguous
    assert np.isfinite(rows).all()
    np.testing.assert_allclose(rows, np.vstack([embedder.embed([text]) for text in [*ODD, *TEXTS]]), atol=1e-6)
    for role in ("word", "query"):
        np.testing.assert_array_equal(embedder.embed(TEXTS, role=role), embedder.embed(TEXTS))  # type: ignore[arg-type]


def test_threads_get_the_rows_that_one_alone_gets() -> None:
    for model in (tiny_gensim.fasttext(), tiny_gensim.doc2vec()):
        embedder, found = around(model), {}
        expected = embedder.embed(TEXTS)

        def ask(place: int, embedder: GensimEmbedder = embedder, found: dict[int, Any] = found) -> None:
            found[place] = embedder.embed(TEXTS)

        threads = [threading.Thread(target=ask, args=(place,)) for place in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for rows in found.values():
            np.testing.assert_array_equal(rows, expected)
        assert len(found) == 6


def test_a_file_loads_once_and_only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[str] = []

    def counted(model: str, **parameters: Any) -> Any:
        loads.append(model)
        return load(model, **parameters)

    monkeypatch.setattr("topicore_gensim.embedder.load", counted)
    embedder = GensimEmbedder(str(tiny_gensim.files() / "vectors.txt"))
    assert loads == []
    threads = [threading.Thread(target=embedder.embed, args=(TEXTS,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loads) == 1
    assert embedder.fresh() is embedder


def test_an_object_keeps_its_vectors_whatever_is_changed_around_it() -> None:
    vectors = keyed(["moon"])
    embedder = around(vectors, lowercase=False)
    other = embedder.fresh(lowercase=True)
    assert embedder.external() == other.external() == "gensim.models.keyedvectors.KeyedVectors"
    assert (embedder.lowercase, embedder.identity()) == (False, None)
    assert other.embed(["MOON"]).any()
    with pytest.raises(
        ParameterError, match="allow_pickle, model cannot be given with a loaded KeyedVectors; lowercase"
    ):
        around(vectors, model="glove", allow_pickle=True)


def test_word_vectors_have_no_limit_and_count_known_words() -> None:
    embedder = around(tiny_gensim.word2vec())
    assert embedder.max_tokens is None
    assert embedder.count_tokens(["moon zebra, bread", "", "Moon-rocket"]) == [2, 0, 2]


def test_models_that_learned_nothing_are_refused() -> None:
    from gensim.models import Doc2Vec, KeyedVectors, Word2Vec
    from gensim.models.doc2vec import TaggedDocument

    untrained = Doc2Vec(vector_size=4, min_count=1)
    for obj in (Word2Vec(vector_size=4), KeyedVectors(4), untrained):
        with pytest.raises(InputError, match=rf"this {type(obj).__name__} has not been trained; build its vocabulary"):
            around(obj)
    untrained.build_vocab([TaggedDocument(["moon"], [0])])
    with pytest.raises(InputError, match="this Doc2Vec has not been trained"):
        around(untrained)


def test_epochs_are_for_doc2vec() -> None:
    with pytest.raises(ParameterError, match="epochs is for Doc2Vec, and this is a Word2Vec; leave it out"):
        around(tiny_gensim.word2vec(), epochs=3)
    with pytest.raises(ParameterError, match="epochs is for Doc2Vec, and this is a KeyedVectors"):
        GensimEmbedder(str(tiny_gensim.files() / "vectors.txt"), epochs=3).embed(["moon"])
