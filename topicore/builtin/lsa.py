"""Latent semantic analysis: TF-IDF and a truncated SVD (Deerwester et al. 1990)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from scipy.sparse import csr_array, diags_array

from ..components import FloatMatrix
from ..specs import Range
from ..tokens import Tokens
from . import plugin
from .lexicon import Lexicon, bag, smoothed_idf
from .wordvectors import WordVectors

__all__ = ["Lsa"]


class Lsa(WordVectors):
    """Sublinear TF-IDF, unit rows, projected on the first singular vectors of the corpus; unit rows again.

    Args:
        dim: Most dimensions.
        min_df: Fewest documents of a word; None is 5 in corpora of more than 2,000 documents, else 2.
        max_df: Largest share of the documents that a word may be in.
        language: Whose stop words are left out, beside those of the vectorizer; ``"auto"`` for the languages of the
            corpus.
        stop_words: A language or a list of words; None takes those of *language*.
        random_state: Seed of the randomised SVD.
    """

    spec = plugin.LSA

    def __init__(
        self,
        dim: Annotated[int, Range(1)] = 200,
        min_df: Annotated[int, Range(1)] | None = 2,
        max_df: Annotated[float, Range(0, 1)] = 0.5,
        language: str | None = "auto",
        stop_words: str | Sequence[str] | None = None,
        random_state: int = 42,
    ) -> None:
        self.dim = dim
        self.min_df = min_df
        self.max_df = max_df
        self.language = language
        self.stop_words = stop_words
        self.random_state = random_state

    def learn(self, tokens: Tokens, lexicon: Lexicon, /) -> FloatMatrix:
        """Right singular vectors of the TF-IDF matrix, times idf."""
        counts = bag(tokens, lexicon)
        idf = smoothed_idf(counts)
        return np.asarray(idf[:, None] * self._directions(counts, idf), dtype=np.float32)

    def _directions(self, counts: csr_array, idf: FloatMatrix) -> FloatMatrix:
        """(words, dim) right singular vectors of the TF-IDF matrix with unit rows."""
        weighted = csr_array(counts @ diags_array(idf))
        lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
        weighted = csr_array(diags_array(1 / np.maximum(lengths, 1e-12).astype(np.float32)) @ weighted)
        n_words = counts.shape[1]
        if min(weighted.shape) <= self.dim or not weighted.nnz:
            return np.eye(n_words, dtype=np.float32) if n_words <= self.dim else self._exact(weighted)
        from sklearn.utils.extmath import randomized_svd

        _, _, right = randomized_svd(
            weighted, self.dim, n_iter=5, random_state=self.random_state, power_iteration_normalizer="QR"
        )
        return np.asarray(right.T, dtype=np.float32)

    @staticmethod
    def _exact(weighted: csr_array) -> FloatMatrix:
        """All right singular vectors, through the small (documents, documents) side."""
        values, left = np.linalg.eigh((weighted @ weighted.T).toarray().astype(np.float64))
        order = np.argsort(-values, kind="stable")
        order = order[values[order] > 1e-9]
        left = left[:, order] / np.sqrt(values[order])
        return np.asarray(weighted.T @ left, dtype=np.float32)
