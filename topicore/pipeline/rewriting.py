"""Weights, words and representative documents of topics that changed after the fit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from ..state import FittedState, frozen
from .checking import guarded, weighed
from .describing import redescribe
from .embedding import Work
from .fitting import REPRESENTATIVE
from .view import view_of

__all__ = ["reweighted", "rewritten"]


def reweighted(state: FittedState) -> FittedState:
    """*state* with the weights that its topic counts give, of a weighting learned anew from them."""
    weighting = state.components.weighting.fresh()
    weighting.given = state.components.weighting.given
    bags = state.topic_counts
    weights = weighed(guarded(weighting, lambda: weighting.fit_transform(bags, state.vocabulary)), bags)
    return replace(state, components=replace(state.components, weighting=weighting), weights=frozen(weights))


def rewritten(
    state: FittedState,
    work: Work,
    *,
    heirs: Mapping[int, int],
    moved: Collection[int] | None = None,
    recounted: bool = False,
) -> FittedState:
    """*state* with weights, descriptions and representative documents that fit its counts and assignments.

    Args:
        state: Its index, assignments, counts and topic embeddings are right; its descriptions are those of before.
        work: What surrounds what representations embed.
        heirs: For each topic that is still what a topic was before, that topic.
        moved: Topics whose documents changed; None for all. Without embeddings their representative documents stay.
        recounted: Whether terms are counted or weighed otherwise, so that no word of before holds.
    """
    state = reweighted(state)
    view = view_of(state, work)
    described = redescribe(
        view,
        state.components.representations,
        state.descriptions,
        heirs,
        recounted=recounted or state.online is not None,
    )
    representative = dict(state.representative)
    if state.space is not None:
        for topic in state.index.topics if moved is None else moved:
            representative[topic] = tuple(view.document_ids(topic, n=REPRESENTATIVE))
    representative = {topic: representative[topic] for topic in state.index.topics}
    return replace(state, descriptions=described, representative=representative)
