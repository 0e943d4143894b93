"""Phrases against sums done by hand, and in a model."""

from __future__ import annotations

from math import log

import numpy as np
import pytest

import topicore
from topicore import TopicModel
from topicore.builtin.collocations import collocations
from topicore.builtin.phrases import _put, _Term
from topicore.builtin.word_forms import without_forms
from topicore.errors import InputError
from topicore.tokens import tokenise

STOP = frozenset({"of", "the", "and"})


def found(texts, *, longest=3, least=1, association=-1.0):
    tokens = tokenise([text.split() for text in texts], STOP)
    runs = collocations(tokens, longest, least, association)
    texts = [" ".join(tokens.vocabulary[word] for word in words if word >= 0) for words in runs.words.tolist()]
    return texts, runs.counts.toarray()


def test_runs_stay_in_their_document_and_neither_begin_nor_end_with_a_stop_word_or_a_number():
    texts, counts = found(["freedom of speech 42", "speech freedom", "the freedom of speech"])
    assert texts == ["speech freedom", "freedom of speech"]
    assert counts.tolist() == [[0, 1], [1, 0], [0, 1]]


def test_a_run_does_not_repeat_a_word():
    assert found(["ax ax max", "ax max ax"])[0] == ["ax max", "max ax"]


def test_two_words_hold_together_as_their_mutual_information_says():
    # 10 tokens: "hard" 2, "drive" 3, together 2; log(.2 / (.2 * .3)) / -log(.2) = .748
    texts = ["hard drive a b", "hard drive c d", "drive e"]
    bound = log(0.2 / (0.2 * 0.3)) / -log(0.2)
    assert "hard drive" in found(texts, association=bound - 1e-9)[0]
    assert "hard drive" not in found(texts, association=bound + 1e-9)[0]


def test_words_around_a_stop_word_are_its_two_parts():
    # 12 tokens: "freedom" 2, "speech" 3, "freedom of speech" 2
    texts = ["freedom of speech a", "freedom of speech b", "speech c d e"]
    bound = log(2 / 12 / (2 / 12 * 3 / 12)) / -log(2 / 12)
    assert "freedom of speech" in found(texts, least=2, association=bound - 1e-9)[0]
    assert "freedom of speech" not in found(texts, least=2, association=bound + 1e-9)[0]


def test_three_words_hold_together_as_weakly_as_their_weakest_place():
    # 12 tokens: "new york" 3, "said" 3, "new york said" 2, "york said" 2, "new" 3
    texts = ["new york said a", "new york said b", "new york c said"]
    weakest = min(log(2 / 12 / (3 / 12 * 3 / 12)), log(2 / 12 / (3 / 12 * 2 / 12))) / -log(2 / 12)
    assert "new york said" in found(texts, least=2, association=weakest - 1e-9)[0]
    assert "new york said" not in found(texts, least=2, association=weakest + 1e-9)[0]


def test_a_rare_run_is_left_out():
    assert found(["a b", "a b", "c d"], least=2)[0] == ["a b"]


@pytest.mark.parametrize("texts", [["", ""], ["one", "two"], ["of the", "and"], ["a b", ""]])
def test_corpora_with_hardly_a_run(texts):
    words, counts = found(texts, longest=4)
    assert counts.shape == (len(texts), len(words))


def test_a_phrase_takes_the_place_of_the_words_it_makes_up_most_of():
    listed = {("prime",): _Term(0.5, 10), ("minister",): _Term(0.4, 30), ("news",): _Term(0.3, 5)}
    _put(listed, ("prime", "minister"), 0.1, 9, share=0.5)  # 9 of 10 uses of "prime", 9 of 30 of "minister"
    assert set(listed) == {("minister",), ("news",), ("prime", "minister")}
    assert listed["prime", "minister"].weight == 0.5


def test_a_phrase_that_takes_no_place_has_its_own_weight():
    listed = {("space",): _Term(0.5, 100)}
    _put(listed, ("space", "station"), 0.1, 20, share=0.5)
    assert listed == {("space",): _Term(0.5, 100), ("space", "station"): _Term(0.1, 20)}


def test_a_phrase_that_is_listed_already_keeps_the_better_weight():
    listed = {("space", "station"): _Term(0.5, 20)}
    _put(listed, ("space", "station"), 0.1, 20, share=0.5)
    assert listed == {("space", "station"): _Term(0.5, 20)}


def test_a_longer_phrase_takes_the_place_of_a_shorter_one():
    listed = {("stock",): _Term(0.5, 100), ("stock", "exchange"): _Term(0.4, 12)}
    _put(listed, ("london", "stock", "exchange"), 0.2, 10, share=0.5)
    assert listed["london", "stock", "exchange"].weight == 0.4
    assert ("stock", "exchange") not in listed


@pytest.mark.parametrize(
    ("words", "left"),
    [
        (["file", "files"], ["file"]),
        (["files", "file"], ["files"]),  # the better one stays, whichever it is
        (["boxes", "box", "box's"], ["boxes"]),
        (["country", "countries"], ["country"]),
        (["hard drives", "hard drive", "drive"], ["hard drives", "drive"]),
        (["news", "windows", "gas", "process"], ["news", "windows", "gas", "process"]),
        (["as", "a", "is", "i"], ["as", "a", "is", "i"]),
        ([], []),
    ],
)
def test_one_of_several_forms_of_a_word_stays(words, left):
    assert without_forms([(word, 1.0) for word in words]) == tuple((word, 1.0) for word in left)


def corpus():
    """Twelve documents of each theme: "hard drive" and "drives", "supreme court" and "judge", among changing words."""
    verbs = "spins fails stops slows hums clicks warms cools halts breaks works turns".split()
    places = "here there home away upstairs downstairs outside inside abroad nearby everywhere somewhere".split()
    drives = [f"the hard drive {verb} and drives {place}" for verb, place in zip(verbs, places, strict=True)]
    courts = [f"the supreme court {verb} and a judge {place}" for verb, place in zip(places, verbs, strict=True)]
    return drives + courts, ["drives"] * 12 + ["courts"] * 12


def words(model, theme):
    return [word for word, _ in model.get_topic(next(t for t, name in model._state.names.items() if name == theme))]


def test_phrases_in_a_model():
    documents, labels = corpus()
    model = TopicModel(clusterer="manual", representation="phrases", n_words=5).fit(documents, y=labels)
    shown = words(model, "drives")
    assert "hard drive" in shown
    assert not {"hard", "drive"} & set(shown)  # the phrase is 12 of 12 uses of both
    assert "supreme court" in words(model, "courts")
    assert "supreme" not in words(model, "courts")


def test_a_phrase_of_too_few_documents_of_the_topic_is_left_out():
    documents, labels = corpus()
    phrases = topicore.representation("phrases", min_documents=13)
    model = TopicModel(clusterer="manual", representation=phrases).fit(documents, y=labels)
    assert not any(" " in word for word in words(model, "drives"))


def test_phrases_can_be_embedded_and_projected_by_the_next_link():
    documents, labels = corpus()
    chains = {"main": ["projection", "phrases"], "apart": ["phrases", "mmr"], "asked": ["phrases", "keybert.embedded"]}
    model = TopicModel(clusterer="manual", representation=chains).fit(documents, y=labels)
    for terms in model.get_topic(0, full=True).values():
        assert any(" " in word for word, _ in terms)
        assert np.isfinite([weight for _, weight in terms]).all()


def test_phrases_follow_changes_of_topics_and_of_stop_words():
    documents, labels = corpus()
    model = TopicModel(clusterer="manual", representation="phrases").fit(documents, y=labels)
    merged = model.copy().merge_topics([0, 1])
    assert {"hard drive", "supreme court"} <= {word for word, _ in merged.get_topic(0)}
    told = model.copy().update_topics(stop_words=["hard"])
    assert "hard drive" not in words(told, "drives")


def test_counts_that_hold_phrases_already_show_each_once():
    documents, labels = corpus()
    model = TopicModel(clusterer="manual", representation="phrases", ngram_range=(1, 2)).fit(documents, y=labels)
    for terms in model.get_topics().values():
        shown = [word for word, _ in terms]
        assert len(set(shown)) == len(shown)


def test_a_vectorizer_without_tokens_is_an_error_before_the_fit():
    documents, labels = corpus()
    model = TopicModel(clusterer="manual", vectorizer="hashing", representation="phrases")
    with pytest.raises(InputError, match=r"'phrases' needs tokens.*vectorizer that gives tokens"):
        model.fit(documents, y=labels)


def test_a_model_loaded_without_tokens_says_how_to_keep_them(tmp_path):
    documents, labels = corpus()
    model = TopicModel(clusterer="manual", representation="phrases").fit(documents, y=labels)
    model.save(tmp_path / "bare")
    bare = TopicModel.load(tmp_path / "bare")
    assert bare.get_topics() == model.get_topics()
    with pytest.raises(InputError, match=r"needs tokens, which this model does not have; .*include=\['tokens'\]"):
        bare.describe_topics()
    model.save(tmp_path / "full", include=["tokens"])
    assert TopicModel.load(tmp_path / "full").describe_topics().get_topics() == model.get_topics()
    assert bare.describe_topics(documents=documents).get_topics() == model.get_topics()
