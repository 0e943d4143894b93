"""Doc2Vec: gensim's own inference, with the luck of the draw taken out."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_gensim

from topicore_gensim import GensimEmbedder
from topicore_gensim.reading import SEED, stable

TEXTS = ["moon rocket orbit", "bread oven", "goal of the league match", "judge " * 60, "moon moon bread"]
KINDS = {
    "dm": {},
    "dbow": {"dm": 0},
    "dbow-words": {"dm": 0, "dbow_words": 1},
    "concatenated": {"dm_concat": 1, "window": 2},
    "hierarchical": {"hs": 1, "negative": 0},
    "sampled": {"sample": 1e-2},
}


@pytest.mark.parametrize("kind", KINDS)
def test_rows_are_those_of_infer_vector_with_a_fixed_draw(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from gensim.models import doc2vec

    model = tiny_gensim.doc2vec(**KINDS[kind])
    rows = GensimEmbedder.from_native(model).embed(TEXTS)
    known = [[word for word in text.split() if word in model.wv] for text in TEXTS]
    fixed = partial(doc2vec.pseudorandom_weak_vector, hashfxn=stable)
    monkeypatch.setattr(doc2vec, "pseudorandom_weak_vector", fixed)
    for row, words in zip(rows, known, strict=True):
        monkeypatch.setattr(model, "random", np.random.RandomState(SEED))
        np.testing.assert_allclose(row, model.infer_vector(words), atol=1e-6)


def test_a_model_is_left_as_it_was() -> None:
    model = tiny_gensim.doc2vec()
    before = (
        model.random.get_state()[1].copy(),
        model.wv.vectors.copy(),
        model.syn1neg.copy(),
        model.dv.vectors.copy(),
    )
    GensimEmbedder.from_native(model).embed(TEXTS)
    after = (model.random.get_state()[1], model.wv.vectors, model.syn1neg, model.dv.vectors)
    for first, second in zip(before, after, strict=True):
        np.testing.assert_array_equal(first, second)


def test_a_row_depends_on_its_text_alone() -> None:
    embedder = GensimEmbedder.from_native(tiny_gensim.doc2vec())
    rows = embedder.embed(TEXTS)
    np.testing.assert_array_equal(embedder.embed(TEXTS), rows)
    np.testing.assert_array_equal(embedder.embed(TEXTS[::-1])[::-1], rows)
    np.testing.assert_array_equal(np.vstack([embedder.embed([text]) for text in TEXTS]), rows)


def test_another_process_gets_the_same_rows(tmp_path: Path) -> None:
    path = str(tiny_gensim.files() / "doc2vec.model")
    code = (
        "import sys, numpy; from topicore_gensim import GensimEmbedder\n"
        "embedder = GensimEmbedder(sys.argv[1], allow_pickle=True)\n"
        "numpy.save(sys.argv[2], embedder.embed(sys.argv[3:]))"
    )
    saved = tmp_path / "rows.npy"
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", code, path, str(saved), *TEXTS], check=True, env=environment)
    here = GensimEmbedder(path, allow_pickle=True)
    np.testing.assert_array_equal(np.load(saved), here.embed(TEXTS))


def test_more_passes_bring_a_text_nearer_to_its_own_vector() -> None:
    model, documents = tiny_gensim.doc2vec(), tiny_gensim.documents()

    def nearness(**parameters: Any) -> float:
        rows = GensimEmbedder.from_native(model, **parameters).embed(documents)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        learned = model.dv.vectors / np.linalg.norm(model.dv.vectors, axis=1, keepdims=True)
        return float((rows * learned).sum(1).mean())

    once, often = nearness(epochs=1), nearness(epochs=80)
    assert often > once
    assert nearness() == nearness(epochs=40)


def test_long_texts_are_cut_at_what_gensim_reads() -> None:
    embedder = GensimEmbedder.from_native(tiny_gensim.doc2vec(), epochs=1, long_documents="chunk")
    assert embedder.max_tokens == 10_000
    assert embedder.count_tokens(["moon " * 10_005 + "zebra"]) == [10_005]
    full = "moon " * 5_000 + "bread " * 5_000
    np.testing.assert_array_equal(embedder.embed([full + "goal " * 50]), embedder.embed([full]))
    assert (embedder.embed([full]) != embedder.embed(["moon " * 5_000])).any()
