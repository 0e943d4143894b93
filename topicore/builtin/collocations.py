"""Which words of a corpus stand together more often than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ..ngrams import held_terms
from ..tokens import Rules, Tokens
from ..vocabulary import Vocabulary

__all__ = ["Collocations", "collocations"]

Integers: TypeAlias = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Collocations:
    """Runs of neighbouring words.

    Args:
        words: (p, longest) the token ids of each, then -1.
        counts: (n documents, p) how often each is in each document.
    """

    words: NDArray[np.int64]
    counts: csr_array


@dataclass(frozen=True, slots=True)
class _Grams:
    """All runs of neighbouring tokens.

    Args:
        at: For each length: the run that begins at each token, -1 where it would leave the document.
        totals: How often each is in the corpus.
    """

    at: Sequence[Integers]
    totals: Integers


def collocations(tokens: Tokens, longest: int, least: int, association: float) -> Collocations:
    """The runs of 2 to *longest* different words that hold together, with no stop word and no number at either end.

    A run holds together where at each place between two words that say something, the part before and the part after
    it have a normalised pointwise mutual information (Bouma 2009) of *association* or more:
    log(p(run) / (p(before) p(after))) / -log(p(run)), each p a share of the tokens. Stop words inside a run belong to
    neither part.

    Args:
        tokens: The corpus.
        longest: The most words of a run.
        least: How often a run must be in the corpus.
        association: From -1 (never together) over 0 (chance) to 1 (never apart).
    """
    held, terms = held_terms(tokens, Rules(ngram_range=(1, longest)))
    at = [part.between(0, len(tokens)) for part in held]
    totals = np.zeros(len(terms), dtype=np.int64)
    for part in at:
        totals += np.bincount(part[part >= 0], minlength=len(terms))
    grams = _Grams(at, totals)
    says = ~(tokens.stop | Vocabulary.of(tokens.vocabulary).numeric)
    frequent = np.flatnonzero(totals >= max(least, 1))
    shown = terms.take(frequent)
    words, kept = [], []
    for size in range(2, longest + 1):
        ids, places = shown.of_length(size)
        once = (np.diff(np.sort(ids, axis=1), axis=1) > 0).all(axis=1)
        fit = once & says[ids[:, 0]] & says[ids[:, -1]]
        ids, runs = ids[fit], frequent[places[fit]]
        bound = _bound(grams, runs, says[ids]) >= association
        words.append(np.pad(ids[bound], ((0, 0), (0, longest - size)), constant_values=-1))
        kept.append(runs[bound])
    return Collocations(np.concatenate(words), _counted(grams, np.concatenate(kept), tokens))


def _bound(grams: _Grams, runs: Integers, says: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(r,) the smallest association of two parts of each of the *runs*, all as long as *says* is wide."""
    size, n = says.shape[1], len(grams.at[0])
    example = np.zeros(len(grams.totals) + 1, dtype=np.int64)
    example[grams.at[size - 1]] = np.arange(len(grams.at[size - 1]))
    starts, together = example[runs], grams.totals[runs] / n
    smallest = np.full(len(runs), np.inf)
    for end in range(1, size):
        for start in range(end, size):
            there = says[:, end - 1] & says[:, start] & ~says[:, end:start].any(axis=1)
            first = starts[there]
            before = grams.totals[grams.at[end - 1][first]] / n
            after = grams.totals[grams.at[size - start - 1][first + start]] / n
            found = np.log(together[there] / (before * after)) / -np.log(together[there])
            smallest[there] = np.minimum(smallest[there], found)
    return smallest


def _counted(grams: _Grams, runs: Integers, tokens: Tokens) -> csr_array:
    """(n, r) how often each of the *runs* is in each document."""
    number = np.full(len(grams.totals) + 1, -1, dtype=np.int64)
    number[runs] = np.arange(len(runs))
    found = [number[part] for part in grams.at[1:]]
    begins = [np.flatnonzero(part >= 0) for part in found]
    columns = np.concatenate([part[there] for part, there in zip(found, begins, strict=True)])
    rows = np.searchsorted(tokens.offsets, np.concatenate(begins), side="right") - 1
    counts = csr_array((np.ones(len(rows), dtype=np.int64), (rows, columns)), shape=(len(tokens), len(runs)))
    counts.sum_duplicates()
    return counts
