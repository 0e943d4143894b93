"""Document-term counts from token ids, and the sparse algebra on them.

Nothing here reads text: n-grams are pairs of neighbouring ids, and every grouping of documents is one
product with a sparse indicator.
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from .errors import InputError
from .tokens import Rules, Tokens

__all__ = ["best_columns", "count", "count_known", "document_frequency", "group_sums", "indicator", "select_columns"]

Integers: TypeAlias = NDArray[np.integer]


def count(tokens: Tokens, rules: Rules) -> tuple[csr_array, list[str]]:
    """Count the terms that *rules* allow in each document.

    Returns:
        Counts (n documents, v terms), CSR int32 with sorted columns, and the v terms in column order
        (alphabetical; a given vocabulary keeps its own order). Equal to scikit-learn's CountVectorizer
        with the same tokens, stop words, n-gram range and limits.

    Raises:
        InputError: No term is left, and the rules do not relax.
    """
    if rules.vocabulary is not None:
        counts = count_known(tokens, rules.vocabulary, rules)
        if not counts.nnz:
            raise InputError(f"none of the {len(rules.vocabulary)} terms of the vocabulary is in the documents")
        return counts, list(rules.vocabulary)
    ids, owners = _kept(tokens, rules)
    columns: list[Integers] = []
    rows: list[Integers] = []
    pieces: list[NDArray[np.int32]] = []
    for size, (grams, places) in enumerate(_grams(ids, owners, rules.ngram_range, len(tokens.vocabulary)), 1):
        if size < rules.ngram_range[0] or not len(places):
            continue
        columns.append(grams[1] + sum(map(len, pieces)))
        rows.append(owners[places])
        pieces.append(_spell(grams[0], ids, size))
    if not pieces:
        raise InputError(_nothing_left("the documents hold no words", rules))
    counts = _matrix(np.concatenate(rows), np.concatenate(columns), (len(tokens), sum(map(len, pieces))))
    if rules.binary:
        counts.data[:] = 1
    keep = _limits(counts, rules)
    counts = select_columns(counts, keep)
    terms = _texts(pieces, keep, tokens.vocabulary)
    counts, terms = _alphabetical(counts, terms)
    if rules.max_features is not None and rules.max_features < len(terms):
        totals = np.asarray(counts.sum(axis=0)).ravel()
        best = np.sort((-totals).argsort()[: rules.max_features])
        counts, terms = select_columns(counts, best), [terms[column] for column in best]
    return counts, terms


def count_known(tokens: Tokens, terms: Sequence[str], rules: Rules) -> csr_array:
    """Counts (n documents, v) of exactly *terms* in documents over a vocabulary that may hold more."""
    column = {term: place for place, term in enumerate(terms)}
    ids, owners = _kept(tokens, rules)
    columns, rows = [], []
    for size, (grams, places) in enumerate(_grams(ids, owners, rules.ngram_range, len(tokens.vocabulary)), 1):
        if size < rules.ngram_range[0]:
            continue
        spelt = _spell(grams[0], ids, size)
        known = np.fromiter((column.get(text, -1) for text in _join(spelt, tokens.vocabulary)), np.int64, len(spelt))
        found = known[grams[1]]
        columns.append(found[found >= 0])
        rows.append(owners[places][found >= 0])
    counts = _matrix(np.concatenate(rows), np.concatenate(columns), (len(tokens), len(terms)))
    if rules.binary:
        counts.data[:] = 1
    return counts


def document_frequency(counts: csr_array) -> NDArray[np.int64]:
    """(v,) in how many rows each column is not zero."""
    return np.bincount(counts.indices[counts.data != 0], minlength=counts.shape[1])


def indicator(groups: Integers, n_groups: int) -> csr_array:
    """(groups, documents) float32 with a one where a document is in a group; negative groups are left out."""
    inside = np.flatnonzero(groups >= 0)
    ones = np.ones(len(inside), dtype=np.float32)
    return csr_array((ones, (groups[inside], inside)), shape=(n_groups, len(groups)))


def group_sums(counts: csr_array, groups: Integers, n_groups: int) -> csr_array:
    """(groups, v) int64 sums of the rows of *counts* in each group, sorted columns."""
    inside = np.flatnonzero(groups >= 0)
    ones = np.ones(len(inside), dtype=np.int64)
    sums = csr_array(csr_array((ones, (groups[inside], inside)), shape=(n_groups, len(groups))) @ counts)
    sums.sort_indices()
    return sums


def select_columns(counts: csr_array, keep: NDArray[np.bool_] | Integers) -> csr_array:
    """The columns of *counts* where *keep* is true, or at these ascending positions."""
    positions = np.flatnonzero(keep) if keep.dtype == bool else keep
    if len(positions) == counts.shape[1]:
        return counts
    target = np.full(counts.shape[1], -1, dtype=counts.indices.dtype)
    target[positions] = np.arange(len(positions))
    columns = target[counts.indices]
    kept = columns >= 0
    running = np.concatenate([[0], np.cumsum(kept)])
    return csr_array(
        (counts.data[kept], columns[kept], running[counts.indptr].astype(counts.indptr.dtype)),
        shape=(counts.shape[0], len(positions)),
    )


def _kept(tokens: Tokens, rules: Rules) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Ids and documents of the tokens that are no stop words."""
    drop = tokens.with_stop_words(rules.stop_words).stop
    if not rules.numbers:
        drop = drop | np.fromiter((token.isnumeric() for token in tokens.vocabulary), bool, len(drop))
    keep = ~drop[tokens.ids]
    return tokens.ids[keep], tokens.owners()[keep]


def _grams(
    ids: NDArray[np.int32], owners: NDArray[np.int32], ngram_range: tuple[int, int], base: int
) -> list[tuple[tuple[Integers, Integers], Integers]]:
    """For each length up to the longest: ((an example start of each distinct gram, gram of each place), places).

    A place is the position of a gram's first token; grams never cross documents.
    """
    places = np.arange(len(ids))
    keys = ids.astype(np.int64)
    found: list[tuple[tuple[Integers, Integers], Integers]] = []
    for size in range(1, ngram_range[1] + 1):
        if size == 1:
            first, gram = _distinct_ids(keys, base)
        else:
            last = places + size - 1
            inside = last < len(ids)
            places, gram, last = places[inside], gram[inside], last[inside]
            inside = owners[places] == owners[last]
            places, keys = places[inside], gram[inside] * np.int64(base) + ids[last[inside]]
            _, first, gram = np.unique(keys, return_index=True, return_inverse=True)
        found.append(((places[first], gram), places))
    return found


def _distinct_ids(keys: NDArray[np.int64], base: int) -> tuple[Integers, Integers]:
    """What ``np.unique`` gives for first places and inverse, without a sort: *keys* are below *base*."""
    first = np.full(base, -1, dtype=np.int64)
    first[keys[::-1]] = np.arange(len(keys) - 1, -1, -1)
    used = first >= 0
    return first[used], (np.cumsum(used) - 1)[keys]


def _spell(starts: Integers, ids: NDArray[np.int32], size: int) -> NDArray[np.int32]:
    """(grams, size) the token ids of each distinct gram."""
    return np.asarray(ids[starts[:, None] + np.arange(size)], dtype=np.int32)


def _join(spelt: NDArray[np.int32], vocabulary: Sequence[str]) -> list[str]:
    return [" ".join([vocabulary[token] for token in gram]) for gram in spelt.tolist()]


def _texts(pieces: list[NDArray[np.int32]], keep: NDArray[np.bool_], vocabulary: Sequence[str]) -> list[str]:
    texts: list[str] = []
    start = 0
    for piece in pieces:
        texts += _join(piece[keep[start : start + len(piece)]], vocabulary)
        start += len(piece)
    return texts


def _matrix(rows: Integers, columns: Integers, shape: tuple[int, int]) -> csr_array:
    narrow = np.int32 if max(*shape, len(rows)) < 2**31 else np.int64
    ones = np.ones(len(rows), dtype=np.int32)
    counts = csr_array((ones, (rows.astype(narrow), columns.astype(narrow))), shape=shape)
    counts.sum_duplicates()
    return counts


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
    keep: NDArray[np.bool_] = (frequency <= highest) & (frequency >= lowest)
    if not keep.any() and rules.relax:
        keep = frequency >= min(lowest, frequency.max())
    if not keep.any():
        raise InputError(_nothing_left("no term is within the limits", rules))
    return np.asarray(keep)


def _lowest(min_df: int | float | None, n: int) -> float:
    if min_df is None:
        return 5 if n > 2000 else 2
    return min_df if isinstance(min_df, Integral) else min_df * n


def _alphabetical(counts: csr_array, terms: list[str]) -> tuple[csr_array, list[str]]:
    """Sort the columns by term; terms spelt alike (tokens with spaces) become one."""
    distinct = sorted(set(terms))
    place = {term: column for column, term in enumerate(distinct)}
    columns = np.fromiter((place[term] for term in terms), np.int32, len(terms))
    counts = csr_array((counts.data, columns[counts.indices], counts.indptr), shape=(counts.shape[0], len(distinct)))
    counts.sum_duplicates()
    return counts, distinct


def _nothing_left(what: str, rules: Rules) -> str:
    return (
        f"{what} (stop words: {len(rules.stop_words)}, ngram_range={rules.ngram_range}, min_df={rules.min_df}, "
        f"max_df={rules.max_df}); give fewer stop words or wider limits"
    )


def best_columns(matrix: csr_array, n: int) -> list[tuple[Integers, NDArray[np.float64]]]:
    """The *n* columns of largest positive value of each row, best first, equal values by column."""
    best: list[tuple[Integers, NDArray[np.float64]]] = []
    for start, end in zip(matrix.indptr[:-1], matrix.indptr[1:], strict=True):
        columns, values = matrix.indices[start:end], matrix.data[start:end]
        if len(values) > 4 * n:
            floor = np.partition(values, len(values) - n)[len(values) - n]
            chosen = values >= floor
            columns, values = columns[chosen], values[chosen]
        order = np.lexsort((columns, -values))[:n]
        order = order[values[order] > 0]
        best.append((columns[order], values[order].astype(np.float64)))
    return best
