"""What becomes of topics when the model is fitted with other random seeds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from .. import registry
from ..components import Event, Labels, Matrix
from ..counts import group_sums, indicator
from ..errors import InputError
from ..pipeline.checking import guarded, known_rows, shown, weighed
from ..pipeline.clustering import grouped_by
from ..pipeline.resolving import refreshed, suited
from ..specs import ClustererSpec
from ..state import FittedState, TopicIndex
from .needed import embeddings_of
from .slices import best_places

__all__ = ["Stability", "stability"]

Floats = NDArray[np.float64]

SEEDS = 2**32
"""Seeds are below this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stability:
    """How much of the topics is found again; entries follow the topics without -1.

    Args:
        documents: (t,) the largest Jaccard overlap with a topic of another fit, the mean over these (Hennig 2007).
        words: (t,) the share of the best words that this topic has, too; NaN where there are none.
        agreement: The mean adjusted mutual information of every two of the fits, the model's own topics among them;
            outliers count as one topic.
    """

    documents: Floats
    words: Floats
    agreement: float


def stability(state: FittedState, seeds: int, n_words: int, notify: Callable[[Event], None]) -> Stability:
    """Cluster the embeddings of *state* again with so many other *seeds*, and see which topics come back.

    Embeddings are made once, and no representation runs: words are the *n_words* of largest weight. What was changed
    by hand since the fit is not done again.

    Raises:
        InputError: The clusterer learns from classes, or the model was loaded without embeddings.
    """
    _check(state)
    rows = embeddings_of(state)
    index, own = state.index, state.index.places(state.assignments)
    words = _best(state.weights, n_words)[state.index.ids >= 0]
    fits, again, spoken = [state.assignments], [], []
    for seed in range(1, seeds + 1):
        labels = _refitted(state, rows, (state.settings.random_state + seed) % SEEDS, notify)
        fits.append(labels)
        overlap = _overlaps(own, labels, len(index.real))
        again.append(overlap.max(axis=1, initial=0))
        spoken.append(_spoken(state, labels, words, overlap, n_words))
        notify(Event(stage="evaluate", done=seed, total=seeds))
    return Stability(documents=np.mean(again, axis=0), words=np.mean(spoken, axis=0), agreement=_agreement(fits))


def _check(state: FittedState) -> None:
    spec = cast(ClustererSpec, registry.capabilities(state.components.clusterer))
    if spec.supervised:
        raise InputError(
            f"seeds fits the model again, and clusterer {spec.name!r} needs the classes that it learned from, which "
            "the model does not keep; leave seeds out"
        )


def _refitted(state: FittedState, rows: Matrix, seed: int, notify: Callable[[Event], None]) -> Labels:
    """(n,) the topics that the clusterer finds with another *seed*."""
    settings = replace(state.settings, random_state=seed)
    parts = replace(state.components, clusterer=cast(Any, refreshed("clusterer", state.components.clusterer, settings)))
    if parts.reducer is not None:
        parts = replace(parts, reducer=suited(parts.reducer, settings, rows))
    known = known_rows(rows) & (_worded(state) | shown(state.images, state.n_documents))
    return grouped_by(parts, settings, state.steering, rows, known, None, notify).assignment.labels


def _worded(state: FittedState) -> NDArray[np.bool_]:
    """(n,) which documents hold words; all where that is not known."""
    if state.tokens is not None:
        return np.diff(state.tokens.offsets) > 0
    if state.counts is None or not state.counts.shape[1]:
        return np.ones(state.n_documents, dtype=bool)
    return np.diff(state.counts.indptr) > 0


def _overlaps(own: Labels, labels: Labels, n: int) -> Floats:
    """(n, topics of the other fit) the Jaccard overlap of documents; outliers are in none."""
    width = int(labels.max(initial=-1)) + 1
    both = (indicator(own, n) @ indicator(labels, width).T).toarray()
    sizes = np.bincount(own[own >= 0], minlength=n)
    others = np.bincount(labels[labels >= 0], minlength=width)
    found: Floats = both / np.maximum(sizes[:, None] + others - both, 1)
    return found


def _spoken(state: FittedState, labels: Labels, words: csr_array, overlap: Floats, n_words: int) -> Floats:
    """(t,) the share of each topic's *words* that the topic of the other fit has which is most like it."""
    counts, size = state.counts, np.asarray(words.sum(axis=1)).ravel()
    if counts is None or not overlap.size:
        return np.where(size > 0, 0.0 if counts is not None else np.nan, np.nan)
    index = TopicIndex.of(labels)
    bags = group_sums(counts, index.rows(labels), len(index))
    weighting: Any = refreshed("weighting", state.components.weighting, state.settings)
    weights = weighed(guarded(weighting, lambda: weighting.fit_transform(bags, state.vocabulary)), bags)
    others = _best(weights, n_words)[index.ids >= 0]
    shared = np.asarray(words.multiply(others[overlap.argmax(axis=1)]).sum(axis=1)).ravel()
    return np.where(size > 0, shared / np.maximum(size, 1), np.nan)


def _best(weights: csr_array, n: int) -> csr_array:
    """(rows, v) ones for the *n* terms of largest weight in each row."""
    places, owners = best_places(weights, n)
    return csr_array((np.ones(len(places)), (owners, weights.indices[places])), shape=weights.shape)


def _agreement(fits: list[Labels]) -> float:
    from sklearn.metrics import adjusted_mutual_info_score

    return float(np.mean([adjusted_mutual_info_score(one, other) for one, other in combinations(fits, 2)]))
