"""Forms of one word, such as "file" and "files", told by their spelling."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = ["without_forms"]

ENDINGS = ("'s", "\u2019s", "es", "s")
SHORTEST = 3
"""Letters of the shortest word that another may be a form of."""


def without_forms(terms: Sequence[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """*terms* with only the first of those that differ in nothing but the endings of their words.

    An ending is "s", "es", "'s", or "ies" for "y", and is one only where the word without it is among the words of the
    terms, too: "news" stays where there is no "new".
    """
    words = {word for term, _ in terms for word in term.split(" ")}
    bases = {word: next((base for base in _bases(word) if base in words), word) for word in words}
    return tuple(_first(terms, bases))


def _bases(word: str) -> Iterator[str]:
    """What *word* may be a form of."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST:
            yield word.removesuffix(ending)
    if word.endswith("ies") and len(word) > SHORTEST:
        yield word.removesuffix("ies") + "y"


def _first(terms: Iterable[tuple[str, float]], bases: Mapping[str, str]) -> Iterator[tuple[str, float]]:
    seen = set()
    for term, weight in terms:
        base = tuple(bases[word] for word in term.split(" "))
        if base not in seen:
            seen.add(base)
            yield term, weight
