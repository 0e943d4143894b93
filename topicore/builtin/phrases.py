"""Phrases in place of the words they are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ..components import Description, Representation, Tokens, TopicView
from ..counts import group_sums
from ..errors import ComponentError
from ..specs import Range
from ..vocabulary import Vocabulary, lookup
from . import plugin
from .collocations import collocations
from .word_forms import without_forms

__all__ = ["Phrases"]

Words: TypeAlias = tuple[str, ...]


class Phrases(Representation):
    """The topic's words, with phrases where these say it better, and one of several forms of a word.

    A phrase is a run of neighbouring words, without a stop word at either end, that hold together more often than
    chance (``association``). It is worth the weight of its best word times its share of the uses of that word in the
    topic. Where that share is ``share`` or more, it takes the place of the word; so does a longer phrase that of a
    shorter one. Of "file" and "files" only the better one stays.

    Args:
        longest: The most words of a phrase.
        candidates: How many of the topic's best words take part; a phrase holds at least one of them.
        association: The least normalised mutual information of the parts of a phrase: 0 is chance, 1 never apart.
        share: From which share of the uses of a word a phrase takes its place.
        min_documents: How many documents of the topic must hold a phrase.
    """

    spec = plugin.PHRASES

    def __init__(
        self,
        longest: Annotated[int, Range(2)] = 3,
        candidates: Annotated[int, Range(1)] = 50,
        association: Annotated[float, Range(-1, 1)] = 0.3,
        share: Annotated[float, Range(0, 1)] = 0.5,
        min_documents: Annotated[int, Range(1)] = 3,
    ) -> None:
        self.longest = longest
        self.candidates = candidates
        self.association = association
        self.share = share
        self.min_documents = min_documents

    def describe(self, view: TopicView, /) -> Mapping[int, Description]:
        """Words and phrases of each topic by weight."""
        if view.tokens is None:
            raise ComponentError("this model keeps no tokens, which phrases are made of")
        found = _Found.of(view, view.tokens, self)
        described = {}
        for row, topic in enumerate(view.topics):
            listed = found.listed(row, view.terms(topic, n=max(self.candidates, view.n_words)))
            for phrase, weight, uses in found.holding(row, listed, self.candidates):
                _put(listed, phrase, weight, uses, self.share)
            best = sorted(listed.items(), key=lambda item: -item[1].weight)
            described[topic] = Description(
                terms=without_forms([(" ".join(words), term.weight) for words, term in best])
            )
        return described


@dataclass(frozen=True, slots=True)
class _Term:
    """What a word or phrase is worth to a topic, and how often the topic uses it (for ever, where that is unknown)."""

    weight: float
    uses: float


def _put(listed: dict[Words, _Term], phrase: Words, weight: float, uses: float, share: float) -> None:
    """Add *phrase*, in the place of itself and those of its parts that it makes up *share* of the uses of."""
    for size in range(1, len(phrase) + 1):
        for start in range(len(phrase) - size + 1):
            part = listed.get(phrase[start : start + size])
            if part is not None and uses >= share * part.uses:
                weight = max(weight, part.weight)
                del listed[phrase[start : start + size]]
    listed[phrase] = _Term(weight, uses)


@dataclass(frozen=True, slots=True)
class _Found:
    """The phrases of a corpus.

    Args:
        view: The topics.
        columns: Finds terms in the vocabulary of the view; -1 for those that are not there.
        vocabulary: The tokens.
        words: (p, longest) the token ids of each phrase, then -1; shorter phrases first.
        uses: (t, p) how often each topic uses each phrase, where enough of its documents do.
    """

    view: TopicView
    columns: Callable[[Sequence[str]], NDArray[np.int64]]
    vocabulary: Vocabulary
    words: NDArray[np.int64]
    uses: csr_array

    @classmethod
    def of(cls, view: TopicView, tokens: Tokens, rules: Phrases) -> _Found:
        """The phrases in *tokens* that hold together."""
        found = collocations(tokens, rules.longest, rules.min_documents, rules.association)
        rows = np.searchsorted(np.asarray(view.topics), view.assignments)
        uses = group_sums(found.counts, rows, len(view.topics))
        found.counts.data[:] = 1
        documents = group_sums(found.counts, rows, len(view.topics))
        uses.data[documents.data < rules.min_documents] = 0
        uses.eliminate_zeros()
        return cls(view, lookup(view.vocabulary), Vocabulary.of(tokens.vocabulary), found.words, uses)

    def listed(self, row: int, terms: Sequence[tuple[str, float]]) -> dict[Words, _Term]:
        """The *terms* of the topic in *row*, by their words."""
        uses = np.full(len(self.view.vocabulary) + 1, np.inf)
        own = slice(*self.view.counts.indptr[row : row + 2])
        uses[self.view.counts.indices[own]] = self.view.counts.data[own]
        found = uses[self.columns([term for term, _ in terms])].tolist()
        return {tuple(term.split(" ")): _Term(weight, used) for (term, weight), used in zip(terms, found, strict=True)}

    def holding(self, row: int, listed: Mapping[Words, _Term], n: int) -> Iterator[tuple[Words, float, float]]:
        """The *n* best phrases of the topic in *row* with a word that is *listed*, their weights and uses."""
        weight, uses = np.zeros(len(self.vocabulary) + 1), np.ones(len(self.vocabulary) + 1)
        for words, term in listed.items():
            place = self.vocabulary.ids.get(" ".join(words), -1)
            weight[place], uses[place] = term.weight, term.uses
        weight[-1] = 0
        own = slice(*self.uses.indptr[row : row + 2])
        phrases, used = self.uses.indices[own], self.uses.data[own]
        parts = self.words[phrases]
        worth = (weight[parts] * np.minimum(used[:, None] / uses[parts], 1)).max(axis=1, initial=0)
        best = np.argsort(-worth, kind="stable")[:n]
        for place in np.sort(best[worth[best] > 0]).tolist():
            words = tuple(self.vocabulary[token] for token in parts[place].tolist() if token >= 0)
            yield words, float(worth[place]), float(used[place])
