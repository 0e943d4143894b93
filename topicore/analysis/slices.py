"""Topics within groups of documents (timestamps, classes): one product with the counts for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ..counts import group_sums
from ..errors import InputError
from ..pipeline.checking import guarded, weighed
from ..state import FittedState
from .needed import counts_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Slices", "best_places", "normalised", "per_document", "shown", "sliced", "tabled", "whole", "with_global"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slices:
    """The p pairs of topic and group that documents are in, by topic, then by group.

    Args:
        rows: (p,) row of the topic.
        groups: (p,) group.
        sizes: (p,) documents, int64.
        weights: (p, v) float64 weights of the terms in these documents, by what the fit learned.
    """

    rows: NDArray[np.int64]
    groups: NDArray[np.int64]
    sizes: NDArray[np.int64]
    weights: csr_array


def sliced(state: FittedState, groups: NDArray[np.int64], topics: Sequence[int] | None = None) -> Slices:
    """The slices of *topics* (None: all) by *groups* (n,), a number from 0 a document; negative ones are left out.

    Raises:
        InputError: A topic is unknown, or the model was loaded without counts.
    """
    counts = counts_of(state)
    rows = state.index.rows(state.assignments)
    inside = (groups >= 0) & np.isin(rows, _rows(state, topics))
    width = int(groups.max(initial=0)) + 1
    pairs, places, sizes = np.unique(rows[inside] * width + groups[inside], return_inverse=True, return_counts=True)
    owners = np.full(len(rows), -1, dtype=np.int64)
    owners[inside] = places
    weights = _weighed(state, counts, owners, len(pairs)) if len(pairs) else csr_array((0, counts.shape[1]))
    return Slices(rows=pairs // width, groups=pairs % width, sizes=sizes.astype(np.int64), weights=weights)


def _weighed(state: FittedState, counts: csr_array, owners: NDArray[np.int64], n: int) -> csr_array:
    """(n, v) weights of the documents of each of *n* owners together."""
    bags = group_sums(counts, owners, n)
    weighting = state.components.weighting
    return weighed(guarded(weighting, lambda: weighting.transform(bags)), bags)


def _rows(state: FittedState, topics: Sequence[int] | None) -> list[int]:
    """The rows of *topics*."""
    if topics is None:
        return list(range(len(state.index)))
    if isinstance(topics, (str, bytes)) or not isinstance(topics, Iterable):
        raise InputError(f"topics must be a list of topic ids, got {shown(topics)}: write [{topics!r}]")
    return [state.index.row(topic) for topic in topics]


def normalised(weights: csr_array) -> csr_array:
    """A copy of *weights* whose rows sum to 1 (L1); rows without weights stay so."""
    sums = np.asarray(abs(weights).sum(axis=1), dtype=np.float64).ravel()
    shares = weights.data / np.repeat(np.where(sums > 0, sums, 1.0), np.diff(weights.indptr))
    return csr_array((shares, weights.indices, weights.indptr), shape=weights.shape)


def with_global(local: csr_array, rows: NDArray[np.int64], weights: csr_array, n: int) -> csr_array:
    """(local + global) / 2, where global is the L1-normalised row of *weights* (t, v) that *rows* names for each row.

    A term that a row of *local* lacks can only be among the best *n* of the mean where it is among the best *n* of
    its topic, weights not being negative. The other terms of the topic, thousands a row, are left out.

    Args:
        local: (p, v) L1-normalised weights.
        rows: (p,) ascending.
        weights: (t, v) weights of the topics.
        n: How many of the best terms of each row have to be right.
    """
    topics = normalised(weights)
    best, owners = best_places(topics, n)
    best.sort()
    ends = np.searchsorted(owners, np.arange(topics.shape[0] + 1))
    head = csr_array((topics.data[best], topics.indices[best], ends), shape=topics.shape)
    topics.data[best] = 0
    mean = csr_array(local + head[rows])
    of_topic = np.zeros(mean.shape[1])
    present, starts = np.unique(rows, return_index=True)
    for row, (start, end) in zip(present, pairwise([*starts, len(rows)]), strict=True):
        rest = slice(topics.indptr[row], topics.indptr[row + 1])
        cells = slice(mean.indptr[start], mean.indptr[end])
        of_topic[topics.indices[rest]] = topics.data[rest]
        mean.data[cells] += of_topic[mean.indices[cells]]
        of_topic[topics.indices[rest]] = 0
    mean.data /= 2
    return mean


def best_places(matrix: csr_array, n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where in ``matrix.data`` the *n* largest positive values of each row are, and the rows that they are in.

    Row by row, best first, equal values by column; rows with fewer positive values have fewer places.
    """
    floors = np.repeat(_floors(matrix, n), np.diff(matrix.indptr))
    places = np.flatnonzero(matrix.data >= floors)
    owners = np.searchsorted(matrix.indptr, places, side="right") - 1
    places = places[np.lexsort((matrix.indices[places], -matrix.data[places], owners))]
    ranks = np.arange(len(places)) - np.searchsorted(owners, owners)
    return places[ranks < n], owners[ranks < n]


def _floors(matrix: csr_array, n: int) -> NDArray[np.float64]:
    """For each row a positive value that its *n* largest positive values reach, and few others.

    It is the *n*-th largest maximum over pieces of the row: one pass instead of a sort.
    """
    floors = np.full(matrix.shape[0], np.nextafter(0.0, 1.0))
    lengths = np.diff(matrix.indptr).astype(np.int64)
    pieces = 4 * n
    long = np.flatnonzero(lengths >= pieces)
    if not len(long):
        return floors
    cuts = matrix.indptr[long, None] + lengths[long, None] * np.arange(pieces + 1) // pieces
    largest = np.maximum.reduceat(np.append(matrix.data, -np.inf), cuts.ravel()).reshape(cuts.shape)[:, :-1]
    floors[long] = np.maximum(floors[long], np.partition(largest, pieces - n, axis=1)[:, pieces - n])
    return floors


def tabled(
    state: FittedState, found: Slices, weights: csr_array, n_words: int, values: pd.Index[Any], name: str
) -> pd.DataFrame:
    """Topic, Words by *weights*, Frequency, and *name* with the one of *values* that a slice's group stands for.

    By group, then topic. Words are the *n_words* of largest positive weight, best first, joined by ", ".
    """
    import pandas as pd

    table: pd.DataFrame = pd.DataFrame(
        {
            "Topic": state.index.ids[found.rows],
            "Words": pd.Series(_words(weights, state.vocabulary, n_words), dtype=str),
            "Frequency": found.sizes,
            name: values[found.groups],
        }
    )
    ordered: pd.DataFrame = table.iloc[np.lexsort((found.rows, found.groups))].reset_index(drop=True)
    return ordered


def _words(weights: csr_array, vocabulary: Sequence[str], n: int) -> list[str]:
    places, owners = best_places(weights, n)
    columns, spelt = np.unique(weights.indices[places], return_inverse=True)
    terms = [vocabulary[column] for column in columns.tolist()]
    words = [terms[place] for place in spelt.tolist()]
    ends = np.searchsorted(owners, np.arange(weights.shape[0] + 1)).tolist()
    return [", ".join(words[start:end]) for start, end in pairwise(ends)]


def whole(value: Any, what: str) -> int:
    """*value* as a whole number of at least 1.

    Raises:
        InputError: It is none.
    """
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < 1:
        raise InputError(f"{what} must be a whole number of at least 1, got {value!r}")
    return int(value)


def per_document(values: Any, n: int, what: str) -> pd.Series[Any]:
    """*values*, one a document, as a column: of its own type where it has one, else of objects.

    Raises:
        InputError: *values* is no column, or not of *n* entries.
    """
    import pandas as pd

    unordered = isinstance(values, (str, bytes, Mapping, Set)) or not isinstance(values, Iterable)
    if unordered or len(getattr(values, "shape", (n,))) != 1:
        raise InputError(f"{what} must be a list, one entry a document, got {type(values).__name__}")
    if hasattr(values, "to_pylist"):
        values = values.to_pylist()  # the entries of an Arrow array are no plain values
    typed = isinstance(values, (np.ndarray, pd.Series, pd.Index, pd.api.extensions.ExtensionArray))
    column: pd.Series[Any] = pd.Series(values) if typed else pd.Series(list(values), dtype=object)
    if len(column) != n:
        raise InputError(f"{what} has {len(column)} entries, but the model was fitted on {n} documents")
    return column.reset_index(drop=True)


def shown(value: Any) -> str:
    """*value* and its type, for a message."""
    if value is None:
        return "None"
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 40 else text[:37] + '...'}"
