"""What a word is, in any script, and whose stop words are left out."""

from __future__ import annotations

import pytest

from topicore.builtin.words import stop_words_of, words
from topicore.errors import ParameterError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, World! a I x2", ["hello", "world", "x2"]),
        ("मैं हिन्दी में लिखता हूँ", ["मैं", "हिन्दी", "में", "लिखता", "हूँ"]),
        ("বাংলা ভাষা", ["বাংলা", "ভাষা"]),
        ("كَتَبَ الطَّالِبُ", ["كَتَبَ", "الطَّالِبُ"]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),
        ("cafe\u0301 café", ["café", "café"]),
        ("_emphasis_ snake_case ____", ["emphasis", "snake_case"]),
        ("😀 ❤️ 🎉", []),
        ("日本語 テキスト", ["日本語", "テキスト"]),
        ("don't", ["don"]),
        ("", []),
    ],
)
def test_words_of_a_text(text, expected):
    assert list(words([text])) == [expected]


def test_ascii_text_is_cut_as_any_other():
    text = "one _two_ three_four x 5 66 a_ _b 7up"
    assert list(words([text])) == list(words([text + " é"]))  # one letter alone is no word


def test_stop_words_by_language_code_list_or_none():
    assert "the" in stop_words_of("english")
    assert stop_words_of("english") == stop_words_of("en")
    assert "und" in stop_words_of("German")
    assert stop_words_of("english", "german") == stop_words_of("german")
    assert stop_words_of("english", ["Foo"]) == {"foo"}
    assert stop_words_of("english", []) == frozenset()
    assert stop_words_of(None) == stop_words_of("multilingual") == frozenset()


def test_an_unknown_language_names_the_nearest():
    with pytest.raises(ParameterError, match=r"language 'germn'\. Did you mean 'german'\?"):
        stop_words_of("germn")
