"""What a word is, in any script, and whose stop words are left out."""

from __future__ import annotations

import unicodedata

import pytest
from stopwordsiso import stopwords

from topicore.builtin.function_words import FURTHER
from topicore.builtin.words import language_codes, stop_words_of, words
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


def test_stop_words_of_several_languages_are_those_of_each():
    assert stop_words_of("german+french") == stop_words_of("de") | stop_words_of("fr")
    assert stop_words_of("german + FR") == stop_words_of("german+french")
    assert language_codes("german+fr+de") == ("de", "fr")


def test_auto_has_what_was_found():
    assert stop_words_of("auto") == frozenset()
    assert stop_words_of("Auto", None, frozenset({"und"})) == {"und"}
    assert stop_words_of("auto", ["foo"], frozenset({"und"})) == {"foo"}
    assert stop_words_of("german", None, frozenset({"foo"})) == stop_words_of("german")


def test_chinese_stop_words_are_simplified_and_traditional():
    assert {"这个", "這個", "我们", "我們", "沒有", "什麼", "因為", "對於", "於是", "還是"} <= stop_words_of("zh")


@pytest.mark.parametrize("code", FURTHER)
def test_our_own_words_add_to_the_list_of_a_language_and_can_be_tokens(code):
    listed = {unicodedata.normalize("NFC", word.lower()) for word in stopwords(code)}
    assert not FURTHER[code] & listed
    assert stop_words_of(code) >= listed | FURTHER[code]
    assert list(words(FURTHER[code])) == [[word] for word in FURTHER[code]]


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("hi", "क्योंकि"),
        ("hi", "है"),
        ("bn", "দিয়ে"),
        ("ar", "هَذا"),
        ("fa", "می"),
        ("ru", "является"),
        ("fr", "également"),
    ],
)
def test_stop_words_are_spelt_as_tokens_are(code, word):
    assert list(words([word])) == [[unicodedata.normalize("NFC", word)]]
    assert unicodedata.normalize("NFC", word) in stop_words_of(code)


def test_thai_stop_words_are_spelt_as_texts_are():
    assert "ท\u0e33" in stop_words_of("th")
    assert not [word for word in stop_words_of("th") if "\u0e4d\u0e32" in word]
