"""How topics share documents, and each token of these, from windows that slide over the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from .. import registry
from ..components import Rules, Tokens, Vectorizer
from ..errors import InputError
from ..pipeline.reading import rules_of
from ..state import FittedState
from .likeness import TopicTerms, as_fraction
from .needed import tokens_of
from .windows import Sliding, TermTree, Windows, ranges, running

__all__ = ["Distribution", "approximate_distribution"]

BLOCK = 1 << 21
"""Numbers that a step holds at once beside its input and its result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """How topics share documents; a column a topic without -1, in order of id.

    Args:
        documents: (n, topics) the share of each topic; rows sum to 1, or are zero where no window is like a topic.
        tokens: For each document (its tokens, topics): the cosines of the windows that hold a token, added up. None
            where they were not asked for.
        store: The tokens of the documents, stop words among them.
    """

    documents: NDArray[np.float32]
    tokens: list[NDArray[np.float32]] | None
    store: Tokens

    def words(self, document: int) -> list[str]:
        """The tokens of the document at this position, in order: what the rows of ``tokens[document]`` are about."""
        start, end = self.store.offsets[document], self.store.offsets[document + 1]
        return [self.store.vocabulary[token] for token in self.store.ids[start:end].tolist()]


def approximate_distribution(
    state: FittedState,
    tokens: Tokens | None = None,
    *,
    window: int = 4,
    stride: int = 1,
    min_similarity: float = 0.1,
    padding: bool = False,
    calculate_tokens: bool = False,
) -> Distribution:
    """Share documents among topics by how like these the windows over their tokens are.

    The likeness of a window and a topic is the cosine of their term weights. A document's shares are the sums over its
    windows; with *calculate_tokens* the sums over its tokens, each the sum over the windows that hold it, so that
    tokens at the ends, of fewer windows, say less. A document does not depend on what others there are.

    Args:
        state: The fitted state.
        tokens: The tokens of new documents, over a vocabulary of their own; None for those of the fit.
        window: Tokens of a window, stop words among them; a document of fewer is one window.
        stride: Tokens from one window to the next.
        min_similarity: Cosines below this count as 0.
        padding: Whether windows reach over both ends of a document.
        calculate_tokens: Whether to tell the tokens apart.

    Raises:
        InputError: An argument cannot be used, the tokens are not kept, or the vectorizer gives none.
    """
    sliding = Sliding(window=_natural(window, "window"), stride=_natural(stride, "stride"), padding=bool(padding))
    least = as_fraction(min_similarity, "min_similarity")
    rules = _rules(state)
    store = tokens_of(state) if tokens is None else tokens
    topics = TopicTerms(state)
    work = _Work(store, sliding, TermTree(state.vocabulary, store, rules), topics, least)
    shares = np.zeros((len(store), len(topics)), dtype=np.float32)
    marks = np.zeros((len(store.ids), len(topics)), dtype=np.float32) if calculate_tokens else None
    for first, last, step in work.groups():
        sums = work.sums(first, last, step, marks)
        totals = sums.sum(axis=1, keepdims=True)
        shares[first:last] = sums / np.where(totals > 0, totals, 1)
    parts = None if marks is None else [marks[start:end] for start, end in pairwise(store.offsets.tolist())]
    return Distribution(documents=shares, tokens=parts, store=store)


@dataclass(frozen=True, slots=True)
class _Work:
    """Windows over the documents of a store, compared with topics in blocks."""

    store: Tokens
    sliding: Sliding
    terms: TermTree
    topics: TopicTerms
    least: float

    def groups(self) -> Iterator[tuple[int, int, int]]:
        """Documents from first to last that are looked at together, and how many of their windows at once.

        All of them, but for a single document that is too long; where it is cut depends on that document alone.
        """
        lengths = np.diff(self.store.offsets)
        reach = np.minimum(lengths, max(self.sliding.window, self.sliding.stride))
        each = 3 * len(self.topics) + 20 + reach * (3 + 5 * self.terms.longest)
        ends = np.cumsum((self.sliding.numbers(lengths) + 1) * each)
        first, done = 0, 0
        while first < len(ends):
            last = max(first + 1, int(np.searchsorted(ends, done + BLOCK, side="right")))
            yield first, last, BLOCK if last > first + 1 else max(1, BLOCK // int(each[first]))
            first, done = last, int(ends[last - 1])

    def sums(self, first: int, last: int, step: int, marks: NDArray[np.float32] | None) -> NDArray[np.float64]:
        """(documents, topics) the cosines of the windows of each document, *step* at once, added up.

        Where there are *marks*, a window counts once for each of its tokens, and those of the tokens are filled in.
        """
        offsets = self.store.offsets[first : last + 1]
        total = int(self.sliding.numbers(np.diff(offsets)).sum())
        sums = np.zeros((last - first, len(self.topics)))
        for start in range(0, total, step):
            windows = self.sliding.windows(offsets, start, min(start + step, total))
            runs, counts = self.terms.count(windows)
            cosines = self.topics.cosines(counts)
            np.multiply(cosines, cosines >= self.least, out=cosines)
            times = np.ones(len(windows)) if marks is None else windows.ends - windows.begins
            edges = np.searchsorted(windows.documents[runs], np.arange(last - first + 1))
            sums += _added(np.add.reduceat(times, runs), np.arange(len(runs)), edges, cosines)
            if marks is not None:
                marks[windows.tokens] += _of_tokens(windows, runs, cosines)
        return sums


def _of_tokens(windows: Windows, runs: NDArray[np.int64], cosines: NDArray[np.float32]) -> NDArray[np.float32]:
    """(tokens, topics) the sum of the *cosines* of the windows that hold each token; a row a run of equal windows."""
    first, last = windows.holding()
    row = np.repeat(np.arange(len(runs)), np.diff(np.append(runs, len(windows))))
    held = row[ranges(first, last)]
    return _added(np.ones(len(held)), held, running(last - first), cosines)


def _added(
    times: NDArray[Any], rows: NDArray[np.int64], edges: NDArray[np.int64], values: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The sums of so many *times* the *rows* of *values* between *edges*."""
    sums: Any = csr_array((times.astype(np.float32), rows, edges), shape=(len(edges) - 1, len(values))) @ values
    found: NDArray[np.float32] = sums
    return found


def _rules(state: FittedState) -> Rules:
    """Which tokens the fitted vectorizer drops, and how long its terms are.

    Raises:
        InputError: It gives no tokens.
    """
    vectorizer = state.components.vectorizer
    if not isinstance(vectorizer, Vectorizer):
        name = registry.capabilities(vectorizer).name
        raise InputError(
            f"windows are made of tokens, and vectorizer {name!r} gives counts alone; fit with vectorizer='count'"
        )
    return rules_of(vectorizer, state.settings)


def _natural(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, Integral) or not 1 <= int(value) < 2**31:
        raise InputError(f"{name} must be a whole number of at least 1, got {value!r}")
    return int(value)
