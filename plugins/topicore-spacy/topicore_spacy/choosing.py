"""Which texts of a topic to read, so that as many of its words as can be are seen in use."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from .tagging import LONGEST, folded, places

POOL = 500
"""The most representative documents of a topic among which those to read are looked for."""


def chosen(texts: Sequence[str], terms: Sequence[str], n: int) -> Collection[str]:
    """*n* distinct ones of *texts*: the first that hold each of *terms*, best term first, and then the very first.

    Args:
        texts: Most representative first, as ``tagging.plain`` gives them.
        terms: Best first.
        n: How many are read.
    """
    distinct = list(dict.fromkeys(texts))
    if len(distinct) <= n:
        return distinct
    return list(islice(dict.fromkeys([*_covering(distinct, terms), *distinct]), n))


def _covering(texts: Sequence[str], terms: Sequence[str]) -> Iterator[str]:
    """For each term that no text before it holds, the first that does."""
    letters = [folded(text[:LONGEST]) for text in texts]
    taken: list[str] = []
    for term in map(folded, terms):
        if not any(_holds(text, term) for text in taken):
            for text, own in zip(texts, letters, strict=True):
                if _holds(own, term):
                    taken.append(own)
                    yield text
                    break


def _holds(text: str, term: str) -> bool:
    return next(places(term, text, set()), None) is not None
