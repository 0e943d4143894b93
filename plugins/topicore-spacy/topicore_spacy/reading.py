"""How a pipeline's documents become rows: word vectors, documents' own vectors, or pieces of a transformer."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from topicore.components import FloatMatrix
from topicore.errors import InputError

from .pipes import sorted_pipes

LONGEST_WORD = 250
"""Characters of one word that a transformer is given; the time that some take grows with the cube of them."""

_GUARD = Lock()
# of each pipeline one lock, whoever wraps it: a transformer called from two threads gives wrong rows in silence
_LOCKS: WeakKeyDictionary[Any, Lock] = WeakKeyDictionary()


class Reader(Protocol):
    """Texts to rows."""

    def rows(self, texts: Sequence[str], /) -> FloatMatrix:
        """Rows (n, d) of *texts*; zeros where nothing is known."""


def reader(nlp: Any, batch_size: int) -> Reader:
    """The way to read texts with the pipeline *nlp*; word vectors go before a transformer, as in ``Doc.vector``.

    Raises:
        InputError: It has neither.
    """
    pipes = sorted_pipes((name, nlp.get_pipe_meta(name).factory) for name in nlp.pipe_names)
    if nlp.vocab.vectors.size:
        if not pipes.others and _is_plain(nlp):
            return WordVectors(nlp)
        return DocVectors(nlp, batch_size, () if pipes.others else (*pipes.unneeded, *pipes.transformers))
    if pipes.transformers:
        return Pieces(nlp, batch_size, () if pipes.others else pipes.unneeded)
    if pipes.others and "vector" in nlp("a").user_hooks:
        return DocVectors(nlp, batch_size, ())
    name = f"{nlp.meta['lang']}_{nlp.meta['name']}"
    raise InputError(
        f"embedder 'spacy': {name!r} has neither word vectors nor an active transformer, so that its texts have no "
        "vectors; load a pipeline that has, such as en_core_web_md, en_core_web_lg or en_core_web_trf"
    )


def lock_of(nlp: Any) -> Lock:
    """The lock of the pipeline *nlp*."""
    with _GUARD:
        return _LOCKS.setdefault(nlp, Lock())


def _is_plain(nlp: Any) -> bool:
    """Whether the vector of a document is the mean of the table's rows of its words, and nothing else."""
    from spacy.attrs import LOWER, ORTH
    from spacy.tokenizer import Tokenizer
    from spacy.vectors import Vectors

    vectors = nlp.vocab.vectors
    return type(nlp.tokenizer) is Tokenizer and type(vectors) is Vectors and vectors.attr in (ORTH, LOWER)


class WordVectors:
    """The mean of the vectors of all tokens, as ``Doc.vector``, for many documents at once.

    Args:
        nlp: A ``Language`` of which only the tokenizer and the table of vectors are used.
    """

    def __init__(self, nlp: Any) -> None:
        self._nlp = nlp

    def rows(self, texts: Sequence[str], /) -> FloatMatrix:
        from scipy.sparse import csr_array

        tokenizer, vectors = self._nlp.tokenizer, self._nlp.vocab.vectors
        words = [tokenizer(text).to_array(vectors.attr) if text.strip() else _NOTHING for text in texts]
        lengths = np.array([len(keys) for keys in words], dtype=np.int64)
        used, columns = np.unique(np.concatenate([_NOTHING, *words]), return_inverse=True)
        starts = np.concatenate([[0], np.cumsum(lengths)])
        counts = csr_array((np.ones(len(columns), dtype=np.float32), columns, starts), shape=(len(texts), len(used)))
        counts.sum_duplicates()
        rows = counts @ self._table(used.tolist()) / np.maximum(lengths, 1).astype(np.float32)[:, None]
        return np.ascontiguousarray(rows)

    def _table(self, keys: list[int]) -> FloatMatrix:
        """The vectors of words, zeros where there is none."""
        vectors = self._nlp.vocab.vectors
        table = np.zeros((len(keys), self._nlp.vocab.vectors_length), dtype=np.float32)
        known = [place for place, key in enumerate(keys) if key in vectors]
        if known:
            table[known] = as_numpy(vectors.get_batch([keys[place] for place in known]))
        return table


_NOTHING = np.zeros(0, dtype=np.uint64)


class Piped(ABC):
    """Documents that come out of the pipeline, in batches of about equally long texts.

    Args:
        nlp: The ``Language``.
        batch_size: Texts that its components take at once.
        unused: Names of active components that are left out.
    """

    def __init__(self, nlp: Any, batch_size: int, unused: Sequence[str]) -> None:
        self._nlp, self._batch_size, self._unused = nlp, batch_size, list(unused)
        self._width: int | None = None

    @abstractmethod
    def vector(self, doc: Any, /) -> tuple[NDArray[np.float32], int]:
        """The vector of a document, and how much it weighs beside other parts of the same text."""

    def rows(self, texts: Sequence[str], /) -> FloatMatrix:
        parts = [(place, part) for place, text in enumerate(texts) if text.strip() for part in self._parts(text)]
        parts.sort(key=lambda part: len(part[1]))
        with lock_of(self._nlp), same_draws():
            rows = np.zeros((len(texts), self._wide()), dtype=np.float32)
            weights = np.zeros(len(texts), dtype=np.float32)
            for (place, _), doc in zip(parts, self._docs([text for _, text in parts]), strict=True):
                vector, weight = self.vector(doc)
                total = weights[place] + weight
                if weight:
                    rows[place] += (vector - rows[place]) * (weight / total)
                weights[place] = total
        return rows

    def document(self, text: str, /) -> Any:
        """What goes into the pipeline: *text*, or a document of its tokens."""
        return text

    def _docs(self, texts: list[str]) -> Iterator[Any]:
        given = map(self.document, texts)
        docs: Iterator[Any] = self._nlp.pipe(given, batch_size=self._batch_size, disable=self._unused)
        return docs

    def _wide(self) -> int:
        if self._width is None:
            (doc,) = self._docs(["a"])
            self._width = len(self.vector(doc)[0])
        return self._width

    def _parts(self, text: str) -> Iterator[str]:
        """*text* in parts of no more than ``nlp.max_length`` characters, cut at blanks where there are any."""
        limit = self._nlp.max_length
        while len(text) > limit:
            at = max(text.rfind(blank, 1, limit) for blank in " \n\t")
            at = at if at > 0 else limit
            yield text[:at]
            text = text[at:]
        if text.strip():
            yield text


class DocVectors(Piped):
    """``Doc.vector``, whatever the components and hooks of a pipeline make of it."""

    def vector(self, doc: Any, /) -> tuple[NDArray[np.float32], int]:
        return as_numpy(doc.vector), len(doc)


class Pieces(Piped):
    """The mean of what a transformer says of the pieces of all words; padding is left out.

    Long documents are read in overlapping spans. Those of spacy-transformers come with the overlaps and with the marks
    around each span; those of spacy-curated-transformers without either.
    """

    def document(self, text: str, /) -> Any:
        if len(text) <= LONGEST_WORD:
            return text
        doc = self._nlp.make_doc(text)
        if doc.to_array("LENGTH").max() <= LONGEST_WORD:
            return doc
        return self._nlp.tokenizer("".join(_broken(token.text) + token.whitespace_ for token in doc))

    def vector(self, doc: Any, /) -> tuple[NDArray[np.float32], int]:
        found = doc._.trf_data
        if hasattr(found, "last_hidden_layer_state"):
            pieces = as_numpy(found.last_hidden_layer_state.dataXd)
        elif found.tensors:
            real = as_numpy(found.wordpieces.attention_mask).astype(bool)
            pieces = as_numpy(found.model_output.last_hidden_state)[real]
        else:
            return np.zeros(0, dtype=np.float32), 0
        return (pieces.mean(0) if len(pieces) else np.zeros(pieces.shape[1], dtype=np.float32)), len(pieces)


@contextmanager
def same_draws() -> Iterator[None]:
    """The state of ``random`` put back: spacy-transformers draws a number for each batch."""
    state = random.getstate()
    try:
        yield
    finally:
        random.setstate(state)


def _broken(word: str) -> str:
    """*word* with blanks in it where it is too long."""
    return " ".join(word[start : start + LONGEST_WORD] for start in range(0, len(word), LONGEST_WORD))


def as_numpy(array: Any) -> NDArray[np.float32]:
    """*array* in main memory, from wherever it is."""
    return np.asarray(array.get() if hasattr(array, "get") else array, dtype=np.float32)
