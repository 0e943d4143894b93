"""How topics read: every aspect's chain of representations over one view."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import isfinite
from typing import Any, TypeVar, cast

from .. import registry
from ..components import Cost, Description, Event, Representation
from ..errors import ComponentError, ParameterError, TopicoreError
from ..specs import ComponentSpec, RepresentationSpec, Yield
from ..state import MAIN
from .view import View

__all__ = ["calls_model", "costs", "describe", "prepare", "redescribe", "without_words"]

A = TypeVar("A")
Described = Mapping[str, Mapping[int, Description]]
Failed = Callable[[ComponentError], None]

PARTS: tuple[Yield, ...] = ("terms", "label", "summary", "images")


def describe(
    view: View,
    aspects: Mapping[str, tuple[Representation, ...]],
    notify: Any,
    *,
    before: Described | None = None,
    failed: Failed | None = None,
) -> dict[str, dict[int, Description]]:
    """For each aspect a Description a topic; every aspect starts from the plain words.

    Args:
        view: The window on the model.
        aspects: The chains.
        notify: Hears of each link.
        before: Descriptions of the topics before: one about which a link that calls a model says nothing keeps what
            such a link gives.
        failed: Hears of a link that calls a model and failed, whose topics stay as they are; without, that is raised.
    """
    total = sum(len(chain) for chain in aspects.values())
    done = 0
    described: dict[str, dict[int, Description]] = {}
    for aspect, chain in aspects.items():
        current: dict[int, Description] = {}
        for link in chain:
            seen = replace(view, previous=current)
            if calls_model(link):
                current = _refined(seen, link, (before or {}).get(aspect), failed)
            else:
                current = _refined(seen, link)
            done += 1
            notify(Event(stage="describe", done=done, total=total, detail=aspect))
        described[aspect] = {topic: _shown(view, current.get(topic), topic) for topic in view.topics}
    return described


def prepare(aspects: Mapping[str, Sequence[Representation]]) -> None:
    """Refuse representations that say that they cannot work, such as for want of a key, or would show nothing.

    Raises:
        ParameterError: One of the main aspect gives images and nothing else.
    """
    main = map(registry.capabilities, aspects.get(MAIN, ()))
    for name in (spec.name for spec in main if _yields(spec) == {"images"}):
        raise ParameterError(
            f"representation {name!r} gives images, which are shown in an aspect of their own: write representation="
            f"{{'main': 'projection', 'images': {name!r}}}"
        )
    for link in (link for chain in aspects.values() for link in chain):
        _guarded(link, link.prepare)


def costs(view: View, aspects: Mapping[str, Sequence[Representation]]) -> list[tuple[str, str, Cost]]:
    """(aspect, representation, cost) of each link that would ask a model for something, which none is asked for."""
    found = []
    for aspect, chain in aspects.items():
        current: dict[int, Description] = {}
        for link in chain:
            before = replace(view, previous=current)
            cost = _guarded(link, partial(link.cost, before))
            if cost is not None:
                found.append((aspect, registry.capabilities(link).name, cost))
            if not calls_model(link):
                current = _refined(before, link)
    return found


def redescribe(
    view: View,
    aspects: Mapping[str, tuple[Representation, ...]],
    before: Described,
    heirs: Mapping[int, int],
    *,
    recounted: bool = False,
) -> dict[str, dict[int, Description]]:
    """Descriptions of topics that changed after the fit, without asking any model.

    Links that call a model, or need what the view does not have, are left out. Where a chain has such links, a topic
    that is still what it was keeps their labels and summaries, and their words where these are still counted alike.

    Args:
        view: The window on the changed topics.
        aspects: The chains.
        before: Descriptions of the topics before.
        heirs: The topic before that a topic is still the same as, where there is one.
        recounted: Whether terms are counted or weighed otherwise, so that words of before do not hold.
    """
    described: dict[str, dict[int, Description]] = {}
    for aspect, chain in aspects.items():
        left_out = silent(view, chain)
        current: dict[int, Description] = {}
        for link in chain:
            if not any(link is other for other in left_out):
                current = _refined(replace(view, previous=current), link)
        fresh = {topic: _shown(view, current.get(topic), topic) for topic in view.topics}
        if left_out:
            known, worded = before.get(aspect, {}), not recounted and any(map(_gives_words, left_out))
            kept = {new: known[old] for new, old in heirs.items() if old in known}
            for topic, old in kept.items():
                terms = old.terms[: view.n_words] if worded and old.terms else fresh[topic].terms
                fresh[topic] = replace(_over(old, fresh[topic]), terms=terms)
        described[aspect] = fresh
    return described


def silent(view: View, chain: Sequence[Representation]) -> list[Representation]:
    """The links of *chain* that do not run after the fit: they call a model, or need what *view* does not have."""
    return [link for link in chain if calls_model(link) or not _offers(view, link)]


def without_words(view: View, aspects: Mapping[str, tuple[Representation, ...]]) -> list[tuple[str, str]]:
    """(aspect, representation) for each link that gives words and does not run after the fit."""
    return [
        (aspect, registry.capabilities(link).name)
        for aspect, chain in aspects.items()
        for link in silent(view, chain)
        if _gives_words(link)
    ]


def _gives_words(link: Representation) -> bool:
    return "terms" in _yields(registry.capabilities(link))


def _yields(spec: ComponentSpec) -> frozenset[Yield]:
    return cast(RepresentationSpec, spec).yields


def calls_model(link: Representation) -> bool:
    """Whether *link* asks a language model or an embedder, and so runs only for a fit, or when asked."""
    spec = cast(RepresentationSpec, registry.capabilities(link))
    return spec.calls_model or spec.network or "embedder" in spec.needs


def _offers(view: View, link: Representation) -> bool:
    """Whether *view* has all that *link* needs."""
    spec = cast(RepresentationSpec, registry.capabilities(link))
    has = {
        "documents": view.documents is not None,
        "tokens": view.tokens is not None,
        "images": view.pictures is not None,
        "embeddings": view.embeddings is not None and view.document_counts is not None,
        "embedder": True,
    }
    return all(has[need] for need in spec.needs)


def _refined(
    view: View,
    link: Representation,
    before: Mapping[int, Description] | None = None,
    failed: Failed | None = None,
) -> dict[int, Description]:
    """The descriptions with what *link* says; a topic that it leaves out keeps the like of it from *before*."""
    name = registry.capabilities(link).name
    try:
        found = _guarded(link, partial(link.describe, view))
    except ComponentError as error:
        if failed is None:
            raise
        failed(error)
        found = {}
    if not isinstance(found, Mapping) or not all(isinstance(part, Description) for part in found.values()):
        raise ComponentError(f"representation {name!r} must give a Description a topic, gave {type(found).__name__}")
    topics = set(view.topics)
    unknown = [topic for topic in found if topic not in topics]
    if unknown:
        raise ComponentError(f"representation {name!r} described topics that do not exist: {unknown[:5]}")
    for description in found.values():
        _check(description, name)
    yields = _yields(registry.capabilities(link))
    kept = {topic: _only(yields, known) for topic, known in (before or {}).items() if topic not in found}
    said = {**kept, **found}
    return {topic: _over(view.previous.get(topic, Description()), said.get(topic)) for topic in view.topics}


def _only(parts: Collection[str], description: Description) -> Description:
    """*description* with *parts* alone."""
    return Description(**{part: getattr(description, part) for part in PARTS if part in parts})


def _guarded(link: Representation, call: Callable[[], A]) -> A:
    try:
        return call()
    except TopicoreError:
        raise
    except Exception as error:
        name = registry.capabilities(link).name
        raise ComponentError(f"representation {name!r} failed: {type(error).__name__}: {error}") from error


def _check(description: Description, name: str) -> None:
    """Refuse terms that are no pairs of a text and a finite number, and labels that are no text."""
    try:
        fine = all(isinstance(term, str) and isfinite(weight) for term, weight in description.terms or ())
    except (TypeError, ValueError):
        fine = False
    if not fine:
        raise ComponentError(
            f"representation {name!r} must give terms as (text, weight) pairs, gave {description.terms!r:.80}"
        )
    for part in (description.label, description.summary):
        if part is not None and not isinstance(part, str):
            raise ComponentError(f"representation {name!r} must give labels and summaries as texts, gave {part!r}")


def _over(before: Description, after: Description | None) -> Description:
    """*before* with what *after* fills in."""
    if after is None:
        return before
    filled = {part: getattr(after, part) for part in PARTS}
    return replace(before, **{part: value for part, value in filled.items() if value is not None})


def _shown(view: View, description: Description | None, topic: int) -> Description:
    """At most ``n_words`` terms, the plain ones where no link gave any."""
    description = description or Description()
    terms = view.terms(topic, n=view.n_words) if description.terms is None else description.terms[: view.n_words]
    return replace(description, terms=tuple((str(term), float(weight)) for term, weight in terms))
