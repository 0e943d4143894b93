"""The words that an embedder learned from the corpus knows, and bags of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ..tokens import Tokens
from .rows import unit as scaled

__all__ = ["NOTHING", "Lexicon", "bag", "lengths", "smoothed_idf", "unit"]


NOTHING = 1e-6
"""A row of no more than this length is rounding, not meaning."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A fixed list of words and where each stands."""

    words: Sequence[str]
    place: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "place", {word: place for place, word in enumerate(self.words)})

    @classmethod
    def of(cls, tokens: Tokens, min_df: int | None, max_df: float) -> Lexicon:
        """The words of *tokens* that are no stop words, no numbers, and neither too rare nor too common.

        The limits relax, *max_df* first, until at least two words remain where the corpus has two.
        """
        n = len(tokens)
        lowest = min_df if min_df is not None else (5 if n > 2000 else 2)
        frequency = np.bincount(_pairs(tokens)[0], minlength=len(tokens.vocabulary))
        worded = np.fromiter((not word.isnumeric() for word in tokens.vocabulary), bool, len(tokens.vocabulary))
        worded &= frequency > 0
        saying = worded & ~tokens.stop
        tries = (
            saying & (frequency <= max_df * n) & (frequency >= lowest),
            saying & (frequency >= lowest),
            saying,
            worded,
        )
        keep = next((chosen for chosen in tries if chosen.sum() > 1), frequency > 0)
        return cls([tokens.vocabulary[place] for place in np.flatnonzero(keep).tolist()])

    def places(self, vocabulary: Sequence[str]) -> NDArray[np.int32]:
        """(v,) the place here of each word of *vocabulary*, -1 where it is unknown."""
        known = self.place.get
        return np.fromiter((known(word, -1) for word in vocabulary), np.int32, len(vocabulary))


def _pairs(tokens: Tokens) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Word and document of each distinct (document, word)."""
    keys = np.unique(tokens.owners().astype(np.int64) * max(len(tokens.vocabulary), 1) + tokens.ids)
    return keys % max(len(tokens.vocabulary), 1), keys // max(len(tokens.vocabulary), 1)


def bag(tokens: Tokens, lexicon: Lexicon) -> csr_array:
    """(documents, words) float32 sublinear counts, 1 + log(count), of the words in *lexicon*."""
    places = lexicon.places(tokens.vocabulary)[tokens.ids]
    known = places >= 0
    ones = np.ones(int(known.sum()), dtype=np.float32)
    counts = csr_array((ones, (tokens.owners()[known], places[known])), shape=(len(tokens), len(lexicon.words)))
    counts.sum_duplicates()
    counts.data = 1 + np.log(counts.data)
    return counts


def smoothed_idf(counts: csr_array) -> NDArray[np.float32]:
    """(words,) ln((1 + n) / (1 + df)) + 1, scikit-learn's smooth inverse document frequency."""
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    idf: NDArray[np.float32] = (np.log((1 + counts.shape[0]) / (1 + frequency)) + 1).astype(np.float32)
    return idf


def lengths(x: NDArray[np.float32]) -> NDArray[np.float64]:
    """(n,) the length of each row, summed in float64."""
    found: NDArray[np.float64] = np.sqrt(np.einsum("ij,ij->i", x, x, dtype=np.float64))
    return found


def unit(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows of length one, float32; rows of (nearly) no length become zeros."""
    rows = np.asarray(scaled(np.asarray(x, dtype=np.float32)))
    rows[lengths(x) <= NOTHING] = 0
    return rows
