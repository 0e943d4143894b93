"""From names, objects and settings to components that are ready to be fitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, replace
from typing import Any, cast, get_args

from scipy.sparse import issparse

from .. import registry
from ..components import Clusterer, Component, Matrix, Reducer, Representation, Vectorizer, overrides
from ..errors import InputError, ParameterError
from ..specs import ClustererSpec, EmbedderSpec, Kind, RepresentationSpec, Setting
from ..state import MAIN, Components, FittedState, Settings
from .embedding import check_images

__all__ = [
    "aspects_of",
    "chain_of",
    "check",
    "freshened",
    "named_aspects",
    "refreshed",
    "resolve",
    "suited",
    "unmet_needs",
    "with_n_topics",
]

SETTINGS = frozenset(get_args(Setting))
RESERVED = frozenset({"Topic", "Count", "Name", "Representation", "Representative_Docs", "Representative_Images"})
_WITHOUT_TOKENS = (
    "; fit it on documents with a vectorizer that gives tokens, such as 'count', and save it with include=['tokens'] "
    "to load it with them"
)
_REQUIRED: tuple[Kind, ...] = ("embedder", "clusterer", "vectorizer", "weighting")


def resolve(chosen: Mapping[str, Any]) -> Components:
    """Components from what the user wrote for each kind: names, objects, a chain, or a dict of aspects.

    Raises:
        PluginError: A name leads nowhere.
        ParameterError: A value is no component of its kind.
    """
    parts: dict[str, Any] = {kind: cast(Any, registry.build(kind, chosen[kind])) for kind in _REQUIRED}
    reducer: Any = None if chosen["reducer"] is None else registry.build("reducer", chosen["reducer"])
    aspects = {name: chain_of(value) for name, value in aspects_of(chosen["representation"]).items()}
    return Components(**parts, reducer=reducer, representations=aspects)


def aspects_of(representation: Any) -> dict[str, Any]:
    """The aspects of a representation: ``main`` and any others."""
    if not isinstance(representation, Mapping):
        return {MAIN: representation}
    aspects = named_aspects(representation)
    return {MAIN: aspects.pop(MAIN, "c-tf-idf"), **aspects}


def named_aspects(representation: Mapping[Any, Any]) -> dict[str, Any]:
    """The aspects that *representation* names.

    Raises:
        ParameterError: A name is taken.
    """
    names = [MAIN if str(name).lower() == MAIN else str(name) for name in representation]
    reserved = sorted({name for name in names if names.count(name) > 1} | RESERVED.intersection(names))
    if reserved:
        raise ParameterError(f"an aspect cannot be called {reserved[0]!r}: the table of topics has that name already")
    return dict(zip(names, representation.values(), strict=True))


def chain_of(value: Any) -> tuple[Representation, ...]:
    """A chain of representations from one or a list; each link refines the one before."""
    links = list(value) if isinstance(value, (list, tuple)) else [value]
    if not links:
        raise ParameterError("representation is an empty list; name at least one, such as 'c-tf-idf'")
    return tuple(cast(Representation, registry.build("representation", link)) for link in links)


def check(components: Components, settings: Settings, *, documents: bool, images: bool) -> None:
    """Refuse before the work what could not be done after it.

    Raises:
        InputError: A representation needs what this fit does not have, or memberships are asked of a hard clusterer.
        ParameterError: A setting that was changed has no taker.
    """
    clusterer = cast(ClustererSpec, registry.capabilities(components.clusterer))
    if settings.probabilities and not clusterer.soft:
        raise InputError(
            f"probabilities=True needs a clusterer with memberships, and {clusterer.name!r} has none; "
            "use clusterer='graph' or 'gmm', or probabilities=False"
        )
    embedder = cast(EmbedderSpec, registry.capabilities(components.embedder))
    if images:
        check_images(components.embedder)
    if not documents and not images and embedder.name != "precomputed":
        raise InputError("give documents, images, or both")
    for name in ("seed_topics", "zeroshot_topics"):
        if getattr(settings, name) and embedder.name == "precomputed":
            raise InputError(
                f"{name} are embedded like documents, but only embeddings= were given; name the embedder that made "
                "them, such as embedder='sentence-transformers:all-MiniLM-L6-v2'"
            )
    tokens = documents and isinstance(components.vectorizer, Vectorizer)
    _check_needs(components, documents=documents, tokens=tokens, images=images, embeddings=True)
    _check_taken(components, settings)


def unmet_needs(components: Components, state: FittedState) -> None:
    """Refuse representations that need what *state* does not keep.

    Raises:
        InputError: One does.
    """
    _check_needs(
        components,
        documents=state.documents is not None,
        tokens=state.tokens is not None,
        images=state.images is not None,
        embeddings=state.embeddings is not None and state.counts is not None,
        advice="; pass those of the fit: {given}",
    )


def _check_needs(
    components: Components, *, documents: bool, tokens: bool, images: bool, embeddings: bool, advice: str = ""
) -> None:
    embedder = registry.capabilities(components.embedder).name != "precomputed"
    has = {"documents": documents, "tokens": tokens, "images": images, "embeddings": embeddings, "embedder": embedder}
    for role, component in components.named():
        if role.startswith("representation"):
            spec = cast(RepresentationSpec, registry.capabilities(component))
            unmet = sorted(need for need in spec.needs if not has[need])
            if unmet:
                needed = f"{role} {spec.name!r} needs {', '.join(unmet)}, which this model does not have"
                given = " and ".join(f"{need}=" for need in ("documents", "embeddings") if need in unmet)
                asked = advice.format(given=given) if given else ""
                raise InputError(needed + (_WITHOUT_TOKENS if "tokens" in unmet else asked))


def _check_taken(components: Components, settings: Settings) -> None:
    """Every setting that is not at its default must reach the component that it is about."""
    vectorizer, clusterer = components.vectorizer, components.clusterer
    taken: set[str] = {"n_topics", "n_words", "probabilities", "random_state", "language", "seed_topics"}
    taken |= {"zeroshot_topics", "zeroshot_min_similarity"}
    taken |= {"min_topic_size"} & set(registry.capabilities(clusterer).receives)
    taken |= {"stop_words", "ngram_range"} & set(registry.capabilities(vectorizer).receives)
    if isinstance(vectorizer, Vectorizer) and not overrides(vectorizer, Vectorizer, "rules"):
        taken |= {"stop_words", "ngram_range"}
    for field in fields(Settings):
        default = field.default if field.default is not MISSING else None
        value = getattr(settings, field.name)
        same = list(value) == list(default) if isinstance(default, tuple) else value == default
        if not same and field.name not in taken:
            who = "clusterer" if field.name == "min_topic_size" else "vectorizer"
            name = registry.capabilities(getattr(components, who)).name
            raise ParameterError(f"{field.name}={value!r} has no effect: {who} {name!r} does not take it")


def freshened(components: Components, settings: Settings) -> Components:
    """Unfitted components with the model's settings where the user gave none; nothing of the user's is touched."""
    values = routable(settings)
    chains = {name: tuple(_fresh(link, values) for link in chain) for name, chain in components.representations.items()}
    return Components(
        embedder=_fresh(components.embedder, values),
        reducer=None if components.reducer is None else _fresh(components.reducer, values),
        clusterer=_fresh(components.clusterer, values),
        vectorizer=_fresh(components.vectorizer, values),
        weighting=_fresh(components.weighting, values),
        representations=chains,
    )


def suited(reducer: Reducer, settings: Settings, rows: Matrix) -> Reducer:
    """A fresh *reducer* for *rows*: Hellinger distances where they are sparse and nowhere negative, as TF-IDF is."""
    tfidf = issparse(rows) and cast(Any, rows).nnz and cast(Any, rows).data.min() >= 0
    return cast(Reducer, _fresh(reducer, {**routable(settings), **({"metric": "hellinger"} if tfidf else {})}))


def refreshed(kind: Kind, value: Any, settings: Settings) -> Component:
    """The component that *value* names or is, unfitted, with the model's settings where the user gave none."""
    return cast(Component, _fresh(registry.build(kind, value), routable(settings)))


def with_n_topics(clusterer: Clusterer, settings: Settings, n_topics: int) -> Clusterer:
    """A fresh *clusterer* for another number of topics, where it takes one and the user gave none."""
    return cast(Clusterer, _fresh(clusterer, routable(replace(settings, n_topics=n_topics))))


def routable(settings: Settings) -> dict[Setting, Any]:
    """The settings that components may receive; unset ones are left out."""
    values = {field.name: getattr(settings, field.name) for field in fields(Settings) if field.name in SETTINGS}
    if settings.seed_topics:
        values["seed_words"] = sorted({word for words in settings.seed_topics for word in words})
    return {cast(Setting, name): value for name, value in values.items() if value is not None or name == "language"}


def _fresh(component: Any, values: Mapping[Setting, Any]) -> Any:
    parameters = registry.settings(component, values)
    fresh = component.fresh(**parameters)
    parts: Sequence[Component] = component.parts()
    if parts:
        fresh = fresh.with_parts([_fresh(part, values) for part in parts])
    if fresh is not component:
        fresh.given = component.given
    return fresh
