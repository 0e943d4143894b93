"""What both libraries are given: short documents, vectors, topics, times and classes; all from seeds."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from corpora import corpus

TOPICS = 46

WORDS = 59
"""Words of a document."""

SEED = 0


@dataclass(frozen=True)
class Case:
    """A corpus of one size.

    Args:
        documents: n texts.
        vectors: (n, d) float32.
        topics: A topic a document, by size, -1 for outliers; no two topics are equally large.
        filled: The same, with outliers in the topic of the nearest centre.
        stamps: A date a document.
        classes: A class a document.
    """

    documents: list[str]
    vectors: np.ndarray
    topics: list[int]
    filled: list[int]
    stamps: list[datetime]
    classes: list[str]

    @property
    def n_topics(self) -> int:
        """Topics but -1."""
        return max(self.topics) + 1

    def halves(self) -> list[Case]:
        """The first and the second half of the documents, of the same topics."""
        middle = len(self.documents) // 2
        return [
            Case(
                documents=self.documents[part],
                vectors=self.vectors[part],
                topics=self.topics[part],
                filled=self.filled[part],
                stamps=self.stamps[part],
                classes=self.classes[part],
            )
            for part in (slice(middle), slice(middle, None))
        ]


def cases(data: Path, sizes: Sequence[int]) -> Iterator[Case]:
    """A case of each size, with fewer topics where it is small; the smaller ones are the beginning of the larger."""
    parts = pieces(data)[: max(sizes)]
    documents = [text for text, _ in parts]
    vectors = embedded(documents)
    draw = random.Random(SEED)
    start = datetime(2015, 1, 1)
    stamps = [start + timedelta(days=draw.randrange(3650)) for _ in documents]
    classes = [f"{label} {draw.randrange(3 if label.startswith('cs.') else 2)}" for _, label in parts]  # 58
    for n in sizes:
        topics, filled = grouped(vectors[:n], min(TOPICS, n // 40))
        yield Case(
            documents=documents[:n],
            vectors=vectors[:n],
            topics=topics.tolist(),
            filled=filled.tolist(),
            stamps=stamps[:n],
            classes=classes[:n],
        )


def pieces(data: Path) -> list[tuple[str, str]]:
    """Posts and abstracts in pieces of WORDS words, shuffled, with the label of the whole."""
    found = []
    for name in ("20newsgroups", "arxiv"):
        for text, label in zip(*corpus(data, name), strict=True):
            words = text.split()
            starts = range(0, len(words) - WORDS + 1, WORDS)
            found += [(" ".join(words[start : start + WORDS]), label) for start in starts]
    random.Random(SEED).shuffle(found)
    return found


def embedded(documents: list[str], dimensions: int = 384, learned: int = 10_000) -> np.ndarray:
    """(n, d) float32 unit rows: latent semantic analysis learned from the first documents."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize

    tfidf = TfidfVectorizer(stop_words="english", min_df=2, sublinear_tf=True, dtype=np.float32)
    svd = TruncatedSVD(dimensions, n_iter=2, random_state=SEED)
    svd.fit(tfidf.fit_transform(documents[:learned]))
    return np.ascontiguousarray(normalize(svd.transform(tfidf.transform(documents))), dtype=np.float32)


def grouped(vectors: np.ndarray, n_topics: int, share: float = 0.85) -> tuple[np.ndarray, np.ndarray]:
    """(n,) topics of this share of the rows, -1 for the others; and the same with all rows in the nearest topic.

    Each topic, the largest first, takes the rows nearest to its centre that are left. Sizes fall evenly to a fifth of
    the largest, so that no two are equal and every library numbers topics alike.
    """
    from sklearn.cluster import MiniBatchKMeans

    model = MiniBatchKMeans(n_topics, n_init=3, random_state=SEED).fit(vectors)
    near = vectors @ model.cluster_centers_.T
    weights = np.linspace(1, 0.2, n_topics)
    sizes = (weights / weights.sum() * share * len(vectors)).astype(int)
    if len(np.unique(sizes)) < n_topics:
        raise ValueError(f"{len(vectors)} documents are too few for {n_topics} topics of different sizes")
    order = np.argsort(-np.bincount(model.labels_, minlength=n_topics), kind="stable")
    topics = np.full(len(vectors), -1)
    for topic, (cluster, size) in enumerate(zip(order, sizes, strict=True)):
        left = np.flatnonzero(topics < 0)
        topics[left[np.argsort(-near[left, cluster], kind="stable")[:size]]] = topic
    nearest = near[:, order].argmax(axis=1)
    return topics, np.where(topics < 0, nearest, topics)
