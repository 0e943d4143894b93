"""Topics merged and deleted by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import InputError
from ..pipeline.embedding import Work
from ..state import FittedState
from .regrouping import regrouped

__all__ = ["delete_topics", "merge_topics", "topics_among"]


def merge_topics(state: FittedState, topics: Any, work: Work) -> FittedState:
    """The state in which the topics of each group are one.

    Args:
        state: The state.
        topics: Topic ids, or several lists of them.
        work: What surrounds the work.

    Raises:
        InputError: A topic does not exist, is -1, or is in two groups; a group has fewer than two topics.
    """
    lists = list(topics) if _listed(topics) else []
    nested = [_listed(entry) for entry in lists]
    if not lists or (any(nested) and not all(nested)):
        raise InputError(f"topics_to_merge must be a list of topics, or a list of such lists, got {topics!r:.80}")
    groups = [topics_among(state, group, "topics_to_merge") for group in (lists if all(nested) else [lists])]
    real = state.index.real
    group_of = dict(zip(real, range(len(real)), strict=True))
    taken: set[int] = set()
    for group in groups:
        if len(group) < 2:
            raise InputError(f"topics_to_merge has the group {group}: merging takes at least two topics")
        twice = sorted(taken.intersection(group))
        if twice:
            raise InputError(f"topics_to_merge names topic {twice[0]} in two groups; put these into one")
        taken.update(group)
        for topic in group:
            group_of[topic] = group_of[group[0]]
    _, compact = np.unique(np.array([group_of[topic] for topic in real]), return_inverse=True)
    return regrouped(state, compact.astype(np.int64), work)


def delete_topics(state: FittedState, topics: Any, work: Work) -> FittedState:
    """The state in which the documents of *topics* (one id or several) are outliers.

    Raises:
        InputError: A topic does not exist, or is -1.
    """
    given = topics if _listed(topics) else [topics.item() if hasattr(topics, "item") else topics]
    gone = set(topics_among(state, given, "topics_to_delete"))
    kept = [topic not in gone for topic in state.index.real]
    return regrouped(state, np.where(kept, np.cumsum(kept) - 1, -1).astype(np.int64), work)


def topics_among(state: FittedState, topics: Any, argument: str) -> Sequence[int]:
    """*topics* as distinct ids of topics that exist, none of them -1.

    Raises:
        InputError: They are not.
    """
    if not _listed(topics) or any(map(_listed, topics)):
        raise InputError(f"{argument} must be a list of topics, got {topics!r:.80}")
    found = list(dict.fromkeys(topics))
    if not found:
        raise InputError(f"{argument} is empty; name at least one topic")
    for topic in found:
        state.index.row(topic)
        if topic < 0:
            raise InputError(f"{argument} holds -1: outliers are no topic; reduce_outliers finds topics for them")
    return [int(topic) for topic in found]


def _listed(topics: Any) -> bool:
    """Whether *topics* are several values: no text and no mapping."""
    return (
        isinstance(topics, Iterable)
        and not isinstance(topics, (str, bytes, Mapping))
        and getattr(topics, "shape", None) != ()
    )
