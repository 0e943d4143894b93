"""What a representation sees of a model: a frozen, read-only window."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import csr_array, diags_array, issparse

from ..builtin.lexicon import lengths, unit
from ..components import Description, FloatMatrix, Labels, Matrix, Role
from ..counts import best_columns, indicator
from ..errors import ComponentError
from ..state import TopicIndex

__all__ = ["View", "document_vectors", "mean_rows", "representative"]


def mean_rows(x: Matrix, assignments: Labels, index: TopicIndex) -> FloatMatrix:
    """(t, d) float32, the mean row of each topic's documents."""
    shares = indicator(index.rows(assignments), len(index)).astype(np.float64)
    means: Any = csr_array(diags_array(1 / np.maximum(index.sizes, 1)) @ shares) @ x
    return np.ascontiguousarray(means.toarray() if hasattr(means, "toarray") else means, dtype=np.float32)


def document_vectors(x: Any) -> FloatMatrix:
    """Dense centred rows for comparing documents, topics and words; sparse rows are projected on 100 dimensions.

    All-zero rows (documents of which nothing is known) stay zero and out of the mean.
    """
    if issparse(x):
        sparse: Any = x
        if min(sparse.shape) <= 100:
            x = sparse.toarray()
        else:
            from sklearn.utils.extmath import randomized_svd

            left, scale, _ = randomized_svd(sparse, 100, n_iter=4, random_state=0, power_iteration_normalizer="QR")
            x = (left * scale).astype(np.float32)
    known = np.abs(x).max(axis=1) > 1e-6
    mean = x[known].mean(axis=0, dtype=np.float64).astype(np.float32) if known.sum() > 1 else np.float32(0)
    return np.asarray(np.where(known[:, None], x - mean, np.float32(0)), dtype=np.float32)


def representative(
    vectors: FloatMatrix, centres: FloatMatrix, assignments: Labels, index: TopicIndex
) -> list[np.ndarray[Any, np.dtype[np.int64]]]:
    """For each topic the positions of all its documents, most like its centre first, equal ones in order."""
    rows = index.rows(assignments)
    products = np.einsum("ij,ij->i", vectors, centres[rows], dtype=np.float64)
    closeness = products / np.maximum(lengths(vectors), 1e-6)
    order = np.lexsort((np.arange(len(rows)), -closeness, rows))
    return np.split(order, np.cumsum(index.sizes)[:-1])


@dataclass(frozen=True, kw_only=True)
class View:
    """A model for representations; see ``components.TopicView`` for what each part means."""

    index: TopicIndex
    vocabulary: Sequence[str]
    counts: csr_array
    weights: csr_array
    assignments: Labels
    embeddings: Matrix | None
    topic_embeddings: FloatMatrix
    n_words: int
    document_counts: csr_array
    documents: Sequence[str] | None
    pictures: Sequence[Any] | None
    embedding: Callable[[Sequence[str], Role], FloatMatrix]
    previous: Mapping[int, Description]

    @property
    def topics(self) -> Sequence[int]:
        return self.index.topics

    def terms(self, topic: int, /, n: int = 30) -> Sequence[tuple[str, float]]:
        described = self.previous.get(topic)
        if described is not None and described.terms is not None:
            return described.terms[:n]
        columns, values = best_columns(self.weights[[self.index.row(topic)]], n)[0]
        return [(self.vocabulary[column], float(value)) for column, value in zip(columns, values, strict=True)]

    @cached_property
    def _vectors(self) -> FloatMatrix:
        if self.embeddings is None:
            raise ComponentError("this model has no document embeddings, which the representation needs")
        return document_vectors(self.embeddings)

    @cached_property
    def _presence(self) -> csr_array:
        """(v, n) ones where a term is in a document."""
        presence = csr_array(self.document_counts.T.astype(np.float32))
        presence.data[:] = 1
        return presence

    @cached_property
    def _places(self) -> dict[str, int]:
        return {term: place for place, term in enumerate(self.vocabulary)}

    @cached_property
    def centres(self) -> FloatMatrix:
        means = mean_rows(self._vectors, self.assignments, self.index)
        means[lengths(means) <= 1e-5 * lengths(self._vectors).mean()] = 0  # rounding: the topic is the whole corpus
        return unit(means)

    def word_embeddings(self, terms: Sequence[str], /) -> FloatMatrix:
        places = np.array([self._places.get(term, -1) for term in terms], dtype=np.int64)
        rows = np.zeros((len(terms), self._vectors.shape[1]), dtype=np.float32)
        known = places >= 0
        if known.any():
            rows[known] = unit(self._presence[places[known]] @ self._vectors)
        return rows

    @cached_property
    def _ranked(self) -> list[np.ndarray[Any, np.dtype[np.int64]]]:
        return representative(self._vectors, self.centres, self.assignments, self.index)

    def document_ids(self, topic: int, /, n: int = 4, diversity: float = 0.0) -> Sequence[int]:
        ranked = self._ranked[self.index.row(topic)]
        if diversity > 0:
            pool = ranked[: max(10 * n, 50)]
            ranked = pool[_varied(unit(self._vectors[pool]), n, diversity)]
        return [int(place) for place in ranked[:n]]

    def texts(self, ids: Sequence[int], /) -> Sequence[str]:
        if self.documents is None:
            raise ComponentError("this model keeps no documents, which the representation needs")
        return [self.documents[place] for place in ids]

    def images(self, ids: Sequence[int], /) -> Sequence[Any]:
        if self.pictures is None:
            raise ComponentError("this model has no images, which the representation needs")
        return [self.pictures[place] for place in ids]

    def embed(self, texts: Sequence[str], /, role: Role = "document") -> FloatMatrix:
        return self.embedding(texts, role)


def _varied(vectors: FloatMatrix, n: int, diversity: float) -> list[int]:
    """Places of *n* rows, ranked best first, each traded against its likeness to those taken (MMR)."""
    rank = np.linspace(1, 0, len(vectors))
    nearest = np.zeros(len(vectors))
    taken: list[int] = []
    while len(taken) < min(n, len(vectors)):
        score = (1 - diversity) * rank - diversity * nearest
        score[taken] = -np.inf
        taken.append(int(np.argmax(score)))
        nearest = np.maximum(nearest, vectors @ vectors[taken[-1]])
    return taken
