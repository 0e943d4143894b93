"""What an operation needs of a fitted state, or one error that says how to hand it over."""

from __future__ import annotations

from scipy.sparse import csr_array

from ..components import Matrix, Tokens
from ..errors import InputError
from ..state import FittedState

__all__ = ["counts_of", "embeddings_of", "tokens_of"]


def counts_of(state: FittedState) -> csr_array:
    """(n, v) int32 counts of the terms in each document.

    Raises:
        InputError: The model was loaded without them.
    """
    if state.counts is None:
        raise _missing("document-term counts", "counts", "documents")
    return state.counts


def tokens_of(state: FittedState) -> Tokens:
    """The token store.

    Raises:
        InputError: The model was loaded without it, or its vectorizer gives counts and no tokens.
    """
    if state.tokens is None:
        raise _missing("tokens", "tokens", "documents")
    return state.tokens


def embeddings_of(state: FittedState) -> Matrix:
    """(n, d) document embeddings.

    Raises:
        InputError: The model was loaded without them.
    """
    if state.embeddings is None:
        raise _missing("document embeddings", "embeddings", "embeddings")
    return state.embeddings


def _missing(what: str, extra: str, argument: str) -> InputError:
    return InputError(
        f"this model keeps no {what}; pass {argument}= as they were fitted, "
        f"or save the model with include=[{extra!r}] to load it with them"
    )
