"""Which languages a corpus is in: those whose stop words are frequent among its tokens."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ..components import FloatMatrix
from ..tokens import Tokens
from .words import LANGUAGES, automatic, stop_words_of

__all__ = ["languages_of", "settled"]

SAMPLE = 2000
"""Documents looked at; more than these say nothing new."""

FEWEST, SHARE = 2, 0.15
"""A language explains a document where it covers so many more of its tokens than the languages before do.

Function words are 25 to 55 percent of running text, and more than half of English titles have two of them.
"""

DOCUMENTS, EVIDENCE = 0.03, 8
"""A language is in where it explains this share of the documents; a further one, also so many tokens in all.

Less is a quotation or a name in a small corpus.
"""


def settled(language: str | None, stop_words: str | Sequence[str] | None, tokens: Tokens) -> str | None:
    """*language*; in place of ``"auto"``, unless *stop_words* are given, the languages of *tokens* if it has any."""
    if stop_words is not None or not automatic(language):
        return language
    return "+".join(languages_of(tokens)) or language


def languages_of(tokens: Tokens) -> list[str]:
    """The languages that *tokens* are in, such as ``["german", "french"]``; the same tokens give the same languages.

    Each document counts for the language whose list of stop words covers most of its tokens. Languages are taken as
    long as one explains documents better than all before, the one that explains most tokens first. Where all documents
    are too short to tell, they tell together.
    """
    covered, lengths = _covered(tokens)
    found = _explaining(covered, lengths)
    return found or _explaining(covered.sum(axis=0, keepdims=True), lengths.sum(keepdims=True))[:1]


def _explaining(covered: FloatMatrix, lengths: NDArray[np.int64]) -> list[str]:
    """The languages of documents of these *lengths*, (documents, languages) tokens of which are *covered*."""
    least = np.maximum(FEWEST, SHARE * lengths)[:, None]
    enough = max(DOCUMENTS * np.count_nonzero(lengths), 1)
    best = np.zeros((len(lengths), 1), dtype=np.float32)
    found: list[str] = []
    while True:
        gained = covered - best
        gained[gained < least] = 0
        totals = gained.sum(axis=0)
        place = int(totals.argmax())
        if np.count_nonzero(gained[:, place]) < enough or totals[place] < (EVIDENCE if found else FEWEST):
            return found
        found.append(LANGUAGES[place])
        best = np.maximum(best, covered[:, place, None])


def _covered(tokens: Tokens) -> tuple[FloatMatrix, NDArray[np.int64]]:
    """(documents, languages) how many tokens each list covers, and (documents,) their numbers, of a sample."""
    index, lists = _lists()
    lengths = np.diff(tokens.offsets)
    chosen = np.ones(len(tokens), dtype=bool)
    if len(tokens) > SAMPLE:
        chosen[np.random.default_rng(0).permutation(len(tokens))[SAMPLE:]] = False
    ids, lengths = tokens.ids[np.repeat(chosen, lengths)], lengths[chosen]
    used = np.flatnonzero(np.bincount(ids, minlength=len(tokens.vocabulary)))
    rows = np.full(len(tokens.vocabulary), -1, dtype=np.int32)
    rows[used] = [index.get(tokens.vocabulary[token].lower(), -1) for token in used.tolist()]
    rows = rows[ids]
    known = rows >= 0
    owners = np.repeat(np.arange(len(lengths)), lengths)[known]
    ones = np.ones(len(owners), dtype=np.float32)
    counts = csr_array((ones, (owners, rows[known])), shape=(len(lengths), len(index)))
    return cast(FloatMatrix, (counts @ lists).toarray()), lengths


@lru_cache(maxsize=1)
def _lists() -> tuple[dict[str, int], csr_array]:
    """The row of each stop word, and (words, languages) ones where a list has it."""
    lists = [sorted(stop_words_of(language)) for language in LANGUAGES]
    index: dict[str, int] = {}
    rows = [index.setdefault(word, len(index)) for words in lists for word in words]
    columns = np.repeat(np.arange(len(lists)), [len(words) for words in lists])
    return index, csr_array((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=(len(index), len(lists)))
