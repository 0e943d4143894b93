"""One model of several: like topics become one, the others stand side by side, and no document is lost."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from numbers import Real
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array, vstack

from ..builtin.execution import Serial
from ..builtin.neighbors import LateVote, NeighborVote, joined_strengths
from ..builtin.space import Space
from ..components import Description, FloatMatrix, Labels
from ..counts import group_sums, indicator
from ..errors import InputError
from ..pipeline.checking import known_rows
from ..pipeline.describing import redescribe
from ..pipeline.embedding import Work
from ..pipeline.fitting import REPRESENTATIVE
from ..pipeline.rewriting import reweighted
from ..pipeline.view import view_of
from ..state import FittedState, TopicIndex, frozen
from .spaces import check_one_space
from .stacking import UnitedTerms, stacked_documents

__all__ = ["merge_models"]

DIGITS = 12
"""Cosines are rounded to so many: a topic is exactly like itself."""


def merge_models(states: Sequence[FittedState], *, min_similarity: float = 0.7) -> FittedState:
    """The state of all documents of *states*, one model's after the other's.

    The topics of the first keep their ids. Model by model, each topic is compared with those gathered before its model
    came, by the cosine of their mean embeddings, and joins the likest (the first of equals) from *min_similarity* on;
    else it gets the next id. So two topics of one model are one only where both join the same topic. A topic that
    others joined is compared by the mean of all its documents so far: merging a and b, and then c, finds the topics
    that merging a, b and c finds. -1 joins -1 and nothing else.

    Counts are summed over the terms of all, and weighed anew by the weighting of the first model. Topics that nothing
    joined keep how they read; the others get new words, and the labels of the model that came first and has some. No
    model is asked. What the documents were is kept where every model keeps it. Settings and components are those of
    the first model, but new rows are labelled by the vote of the nearest documents, or by the nearest topic where some
    model keeps no embeddings.

    Raises:
        InputError: Fewer than two states, states of different embedding spaces, or no cosine.
    """
    _check(states, min_similarity)
    owners = _owners(states, min_similarity)
    index, rows = _index(states, owners)
    union = UnitedTerms([state.vocabulary for state in states])
    counts = union.stacked([state.topic_counts for state in states])
    assignments = _assignments(states, owners)
    documents = stacked_documents(states, union)
    merged = replace(
        states[0],
        index=index,
        assignments=frozen(assignments),
        votes=True,
        vocabulary=union.terms,
        topic_counts=frozen(group_sums(counts, rows, len(index))),
        topic_embeddings=frozen(_means(states, rows, index)),
        representative=_representative(states, owners),
        names=_first([state.names for state in states], states, owners),
        custom=_first([state.custom for state in states], states, owners),
        versions=_versions(states),
        space=None if documents["embeddings"] is None else Space(documents["embeddings"]),
        steering=None,
        online=None,
        **_shares(states, owners, index),
        **documents,
    )
    merged = reweighted(replace(merged, predictor=_voter(merged)))
    return replace(merged, descriptions=_descriptions(merged, states, owners))


def _check(states: Sequence[FittedState], min_similarity: Any) -> None:
    if len(states) < 2:
        raise InputError(f"models must be at least two, got {len(states)}")
    number = isinstance(min_similarity, Real) and not isinstance(min_similarity, bool)
    if not number or not -1 <= min_similarity <= 1:
        raise InputError(f"min_similarity must be a cosine between -1 and 1, got {min_similarity!r}")
    check_one_space(states)


def _versions(states: Sequence[FittedState]) -> dict[str, str]:
    """The distributions behind all states, in the version of the first that has them."""
    return dict(sorted({name: found for state in reversed(states) for name, found in state.versions.items()}.items()))


# which topics are one


def _owners(states: Sequence[FittedState], min_similarity: float) -> list[Labels]:
    """For each state (t,) the id that each of its topics has from now on."""
    owners = [states[0].index.ids]
    ids, sums = owners[0][owners[0] >= 0], _sums(states[0])
    for state in states[1:]:
        own = _sums(state)
        places = _likest(own, sums, min_similarity)
        new = np.flatnonzero(places < 0)
        places[new] = len(ids) + np.arange(len(new))
        ids = np.append(ids, ids.max(initial=-1) + 1 + np.arange(len(new)))
        sums = np.concatenate([sums, np.zeros((len(new), sums.shape[1]))])
        np.add.at(sums, places, own)
        owner = np.full(len(state.index), -1, dtype=np.int64)
        owner[state.index.ids >= 0] = ids[places]
        owners.append(owner)
    return owners


def _sums(state: FittedState) -> NDArray[np.float64]:
    """(topics without -1, d) the summed embeddings of each topic's documents."""
    real = state.index.ids >= 0
    return cast(NDArray[np.float64], state.topic_embeddings[real] * state.index.sizes[real, None].astype(np.float64))


def _likest(rows: NDArray[np.float64], others: NDArray[np.float64], least: float) -> NDArray[np.int64]:
    """The place of the one of *others* that each row is most like by cosine, -1 where none reaches *least*."""
    if not len(others):
        return np.full(len(rows), -1, dtype=np.int64)
    cosines = (_unit(rows) @ _unit(others).T).round(DIGITS)
    best = cosines.argmax(axis=1)
    return np.where(cosines[np.arange(len(rows)), best] >= least, best, -1)


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    lengths = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
    return rows / np.where(lengths > 0, lengths, 1)


def _index(states: Sequence[FittedState], owners: Sequence[Labels]) -> tuple[TopicIndex, NDArray[np.int64]]:
    """The topics of all states, and the row of each topic of each state among them."""
    ids, rows = np.unique(np.concatenate(owners), return_inverse=True)
    sizes = np.zeros(len(ids), dtype=np.int64)
    np.add.at(sizes, rows, np.concatenate([state.index.sizes for state in states]))
    return TopicIndex(ids, sizes), rows.astype(np.int64)


# what topics and documents have


def _means(states: Sequence[FittedState], rows: NDArray[np.int64], index: TopicIndex) -> FloatMatrix:
    """(t, d) the mean embedding of each topic's documents, from the means of its parts."""
    sizes = np.concatenate([state.index.sizes for state in states]).astype(np.float64)
    parts = diags_array(1 / index.sizes) @ indicator(rows, len(index)) @ diags_array(sizes)
    return np.asarray(parts @ np.concatenate([state.topic_embeddings for state in states]), dtype=np.float32)


def _assignments(states: Sequence[FittedState], owners: Sequence[Labels]) -> Labels:
    """(n,) the topic of each document."""
    pairs = zip(states, owners, strict=True)
    return np.concatenate([owner[state.index.rows(state.assignments)] for state, owner in pairs])


def _shares(states: Sequence[FittedState], owners: Sequence[Labels], index: TopicIndex) -> dict[str, Any]:
    """Strengths and memberships; the memberships of topics of one model that are one from now on are sums."""
    strengths, memberships = [], []
    for state, owner in zip(states, owners, strict=True):
        places = index.places(owner[state.index.ids >= 0])
        own = state.strengths
        if state.memberships is not None:
            shares = csr_array(state.memberships @ indicator(places, len(index.real)).T, dtype=np.float32)
            memberships.append(shares)
            labels = index.places(owner[state.index.rows(state.assignments)])
            own = joined_strengths(own, shares, labels, places, len(index.real))
        strengths.append(own)
    found: dict[str, Any] = {"strengths": frozen(np.concatenate(strengths)), "memberships": None}
    if len(memberships) == len(states):
        stacked = csr_array(vstack(memberships, format="csr"))
        stacked.sort_indices()
        found["memberships"] = frozen(stacked)
    return found


def _representative(states: Sequence[FittedState], owners: Sequence[Labels]) -> dict[int, tuple[int, ...]]:
    """The representative documents of each topic's parts, taken in turn."""
    parts: dict[int, list[list[int]]] = {}
    start = 0
    for state, owner in zip(states, owners, strict=True):
        for topic, new in zip(state.index.topics, owner.tolist(), strict=True):
            parts.setdefault(new, []).append([start + place for place in state.representative[topic]])
        start += state.n_documents
    turns = {topic: [place for turn in zip_longest(*lists) for place in turn] for topic, lists in parts.items()}
    return {
        topic: tuple(place for place in places if place is not None)[:REPRESENTATIVE]
        for topic, places in sorted(turns.items())
    }


def _first(
    named: Sequence[Mapping[int, str]], states: Sequence[FittedState], owners: Sequence[Labels]
) -> dict[int, str]:
    """What each topic is called by the first model that has a name for it."""
    names: dict[int, str] = {}
    for own, state, owner in zip(named, states, owners, strict=True):
        for topic, new in zip(state.index.topics, owner.tolist(), strict=True):
            if topic in own:
                names.setdefault(new, own[topic])
    return dict(sorted(names.items()))


def _voter(state: FittedState) -> LateVote:
    """What labels new rows: the nearest documents, or the nearest topic where there are no embeddings."""
    rows, shares, strengths, neighbors = state.embeddings, state.memberships, state.strengths, 15
    if rows is None:
        warnings.warn(
            "a model keeps no embeddings, so that new documents get the topic whose mean is nearest, and none is an "
            "outlier; merge models saved with include=['embeddings'] to have them labelled by the nearest documents",
            stacklevel=4,
        )
        neighbors = 1
        real = np.flatnonzero(state.index.ids >= 0)
        rows, places, strengths = state.topic_embeddings[real], np.arange(len(real)), np.ones(len(real), np.float32)
        shares = None if shares is None else csr_array(diags_array(strengths))
    else:
        places = state.index.places(state.assignments)
    known = np.flatnonzero(known_rows(rows))
    shares = None if shares is None else shares[known]
    return LateVote(lambda: NeighborVote(rows[known], places[known], strengths[known], shares, neighbors=neighbors))


# how topics read


def _descriptions(
    merged: FittedState, states: Sequence[FittedState], owners: Sequence[Labels]
) -> dict[str, dict[int, Description]]:
    """For each aspect of any state a Description a topic; what an aspect lacks are the plain words."""
    view = view_of(merged, Work(notify=lambda _: None, executor=Serial()))
    ids, parts = np.unique(np.concatenate(owners), return_counts=True)
    joined = {int(topic) for topic in ids[parts > 1]}
    fresh = redescribe(view, merged.components.representations, {}, {}) if joined else {}
    described: dict[str, dict[int, Description]] = {}
    for aspect in dict.fromkeys(aspect for state in states for aspect in state.descriptions):
        said: dict[int, list[Description]] = {topic: [] for topic in merged.index.topics}
        for state, owner in zip(states, owners, strict=True):
            own = state.descriptions.get(aspect, {})
            for topic, new in zip(state.index.topics, owner.tolist(), strict=True):
                if topic in own:
                    said[new].append(own[topic])
        described[aspect] = {}
        for topic, found in said.items():
            if topic in joined or not found:
                again = fresh.get(aspect, {}).get(topic)
                terms = tuple(view.terms(topic, n=view.n_words)) if again is None else again.terms
                found = [Description(terms=terms), *found]
            described[aspect][topic] = _filled(found)
    return described


def _filled(found: Sequence[Description]) -> Description:
    """The first of each part that is there."""
    parts = {}
    for name in ("terms", "label", "summary", "images"):
        parts[name] = next((value for one in found if (value := getattr(one, name)) is not None), None)
    return Description(**parts)
