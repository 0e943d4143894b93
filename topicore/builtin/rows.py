"""Rows of vectors, dense or sparse: unit length, which are the same, how far apart, and as named arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse

from ..components import FloatMatrix, Matrix
from ..errors import ModelFileError

if TYPE_CHECKING:
    from typing_extensions import TypeIs

__all__ = ["canonical", "csr", "distinct", "gaps", "is_sparse", "matrix_arrays", "matrix_from", "occupied", "unit"]

BLOCK = 1 << 22
"""Numbers that a step holds at once beside its input and its result."""


def is_sparse(x: Any) -> TypeIs[csr_array]:
    """Whether *x* is a sparse matrix rather than a dense one."""
    return bool(issparse(x))


def csr(matrix: Any) -> csr_array:
    """*matrix*, dense or of any sparse class, as float32 CSR; shares arrays where it can."""
    return csr_array(matrix, dtype=np.float32)


def canonical(x: Matrix) -> Matrix:
    """*x* as float32, C order or CSR, in the one form in which equal rows have equal bytes."""
    if is_sparse(x):
        rows: csr_array = csr(x).copy()
        rows.sum_duplicates()
        rows.eliminate_zeros()
        return rows
    dense: FloatMatrix = np.ascontiguousarray(x, dtype=np.float32) + np.float32(0)  # -0.0 becomes 0.0
    return dense


def unit(x: Matrix) -> Matrix:
    """Rows of *x* scaled to length 1, float32, C order or canonical CSR; all-zero rows stay as they are.

    Each row's result depends on that row alone, to the last bit.
    """
    if is_sparse(x):
        rows = cast(csr_array, canonical(x))
        owner = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
        squares = np.zeros(rows.shape[0])
        np.add.at(squares, owner, rows.data.astype(np.float64) ** 2)
        rows.data = (rows.data / np.sqrt(squares)[owner]).astype(np.float32)
        return rows
    dense = np.ascontiguousarray(x, dtype=np.float32)
    result: FloatMatrix = np.empty_like(dense)
    step = max(1, BLOCK // max(1, dense.shape[1]))
    for start in range(0, len(dense), step):
        block = dense[start : start + step].astype(np.float64)
        lengths = np.sqrt((block * block).sum(axis=1, keepdims=True))
        lengths[lengths == 0] = 1
        result[start : start + step] = block / lengths
    return canonical(result)


def occupied(x: Matrix) -> NDArray[np.bool_]:
    """(n,) which rows of *x* are not all zero; sparse ones must be canonical."""
    if is_sparse(x):
        return np.diff(x.indptr) > 0
    filled: NDArray[np.bool_] = np.any(x, axis=1)
    return filled


def row_bytes(x: Matrix) -> Callable[[int], bytes]:
    """The bytes of a row by its position; sparse rows must be canonical."""
    if is_sparse(x):
        data, indices, ends = x.data, x.indices, x.indptr
        return lambda row: (
            indices[ends[row] : ends[row + 1]].astype(np.int64).tobytes() + data[ends[row] : ends[row + 1]].tobytes()
        )
    dense = np.ascontiguousarray(x)
    return lambda row: dense[row].tobytes()


def distinct(x: Matrix, labels: NDArray[np.int64] | None = None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first row of each kind, in order, and (n,) the kind of each row.

    Rows are of one kind when their bytes, and their *labels* where given, are equal.
    """
    n = x.shape[0]
    read, kinds = row_bytes(x), np.empty(n, dtype=np.int64)
    seen: dict[tuple[bytes, int], int] = {}
    first: list[int] = []
    for row in range(n):
        key = blake2b(read(row), digest_size=16).digest(), 0 if labels is None else int(labels[row])
        kind = seen.setdefault(key, len(seen))
        if kind == len(first):
            first.append(row)
        kinds[row] = kind
    return np.array(first, dtype=np.int64), kinds


def gaps(left: Matrix, i: NDArray[np.int64], right: Matrix, j: NDArray[np.int64]) -> NDArray[np.float64]:
    """Squared distances of the pairs (left[i], right[j]) in float64; 0.0 exactly where the rows are equal.

    Each pair's result depends on that pair alone, to the last bit.
    """
    result = np.empty(len(i))
    step = max(1, BLOCK // max(1, left.nnz // left.shape[0] if is_sparse(left) else left.shape[1]))
    for start in range(0, len(i), step):
        part = slice(start, start + step)
        difference: Any = left[i[part]].astype(np.float64) - right[j[part]]
        if is_sparse(difference):
            difference.sort_indices()
            sums = np.zeros(difference.shape[0])
            np.add.at(sums, np.repeat(np.arange(len(sums)), np.diff(difference.indptr)), difference.data**2)
            result[part] = sums
        else:
            difference *= difference
            result[part] = difference.sum(axis=1)
    return result


def matrix_arrays(name: str, matrix: Matrix) -> dict[str, NDArray[Any]]:
    """*matrix* as arrays called after *name*: one if dense, four (data, indices, indptr, shape) if sparse."""
    if not is_sparse(matrix):
        return {name: matrix}
    return {
        f"{name}.data": matrix.data,
        f"{name}.indices": matrix.indices.astype(np.int32 if matrix.shape[1] < 2**31 else np.int64),
        f"{name}.indptr": matrix.indptr.astype(np.int64),
        f"{name}.shape": np.array(matrix.shape, dtype=np.int64),
    }


def matrix_from(name: str, arrays: Mapping[str, NDArray[Any]]) -> Matrix | None:
    """The matrix that ``matrix_arrays`` took apart, or None when *arrays* has none of this *name*.

    Raises:
        ModelFileError: The arrays do not make a matrix.
    """
    if name in arrays:
        if arrays[name].ndim != 2:
            raise ModelFileError(f"array {name!r} has {arrays[name].ndim} dimensions, not 2: the file is damaged")
        return arrays[name]
    if f"{name}.shape" not in arrays:
        return None
    try:
        data, indices, indptr = (arrays[f"{name}.{part}"] for part in ("data", "indices", "indptr"))
        height, width = (int(size) for size in arrays[f"{name}.shape"])
        matrix = csr_array((data, indices, indptr), shape=(height, width))
        matrix.check_format(full_check=True)
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise ModelFileError(f"arrays {name!r} are no CSR matrix ({error}): the file is damaged") from error
    return matrix
