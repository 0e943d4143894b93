"""A small topic model's window for representations: the corpus by theme, without a model behind it."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ..components import Event, FloatMatrix, Labels, Role
from ..counts import count, group_sums
from ..specs import Need
from ..tokens import Rules, Tokens
from . import data

__all__ = ["ALL_NEEDS", "SmallView", "UndeclaredNeedError"]

ALL_NEEDS: frozenset[Need] = frozenset(get_args(Need))

_WIDTH = 64

A = TypeVar("A", bound=NDArray[Any])


class UndeclaredNeedError(RuntimeError):
    """A representation used a part of the view that its spec does not ask for."""


class SmallView:
    """A ``TopicView`` over the corpus: outliers and four topics, counts, c-TF-IDF weights, hashed word vectors.

    Args:
        needs: What may be used; the rest raises UndeclaredNeedError and is noted in ``undeclared``.
        frozen: Hand out arrays that cannot be written to.
        empty_topic: Add a topic that has documents and no words.
    """

    def __init__(self, needs: Collection[Need] = ALL_NEEDS, *, frozen: bool = True, empty_topic: bool = False) -> None:
        assignments = data.themes()
        documents = data.texts()
        if empty_topic:
            assignments = np.append(assignments, np.int64(4))
            documents.append("...")
        self._needs = frozenset(needs)
        self._frozen = frozen
        self._documents = tuple(documents)
        self._assignments = assignments
        self.undeclared: list[Need] = []

    @property
    def topics(self) -> Sequence[int]:
        return tuple(range(-1, int(self._assignments.max()) + 1))

    @property
    def vocabulary(self) -> Sequence[str]:
        return self._counted[1]

    @property
    def counts(self) -> csr_array:
        return self._sparse(group_sums(self._counted[0], self._assignments + 1, len(self.topics)))

    @cached_property
    def weights(self) -> csr_array:
        """Term frequency in the topic times ``log(1 + mean words of a topic / frequency of the term)``."""
        counts = self.counts.astype(np.float64)
        totals = np.asarray(counts.sum(axis=1)).ravel()
        frequency = np.asarray(counts.sum(axis=0)).ravel()
        per_row = np.repeat(np.maximum(totals, 1), np.diff(counts.indptr))
        rarity = np.log1p(totals.mean() / np.maximum(frequency, 1))
        weighed = counts.data / per_row * rarity[counts.indices]
        return self._sparse(csr_array((weighed, counts.indices, counts.indptr), shape=counts.shape))

    @property
    def assignments(self) -> Labels:
        return self._array(self._assignments.copy())

    @property
    def n_words(self) -> int:
        return 10

    @cached_property
    def tokens(self) -> Tokens:
        self._use("tokens")
        tokens = self._words
        for part in (tokens.ids, tokens.offsets, tokens.stop):
            self._array(part)
        return tokens

    @cached_property
    def embeddings(self) -> FloatMatrix:
        self._use("embeddings")
        return self._array(self._rows)

    @cached_property
    def topic_embeddings(self) -> FloatMatrix:
        self._use("embeddings")
        means = [self._rows[self._assignments == topic].mean(axis=0) for topic in self.topics]
        return self._array(np.array(means, dtype=np.float32))

    @cached_property
    def centres(self) -> FloatMatrix:
        self._use("embeddings")
        centred = self._centred
        means = [centred[self._assignments == topic].mean(axis=0) for topic in self.topics]
        return self._array(_unit(np.array(means, dtype=np.float32)))

    def terms(self, topic: int, /, n: int = 30) -> Sequence[tuple[str, float]]:
        row = self.weights[[self._position(topic)]].tocoo()
        order = np.lexsort((row.col, -row.data))[:n]
        return tuple((self.vocabulary[row.col[place]], float(row.data[place])) for place in order)

    def word_embeddings(self, terms: Sequence[str], /) -> FloatMatrix:
        return self._array(_unit(self._means(terms)))

    def _means(self, terms: Sequence[str]) -> FloatMatrix:
        self._use("embeddings")
        rows = np.zeros((len(terms), _WIDTH), dtype=np.float32)
        for row, term in zip(rows, terms, strict=True):
            parts = {word: self._column[word] for word in (term, *term.split(" ")) if word in self._column}
            columns = [parts[term]] if term in parts else list(parts.values())
            held = self._presence[:, columns].sum(axis=1) == len(columns)
            if columns and held.any():
                row[:] = self._centred[held].mean(axis=0)
        return rows

    def text_embeddings(self, texts: Sequence[str], /) -> FloatMatrix:
        self._use("embeddings")
        rows = [self._means(text.lower().strip(".").split()).sum(axis=0) for text in texts]
        return self._array(_unit(np.array(rows, dtype=np.float32).reshape(len(texts), _WIDTH)))

    def document_embeddings(self, ids: Sequence[int], /) -> FloatMatrix:
        self._use("embeddings")
        return self._array(self._centred[np.asarray(ids, dtype=np.int64)])

    def document_ids(self, topic: int, /, n: int = 4, diversity: float = 0.0) -> Sequence[int]:
        self._position(topic)
        inside = np.flatnonzero(self._assignments == topic)
        near = self._rows[inside] @ self._rows[inside].mean(axis=0)
        return tuple(inside[np.argsort(-near, kind="stable")[:n]].tolist())

    def texts(self, ids: Sequence[int], /) -> Sequence[str]:
        self._use("documents")
        return tuple(self._documents[place] for place in ids)

    def images(self, ids: Sequence[int], /) -> Sequence[Any]:
        self._use("images")
        pictures = data.images(4)
        return tuple(pictures[self._assignments[place] % 4] for place in ids)

    def embed(self, texts: Sequence[str], /, role: Role = "document") -> FloatMatrix:
        self._use("embedder")
        return self._array(_hashed(texts))

    def recall(self, keys: Sequence[bytes], /) -> Mapping[bytes, str]:
        return {}

    def remember(self, key: bytes, text: str, /) -> None:
        pass

    def notify(self, event: Event, /) -> None:
        pass

    @cached_property
    def _words(self) -> Tokens:
        return data.tokens([text.strip(".") for text in self._documents])

    @cached_property
    def _counted(self) -> tuple[csr_array, tuple[str, ...]]:
        counts, terms = count(self._words, Rules())
        return counts, tuple(terms)

    @cached_property
    def _column(self) -> dict[str, int]:
        return {term: place for place, term in enumerate(self.vocabulary)}

    @cached_property
    def _presence(self) -> NDArray[np.bool_]:
        return self._counted[0].toarray() > 0  # two hundred documents

    @cached_property
    def _rows(self) -> FloatMatrix:
        return _hashed(self._documents)

    @cached_property
    def _centred(self) -> FloatMatrix:
        known = np.flatnonzero(np.abs(self._rows).sum(axis=1))
        centred = np.array(self._rows, dtype=np.float32)
        centred[known] -= self._rows[known].mean(axis=0)
        return centred

    def _position(self, topic: int) -> int:
        if topic not in self.topics:
            raise KeyError(f"no topic {topic}; there are {list(self.topics)}")
        return topic + 1

    def _use(self, need: Need) -> None:
        if need not in self._needs:
            self.undeclared.append(need)
            raise UndeclaredNeedError(f"the representation uses {need!r}; add it to needs in its spec")

    def _array(self, values: A) -> A:
        values.flags.writeable = not self._frozen
        return values

    def _sparse(self, matrix: csr_array) -> csr_array:
        for part in (matrix.data, matrix.indices, matrix.indptr):
            self._array(part)
        return matrix


def _hashed(texts: Sequence[str]) -> FloatMatrix:
    """(n, 64) unit rows: the sum of one fixed random vector a longer word; all zero where there is none."""
    rows = np.zeros((len(texts), _WIDTH), dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        for word in filter(_tells, text.lower().split()):
            row += np.random.default_rng(zlib.crc32(word.encode())).standard_normal(_WIDTH, dtype=np.float32)
    return _unit(rows)


def _tells(word: str) -> bool:
    return len(word) > 3


def _unit(rows: FloatMatrix) -> FloatMatrix:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    length[length == 0] = 1
    unit: FloatMatrix = rows / length
    return unit
