"""What the user wants found: seed topics that pull documents, zero-shot topics that claim them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array, issparse, vstack

from ..builtin.rows import unit
from ..components import Assignment, Component, FloatMatrix, Matrix
from ..counts import indicator
from ..state import FittedState, Settings, Steering
from .embedding import Embedding

__all__ = ["claimed", "claims", "joined", "pulled", "steering_of", "warn_unclaimed"]

PULL = 0.25
"""How far a document goes to the seed topic that it is nearest to."""


def steering_of(
    settings: Settings, embedding: Embedding, vectorizer: Component, rows: Matrix, known: NDArray[np.bool_]
) -> Steering | None:
    """The rows of seed topics and zero-shot labels in the space of the documents; None where there are neither."""
    if not settings.seed_topics and not settings.zeroshot_topics:
        return None
    seeds = mean = labels = None
    if settings.seed_topics:
        texts = [" ".join(words) for words in settings.seed_topics]
        seeds = _embedded(embedding, vectorizer, texts, "seed_topics")
        mean = np.asarray(rows[known].mean(axis=0), dtype=np.float32).ravel()
    if settings.zeroshot_topics:
        labels = _embedded(embedding, vectorizer, settings.zeroshot_topics, "zeroshot_topics")
    return Steering(
        seeds=seeds,
        mean=mean,
        labels=labels,
        topics=np.full(0 if labels is None else len(labels), -1, dtype=np.int64),
        min_similarity=settings.zeroshot_min_similarity,
    )


def _embedded(embedding: Embedding, vectorizer: Component, texts: Sequence[str], what: str) -> FloatMatrix:
    rows = np.asarray(unit(embedding.of_texts(vectorizer, list(texts), "query")))
    unknown = [text for text, row in zip(texts, rows, strict=True) if not row.any()]
    if unknown:
        warnings.warn(
            f"the embedder knows no word of {what} {unknown[:3]}; they find no documents: use words of the corpus",
            stacklevel=6,
        )
    return rows


def claims(steering: Steering | None, x: Matrix) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """(n,) the zero-shot label that claims each row, -1 for none, and its cosine."""
    if steering is None or steering.labels is None:
        return np.full(x.shape[0], -1, dtype=np.int64), np.zeros(x.shape[0], dtype=np.float32)
    best, close = _nearest(steering.labels, x)
    found = (close >= steering.min_similarity) & (close > 0)
    return np.where(found, best, -1), np.where(found, close, 0).clip(0, 1).astype(np.float32)


def warn_unclaimed(steering: Steering | None, x: Matrix) -> None:
    """Say so where no row is near enough to any zero-shot label."""
    if steering is None or steering.labels is None:
        return
    nearest = float(_nearest(steering.labels, x)[1].max(initial=0))
    if nearest < steering.min_similarity:
        warnings.warn(
            f"no document is near enough to any of zeroshot_topics: the nearest has a cosine of {nearest:.3f}, and "
            f"zeroshot_min_similarity is {steering.min_similarity}; lower it to have documents of these topics",
            stacklevel=6,
        )


def _nearest(labels: FloatMatrix, x: Matrix) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(n,) the label nearest to each row, and its cosine."""
    cosines = np.asarray(cast(Any, unit(x)).astype(np.float64) @ labels.T.astype(np.float64))
    best = cosines.argmax(axis=1)
    return best, cosines[np.arange(len(best)), best]


def pulled(steering: Steering | None, x: Matrix) -> Matrix:
    """*x* with each row that is nearer to a seed than to the mean of the corpus moved a quarter of the way to it.

    Grootendorst's guided topic modelling: 0.75 * row + 0.25 * seed, the seed as long as the row. *x* stays as it was.
    """
    if steering is None or steering.seeds is None:
        return x
    goals = np.vstack([steering.seeds, np.asarray(unit(cast(Any, steering.mean)[None]))])
    nearest = np.asarray(cast(Any, unit(x)).astype(np.float64) @ goals.T.astype(np.float64)).argmax(axis=1)
    nearest[nearest == len(steering.seeds)] = -1
    size = np.sqrt(np.asarray((cast(Any, x) * x).sum(axis=1), dtype=np.float64)).ravel()
    stay = diags_array(np.where(nearest < 0, 1, 1 - PULL))
    towards = csr_array(diags_array(PULL * size) @ indicator(nearest, len(steering.seeds)).T.tocsr())
    if issparse(x):
        return csr_array(stay @ x + towards @ csr_array(steering.seeds), dtype=np.float32)
    return np.ascontiguousarray(stay @ x + towards @ steering.seeds, dtype=np.float32)


def claimed(state: FittedState, x: Matrix, place: Callable[[Matrix], Assignment]) -> Assignment:
    """Places of topics for rows *x*: those of the labels that claim them, else what *place* says of the pulled rows."""
    steering, index = state.steering, state.index
    if steering is None:
        return place(x)
    which, cosines = claims(steering, x)
    topics = np.append(steering.topics, -1)[which]
    rest = np.flatnonzero(topics == -1)
    found = place(pulled(steering, x[rest])) if len(rest) else None
    places = index.places(np.maximum(topics, -1))
    return joined(places, rest, cosines, found, len(index.real), soft=state.memberships is not None)


def joined(
    places: NDArray[np.int64],
    rest: NDArray[np.int64],
    cosines: NDArray[np.float32],
    found: Assignment | None,
    n_topics: int,
    *,
    soft: bool,
) -> Assignment:
    """One assignment from *places* that labels claimed, and what was *found* for the *rest* of the rows.

    It has memberships where those found have, or, where none were found, if *soft*.
    """
    labels, strengths = places.copy(), np.where(places >= 0, cosines, 0).astype(np.float32)
    if found is not None:
        labels[rest], strengths[rest] = found.labels, cast(Any, found.strengths)
    if not (soft if found is None else found.memberships is not None):
        return Assignment(labels=labels, strengths=strengths)
    own = diags_array(np.where(places >= 0, cosines, 0)) @ indicator(places, n_topics).T
    memberships = csr_array(own, dtype=np.float32)
    if found is not None:
        shares: Any = found.memberships
        shares = csr_array((shares.data, shares.indices, shares.indptr), shape=(len(rest), n_topics))
        order = np.arange(len(places))
        order[rest] = len(places) + np.arange(len(rest))
        memberships = csr_array(vstack([memberships, shares], format="csr")[order])
    return Assignment(labels=labels, strengths=strengths, memberships=memberships)
