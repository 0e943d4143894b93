"""Coherence: by hand, against windows slid one by one, and against values that gensim 4.4 gave."""

from __future__ import annotations

import math
import random
import tracemalloc
from itertools import combinations

import numpy as np
import pytest

from topicore.analysis import cooccurrence
from topicore.analysis.coherence import MEASURES, coherence, measures_of
from topicore.analysis.cooccurrence import occurrences
from topicore.errors import InputError
from topicore.tokens import Rules, tokenise

EPSILON = 1e-12


def measured(topics, texts, name, window=None, rules=None):
    tokens = tokenise([text.split() if isinstance(text, str) else text for text in texts])
    found = coherence(topics, tokens, rules or Rules(), measures_of(name), window)
    return found[MEASURES[name].column].tolist()


# by hand

DOCUMENTS = ["a b", "a b", "a c", "d"]
# In whole documents: P(a) = 3/4, P(b) = 2/4, P(a, b) = 2/4


def test_uci_is_the_log_of_how_much_more_often_words_are_together_than_by_chance():
    # log(1/2 / (3/4 * 1/2)) = log(4/3)
    assert measured([["a", "b"]], DOCUMENTS, "uci") == pytest.approx([math.log(4 / 3)])


def test_npmi_divides_that_by_the_surprise_of_the_pair():
    # log(4/3) / -log(1/2) = 0.28768 / 0.69315
    assert measured([["a", "b"]], DOCUMENTS, "npmi") == pytest.approx([0.415037], abs=1e-6)


def test_umass_is_the_log_probability_of_a_word_given_one_in_front_of_it():
    # log P(b | a) = log(2/3), and for the other order log P(a | b) = log(1)
    assert measured([["a", "b"], ["b", "a"]], DOCUMENTS, "umass") == pytest.approx([math.log(2 / 3), 0], abs=1e-9)


def test_c_v_is_the_mean_cosine_of_npmi_vectors_with_their_sum():
    # vectors (1, x) and (x, 1) with x = 0.415037; their sum is (1 + x) * (1, 1), and either cosine with it
    # (1 + x) / (sqrt(1 + x * x) * sqrt(2)) = 1.415037 / (1.082708 * 1.414214)
    assert measured([["a", "b"]], DOCUMENTS, "c_v") == pytest.approx([0.924148], abs=1e-6)


def test_the_value_of_a_topic_is_the_mean_of_its_pairs():
    ab, ac, bc = (measured([list(pair)], DOCUMENTS, "npmi")[0] for pair in combinations("abc", 2))
    assert measured([["a", "b", "c"]], DOCUMENTS, "npmi") == pytest.approx([(ab + ac + bc) / 3])
    # b and c never meet: log(1e-12 / (1/2 * 1/4)) / -log(1e-12)
    assert bc == pytest.approx(math.log(EPSILON * 8) / -math.log(EPSILON))


def test_windows_slide_by_one_token():
    # "a x b y" has the windows ax, xb, by: a and b never meet, x and b meet in one of three
    assert measured([["x", "b"]], ["a x b y"], "uci", 2) == pytest.approx([math.log((1 / 3) / (2 / 3 * 2 / 3))])
    apart = math.log(EPSILON / (1 / 3 * 2 / 3))
    assert measured([["a", "b"]], ["a x b y"], "uci", 2) == pytest.approx([apart])


def test_a_shorter_document_is_one_window_and_so_is_an_empty_one():
    # one window each: P(a) = P(b) = P(a, b) = 1/3
    assert measured([["a", "b"]], ["a b", "", "c"], "uci", 10) == pytest.approx([math.log(3)])
    assert measured([["a", "b"]], ["a b", "", "c"], "umass") == pytest.approx([0], abs=1e-9)


def test_windows_do_not_reach_over_the_end_of_a_document():
    apart = math.log(EPSILON / (1 / 2 * 1 / 2))
    assert measured([["a", "b"]], ["x a", "b y"], "uci", 2) == pytest.approx([apart])


def test_a_word_leaves_with_its_first_occurrence_as_in_gensim():
    # windows axa, xay: the first a goes, the second is still there and does not count
    tokens = tokenise(["a x a y".split()])
    seen = occurrences(["a", "x"], tokens, Rules()).seen([np.array([0, 1])], 3)
    assert seen.windows == 2
    assert seen.together[0].tolist() == [[1, 1], [1, 2]]


# gensim

WORDS = [f"w{n}" for n in range(40)]
RECORDED = [
    ("npmi", None, [-0.03182237284945591, -0.024030529357235198, -0.0239642179599843]),
    ("c_v", None, [0.5457332862925424, 0.5897401742098959, 0.484303593749282]),
    ("uci", None, [-0.05762576291342085, -0.07895504508226714, -0.10276337792621941]),
    ("umass", None, [-0.32320580513075914, -0.29633691705585913, -0.28018239533426614]),
    ("npmi", 200, [0.4604960624875427, 0.48983365257667016, 0.4483697781078482]),
    ("npmi", "document", [0.4604960624875427, 0.48983365257667016, 0.4483697781078482]),
    ("c_v", 25, [0.41466990096393685, 0.40863032306818337, 0.29009506894713033]),
]


@pytest.fixture(scope="module")
def drawn():
    """Forty texts of 0 to 180 words, and three topics; what gensim was given when the values were recorded."""
    draw = random.Random(5)
    shares = [1 / (n + 2) for n in range(40)]
    texts = [draw.choices(WORDS, shares, k=k) for k in [0, 1, 5, 9, 10, 11, 60, 110, 111, 180] * 4]
    return texts, [WORDS[:5], WORDS[5:11], "w19 w17 w2 w26 w24 w14 w20 w8 w9 w0".split()]


@pytest.mark.parametrize(("name", "window", "values"), RECORDED)
def test_values_are_those_of_gensim(drawn, name, window, values):
    texts, topics = drawn
    assert measured(topics, texts, name, window) == pytest.approx(values, abs=1e-9)


def slid(texts, words, window):
    """gensim's way: one window after the other, a set of what is in sight that the first token of a window leaves."""
    counts, windows = np.zeros((len(words), len(words)), dtype=int), 0
    for text in texts:
        sight: set[str] = set()
        for start in range(max(len(text) - window, 0) + 1):
            inside = text[start : start + window]
            sight = sight - {text[start - 1]} | {inside[-1]} if start else set(inside)
            there = np.array([word in sight for word in words], dtype=int)
            counts += np.outer(there, there)
            windows += 1
    return counts, windows


@pytest.mark.parametrize("window", [1, 2, 3, 10, 59, 60, 111, 500])
@pytest.mark.parametrize(("block", "together"), [(1, 1), (7, 2), (1 << 15, 16)])
def test_windows_are_counted_as_if_one_by_one(drawn, monkeypatch, window, block, together):
    texts, topics = drawn
    monkeypatch.setattr(cooccurrence, "BLOCK", block)
    monkeypatch.setattr(cooccurrence, "TOGETHER", together)
    sets = [np.array([WORDS.index(word) for word in topic]) for topic in topics]
    seen = occurrences(WORDS, tokenise(texts), Rules()).seen(sets, window)
    counts, windows = slid(texts, WORDS, window)
    assert seen.windows == windows
    for chosen, counted in zip(sets, seen.together, strict=True):
        assert np.array_equal(counted, counts[np.ix_(chosen, chosen)])


def test_neither_windows_nor_documents_are_spread_over_all_words():
    draw = random.Random(0)
    tokens = tokenise([draw.choices(WORDS, k=120) for _ in range(1500)])
    words = occurrences(WORDS, tokens, Rules())
    tracemalloc.start()
    words.seen([np.arange(40)], 110)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 60e6  # 1,500 documents of 11 windows, 40 words each, and 180,000 occurrences


# what a word is


def test_stop_words_are_dropped_before_windows_slide():
    # without "the" the windows are ab, bc
    rules = Rules(stop_words=frozenset({"the"}))
    assert measured([["a", "b"]], ["a the b the c"], "uci", 2, rules) == pytest.approx([math.log(1)], abs=1e-9)
    assert measured([["a", "b"]], ["a the b the c"], "uci", 2)[0] < -20


def test_numbers_are_dropped_where_no_term_may_be_one():
    assert measured([["a", "b"]], ["a 7 b 7 c"], "uci", 2, Rules(numbers=False)) == pytest.approx([0], abs=1e-9)
    assert measured([["a", "7"]], ["a 7 b 7 c"], "uci", 2) == pytest.approx([math.log(1 / 4 / (1 / 4))], abs=1e-9)


def test_a_phrase_stands_where_its_tokens_are_neighbours():
    texts = ["deep the net x y z", "net deep x y z", "deep x net", "deep", "net"]
    found = occurrences(["deep net"], tokenise([text.split() for text in texts]), Rules(stop_words=frozenset({"the"})))
    assert found.documents.tolist() == [0]
    assert found.begins.tolist() == [0]
    # windows of two: four, four, two, and one of each of the last documents; the phrase is in the very first
    seen = found.seen([np.array([0])], 2)
    assert (seen.windows, seen.together[0].tolist()) == (12, [[1]])
    # of three: the first of the first document
    assert found.seen([np.array([0])], 3).together[0].tolist() == [[1]]


def test_a_phrase_is_in_every_window_that_holds_all_of_it():
    tokens = tokenise(["x y deep net z".split()])
    found = occurrences(["deep net", "z"], tokens, Rules())
    # windows of three: xyd, ydn, dnz
    assert found.seen([np.array([0, 1])], 3).together[0].tolist() == [[2, 1], [1, 1]]


def test_a_phrase_that_is_longer_than_a_window_is_in_none():
    found = occurrences(["a b c"], tokenise(["a b c d".split()]), Rules())
    assert found.seen([np.array([0])], 2).together[0].tolist() == [[0]]
    assert found.seen([np.array([0])], 3).together[0].tolist() == [[1]]


def test_phrases_that_overlap_are_counted_as_words_are():
    found = occurrences(["a a"], tokenise(["a a a".split()]), Rules())
    assert found.begins.tolist() == [0, 1]
    assert found.seen([np.array([0])], None).together[0].tolist() == [[1]]


def test_a_token_with_a_space_is_a_token():
    tokens = tokenise([["new york", "sea"], ["new", "york"]])
    assert occurrences(["new york"], tokens, Rules()).documents.tolist() == [0]


def test_words_that_are_in_no_document_are_left_out():
    whole = measured([["a", "b"]], DOCUMENTS, "npmi")
    assert measured([["a", "nowhere", "b", "a nowhere", ""]], DOCUMENTS, "npmi") == whole
    stop = Rules(stop_words=frozenset({"c"}))
    assert measured([["a", "b", "c"]], DOCUMENTS, "npmi", "document", stop) == pytest.approx(
        measured([["a", "b"]], ["a b", "a b", "a", "d"], "npmi", "document")
    )


def test_a_word_that_is_named_twice_counts_once():
    assert measured([["a", "b", "a"]], DOCUMENTS, "c_v") == measured([["a", "b"]], DOCUMENTS, "c_v")


@pytest.mark.parametrize("name", MEASURES)
def test_fewer_than_two_words_have_no_coherence(name):
    values = measured([["a", "b"], [], ["a"], ["nowhere", "gone"]], DOCUMENTS, name)
    assert not math.isnan(values[0])
    assert all(map(math.isnan, values[1:]))


@pytest.mark.parametrize("texts", [[], [""], ["", ""]])
def test_documents_without_words_have_no_coherence(texts):
    assert math.isnan(measured([["a", "b"]], texts, "npmi")[0])
    assert measured([], texts, "npmi") == []


def test_words_of_every_window_have_the_value_that_gensim_gives_them():
    # P = 1 throughout: log(1 + 1e-12) / -log(1 + 1e-12)
    assert measured([["a", "b"]], ["a b", "b a"], "npmi") == pytest.approx([-1])


# arguments


def test_measures_are_named_and_each_is_taken_once():
    assert [measure.column for measure in measures_of(["npmi", "c_v", "npmi"])] == ["NPMI", "C_v"]
    assert [measure.column for measure in measures_of("umass")] == ["UMass"]
    assert measures_of(()) == []


@pytest.mark.parametrize("names", ["c_npmi", ["npmi", "nothing"], [None], 3, [["npmi"]]])
def test_a_measure_that_does_not_exist_is_refused(names):
    with pytest.raises(InputError, match="'npmi', 'c_v', 'uci', 'umass'"):
        measures_of(names)


@pytest.mark.parametrize("window", [0, 1, -3, 2.5, True, "documents", np.float64(10)])
def test_a_window_that_cannot_be_is_refused(window):
    with pytest.raises(InputError, match="window must be a whole number of at least 2, or 'document'"):
        measured([["a", "b"]], DOCUMENTS, "npmi", window)


def test_a_window_may_be_a_numpy_number():
    assert measured([["a", "b"]], DOCUMENTS, "npmi", np.int32(10)) == measured([["a", "b"]], DOCUMENTS, "npmi")
