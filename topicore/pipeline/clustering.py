"""From rows to topics: reduced, clustered, numbered, and what will label new rows."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from .. import registry
from ..builtin.neighbors import LateVote, NeighborVote
from ..components import Assignment, Event, Labels, Matrix
from ..errors import InputError
from ..specs import ClustererSpec, ReducerSpec
from ..state import Components, Settings, Steering
from .checking import guarded, reduced
from .grouping import as_topics, checked, merged, numbered, widened
from .resolving import with_n_topics
from .steering import claims, joined, pulled, warn_unclaimed

__all__ = ["Grouped", "accepts", "grouped_by"]


@dataclass(frozen=True, kw_only=True)
class Grouped:
    """Topics of the documents, and what labels new ones; see ``FittedState`` for what each part means."""

    components: Components
    assignment: Assignment
    mapping: NDArray[np.int64]
    predictor: LateVote | None
    votes: bool
    steering: Steering | None


def grouped_by(
    components: Components,
    settings: Settings,
    steering: Steering | None,
    rows: Matrix,
    known: NDArray[np.bool_],
    codes: Labels | None,
    notify: Callable[[Event], None],
) -> Grouped:
    """Topics of the *known* rows: of zero-shot labels first, of clusters for the others; numbered by size."""
    which, cosines = claims(steering, rows)
    which = np.where(known, which, -1)
    labels, wanted = np.unique(which[which >= 0]), settings.n_topics
    if not len(labels):
        warn_unclaimed(steering, rows)
    free = known & (which < 0)
    if wanted is not None and len(labels):
        wanted = _left(wanted, len(labels), bool(free.any()))
        components = replace(components, clusterer=with_n_topics(components.clusterer, settings, wanted))
    x = pulled(steering, rows if free.all() else rows[free])
    clusters, inductive = _clustered(components, x, None if codes is None else codes[free], notify)
    groups = _groups(components, wanted, clusters, x)
    k = len(groups)
    if len(labels):
        own = np.where(which < 0, -1, k + np.searchsorted(labels, which))
        soft = cast(ClustererSpec, registry.capabilities(components.clusterer)).soft
        found = widened(clusters, free[own < 0]) if free.any() else None
        clusters = joined(own, np.flatnonzero(own < 0), cosines, found, k + len(labels), soft=soft)
    else:
        clusters = widened(clusters, free)
    groups = np.append(groups, np.arange(len(labels)) + int(groups.max(initial=-1)) + 1)
    mapping = numbered(clusters.labels, groups)
    assignment = as_topics(clusters, mapping, int(mapping.max(initial=-1)) + 1)
    if steering is not None and len(labels):
        steering = replace(steering, topics=_scattered(labels, mapping[k:], len(steering.topics)))
    spec = cast(ClustererSpec, registry.capabilities(components.clusterer))
    keeps = inductive and spec.predict_matches_fit and k > 0
    return Grouped(
        components=components,
        assignment=assignment,
        mapping=mapping[:k],
        predictor=None if keeps else _voters(x, assignment, free) if free.any() else _voters(rows, assignment, known),
        votes=not inductive,
        steering=steering,
    )


def _left(wanted: int, claimed: int, some: bool) -> int:
    """Topics left for the clusterer beside those of zero-shot labels."""
    if wanted < claimed + some:
        raise InputError(
            f"n_topics={wanted} is too few: {claimed} zero-shot topics found documents, and others are left; "
            f"ask for at least {claimed + some}, or raise zeroshot_min_similarity"
        )
    return max(wanted - claimed, 1)


def _scattered(labels: NDArray[np.int64], topics: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    found = np.full(n, -1, dtype=np.int64)
    found[labels] = topics
    return found


def _voters(rows: Matrix, assignment: Assignment, chosen: NDArray[np.bool_]) -> LateVote:
    """The training rows and their topics, where a component cannot take new rows or forgets what it was told."""
    x = rows if rows.shape[0] == chosen.sum() else rows[chosen]
    shares = None if assignment.memberships is None else cast(Any, assignment.memberships)[chosen]
    labels, strengths = assignment.labels[chosen], cast(Any, assignment.strengths)[chosen]
    return LateVote(lambda: NeighborVote(x, labels, strengths, shares))


def _clustered(
    components: Components, x: Any, y: Labels | None, notify: Callable[[Event], None]
) -> tuple[Assignment, bool]:
    """Clusters of rows *x*; and whether new rows can go the same way."""
    if not x.shape[0]:  # labels claimed all documents: the nearest of them will have to do for others
        return Assignment(labels=np.empty(0, dtype=np.int64), strengths=np.empty(0, dtype=np.float32)), False
    inductive = True
    if components.reducer is not None:
        reducer, n = components.reducer, x.shape[0]
        spec = cast(ReducerSpec, registry.capabilities(reducer))
        accepts(spec, x)
        notify(Event(stage="reduce", done=0, total=1, detail=spec.name))
        x = reduced(guarded(reducer, lambda: reducer.fit_transform(x, y)), n, spec.name)
        inductive = spec.inductive
        notify(Event(stage="reduce", done=1, total=1))
    clusterer = components.clusterer
    found = cast(ClustererSpec, registry.capabilities(clusterer))
    accepts(found, x)
    notify(Event(stage="cluster", done=0, total=1, detail=found.name))
    result = guarded(clusterer, lambda: clusterer.fit_predict(x, y))
    notify(Event(stage="cluster", done=1, total=1))
    name = registry.capabilities(clusterer).name
    found = cast(ClustererSpec, registry.capabilities(clusterer))  # a wrapper may narrow it for what it fitted
    return checked(result, x.shape[0], name), inductive and found.inductive


def accepts(spec: ReducerSpec | ClustererSpec, x: Matrix) -> None:
    """Refuse sparse rows where a component takes none."""
    if issparse(x) and not spec.sparse_input:
        raise InputError(
            f"{spec.kind} {spec.name!r} takes no sparse embeddings; reduce them first, for example reducer='svd'"
        )


def _groups(components: Components, wanted: int | None, clusters: Assignment, x: Matrix) -> NDArray[np.int64]:
    """(clusters,) the group of each cluster, where there are more than wanted."""
    groups = np.arange(int(clusters.labels.max(initial=-1)) + 1)
    if wanted is None or not len(groups):
        return groups
    spec = registry.capabilities(components.clusterer)
    parameter = spec.receives.get("n_topics")
    if parameter is None:
        groups = merged(clusters.labels, x, wanted)
    found = len(np.unique(groups))
    if found < wanted and parameter not in (components.clusterer.given or ()):
        warnings.warn(f"n_topics={wanted} cannot be had: clusterer {spec.name!r} found {found}", stacklevel=7)
    return groups
