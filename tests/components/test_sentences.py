"""Sentences of a topic's own documents."""

from __future__ import annotations

import pytest

import topicore
from topicore import TopicModel
from topicore.builtin.sentences import sentences

BREAD = "The dough rises for an hour in a bowl. Thank you all for reading this. The oven bakes the dough to a loaf."
SHIPS = "The sailor dropped anchor at the reef. Hello again, my dear readers! The harbour is full of sailor boats."


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One day. Two days! Three?", ["One day.", "Two days!", "Three?"]),
        ('He said "No." She left.', ['He said "No."', "She left."]),
        ("Dr. A. Smith paid 3.50 to Mr. Jones. He left.", ["Dr. A. Smith paid 3.50 to Mr. Jones.", "He left."]),
        ("A line\nwrapped here. Next", ["A line wrapped here.", "Next"]),
        ("A title\n\nA paragraph", ["A title", "A paragraph"]),
        ("\u4f60\u597d\u3002\u518d\u89c1\uff01", ["\u4f60\u597d\u3002", "\u518d\u89c1\uff01"]),
        ("\u092f\u0939\u0964 \u0935\u0939\u0964", ["\u092f\u0939\u0964", "\u0935\u0939\u0964"]),
        ("   \n ", []),
        ("Wait... what?! Really?", ["Wait...", "what?!", "Really?"]),
        ("The end of J.", ["The end of J."]),
    ],
)
def test_where_sentences_end(text, found):
    assert sentences(text) == found


def fitted(**options):
    representation = {"main": "c-tf-idf", "said": topicore.representation("representative", **options)}
    texts = [BREAD, "Dough and loaf.", SHIPS, "Sailor and anchor."] * 3
    return TopicModel(clusterer="manual", representation=representation).fit(
        texts, y=["bread", "bread", "ships", "ships"] * 3
    )


def said(model, theme):
    topic = next(topic for topic, name in model._state.names.items() if name == theme)
    return model._state.descriptions["said"][topic].summary


def test_the_summary_is_of_sentences_about_the_topic():
    model = fitted(sentences=1)
    assert said(model, "bread") in BREAD
    assert "dough" in said(model, "bread")
    assert "sailor" in said(model, "ships")


def test_several_sentences_are_parted_by_an_ellipsis_and_differ():
    parts = said(fitted(sentences=2), "bread").split(" \u2026 ")
    assert len(set(parts)) == 2
    assert all("dough" in part.lower() for part in parts)


def test_the_words_of_the_topic_stay_and_tables_show_the_summary():
    model = fitted()
    assert model.get_topic_info()["said"].map(lambda shown: isinstance(shown, str)).all()
    chained = TopicModel(clusterer="manual", representation=["c-tf-idf", "representative"])
    chained.fit([BREAD, SHIPS] * 6, y=["bread", "ships"] * 6)
    plain = TopicModel(clusterer="manual", representation="c-tf-idf").fit([BREAD, SHIPS] * 6, y=["bread", "ships"] * 6)
    assert chained.get_topics() == plain.get_topics()


def test_short_titles_are_taken_where_there_is_nothing_longer_and_endless_text_is_cut():
    titles = TopicModel(clusterer="manual", representation={"said": "representative"})
    titles.fit(["dough oven", "oven loaf", "sailor reef", "reef anchor"] * 3, y=[0, 0, 1, 1] * 3)
    shown = {description.summary for description in titles._state.descriptions["said"].values()}
    assert all(text and len(text) < 40 for text in shown)
    endless = TopicModel(clusterer="manual", representation={"said": "representative"})
    endless.fit(["dough oven loaf " * 100, "sailor reef anchor " * 100] * 4, y=[0, 1] * 4)
    assert {len(part.summary) for part in endless._state.descriptions["said"].values()} <= {
        299,
        300,
    }  # cut behind a letter


def test_topics_that_changed_are_summed_up_anew():
    model = fitted(sentences=1)
    merged = model.copy().merge_topics([0, 1])
    assert merged._state.descriptions["said"][0].summary in BREAD + SHIPS


def test_a_topic_without_a_sentence_is_left_out():
    model = TopicModel(clusterer="manual", representation={"said": "representative"})
    rows = [[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.1, 1.0]]
    model.fit(["The dough rises in the warm oven.", "A loaf from the oven.", "", " "], embeddings=rows, y=[0, 0, 1, 1])
    descriptions = model._state.descriptions["said"]
    assert sorted((part.summary or "") for part in descriptions.values())[-1].startswith("The dough")
