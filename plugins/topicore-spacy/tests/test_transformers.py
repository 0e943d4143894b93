"""Transformer pipelines: the mean over all pieces, padding left out, whatever the batch and the thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import tiny_spacy

from topicore_spacy import SpacyEmbedder
from topicore_spacy.reading import lock_of

TEXTS = [
    "moon",
    "the rocket of the moon . " * 40,
    "bread in the oven",
    "goal " * 600,
    "zebra \N{SOCCER BALL} 前锋",
    "None",
]


def pieces_of_curated(nlp: Any, text: str) -> Any:
    return nlp(text)._.trf_data.last_hidden_layer_state.dataXd.mean(0)


def pieces_of_spacy_transformers(nlp: Any, text: str) -> Any:
    found = nlp(text)._.trf_data
    mask = found.wordpieces.attention_mask[..., None]
    return (found.model_output.last_hidden_state * mask).sum((0, 1)) / mask.sum()


KINDS = {
    "spacy_curated_transformers": (tiny_spacy.curated, pieces_of_curated),
    "spacy_transformers": (tiny_spacy.spacy_transformer, pieces_of_spacy_transformers),
}


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> Any:
    if not tiny_spacy.has(request.param):
        pytest.skip(f"{request.param.replace('_', '-')} is not installed")
    return KINDS[request.param]


@pytest.fixture(scope="module")
def nlp(kind: Any) -> Any:
    return tiny_spacy.load(kind[0]())


def test_rows_are_the_mean_of_all_pieces(nlp: Any, kind: Any) -> None:
    expected = np.stack([kind[1](nlp, text) for text in TEXTS])
    for size in (1, 4, 64):
        rows = SpacyEmbedder.from_native(nlp, batch_size=size).embed(TEXTS)
        np.testing.assert_allclose(rows, expected, atol=1e-5)
        assert rows.dtype == np.float32
    by_name = SpacyEmbedder(kind[0]())
    np.testing.assert_allclose(by_name.embed(TEXTS, role="word"), expected, atol=1e-5)


def test_blank_texts_are_rows_of_zeros(nlp: Any) -> None:
    embedder = SpacyEmbedder.from_native(nlp)
    rows = embedder.embed(["", " \n", "moon"])
    assert rows.shape == (3, 32)
    assert not rows[:2].any()
    assert rows[2].any()
    assert embedder.embed([]).shape == (0, 32)
    assert SpacyEmbedder.from_native(nlp).embed([""]).shape == (1, 32)


def test_words_without_end_are_read_in_time(nlp: Any) -> None:
    embedder = SpacyEmbedder.from_native(nlp)
    rows = embedder.embed(["x" * 20_000, "moon " + "x" * 251, "moon " + "x" * 250 + " x"])
    assert np.isfinite(rows).all()
    np.testing.assert_allclose(rows[1], rows[2], atol=1e-5)


def test_texts_beyond_the_limit_of_the_pipeline_are_read_in_parts(nlp: Any, kind: Any, monkeypatch: Any) -> None:
    text = "the moon of bread " * 12
    monkeypatch.setattr(nlp, "max_length", 50)
    row = SpacyEmbedder.from_native(nlp).embed([text, "goal"])[0]
    parts, rest = [], text
    while len(rest) > 50:
        at = rest.rfind(" ", 1, 50)
        parts.append(rest[:at])
        rest = rest[at:]
    parts.append(rest)
    sizes = [len_of(nlp, part) for part in parts]
    expected = sum(size * kind[1](nlp, part) for size, part in zip(sizes, parts, strict=True)) / sum(sizes)
    np.testing.assert_allclose(row, expected, atol=1e-5)
    assert nlp.max_length == 50


def len_of(nlp: Any, text: str) -> int:
    found = nlp(text)._.trf_data
    if hasattr(found, "last_hidden_layer_state"):
        return len(found.last_hidden_layer_state.dataXd)
    return int(found.wordpieces.attention_mask.sum())


def test_threads_around_one_pipeline_get_the_rows_that_one_alone_gets(nlp: Any) -> None:
    first, second = SpacyEmbedder.from_native(nlp, batch_size=2), SpacyEmbedder.from_native(nlp, batch_size=3)
    texts = [TEXTS[place] for place in (0, 1, 2, 4, 5)]
    expected, found = first.embed(texts), {}

    def ask(place: int) -> None:
        for turn in range(4):
            found[place, turn] = (first, second)[place % 2].embed(texts)

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for rows in found.values():
        np.testing.assert_allclose(rows, expected, atol=1e-5)
    assert len(found) == 24


def test_a_pipeline_has_one_lock(nlp: Any) -> None:
    assert lock_of(nlp) is lock_of(nlp)
    assert lock_of(nlp) is not lock_of(tiny_spacy.empty())


def test_nothing_of_an_object_is_changed(nlp: Any) -> None:
    before = (nlp.pipe_names, nlp.disabled, nlp.config.to_str())
    SpacyEmbedder.from_native(nlp).embed(TEXTS)
    assert (nlp.pipe_names, nlp.disabled, nlp.config.to_str()) == before


def test_components_after_the_transformer_are_not_run(nlp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nlp.get_pipe("sentencizer"), "pipe", None, raising=False)
    assert SpacyEmbedder.from_native(nlp).embed(TEXTS).any()


def test_a_transformer_that_is_switched_off_is_no_transformer(nlp: Any) -> None:
    with nlp.select_pipes(enable=[]), pytest.raises(ValueError, match="nor an active transformer"):
        SpacyEmbedder.from_native(nlp)


def test_word_vectors_go_before_a_transformer(kind: Any) -> None:
    from spacy.vectors import Vectors

    nlp = tiny_spacy.load(kind[0]())
    table = np.ones((1, 5), dtype=np.float32)
    nlp.vocab.vectors = Vectors(strings=nlp.vocab.strings, keys=["moon"], data=table, name="one")
    np.testing.assert_array_equal(SpacyEmbedder.from_native(nlp).embed(["moon"]), table)


def test_rows_of_another_device_come_back_to_main_memory(nlp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        """An array that numpy cannot read, as those of a GPU; ``get`` fetches it."""

        def __init__(self, array: Any) -> None:
            self._array = array

        def get(self) -> Any:
            return self._array

    class Doc:
        def __init__(self, doc: Any) -> None:
            self.vector, self._len = Away(np.arange(3, dtype=np.float32)), len(doc)

        def __len__(self) -> int:
            return self._len

    def pipe(docs: Any, **parameters: Any) -> Iterator[Any]:
        yield from (Doc(doc) for doc in docs)

    from topicore_spacy.reading import DocVectors

    monkeypatch.setattr(nlp, "pipe", pipe)
    np.testing.assert_array_equal(DocVectors(nlp, 2, ()).rows(["moon", ""]), [[0, 1, 2], [0, 0, 0]])
