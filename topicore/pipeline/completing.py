"""A loaded model given back what its file left out: the documents that it was fitted on, or their embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from ..builtin.space import Space
from ..components import Matrix, Vectorizer
from ..counts import group_sums
from ..errors import InputError
from ..state import FittedState, frozen
from .embedding import Embedding, Work
from .reading import counted
from .view import mean_rows

__all__ = ["completed"]

MEANS_APART = 0.01
"""How far means of given rows may be from those of the fit, as a part of the largest number among these."""


def completed(
    state: FittedState, documents: Sequence[str] | None, embeddings: Matrix | None, work: Work, *, rows: bool = False
) -> FittedState:
    """*state* with what it lacks of tokens, counts and embeddings; what it has stays.

    Documents that it keeps are counted where rows are wanted or given.

    Args:
        state: The state.
        documents: The documents of the fit, in their order, or None.
        embeddings: Their embeddings, or None.
        work: What surrounds the embedding.
        rows: Whether documents are embedded where no embeddings are given.

    Raises:
        InputError: *documents* or *embeddings* are not those of the fit.
    """
    n = state.n_documents
    if documents is not None and len(documents) != n:
        raise InputError(f"documents has {len(documents)} entries, but the model was fitted on {n} documents")
    if embeddings is not None and embeddings.shape != (n, state.columns):
        raise InputError(
            f"embeddings has shape {embeddings.shape}, but the model was fitted on {n} rows of {state.columns} columns"
        )
    if documents is not None and state.documents is not None and list(documents) != list(state.documents):
        raise InputError("documents are not those that this model was fitted on and keeps; leave them out, or fit anew")
    lacks = state.counts is None or (state.tokens is None and isinstance(state.components.vectorizer, Vectorizer))
    texts = state.documents if documents is None and (rows or embeddings is not None) else documents
    if texts is not None and (lacks or state.documents is None):
        state = _with_documents(state, texts)
    if embeddings is None and rows and state.embeddings is None and state.documents is not None:
        embedding = Embedding(embedder=state.components.embedder, work=work)
        embeddings = embedding.rows(state.documents, state.tokens)
        _check_means(state, embeddings, "documents, embedded again,")
    elif embeddings is not None:
        _check_means(state, embeddings, "embeddings")
    if embeddings is not None and state.embeddings is None:
        state = replace(state, embeddings=frozen(embeddings), space=Space(embeddings))
    return state


def _check_means(state: FittedState, rows: Matrix, what: str) -> None:
    """Refuse rows whose means are not those of the topics; rounding of other machines and number types passes."""
    if state.online is not None:
        return
    means = mean_rows(rows, state.assignments, state.index)
    if np.abs(means - state.topic_embeddings).max() > MEANS_APART * np.abs(state.topic_embeddings).max():
        raise InputError(
            f"{what} do not have the means that the topics of this model have: they are not those of the fit, or in "
            "another order; pass embeddings= as they were fitted"
        )


def _with_documents(state: FittedState, documents: Sequence[str]) -> FittedState:
    tokens, counts = counted(state, documents)
    sums = group_sums(counts, state.index.rows(state.assignments), len(state.index))
    if state.online is None and (sums.shape != state.topic_counts.shape or _lacks(sums, state.topic_counts)):
        raise InputError(
            "documents are not those that the model was fitted on, or not in their order: their words add up to "
            "other counts of topics"
        )
    return replace(state, documents=documents, tokens=tokens, counts=frozen(counts))


def _lacks(sums: csr_array, counts: csr_array) -> bool:
    """Whether terms that were counted are fewer than before.

    A model merged of several may have more of a term than it counted: one of them left it out as too rare.
    """
    found = np.asarray(sums.sum(axis=0)).ravel() > 0
    less: Any = counts - sums
    return bool((less.data[found[less.indices]] > 0).any()) or (counts.nnz > 0 and not bool(found.any()))
