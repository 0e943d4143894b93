"""The fit: one pass from documents to a fitted state."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse

from .. import registry
from ..builtin.foreign import Precomputed
from ..builtin.neighbors import NeighborVote
from ..builtin.vectorizers import ngram_pair
from ..builtin.words import stop_words_of
from ..components import (
    Assignment,
    Component,
    Event,
    Executor,
    Labels,
    Matrix,
    Rules,
    Tokens,
    Vectorizer,
)
from ..counts import count, group_sums
from ..errors import ComponentError, InputError, TopicoreError
from ..specs import ClustererSpec, ReducerSpec
from ..state import Components, FittedState, Settings, TopicIndex, frozen
from ..tokens import tokenise
from .describing import describe
from .embedding import Embedding
from .grouping import as_topics, checked, class_names, merged, numbered, widened
from .resolving import check, freshened, suited
from .view import View, mean_rows

__all__ = ["Corpus", "checked_tokens", "fit", "guarded", "known_rows", "reduced", "shown", "watched"]

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


@dataclass(frozen=True, kw_only=True)
class Text:
    """What counting a corpus gives."""

    tokens: Tokens | None
    counts: csr_array
    vocabulary: Sequence[str]
    has_words: NDArray[np.bool_]


def fit(
    components: Components,
    settings: Settings,
    corpus: Corpus,
    *,
    notify: Callable[[Event], None],
    executor: Executor,
) -> FittedState:
    """Fit fresh components on *corpus*; what was handed in stays as it was.

    Raises:
        InputError: The corpus cannot be used, or lacks what a component needs.
        ComponentError: A component failed or broke its contract.
    """
    given = corpus.embeddings
    if given is not None and components.embedder.learns():
        components = replace(components, embedder=Precomputed())  # rows of another space than it would learn
    check(components, settings, documents=corpus.documents is not None, images=corpus.images is not None)
    components = freshened(components, settings)
    text = _read(components, settings, corpus, notify)
    embedding = Embedding(embedder=components.embedder, notify=notify, executor=executor)
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
    weights = guarded(weighting, lambda: weighting.fit_transform(bags, text.vocabulary))
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


def _read(components: Components, settings: Settings, corpus: Corpus, notify: Callable[[Event], None]) -> Text:
    """Tokenise and count the documents, once."""
    n = len(corpus)
    if corpus.documents is None:
        nothing: Any = csr_array((n, 0), dtype=np.int32)
        return Text(tokens=None, counts=nothing, vocabulary=[], has_words=np.ones(n, dtype=bool))
    documents = watched(corpus.documents, "read", notify)
    vectorizer = components.vectorizer
    if not isinstance(vectorizer, Vectorizer):
        counts: Any = guarded(vectorizer, lambda: csr_array(vectorizer.fit_transform(documents)))
        if counts.shape != (n, len(vectorizer.terms)):
            raise ComponentError(f"the vectorizer gave counts of shape {counts.shape} for {n} documents")
        return Text(
            tokens=None, counts=cast(Any, counts), vocabulary=vectorizer.terms, has_words=np.diff(counts.indptr) > 0
        )
    defaults = Rules(
        stop_words=stop_words_of(settings.language, settings.stop_words),
        ngram_range=ngram_pair(settings.ngram_range),
        min_df=None,
        relax=True,
    )
    rules = vectorizer.rules(defaults)
    tokens = guarded(vectorizer, lambda: tokenise(checked_tokens(vectorizer.tokenize(documents)), rules.stop_words))
    if len(tokens) != n:
        raise ComponentError(f"the vectorizer gave tokens for {len(tokens)} documents of {n}")
    counts, vocabulary = count(tokens, rules)
    return Text(tokens=tokens, counts=counts, vocabulary=vocabulary, has_words=np.diff(tokens.offsets) > 0)


def checked_tokens(lists: Iterable[Any]) -> Iterator[list[str]]:
    """The token *lists* of a vectorizer as they come, the first tokens of each looked at.

    Raises:
        ComponentError: A document's tokens are no list of texts.
    """
    for tokens in lists:
        if isinstance(tokens, str) or (len(tokens) and not isinstance(tokens[0], str)):
            raise ComponentError(f"a vectorizer must give one list of words a text, gave {str(tokens)[:60]!r}")
        yield tokens


def shown(images: Sequence[Any] | None, n: int) -> NDArray[np.bool_]:
    """(n,) which documents have an image."""
    return np.zeros(n, dtype=bool) if images is None else np.array([image is not None for image in images], dtype=bool)


def watched(items: Sequence[str], stage: str, notify: Callable[[Event], None]) -> Iterator[str]:
    """The *items*, with an event for every thousandth."""
    for place, item in enumerate(items):
        if place % 1000 == 0:
            notify(Event(stage=stage, done=place, total=len(items)))
        yield item
    notify(Event(stage=stage, done=len(items), total=len(items)))


def known_rows(rows: Matrix) -> NDArray[np.bool_]:
    """(n,) which rows are not (nearly) all zero."""
    if issparse(rows):
        return np.asarray(abs(rows).sum(axis=1)).ravel() > 1e-6
    return np.asarray(np.abs(rows).max(axis=1, initial=0) > 1e-6)


def guarded(component: Component, call: Callable[[], Any]) -> Any:
    """The result of *call*, with any error said to be *component*'s."""
    try:
        return call()
    except TopicoreError:
        raise
    except Exception as error:
        spec = registry.capabilities(component)
        raise ComponentError(f"{spec.kind} {spec.name!r} failed: {type(error).__name__}: {error}") from error


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


def reduced(x: Any, n: int, name: str) -> Matrix:
    """What reducer *name* gave for *n* rows, as float32 rows.

    Raises:
        ComponentError: The shape is wrong, or numbers are not finite.
    """
    x = csr_array(cast(Any, x), dtype=np.float32) if issparse(x) else np.ascontiguousarray(x, dtype=np.float32)
    numbers = cast(Any, x).data if issparse(x) else x
    if x.ndim != 2 or x.shape[0] != n or not np.isfinite(numbers).all():
        raise ComponentError(f"reducer {name!r} gave shape {x.shape} for {n} rows, or numbers that are not finite")
    return cast(Matrix, x)


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
