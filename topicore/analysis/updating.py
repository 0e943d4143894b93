"""Topics said otherwise: other terms, weights, words or assignments; what is not given stays as it is."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeAlias, cast

from .. import registry
from ..components import Component, Cost, CountingVectorizer, Labels, Representation, Vectorizer, overrides
from ..counts import group_sums
from ..errors import InputError, ParameterError
from ..pipeline import describing
from ..pipeline.embedding import Work
from ..pipeline.reading import Text, read, recount
from ..pipeline.resolving import aspects_of, chain_of, refreshed, unmet_needs
from ..pipeline.rewriting import reweighted, rewritten
from ..pipeline.view import view_of
from ..specs import EmbedderSpec, RepresentationSpec, Setting
from ..state import Components, FittedState, Settings, frozen
from .needed import aspects_among
from .regrouping import reassigned

Chains: TypeAlias = Mapping[str, tuple[Representation, ...]]

__all__ = ["costs", "describe_topics", "embeds_here", "needs_rows", "update_topics"]


def update_topics(
    state: FittedState,
    work: Work,
    *,
    settings: Settings,
    assignments: Labels | None = None,
    vectorizer: Any = None,
    weighting: Any = None,
    representation: Any = None,
) -> FittedState:
    """The state with other parts; parts that are None stay as they are.

    A representation that is given runs on all topics, also one that calls a model. Of those that stay, only such that
    ask no model run again.

    Args:
        state: The state.
        work: What surrounds the work.
        settings: The settings from now on: n_words, ngram_range and stop_words may differ from those of the state.
        assignments: (n,) topic ids, kept as they are.
        vectorizer: A name or object; where it cuts text as before, documents are not read again.
        weighting: A name or object.
        representation: A name or object, a chain, or a dict of aspects.

    Raises:
        InputError: Something is needed that the model does not keep.
        ParameterError: A setting has no taker, or a value is no component.
    """
    changed = {
        name for name in ("ngram_range", "stop_words") if getattr(settings, name) != getattr(state.settings, name)
    }
    parts = _parts(state, settings, changed, vectorizer, weighting, representation)
    before, state = state, replace(state, settings=settings, components=parts)
    if vectorizer is not None or changed:
        state = _recounted(before, state)
    recounted = bool(changed) or vectorizer is not None or weighting is not None
    if recounted and representation is None:
        _warn_of_words(state, work)
    if assignments is not None:
        state = reassigned(state, assignments, work, recounted=recounted)
    elif representation is not None:
        state = reweighted(state)
    else:
        same = {topic: topic for topic in state.index.topics}
        state = rewritten(state, work, heirs=same, moved=(), recounted=recounted)
    return state if representation is None else _described(state, work)


def _described(state: FittedState, work: Work) -> FittedState:
    """*state*, all of whose representations run; a label that none gives now stays, but no word."""
    known = {
        aspect: {topic: replace(one, terms=None, images=None) for topic, one in topics.items()}
        for aspect, topics in state.descriptions.items()
    }
    found = describing.describe(view_of(state, work), state.components.representations, work.notify, before=known)
    return replace(state, descriptions=found)


def _parts(
    state: FittedState, settings: Settings, changed: set[str], vectorizer: Any, weighting: Any, representation: Any
) -> Components:
    """The components with those that are given, and with the settings that *changed*."""
    parts = state.components
    if vectorizer is not None:
        parts = replace(parts, vectorizer=cast(Any, refreshed("vectorizer", vectorizer, settings)))
    elif changed:
        parts = replace(parts, vectorizer=_told(parts.vectorizer, settings, changed))
    if weighting is not None:
        parts = replace(parts, weighting=cast(Any, refreshed("weighting", weighting, settings)))
    if representation is not None:
        parts = replace(parts, representations=_chains(representation, settings))
        unmet_needs(parts, state)
        describing.prepare(parts.representations)
    return parts


def needs_rows(representation: Any) -> bool:
    """Whether a *representation*, as ``update_topics`` takes it, needs the documents' embeddings."""
    chains = {} if representation is None else aspects_of(representation)
    links = [link for value in chains.values() for link in chain_of(value)]
    return any("embeddings" in cast(RepresentationSpec, registry.capabilities(link)).needs for link in links)


def embeds_here(state: FittedState, representation: Any = None) -> bool:
    """Whether a *representation*, or that of *state*, needs embeddings, and the embedder makes them on this machine."""
    embedder = state.components.embedder
    needed = needs_rows(state.components.representations if representation is None else representation)
    distant = cast(EmbedderSpec, registry.capabilities(embedder)).network
    return needed and registry.registered(embedder) is not None and not distant


def _chains(representation: Any, settings: Settings) -> dict[str, tuple[Representation, ...]]:
    """The chain of each aspect of *representation*, with the model's settings."""
    return {
        aspect: tuple(cast(Representation, refreshed("representation", link, settings)) for link in chain_of(value))
        for aspect, value in aspects_of(representation).items()
    }


def _warn_of_words(state: FittedState, work: Work) -> None:
    """Say which aspects lose their words, since what gave them does not run now."""
    lost = describing.without_words(view_of(state, work), state.components.representations)
    if lost:
        aspect, name = lost[0]
        warnings.warn(
            f"terms are counted or weighed otherwise now, and representation {name!r} of aspect {aspect!r} calls a "
            "model or needs what this model does not keep: its words are by weight alone until describe_topics() is "
            "called, with documents= or embeddings= where the model keeps none",
            stacklevel=4,
        )


def _told(vectorizer: Vectorizer | CountingVectorizer, settings: Settings, changed: set[str]) -> Any:
    """The vectorizer under other settings, whatever it was given before."""
    spec = registry.capabilities(vectorizer)
    parameters: dict[str, Any] = {}
    for name in sorted(changed):
        receives = spec.receives.get(cast(Setting, name))
        if receives is not None:
            parameters[receives] = getattr(settings, name)
        elif not isinstance(vectorizer, Vectorizer) or overrides(vectorizer, Vectorizer, "rules"):
            try:
                vectorizer = vectorizer.fresh(**{name: getattr(settings, name)})
            except (TypeError, ValueError):
                raise ParameterError(
                    f"{name} has no effect: vectorizer {spec.name!r} does not take it; pass vectorizer= instead"
                ) from None
    if not parameters:
        return vectorizer
    told: Component = vectorizer.fresh(**parameters)
    told.given = vectorizer.given
    return told


def _recounted(before: FittedState, state: FittedState) -> FittedState:
    """*state* with the counts of its own vectorizer, from kept tokens where it cuts text as that of *before* did."""
    old, new = before.components.vectorizer, state.components.vectorizer
    alike = type(old) is type(new) and isinstance(old, Vectorizer) and isinstance(new, Vectorizer)
    cuts = cast(Vectorizer, new).cuts_by() if alike else None
    same = new is old or (cuts is not None and cuts == cast(Vectorizer, old).cuts_by())
    if alike and not same:
        same = not overrides(new, Vectorizer, "rules") and old.config() == new.config()
    if same and before.tokens is not None:
        text = recount(cast(Vectorizer, new), state.settings, before.tokens)
    else:
        text = _read_again(state)
    counts = group_sums(text.counts, state.index.rows(state.assignments), len(state.index))
    return replace(
        state,
        settings=replace(state.settings, language=text.language),
        tokens=text.tokens,
        counts=frozen(text.counts),
        vocabulary=text.vocabulary,
        topic_counts=frozen(counts),
    )


def _read_again(state: FittedState) -> Text:
    if state.documents is None:
        raise InputError(
            "counting other terms needs the tokens or the documents of the fit, and this model keeps neither; pass "
            "documents=, or save it with include=['tokens'] to load it with them"
        )
    return read(state.components, state.settings, state.documents, len(state.documents), lambda event: None)


def describe_topics(state: FittedState, work: Work, chosen: Chains) -> FittedState:
    """The state whose representations ran on all topics as in a fit, also those that call a model.

    A topic about which a model says nothing now, such as when a service is down, keeps what it had.

    Args:
        state: The state.
        work: What surrounds the work.
        chosen: The chains to run, by aspect.
    """
    before = state.descriptions
    unmet_needs(replace(state.components, representations=chosen), state)
    describing.prepare(chosen)
    found = describing.describe(view_of(state, work), chosen, work.notify, before=before)
    return replace(state, descriptions={name: found.get(name, before[name]) for name in before})


def costs(
    state: FittedState, work: Work, representation: Any = None, aspects: Any = None
) -> list[tuple[str, str, Cost]]:
    """(aspect, representation, cost) of all that would ask a model for something; nothing is asked.

    Args:
        state: The state.
        work: What surrounds the work; answers in its cache cost nothing.
        representation: As for ``update_topics``; None for that of the state.
        aspects: As for ``describe_topics``.

    Raises:
        InputError: Something is needed that the model does not keep.
    """
    chains = state.components.representations
    if representation is not None:
        chains = _chains(representation, state.settings)
    chains = aspects_among(chains, aspects)
    unmet_needs(replace(state.components, representations=chains), state)
    return describing.costs(view_of(state, work), chains)
