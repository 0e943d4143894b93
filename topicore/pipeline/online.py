"""Learning batch by batch: a fitted state, and documents once seen, to the next state."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from .. import registry
from ..builtin.foreign import Precomputed
from ..builtin.neighbors import LateVote, NeighborVote
from ..builtin.rows import is_sparse
from ..components import Event, FloatMatrix, Labels, Matrix
from ..counts import indicator
from ..errors import InputError
from ..specs import ClustererSpec
from ..state import Components, FittedState, Online, Settings, TopicIndex, frozen
from .batch_terms import forgotten, grown
from .batches import learned_from
from .describing import redescribe
from .embedding import Work
from .exemplars import Exemplars, nearest_to_means, of_fit
from .fitting import Corpus, versions
from .learners import check_incremental, twins
from .resolving import check, freshened
from .rewriting import reweighted
from .view import view_of

__all__ = ["begin", "go_on"]


def begin(components: Components, settings: Settings, corpus: Corpus, work: Work) -> FittedState:
    """The state after the first batch; what was handed in stays as it was.

    Raises:
        InputError: The batch cannot be used, or is too small to begin with.
        ParameterError: A part cannot learn batch by batch, or a setting has no taker.
        ComponentError: A component failed or broke its contract.
    """
    if corpus.embeddings is not None and components.embedder.learns():
        components = replace(components, embedder=Precomputed())  # rows of another space than it would learn
    check_incremental(components, settings, embeddings=corpus.embeddings is not None)
    check(components, settings, documents=corpus.documents is not None, images=corpus.images is not None)
    return _learned(_nothing(freshened(components, settings), settings), corpus, work)


def go_on(state: FittedState, corpus: Corpus, work: Work) -> FittedState:
    """The state after one more batch; *state* and its components stay as they are.

    Raises:
        InputError: The batch cannot be used, or documents of *state* were given topics by hand.
        ParameterError: A part cannot learn batch by batch.
        ComponentError: A component failed or broke its contract.
    """
    check_incremental(state.components, state.settings, embeddings=corpus.embeddings is not None)
    before = _resumed(state)
    return _learned(replace(before, components=twins(state.components)), corpus, work)


def _nothing(components: Components, settings: Settings) -> FittedState:
    """The state of a model that has seen no document."""
    none: Any = np.empty(0, dtype=np.int64)
    empty: Any = csr_array((0, 0), dtype=np.float64)
    rows = np.empty((0, 0), dtype=np.float32)
    return FittedState(
        settings=settings,
        components=components,
        index=TopicIndex(none, none),
        assignments=none,
        strengths=np.empty(0, dtype=np.float32),
        memberships=None,
        mapping=none,
        predictor=None,
        votes=False,
        vocabulary=[],
        topic_counts=empty,
        weights=empty,
        topic_embeddings=rows,
        descriptions={},
        representative={},
        names={},
        columns=0,
        online=Online(
            sums=rows.astype(np.float64),
            next_topic=0,
            seen=np.empty(0, dtype=bool),
            exemplars=none,
            texts=(),
            rows=rows,
        ),
    )


def _resumed(state: FittedState) -> FittedState:
    """*state* as learning batch by batch leaves one: sums instead of documents."""
    if state.votes and state.online is None:
        raise InputError(
            "partial_fit goes on from the topics of the clusterer, and this model labels documents by a vote of "
            "others, since topics were given to documents by hand or models were merged; fit anew"
        )
    online = state.online or Online(
        sums=state.topic_embeddings.astype(np.float64) * state.index.sizes[:, None],
        next_topic=max(state.index.topics, default=-1) + 1,
        seen=np.ones(len(state.mapping), dtype=bool),
        exemplars=np.empty(0, dtype=np.int64),
        texts=(),
        rows=np.empty((0, state.columns), dtype=np.float32),
    )
    if state.embeddings is not None:
        kept = of_fit(state)
        online = replace(online, exemplars=kept.places, texts=kept.texts, rows=kept.rows)
    return replace(state, online=online)


def _learned(before: FittedState, corpus: Corpus, work: Work) -> FittedState:
    """The state after *corpus*, whose components are those of *before* and may learn."""
    if not len(corpus):
        raise InputError("the batch is empty; give at least one document")
    batch = learned_from(before, corpus, work)
    online = cast(Online, before.online)
    mapping, seen = _mapped(before, batch.clusters)
    topics = np.append(mapping, -1)[batch.clusters]
    index = _index(before.index, topics)
    moved, groups = index.rows(before.index.ids), index.rows(topics)
    sums = _summed(online.sums, moved, batch.rows, groups, len(index))
    means = np.ascontiguousarray(sums / index.sizes[:, None], dtype=np.float32)
    assignments = np.concatenate([before.assignments, topics])
    strengths = np.where(topics < 0, np.float32(0), batch.strengths)
    kept = _candidates(before, corpus, batch.rows)
    kept, representative = nearest_to_means(kept, assignments[kept.places], index, means)
    vectorizer = batch.components.vectorizer
    counts = grown(before.topic_counts, moved, batch.text.counts, groups, len(index), vectorizer.decay)
    counts, terms = forgotten(counts, batch.text.vocabulary, vectorizer, before.settings)
    state = replace(
        _without_documents(before),
        settings=replace(before.settings, language=batch.text.language),
        components=batch.components,
        index=index,
        assignments=frozen(assignments),
        strengths=frozen(np.concatenate([before.strengths, strengths])),
        mapping=frozen(mapping),
        vocabulary=terms,
        topic_counts=frozen(counts),
        topic_embeddings=frozen(means),
        representative=representative,
        columns=int(batch.rows.shape[1]),
        versions=versions(batch.components),
        online=Online(
            sums=frozen(sums),
            next_topic=max(online.next_topic, int(mapping.max(initial=-1)) + 1),
            seen=frozen(seen),
            exemplars=frozen(kept.places),
            texts=tuple(kept.texts),
            rows=frozen(kept.rows),
        ),
        **_predictor(batch.components, index, means),
    )
    state = reweighted(state)
    work.notify(Event(stage="weigh", done=1, total=1))
    same = {topic: topic for topic in before.index.topics}
    chains = state.components.representations
    described = redescribe(view_of(state, work), chains, state.descriptions, same, recounted=True)
    return replace(state, descriptions=described)


def _index(before: TopicIndex, topics: Labels) -> TopicIndex:
    """The topics *before* and those of a batch."""
    ids = np.union1d(before.ids, topics)
    index = TopicIndex(ids, np.zeros(len(ids), dtype=np.int64))
    sizes = np.bincount(index.rows(topics), minlength=len(ids)).astype(np.int64)
    sizes[index.rows(before.ids)] += before.sizes
    return replace(index, sizes=sizes)


def _candidates(before: FittedState, corpus: Corpus, rows: Matrix) -> Exemplars:
    """The documents that represented topics so far, and those of the batch."""
    online, n = cast(Online, before.online), len(corpus)
    texts = [None] * n if corpus.documents is None else corpus.documents
    places = np.arange(before.n_documents, before.n_documents + n)
    kept = Exemplars(places=online.exemplars, texts=online.texts, rows=online.rows)
    return kept.joined(Exemplars(places=places, texts=texts, rows=rows))


def _without_documents(state: FittedState) -> FittedState:
    """*state* without what grows with the number of documents, but for their topics."""
    return replace(
        state,
        memberships=None,
        documents=None,
        images=None,
        tokens=None,
        counts=None,
        embeddings=None,
        space=None,
    )


def _mapped(before: FittedState, clusters: Labels) -> tuple[Labels, NDArray[np.bool_]]:
    """(clusters,) the topic of each, and which had a document: new ones get new ids, the largest of the batch first."""
    online = cast(Online, before.online)
    n = max(len(before.mapping), int(clusters.max(initial=-1)) + 1)
    mapping, seen = np.full(n, -1, dtype=np.int64), np.zeros(n, dtype=bool)
    mapping[: len(before.mapping)], seen[: len(before.mapping)] = before.mapping, online.seen
    here, first, sizes = np.unique(clusters, return_index=True, return_counts=True)
    fresh = (here >= 0) & ~np.append(seen, True)[here]
    here, first, sizes = here[fresh], first[fresh], sizes[fresh]
    order = here[np.lexsort((first, -sizes))]
    mapping[order] = online.next_topic + np.arange(len(order))
    seen[order] = True
    return mapping, seen


def _summed(
    before: NDArray[np.float64], rows: NDArray[np.int64], batch: Matrix, groups: NDArray[np.int64], n_topics: int
) -> NDArray[np.float64]:
    """(n_topics, d) the sums *before*, whose rows are now at *rows*, and those of the batch."""
    sums: Any = indicator(groups, n_topics).astype(np.float64) @ batch
    sums = sums.toarray() if is_sparse(sums) else sums
    if len(rows):
        sums[rows] += before
    return np.ascontiguousarray(sums, dtype=np.float64)


def _predictor(components: Components, index: TopicIndex, means: FloatMatrix) -> dict[str, Any]:
    """What labels new rows: the clusterer; or, where it cannot, the topic of the nearest mean."""
    if cast(ClustererSpec, registry.capabilities(components.clusterer)).inductive:
        return {"predictor": None, "votes": False}
    real = np.flatnonzero(index.ids >= 0)
    return {
        "predictor": LateVote(lambda: NeighborVote(means[real], np.arange(len(real)), neighbors=1)),
        "votes": True,
    }
