"""The fit: one pass from documents to a fitted state."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from .. import registry
from ..builtin.foreign import Precomputed
from ..builtin.space import Space
from ..components import Event, Labels, Matrix
from ..counts import group_sums
from ..errors import ComponentError, InputError
from ..specs import ClustererSpec, ReducerSpec
from ..state import Components, FittedState, Settings, Steering, TopicIndex, frozen
from .checking import guarded, known_rows, shown, weighed
from .clustering import Grouped, grouped_by
from .describing import describe, prepare
from .embedding import Embedding, Work
from .grouping import class_names
from .reading import Text, read
from .resolving import check, freshened, suited
from .steering import steering_of
from .view import mean_rows, view_of

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
    interrupted: Callable[[FittedState], None],
) -> FittedState:
    """Fit fresh components on *corpus*; what was handed in stays as it was.

    Args:
        components: The components.
        settings: The settings.
        corpus: What to fit on.
        work: What surrounds the work.
        interrupted: Is given the state with plain words where the user ends the work while topics are described.

    Raises:
        InputError: The corpus cannot be used, or lacks what a component needs.
        ComponentError: A component failed or broke its contract.
    """
    given, notify = corpus.embeddings, work.notify
    if given is not None and components.embedder.learns():
        components = replace(components, embedder=Precomputed())  # rows of another space than it would learn
    check(components, settings, documents=corpus.documents is not None, images=corpus.images is not None)
    prepare(components.representations)
    components = freshened(components, settings)
    text = read(components, settings, corpus.documents, len(corpus), notify)
    settings = replace(settings, language=text.language)
    embedding = Embedding(embedder=components.embedder, work=work)
    rows = given if given is not None else embedding.fit(corpus.documents, text.tokens, corpus.images)
    if components.reducer is not None:
        components = replace(components, reducer=suited(components.reducer, settings, rows))
    known = (text.has_words | shown(corpus.images, len(corpus))) & known_rows(rows)
    if not known.any():
        raise InputError("every document is empty to the embedder (its rows are all zero); nothing can be grouped")
    steering = steering_of(settings, embedding, components.vectorizer, rows, known)
    grouped = grouped_by(components, settings, steering, rows, known, corpus.codes, notify)
    if corpus.codes is not None:
        _warn_unused(grouped.components)  # wrappers know what they use once they are fitted
    state = _weighed(settings, corpus, text, rows, grouped)
    notify(Event(stage="weigh", done=1, total=1))
    view = view_of(state, work)
    representative = {topic: tuple(view.document_ids(topic, n=REPRESENTATIVE)) for topic in state.index.topics}
    state = replace(state, representative=representative)
    try:
        described = describe(view, components.representations, notify, failed=_warn_undescribed)
    except KeyboardInterrupt:
        plain = describe(view, dict.fromkeys(components.representations, ()), lambda event: None)
        interrupted(replace(state, descriptions=plain))
        raise
    return replace(state, descriptions=described)


def _warn_undescribed(error: ComponentError) -> None:
    warnings.warn(
        f"{error}; the topics keep the words that they had, and the model is fitted: describe_topics() asks again",
        stacklevel=2,
    )


def _weighed(settings: Settings, corpus: Corpus, text: Text, rows: Matrix, grouped: Grouped) -> FittedState:
    """The state of documents in topics, with weights, and not yet in words."""
    components, assignment = grouped.components, grouped.assignment
    index = TopicIndex.of(assignment.labels)
    bags = group_sums(text.counts, index.rows(assignment.labels), len(index))
    weighting = components.weighting
    weights = weighed(guarded(weighting, lambda: weighting.fit_transform(bags, text.vocabulary)), bags)
    return FittedState(
        settings=settings,
        components=components,
        index=index,
        assignments=frozen(assignment.labels),
        strengths=frozen(cast(Any, assignment.strengths)),
        memberships=frozen(cast(Any, assignment.memberships)),
        mapping=frozen(grouped.mapping),
        predictor=grouped.predictor,
        votes=grouped.votes,
        vocabulary=text.vocabulary,
        topic_counts=frozen(bags),
        weights=frozen(weights),
        topic_embeddings=frozen(mean_rows(rows, assignment.labels, index)),
        descriptions={},
        representative={},
        names=_names(components, settings, corpus, assignment.labels, grouped.steering),
        columns=int(rows.shape[1]),
        versions=versions(components),
        documents=corpus.documents,
        images=corpus.images,
        tokens=text.tokens,
        counts=frozen(text.counts),
        embeddings=frozen(rows),
        space=Space(rows),
        steering=grouped.steering,
    )


def _warn_unused(components: Components) -> None:
    """Say so where no part of the pipeline uses classes."""
    clusterer = cast(ClustererSpec, registry.capabilities(components.clusterer))
    reducer = components.reducer and cast(ReducerSpec, registry.capabilities(components.reducer))
    if not (clusterer.supervised or clusterer.semi_supervised or (reducer and reducer.supervised)):
        parts = " or ".join(f"{spec.kind} {spec.name!r}" for spec in (reducer, clusterer) if spec)
        warnings.warn(
            f"y has no effect: no class is used by {parts}; clusterer='graph' uses them, as does a classifier such as "
            "clusterer=LogisticRegression()",
            stacklevel=5,
        )


def _names(
    components: Components, settings: Settings, corpus: Corpus, topics: Labels, steering: Steering | None
) -> dict[int, str]:
    """What topics are called: by classes, where the clusterer learned these, and by zero-shot labels."""
    supervised = cast(ClustererSpec, registry.capabilities(components.clusterer)).supervised
    names = {} if corpus.codes is None or not supervised else class_names(topics, corpus.codes, corpus.classes)
    if steering is not None:
        labels = zip(steering.topics.tolist(), settings.zeroshot_topics or (), strict=True)
        names |= {topic: label for topic, label in labels if topic >= 0}
    return names


def versions(components: Components) -> Mapping[str, str]:
    """The distributions behind *components*, and their versions."""
    found: dict[str, str] = {}
    for _, component in components.named():
        for part in (component, *component.parts()):
            entry = registry.registered(part)
            if entry is not None:
                found[entry.plugin.distribution] = entry.plugin.version
    return dict(sorted(found.items()))
