"""Word lists for topics from words that the model's embedder embeds, all of them in one call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

import numpy as np

from ..components import Description, FloatMatrix, Representation, TopicView
from ..errors import InputError
from ..specs import Range
from . import plugin
from .keywords import Pairs, best_terms, ranked, rows_of, select
from .lexicon import unit

__all__ = ["EmbeddedKeybert", "EmbeddedMmr"]


class EmbeddedKeybert(Representation):
    """Words embedded by the model's embedder and compared with the topic's representative documents.

    After KeyBERT (Grootendorst 2020): the topic's vector is the mean embedding of its most
    representative documents; all candidates of all topics are embedded in one call.

    Args:
        candidates: How many of the topic's best words take part.
        documents: How many representative documents make the topic's vector.
    """

    spec = plugin.EMBEDDED_KEYBERT

    def __init__(self, candidates: Annotated[int, Range(1)] = 100, documents: Annotated[int, Range(1)] = 5) -> None:
        self.candidates = candidates
        self.documents = documents

    def describe(self, view: TopicView, /) -> Mapping[int, Description]:
        """All candidates by cosine, largest first."""
        return {
            topic: Description(terms=ranked(words, vectors @ centre))
            for topic, words, vectors, centre in _compared(view, self.candidates, self.documents, self.spec.name)
        }


class EmbeddedMmr(Representation):
    """Words close to the topic and unlike those chosen before, embedded by the model's embedder.

    As ``mmr``, with the vectors of ``keybert.embedded``.

    Args:
        diversity: 0 for closeness alone, 1 for difference alone.
        candidates: How many words there are to choose from.
        documents: How many representative documents make the topic's vector.
    """

    spec = plugin.EMBEDDED_MMR

    def __init__(
        self,
        diversity: Annotated[float, Range(0, 1)] = 0.1,
        candidates: Annotated[int, Range(1)] = 30,
        documents: Annotated[int, Range(1)] = 5,
    ) -> None:
        self.diversity = diversity
        self.candidates = candidates
        self.documents = documents

    def describe(self, view: TopicView, /) -> Mapping[int, Description]:
        """The chosen ``n_words`` of each topic."""
        described = {}
        for topic, words, vectors, centre in _compared(view, self.candidates, self.documents, self.spec.name):
            chosen = sorted(select(vectors, vectors @ centre, view.n_words, self.diversity))
            described[topic] = Description(terms=tuple(words[place] for place in chosen))
        return described


def _compared(
    view: TopicView, candidates: int, documents: int, name: str
) -> Iterator[tuple[int, Pairs, FloatMatrix, FloatMatrix]]:
    """Each topic with documents, its words, their unit vectors, and the unit mean of its representative documents.

    Raises:
        InputError: Words and documents are not embedded in one space.
    """
    words = best_terms(view, candidates)
    vectors = rows_of(words, lambda terms: unit(view.embed(terms, role="word")))
    for topic, terms in words.items():
        places = np.asarray(view.document_ids(topic, n=documents))
        if view.embeddings is None or not len(places):
            continue
        centre = np.asarray(view.embeddings[places].mean(axis=0), dtype=np.float32).ravel()
        if len(centre) != vectors[topic].shape[1]:
            raise InputError(
                f"representation {name!r} compares words with documents, but words are embedded in "
                f"{vectors[topic].shape[1]} dimensions and documents in {len(centre)}; use one space for both, or "
                f"{name.removesuffix('.embedded')!r}, which embeds no words"
            )
        yield topic, terms, vectors[topic], unit(centre[None, :])[0]
