"""The corpus as flat token ids, made once.

Text is read a single time: every later view of it (counts of any n-gram range, windows,
co-occurrence) derives from one int32 array of token ids with the offsets of the documents.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .vocabulary import Vocabulary

__all__ = ["Rules", "Tokens", "mark", "tokenise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Which terms are counted.

    Args:
        stop_words: Tokens left out before n-grams are formed.
        ngram_range: Fewest and most tokens of a term.
        min_df: Fewest documents of a term: a number, a share of the documents as a float, or None for 5 in corpora
            of more than 2,000 documents and 2 in smaller ones.
        max_df: Most documents of a term: a number, or a share of the documents as a float.
        max_features: Keep only this many terms, the most frequent ones.
        vocabulary: Exactly these terms, in this order; the limits then do not apply.
        binary: Count a term once a document.
        numbers: Whether terms may be numbers alone.
        relax: Let the limits go, one after the other, where they would leave no term.
    """

    stop_words: frozenset[str] = frozenset()
    ngram_range: tuple[int, int] = (1, 1)
    min_df: int | float | None = 1
    max_df: int | float = 1.0
    max_features: int | None = None
    vocabulary: tuple[str, ...] | None = None
    binary: bool = False
    numbers: bool = True
    relax: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Documents as token ids.

    Args:
        ids: (m,) int32, the tokens of all documents one after the other.
        offsets: (n + 1,) int64, document i holds ``ids[offsets[i]:offsets[i + 1]]``.
        vocabulary: The distinct tokens, in order of first use; any sequence is kept as a ``Vocabulary``.
        stop: (v,) bool, which tokens are stop words.
    """

    ids: NDArray[np.int32]
    offsets: NDArray[np.int64]
    vocabulary: Sequence[str]
    stop: NDArray[np.bool_]

    def __post_init__(self) -> None:
        object.__setattr__(self, "vocabulary", Vocabulary.of(self.vocabulary))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def owners(self) -> NDArray[np.int32]:
        """(m,) the document of each token."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.offsets))

    def with_stop_words(self, stop_words: frozenset[str]) -> Tokens:
        """The same tokens with other stop words; the arrays are shared."""
        return replace(self, stop=mark(self.vocabulary, stop_words))


def mark(vocabulary: Sequence[str], words: frozenset[str]) -> NDArray[np.bool_]:
    """(v,) which tokens of *vocabulary* are among *words*."""
    return Vocabulary.of(vocabulary).among(words)


def tokenise(documents: Iterable[Sequence[str]], stop_words: frozenset[str] = frozenset()) -> Tokens:
    """Number the tokens of *documents*, given as one list of tokens a document."""
    index: defaultdict[str, int] = defaultdict()
    index.default_factory = index.__len__
    number = index.__getitem__
    ids = array("i")
    offsets = array("q", [0])
    for words in documents:
        ids.extend(map(number, words))
        offsets.append(len(ids))
    vocabulary = Vocabulary(index)
    return Tokens(
        ids=np.array(ids, dtype=np.int32),
        offsets=np.array(offsets, dtype=np.int64),
        vocabulary=vocabulary,
        stop=mark(vocabulary, stop_words),
    )
