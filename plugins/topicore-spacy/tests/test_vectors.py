"""Word vectors: rows are ``Doc.vector``, for many texts at once."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
import tiny_spacy

from topicore.errors import InputError, ParameterError
from topicore_spacy import SpacyEmbedder

TEXTS = [
    "The moon, and a rocket.",
    "bread in the oven",
    "Apple or apple: moon's orbit; zebra",
    "goal " * 600,
    "https://127.0.0.1:9/a.png moon",
    "None",
    "\N{SOCCER BALL} goal \N{PARTY POPPER} खिलाड़ी 前锋",
    "two\n\nlines  of moon",
]


def around(nlp: Any, **parameters: Any) -> SpacyEmbedder:
    return SpacyEmbedder.from_native(nlp, **parameters)


def own(nlp: Any, texts: list[str]) -> Any:
    return np.stack([nlp(text).vector for text in texts])


@pytest.mark.parametrize("folder", [tiny_spacy.vectors, tiny_spacy.floret])
def test_rows_are_the_vectors_of_documents(folder: Any) -> None:
    nlp = tiny_spacy.load(folder())
    for embedder in (around(nlp), SpacyEmbedder(folder())):
        rows = embedder.embed(TEXTS)
        assert rows.dtype == np.float32
        assert rows.flags.c_contiguous
        np.testing.assert_allclose(rows, own(nlp, TEXTS), rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(rows, np.vstack([embedder.embed([text]) for text in TEXTS]), atol=1e-6)
        for role in ("word", "query"):
            np.testing.assert_array_equal(embedder.embed(TEXTS, role=role), rows)  # type: ignore[arg-type]


def test_vectors_by_lower_case_words_are_found_in_any_case() -> None:
    nlp = tiny_spacy.blank(attr="LOWER")
    rows = around(nlp).embed(["MOON", "Moon", "moon", "Zebra"])
    np.testing.assert_array_equal(rows, own(nlp, ["MOON", "Moon", "moon", "Zebra"]))
    assert rows[:3].all()
    assert not rows[3].any()


def test_words_are_looked_up_as_written() -> None:
    rows = around(tiny_spacy.blank()).embed(["Apple", "apple", "Moon"])
    assert np.abs(rows[0] - rows[1]).max() > 1e-3
    assert not rows[2].any()


def test_blank_and_unknown_texts_are_rows_of_zeros() -> None:
    embedder = around(tiny_spacy.blank())
    rows = embedder.embed(["", " \n", "zebra giraffe", "moon"])
    assert not rows[:3].any()
    assert rows[3].any()
    assert embedder.embed([]).shape == (0, 16)


def test_texts_beyond_the_limit_of_the_pipeline_are_read_whole() -> None:
    nlp = tiny_spacy.load(tiny_spacy.vectors())
    nlp.max_length = 100
    long = "moon bread " * 50 + "goal " * 100
    row = around(nlp).embed([long])[0]
    expected = (50 * nlp("moon").vector + 50 * nlp("bread").vector + 100 * nlp("goal").vector) / 200
    np.testing.assert_allclose(row, expected, atol=1e-5)
    assert nlp.max_length == 100


def test_nothing_of_an_object_is_changed() -> None:
    nlp = tiny_spacy.load(tiny_spacy.vectors(), disable=["entity_ruler"])
    before = (nlp.pipe_names, nlp.disabled, nlp.component_names, nlp.max_length, nlp.batch_size, nlp.config.to_str())
    around(nlp).embed(TEXTS)
    after = (nlp.pipe_names, nlp.disabled, nlp.component_names, nlp.max_length, nlp.batch_size, nlp.config.to_str())
    assert before == after


def test_components_that_vectors_do_not_need_are_not_run() -> None:
    nlp = tiny_spacy.load(tiny_spacy.vectors())
    nlp.get_pipe("sentencizer").pipe = None
    assert around(nlp).embed(TEXTS).any()


@pytest.fixture
def merging() -> Any:
    """A pipeline that makes one token of two, which has a vector of its own."""
    from spacy.language import Language
    from spacy.tokens import Doc

    @Language.component("tiny_merge")
    def merge(doc: Doc) -> Doc:
        with doc.retokenize() as retokenizer:
            retokenizer.merge(doc[:2])
        return doc

    nlp = tiny_spacy.blank(["moon", "rocket", "moon rocket", "orbit"])
    nlp.add_pipe("tiny_merge")
    return nlp


@pytest.fixture
def hooked() -> Any:
    """A pipeline without vectors that gives each document one of its own."""
    from spacy.language import Language
    from spacy.tokens import Doc

    @Language.component("tiny_hook")
    def hook(doc: Doc) -> Doc:
        doc.user_hooks["vector"] = lambda doc: np.array([len(doc), len(doc.text), 1], dtype=np.float32)
        return doc

    nlp = tiny_spacy.empty()
    nlp.add_pipe("tiny_hook")
    return nlp


def test_components_that_may_change_vectors_are_run(merging: Any, hooked: Any) -> None:
    texts = ["moon rocket orbit", "moon rocket"]
    np.testing.assert_allclose(around(merging).embed(texts), own(merging, texts), atol=1e-6)
    assert (around(merging).embed(texts)[1] == merging.vocab["moon rocket"].vector).all()
    np.testing.assert_array_equal(around(hooked, batch_size=1).embed([*texts, ""]), [[3, 17, 1], [2, 11, 1], [0, 0, 0]])
    for nlp in (merging, hooked):
        assert around(nlp).external() == "spacy.lang.en.English"


def test_long_texts_are_weighed_by_tokens_where_components_must_run(hooked: Any) -> None:
    hooked.max_length = 10
    text = "a b c d e ff gg hh"
    row = around(hooked).embed([text])[0]
    parts = ["a b c d e", " ff gg hh"]
    docs = [hooked(part) for part in parts]
    expected = sum(len(doc) * doc.vector for doc in docs) / sum(len(doc) for doc in docs)
    np.testing.assert_allclose(row, expected, atol=1e-5)


def test_a_tokenizer_of_ones_own_is_used() -> None:
    from spacy.tokens import Doc

    nlp = tiny_spacy.blank()
    nlp.tokenizer = lambda text: Doc(nlp.vocab, words=text.lower().split("-"))
    np.testing.assert_allclose(around(nlp).embed(["MOON-rocket"]), own(nlp, ["MOON-rocket"]), atol=1e-6)
    assert around(nlp).embed(["MOON-rocket"]).all()


def test_vectors_of_ones_own_are_used() -> None:
    from spacy.vectors import Vectors

    class Doubled(Vectors):  # type: ignore[misc]
        def __getitem__(self, key: Any) -> Any:
            return 2 * super().__getitem__(key)

    nlp, doubled = tiny_spacy.blank(), tiny_spacy.blank()
    table = nlp.vocab.vectors
    keys = list(table.keys())
    doubled.vocab.vectors = Doubled(strings=nlp.vocab.strings, keys=keys, data=table.data, name="doubled")
    np.testing.assert_allclose(around(doubled).embed(["moon bread"]), 2 * around(nlp).embed(["moon bread"]), atol=1e-5)


def test_a_pipeline_without_vectors_is_refused() -> None:
    from spacy.language import Language

    @Language.component("tiny_nothing")
    def nothing(doc: Any) -> Any:
        return doc

    plain, other = tiny_spacy.empty(), tiny_spacy.empty()
    other.add_pipe("tiny_nothing")
    for nlp in (plain, other):
        with pytest.raises(InputError, match=r"'en_pipeline' has neither word vectors.*such as en_core_web_md"):
            around(nlp)


def test_an_object_keeps_its_pipeline_whatever_is_changed_around_it() -> None:
    nlp = tiny_spacy.blank()
    embedder = around(nlp, batch_size=3)
    other = embedder.fresh(batch_size=5)
    assert embedder.fresh() is embedder
    assert (embedder.batch_size, other.batch_size, other._native is nlp) == (3, 5, True)
    with pytest.raises(
        ParameterError, match=r"exclude cannot change on a loaded Language; load it that way\. batch_size"
    ):
        around(nlp, exclude=["tagger"])


def test_threads_get_the_rows_that_one_alone_gets() -> None:
    embedder, found = SpacyEmbedder(tiny_spacy.vectors()), {}

    def ask(place: int) -> None:
        found[place] = embedder.embed(TEXTS)

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for rows in found.values():
        np.testing.assert_array_equal(rows, embedder.embed(TEXTS))
    assert len(found) == 6
