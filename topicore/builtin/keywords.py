"""Word lists for topics, from counts and vectors that are there already: no word is embedded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..components import Description, FloatMatrix, Representation, TopicView
from ..specs import Range
from ..vocabulary import lookup
from . import plugin
from .lexicon import unit

__all__ = ["Keybert", "Mmr", "Projection", "Terms", "best_terms", "closeness", "ranked", "rows_of", "select"]

Pairs: TypeAlias = Sequence[tuple[str, float]]


class Terms(Representation):
    """The words of largest weight, as the weighting gives them."""

    spec = plugin.TERMS

    def __init__(self) -> None: ...

    def describe(self, view: TopicView, /) -> Mapping[int, Description]:
        """The words of the previous link, unchanged."""
        return {topic: Description(terms=tuple(view.terms(topic, n=view.n_words))) for topic in view.topics}


class Projection(Representation):
    """The best words, re-ranked by how close the documents that hold them are to the topic.

    A word's vector is the mean centred embedding of its documents, the topic's that of its own; the
    score is cosine * weight^power. No word is embedded: one sparse product serves all topics.

    Args:
        candidates: How many of the topic's best words take part.
        power: How much the weight of a word counts beside its cosine; 0 not at all.
    """

    spec = plugin.PROJECTION

    def __init__(self, candidates: Annotated[int, Range(1)] = 50, power: Annotated[float, Range(0)] = 0.25) -> None:
        self.candidates = candidates
        self.power = power

    def describe(self, view: TopicView, /) -> Mapping[int, Description]:
        """All candidates in their new order."""
        words = best_terms(view, self.candidates)
        vectors = rows_of(words, view.word_embeddings)
        described = {}
        for row, topic in enumerate(view.topics):
            if not view.centres[row].any():  # one topic holds everything: no direction is its own
                described[topic] = Description(terms=tuple(words[topic]))
                continue
            cosines = vectors[topic] @ view.centres[row]
            scores = cosines.clip(0) * np.array([max(weight, 0.0) for _, weight in words[topic]]) ** self.power
            order = np.lexsort((np.arange(len(scores)), -cosines, -scores))
            described[topic] = Description(
                terms=tuple((words[topic][place][0], float(scores[place])) for place in order)
            )
        return described


class Keybert(Representation):
    """The words whose documents are nearest to the topic's most representative ones (after KeyBERT, Grootendorst 2020).

    A word's vector is the mean centred embedding of all documents that hold it, the topic's that of its most
    representative documents. The score is cosine * u / (u + 1) * (cosine / c)^contrast of a word that the topic uses u
    times and whose cosine to the topic nearest to it is c: a few uses prove little, and a word of many topics tells
    none from the others. ``keybert.embedded`` embeds the words instead.

    Args:
        candidates: How many of the topic's best words take part.
        documents: How many representative documents make the topic's vector; few make for narrow words.
        contrast: How much less a word counts that is nearer to another topic; 0 not at all.
    """

    spec = plugin.KEYBERT

    def __init__(
        self,
        candidates: Annotated[int, Range(1)] = 100,
        documents: Annotated[int, Range(1)] = 50,
        contrast: Annotated[float, Range(0)] = 1.5,
    ) -> None:
        self.candidates = candidates
        self.documents = documents
        self.contrast = contrast

    def describe(self, view: TopicView, /) -> Mapping[int, Description]:
        """All candidates by score, largest first."""
        words = best_terms(view, self.candidates)
        vectors = rows_of(words, view.word_embeddings)
        centres = _centres(view, self.documents)
        real = centres[[topic >= 0 for topic in view.topics]]
        proven = _proven(view, words)
        described = {}
        for row, topic in enumerate(view.topics):
            described[topic] = Description(terms=tuple(words[topic]))
            if centres[row].any():
                scores = closeness(vectors[topic], centres[row], real, self.contrast) * proven[topic]
                described[topic] = Description(terms=ranked(words[topic], scores))
        return described


class Mmr(Representation):
    """Words close to the topic and unlike those chosen before (Carbonell & Goldstein 1998).

    The next word maximises (1 - diversity) * closeness to the topic - diversity * largest cosine to a chosen
    word; the chosen words keep their order and weights. Vectors are those of ``keybert``, and closeness is the cosine,
    less for a word that is nearer to another topic, as there.

    Args:
        diversity: 0 for closeness alone, 1 for difference alone.
        candidates: How many words there are to choose from.
        documents: How many representative documents make the topic's vector.
        contrast: How much less a word counts that is nearer to another topic; 0 not at all.
    """

    spec = plugin.MMR

    def __init__(
        self,
        diversity: Annotated[float, Range(0, 1)] = 0.1,
        candidates: Annotated[int, Range(1)] = 50,
        documents: Annotated[int, Range(1)] = 50,
        contrast: Annotated[float, Range(0)] = 1.0,
    ) -> None:
        self.diversity = diversity
        self.candidates = candidates
        self.documents = documents
        self.contrast = contrast

    def describe(self, view: TopicView, /) -> Mapping[int, Description]:
        """The chosen ``n_words`` of each topic."""
        words = best_terms(view, self.candidates)
        vectors = rows_of(words, view.word_embeddings)
        centres = _centres(view, self.documents)
        real = centres[[topic >= 0 for topic in view.topics]]
        described = {}
        for row, topic in enumerate(view.topics):
            close = closeness(vectors[topic], centres[row], real, self.contrast)
            chosen = select(vectors[topic], close, view.n_words, self.diversity)
            described[topic] = Description(terms=tuple(words[topic][place] for place in sorted(chosen)))
        return described


def best_terms(view: TopicView, n: int) -> dict[int, Pairs]:
    """The *n* best terms of each topic, at least as many as it shows."""
    return {topic: view.terms(topic, n=max(n, view.n_words)) for topic in view.topics}


def rows_of(words: Mapping[int, Pairs], embed: Callable[[list[str]], FloatMatrix]) -> dict[int, FloatMatrix]:
    """The vectors of each topic's words, all distinct words embedded in one call."""
    distinct = sorted({word for terms in words.values() for word, _ in terms})
    place = {word: row for row, word in enumerate(distinct)}
    vectors = embed(distinct)
    return {topic: vectors[[place[word] for word, _ in terms]] for topic, terms in words.items()}


def ranked(words: Pairs, scores: NDArray[np.floating]) -> tuple[tuple[str, float], ...]:
    """The *words* with their *scores*, largest first, equal ones in the order they came in."""
    return tuple((words[place][0], float(scores[place])) for place in np.argsort(-scores, kind="stable"))


def select(vectors: FloatMatrix, close: NDArray[np.floating], n: int, diversity: float) -> list[int]:
    """Places of *n* of the unit rows *vectors* by maximal marginal relevance, of which each has as much as *close*."""
    taken: list[int] = []
    nearest = np.full(len(vectors), -1.0)
    while len(taken) < min(n, len(vectors)):
        score = close if not taken else (1 - diversity) * close - diversity * nearest
        score = score.astype(np.float64)
        score[taken] = -np.inf
        taken.append(int(np.argmax(score)))
        nearest = np.maximum(nearest, vectors @ vectors[taken[-1]])
    return taken


def _centres(view: TopicView, documents: int) -> FloatMatrix:
    """(t, d') unit rows: where the *documents* most representative ones of each topic lie around the corpus mean.

    Zero for a topic that lies nowhere in particular.
    """
    means = np.zeros_like(view.centres)
    for row, topic in enumerate(view.topics):
        places = view.document_ids(topic, n=documents)
        if len(places) and view.centres[row].any():
            means[row] = view.document_embeddings(places).mean(axis=0)
    return unit(means)


def closeness(vectors: FloatMatrix, centre: FloatMatrix, real: FloatMatrix, contrast: float) -> NDArray[np.floating]:
    """The cosine of each of *vectors* to *centre*, times (that / the largest to it or any of *real*)^contrast."""
    own = vectors @ centre
    best = np.maximum(own, (vectors @ real.T).max(axis=1, initial=-1.0))
    share = np.divide(own, best, out=np.ones_like(own), where=own > 0)
    return np.asarray(own * share**contrast)


def _proven(view: TopicView, words: Mapping[int, Pairs]) -> dict[int, NDArray[np.float64]]:
    """u / (u + 1) for each of a topic's words, of which it has u; 1 for what is not in the vocabulary."""
    places, counts = lookup(view.vocabulary), view.counts
    proven = {}
    for row, (topic, terms) in enumerate(words.items()):
        uses = np.zeros(len(view.vocabulary) + 1)
        own = slice(counts.indptr[row], counts.indptr[row + 1])
        uses[counts.indices[own]] = counts.data[own]
        columns = places([word for word, _ in terms])
        proven[topic] = np.where(columns < 0, 1.0, uses[columns] / (uses[columns] + 1))
    return proven
