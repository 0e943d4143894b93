"""Which parts can learn batch by batch, and copies of them that learn on while the originals stay as they are."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any, cast

from .. import registry
from ..components import Component, CountingVectorizer
from ..errors import ComponentError, ParameterError
from ..specs import ClustererSpec, EmbedderSpec, ReducerSpec, VectorizerSpec
from ..state import Components, Settings
from .checking import guarded

__all__ = ["check_incremental", "twin", "twins"]


def check_incremental(components: Components, settings: Settings, *, embeddings: bool) -> None:
    """Refuse parts and settings that need the whole corpus at once.

    Args:
        components: The parts.
        settings: The settings.
        embeddings: Whether rows are given, so that the embedder is not asked.

    Raises:
        ParameterError: There are some; the message names all of them, and what to use instead.
    """
    unfit = [*_unfit_parts(components, embeddings), *_unfit_settings(components, settings)]
    if unfit:
        raise ParameterError("partial_fit learns batch by batch, and this model cannot: " + "; ".join(unfit))


def _unfit_parts(components: Components, embeddings: bool) -> list[str]:
    found = []
    embedder = cast(EmbedderSpec, registry.capabilities(components.embedder))
    if not embeddings and components.embedder.learns() and not embedder.incremental:
        found.append(
            f"embedder {embedder.name!r} learns from a whole corpus (use one that learns nothing, such as a sentence "
            "model or a HashingVectorizer, or one with partial_fit, or pass embeddings=)"
        )
    if components.reducer is not None:
        reducer = cast(ReducerSpec, registry.capabilities(components.reducer))
        if not (reducer.incremental and reducer.inductive):
            found.append(
                f"reducer {reducer.name!r} needs all rows at once (use reducer='incremental-pca', scikit-learn's "
                "IncrementalPCA, or None)"
            )
    clusterer = cast(ClustererSpec, registry.capabilities(components.clusterer))
    if not clusterer.incremental:
        found.append(
            f"clusterer {clusterer.name!r} needs all rows at once (use clusterer='minibatch-kmeans', or scikit-learn's "
            "MiniBatchKMeans)"
        )
    vectorizer = cast(VectorizerSpec, registry.capabilities(components.vectorizer))
    if not vectorizer.tokens and not vectorizer.incremental:
        found.append(f"vectorizer {vectorizer.name!r} has no partial_fit (use vectorizer='count' or 'hashing')")
    return found


def _unfit_settings(components: Components, settings: Settings) -> list[str]:
    clusterer = cast(ClustererSpec, registry.capabilities(components.clusterer))
    found = [f"{name} needs the whole corpus" for name in ("seed_topics", "zeroshot_topics") if getattr(settings, name)]
    if settings.probabilities:
        found.append("probabilities=True needs a column a topic, and topics are still to come")
    if settings.n_topics is not None and clusterer.incremental and "n_topics" not in clusterer.receives:
        found.append(
            f"n_topics={settings.n_topics} does not reach clusterer {clusterer.name!r} (give the number to the "
            "clusterer itself)"
        )
    return found


def twins(components: Components) -> Components:
    """*components* whose embedder, reducer, clusterer and counting vectorizer can learn on unnoticed."""
    embedder, vectorizer = components.embedder, components.vectorizer
    return replace(
        components,
        embedder=twin(embedder) if embedder.learns() else embedder,
        reducer=None if components.reducer is None else twin(components.reducer),
        clusterer=twin(components.clusterer),
        vectorizer=twin(vectorizer) if isinstance(vectorizer, CountingVectorizer) else vectorizer,
    )


def twin(component: Any) -> Any:
    """A component that has learned the same: of what ``state()`` gives, else a deep copy.

    Raises:
        ComponentError: It has no ``state()``, and cannot be copied.
    """
    state = guarded(component, component.state)
    if state is not None:
        return _restored(component, state)
    try:
        return copy.deepcopy(component)
    except Exception as error:
        spec = registry.capabilities(component)
        raise ComponentError(
            f"{spec.kind} {spec.name!r} cannot be copied, so it cannot learn on without changing the fitted model "
            f"({type(error).__name__}: {error}); write state() and restore() for it"
        ) from error


def _restored(component: Component, state: Any) -> Component:
    fresh = component.fresh()
    found = copy.copy(component) if fresh is component else fresh
    found.given = component.given
    if "spec" in vars(component):
        found.spec = component.spec  # type: ignore[misc]
    guarded(component, lambda: found.restore(state))
    return found
