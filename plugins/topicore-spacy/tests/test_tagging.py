"""Where terms are in a text, whatever its case, joints and white space."""

from __future__ import annotations

import unicodedata

import pytest

from topicore_spacy.choosing import chosen
from topicore_spacy.reading import LONGEST_WORD
from topicore_spacy.tagging import folded, places, plain


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("moon", "Moon, moonlight and MOON", ["Moon", "MOON"]),
        ("real time", "real-time or Real_Time, real. Time", ["real-time", "Real_Time"]),
        ("e-mail", "an E-mail", ["E-mail"]),
        ("c++", "C++ or c", ["C++"]),
        ("aa", "aa aa-aa", ["aa", "aa", "aa"]),
        ("straße", "STRASSE Straße", ["Straße"]),
        ("istanbul", "İSTANBUL ISTANBUL", ["ISTANBUL"]),
        ("हिन्द", "हिन्दी हिन्द", ["हिन्द"]),
        ("", "moon", []),
        (" ", "a b", []),
    ],
)
def test_terms_are_found_between_the_ends_of_words(term: str, text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in places(folded(term), folded(text), set())] == found


def test_tokens_end_words_where_no_blank_does() -> None:
    assert list(places("望远镜", "新的望远镜送入", set())) == []
    assert list(places("望远镜", "新的望远镜送入", {0, 2, 5, 7})) == [(2, 5)]


def test_texts_are_composed_ironed_and_broken() -> None:
    assert plain(unicodedata.normalize("NFD", " caf\u00e9\r\n\t noir ")) == "caf\u00e9 noir"
    assert plain("moon \ud800") == "moon ?"
    assert [len(part) for part in plain("x" * 600).split(" ")] == [LONGEST_WORD, LONGEST_WORD, 100]
    assert plain("x" * LONGEST_WORD) == "x" * LONGEST_WORD
    assert len(folded("İİ ǅ")) == 4


def test_texts_that_hold_more_of_the_words_are_read_first() -> None:
    texts = ["moon", "moon", "the moon", "Moon and bread", "an oven", "bread"]
    assert chosen(texts, ["moon", "oven", "bread", "zebra"], 3) == ["moon", "an oven", "Moon and bread"]
    assert chosen(texts, ["moon", "oven", "bread"], 1) == ["moon"]
    assert chosen(texts, [], 2) == ["moon", "the moon"]
    assert chosen(texts, ["moon"], 9) == ["moon", "the moon", "Moon and bread", "an oven", "bread"]
    assert chosen([], ["moon"], 3) == []
