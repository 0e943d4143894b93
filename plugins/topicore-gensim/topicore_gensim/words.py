"""The words of a text that a vocabulary knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from unicodedata import category

import numpy as np
from numpy.typing import NDArray

Spells = Callable[[str], bool]


@dataclass(frozen=True)
class Found:
    """The words of some texts.

    Args:
        ids: The words of all texts, one text after the other: places in the vocabulary, then in ``spelt``.
        lengths: (n,) how many words each text has.
        spelt: Words outside of the vocabulary that can be put together from their letters.
    """

    ids: NDArray[np.int64]
    lengths: NDArray[np.int64]
    spelt: Sequence[str]


def find(texts: Sequence[str], vocabulary: Mapping[str, int], *, lowercase: bool, spells: Spells) -> Found:
    """The words of *texts* that have a vector.

    What stands between blanks is looked up as it is, then without the punctuation around it, then in the parts that
    punctuation makes of it; each as written and then, with *lowercase*, in lower case. Each is looked up once.

    Args:
        texts: What to read.
        vocabulary: The place of each word.
        lowercase: Whether a word that is unknown as written may be known in lower case.
        spells: Whether a word outside of the vocabulary has a vector nevertheless.
    """
    pieces = _Pieces(vocabulary, lowercase, spells)
    words = [tuple(chain.from_iterable(map(pieces.__getitem__, text.split()))) for text in texts]
    lengths = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
    ids = np.fromiter(chain.from_iterable(words), dtype=np.int64, count=int(lengths.sum()))
    return Found(ids, lengths, list(pieces.spelt))


class _Pieces(dict[str, tuple[int, ...]]):
    """The words in what stands between blanks, found when first asked for."""

    def __init__(self, vocabulary: Mapping[str, int], lowercase: bool, spells: Spells) -> None:
        super().__init__()
        self.spelt: dict[str, int] = {}
        self._vocabulary, self._lowercase, self._spells = vocabulary, lowercase, spells

    def __missing__(self, piece: str) -> tuple[int, ...]:
        self[piece] = found = self._words(piece)
        return found

    def _words(self, piece: str) -> tuple[int, ...]:
        place = self._place(piece)
        if place is not None:
            return (place,)
        if piece.isalnum():
            return (self._spelt(piece),) if self._spells(piece) else ()
        spaced = "".join(letter if _in_word(letter) else " " for letter in piece)
        place = self._place(piece[len(spaced) - len(spaced.lstrip()) : len(spaced.rstrip())])
        if place is not None:
            return (place,)
        places = ((part, self._place(part)) for part in spaced.split())
        return tuple(
            self._spelt(part) if place is None else place
            for part, place in places
            if place is not None or self._spells(part)
        )

    def _place(self, word: str) -> int | None:
        place = self._vocabulary.get(word)
        return self._vocabulary.get(word.lower()) if place is None and self._lowercase else place

    def _spelt(self, word: str) -> int:
        return self.spelt.setdefault(word, len(self._vocabulary) + len(self.spelt))


def _in_word(letter: str) -> bool:
    """Letters, digits, and marks: vowel signs and accents belong to the letter before them."""
    return letter.isalnum() or category(letter)[0] == "M"
