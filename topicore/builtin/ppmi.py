"""Word vectors learned from the corpus itself: the default embedder, with nothing to download.

Windowed co-occurrence counts, positive pointwise mutual information with smoothed contexts, and a
truncated SVD (Levy & Goldberg 2014; Levy, Goldberg & Dagan 2015). A document is the weighted sum of
its words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array, eye_array

from ..components import FloatMatrix
from ..specs import Range
from ..tokens import Tokens
from . import plugin
from .lexicon import Lexicon, bag, smoothed_idf
from .wordvectors import WordVectors

__all__ = ["Ppmi", "cooccurrence", "ppmi"]


class Ppmi(WordVectors):
    """Word vectors from the corpus's own co-occurrence; words, queries and new documents share the space.

    A row is the sum of (1 + log count) * idf^idf_power * word vector over the known words of a text,
    scaled to unit length; zeros where no word is known. Word vectors keep their length, which carries
    weight. Everything relaxes in tiny corpora.

    Args:
        dim: Most dimensions of a vector.
        window: Words to either side that count as near, nearer ones more.
        min_df: Fewest documents of a word; None is 5 in corpora of more than 2,000 documents, else 2.
        max_df: Largest share of the documents that a word may be in.
        smoothing: Power of the context counts in the mutual information.
        idf_power: Power of the inverse document frequency in the sum of words.
        language: Whose stop words are left out, beside those of the vectorizer; ``"auto"`` for the languages of the
            corpus.
        stop_words: A language or a list of words; None takes those of *language*.
        random_state: Seed of the randomised SVD.
    """

    spec = plugin.PPMI

    def __init__(
        self,
        dim: Annotated[int, Range(1)] = 100,
        window: Annotated[int, Range(1)] = 10,
        min_df: Annotated[int, Range(1)] | None = None,
        max_df: Annotated[float, Range(0, 1)] = 0.5,
        smoothing: Annotated[float, Range(0)] = 0.75,
        idf_power: Annotated[float, Range(0)] = 0.25,
        language: str | None = "auto",
        stop_words: str | Sequence[str] | None = None,
        random_state: int = 42,
    ) -> None:
        self.dim = dim
        self.window = window
        self.min_df = min_df
        self.max_df = max_df
        self.smoothing = smoothing
        self.idf_power = idf_power
        self.language = language
        self.stop_words = stop_words
        self.random_state = random_state

    def learn(self, tokens: Tokens, lexicon: Lexicon, /) -> FloatMatrix:
        """Singular vectors of the mutual information, times idf^idf_power."""
        places = lexicon.places(tokens.vocabulary)
        matrix = ppmi(cooccurrence(tokens, places, len(lexicon.words), self.window), self.smoothing)
        if not matrix.nnz and lexicon.words:  # nothing is near anything: each word stands for itself
            matrix = csr_array(eye_array(len(lexicon.words), dtype=np.float32))
        vectors = _factors(matrix, self.dim, self.random_state)
        idf = smoothed_idf(bag(tokens, lexicon))
        return np.asarray(vectors * idf[:, None] ** self.idf_power, dtype=np.float32)


def cooccurrence(tokens: Tokens, places: NDArray[np.int32], n_words: int, window: int) -> csr_array:
    """Symmetric (words, words) float32 counts of words within *window* kept words of one document.

    A pair at distance d weighs (window + 1 - d) / window.

    Args:
        tokens: The corpus.
        places: The column of each token of the vocabulary, -1 for what is left out before distances are taken.
        n_words: How many columns there are.
        window: The largest distance.
    """
    kept = places[tokens.ids]
    inside = kept >= 0
    kept, owners = kept[inside], tokens.owners()[inside]
    total = csr_array((n_words, n_words), dtype=np.float32)
    for distance in range(1, window + 1):
        same = owners[:-distance] == owners[distance:]
        left, right = kept[:-distance][same], kept[distance:][same]
        weights = np.full(len(left), (window + 1 - distance) / window, dtype=np.float32)
        total = total + csr_array((weights, (left, right)), shape=(n_words, n_words))
    return csr_array(total + total.T)


def ppmi(counts: csr_array, smoothing: float) -> csr_array:
    """max(0, log p(w, c) / (p(w) p(c))) with p(c) from counts to the power *smoothing* (Levy et al. 2015)."""
    totals = np.asarray(counts.sum(axis=1)).ravel().astype(np.float64)
    contexts = totals**smoothing
    contexts /= max(contexts.sum(), 1e-12)
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    information = np.log(counts.data / totals[rows]) - np.log(contexts[counts.indices])
    result = csr_array((information.clip(0).astype(np.float32), counts.indices, counts.indptr), shape=counts.shape)
    result.eliminate_zeros()
    return result


def _factors(matrix: csr_array, dim: int, seed: int) -> FloatMatrix:
    """U sqrt(S) of the truncated SVD, (words, min(dim, words)) float32."""
    n = matrix.shape[0]
    if n == 0:
        return np.zeros((0, dim), dtype=np.float32)
    if n <= dim + 20:
        left, scale, _ = np.linalg.svd(matrix.toarray().astype(np.float64))
        left = left * np.where(left[np.abs(left).argmax(axis=0), np.arange(n)] < 0, -1, 1)
        left, scale = left[:, :dim], scale[:dim]
    else:
        from sklearn.utils.extmath import randomized_svd

        left, scale, _ = randomized_svd(matrix, dim, n_iter=4, random_state=seed, power_iteration_normalizer="QR")
    return np.ascontiguousarray(left @ diags_array(np.sqrt(scale)), dtype=np.float32)
