"""Equal texts taken once, and their rows, which come in chunks, put wherever they belong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse
from scipy.sparse import vstack as sparse_vstack

from ..components import FloatMatrix, Matrix
from ..errors import ComponentError
from .rowfile import memory_mapped

__all__ = ["Collected", "Spread", "distinct"]


class Collected:
    """(n, d) rows that arrive in any order: in memory, or in a ``.npy`` file where they may not fit there.

    Args:
        n: Rows in all.
        name: Whose rows they are, for messages.
        out: A new file for dense rows, or None.
    """

    def __init__(self, n: int, name: str, out: Path | None = None) -> None:
        self._n, self._name, self._out = n, name, out
        self._dense: Any = None
        self._sparse: list[tuple[NDArray[np.intp], csr_array]] = []

    def put(self, places: NDArray[np.intp], rows: Matrix) -> None:
        """Row ``rows[i]`` belongs at ``places[i]``.

        Raises:
            ComponentError: It is not as wide as the rows before.
        """
        if issparse(rows):
            self._expect(self._sparse[0][1].shape[1] if self._sparse else rows.shape[1], rows)
            self._sparse.append((places, rows))
            return
        if self._dense is None:
            shape = (self._n, rows.shape[1])
            self._dense = np.zeros(shape, np.float32) if self._out is None else memory_mapped(self._out, shape)
        self._expect(self._dense.shape[1], rows)
        self._dense[places] = rows

    def _expect(self, width: int, rows: Matrix) -> None:
        if rows.shape[1] != width:
            raise ComponentError(
                f"{self._name} gave rows of different widths: {sorted({width, rows.shape[1]})}; where a cache_key is "
                "in use, it may name another model's rows"
            )

    def result(self) -> Matrix:
        """All rows in order."""
        if not self._sparse:
            return cast(FloatMatrix, self._dense)
        order = np.argsort(np.concatenate([places for places, _ in self._sparse]), kind="stable")
        return csr_array(csr_array(sparse_vstack([rows for _, rows in self._sparse]))[order])


class Spread:
    """Which places of a corpus each of its distinct texts has.

    Args:
        places: (n,) the distinct text at each place.
        n: How many distinct texts there are.
    """

    def __init__(self, places: NDArray[np.intp], n: int) -> None:
        self._order = np.argsort(places, kind="stable")
        self._starts = np.searchsorted(places[self._order], np.arange(n + 1))

    def put(self, rows: Collected, which: NDArray[np.intp], found: Matrix) -> None:
        """Put the row of each distinct text in *which* at all its places."""
        sizes = self._starts[which + 1] - self._starts[which]
        if (sizes == 1).all():
            rows.put(self._order[self._starts[which]], found)
        else:
            at = np.concatenate([self._order[self._starts[one] : self._starts[one + 1]] for one in which])
            rows.put(at, cast(Matrix, found[np.repeat(np.arange(len(which)), sizes)]))

    def count(self, which: NDArray[np.intp]) -> int:
        """Places of the distinct texts in *which*."""
        return int((self._starts[which + 1] - self._starts[which]).sum())

    def range(self, which: NDArray[np.intp]) -> tuple[int, int]:
        """First and last of the first places of the distinct texts in *which*."""
        first = self._order[self._starts[which]]
        return int(first.min()), int(first.max())


def distinct(items: Sequence[Any], known_by: Callable[[Any], Any] | None = None) -> tuple[list[Any], NDArray[np.intp]]:
    """Each item once, in order of first use, and (n,) which of them each item is; *known_by* tells items apart."""
    numbers: dict[Any, int] = {}
    marks = items if known_by is None else [known_by(item) for item in items]
    places = np.fromiter((numbers.setdefault(mark, len(numbers)) for mark in marks), np.intp, len(items))
    if known_by is None:
        return list(numbers), places
    first = dict(zip(reversed(places.tolist()), reversed(items), strict=True))
    return [first[place] for place in range(len(numbers))], places
