"""One batch of documents: read, embedded and clustered by components that learn from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from .. import registry
from ..components import Assignment, Event, Labels, Matrix
from ..errors import InputError
from ..specs import ClustererSpec, EmbedderSpec, ReducerSpec
from ..state import Components, FittedState
from .batch_terms import read_batch
from .checking import guarded, known_rows, reduced, shown
from .clustering import accepts
from .embedding import Embedding, Work
from .fitting import Corpus
from .grouping import checked_batch, widened
from .reading import Text
from .resolving import suited

__all__ = ["Batch", "learned_from"]


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What was found in one batch.

    Args:
        components: The components, which have learned from it.
        text: Its counts over the terms so far and new ones.
        rows: (n, d) embeddings.
        clusters: (n,) -1 for none; there may be gaps.
        strengths: (n,) float32.
    """

    components: Components
    text: Text
    rows: Matrix
    clusters: Labels
    strengths: NDArray[np.float32]


def learned_from(before: FittedState, corpus: Corpus, work: Work) -> Batch:
    """*corpus* read, embedded and clustered by the components of *before*, which learn from it.

    Raises:
        InputError: Its rows are of another width than those before, or, in the first batch, all are zero.
        ComponentError: A component failed or broke its contract.
    """
    components, settings, n, first = before.components, before.settings, len(corpus), not before.n_documents
    text = read_batch(components.vectorizer, settings, corpus.documents, n, before.vocabulary, work.notify)
    rows = _embedded(components, corpus, text, work)
    if not first and rows.shape[1] != before.columns:
        raise InputError(f"the batch has rows of {rows.shape[1]} columns, and those before had {before.columns}")
    if first and components.reducer is not None:
        components = replace(components, reducer=suited(components.reducer, settings, rows))
    known = (text.has_words | shown(corpus.images, n)) & known_rows(rows)
    if known.any():
        found = _clustered(components, rows if known.all() else cast(Any, rows)[known], work)
    elif first:
        raise InputError("every document is empty to the embedder (its rows are all zero); nothing can be grouped")
    else:
        found = Assignment(labels=np.empty(0, dtype=np.int64), strengths=np.empty(0, dtype=np.float32))
    found = widened(found, known)
    return Batch(
        components=components, text=text, rows=rows, clusters=found.labels, strengths=cast(Any, found.strengths)
    )


def _embedded(components: Components, corpus: Corpus, text: Text, work: Work) -> Matrix:
    """The given rows, or those of the embedder, which learns first where it can."""
    if corpus.embeddings is not None:
        return corpus.embeddings
    embedder = components.embedder
    spec = cast(EmbedderSpec, registry.capabilities(embedder))
    if spec.incremental and embedder.learns() and corpus.documents is not None:
        documents = corpus.documents
        work.notify(Event(stage="learn", done=0, total=1, detail=spec.name))
        guarded(embedder, lambda: embedder.partial_fit(documents))
        work.notify(Event(stage="learn", done=1, total=1, detail=spec.name))
    return Embedding(embedder=embedder, work=work).rows(corpus.documents, text.tokens, corpus.images)


def _clustered(components: Components, x: Any, work: Work) -> Assignment:
    """Clusters of rows *x*, of which reducer and clusterer learn; numbers may have gaps."""
    n, reducer, clusterer = x.shape[0], components.reducer, components.clusterer
    if reducer is not None:
        spec = cast(ReducerSpec, registry.capabilities(reducer))
        accepts(spec, x)
        work.notify(Event(stage="reduce", done=0, total=1, detail=spec.name))
        guarded(reducer, lambda: reducer.partial_fit(x))
        x = reduced(guarded(reducer, lambda: reducer.transform(x)), n, spec.name)
        work.notify(Event(stage="reduce", done=1, total=1))
    found = cast(ClustererSpec, registry.capabilities(clusterer))
    accepts(found, x)
    work.notify(Event(stage="cluster", done=0, total=1, detail=found.name))
    result = guarded(clusterer, lambda: clusterer.partial_fit(x))
    work.notify(Event(stage="cluster", done=1, total=1))
    return checked_batch(result, n, found.name)
