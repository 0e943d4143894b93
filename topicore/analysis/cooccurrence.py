"""In how many windows of tokens words stand alone and together, without looking at the windows one by one.

A word is in windows that follow one another from where it comes into sight to where it goes: a few spans a document.
Where no span begins or ends, windows are alike and counted at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ..components import Rules, Tokens
from ..vocabulary import Vocabulary
from .windows import ranges, running

__all__ = ["Occurrences", "Seen", "occurrences"]

Places = NDArray[np.int64]

BLOCK = 1 << 15
"""How many occurrences are looked at together."""

TOGETHER = 16
"""How many sets of words are looked at together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How many windows hold words.

    Args:
        windows: How many windows there are.
        together: For each set of k words (k, k), how many hold both; on the diagonal, how many hold the word.
    """

    windows: int
    together: list[Places]


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrences:
    """Where words stand: by document, then word, then position.

    Args:
        lengths: (n,) tokens of each document.
        documents: (m,) the document of each occurrence.
        words: (m,) the word that occurs.
        begins: (m,) the position of its first token in the document.
        sizes: (m,) of how many tokens it is.
    """

    lengths: Places
    documents: Places
    words: Places
    begins: Places
    sizes: Places

    def __len__(self) -> int:
        return len(self.words)

    def seen(self, sets: Sequence[Places], window: int | None) -> Seen:
        """Count windows as gensim does, so that what follows from them can be compared with its figures.

        Windows slide by one token. A document of fewer tokens is one window, also one of no tokens. A word leaves with
        its first occurrence in sight, though there may be others, and is back with the next that comes into sight.

        Args:
            sets: Sets of words, each (k,) without repetition.
            window: Tokens of a window; None for whole documents.
        """
        size = max(int(self.lengths.max(initial=1)), 1) if window is None else window
        numbers = np.maximum(self.lengths - size, 0) + 1
        together: list[Places] = []
        for start in range(0, len(sets), TOGETHER):
            some = sets[start : start + TOGETHER]
            words = np.unique(np.concatenate(some))
            counts = self._of(words)._counted(size, numbers, len(words))
            places = [np.searchsorted(words, chosen) for chosen in some]
            together += [counts[np.ix_(each, each)] for each in places]
        return Seen(windows=int(numbers.sum()), together=together)

    def _of(self, words: Places) -> Occurrences:
        """Those of *words*, ascending, which are numbered anew."""
        number = np.full(max(self.words.max(initial=0), words.max(initial=0)) + 1, -1)
        number[words] = np.arange(len(words))
        found = number[self.words]
        held = found >= 0
        return Occurrences(
            lengths=self.lengths,
            documents=self.documents[held],
            words=found[held],
            begins=self.begins[held],
            sizes=self.sizes[held],
        )

    def _blocks(self) -> Iterator[slice]:
        """All occurrences, those of a document together."""
        cuts = np.unique(np.searchsorted(self.documents, self.documents[::BLOCK]))
        for start, end in pairwise([*cuts.tolist(), len(self)]):
            yield slice(start, end)

    def _counted(self, size: int, numbers: Places, n_words: int) -> Places:
        """(words, words) how many windows of *size* tokens hold both; *numbers* are the windows of each document."""
        counts = np.zeros((n_words, n_words), dtype=np.int64)
        before = running(numbers)
        for block in self._blocks():
            words, starts, ends = self._spans(block, size, numbers)
            origin = before[self.documents[block]]
            inside = starts < ends
            words, starts, ends = words[inside], (starts + origin)[inside], (ends + origin)[inside]
            edges = np.unique(np.concatenate([starts, ends]))
            first, last = np.searchsorted(edges, starts), np.searchsorted(edges, ends)
            runs, held = ranges(first, last), np.repeat(words, last - first)
            alike = np.diff(edges)
            shape = (len(alike), n_words)
            there = csr_array((np.ones(len(runs), dtype=np.int64), (runs, held)), shape=shape)
            times = csr_array((alike[runs], (held, runs)), shape=shape[::-1])
            counts += (times @ there).toarray()
        return counts

    def _spans(self, block: slice, size: int, numbers: Places) -> tuple[Places, Places, Places]:
        """The word of each occurrence, and from which to which window of its document it adds to what is in sight."""
        documents, words, begins = self.documents[block], self.words[block], self.begins[block]
        starts = np.maximum(begins + self.sizes[block] - size, 0)
        groups = np.cumsum(np.append(False, (np.diff(documents) != 0) | (np.diff(words) != 0)))[: len(words)]
        width = int(self.lengths.max(initial=0)) + 1
        foremost = np.searchsorted(groups * width + begins, groups * width + starts)
        ends = np.minimum(begins[np.minimum(foremost, len(begins) - 1)] + 1, numbers[documents])
        again = groups[1:] == groups[:-1]
        starts[1:] = np.where(again, np.maximum(starts[1:], ends[:-1]), starts[1:])
        return words, starts, np.where(self.sizes[block] <= size, ends, starts)


def occurrences(words: Sequence[str], tokens: Tokens, rules: Rules) -> Occurrences:
    """Find distinct *words* among *tokens*, from which *rules* drop stop words, and numbers where these are no terms.

    A word that is no token is a phrase: it stands where its tokens, parted by spaces, are neighbours in a document
    once others are dropped.
    """
    vocabulary = Vocabulary.of(tokens.vocabulary)
    dropped = vocabulary.among(rules.stop_words)
    kept = ~(dropped if rules.numbers else dropped | vocabulary.numeric)[tokens.ids]
    ids, offsets = tokens.ids[kept], running(kept)[tokens.offsets]
    owners = np.repeat(np.arange(len(tokens)), np.diff(offsets))
    places, found, sizes = _standing([_spelt(word, vocabulary) for word in words], ids, owners)
    documents = owners[places]
    order = np.lexsort((places, found, documents))
    return Occurrences(
        lengths=np.diff(offsets),
        documents=documents[order],
        words=found[order],
        begins=(places - offsets[documents])[order],
        sizes=sizes[order],
    )


def _spelt(word: str, vocabulary: Vocabulary) -> list[int]:
    """The tokens of *word*; none where it has others than those of *vocabulary*."""
    ids = vocabulary.ids
    if word in ids:
        return [ids[word]]
    parts = word.split(" ")
    return [ids[part] for part in parts] if all(part in ids for part in parts) else []


def _standing(spelt: Sequence[Sequence[int]], ids: NDArray[np.int32], owners: Places) -> tuple[Places, Places, Places]:
    """Where in *ids* the words begin that are *spelt* so, which they are, and of how many tokens."""
    alone = {tokens[0]: word for word, tokens in enumerate(spelt) if len(tokens) == 1}
    word_of = np.full(int(ids.max(initial=0)) + 1, -1)
    for token, word in alone.items():
        if token < len(word_of):
            word_of[token] = word
    single = np.flatnonzero(word_of[ids] >= 0)
    places, found = [single], [word_of[ids[single]]]
    for word, tokens in enumerate(spelt):
        if len(tokens) > 1:
            at = np.flatnonzero(ids[: max(len(ids) - len(tokens) + 1, 0)] == tokens[0])
            for step, token in enumerate(tokens[1:], 1):
                at = at[(ids[at + step] == token) & (owners[at + step] == owners[at])]
            places.append(at)
            found.append(np.full(len(at), word))
    words = np.concatenate(found)
    return np.concatenate(places), words, np.array([len(tokens) for tokens in spelt], dtype=np.int64)[words]
