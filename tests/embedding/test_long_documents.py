"""Texts longer than an embedder reads."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest
from lettering import SPEC, Lettering, Limited

import topicore
from topicore.pipeline.lengths import cut, pieces_of, split

SHORT = "one two three"
LONG = " ".join(["aaaa bbbb"] * 12 + ["cccc dddd"] * 12)  # 48 words


def test_cut_texts_are_told_of_once_with_their_number():
    texts = [SHORT, LONG, LONG + " x", *(f"{LONG} {number}" for number in range(20))]
    with pytest.warns(UserWarning, match="22 texts are longer than the 10 tokens") as told:
        topicore.embed(Limited(), texts)
    assert len(told) == 1
    with pytest.warns(UserWarning, match="one text is longer"):
        topicore.embed(Limited(), [SHORT, LONG])


def test_nothing_is_said_where_nothing_is_cut_or_known():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        topicore.embed(Limited(), [SHORT, "a" * 500, "🙂" * 30])
        topicore.embed(Lettering(), [LONG])


def test_long_texts_are_the_mean_of_their_pieces_weighted_by_tokens():
    chunked = Limited("chunk")
    rows = topicore.embed(chunked, [SHORT, LONG, "x", LONG, ""])
    plain = Lettering().embed([SHORT, LONG, "x", LONG, ""])
    np.testing.assert_array_equal(rows[[0, 2, 4]], plain[[0, 2, 4]])
    np.testing.assert_array_equal(rows[1], rows[3])
    pieces = [text for text in chunked.asked if text not in (SHORT, "x", "")]
    assert " ".join(pieces).split() == LONG.split()
    assert all(len(piece.split()) <= 10 for piece in pieces)
    words = np.array([len(piece.split()) for piece in pieces])
    np.testing.assert_allclose(rows[1], np.average(Lettering().embed(pieces), axis=0, weights=words), rtol=1e-6)
    assert all(len(call) <= 4 for call in chunked.calls)


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_pieces_and_chunks_do_not_get_mixed_up(size):
    class Sized(Limited):
        spec = replace(SPEC, chunk_size=size)

    texts = [f"{letter} {LONG[: 40 * n]}" for n, letter in enumerate("abcdefgh" * 3)]
    rows = topicore.embed(Sized("chunk"), texts)
    alone = np.vstack([topicore.embed(Limited("chunk"), [text]) for text in texts])
    np.testing.assert_allclose(rows, alone, rtol=1e-6)


def test_a_chunked_model_predicts_its_documents_as_it_fitted_them():
    texts = [f"{'aa bb ' * n}{'cc dd ' * (30 - n)}" for n in range(30)]
    model = topicore.TopicModel(embedder=Limited("chunk"), clusterer=topicore.clusterer("kmeans", n_clusters=3)).fit(
        texts
    )
    assert model.transform(texts)[0] == model.topics_


def words(texts):
    return [len(text.split()) for text in texts]


def characters(texts):
    return [len(text) + 2 for text in texts]


@pytest.mark.parametrize("count", [words, characters])
@pytest.mark.parametrize(
    "text", [LONG, "x" * 3000, "汉字" * 500, ("word " * 10 + "y" * 300 + " ") * 9, "🙂 " * 40, " \n\t " * 90 + LONG]
)
def test_every_piece_fits_and_nothing_but_blanks_is_lost(text, count):
    limit = 12
    (pieces,) = split({0: text}, {0: count([text])[0]}, limit, count).values()
    assert "".join("".join(piece.split()) for piece, _ in pieces) == "".join(text.split())
    assert all(tokens <= limit for _, tokens in pieces)


@pytest.mark.parametrize("parts", [1, 2, 3, 7, 50])
@pytest.mark.parametrize("text", ["", "a", "ab", "a b c d e f g", "x" * 40, "   "])
def test_a_cut_is_a_partition(text, parts):
    pieces = cut(text, parts)
    assert "".join(pieces) == text
    assert "" not in pieces
    assert len(pieces) <= parts


def test_a_text_of_one_character_that_is_still_too_long_is_left_as_it_is():
    assert split({0: "ab"}, {0: 50}, 1, lambda texts: [9] * len(texts)) == {0: [("a", 9), ("b", 9)]}


def test_pieces_of_texts_that_fit_are_the_texts_themselves():
    texts = ["a", "b"]
    found = pieces_of(Limited("chunk"), texts)
    assert found.texts is texts
    assert found.tokens is None
