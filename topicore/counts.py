"""Document-term counts from token ids, and the sparse algebra on them.

Nothing here reads text. Rows are summed by sorting numbers that stand for (row, column), in blocks that fit the cache
of a processor.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from numbers import Integral
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from .errors import InputError
from .ngrams import Held, held_terms
from .tokens import Rules, Tokens
from .vocabulary import lookup

__all__ = ["best_columns", "count", "count_known", "document_frequency", "group_sums", "indicator", "select_columns"]

Integers: TypeAlias = NDArray[np.integer]

BLOCK = 1 << 16
"""How many numbers are sorted at once."""


def count(tokens: Tokens, rules: Rules) -> tuple[csr_array, Sequence[str]]:
    """Count the terms that *rules* allow in each document.

    Returns:
        Counts (n documents, v terms), CSR int32 with sorted columns, and the v terms in column order
        (alphabetical; a given vocabulary keeps its own order). Equal to scikit-learn's CountVectorizer
        with the same tokens, stop words, n-gram range and limits. The terms are spelt when they are read.

    Raises:
        InputError: No term is left, and the rules do not relax.
    """
    if rules.vocabulary is not None:
        counts = count_known(tokens, rules.vocabulary, rules)
        if not counts.nnz:
            raise InputError(f"none of the {len(rules.vocabulary)} terms of the vocabulary is in the documents")
        return counts, list(rules.vocabulary)
    held, terms = held_terms(tokens, rules)
    if rules.ngram_range[1] > 1 and not terms.vocabulary.joinable:
        terms, places = terms.merged()
        held = [part.moved(places) for part in held]
    counts = _summed(held, len(terms))
    if not counts.nnz:
        raise InputError(_nothing_left("the documents hold no words", rules))
    if rules.binary:
        counts.data[:] = 1
    keep = _limits(counts, rules)
    if not keep.all():
        counts, terms = select_columns(counts, keep), terms.take(keep)
    if rules.max_features is not None and rules.max_features < len(terms):
        totals = np.asarray(counts.sum(axis=0)).ravel()
        best = np.sort((-totals).argsort()[: rules.max_features])
        counts, terms = select_columns(counts, best), terms.take(best)
    return counts, terms


def count_known(tokens: Tokens, terms: Sequence[str], rules: Rules) -> csr_array:
    """Counts (n documents, v) of exactly *terms* in documents over a vocabulary that may hold more."""
    held, found = held_terms(tokens, rules)
    places = lookup(terms)(found)
    counts = _summed([part.moved(places) for part in held], len(terms))
    if rules.binary:
        counts.data[:] = 1
    return counts


def document_frequency(counts: csr_array) -> NDArray[np.int64]:
    """(v,) in how many rows each column is not zero."""
    there = counts.data != 0
    columns = counts.indices if there.all() else counts.indices[there]
    return np.bincount(columns, minlength=counts.shape[1])


def indicator(groups: Integers, n_groups: int) -> csr_array:
    """(groups, documents) float32 with a one where a document is in a group; negative groups are left out."""
    inside = np.flatnonzero(groups >= 0)
    ones = np.ones(len(inside), dtype=np.float32)
    return csr_array((ones, (groups[inside], inside)), shape=(n_groups, len(groups)))


def group_sums(counts: csr_array, groups: Integers, n_groups: int) -> csr_array:
    """(groups, v) int64 sums of the rows of *counts* in each group, sorted columns; float64 where counts are floats."""
    inside = np.flatnonzero(groups >= 0)
    order = inside[np.argsort(groups[inside], kind="stable")]
    stacked, width = counts[order], counts.shape[1]
    ends = stacked.indptr[np.searchsorted(groups[order], np.arange(n_groups + 1))]
    if stacked.dtype.kind in "iu" and stacked.data.min(initial=1) > 0:
        bits = int(stacked.data.max(initial=1)).bit_length()
        if n_groups * (width + 1) << bits < 2**64:
            return _summed([Held(ends, stacked.indices)], width, stacked.data, bits)
    values = stacked.data.astype(np.result_type(np.int64, stacked.dtype))
    sums = csr_array((values, stacked.indices, ends), shape=(n_groups, width))
    sums.sum_duplicates()
    sums.eliminate_zeros()
    return sums


def select_columns(counts: csr_array, keep: NDArray[np.bool_] | Integers) -> csr_array:
    """The columns of *counts* where *keep* is true, or at these ascending positions."""
    positions = np.flatnonzero(keep) if keep.dtype == bool else keep
    if len(positions) == counts.shape[1]:
        return counts
    target = np.full(counts.shape[1], -1, dtype=counts.indices.dtype)
    target[positions] = np.arange(len(positions))
    columns = target.take(counts.indices)
    kept = np.flatnonzero(columns >= 0)
    ends = np.searchsorted(kept, counts.indptr).astype(counts.indptr.dtype)
    return csr_array((counts.data.take(kept), columns.take(kept), ends), shape=(counts.shape[0], len(positions)))


def _summed(held: Sequence[Held], width: int, values: Integers | None = None, bits: int = 0) -> csr_array:
    """How often each row holds each of *width* columns: int32, sorted columns.

    Args:
        held: Parts of what the rows hold.
        width: Columns.
        values: For a single part, what to add up instead of ones; then the sums are int64.
        bits: How many the *values* have.
    """
    ends = np.asarray(np.sum([part.ends for part in held], axis=0), dtype=np.int64)
    cuts = np.unique(np.searchsorted(ends, np.arange(BLOCK, ends[-1], BLOCK))).tolist()
    blocks = [
        _block(held, first, last, width, None if values is None else values[ends[first] : ends[last]], bits)
        for first, last in pairwise([0, *cuts, len(ends) - 1])
    ]
    columns, sums, lengths = map(np.concatenate, zip(*blocks, strict=True))
    narrow = np.int32 if len(columns) < 2**31 else np.int64
    starts = np.append(0, np.cumsum(lengths)).astype(narrow)
    return csr_array((sums, columns.astype(narrow, copy=False), starts), shape=(len(ends) - 1, width))


def _block(
    held: Sequence[Held], first: int, last: int, width: int, values: Integers | None, bits: int
) -> tuple[NDArray[np.int32], Integers, NDArray[np.int64]]:
    """Columns and sums of the rows from *first* to *last*, and how many of them each row has.

    A key is a row and a column, with the value in its lowest bits. As keys of a row stay among those of the row, what
    stands for the row can be taken away again by position.
    """
    span = width + 1  # the last column is of what is left out
    kind: Any = np.uint32 if (last - first) * span << bits < 2**32 else np.uint64
    rows = np.arange(0, (last - first) * span, span, dtype=kind)
    parts = []
    for part in held:
        columns = np.minimum(part.between(first, last).astype(kind), kind(width))  # -1 became the largest of its kind
        parts.append(np.repeat(rows, np.diff(part.ends[first : last + 1])) + columns)
    lengths = sum(np.diff(part.ends[first : last + 1]) for part in held)
    keys = np.concatenate(parts)
    if values is not None:
        keys = keys << kind(bits) | values.astype(kind)
    keys.sort()
    running = np.arange(1, len(keys) + 1, dtype=np.int32)
    if values is not None:
        running = np.cumsum(keys & kind((1 << bits) - 1), dtype=np.int64)
        keys >>= kind(bits)
    final = np.flatnonzero(np.append(keys[1:] != keys[:-1], True)[: len(keys)])
    keys -= np.repeat(rows, lengths)
    columns, sums = keys.take(final).astype(np.int32), np.diff(running.take(final), prepend=running.dtype.type(0))
    inside = np.flatnonzero(columns < width)
    if len(inside) < len(columns):
        final, columns, sums = final.take(inside), columns.take(inside), sums.take(inside)
    return columns, sums, np.diff(np.searchsorted(final, np.cumsum(lengths)), prepend=0)


def _limits(counts: csr_array, rules: Rules) -> NDArray[np.bool_]:
    """(v,) which terms are within the document frequency limits."""
    n = counts.shape[0]
    frequency = document_frequency(counts)
    highest = rules.max_df if isinstance(rules.max_df, Integral) else rules.max_df * n
    lowest = _lowest(rules.min_df, n)
    if highest < lowest and not rules.relax:
        raise InputError(
            f"max_df={rules.max_df} means at most {highest:g} of {n} documents and min_df={rules.min_df} at least "
            f"{lowest:g}: no term can be both; lower min_df or raise max_df"
        )
    keep: NDArray[np.bool_] = (frequency <= highest) & (frequency >= max(lowest, 1))
    if not keep.any() and rules.relax:
        keep = frequency >= max(1, min(lowest, frequency.max()))
    if not keep.any():
        raise InputError(_nothing_left("no term is within the limits", rules))
    return np.asarray(keep)


def _lowest(min_df: int | float | None, n: int) -> float:
    if min_df is None:
        return 5 if n > 2000 else 2
    return min_df if isinstance(min_df, Integral) else min_df * n


def _nothing_left(what: str, rules: Rules) -> str:
    return (
        f"{what} (stop words: {len(rules.stop_words)}, ngram_range={rules.ngram_range}, min_df={rules.min_df}, "
        f"max_df={rules.max_df}); give fewer stop words or wider limits"
    )


def best_columns(matrix: csr_array, n: int) -> list[tuple[Integers, NDArray[np.float64]]]:
    """The *n* columns of largest positive value of each row, best first, equal values by column."""
    matrix = matrix if matrix.has_sorted_indices else matrix.sorted_indices()
    lengths = np.diff(matrix.indptr)
    widths = 1 << np.ceil(np.log2(np.maximum(lengths, 1))).astype(np.int64)
    best = [(matrix.indices[:0], np.zeros(0))] * len(lengths)
    for width in np.unique(widths[lengths > 0]).tolist():  # rows about as long are dealt with together
        alike = np.flatnonzero((widths == width) & (lengths > 0))
        for rows in np.array_split(alike, min(len(alike), -(-len(alike) * width // BLOCK))):
            values = _under_each_other(matrix, rows)
            chosen = _largest(values, min(n, values.shape[1]))
            values = np.take_along_axis(values, chosen, axis=1)
            columns = matrix.indices.take(matrix.indptr[rows][:, None] + chosen, mode="clip")
            ends = (values > 0).sum(axis=1)
            for place, (row, end) in enumerate(zip(rows.tolist(), ends.tolist(), strict=True)):
                best[row] = columns[place, :end], values[place, :end]
    return best


def _under_each_other(matrix: csr_array, rows: Integers) -> NDArray[np.float64]:
    """(rows, width) the values of *rows*, minus infinity behind those of the shorter ones."""
    starts, ends = matrix.indptr[rows], matrix.indptr[rows + 1]
    if len(rows) == 1:
        return np.asarray(matrix.data[None, starts[0] : ends[0]], dtype=np.float64)
    places = np.arange((ends - starts).max())
    values = matrix.data.take(starts[:, None] + places, mode="clip").astype(np.float64)
    values[places >= (ends - starts)[:, None]] = -np.inf
    return values


def _largest(values: NDArray[np.float64], n: int) -> NDArray[np.int64]:
    """(m, n) where the *n* largest of each row are, largest first, equal ones in order."""
    m, width = values.shape
    chosen = np.broadcast_to(np.arange(width), values.shape)
    if n < width:
        floors = np.partition(values, width - n, axis=1)[:, width - n]
        flat = np.flatnonzero(values >= floors[:, None])
        rows = flat // width
        level = values.ravel().take(flat) == floors.take(rows)
        starts = np.searchsorted(rows, np.arange(m + 1))
        levels = np.append(0, np.cumsum(level))
        room = n - np.diff(starts) + np.diff(levels.take(starts))  # for those that are no larger than the floor
        flat = flat[~level | (levels[1:] - levels.take(starts[:-1]).take(rows) <= room.take(rows))]
        chosen = (flat % width).reshape(m, n)
    order = np.argsort(-np.take_along_axis(values, chosen, axis=1), axis=1, kind="stable")
    return np.take_along_axis(chosen, order, axis=1)
