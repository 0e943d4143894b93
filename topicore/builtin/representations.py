"""Word lists for topics, from counts and vectors that are there already."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated

import numpy as np

from ..components import Description, FloatMatrix, Representation, TopicView
from ..errors import InputError
from ..specs import Range
from . import plugin
from .lexicon import unit

__all__ = ["Keybert", "Mmr", "Projection", "Terms"]


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
        words = {topic: view.terms(topic, n=max(self.candidates, view.n_words)) for topic in view.topics}
        vectors = _rows_of(words, view.word_embeddings)
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


class Mmr(Representation):
    """Words close to the topic and unlike those chosen before (Carbonell & Goldstein 1998).

    The next word maximises (1 - diversity) * cosine to the topic - diversity * largest cosine to a chosen
    word, over projected word vectors; the chosen words keep their order and weights.

    Args:
        diversity: 0 for closeness alone, 1 for difference alone.
        candidates: How many words there are to choose from.
    """

    spec = plugin.MMR

    def __init__(
        self, diversity: Annotated[float, Range(0, 1)] = 0.1, candidates: Annotated[int, Range(1)] = 30
    ) -> None:
        self.diversity = diversity
        self.candidates = candidates

    def describe(self, view: TopicView, /) -> Mapping[int, Description]:
        """The chosen ``n_words`` of each topic."""
        words = {topic: view.terms(topic, n=max(self.candidates, view.n_words)) for topic in view.topics}
        vectors = _rows_of(words, view.word_embeddings)
        described = {}
        for row, topic in enumerate(view.topics):
            chosen = select(vectors[topic], view.centres[row], view.n_words, self.diversity)
            described[topic] = Description(terms=tuple(words[topic][place] for place in sorted(chosen)))
        return described


def select(vectors: FloatMatrix, query: FloatMatrix, n: int, diversity: float) -> list[int]:
    """Places of *n* rows of *vectors* by maximal marginal relevance to *query*; all unit rows."""
    close = vectors @ query
    taken: list[int] = []
    nearest = np.full(len(vectors), -1.0)
    while len(taken) < min(n, len(vectors)):
        score = close if not taken else (1 - diversity) * close - diversity * nearest
        score = score.astype(np.float64)
        score[taken] = -np.inf
        taken.append(int(np.argmax(score)))
        nearest = np.maximum(nearest, vectors @ vectors[taken[-1]])
    return taken


class Keybert(Representation):
    """Words embedded by the model's embedder and compared with the topic's representative documents.

    Inspired by KeyBERT (Grootendorst 2020): the topic's vector is the mean embedding of its most
    representative documents; all candidates of all topics are embedded in one call.

    Args:
        candidates: How many of the topic's best words take part.
        documents: How many representative documents make the topic's vector.
    """

    spec = plugin.KEYBERT

    def __init__(self, candidates: Annotated[int, Range(1)] = 100, documents: Annotated[int, Range(1)] = 5) -> None:
        self.candidates = candidates
        self.documents = documents

    def describe(self, view: TopicView, /) -> Mapping[int, Description]:
        """All candidates by cosine, largest first."""
        words = {topic: view.terms(topic, n=max(self.candidates, view.n_words)) for topic in view.topics}
        vectors = _rows_of(words, lambda terms: unit(view.embed(terms, role="word")))
        described = {}
        for topic in view.topics:
            places = np.asarray(view.document_ids(topic, n=self.documents))
            if view.embeddings is None or not len(places):
                continue
            centre = np.asarray(view.embeddings[places].mean(axis=0), dtype=np.float32).ravel()
            if len(centre) != vectors[topic].shape[1]:
                raise InputError(
                    f"representation 'keybert' compares words with documents, but words are embedded in "
                    f"{vectors[topic].shape[1]} dimensions and documents in {len(centre)}; use one space for both"
                )
            cosines = vectors[topic] @ unit(centre[None, :])[0]
            order = np.argsort(-cosines, kind="stable")
            described[topic] = Description(
                terms=tuple((words[topic][place][0], float(cosines[place])) for place in order)
            )
        return described


def _rows_of(
    words: Mapping[int, Sequence[tuple[str, float]]], embed: Callable[[list[str]], FloatMatrix]
) -> dict[int, FloatMatrix]:
    """The vectors of each topic's words, all distinct words embedded in one call."""
    distinct = sorted({word for terms in words.values() for word, _ in terms})
    place = {word: row for row, word in enumerate(distinct)}
    vectors = embed(distinct)
    return {topic: vectors[[place[word] for word, _ in terms]] for topic, terms in words.items()}
