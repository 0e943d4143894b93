"""The fitted state of a model: one immutable record, swapped as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse

from .components import (
    Clusterer,
    Component,
    CountingVectorizer,
    Description,
    Embedder,
    FloatMatrix,
    Labels,
    Matrix,
    Reducer,
    Representation,
    Tokens,
    Vectorizer,
    Weighting,
)
from .errors import InputError

__all__ = [
    "DELETED",
    "MAIN",
    "Components",
    "FittedState",
    "Online",
    "Settings",
    "Steering",
    "TopicIndex",
    "TopicMapping",
    "frozen",
]

M = TypeVar("M")


def frozen(matrix: M) -> M:
    """The same array or CSR matrix over the same memory, read-only; None stays None."""
    given: Any = matrix
    if given is None:
        return matrix
    if issparse(matrix):
        parts = frozen(given.data), frozen(given.indices), frozen(given.indptr)
        return cast(M, csr_array(parts, shape=given.shape))
    view = given.view()
    view.flags.writeable = False
    return cast(M, view)


MAIN = "main"
"""The name of the aspect that a topic shows first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a model, as given to ``TopicModel``; in a fitted state with the languages that were found."""

    n_topics: int | None = None
    min_topic_size: int = 10
    n_words: int = 10
    language: str | None = "auto"
    stop_words: str | Sequence[str] | None = None
    ngram_range: Sequence[int] = (1, 1)
    seed_topics: Sequence[Sequence[str]] | None = None
    zeroshot_topics: Sequence[str] | None = None
    zeroshot_min_similarity: float = 0.7
    probabilities: bool = False
    random_state: int = 42


@dataclass(frozen=True, slots=True, kw_only=True)
class Components:
    """The parts of a pipeline; a representation chain an aspect."""

    embedder: Embedder
    reducer: Reducer | None
    clusterer: Clusterer
    vectorizer: Vectorizer | CountingVectorizer
    weighting: Weighting
    representations: Mapping[str, tuple[Representation, ...]]

    def named(self) -> list[tuple[str, Component]]:
        """(role, component) in the order of the flow; further aspects are ``representation.NAME``."""
        parts: list[tuple[str, Component | None]] = [
            ("embedder", self.embedder),
            ("reducer", self.reducer),
            ("clusterer", self.clusterer),
            ("vectorizer", self.vectorizer),
            ("weighting", self.weighting),
        ]
        for aspect, chain in self.representations.items():
            role = "representation" if aspect == MAIN else f"representation.{aspect}"
            parts += [(role, link) for link in chain]
        return [(role, component) for role, component in parts if component is not None]


@dataclass(frozen=True, slots=True)
class TopicIndex:
    """Which topic stands in which row: the only place that knows.

    Args:
        ids: (t,) topic ids, ascending; -1 is there only where there are outliers.
        sizes: (t,) documents of each.
    """

    ids: NDArray[np.int64]
    sizes: NDArray[np.int64]

    @classmethod
    def of(cls, assignments: Labels) -> TopicIndex:
        """The topics of *assignments*."""
        ids, sizes = np.unique(assignments, return_counts=True)
        return cls(ids.astype(np.int64), sizes.astype(np.int64))

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def topics(self) -> list[int]:
        """All ids, -1 first where there are outliers."""
        return [int(topic) for topic in self.ids]

    @property
    def real(self) -> list[int]:
        """The ids without -1."""
        return [topic for topic in self.topics if topic >= 0]

    def row(self, topic: int) -> int:
        """The row of *topic*.

        Raises:
            InputError: There is no such topic.
        """
        found = int(np.searchsorted(self.ids, topic)) if isinstance(topic, (int, np.integer)) else len(self.ids)
        if isinstance(topic, bool) or found == len(self.ids) or self.ids[found] != topic:
            real = self.real
            known = f"0 to {real[-1]}" if real == list(range(len(real))) and real else str(real)
            outliers = " and -1 (outliers)" if -1 in self.topics else ""
            raise InputError(f"there is no topic {topic!r}; topics are {known}{outliers}")
        return found

    def rows(self, assignments: Labels) -> NDArray[np.int64]:
        """The row of each assignment."""
        return np.searchsorted(self.ids, assignments).astype(np.int64)

    def places(self, topics: Labels) -> NDArray[np.int64]:
        """The place of each of *topics* among those without -1, which is its column of memberships; -1 for -1."""
        return np.where(topics < 0, -1, np.searchsorted(self.ids[self.ids >= 0], topics)).astype(np.int64)

    def topics_at(self, places: NDArray[np.int64]) -> Labels:
        """The topic at each place among those without -1; -1 for -1."""
        return np.append(self.ids[self.ids >= 0], -1)[places]

    def size(self, topic: int) -> int:
        """Documents of *topic*."""
        return int(self.sizes[self.row(topic)])


@dataclass(frozen=True, slots=True)
class TopicMapping:
    """Which topic each cluster became.

    Args:
        topics: (clusters,) topic ids by cluster.
    """

    topics: NDArray[np.int64]

    @property
    def mappings_(self) -> list[list[int]]:
        """[cluster, topic] a cluster, after [-1, -1]."""
        return [[-1, -1], *([cluster, int(topic)] for cluster, topic in enumerate(self.topics))]

    def get_mappings(self) -> dict[int, int]:
        """The topic of each cluster; -1 stays -1."""
        return dict(map(tuple, self.mappings_))  # type: ignore[arg-type]


DELETED = -2
"""Stands for the topic of a zero-shot label that was deleted: what the label claims are outliers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steering:
    """What pulls documents, or claims them, before they are clustered.

    Args:
        seeds: (s, d) rows of the seed topics, or None.
        mean: (d,) the mean row of the corpus, which seeds compete with.
        labels: (z, d) unit rows of the zero-shot topics that documents were found for, or None.
        topics: (z,) the topic of each of these; -1 where it claimed no document, ``DELETED`` where its topic is gone.
        min_similarity: The cosine from which a label claims a document.
    """

    seeds: FloatMatrix | None = None
    mean: NDArray[np.float32] | None = None
    labels: FloatMatrix | None = None
    topics: Labels = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    min_similarity: float = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Online:
    """What learning batch by batch carries on; nothing here grows with the number of batches.

    Args:
        sums: (t, d) float64, the sum of the embeddings of each topic's documents so far.
        next_topic: The id that the next new topic gets; ids are never used again.
        seen: (clusters,) which clusters had a document so far; those that are mapped to -1 were deleted.
        exemplars: (m,) positions of the representative documents of all topics, ascending.
        texts: Their texts; None where there is none, or the model was saved without it.
        rows: (m, d) their embeddings.
    """

    sums: NDArray[np.float64]
    next_topic: int
    seen: NDArray[np.bool_]
    exemplars: NDArray[np.int64]
    texts: Sequence[str | None]
    rows: Matrix


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedState:
    """Everything a fitted model knows. Rows of (t, ...) arrays follow ``index``.

    Args:
        settings: What the model was fitted with.
        components: The fitted components.
        index: Topics and their rows.
        assignments: (n,) the topic of each document.
        strengths: (n,) float32, how strongly; 0 for outliers.
        memberships: (n, topics without -1) float32 CSR, where the clusterer is soft.
        mapping: (clusters,) the topic of each cluster of the clusterer; -1 where it was deleted, or, online, had no
            document yet.
        predictor: Labels rows by the nearest training rows, with places among the topics without -1: all rows where
            ``votes``, else those of the fit that the clusterer would forget; or None.
        votes: New rows are labelled by the predictor alone: the clusterer cannot, or topics were changed by hand.
        vocabulary: The v terms.
        topic_counts: (t, v) int64; float64 where a vectorizer with decay learns batch by batch.
        weights: (t, v) float64.
        topic_embeddings: (t, d) float32, mean embedding of each topic's documents.
        descriptions: For each aspect, a Description a topic.
        representative: For each topic, positions of its most representative documents, best first.
        names: What a topic is called by its class in ``y`` or its zero-shot label.
        custom: Labels set by hand.
        columns: Width of the document embeddings.
        versions: Distributions and versions that the model was fitted with.
        documents: The texts, where there are any and they are kept.
        images: The images, where there are any.
        tokens: The token store, where the vectorizer gives tokens.
        counts: (n, v) int32 document-term counts.
        embeddings: (n, d) document embeddings.
        space: The geometry of the embeddings, shared by all states of one corpus.
        steering: Seed topics and zero-shot topics, where there are any.
        online: What ``partial_fit`` carries on, where it made the state.
    """

    settings: Settings
    components: Components
    index: TopicIndex
    assignments: Labels
    strengths: NDArray[np.float32]
    memberships: csr_array | None
    mapping: NDArray[np.int64]
    predictor: Any
    votes: bool
    vocabulary: Sequence[str]
    topic_counts: csr_array
    weights: csr_array
    topic_embeddings: FloatMatrix
    descriptions: Mapping[str, Mapping[int, Description]]
    representative: Mapping[int, tuple[int, ...]]
    names: Mapping[int, str]
    columns: int
    custom: Mapping[int, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    documents: Sequence[str] | None = None
    images: Sequence[Any] | None = None
    tokens: Tokens | None = None
    counts: csr_array | None = None
    embeddings: Matrix | None = None
    space: Any = None
    steering: Steering | None = None
    online: Online | None = None

    @property
    def n_documents(self) -> int:
        """How many documents the model was fitted on."""
        return len(self.assignments)

    def label(self, topic: int) -> str:
        """The label set by hand, what a representation says, or the class or zero-shot label; else ``ID_word_...``."""
        description = self.descriptions[MAIN][topic]
        given = self.custom.get(topic) or description.label or self.names.get(topic)
        if given:
            return given
        return "_".join([str(topic), *(term for term, _ in (description.terms or ())[:4])])
