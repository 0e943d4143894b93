"""What an operation needs of a fitted state, or one error that says how to hand it over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import numpy as np
from scipy.sparse import csr_array

from ..components import Labels, Matrix, Tokens
from ..errors import InputError
from ..state import FittedState

C = TypeVar("C")

__all__ = ["aspects_among", "assignments_of", "counts_of", "embeddings_of", "tokens_of"]

LARGEST = 2**31 - 1
"""The largest topic id."""


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


def assignments_of(state: FittedState, topics: Any, *, new: bool = False) -> Labels:
    """(n,) *topics*, one a document, as integers.

    Args:
        state: The state.
        topics: What the caller gave.
        new: Whether there may be topics that do not exist yet.

    Raises:
        InputError: Of the wrong length, no whole numbers, below -1, or unknown.
    """
    if isinstance(topics, (str, bytes, Mapping)) or not isinstance(topics, Iterable):
        raise InputError(f"topics must be a list with one topic a document, got {topics!r:.80}")
    try:
        given = np.asarray(topics if hasattr(topics, "dtype") else list(topics))
    except ValueError:
        raise InputError("topics must be a list with one topic a document, and holds lists") from None
    if given.shape != (state.n_documents,):
        found = f"{len(given)} entries" if given.ndim == 1 else f"shape {given.shape}"
        raise InputError(f"topics has {found} for {state.n_documents} documents; give one a document")
    if not np.issubdtype(given.dtype, np.integer):
        raise InputError(f"topics must be whole numbers, got {given.dtype} such as {given[:1].tolist()}")
    wrong = np.flatnonzero((given < -1) | (given > LARGEST) if new else ~np.isin(given, np.append(state.index.ids, -1)))
    if len(wrong):
        place = int(wrong[0])
        known = f"topics are 0 to {LARGEST}" if new else f"topics are {state.index.real}"
        raise InputError(f"topics[{place}] is {given[place]}; {known}, and -1 stands for none")
    return given.astype(np.int64)


def _missing(what: str, extra: str, argument: str) -> InputError:
    return InputError(
        f"this model keeps no {what}; pass {argument}= as they were fitted, "
        f"or save the model with include=[{extra!r}] to load it with them"
    )


def aspects_among(chains: Mapping[str, C], aspects: Any) -> dict[str, C]:
    """Those of *chains* that *aspects*, one name or several, stands for; all for None.

    Raises:
        InputError: There is no such aspect.
    """
    names = aspects if aspects is None or isinstance(aspects, (list, tuple)) else [aspects]
    unknown = [name for name in names or () if name not in chains]
    if unknown:
        raise InputError(f"there is no aspect {unknown[0]!r}; aspects are {', '.join(chains)}")
    return {name: chains[name] for name in (chains if names is None else names)}
