"""Counts over a fixed number of columns, straight from documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from scipy.sparse import csr_array

from ..components import CountingVectorizer, State
from ..counts import count
from ..errors import InputError, NotFittedError
from ..specs import Range
from ..tokens import Rules, Tokens, tokenise
from . import plugin
from .languages import settled
from .words import stop_words_of, words

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Hashing"]


class Hashing(CountingVectorizer):
    """Counts over a fixed number of columns, whatever the vocabulary: memory does not grow with new words.

    A column is named after the word that filled it most in the documents, or the batch, that first filled it; words
    that meet in one column are added up.

    Args:
        n_features: Columns.
        language: Whose stop words are left out; ``"auto"`` for the languages of the documents, or of the first
            batch that tells.
        stop_words: A language or a list of words; None takes those of *language*.
        decay: The share of all counts that each batch of ``partial_fit`` forgets.
    """

    spec = plugin.HASHING

    def __init__(
        self,
        n_features: Annotated[int, Range(1)] = 2**18,
        language: str | None = "auto",
        stop_words: str | Sequence[str] | None = None,
        decay: Annotated[float, Range(0, 1)] = 0.0,
    ) -> None:
        self.n_features = n_features
        self.language = language
        self.stop_words = stop_words
        self.decay = decay
        self._terms: list[str] | None = None
        self._settled = language

    def fit_transform(self, documents: Iterable[str], /) -> csr_array:
        """Counts, and a name for each column."""
        self._terms = None
        self._settled = self.language
        return self.partial_fit(documents)

    def partial_fit(self, documents: Iterable[str], /) -> csr_array:
        """Counts of one more batch, and a name for each column that it is the first to fill."""
        tokens = tokenise(words(documents))
        self._settled = settled(self._settled, self.stop_words, tokens)
        counts, terms, columns = self._count(tokens)
        totals = np.asarray(counts.sum(axis=0)).ravel()
        before = self._terms or [f"#{column}" for column in range(self.n_features)]
        names = list(before)
        for place in np.argsort(totals, kind="stable"):
            column = columns[place]
            if before[column] == f"#{column}":
                names[column] = terms[place]
        self._terms = names
        return self._hashed(counts, columns)

    def transform(self, documents: Iterable[str], /) -> csr_array:
        """Counts of new documents in the same columns."""
        counts, _, columns = self._count(tokenise(words(documents)))
        return self._hashed(counts, columns)

    def _count(self, tokens: Tokens) -> tuple[csr_array, Sequence[str], NDArray[np.int64]]:
        from sklearn.utils import murmurhash3_32

        rules = Rules(stop_words=stop_words_of(self._settled, self.stop_words), numbers=False, relax=True)
        try:
            counts, terms = count(tokens, rules)
        except InputError:
            nothing: Any = csr_array((len(tokens), 0), dtype=np.int32)
            return nothing, [], np.zeros(0, dtype=np.int64)
        hashes = np.array([murmurhash3_32(term, seed=0) for term in terms], dtype=np.int64)
        return counts, terms, np.abs(hashes) % self.n_features

    def _hashed(self, counts: csr_array, columns: NDArray[np.int64]) -> csr_array:
        hashed = csr_array(
            (counts.data, columns[counts.indices], counts.indptr), shape=(counts.shape[0], self.n_features)
        )
        hashed.sum_duplicates()
        return hashed

    @property
    def terms(self) -> Sequence[str]:
        """A name a column."""
        if self._terms is None:
            raise NotFittedError("vectorizer 'hashing' has no terms before fit_transform")
        return self._terms

    def state(self) -> State | None:
        return None if self._terms is None else State(strings={"terms": self._terms}, meta={"language": self._settled})

    def restore(self, state: State, /) -> None:
        self._terms = list(state.strings["terms"])
        language = state.meta["language"]
        self._settled = None if language is None else str(language)
        stop_words_of(self._settled)  # refuses a language that there is not
