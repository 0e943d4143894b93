"""The two ways in which topics change after the fit: joined or dropped as a whole, or document by document."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace
from itertools import zip_longest
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from ..builtin.neighbors import LateVote, NeighborVote, joined_strengths
from ..components import Labels
from ..counts import group_sums, indicator
from ..pipeline.checking import known_rows
from ..pipeline.embedding import Work
from ..pipeline.fitting import REPRESENTATIVE
from ..pipeline.rewriting import rewritten
from ..pipeline.view import mean_rows
from ..state import DELETED, FittedState, TopicIndex, frozen
from .needed import counts_of, embeddings_of

__all__ = ["reassigned", "regrouped"]


def regrouped(state: FittedState, groups: NDArray[np.int64], work: Work) -> FittedState:
    """The state in which topics of one group are one topic, and those of group -1 are outliers.

    Everything is a sum over what the topics had; no document is looked at. New rows go the way they went. Topics are
    numbered by size again; those of online learning keep the smallest id of their group.

    Args:
        state: The state.
        groups: (topics without -1,) the group of each topic, 0..g-1 without gaps, or -1.
        work: What surrounds the work.
    """
    index = state.index
    real = index.ids[index.ids >= 0]
    ids = _numbered(state, groups)
    to = np.append(ids, -1)[groups]
    assignments = np.append(to, -1)[index.places(state.assignments)]
    new = TopicIndex.of(assignments)
    rows = new.rows(np.append(to, -1)[index.places(index.ids)])
    members = np.bincount(rows, minlength=len(new))
    alone = [(topic, place) for place, topic in enumerate(real) if to[place] >= 0 and members[new.row(to[place])] == 1]
    heirs = {int(to[place]): int(topic) for topic, place in alone}
    if -1 in index.topics and not (groups < 0).any():
        heirs[-1] = -1
    places = new.places(to)
    state = replace(
        state,
        index=new,
        assignments=frozen(assignments),
        mapping=frozen(np.append(to, -1)[index.places(state.mapping)]),
        predictor=None if state.predictor is None else state.predictor.regrouped(places, len(new.real)),
        steering=None if state.steering is None else _steered(state, to),
        names=_joined(state.names, state, to),
        custom=_joined(state.custom, state, to),
        representative=_representative(state, rows, new),
        **_shares(state, assignments, places, new),
        **_sums(state, rows, new),
    )
    return rewritten(state, work, heirs=heirs, moved=[topic for topic in new.topics if topic not in heirs])


def _numbered(state: FittedState, groups: NDArray[np.int64]) -> Labels:
    """(groups,) the topic id of each group."""
    index, n = state.index, int(groups.max(initial=-1)) + 1
    real = index.ids[index.ids >= 0]
    inside = groups >= 0
    ids = np.full(n, np.iinfo(np.int64).max)
    np.minimum.at(ids, groups[inside], real[inside])
    if state.online is not None:
        return ids
    places = index.places(state.assignments)
    first = np.full(len(real) + 1, state.n_documents)
    first[places[::-1]] = np.arange(state.n_documents - 1, -1, -1)
    sizes = np.bincount(groups[inside], weights=index.sizes[index.ids >= 0][inside], minlength=n)
    earliest = np.full(n, state.n_documents)
    np.minimum.at(earliest, groups[inside], first[:-1][inside])
    ids[np.lexsort((earliest, -sizes))] = np.arange(n)
    return ids


def _steered(state: FittedState, to: Labels) -> Any:
    steering = cast(Any, state.steering)
    topics = np.append(to, -1)[state.index.places(steering.topics)]
    gone = (steering.topics >= 0) & (topics < 0)
    return replace(steering, topics=np.where(gone, DELETED, np.where(steering.topics < 0, steering.topics, topics)))


def _joined(names: Mapping[int, str], state: FittedState, to: Labels) -> dict[int, str]:
    """The names of topics, those of joined topics side by side, the largest topic's first."""
    index = state.index
    by_size = sorted(names, key=lambda topic: (-index.size(topic), topic))
    found: dict[int, list[str]] = {}
    for topic in by_size:
        new = -1 if topic < 0 else int(to[index.places(np.array([topic]))[0]])
        if (new < 0) == (topic < 0) and names[topic] not in found.setdefault(new, []):
            found[new].append(names[topic])
    return {topic: " / ".join(parts) for topic, parts in sorted(found.items()) if parts}


def _representative(state: FittedState, rows: NDArray[np.int64], new: TopicIndex) -> dict[int, tuple[int, ...]]:
    """The representative documents of the parts, taken in turn."""
    parts: dict[int, list[tuple[int, ...]]] = {topic: [] for topic in new.topics}
    for topic, row in sorted(zip(state.index.topics, rows, strict=True), key=lambda pair: -state.index.size(pair[0])):
        parts[new.topics[row]].append(state.representative[topic])
    turns = {topic: [place for turn in zip_longest(*lists) for place in turn] for topic, lists in parts.items()}
    return {topic: tuple(p for p in places if p is not None)[:REPRESENTATIVE] for topic, places in turns.items()}


def _shares(state: FittedState, assignments: Labels, places: NDArray[np.int64], new: TopicIndex) -> dict[str, Any]:
    """Strengths and memberships; those of joined topics are sums."""
    strengths = np.where(assignments >= 0, state.strengths, np.float32(0))
    shares: Any = state.memberships
    if shares is None:
        return {"strengths": frozen(strengths)}
    shares = csr_array(shares @ indicator(places, len(new.real)).T)
    shares.sort_indices()
    strengths = joined_strengths(strengths, shares, new.places(assignments), places, len(new.real))
    return {"strengths": frozen(strengths), "memberships": frozen(shares)}


def _sums(state: FittedState, rows: NDArray[np.int64], new: TopicIndex) -> dict[str, Any]:
    """Counts and embeddings of the new topics, as sums over the old."""
    parts = indicator(rows, len(new)).astype(np.float64)
    counts = group_sums(state.topic_counts, rows, len(new))
    means = diags_array(1 / np.maximum(new.sizes, 1)) @ parts @ diags_array(state.index.sizes.astype(np.float64))
    found: dict[str, Any] = {
        "topic_counts": frozen(counts),
        "topic_embeddings": frozen(np.asarray(means @ state.topic_embeddings, dtype=np.float32)),
    }
    if state.online is not None:
        found["online"] = replace(state.online, sums=frozen(np.asarray(parts @ state.online.sums)))
    return found


def reassigned(
    state: FittedState,
    assignments: Labels,
    work: Work,
    strengths: NDArray[np.float32] | None = None,
    *,
    recounted: bool = False,
) -> FittedState:
    """The state with *assignments*, whose ids are kept as they are; from then on the nearest training rows vote.

    A topic most of whose documents (of those that had a topic) had it before is still the same, and keeps its labels.

    Args:
        state: With counts and embeddings.
        assignments: (n,) topic ids, -1 for outliers.
        work: What surrounds the work.
        strengths: (n,) how strongly documents are in topics that they did not have before; 1 where None.
        recounted: Whether terms are counted or weighed otherwise, too.
    """
    counts, rows = counts_of(state), embeddings_of(state)
    new = TopicIndex.of(assignments)
    same = assignments == state.assignments
    given = np.ones(len(same), dtype=np.float32) if strengths is None else strengths
    told = np.where(assignments < 0, 0, np.where(same, state.strengths, given)).astype(np.float32)
    heirs = _heirs(state, assignments, new)
    shares = None if state.memberships is None else _reshared(state, assignments, new, same, told)
    places, known = new.places(assignments), known_rows(rows)
    unseen = int((~known & (places >= 0)).sum())
    if unseen:
        warnings.warn(
            f"{unseen} documents of which the embedder knows nothing were given a topic; transform gives them -1",
            stacklevel=5,
        )
    changed = np.unique(np.concatenate([assignments[~same], state.assignments[~same]]))
    ids = {topic for topic in new.topics if topic in state.index.topics}
    mapping = np.where(np.isin(state.mapping, list(ids)), state.mapping, -1)
    state = replace(
        state,
        index=new,
        assignments=frozen(assignments),
        strengths=frozen(told),
        memberships=frozen(shares),
        mapping=frozen(mapping),
        votes=True,
        predictor=LateVote(
            lambda: NeighborVote(
                cast(Any, rows)[known], places[known], told[known], None if shares is None else shares[known]
            )
        ),
        steering=None,
        online=None,
        topic_counts=frozen(group_sums(counts, new.rows(assignments), len(new))),
        topic_embeddings=frozen(mean_rows(rows, assignments, new)),
        names={topic: name for topic, name in state.names.items() if topic in heirs},
        custom={topic: name for topic, name in state.custom.items() if topic in heirs},
    )
    moved = [topic for topic in new.topics if topic in changed]
    return rewritten(state, work, heirs=heirs, moved=moved, recounted=recounted)


def _heirs(state: FittedState, assignments: Labels, new: TopicIndex) -> dict[int, int]:
    """The topics that are still what they were."""
    before = state.assignments
    had = before >= 0
    from_topics = np.bincount(new.rows(assignments[had]), minlength=len(new))
    stayed = np.bincount(new.rows(assignments[had & (before == assignments)]), minlength=len(new))
    kept = np.flatnonzero((2 * stayed > from_topics) | (new.ids < 0))
    return {int(new.ids[row]): int(new.ids[row]) for row in kept if new.topics[row] in state.index.topics}


def _reshared(
    state: FittedState, assignments: Labels, new: TopicIndex, same: NDArray[np.bool_], strengths: NDArray[np.float32]
) -> csr_array:
    """Memberships with a column a topic: documents that stayed keep theirs, the others are in their topic alone."""
    old, k = state.index.ids[state.index.ids >= 0], len(new.real)
    places = np.where(np.isin(old, new.ids), new.places(old), -1)
    shares: Any = csr_array(cast(Any, state.memberships) @ indicator(places, k).T)
    moved = indicator(np.where(same, -1, new.places(assignments)), k).T
    shares = diags_array(same.astype(np.float32)) @ shares + diags_array(strengths) @ moved
    shares = csr_array(shares, dtype=np.float32)
    shares.sort_indices()
    return cast(csr_array, shares)
