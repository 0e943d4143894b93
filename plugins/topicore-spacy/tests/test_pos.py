"""Parts of speech: which words of a topic stay, and what is asked of the pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import tiny_spacy

import topicore
from topicore import TopicModel
from topicore.errors import ComponentError, ParameterError
from topicore_spacy import PartOfSpeech, SpacyEmbedder
from topicore_spacy.loading import load

SKY = ["The bright moon rises over Houston.", "A bright telescope sees the moon.", "Houston sees the moon slowly."]
FOOD = ["They eat warm bread.", "Warm bread rises in the oven.", "The oven bakes slowly, they eat bread."]
PARTS = {
    **dict.fromkeys(("moon", "telescope", "bread", "oven"), "NOUN"),
    **dict.fromkeys(("rises", "sees", "eat", "bakes"), "VERB"),
    "bright": "ADJ",
    "warm": "ADJ",
    "slowly": "ADV",
    "houston": "PROPN",
}


def words(
    documents: Sequence[str], representation: object, topics: Sequence[int] | None = None, **settings: Any
) -> dict[int, list[str]]:
    """The words of topics that are given by hand: all of one, where none are."""
    model = TopicModel(clusterer="manual", representation=representation, **settings)
    model.fit(documents, y=topics or [0] * len(documents))
    return {topic: [word for word, _ in terms if word] for topic, terms in model.get_topics().items()}


def uses(*sentences: str, **parameters: Any) -> set[str]:
    """The words that stay of a topic of *sentences*, as the trained tagger reads them."""
    vectorizer = topicore.vectorizer("count", stop_words=[], min_df=1, ngram_range=(1, 2))
    representation = topicore.representation("spacy.pos", model=tiny_spacy.tagger(), **parameters)
    return set(words(sentences, representation, vectorizer=vectorizer, n_words=60)[0])


def test_words_that_match_stay_in_order_with_their_weights() -> None:
    model = TopicModel(clusterer="manual", representation=tiny_spacy.ruled(PARTS), stop_words=["the", "they", "in"])
    plain = TopicModel(clusterer="manual", representation="c-tf-idf", stop_words=["the", "they", "in"])
    found, all_words = (each.fit([*SKY, *FOOD], y=[0, 0, 0, 1, 1, 1]).get_topics() for each in (model, plain))
    expected = {0: {"moon", "bright", "houston"}, 1: {"bread", "warm", "oven"}}
    assert {topic: {word for word, _ in terms} for topic, terms in found.items()} == expected
    assert {word for word, _ in all_words[0]} == {"moon", "bright", "houston", "sees", "rises", "slowly"}
    for topic, terms in found.items():
        assert terms == [pair for pair in all_words[topic] if pair[0] in expected[topic]]


def test_a_word_of_several_parts_of_speech_stays_where_at_least_half_of_its_uses_match() -> None:
    noun, verb = "the hard drive of the rocket fails", "they drive slowly to Paris with warm bread"
    assert "drive" in uses(noun, f"Houston sees {noun}", verb)
    assert "drive" in uses(noun, verb)
    assert "drive" not in uses(noun, verb, "they drive slowly to Houston with bread")
    assert "hard" in uses(noun, verb)


def test_phrases_of_the_vocabulary_match_as_a_whole_and_across_hyphens_and_lines() -> None:
    assert {"hard drive", "hard", "drive"} <= uses("the hard drive of the rocket fails")
    for text in ("the HARD\n\n drive of the rocket", "the hard-drive of the rocket"):
        assert "hard drive" in words(
            [text], tiny_spacy.ruled({"hard": "ADJ", "drive": "NOUN", "rocket": "NOUN"}), ngram_range=(1, 2)
        ).get(0, [])
    assert not {"rocket fails", "of the", "fails"} & uses("the hard drive of the rocket fails")


def test_words_across_the_end_of_a_sentence_are_no_phrase() -> None:
    nlp = tiny_spacy.ruled({"hard": "NOUN", "drive": "NOUN"})
    assert words(["Hard. Drive", "hard; drive"], nlp, ngram_range=(1, 2)) == {0: ["drive", "hard"]}


def test_patterns_of_ones_own_decide() -> None:
    assert uses(*SKY, patterns=[[{"POS": "PROPN"}]]) == {"houston"}
    assert uses(*SKY, patterns=[[{"TAG": "ADJ"}, {"TAG": "NOUN"}]]) <= {"bright moon", "bright telescope"}
    assert uses(*SKY, patterns=[[{"LOWER": {"IN": ["moon", "the"]}, "OP": "+"}]]) == {"moon", "the", "the moon"}


def test_patterns_that_ask_for_more_than_tags_run_the_whole_pipeline() -> None:
    assert uses(*SKY, patterns=[[{"ENT_TYPE": "PLACE"}]]) == {"houston"}


@pytest.mark.parametrize(
    ("patterns", "reason"),
    [
        ([], "are lists of patterns"),
        ([[]], "are lists of patterns"),
        ([{"POS": "NOUN"}], "must be a sequence, each a sequence"),
        ([["NOUN"]], "each a mapping"),
        ([[{"PSO": "NOUN"}]], r"cannot ask for 'PSO'; they can for .*POS"),
        ([[{"POS": "noun"}]], "hold 'noun', which is no part of speech; there are ADJ"),
        ([[{"POS": {"IN": ["NOUN", "NN"]}}]], "hold 'NN', which is no part of speech"),
    ],
)
def test_patterns_that_cannot_be_are_refused_at_once(patterns: Any, reason: str) -> None:
    with pytest.raises(ParameterError, match=rf"'spacy.pos'.*patterns.*(?:{reason})"):
        topicore.representation("spacy.pos", patterns=patterns)
    with pytest.raises(ParameterError, match=r"An example: \[\["):
        PartOfSpeech(patterns=patterns)


@pytest.mark.parametrize(
    "token",
    [
        {"POS": "NOUN", "OP": "??"},
        {"LENGTH": "long"},
        {"POS": {"INN": ["NOUN"]}},
        {"_": {"nobody": 1}},
        {"TEXT": {"REGEX": "(abc"}},
    ],
)
def test_patterns_that_spacy_refuses_are_told_in_one_line(token: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match=r"patterns are refused by spaCy: .* An example: \[\[") as found:
        topicore.representation(tiny_spacy.ruled(PARTS), patterns=[[token]])
    assert "\n" not in str(found.value)


def test_a_topic_in_which_nothing_matches_keeps_its_words() -> None:
    nlp = tiny_spacy.ruled({"moon": "NOUN", "eat": "VERB"})
    found = words([*SKY, *FOOD], nlp, [0, 0, 0, 1, 1, 1])
    assert found[0] == ["moon"]
    assert found[1] == words([*SKY, *FOOD], "c-tf-idf", [0, 0, 0, 1, 1, 1])[1]


def test_words_come_from_the_link_before() -> None:
    class Chosen(topicore.components.Representation):
        def describe(self, view: Any, /) -> Any:
            return {0: topicore.components.Description(terms=(("sees", 3.0), ("Houston", 2.0), ("moon", 1.0)))}

    model = TopicModel(clusterer="manual", representation=[Chosen(), tiny_spacy.ruled(PARTS)]).fit(SKY, y=[0, 0, 0])
    assert model.get_topic(0) == [("Houston", 2.0), ("moon", 1.0)]


def test_candidates_and_documents_bound_what_is_looked_at() -> None:
    sentences = ["moon moon moon telescope", "moon moon bread", "moon oven"]
    nlp, settings = tiny_spacy.ruled(PARTS), {"vectorizer": topicore.vectorizer("count", min_df=1), "n_words": 1}
    found = words(sentences, topicore.representation(nlp, candidates=1), **settings)
    assert found == {0: ["moon"]}
    few = words(sentences, topicore.representation(nlp, documents=1), **{**settings, "n_words": 10})[0]
    assert "moon" in few
    assert len(few) == 2


def test_each_distinct_text_is_read_once_and_only_by_what_tags(monkeypatch: pytest.MonkeyPatch) -> None:
    nlp, read = tiny_spacy.load(tiny_spacy.tagger()), []
    nlp.get_pipe("sentencizer").pipe = nlp.get_pipe("entity_ruler").__call__ = None
    make_doc = nlp.make_doc
    monkeypatch.setattr(nlp, "make_doc", lambda text: (read.append(text), make_doc(text))[1])
    words([*SKY, *SKY, SKY[0].replace(" ", "\n")], nlp, [0, 0, 0, 0, 1, 1, 1])
    assert sorted(read) == sorted(SKY)


def test_a_folder_is_loaded_once_with_what_tags(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[Any] = []

    def kept(model: str, purpose: Any) -> Any:
        loaded.append(load(model, purpose))
        return loaded[-1]

    monkeypatch.setattr("topicore_spacy.pos.load", kept)
    representation = PartOfSpeech(tiny_spacy.tagger())
    assert loaded == []
    assert words(SKY, representation) == words(SKY, representation)
    assert [nlp.component_names for nlp in loaded] == [["tagger", "attribute_ruler"]]


def test_nothing_of_an_object_is_changed() -> None:
    nlp = tiny_spacy.load(tiny_spacy.tagger())
    before = (nlp.pipe_names, nlp.disabled, nlp.max_length, nlp.config.to_str())
    words(SKY, nlp)
    assert before == (nlp.pipe_names, nlp.disabled, nlp.max_length, nlp.config.to_str())


def test_a_pipeline_that_cannot_tell_parts_of_speech_is_refused_at_once() -> None:
    nlp = tiny_spacy.load(tiny_spacy.tagger(), exclude=["attribute_ruler"])
    for each in (tiny_spacy.empty(), nlp):
        with pytest.raises(ComponentError, match=r"no POS, which .* needs a morphologizer, or a tagger and an attrib"):
            topicore.representation(each)
    assert topicore.representation(nlp, patterns=[[{"TAG": "NOUN"}]])


def test_a_pipeline_that_told_no_part_of_speech_is_named_with_what_ran() -> None:
    nlp = tiny_spacy.load(tiny_spacy.tagger(), exclude=["tagger"])
    with pytest.warns(UserWarning, match=r"'en_pipeline' gives words no POS.*of it is: attribute_ruler\. Load"):
        words(SKY, nlp)
    with pytest.warns(UserWarning, match=r"gives words no LEMMA, .*needs the components that give it"):
        words(SKY, topicore.representation(tiny_spacy.ruled(PARTS), patterns=[[{"LEMMA": "moon"}]]))


def test_components_of_others_are_run_with_all_the_rest() -> None:
    from spacy.language import Language

    @Language.component("tiny_parts")
    def parts(doc: Any) -> Any:
        assert doc.has_annotation("SENT_START")
        for token in doc:
            token.pos_ = "NOUN" if token.lower_ == "moon" else "VERB"
        return doc

    nlp = tiny_spacy.empty()
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("tiny_parts")
    assert words(SKY, nlp) == {0: ["moon"]}
    assert words(SKY, topicore.representation("spacy.pos", model=tiny_spacy.saved(nlp, "parts"))) == {0: ["moon"]}


def test_a_transformer_pipeline_tags() -> None:
    nlp = tiny_spacy.load(tiny_spacy.transformer())
    ruler = nlp.add_pipe("attribute_ruler")
    ruler.add([[{"LOWER": "moon"}]], {"POS": "NOUN"})
    assert words([*SKY, "moon " * 300, "moon " + "x" * 5000], nlp)[0] == ["moon"]


def test_odd_documents_are_read() -> None:
    odd = ["", " \n", "\N{SOCCER BALL}\N{PARTY POPPER} moon", "चाँद moon 望远镜", "nul\x00 moon", "moon" * 5000]
    long = "oven " + "moon " * 40_000 + "telescope"
    nlp, settings = tiny_spacy.ruled({**PARTS, "चाँद": "NOUN"}), {"vectorizer": topicore.vectorizer("count", min_df=1)}
    assert set(words([*odd, long], nlp, **settings)[0]) == {"moon", "oven", "चाँद"}  # the telescope is far away
    nlp.max_length = 10
    assert set(words([long, "oven telescope"], nlp, **settings)[0]) == {"moon", "oven"}
    assert nlp.max_length == 10


def test_outliers_and_single_topics_are_described() -> None:
    nlp = tiny_spacy.ruled(PARTS)
    assert words(SKY, nlp, [-1, -1, -1])[-1] == words(SKY, nlp)[0]


def test_the_parts_of_addresses_are_no_words() -> None:
    nlp = tiny_spacy.ruled({"moon": "NOUN", "moon@houston.edu": "PROPN", "www.moon.edu": "PROPN"})
    assert words(["moon moon@houston.edu", "see www.moon.edu/x moon@houston.edu"], nlp) == {0: ["moon"]}


def test_an_object_is_told_by_what_it_is_used_as() -> None:
    nlp = tiny_spacy.load(tiny_spacy.tagger())
    found = topicore.representation(nlp, documents=3)
    assert (type(found), found.documents, found.model, found.external()) == (
        PartOfSpeech,
        3,
        tiny_spacy.tagger(),
        None,
    )
    assert isinstance(topicore.embedder(tiny_spacy.blank()), SpacyEmbedder)
    other = found.fresh(candidates=7)
    assert (other.candidates, other.documents, other._native is nlp, found.fresh() is found) == (7, 3, True, True)
    with pytest.raises(ParameterError, match="takes no model"):
        topicore.representation(nlp, model="en_core_web_sm")


def test_a_saved_model_names_the_pipeline_or_keeps_its_words_alone(tmp_path: Path) -> None:
    folder, put_together = tiny_spacy.load(tiny_spacy.tagger()), tiny_spacy.ruled(PARTS)
    assert PartOfSpeech.from_native(put_together).external() == "spacy.lang.en.English"
    for name, nlp in (("folder", folder), ("object", put_together)):
        model = TopicModel(clusterer="manual", representation=nlp).fit(SKY, y=[0, 0, 0])
        model.save(tmp_path / name)
        assert topicore.load(tmp_path / name).get_topic(0) == model.get_topic(0)
    assert f'"model": "{tiny_spacy.tagger()}"' in (tmp_path / "folder" / "representation.json").read_text("utf-8")


def test_a_name_that_leads_nowhere_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        ComponentError,
        match=r"representation 'spacy.pos' cannot load 'en_core_web_sm': neither .* spacy download en_core_web_sm, "
        r"or give .*\('spacy.pos:path/to/folder'\)",
    ):
        words(SKY, "spacy.pos")
