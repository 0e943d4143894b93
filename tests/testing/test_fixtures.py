"""What the kit ships besides checks: texts, a topic view, throw-away distributions, a state codec."""

from __future__ import annotations

import unicodedata
from importlib import import_module
from importlib.metadata import entry_points, version
from pathlib import Path

import numpy as np
import pytest

from topicore.components import State
from topicore.testing import DOCUMENTS, Site, SmallView
from topicore.testing.codec import decode, encode
from topicore.testing.corpus import THEMES
from topicore.testing.drive import frozen
from topicore.testing.view import UndeclaredNeedError

pytest_plugins = ["topicore.testing.pytest"]


def test_the_corpus_has_two_hundred_texts_and_their_themes() -> None:
    assert len(DOCUMENTS) == len(THEMES) == 200
    assert sorted(set(THEMES)) == [-1, 0, 1, 2, 3]
    assert "" in DOCUMENTS


def test_the_corpus_has_several_scripts_and_combining_marks() -> None:
    letters = {character for text in DOCUMENTS for character in text}
    names = {unicodedata.name(letter, "").split()[0] for letter in letters if letter.isalpha()}
    assert names >= {"LATIN", "DEVANAGARI", "ARABIC", "CJK"}
    assert any(unicodedata.combining(letter) for letter in letters)
    assert any(unicodedata.category(letter) == "So" for letter in letters)


def test_the_docs_fixture_is_a_list_of_its_own(docs: list[str]) -> None:
    docs.clear()
    assert len(DOCUMENTS) == 200


def test_a_site_is_found_and_forgotten(tmp_path: Path) -> None:
    site = Site(tmp_path / "new")
    with site.active():
        site.add(
            "acme-toy",
            "2.1",
            entry_points={"topicore.v1": {"toy": "acme_toy.deep.plugin"}},
            modules={"acme_toy.deep.plugin": "ANSWER = 42"},
        )
        assert [entry.name for entry in entry_points(group="topicore.v1") if entry.name == "toy"] == ["toy"]
        assert version("acme-toy") == "2.1"
        assert import_module("acme_toy.deep.plugin").ANSWER == 42
    with pytest.raises(ModuleNotFoundError):
        import_module("acme_toy.deep.plugin")


def test_the_site_fixture_is_active(site: Site) -> None:
    site.add("acme-alone", modules={"acme_alone": "HERE = True"})
    assert import_module("acme_alone").HERE


def test_a_state_comes_back_bit_by_bit() -> None:
    state = State(
        arrays={
            "rows": np.arange(6, dtype=np.float32).reshape(2, 3),
            "flags": np.array([True, False]),
            "scalar": np.array(0.1),
            "nothing": np.zeros((0, 4), dtype=np.int64),
            "turned": np.asfortranarray(np.arange(6).reshape(2, 3)),
        },
        strings={"words": ["", "ä", "नमस्ते", "\0"], "none": []},
        meta={"k": [1, 2.5, None, "x"]},
        version=3,
    )
    again = decode(*encode(state))
    assert {name: frozen(array) for name, array in again.arrays.items()} == {
        name: frozen(array) for name, array in state.arrays.items()
    }
    assert {name: list(words) for name, words in again.strings.items()} == dict(state.strings)
    assert again.meta == state.meta
    assert again.version == 3


def test_the_view_is_consistent() -> None:
    view = SmallView()
    assert list(view.topics) == [-1, 0, 1, 2, 3]
    assert view.counts.shape == view.weights.shape == (5, len(view.vocabulary))
    assert len(view.topic_embeddings) == len(view.centres) == 5
    assert len(view.assignments) == len(view.embeddings) == 200
    for topic in view.topics:
        assert {int(view.assignments[place]) for place in view.document_ids(topic)} == {topic}
        weights = [weight for _, weight in view.terms(topic, 5)]
        assert weights == sorted(weights, reverse=True)
    assert np.allclose(np.linalg.norm(view.word_embeddings(view.vocabulary[:4]), axis=1), 1)


def test_word_vectors_lie_near_the_centre_of_their_topic() -> None:
    view = SmallView()
    near = view.word_embeddings(["football", "butter", "rocket", "piano"]) @ view.centres.T
    assert [view.topics[place] for place in near.argmax(axis=1)] == [0, 1, 2, 3]


def test_a_frozen_view_cannot_be_written_to() -> None:
    view = SmallView()
    for array in (view.assignments, view.embeddings, view.centres, view.counts.data, view.weights.data):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_the_view_refuses_and_notes_what_was_not_asked_for() -> None:
    view = SmallView(needs={"documents"})
    assert view.texts([0]) == (DOCUMENTS[0],)
    with pytest.raises(UndeclaredNeedError, match="add it to needs"):
        view.embed(["x"])
    assert view.undeclared == ["embedder"]


def test_the_view_may_have_a_topic_without_words() -> None:
    view = SmallView(empty_topic=True)
    assert list(view.topics) == [-1, 0, 1, 2, 3, 4]
    assert view.terms(4) == ()
    assert np.isfinite(view.weights.data).all()
