"""How texts become rows: the mean of word vectors, or inference by a Doc2Vec model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any, Protocol
from zlib import crc32

import numpy as np

from topicore.components import FloatMatrix
from topicore.errors import InputError, ParameterError

from .words import Found, find

SEED = 1
DOCUMENT_WORDS = 10_000
"""The words of one document that gensim's Doc2Vec reads."""


class Reader(Protocol):
    """Texts to rows."""

    @property
    def limit(self) -> int | None:
        """Words of one text that are read; None for no limit."""

    def rows(self, texts: Sequence[str], /) -> FloatMatrix:
        """Rows (n, d) of *texts*; zeros where no word is known."""

    def count(self, texts: Sequence[str], /) -> list[int]:
        """The known words of each text."""


def reader(obj: Any, *, lowercase: bool, epochs: int | None) -> Reader:
    """The way to read texts with *obj*: word vectors, a model that has them, or a Doc2Vec.

    Raises:
        ParameterError: *epochs* for what infers nothing.
        InputError: *obj* has learned nothing.
    """
    name = type(obj).__name__
    infers = hasattr(obj, "infer_vector")
    if epochs is not None and not infers:
        raise ParameterError(f"embedder 'gensim': epochs is for Doc2Vec, and this is a {name}; leave it out")
    words = getattr(obj, "wv", obj)
    if not len(words) or (infers and not obj.train_count):
        raise InputError(
            f"embedder 'gensim': this {name} has not been trained; "
            "build its vocabulary and train it first (model.build_vocab(...), model.train(...)), or load a trained one"
        )
    return Inference(obj, lowercase, epochs) if infers else Mean(words, lowercase)


class Mean:
    """The plain mean of the vectors of a text's words.

    Args:
        vectors: A ``KeyedVectors``; one of FastText also knows words outside of its vocabulary.
        lowercase: Whether words that are unknown as written are looked up in lower case.
    """

    limit = None

    def __init__(self, vectors: Any, lowercase: bool) -> None:
        self._vectors, self._lowercase = vectors, lowercase

    def rows(self, texts: Sequence[str], /) -> FloatMatrix:
        from scipy.sparse import csr_array

        found = self._found(texts)
        used, columns = np.unique(found.ids, return_inverse=True)
        table = np.zeros((len(used), self._vectors.vector_size), dtype=np.float32)
        known = int(np.searchsorted(used, len(self._vectors)))
        table[:known] = self._vectors.vectors[used[:known]]
        for row, word in zip(table[known:], found.spelt, strict=True):
            row[:] = self._vectors.get_vector(word)
        starts = np.concatenate([[0], np.cumsum(found.lengths)])
        counts = csr_array((np.ones(len(columns), dtype=np.float32), columns, starts), shape=(len(texts), len(used)))
        counts.sum_duplicates()
        return np.ascontiguousarray(counts @ table / np.maximum(found.lengths, 1).astype(np.float32)[:, None])

    def count(self, texts: Sequence[str], /) -> list[int]:
        return [int(length) for length in self._found(texts).lengths]

    def _found(self, texts: Sequence[str]) -> Found:
        return find(texts, self._vectors.key_to_index, lowercase=self._lowercase, spells=self._spells)

    def _spells(self, word: str) -> bool:
        """Whether FastText has pieces of *word*, in the marks that it puts around it."""
        vectors = self._vectors
        return bool(getattr(vectors, "bucket", 0)) and vectors.min_n <= min(vectors.max_n, len(word) + 2)


class Inference:
    """A Doc2Vec model; the row of a text depends on the text alone.

    ``Doc2Vec.infer_vector`` draws from the generator of the model, which each call moves on, and starts from the
    ``hash`` of the text, which Python makes anew in each process. Here both are fixed by the text.

    Args:
        model: A trained ``Doc2Vec``; it is not changed.
        lowercase: Whether words that are unknown as written are looked up in lower case.
        epochs: Passes over each text; None for as many as the model was trained with.
    """

    limit = DOCUMENT_WORDS

    def __init__(self, model: Any, lowercase: bool, epochs: int | None) -> None:
        self._model, self._lowercase, self._epochs = model, lowercase, epochs

    def rows(self, texts: Sequence[str], /) -> FloatMatrix:
        found = self._found(texts)
        words = [self._model.wv.index_to_key[place] for place in found.ids.tolist()]
        own = copy(self._model)  # shares all arrays, and has a generator of its own
        own.random = np.random.RandomState()
        rows = np.zeros((len(texts), self._model.dv.vector_size), dtype=np.float32)
        pass_over, rates = self._pass_over(own), self._rates()
        ends = np.cumsum(found.lengths)
        for row, start, end in zip(rows, ends - found.lengths, ends, strict=True):
            if end == start:
                continue
            known, vectors = words[start : min(end, start + DOCUMENT_WORDS)], row.reshape(1, -1)
            row[:] = beginning(known, len(row))
            own.random.seed(SEED)
            for rate in rates:
                pass_over(known, rate, vectors)
        return rows

    def count(self, texts: Sequence[str], /) -> list[int]:
        return [int(length) for length in self._found(texts).lengths]

    def _found(self, texts: Sequence[str]) -> Found:
        return find(texts, self._model.wv.key_to_index, lowercase=self._lowercase, spells=lambda word: False)

    def _rates(self) -> list[float]:
        """The learning rate of each pass, falling as in training."""
        epochs = self._epochs or self._model.epochs
        return [float(rate) for rate in np.linspace(self._model.alpha, self._model.min_alpha, max(epochs, 2))][:epochs]

    def _pass_over(self, own: Any) -> Callable[[list[str], float, Any], object]:
        """One pass over words at a rate, which moves the vector of their document and nothing else."""
        from gensim.models import doc2vec

        fixed = {"learn_words": False, "learn_hidden": False, "doctags_lockf": np.ones(1, dtype=np.float32)}
        fixed["work"] = np.zeros(own.layer1_size, dtype=np.float32)
        if own.sg:
            train = doc2vec.train_document_dbow
        else:
            train = doc2vec.train_document_dm_concat if own.dm_concat else doc2vec.train_document_dm
            fixed["neu1"] = np.zeros(own.layer1_size, dtype=np.float32)
        return lambda words, rate, vectors: train(own, words, [0], rate, doctag_vectors=vectors, **fixed)


def beginning(words: Sequence[str], width: int) -> FloatMatrix:
    """(width,) where inference starts from: small numbers, drawn by the *words*, the same in every process."""
    from gensim.models.keyedvectors import pseudorandom_weak_vector

    drawn = pseudorandom_weak_vector(width, seed_string=" ".join(words), hashfxn=stable)
    return np.asarray(drawn, dtype=np.float32)


def stable(text: str) -> int:
    """A number that *text* has in every process."""
    return crc32(text.encode("utf-8", "surrogatepass"))
