"""What a representation sees of a model: a frozen, read-only window."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ..builtin.lexicon import unit
from ..builtin.space import Space
from ..components import Description, Event, FloatMatrix, Labels, Matrix, Role, Tokens
from ..counts import best_columns, indicator, select_columns
from ..errors import ComponentError
from ..state import FittedState, TopicIndex
from ..vocabulary import lookup
from .embedding import Embedding, Work
from .reading import counted

__all__ = ["View", "mean_rows", "view_of"]


CHUNK = 64
"""Rows summed in float32 before their sum is added in float64."""


def mean_rows(x: Matrix, assignments: Labels, index: TopicIndex) -> FloatMatrix:
    """(t, d) float32, the mean row of each topic's documents."""
    rows = index.rows(assignments)
    order = np.argsort(rows, kind="stable")
    starts = np.cumsum(index.sizes) - index.sizes
    firsts = np.flatnonzero((np.arange(len(order)) - np.repeat(starts, index.sizes)) % CHUNK == 0)
    ones = np.ones(len(order), dtype=np.float32)
    chunks = csr_array((ones, order, np.append(firsts, len(order))), shape=(len(firsts), len(order)))
    sums: Any = indicator(rows[order[firsts]], len(index)).astype(np.float64) @ (chunks @ x)
    dense = sums.toarray() if hasattr(sums, "toarray") else sums
    return np.ascontiguousarray(dense / np.maximum(index.sizes, 1)[:, None], dtype=np.float32)


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
    document_counts: csr_array | None
    documents: Sequence[str] | None
    pictures: Sequence[Any] | None
    embedding: Callable[[Sequence[str], Role], FloatMatrix]
    previous: Mapping[int, Description]
    work: Work
    tokens: Tokens | None = None
    counting: Callable[[Sequence[str]], csr_array] | None = None
    space: Space | None = None

    @property
    def topics(self) -> Sequence[int]:
        return self.index.topics

    def terms(self, topic: int, /, n: int = 30) -> Sequence[tuple[str, float]]:
        described = self.previous.get(topic)
        if described is not None and described.terms is not None:
            return described.terms[:n]
        if n not in self._best:
            self._best[n] = best_columns(self.weights, n)
        columns, values = self._best[n][self.index.row(topic)]
        return [(self.vocabulary[column], float(value)) for column, value in zip(columns, values, strict=True)]

    @cached_property
    def _best(self) -> dict[int, list[tuple[NDArray[np.integer[Any]], NDArray[np.float64]]]]:
        """The best columns of all topics, by how many."""
        return {}

    @cached_property
    def _space(self) -> Space:
        if self.embeddings is None:
            raise ComponentError("this model has no document embeddings, which the representation needs")
        return self.space or Space(self.embeddings)

    @cached_property
    def _presence(self) -> csr_array:
        """(v, n) ones where a term is in a document."""
        if self.document_counts is None:
            raise ComponentError("this model keeps no counts of its documents, which the representation needs")
        presence = csr_array(self.document_counts.T.astype(np.float32))
        presence.data[:] = 1
        return presence

    @cached_property
    def _places(self) -> Callable[[Sequence[str]], NDArray[np.int64]]:
        return lookup(self.vocabulary)

    @cached_property
    def _rows(self) -> NDArray[np.int64]:
        return self.index.rows(self.assignments)

    @cached_property
    def centres(self) -> FloatMatrix:
        space, sizes = self._space, np.maximum(self.index.sizes, 1)
        known = np.bincount(self._rows, weights=space.known, minlength=len(sizes)) / sizes
        means = self.topic_embeddings
        if space.projected:
            means = mean_rows(space.x, self.assignments, self.index)
        return space.directions(means, known)

    def word_embeddings(self, terms: Sequence[str], /) -> FloatMatrix:
        return unit(self._space.means(self._holders(terms)))

    def _holders(self, terms: Sequence[str]) -> csr_array:
        """(m, n) ones where a document holds a term, or all known words of one that is not in the vocabulary."""
        places = self._places(terms)
        missing = np.flatnonzero(places < 0).tolist()
        if not missing:
            return csr_array(self._presence[places])
        parts = [sorted({terms[place], *terms[place].split(" ")}) for place in missing]
        owners = np.repeat(missing, [len(words) for words in parts])
        columns = self._places([word for words in parts for word in words])
        rows = np.append(np.flatnonzero(places >= 0), owners[columns >= 0])
        columns = np.append(places[places >= 0], columns[columns >= 0])
        ones = np.ones(len(rows), dtype=np.float32)
        held = csr_array(csr_array((ones, (rows, columns)), shape=(len(terms), len(self.vocabulary))) @ self._presence)
        needed = np.repeat(np.bincount(rows, minlength=len(terms)), np.diff(held.indptr))
        held.data = (held.data == needed).astype(np.float32)
        held.eliminate_zeros()
        return held

    def text_embeddings(self, texts: Sequence[str], /) -> FloatMatrix:
        if self.counting is None:
            raise ComponentError("this model cannot count words, which the representation needs")
        counts = self.counting(texts)
        columns = np.unique(counts.indices)
        words = self._space.means(self._presence[columns])
        return unit(np.asarray(select_columns(counts, columns).astype(np.float32) @ words))

    def document_embeddings(self, ids: Sequence[int], /) -> FloatMatrix:
        return self._space.centred(np.asarray(ids, dtype=np.int64))

    @cached_property
    def _members(self) -> list[NDArray[np.int64]]:
        """The positions of each topic's documents, ascending."""
        order = np.argsort(self._rows, kind="stable")
        return np.split(order, np.cumsum(self.index.sizes)[:-1])

    def document_ids(self, topic: int, /, n: int = 4, diversity: float = 0.0) -> Sequence[int]:
        row = self.index.row(topic)
        ranked = self._space.ranked(self._members[row], self.centres[row])
        if diversity > 0:
            pool = ranked[: max(10 * n, 50)]
            ranked = pool[_varied(unit(self._space.centred(pool)), n, diversity)]
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

    def recall(self, keys: Sequence[bytes], /) -> Mapping[bytes, str]:
        return {} if self.work.cache is None else self.work.cache.recall(keys)

    def remember(self, key: bytes, text: str, /) -> None:
        if self.work.cache is not None:
            self.work.cache.remember(key, text)

    def notify(self, event: Event, /) -> None:
        self.work.notify(event)


def view_of(state: FittedState, work: Work) -> View:
    """The window on *state*; *work* surrounds what it embeds."""
    embedding = Embedding(embedder=state.components.embedder, work=work)
    vectorizer = state.components.vectorizer
    return View(
        index=state.index,
        vocabulary=state.vocabulary,
        counts=state.topic_counts,
        weights=state.weights,
        assignments=state.assignments,
        embeddings=state.embeddings,
        topic_embeddings=state.topic_embeddings,
        n_words=state.settings.n_words,
        document_counts=state.counts,
        space=state.space,
        documents=state.documents,
        tokens=state.tokens,
        counting=lambda texts: counted(state, texts)[1],
        pictures=state.images,
        embedding=lambda texts, role: embedding.of_texts(vectorizer, texts, role),
        previous={},
        work=work,
    )


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
