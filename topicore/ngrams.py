"""The n-grams of documents as numbers: no text is joined, sorted or compared.

An n-gram is numbered by the one that is a word shorter and its last word, so that numbers order as the words do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .tokens import Rules, Tokens
from .vocabulary import Terms, Vocabulary

__all__ = ["Held", "held_terms"]

Integers: TypeAlias = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Held:
    """What rows hold, in any order and as often as they hold it.

    Args:
        ends: (n + 1,) row i holds ``numbers[ends[i]:ends[i + 1]]``.
        numbers: (m,) numbers of what is held.
        columns: The column of each number, -1 for what is left out; None where numbers are columns.
    """

    ends: Integers
    numbers: Integers
    columns: Integers | None = None

    def between(self, first: int, last: int) -> Integers:
        """The columns that the rows from *first* to *last* hold."""
        numbers = self.numbers[self.ends[first] : self.ends[last]]
        return numbers if self.columns is None else self.columns.take(numbers)

    def moved(self, places: Integers) -> Held:
        """The same in other columns: *places* has the new one of each, or -1 for what is to be left out."""
        return replace(self, columns=places if self.columns is None else np.append(places, -1).take(self.columns))


@dataclass(frozen=True, slots=True)
class _Level:
    """The n-grams of one length; the k distinct ones are numbered in the order of their words.

    Args:
        grams: The n-gram that begins at each word, k where it would go beyond its document.
        parents: (k,) what each distinct one begins with: an n-gram that is a word shorter. Ascending.
        words: For each place in an n-gram (k,) the word there.
    """

    grams: Integers
    parents: Integers
    words: Sequence[Integers]


def held_terms(tokens: Tokens, rules: Rules) -> tuple[list[Held], Terms]:
    """The n-grams in each document, a part for each length, and all of them in alphabetical order.

    Columns are places in the terms. Stop words are dropped before n-grams are formed. A term of a single token may be
    in no document; where tokens hold spaces, some terms may be spelt alike.
    """
    vocabulary = Vocabulary.of(tokens.vocabulary)
    drop = vocabulary.among(rules.stop_words)
    if not rules.numbers:
        drop = drop | vocabulary.numeric
    alphabet = vocabulary.order[~drop[vocabulary.order]]
    number = np.full(len(vocabulary), -1, dtype=np.int32)
    number[alphabet] = np.arange(len(alphabet))
    fewest, most = rules.ngram_range
    if most == 1:
        return [Held(tokens.offsets, tokens.ids, number)], Terms(vocabulary, alphabet[:, None])
    words, ends = number.take(tokens.ids), tokens.offsets
    if len(alphabet) < len(vocabulary):
        kept = np.flatnonzero(words >= 0)
        words, ends = words.take(kept), np.searchsorted(kept, ends)
    levels = _levels(words, ends, len(alphabet), most)
    columns = _columns(levels, fewest)
    rows = np.full((most, sum(map(len, columns[fewest - 1 :]))), -1, dtype=np.int32)
    held = []
    for level, column in zip(levels[fewest - 1 :], columns[fewest - 1 :], strict=True):
        for place, word in enumerate(level.words):
            rows[place, column] = alphabet.take(word)
        held.append(Held(np.minimum(ends, len(level.grams)), level.grams, np.append(column, -1)))
    return held, Terms(vocabulary, rows.T)


def _levels(words: Integers, ends: Integers, base: int, most: int) -> list[_Level]:
    """The n-grams of 1 to *most* of the *words*, numbers below *base*, in documents that *ends* part."""
    levels = [_Level(words, np.zeros(base, dtype=np.int64), [np.arange(base)])]
    for size in range(2, most + 1):
        shorter = levels[-1]
        bound = len(shorter.parents) * base
        keys = shorter.grams[:-1].astype(np.int64)
        keys *= base
        keys += words[size - 1 :]
        beyond = ends[1:] - (size - 1)
        keys[beyond[(beyond >= ends[:-1]) & (beyond < len(keys))]] = bound
        distinct, grams = _numbered(keys, bound, bound + base)
        parents, last = np.divmod(distinct, max(base, 1))
        levels.append(_Level(grams, parents, [*(word.take(parents) for word in shorter.words), last]))
    return levels


def _numbered(keys: NDArray[np.int64], bound: int, highest: int) -> tuple[NDArray[np.int64], Integers]:
    """The k distinct *keys* below *bound*, ascending; and (m,) which of them each is, k from *bound* to *highest*."""
    bits = len(keys).bit_length()
    if highest.bit_length() + bits < 64:  # one sort of keys with their places is faster than one of places by key
        ordered = keys << bits
        ordered |= np.arange(len(keys))
        ordered.sort()
        order = ordered & ((1 << bits) - 1)
        ordered >>= bits
    else:
        order = np.argsort(keys)
        ordered = keys[order]
    inside = int(np.searchsorted(ordered, bound))
    ordered, order = ordered[:inside], order[:inside]
    new = np.append(True, ordered[1:] != ordered[:-1])[:inside]
    distinct = ordered.take(np.flatnonzero(new))
    number = np.full(len(keys), len(distinct), dtype=np.int32)
    new[:1] = False
    number[order] = np.cumsum(new, dtype=np.int32)
    return distinct, number


def _columns(levels: Sequence[_Level], fewest: int) -> list[NDArray[np.int32]]:
    """For each level (k,) the alphabetical place of its n-grams among all of at least *fewest* words.

    An n-gram comes right in front of those that begin with it. Shorter ones than *fewest* take no place.
    """
    own = [int(size >= fewest) for size in range(1, len(levels) + 1)]
    family = [np.ones(len(levels[-1].parents), dtype=np.int64)]  # how many begin with each, itself among them
    for level, above, one in zip(levels[:0:-1], levels[-2::-1], own[-2::-1], strict=True):
        longer = np.bincount(level.parents, family[0], minlength=len(above.parents))
        family.insert(0, longer.astype(np.int64) + one)
    columns = []
    before = np.zeros(len(family[0]), dtype=np.int64)  # shorter ones that come before each
    for place, level in enumerate(levels):
        if place:
            before = (before + own[place - 1] * np.arange(1, len(before) + 1)).take(level.parents)
        columns.append((np.cumsum(family[place]) - family[place] + before).astype(np.int32))
    return columns
