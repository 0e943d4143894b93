"""Windows that slide over documents, and the terms that each holds, from token ids alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ..tokens import Rules, Tokens
from ..vocabulary import Terms, Vocabulary

__all__ = ["Sliding", "TermTree", "Windows", "ranges", "running"]

Places = NDArray[np.int64]


def ranges(starts: Places, ends: Places) -> Places:
    """The numbers of each ``range(start, end)``, one range after the other."""
    lengths = ends - starts
    before = running(lengths)
    return np.repeat(starts - before[:-1], lengths) + np.arange(before[-1])


def running(numbers: NDArray[Any]) -> Places:
    """(n + 1,) the sum of the *numbers* in front of each, and of all."""
    sums = np.zeros(len(numbers) + 1, dtype=np.int64)
    np.cumsum(numbers, out=sums[1:])
    return sums


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """Windows in the order of their documents; none begins or ends before the one in front of it.

    Args:
        documents: (m,) the document of each.
        begins: (m,) the position of its first token.
        ends: (m,) the position after its last token.
    """

    documents: Places
    begins: Places
    ends: Places

    def __len__(self) -> int:
        return len(self.begins)

    @property
    def tokens(self) -> slice:
        """The tokens from the first window to the last."""
        return slice(int(self.begins[0]), int(self.ends[-1]))

    def holding(self) -> tuple[Places, Places]:
        """For each of ``tokens``: the first window that holds it, and the one after the last."""
        origin, n = self.tokens.start, self.tokens.stop - self.tokens.start
        opened = np.cumsum(np.bincount(self.begins - origin, minlength=n + 1))
        closed = np.cumsum(np.bincount(self.ends - origin, minlength=n + 1))
        return closed[:n], opened[:n]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sliding:
    """How windows slide.

    Args:
        window: Tokens of a window; a document of fewer is one window.
        stride: Tokens from one window to the next.
        padding: Whether windows reach over both ends of a document.
    """

    window: int = 4
    stride: int = 1
    padding: bool = False

    def numbers(self, lengths: Places) -> Places:
        """How many windows documents of these *lengths* have; an empty one has none."""
        inside = (lengths - (1 if self.padding else self.window)) // self.stride + 1
        return np.where(lengths < self.window, np.minimum(lengths, 1), inside + self._leading)

    @property
    def _leading(self) -> int:
        """Windows that begin in front of the document."""
        return -(-self.window // self.stride) - 1 if self.padding else 0

    def windows(self, offsets: Places, start: int, stop: int) -> Windows:
        """The windows numbered *start* to *stop* of consecutive documents that lie between *offsets*."""
        lengths = offsets[1:] - offsets[:-1]
        before = running(self.numbers(lengths))
        inside = np.clip(before, start, stop)
        shown = inside[1:] - inside[:-1]
        leading = np.where(lengths < self.window, 0, self._leading)
        places = (np.arange(start, stop) - np.repeat(before[:-1] + leading, shown)) * self.stride
        origin = np.repeat(offsets[:-1], shown)
        return Windows(
            documents=np.repeat(np.arange(len(lengths)), shown),
            begins=origin + np.maximum(places, 0),
            ends=origin + np.minimum(places + self.window, np.repeat(lengths, shown)),
        )


class TermTree:
    """The terms of a vocabulary by the tokens that they are made of, to be found in windows.

    Args:
        terms: The v terms.
        tokens: The documents that windows slide over.
        rules: Which tokens are dropped before n-grams are formed, and how long these are.
    """

    def __init__(self, terms: Sequence[str], tokens: Tokens, rules: Rules) -> None:
        vocabulary = Vocabulary.of(tokens.vocabulary)
        self._ids = tokens.ids
        self._base = len(vocabulary)
        self._dropped = vocabulary.among(rules.stop_words)
        if not rules.numbers:
            self._dropped = self._dropped | vocabulary.numeric
        self._levels = _levels(_spellings(terms, vocabulary, rules.ngram_range), self._base)
        self._n_terms, self._binary = len(terms), rules.binary

    @property
    def longest(self) -> int:
        """Most tokens of a term."""
        return len(self._levels)

    def count(self, windows: Windows) -> tuple[Places, csr_array]:
        """Count the terms in *windows*: stop words are dropped, and what is left are neighbours.

        Returns:
            (r,) the windows that are the first of their document or hold other occurrences of terms than the one in
            front of them, and (r, v) their counts; the windows up to the next have the same.
        """
        ids = self._ids[windows.tokens]
        kept = ~self._dropped[ids]
        before = running(kept)
        begins, ends = before[windows.begins - windows.tokens.start], before[windows.ends - windows.tokens.start]
        columns, first, last, held = [], [], [], 0
        for size, found in enumerate(self._found(ids[kept]), 1):
            known = found >= 0
            before = running(known) + held
            columns.append(found[known])
            first.append(before[begins])
            last.append(before[np.maximum(ends - size + 1, begins)])
            held += len(columns[-1])
        edges = np.stack([windows.documents, *first, *last])
        runs = np.flatnonzero(np.append(True, (edges[:, 1:] != edges[:, :-1]).any(axis=0)))
        starts, stops = np.stack(first, axis=1)[runs], np.stack(last, axis=1)[runs]
        return runs, self._counts(np.concatenate(columns), starts, stops)

    def _counts(self, columns: NDArray[np.int32], starts: Places, stops: Places) -> csr_array:
        """(r, v) counts of the *columns* in the ranges of each row, (r, lengths of n-gram)."""
        found = columns[ranges(starts.ravel(), stops.ravel())]
        ends = running((stops - starts).sum(axis=1)).astype(np.int32)
        counts = csr_array((np.ones(len(found), dtype=np.int32), found, ends), shape=(len(starts), self._n_terms))
        counts.sum_duplicates()
        if self._binary:
            counts.data[:] = 1
        return counts

    def _found(self, tokens: NDArray[np.int32]) -> Iterator[NDArray[np.int32]]:
        """For each length of n-gram: (tokens,) the term that begins at each token, or -1."""
        nodes = tokens.astype(np.int64)
        for size, level in enumerate(self._levels, 1):
            if size > 1:
                nodes = level.step(nodes[:-1], tokens[size - 1 :], self._base)
            found = np.full(len(tokens), -1, dtype=np.int32)
            found[: len(nodes)] = level.columns[nodes]
            yield found


@dataclass(frozen=True, slots=True)
class _Level:
    """What terms begin with, so many tokens long.

    Args:
        keys: Ascending: the number of the beginning that is a token shorter, times the number of tokens, plus the last
            token. A beginning of one token has the number of that.
        columns: (beginnings + 1,) the term that each is in full, or -1; the last stands for what begins no term.
    """

    keys: Places
    columns: NDArray[np.int32]

    def step(self, shorter: Places, tokens: NDArray[np.int32], base: int) -> Places:
        """The number of what each *shorter* beginning becomes with the next of *tokens*, or -1."""
        if not len(self.keys):
            return np.full(len(shorter), -1, dtype=np.int64)
        keys = np.where(shorter < 0, -1, shorter * base + tokens)
        found = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[found] == keys, found, -1)


def _levels(spelt: Sequence[tuple[Places, Places]], base: int) -> list[_Level]:
    """The tree of what ``_spellings`` gave, a level for each length."""
    nodes = [tokens[:, 0] for tokens, _ in spelt]
    levels = []
    for depth, (_, terms) in enumerate(spelt):
        keys = np.arange(base)
        if depth:
            steps = [nodes[size] * base + spelt[size][0][:, depth] for size in range(depth, len(spelt))]
            keys = np.unique(np.concatenate(steps))
            nodes[depth:] = [np.searchsorted(keys, step) for step in steps]
        columns = np.full(len(keys) + 1, -1, dtype=np.int32)
        columns[nodes[depth]] = terms
        levels.append(_Level(keys, columns))
    return levels


def _spellings(
    terms: Sequence[str], vocabulary: Vocabulary, ngram_range: tuple[int, int]
) -> list[tuple[Places, Places]]:
    """The *terms* that are one token, two tokens, and so on up to the longest n-gram.

    Each as (spellings, size) tokens and (spellings,) terms. A term may have several where tokens hold spaces.
    """
    fewest, most = ngram_range
    if isinstance(terms, Terms) and terms.vocabulary is vocabulary and vocabulary.joinable:
        return [terms.of_length(size) for size in range(1, most + 1)]
    place = vocabulary.ids
    spaced = most > 1 and any(" " in token for token in place)
    spelt = []
    for size in range(1, most + 1):
        columns, words = _cut(terms, size, spaced) if size >= fewest else ([], [])
        tokens = np.fromiter(map(place.get, words, repeat(-1)), np.int64, len(words)).reshape(-1, size)
        known = (tokens >= 0).all(axis=1)
        spelt.append((tokens[known], np.asarray(columns, dtype=np.int64)[known]))
    return spelt


def _cut(terms: Sequence[str], size: int, spaced: bool) -> tuple[Sequence[int], Sequence[str]]:
    """The *terms* that can be cut into *size* parts, and the parts of each, one after the other."""
    if size == 1:
        return range(len(terms)), terms
    if spaced:
        ways = [(column, way) for column, term in enumerate(terms) for way in _ways(term.split(" "), size)]
        return [column for column, _ in ways], [part for _, way in ways for part in way]
    columns = [column for column, term in enumerate(terms) if term.count(" ") == size - 1]
    return columns, " ".join([terms[column] for column in columns]).split(" ") if columns else []


def _ways(words: list[str], size: int) -> Iterator[list[str]]:
    """The ways to make *size* parts of *words*."""
    for cuts in combinations(range(1, len(words)), size - 1):
        yield [" ".join(words[start:end]) for start, end in pairwise((0, *cuts, len(words)))]
