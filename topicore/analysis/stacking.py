"""The documents of several models, one model's after the other's, over one vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse, vstack

from ..builtin.rows import csr
from ..components import Matrix, Tokens
from ..state import FittedState, frozen

__all__ = ["UnitedTerms", "stacked_documents"]


class UnitedTerms:
    """The terms of several vocabularies, sorted.

    Args:
        vocabularies: Sequences of terms, each of which has a term once.
    """

    def __init__(self, vocabularies: Sequence[Sequence[str]]) -> None:
        lists = [list(vocabulary) for vocabulary in vocabularies]
        self.terms = sorted(set().union(*lists))
        place = dict(zip(self.terms, range(len(self.terms)), strict=True))
        self._columns = [np.fromiter(map(place.__getitem__, terms), np.int32, len(terms)) for terms in lists]

    def stacked(self, tables: Sequence[csr_array]) -> csr_array:
        """The rows of all *tables*, the columns of each being the terms of its vocabulary; sorted columns."""
        moved = [
            csr_array((table.data, columns[table.indices], table.indptr), shape=(table.shape[0], len(self.terms)))
            for table, columns in zip(tables, self._columns, strict=True)
        ]
        table = csr_array(vstack(moved, format="csr"))
        table.sort_indices()
        return table


def stacked_documents(states: Sequence[FittedState], union: UnitedTerms) -> dict[str, Any]:
    """Documents, images, tokens, counts and embeddings; None for what some state does not keep."""
    joins: dict[str, Callable[[Any], Any]] = {
        "documents": _listed,
        "images": _listed,
        "tokens": _united,
        "counts": union.stacked,
        "embeddings": _rows,
    }
    found: dict[str, Any] = {}
    for name, join in joins.items():
        parts = [getattr(state, name) for state in states]
        found[name] = None if any(part is None for part in parts) else join(parts)
    return {**found, "counts": frozen(found["counts"]), "embeddings": frozen(found["embeddings"])}


def _listed(parts: Sequence[Sequence[Any]]) -> list[Any]:
    return [item for part in parts for item in part]


def _rows(parts: Sequence[Matrix]) -> Matrix:
    """All rows, float32: sparse where some are."""
    if any(map(issparse, parts)):
        return csr_array(vstack([csr(part) for part in parts], format="csr"))
    return np.concatenate([np.asarray(part) for part in parts])


def _united(parts: Sequence[Tokens]) -> Tokens:
    """The tokens of all documents, numbered in order of first use; a token that two know is marked as for the first."""
    place: dict[str, int] = {}
    numbers = [_numbers(part, place) for part in parts]
    stop = np.zeros(len(place), dtype=bool)
    for part, number in zip(reversed(parts), reversed(numbers), strict=True):
        stop[number] = part.stop
    return Tokens(
        ids=np.concatenate([number[part.ids] for part, number in zip(parts, numbers, strict=True)]),
        offsets=np.cumsum(np.concatenate([[0], *(np.diff(part.offsets) for part in parts)]), dtype=np.int64),
        vocabulary=list(place),
        stop=stop,
    )


def _numbers(tokens: Tokens, place: dict[str, int]) -> NDArray[np.int32]:
    """(v,) the number in *place* of each token that *tokens* knows; new ones are added."""
    known = list(tokens.vocabulary)
    new = [token for token in known if token not in place]
    place.update(zip(new, range(len(place), len(place) + len(new)), strict=True))
    return np.fromiter(map(place.__getitem__, known), np.int32, len(known))
