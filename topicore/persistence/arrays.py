"""Arrays, sparse matrices and component states as safetensors, checked before they are used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse

from ..builtin.rows import matrix_arrays
from ..components import JSON, Matrix, State
from .files import Draft, Folder, damaged

__all__ = ["Arrays", "Tensors", "read_state", "read_tensors", "state_arrays", "write_tensors"]

Arrays = Mapping[str, NDArray[Any]]

_DTYPES = frozenset(
    {"bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"}
    | {"float16", "float32", "float64", "complex64"}
)


def write_tensors(draft: Draft, name: str, arrays: Mapping[str, Any]) -> str:
    """Write *arrays* (sparse ones as their parts) to the file *name*; returns *name*."""
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    flat: dict[str, NDArray[Any]] = {}
    for key, array in arrays.items():
        matrix: Any = array
        flat |= matrix_arrays(key, csr_array(matrix)) if issparse(array) else {key: matrix}
    try:
        save_file({key: _native(array) for key, array in flat.items()}, draft.folder / name)
    except SafetensorError as error:
        raise OSError(str(error)) from error
    return draft.finished(name)


def _native(array: NDArray[Any]) -> NDArray[Any]:
    """*array* in C order and the machine's byte order; ``ascontiguousarray`` would make a 0-d array 1-d."""
    return np.asarray(array, dtype=array.dtype.newbyteorder("="), order="C")


def state_arrays(state: State) -> dict[str, NDArray[Any]]:
    """The arrays and strings of *state* under names that cannot meet.

    Raises:
        TypeError: Something in it has no place in a file of arrays.
    """
    arrays = {f"arrays/{name}": array for name, array in state.arrays.items()}
    for name, array in state.arrays.items():
        if not isinstance(array, np.ndarray) or array.dtype.name not in _DTYPES:
            kind = array.dtype if isinstance(array, np.ndarray) else type(array).__name__
            raise TypeError(f"array {name!r} is {kind}; a state holds numbers and truth values")
    for name, texts in state.strings.items():
        pieces = [_encoded(name, text) for text in texts]
        arrays[f"bytes/{name}"] = np.frombuffer(b"".join(pieces), dtype=np.uint8)
        arrays[f"offsets/{name}"] = np.cumsum([0, *map(len, pieces)], dtype=np.int64)
    return arrays


def _encoded(name: str, text: object) -> bytes:
    if not isinstance(text, str):
        raise TypeError(f"strings {name!r} hold {type(text).__name__}; they hold texts alone")
    return text.encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Tensors:
    """The arrays of one file.

    Args:
        file: Its name, for messages.
        arrays: What it holds.
    """

    file: str
    arrays: Arrays

    def take(self, name: str, kinds: str, *shape: int | None) -> NDArray[Any]:
        """The array *name*.

        Args:
            name: Its name.
            kinds: The numpy kinds of dtype that it may have, such as ``"iu"``.
            *shape: Its shape, None for any length.

        Raises:
            ModelFileError: It is missing, or has another kind or shape.
        """
        array = self.arrays.get(name)
        if array is None:
            raise damaged(self.file, f"lacks the tensor {name!r}")
        fits = len(array.shape) == len(shape) and all(b in (None, a) for a, b in zip(array.shape, shape, strict=True))
        if array.dtype.kind not in kinds or not fits:
            wanted = ", ".join("any" if size is None else str(size) for size in shape)
            found = f"{array.dtype} of shape {array.shape}"
            raise damaged(self.file, f"holds {name!r} as {found}, expected kind {kinds!r} and shape ({wanted})")
        return array

    def sparse(self, name: str, kinds: str, *shape: int | None) -> csr_array:
        """The CSR matrix *name*; see ``take``."""
        rows, columns = (int(size) for size in self.take(f"{name}.shape", "i", 2))
        if any(wanted not in (None, size) for size, wanted in zip((rows, columns), shape, strict=True)):
            raise damaged(self.file, f"holds {name!r} with shape ({rows}, {columns}), expected {shape}")
        data = self.take(f"{name}.data", kinds, None)
        indices = self.take(f"{name}.indices", "i", len(data))
        ends = self.take(f"{name}.indptr", "i", rows + 1)
        try:
            matrix = csr_array((data, indices, ends), shape=(rows, columns))
            matrix.check_format(full_check=True)
        except (ValueError, IndexError, OverflowError) as error:
            raise damaged(self.file, f"holds no matrix under {name!r} ({error})") from error
        return matrix

    def matrix(self, name: str, kinds: str, *shape: int | None) -> Matrix:
        """The dense or sparse matrix *name*; see ``take``."""
        sparse = f"{name}.shape" in self.arrays
        return self.sparse(name, kinds, *shape) if sparse else self.take(name, kinds, *shape)

    def texts(self, name: str) -> list[str]:
        """The list of strings *name*."""
        data, ends = self.take(f"bytes/{name}", "u", None), self.take(f"offsets/{name}", "i", None)
        if data.itemsize != 1 or not len(ends) or ends[0] != 0 or ends[-1] != len(data) or (np.diff(ends) < 0).any():
            raise damaged(self.file, f"holds no texts under {name!r}")
        joined = data.tobytes()
        try:
            return [joined[start:stop].decode("utf-8", "surrogatepass") for start, stop in pairwise(ends.tolist())]
        except UnicodeDecodeError as error:
            raise damaged(self.file, f"holds no texts under {name!r} ({error})") from error


def read_tensors(folder: Folder, name: object) -> Tensors:
    """The arrays of the file *name*, writable.

    Raises:
        ModelFileError: It is no safetensors file: cut short, with a header too long, or with tensors that overlap.
    """
    from safetensors import SafetensorError, safe_open

    path = folder.file(name)
    try:
        with safe_open(path, framework="numpy") as file:
            arrays = {key: file.get_tensor(key) for key in sorted(file.keys())}
    except (SafetensorError, OSError, ValueError, KeyError, TypeError, AttributeError, ImportError) as error:
        raise damaged(path.name, f"is no safetensors file of plain arrays ({error})") from error
    writable = {key: array if array.flags.writeable else array.copy() for key, array in arrays.items()}
    return Tensors(path.name, writable)


def read_state(folder: Folder, name: object, *, version: int, meta: Mapping[str, JSON]) -> State:
    """The state whose arrays and strings are in the file *name*."""
    tensors = read_tensors(folder, name)
    arrays = {key.removeprefix("arrays/"): array for key, array in tensors.arrays.items() if key.startswith("arrays/")}
    named = [key.removeprefix("bytes/") for key in tensors.arrays if key.startswith("bytes/")]
    strings: dict[str, Sequence[str]] = {key: tensors.texts(key) for key in named}
    return State(arrays=arrays, strings=strings, meta=meta, version=version)
