"""Class-based TF-IDF."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ..components import State, Weighting
from ..errors import NotFittedError
from ..specs import Range
from . import plugin

__all__ = ["ClassTfidf"]


class ClassTfidf(Weighting):
    """c-TF-IDF: how much a term belongs to a topic rather than to the others (Grootendorst 2022).

    With x the counts (topics, terms), f the term totals and A the mean number of terms a topic:
    weight = x / row sum * ln(1 + A / f). With ``bm25`` the second factor is ln(1 + (A - f + 0.5) / (f + 0.5)),
    cut at zero where f is larger than A + 0.5. With ``reduce_frequent_words`` the first factor is its square root.

    Args:
        bm25: Use the BM25-like inverse frequency.
        reduce_frequent_words: Take the square root of the term frequency.
        seed_words: Terms whose weight is multiplied.
        seed_multiplier: By how much.
    """

    spec = plugin.C_TF_IDF

    def __init__(
        self,
        bm25: bool = False,
        reduce_frequent_words: bool = False,
        seed_words: Sequence[str] | None = None,
        seed_multiplier: Annotated[float, Range(0)] = 2.0,
    ) -> None:
        self.bm25 = bm25
        self.reduce_frequent_words = reduce_frequent_words
        self.seed_words = seed_words
        self.seed_multiplier = seed_multiplier
        self._idf: NDArray[np.float64] | None = None

    def fit_transform(self, counts: csr_array, terms: Sequence[str], /) -> csr_array:
        """Learn the inverse frequencies and weigh, float64."""
        frequency = np.asarray(counts.sum(axis=0), dtype=np.float64).ravel()
        mean = counts.sum() / max(counts.shape[0], 1)
        if self.bm25:
            ratio = 1 + (mean - frequency + 0.5) / (frequency + 0.5)
            idf = np.log(np.maximum(ratio, 1.0))
        else:
            idf = np.log1p(np.divide(mean, frequency, out=np.zeros_like(frequency), where=frequency > 0))
        if self.seed_words:
            seeds = {word.lower() for word in self.seed_words}
            chosen = np.fromiter((term.lower() in seeds for term in terms), bool, len(terms))
            idf = np.where(chosen, idf * self.seed_multiplier, idf)
        self._idf = idf
        return self.transform(counts)

    def transform(self, counts: csr_array, /) -> csr_array:
        """Weigh other rows over the same terms, float64."""
        idf = self._learned()
        totals = np.asarray(counts.sum(axis=1), dtype=np.float64).ravel()
        data = counts.data / np.repeat(np.maximum(totals, 1), np.diff(counts.indptr))
        if self.reduce_frequent_words:
            data = np.sqrt(data)
        data *= idf[counts.indices]
        weights = csr_array((data, counts.indices, counts.indptr), shape=counts.shape)
        return weights if weights.has_sorted_indices else weights.sorted_indices()

    def factors(self) -> NDArray[np.float64] | None:
        """The inverse frequencies, but for square roots, which are no multiples of counts."""
        return None if self.reduce_frequent_words else self._learned().copy()

    def _learned(self) -> NDArray[np.float64]:
        if self._idf is None:
            raise NotFittedError("weighting 'c-tf-idf' is not fitted: call fit_transform first")
        return self._idf

    def state(self) -> State | None:
        return None if self._idf is None else State(arrays={"idf": self._idf})

    def restore(self, state: State, /) -> None:
        self._idf = np.asarray(state.arrays["idf"], dtype=np.float64)
