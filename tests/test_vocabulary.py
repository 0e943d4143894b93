"""Terms are rows of token ids that behave like the list of their spellings."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from topicore.counts import count
from topicore.tokens import Rules, tokenise
from topicore.vocabulary import Terms, Vocabulary, alphabetical, lookup

DOCUMENTS = [["new", "york", "is", "new"], ["old", "york"], ["a", "new", "car"]]
TEXTS = ["new york", "york is", "is new", "old york", "a new", "new car", "new", "york", "is", "old", "a", "car"]


@pytest.fixture
def terms() -> Terms:
    return count(tokenise(DOCUMENTS), Rules(ngram_range=(1, 2)))[1]


def test_terms_read_like_a_list(terms):
    expected = sorted(TEXTS)
    assert isinstance(terms, Terms)
    assert list(terms) == expected
    assert terms == expected
    assert expected == terms
    assert terms == tuple(expected)
    assert terms == copy.copy(terms)
    assert terms != expected[1:]
    assert terms != [*expected[1:], "zebra"]
    assert terms != "a"
    assert len(terms) == 12
    assert [terms[place] for place in range(12)] == expected
    assert terms[np.int32(-1)] == "york is"
    assert terms[2:5] == expected[2:5]
    assert terms[::-2] == expected[::-2]
    assert [*reversed(terms)] == expected[::-1]
    assert terms.index("is") == expected.index("is")
    with pytest.raises(IndexError):
        terms[12]


def test_terms_know_what_they_hold(terms):
    assert "new york" in terms
    assert "york new" not in terms
    assert "zebra" not in terms
    assert 3 not in terms


def test_terms_cannot_be_hashed_and_are_shown_in_short(terms):
    with pytest.raises(TypeError):
        hash(terms)
    assert repr(terms) == "<12 terms of 6 tokens>"


def test_terms_survive_a_pickle(terms):
    assert terms.places(["car"]).tolist() == [2]
    assert pickle.loads(pickle.dumps(terms)) == terms


def test_places_of_words(terms):
    asked = ["york", "new york", "new  york", "york new", "", " ", "is", "new york is", "zebra", "new zebra", "a new"]
    expected = [list(terms).index(word) if word in TEXTS else -1 for word in asked]
    assert terms.places(asked).tolist() == expected
    assert terms.places(asked).dtype == np.int64
    assert lookup(terms)(asked).tolist() == expected
    assert lookup(list(terms))(asked).tolist() == expected
    assert terms.places([]).tolist() == []


@pytest.mark.parametrize("ngram_range", [(1, 1), (1, 2), (2, 2), (1, 3)])
@pytest.mark.parametrize("spaced", [[], ["new york"], ["york is new"]], ids=str)
def test_places_of_terms_of_other_tokens(terms, ngram_range, spaced):
    other = count(tokenise([["york", "is", "new", "york"], ["car", "new", *spaced]]), Rules(ngram_range=ngram_range))[1]
    spelt = list(terms)
    assert terms.places(other).tolist() == [spelt.index(word) if word in spelt else -1 for word in other]
    back = list(other)
    assert other.places(terms).tolist() == [back.index(word) if word in back else -1 for word in spelt]


def test_no_terms_hold_nothing():
    none = Terms(Vocabulary(["a"]), np.zeros((0, 2), dtype=np.int32))
    assert list(none) == []
    assert none.places(["a"]).tolist() == [-1]


def test_a_vocabulary_reads_like_a_list():
    vocabulary = Vocabulary(["b", "a", "2"])
    assert vocabulary == ["b", "a", "2"]
    assert ["b", "a", "2"] == vocabulary  # noqa: SIM300
    assert vocabulary != ["a", "b", "2"]
    assert vocabulary[1] == "a"
    assert list(vocabulary[:2]) == ["b", "a"]
    assert repr(vocabulary) == "<Vocabulary of 3 tokens>"
    assert Vocabulary.of(vocabulary) is vocabulary
    assert vocabulary.order.tolist() == [2, 1, 0]
    assert vocabulary.ranks.tolist() == [2, 1, 0]
    assert vocabulary.numeric.tolist() == [False, False, True]
    assert vocabulary.ids == {"b": 0, "a": 1, "2": 2}
    with pytest.raises(TypeError):
        hash(vocabulary)


def test_marked_words_are_kept_and_cannot_be_written_to():
    vocabulary = Vocabulary(["b", "a"])
    marked = vocabulary.among(frozenset({"a"}))
    assert marked.tolist() == [False, True]
    assert vocabulary.among(frozenset({"a"})) is marked
    assert vocabulary.among(frozenset({"b"})).tolist() == [True, False]
    with pytest.raises(ValueError, match="read-only"):
        marked[0] = True


@pytest.mark.parametrize("tokens", [["a b"], ["a\tb"], ["a", " "], ["\0"]], ids=repr)
def test_tokens_with_spaces_or_less_cannot_be_joined(tokens):
    assert not Vocabulary(tokens).joinable


@pytest.mark.parametrize("tokens", [[], [""], ["a", "é", "中文", "\xa0", "!"]], ids=repr)
def test_other_tokens_can(tokens):
    assert Vocabulary(tokens).joinable


@pytest.mark.parametrize("letters", ["ab", "abcé中𝒳", "a\0\x01", "a\nb", "\ud800\ue000\uffff𝒳", "a \x1f!"], ids=ascii)
def test_alphabetical_order_is_that_of_sorted(letters):
    rng = np.random.default_rng(0)
    texts = list({"".join(rng.choice([*letters], size=rng.integers(0, 14))) for _ in range(400)})
    assert [texts[place] for place in alphabetical(texts)] == sorted(texts)
    assert alphabetical([]).tolist() == []
