"""Topics of new documents under a fitted state."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
from scipy.sparse import csr_array, vstack

from .. import registry
from ..components import Assignment, FloatMatrix, Matrix, Tokens
from ..state import FittedState
from .checking import guarded, known_rows, reduced, shown
from .embedding import Embedding, Work
from .grouping import as_topics, checked, checked_batch, widened
from .reading import read_new
from .steering import claimed

__all__ = ["embed_image", "embed_query", "predict"]


def predict(
    state: FittedState,
    documents: Sequence[str] | None,
    embeddings: Matrix | None,
    images: Sequence[Any] | None,
    work: Work,
) -> Assignment:
    """The topic of each row, its strength, and memberships (n, topics without -1) where the clusterer is soft.

    A document without a word, or of which the embedder knows nothing, is -1.
    """
    _warn_dependent(state, embedded=embeddings is None)
    n = len(documents) if documents is not None else len(images) if images is not None else int(embeddings.shape[0])  # type: ignore[union-attr]
    tokens, has_words = read_new(state, documents, n, work.notify)
    rows = _embed(state, documents, tokens, embeddings, images, work)
    known = (has_words | shown(images, n)) & known_rows(rows)
    n_topics = len(state.index.real)
    if not known.any():
        return _nothing(n, n_topics, state.memberships is not None)
    x: Any = rows if known.all() else rows[known]
    found = claimed(state, x, lambda rest: _placed(state, rest))
    found = widened(found, known)
    return replace(found, labels=state.index.topics_at(found.labels))


def _warn_dependent(state: FittedState, *, embedded: bool) -> None:
    """Say so where a part declares that its result for one row depends on the others of the call."""
    parts = state.components
    roles = {"embedder"} if embedded else set()
    roles |= set() if state.votes else {"reducer", "clusterer"}
    specs = [registry.capabilities(part) for role, part in parts.named() if role in roles]
    specs = [spec for spec in specs if not spec.batch_invariant]
    if specs:
        names = ", ".join(f"{spec.kind} {spec.name!r}" for spec in specs)
        warnings.warn(
            f"topics may depend on which documents are in the call, and fitted documents get others: {names}",
            stacklevel=4,
        )


def _placed(state: FittedState, x: Any) -> Assignment:
    """The places of the topics of rows *x* among those without -1."""
    n_topics = len(state.index.real)
    if state.votes:
        return checked(state.predictor.predict(x), x.shape[0], "vote", fitted=n_topics)
    places = state.index.places(state.mapping)
    return _recalled(state, x, as_topics(_clusters(state, x), places, n_topics))


def _embed(
    state: FittedState,
    documents: Sequence[str] | None,
    tokens: Tokens | None,
    embeddings: Matrix | None,
    images: Sequence[Any] | None,
    work: Work,
) -> Matrix:
    """Rows of new documents: the given ones, or the fitted embedder's."""
    if embeddings is not None:
        return embeddings
    return Embedding(embedder=state.components.embedder, work=work).rows(documents, tokens, images)


def embed_query(state: FittedState, text: str, work: Work) -> FloatMatrix:
    """The row (1, d) of a search term, in the space of the documents."""
    embedding = Embedding(embedder=state.components.embedder, work=work)
    return embedding.of_texts(state.components.vectorizer, [text], "query")


def embed_image(state: FittedState, image: Any, work: Work) -> FloatMatrix:
    """The row (1, d) of an image, in the space of the documents.

    Raises:
        InputError: The embedder embeds no images.
    """
    embedding = Embedding(embedder=state.components.embedder, work=work)
    return np.asarray(embedding.rows(None, images=[image]), dtype=np.float32)


def _recalled(state: FittedState, x: Any, found: Assignment) -> Assignment:
    """*found*, but for rows of the fit, which keep what they have where the clusterer would not give it again."""
    if state.predictor is None:
        return found
    same = state.predictor.recalls(x)
    if not same.any():
        return found
    told = state.predictor.predict(x[same])
    labels, strengths = found.labels.copy(), np.array(found.strengths)
    labels[same], strengths[same] = told.labels, told.strengths
    shares: Any = found.memberships
    if shares is not None:
        order = np.arange(len(labels))
        order[same] = len(labels) + np.arange(len(told.labels))
        shares = csr_array(vstack([shares, told.memberships], format="csr")[order])
    return Assignment(labels=labels, strengths=strengths, memberships=shares)


def _clusters(state: FittedState, x: Any) -> Assignment:
    components = state.components
    if components.reducer is not None:
        reducer = components.reducer
        x = reduced(guarded(reducer, lambda: reducer.transform(x)), x.shape[0], registry.capabilities(reducer).name)
    clusterer = components.clusterer
    name = registry.capabilities(clusterer).name
    result = guarded(clusterer, lambda: clusterer.predict(x))
    if state.online is None:
        return checked(result, x.shape[0], name, fitted=len(state.mapping))
    found = checked_batch(result, x.shape[0], name)
    return replace(found, labels=np.where(found.labels < len(state.mapping), found.labels, -1))


def _nothing(n: int, n_topics: int, soft: bool) -> Assignment:
    return Assignment(
        labels=np.full(n, -1, dtype=np.int64),
        strengths=np.zeros(n, dtype=np.float32),
        memberships=cast(Any, csr_array((n, n_topics), dtype=np.float32)) if soft else None,
    )
