"""The fit: one pass from documents to a fitted state."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from .. import registry
from ..builtin.foreign import Precomputed
from ..builtin.neighbors import NeighborVote
from ..components import Assignment, Event, Labels, Matrix
from ..counts import group_sums
from ..errors import InputError
from ..specs import ClustererSpec, ReducerSpec
from ..state import Components, FittedState, Settings, TopicIndex, frozen
from .checking import guarded, known_rows, reduced, shown, weighed
from .describing import describe
from .embedding import Embedding, Work
from .grouping import as_topics, checked, class_names, merged, numbered, widened
from .reading import Text, read
from .resolving import check, freshened, suited
from .view import View, mean_rows

__all__ = ["Corpus", "fit"]

REPRESENTATIVE = 3


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """What a fit is given.

    Args:
        documents: The texts, or None where there are only images or embeddings.
        embeddings: (n, d) rows that the user has already, or None.
        images: One a document, None where it has none.
        codes: (n,) codes of the classes in ``y``, -1 where unknown.
        classes: The classes that the codes stand for.
    """

    documents: Sequence[str] | None = None
    embeddings: Matrix | None = None
    images: Sequence[Any] | None = None
    codes: Labels | None = None
    classes: tuple[Hashable, ...] = ()

    def __len__(self) -> int:
        for part in (self.documents, self.images):
            if part is not None:
                return len(part)
        return 0 if self.embeddings is None else int(self.embeddings.shape[0])


def fit(
    components: Components,
    settings: Settings,
    corpus: Corpus,
    work: Work,
) -> FittedState:
    """Fit fresh components on *corpus*; what was handed in stays as it was.

    Raises:
        InputError: The corpus cannot be used, or lacks what a component needs.
        ComponentError: A component failed or broke its contract.
    """
    given, notify = corpus.embeddings, work.notify
    if given is not None and components.embedder.learns():
        components = replace(components, embedder=Precomputed())  # rows of another space than it would learn
    check(components, settings, documents=corpus.documents is not None, images=corpus.images is not None)
    components = freshened(components, settings)
    text = read(components, settings, corpus.documents, len(corpus), notify)
    embedding = Embedding(embedder=components.embedder, work=work)
    rows = given if given is not None else embedding.fit(corpus.documents, text.tokens, corpus.images)
    if components.reducer is not None:
        components = replace(components, reducer=suited(components.reducer, settings, rows))
    known = (text.has_words | shown(corpus.images, len(corpus))) & known_rows(rows)
    if not known.any():
        raise InputError("every document is empty to the embedder (its rows are all zero); nothing can be grouped")
    clusters, predictor_rows = _clustered(components, rows, known, corpus.codes, notify)
    assignment, mapping = _topics(components, settings, clusters, rows)
    view = _view(components, settings, corpus, text, rows, assignment.labels, embedding)
    notify(Event(stage="weigh", done=1, total=1))
    index = view.index
    described = describe(view, components.representations, notify)
    supervised = cast(ClustererSpec, registry.capabilities(components.clusterer)).supervised
    names = (
        {} if corpus.codes is None or not supervised else class_names(assignment.labels, corpus.codes, corpus.classes)
    )
    return FittedState(
        settings=settings,
        components=components,
        index=index,
        assignments=view.assignments,
        strengths=frozen(cast(Any, assignment.strengths)),
        memberships=frozen(cast(Any, assignment.memberships)),
        mapping=frozen(mapping),
        predictor=_predictor(components, rows, known, assignment, predictor_rows),
        vocabulary=text.vocabulary,
        topic_counts=view.counts,
        weights=view.weights,
        topic_embeddings=view.topic_embeddings,
        descriptions=described,
        representative={topic: tuple(view.document_ids(topic, n=REPRESENTATIVE)) for topic in index.topics},
        names=names,
        columns=int(rows.shape[1]),
        versions=versions(components),
        documents=corpus.documents,
        images=corpus.images,
        tokens=text.tokens,
        counts=view.document_counts,
        embeddings=view.embeddings,
    )


def _view(
    components: Components,
    settings: Settings,
    corpus: Corpus,
    text: Text,
    rows: Matrix,
    assignments: Labels,
    embedding: Embedding,
) -> View:
    """Counts and weights of the topics, and all that representations may see."""
    index = TopicIndex.of(assignments)
    bags = group_sums(text.counts, index.rows(assignments), len(index))
    weighting, vectorizer = components.weighting, components.vectorizer
    weights = weighed(guarded(weighting, lambda: weighting.fit_transform(bags, text.vocabulary)), bags)
    return View(
        index=index,
        vocabulary=text.vocabulary,
        counts=frozen(bags),
        weights=frozen(weights),
        assignments=frozen(assignments),
        embeddings=frozen(rows),
        topic_embeddings=frozen(mean_rows(rows, assignments, index)),
        n_words=settings.n_words,
        document_counts=frozen(text.counts),
        documents=corpus.documents,
        pictures=corpus.images,
        embedding=lambda texts, role: embedding.of_texts(vectorizer, texts, role),
        previous={},
    )


def _clustered(
    components: Components,
    rows: Matrix,
    known: NDArray[np.bool_],
    codes: Labels | None,
    notify: Callable[[Event], None],
) -> tuple[Assignment, bool]:
    """Clusters of all rows; and whether new rows can go the same way."""
    x: Any = rows if known.all() else rows[known]
    y = None if codes is None else codes[known]
    inductive = True
    if components.reducer is not None:
        reducer, n = components.reducer, x.shape[0]
        spec = cast(ReducerSpec, registry.capabilities(reducer))
        _accepts(spec, x)
        notify(Event(stage="reduce", done=0, total=1, detail=spec.name))
        x = reduced(guarded(reducer, lambda: reducer.fit_transform(x, y)), n, spec.name)
        inductive = spec.inductive
        notify(Event(stage="reduce", done=1, total=1))
    clusterer = components.clusterer
    found = cast(ClustererSpec, registry.capabilities(clusterer))
    _accepts(found, x)
    notify(Event(stage="cluster", done=0, total=1, detail=found.name))
    result = guarded(clusterer, lambda: clusterer.fit_predict(x, y))
    notify(Event(stage="cluster", done=1, total=1))
    name = registry.capabilities(clusterer).name
    found = cast(ClustererSpec, registry.capabilities(clusterer))  # a wrapper may narrow it for what it fitted
    return widened(checked(result, x.shape[0], name), known), inductive and found.inductive


def _accepts(spec: ReducerSpec | ClustererSpec, x: Matrix) -> None:
    if issparse(x) and not spec.sparse_input:
        raise InputError(
            f"{spec.kind} {spec.name!r} takes no sparse embeddings; reduce them first, for example reducer='svd'"
        )


def _topics(
    components: Components, settings: Settings, clusters: Assignment, rows: Matrix
) -> tuple[Assignment, NDArray[np.int64]]:
    """The assignment to topics, and (clusters,) the topic of each cluster."""
    groups = np.arange(int(clusters.labels.max(initial=-1)) + 1)
    spec, wanted = registry.capabilities(components.clusterer), settings.n_topics
    parameter = spec.receives.get("n_topics")
    if wanted is not None and parameter is None:
        groups = merged(clusters.labels, rows, wanted)
    found = len(np.unique(groups))
    if wanted is not None and found < wanted and parameter not in (components.clusterer.given or ()):
        warnings.warn(f"n_topics={wanted} cannot be had: clusterer {spec.name!r} found {found}", stacklevel=6)
    mapping = numbered(clusters.labels, groups)
    return as_topics(clusters, mapping), mapping


def _predictor(
    components: Components, rows: Matrix, known: NDArray[np.bool_], assignment: Assignment, inductive: bool
) -> NeighborVote | None:
    """The training rows and their topics, where a component cannot take new rows or forgets what it was told."""
    clusterer = cast(ClustererSpec, registry.capabilities(components.clusterer))
    if inductive and clusterer.predict_matches_fit:
        return None
    shares = None if assignment.memberships is None else cast(Any, assignment.memberships)[known]
    return NeighborVote(rows[known], assignment.labels[known], cast(Any, assignment.strengths)[known], shares)


def versions(components: Components) -> Mapping[str, str]:
    """The distributions behind *components*, and their versions."""
    found: dict[str, str] = {}
    for _, component in components.named():
        for part in (component, *component.parts()):
            entry = registry.registered(part)
            if entry is not None:
                found[entry.plugin.distribution] = entry.plugin.version
    return dict(sorted(found.items()))
