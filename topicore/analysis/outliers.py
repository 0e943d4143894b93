"""Topics for documents that have none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse

from ..builtin.rows import csr, is_sparse, unit
from ..components import Labels, Matrix, Tokens
from ..errors import InputError
from ..inputs import as_embeddings
from ..state import FittedState
from .distribution import approximate_distribution
from .likeness import TopicTerms, as_fraction
from .needed import assignments_of, counts_of, embeddings_of, tokens_of
from .windows import ranges, running

__all__ = ["outlier_scores", "reduce_outliers"]

Strategy = Literal["distributions", "probabilities", "c-tf-idf", "embeddings"]
Places = NDArray[np.int64]
Scores = NDArray[np.floating[Any]]

BLOCK = 1 << 21
"""Numbers that a step holds at once beside its input and its result."""


def reduce_outliers(
    state: FittedState,
    *,
    topics: Sequence[int] | None = None,
    strategy: Strategy = "distributions",
    threshold: float = 0.0,
    share: float | None = None,
    probabilities: Any = None,
    embeddings: Any = None,
    distribution: Mapping[str, Any] | None = None,
) -> list[int]:
    """A topic a document: outliers get the topic without -1 that they are most like, the others keep theirs.

    Outliers of which nothing is known, with a score of 0 for every topic, stay outliers. The state stays as it is.

    Args:
        state: The fitted state.
        topics: (n,) the topic of each document; None for those of the fit.
        strategy: What the score of a topic is: its share of ``approximate_distribution`` ("distributions"), its
            membership ("probabilities"), or the cosine of its term weights ("c-tf-idf") or mean embedding
            ("embeddings").
        threshold: From 0 to 1; lower scores do not count. With "distributions" it is the ``min_similarity`` of windows.
        share: Instead of a *threshold*: outliers of the highest scores get a topic, first come where scores are equal,
            until at most this share of all documents are outliers. More are left where nothing is known of more.
        probabilities: (n, topics without -1) memberships; None for those of the fit.
        embeddings: (n, d) document embeddings; None for those of the fit.
        distribution: Arguments of ``approximate_distribution`` for "distributions": window, stride, padding,
            min_similarity.

    Raises:
        InputError: An argument cannot be used, is not for this strategy, or something is needed that is not kept.
    """
    if share is not None and as_fraction(threshold, "threshold"):
        raise InputError(f"give threshold={threshold!r} or share={share!r}, not both: share finds the threshold itself")
    left = None if share is None else _at_most(as_fraction(share, "share"), state.n_documents)
    found = np.array(state.assignments) if topics is None else assignments_of(state, topics)
    places = np.flatnonzero(found == -1)
    best, scores = outlier_scores(
        state,
        places,
        strategy,
        threshold=threshold,
        probabilities=probabilities,
        embeddings=embeddings,
        distribution=distribution,
    )
    order = np.argsort(-scores, kind="stable")
    chosen = order if left is None else order[: max(len(places) - left, 0)]
    found[places[chosen]] = best[chosen]
    return cast(list[int], found.tolist())


def outlier_scores(
    state: FittedState,
    places: Places,
    strategy: Strategy = "distributions",
    *,
    threshold: float = 0.0,
    probabilities: Any = None,
    embeddings: Any = None,
    distribution: Mapping[str, Any] | None = None,
) -> tuple[Labels, NDArray[np.float64]]:
    """(m,) the topic without -1 of largest score of the documents at *places*, and (m,) that score.

    The topic is -1, and the score 0, where no score is above 0 and at least *threshold*. Equal scores go to the lower
    id. Arguments and errors are those of ``reduce_outliers``.
    """
    if not isinstance(strategy, str) or strategy not in STRATEGIES:
        raise InputError(f"there is no strategy {strategy!r}; strategies are {', '.join(map(repr, STRATEGIES))}")
    given = {"probabilities": probabilities, "embeddings": embeddings, "distribution": distribution}
    scored, own = STRATEGIES[strategy]
    for name, value in given.items():
        if value is not None and name != own:
            raise InputError(f"{name} has no effect with strategy={strategy!r}; leave it out or choose its strategy")
    topics = np.array(state.index.real, dtype=np.int64)
    best, scores = np.full(len(places), -1, dtype=np.int64), np.zeros(len(places))
    least = as_fraction(threshold, "threshold")
    if not len(places) or not len(topics):
        return best, scores
    start = 0
    for block in scored(state, places, least, given.get(own)):
        rows = slice(start, start + len(block))
        columns = block.argmax(axis=1)
        found = block[np.arange(len(block)), columns]
        known = found > 0
        best[rows], scores[rows] = np.where(known, topics[columns], -1), np.where(known, found, 0)
        start += len(block)
    return best, scores


def _by_distribution(state: FittedState, places: Places, threshold: float, given: Any) -> Iterator[Scores]:
    """The shares that windows give each topic."""
    known = ("window", "stride", "min_similarity", "padding")
    if not isinstance(given, (Mapping, type(None))):
        raise InputError(f"distribution must be a mapping of {', '.join(known)}, got {type(given).__name__}")
    options = dict(given or {})
    for name in options:
        if name not in known:
            raise InputError(f"distribution takes {', '.join(known)}, not {name!r}")
    if threshold and "min_similarity" in options:
        raise InputError("give threshold= or min_similarity in distribution=, not both: they are the same")
    options.setdefault("min_similarity", threshold)
    yield approximate_distribution(state, _of(tokens_of(state), places), **options).documents


def _by_membership(state: FittedState, places: Places, threshold: float, given: Any) -> Iterator[Scores]:
    """Memberships, as the clusterer gave them or the caller gives them."""
    matrix = state.memberships if given is None else _as_memberships(given, state)
    if matrix is None:
        raise InputError(
            "this model has no probabilities of topics, because its clusterer is not soft; pass probabilities=, "
            "choose another strategy, or fit with a soft clusterer such as clusterer='gmm'"
        )
    for part in _parts(places, matrix.shape[1]):
        rows = matrix[part]
        yield _from(threshold, rows.toarray() if is_sparse(rows) else rows)


def _by_terms(state: FittedState, places: Places, threshold: float, given: None) -> Iterator[Scores]:
    """Cosines of the term weights of documents and topics."""
    counts, topics = counts_of(state), TopicTerms(state)
    for part in _parts(places, len(topics) + counts.nnz // counts.shape[0]):
        yield _from(threshold, np.minimum(topics.cosines(csr_array(counts[part])), 1))


def _by_embedding(state: FittedState, places: Places, threshold: float, given: Any) -> Iterator[Scores]:
    """Cosines of the embeddings of documents and topics."""
    rows: Matrix = embeddings_of(state) if given is None else as_embeddings(given, state.n_documents)
    if rows.shape[1] != state.columns:
        raise InputError(f"embeddings has {rows.shape[1]} columns, but the model was fitted on {state.columns}")
    centres = unit(state.topic_embeddings[state.index.rows(np.array(state.index.real))])
    for part in _parts(places, len(centres) + rows.shape[1]):
        yield _from(threshold, np.minimum(unit(rows[part]) @ centres.T, 1))


STRATEGIES: Mapping[str, tuple[Callable[[FittedState, Places, float, Any], Iterator[Scores]], str]] = {
    "distributions": (_by_distribution, "distribution"),
    "probabilities": (_by_membership, "probabilities"),
    "c-tf-idf": (_by_terms, ""),
    "embeddings": (_by_embedding, "embeddings"),
}
"""For each strategy, the scores (documents, topics without -1) in blocks of rows, and the argument that it takes."""


def _at_most(share: float, n: int) -> int:
    """How many of *n* documents are at most this *share* of them."""
    n_left = int(share * n)
    return n_left + 1 if (n_left + 1) / n <= share else n_left  # the product may fall below a whole number


def _from(threshold: float, scores: Scores) -> Scores:
    """The *scores*, but for 0 where they are below *threshold*."""
    return np.where(scores >= threshold, scores, 0)


def _parts(places: Places, width: int) -> Iterator[Places]:
    """The *places* in blocks, of so many that *width* numbers for each can be held."""
    step = max(1, BLOCK // (4 * width))
    return (places[start : start + step] for start in range(0, len(places), step))


def _of(tokens: Tokens, places: Places) -> Tokens:
    """The *tokens* of the documents at *places*, over the same vocabulary."""
    starts, ends = tokens.offsets[places], tokens.offsets[places + 1]
    return replace(tokens, ids=tokens.ids[ranges(starts, ends)], offsets=running(ends - starts))


def _as_memberships(given: Any, state: FittedState) -> NDArray[np.float64] | csr_array:
    """*given* as memberships (n, topics without -1).

    Raises:
        InputError: Of another shape, or no finite numbers.
    """
    try:
        matrix: Any = csr(given) if issparse(given) else np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"probabilities must be a matrix of numbers, one row a document: {error}") from None
    wanted = (state.n_documents, len(state.index.real))
    if matrix.shape != wanted:
        raise InputError(
            f"probabilities has shape {matrix.shape}, but there are {wanted[0]} documents and {wanted[1]} topics "
            "without -1; a model fitted with probabilities=True has a column a topic"
        )
    if not np.isfinite(matrix.data if is_sparse(matrix) else matrix).all():
        raise InputError("probabilities holds NaN or infinite numbers")
    return cast("NDArray[np.float64] | csr_array", matrix)
