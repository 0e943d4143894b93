"""The tokens of a corpus, and the terms made of them, which are spelt only when somebody asks.

A term is a row of token ids. As long as no token holds a space or a character below it, rows of alphabetical
ranks compare as the joined texts do: n-grams are put in order, and found again, without writing them out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import chain, repeat
from operator import add, eq
from typing import Any, ClassVar, overload

import numpy as np
from numpy.typing import NDArray

__all__ = ["Terms", "Vocabulary", "alphabetical", "lookup"]


class Vocabulary(Sequence[str]):
    """Distinct tokens, in order of first use; what follows from them is worked out when first asked for."""

    __hash__: ClassVar[None]  # type: ignore[assignment]

    def __init__(self, tokens: Iterable[str]) -> None:
        self._tokens = tuple(tokens)
        self._marked: tuple[frozenset[str], NDArray[np.bool_]] | None = None

    @classmethod
    def of(cls, tokens: Sequence[str]) -> Vocabulary:
        """*tokens* as a vocabulary, themselves where they are one."""
        return tokens if isinstance(tokens, cls) else cls(tokens)

    def __len__(self) -> int:
        return len(self._tokens)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...
    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        return self._tokens[place]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tokens)

    def __eq__(self, other: object) -> bool:
        return _equal(self, other)

    def __repr__(self) -> str:
        return f"<Vocabulary of {len(self)} tokens>"

    @cached_property
    def ids(self) -> dict[str, int]:
        """The id of each token."""
        return dict(zip(self._tokens, range(len(self)), strict=True))

    @cached_property
    def order(self) -> NDArray[np.int32]:
        """(v,) the ids in alphabetical order."""
        return alphabetical(self._tokens)

    @cached_property
    def ranks(self) -> NDArray[np.int32]:
        """(v,) the place of each id in ``order``."""
        ranks = np.empty_like(self.order)
        ranks[self.order] = np.arange(len(self), dtype=np.int32)
        return ranks

    @cached_property
    def numeric(self) -> NDArray[np.bool_]:
        """(v,) which tokens are numbers alone."""
        return np.fromiter(map(str.isnumeric, self._tokens), bool, len(self))

    @cached_property
    def joinable(self) -> bool:
        """Whether tokens joined by spaces can be told apart, and order as their tokens do one after the other."""
        return not (np.frombuffer(_encoded("".join(self._tokens)), np.uint8) <= ord(" ")).any()

    def among(self, words: frozenset[str]) -> NDArray[np.bool_]:
        """(v,) which tokens are among *words*; read-only, and kept for when the same are asked for next."""
        if self._marked is None or self._marked[0] != words:
            mask = np.fromiter(map(words.__contains__, self._tokens), bool, len(self))
            mask.flags.writeable = False
            self._marked = words, mask
        return self._marked[1]


class Terms(Sequence[str]):
    """Distinct terms in alphabetical order, each of one token or several joined by spaces.

    Args:
        vocabulary: The tokens.
        rows: (v, n) int32, the token ids of each term, then -1.
    """

    __hash__: ClassVar[None]  # type: ignore[assignment]

    def __init__(self, vocabulary: Vocabulary, rows: NDArray[np.int32]) -> None:
        self.vocabulary = vocabulary
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        return " ".join([self.vocabulary[token] for token in self._rows[place].tolist() if token >= 0])

    def __iter__(self) -> Iterator[str]:
        texts: Iterator[str] = map(tuple(self.vocabulary).__getitem__, self._rows[:, 0].tolist())
        if self._rows.shape[1] > 1:
            tails = [*(" " + token for token in self.vocabulary), ""]
            for column in self._rows.T[1:]:
                texts = map(add, texts, map(tails.__getitem__, column.tolist()))
        return texts

    def __contains__(self, term: object) -> bool:
        return isinstance(term, str) and bool(self.places([term])[0] >= 0)

    def __eq__(self, other: object) -> bool:
        return _equal(self, other)

    def __repr__(self) -> str:
        return f"<{len(self)} terms of {len(self.vocabulary)} tokens>"

    def of_length(self, size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(m, size) the token ids of the terms of *size* tokens, and (m,) where these stand."""
        enough = size <= self._rows.shape[1]
        held = (self._rows >= 0).sum(axis=1) if enough else np.zeros(len(self))
        places = np.flatnonzero(held == size)
        return self._rows[places, :size].astype(np.int64).reshape(-1, size), places

    def take(self, places: NDArray[Any]) -> Terms:
        """The terms at these ascending places, or where a mask is true."""
        return Terms(self.vocabulary, self._rows[places])

    def merged(self) -> tuple[Terms, NDArray[np.int64]]:
        """One of all terms that are spelt alike, in alphabetical order, and (v,) the new place of each."""
        first: dict[str, int] = {}
        number = np.fromiter((first.setdefault(text, len(first)) for text in self), np.int64, len(self))
        order = alphabetical(list(first))
        places = np.empty(len(first), dtype=np.int64)
        places[order] = np.arange(len(first))
        example = np.empty(len(first), dtype=np.int64)
        example[places[number]] = np.arange(len(self))
        return self.take(example), places[number]

    def places(self, words: Sequence[str]) -> NDArray[np.int64]:
        """(m,) the place of each of *words*, -1 where it is no term."""
        if self._rows.shape[1] > 1 and not self.vocabulary.joinable:
            return _placed(self._spelt_places, words)
        if not len(self):
            return np.full(len(words), -1)
        codes = self._codes_of(words)
        known = (codes >= 0).all(axis=1)
        found = np.zeros(len(words), dtype=np.int64)
        for column, prefixes in enumerate(self._prefixes):
            keys = found * self._base + codes[:, column]
            found = np.minimum(np.searchsorted(prefixes, keys), len(prefixes) - 1)
            known &= prefixes[found] == keys
        return np.where(known, found, -1)

    def _codes_of(self, words: Sequence[str]) -> NDArray[np.int64]:
        """(m, n) for the tokens of each word: 1 + the rank, 0 behind the last, -1 where no term holds it."""
        width = self._rows.shape[1]
        if isinstance(words, Terms) and words.vocabulary.joinable and self.vocabulary.joinable:
            codes = np.append(self._codes(words.vocabulary), 0)[words._rows]
        else:
            parts = [word.split(" ", width) for word in words] if width > 1 else [[word] for word in words]
            sizes = np.fromiter(map(len, parts), np.int64, len(parts))
            codes = np.zeros((len(parts), sizes.max(initial=1)), dtype=np.int64)
            codes[np.arange(codes.shape[1]) < sizes[:, None]] = self._codes(list(chain.from_iterable(parts)))
        fitted = np.zeros((len(codes), width), dtype=np.int64)
        fitted[:, : codes.shape[1]] = codes[:, :width]
        fitted[codes[:, width:].any(axis=1)] = -1
        return fitted

    def _codes(self, tokens: Sequence[str]) -> NDArray[np.int64]:
        ids = _placed(self.vocabulary.ids, tokens)
        return np.append(self.vocabulary.ranks.astype(np.int64) + 1, -1)[ids]

    @cached_property
    def _base(self) -> int:
        return len(self.vocabulary) + 1

    @cached_property
    def _prefixes(self) -> list[NDArray[np.int64]]:
        """For each number of tokens, ascending: what terms begin with, as place of all but its last token and code."""
        codes = np.append(self.vocabulary.ranks.astype(np.int64) + 1, 0)
        number = np.zeros(len(self), dtype=np.int64)
        prefixes = []
        for column in self._rows.T:
            keys = number * self._base + codes[column]
            starts = np.append(True, keys[1:] != keys[:-1])[: len(keys)]
            number = np.cumsum(starts) - 1
            prefixes.append(keys[starts])
        return prefixes

    @cached_property
    def _spelt_places(self) -> dict[str, int]:
        return dict(zip(self, range(len(self)), strict=True))


def lookup(terms: Sequence[str]) -> Callable[[Sequence[str]], NDArray[np.int64]]:
    """What finds the place of each word among *terms*, -1 where it is none."""
    return terms.places if isinstance(terms, Terms) else partial(_placed, {term: n for n, term in enumerate(terms)})


def alphabetical(texts: Sequence[str]) -> NDArray[np.int32]:
    """(n,) what sorts *texts* by code points: the first eight bytes of all at once, then those that begin alike."""
    ends = np.flatnonzero(np.frombuffer(encoded := _encoded("\n".join([*texts, ""])), np.uint8) == ord("\n"))
    if len(ends) != len(texts):  # there are line breaks in them
        return np.array(sorted(range(len(texts)), key=texts.__getitem__), dtype=np.int32)
    starts = np.append(0, ends + 1)[:-1]
    places = np.arange(8)
    heads = np.frombuffer(encoded + bytes(8), np.uint8)[starts[:, None] + places]
    heads *= places < (ends - starts)[:, None]
    keys = heads.view(">u8").ravel().astype(np.uint64)
    order = np.argsort(keys).astype(np.int32)
    same = np.diff(keys[order]) == 0
    tied = np.flatnonzero(np.append(same, False) | np.append(False, same))
    order[tied] = sorted(order[tied].tolist(), key=texts.__getitem__)
    return order


def _encoded(text: str) -> bytes:
    """Bytes that compare as code points do."""
    return text.encode("utf-8", "surrogatepass")


def _placed(place: Mapping[str, int], words: Iterable[str]) -> NDArray[np.int64]:
    return np.fromiter(map(place.get, words, repeat(-1)), np.int64)


def _equal(words: Sequence[str], others: object) -> bool:
    if not isinstance(others, (list, tuple, Vocabulary, Terms)) or len(words) != len(others):
        return False
    return all(map(eq, words, others))
