"""The values that scikit-learn estimators hold, as JSON beside named arrays and lists of strings.

Plain JSON stays as it is; anything else is a mapping of one tag to its content. What has no tag (functions, unknown
objects) cannot be written, and reading never calls anything but numpy, scipy and this module.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import singledispatch
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, csr_matrix

from ..components import JSON

__all__ = ["Reader", "UnwritableError", "Writer", "write"]


class UnwritableError(Exception):
    """A value that cannot become data; the message names its type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Where arrays and strings go on writing.

    Args:
        fitted: Estimators are written with what they learned.
        inline: Arrays and strings stay within the JSON.
        other: How to write a value of no known type, such as an estimator.
        arrays: The arrays kept so far, by path.
        strings: The lists of strings kept so far, by path.
    """

    fitted: bool
    inline: bool
    other: Callable[[Any, Writer, str], JSON]
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)
    strings: dict[str, Sequence[str]] = field(default_factory=dict)

    def array(self, path: str, array: NDArray[Any]) -> JSON:
        """Keep a C-ordered array, and say where."""
        if self.inline:
            if not np.isfinite(array).all():
                raise UnwritableError("array with numbers that are not finite, as a parameter")
            return [array.dtype.str, array.tolist()]
        self.arrays[path] = array
        return path

    def texts(self, path: str, texts: Sequence[str]) -> JSON:
        """Keep a list of strings, and say where."""
        if self.inline:
            return list(texts)
        self.strings[path] = texts
        return path


@singledispatch
def write(value: Any, writer: Writer, path: str) -> JSON:
    """*value* as JSON, its arrays and strings kept in *writer* under *path*.

    Raises:
        UnwritableError: There is no way to write a value of this type.
    """
    return writer.other(value, writer, path)


@write.register(type(None))
@write.register(bool)
@write.register(int)
@write.register(str)
def _(value: JSON, writer: Writer, path: str) -> JSON:
    return value


@write.register
def _(value: float, writer: Writer, path: str) -> JSON:
    return float(value) if math.isfinite(value) else {"float": str(float(value))}


@write.register
def _(value: np.generic, writer: Writer, path: str) -> JSON:
    if value.dtype.kind not in "biuf":
        raise UnwritableError(f"numpy value of dtype {value.dtype}")
    return {"scalar": [value.dtype.str, write(value.item(), writer, path)]}


@write.register
def _(value: type, writer: Writer, path: str) -> JSON:
    if not issubclass(value, (np.number, np.bool_)):
        raise UnwritableError(f"class {value.__qualname__}")
    return {"dtype": np.dtype(value).str}


@write.register
def _(value: np.dtype, writer: Writer, path: str) -> JSON:
    return {"dtype": value.str}


@write.register
def _(value: list, writer: Writer, path: str) -> JSON:  # type: ignore[type-arg]
    return {"list": [write(item, writer, f"{path}.{i}") for i, item in enumerate(value)]}


@write.register
def _(value: tuple, writer: Writer, path: str) -> JSON:  # type: ignore[type-arg]
    return {"tuple": [write(item, writer, f"{path}.{i}") for i, item in enumerate(value)]}


@write.register(set)
@write.register(frozenset)
def _(value: set[str] | frozenset[str], writer: Writer, path: str) -> JSON:
    if not all(type(item) is str for item in value):
        raise UnwritableError("set of other things than strings")
    return {type(value).__name__: writer.texts(path, sorted(value))}


@write.register
def _(value: dict, writer: Writer, path: str) -> JSON:  # type: ignore[type-arg]
    if value and all(type(key) is str and isinstance(item, (int, np.integer)) for key, item in value.items()):
        numbers = np.fromiter(value.values(), dtype=np.int64, count=len(value))
        return {"index": [writer.texts(f"{path}.terms", list(value)), writer.array(f"{path}.columns", numbers)]}
    items = enumerate(value.items())
    return {"dict": [[write(k, writer, f"{path}.{i}.key"), write(v, writer, f"{path}.{i}")] for i, (k, v) in items]}


@write.register
def _(value: np.ndarray, writer: Writer, path: str) -> JSON:
    if value.dtype.names:
        return {"record": [[name, write(value[name], writer, f"{path}.{name}")] for name in value.dtype.names]}
    if value.dtype.kind == "U" or (value.dtype == object and all(type(item) is str for item in value.flat)):
        return {"texts": [value.dtype.str, list(value.shape), writer.texts(path, value.ravel().tolist())]}
    if value.dtype.kind not in "biuf":
        raise UnwritableError(f"array of dtype {value.dtype}")
    if value.ndim == 2 and value.strides[0] < value.strides[1]:  # the order of a matrix decides how products round
        return {"transposed": writer.array(path, np.ascontiguousarray(value.T))}
    return {"array": writer.array(path, np.ascontiguousarray(value))}


@write.register(csr_array)
@write.register(csr_matrix)
def _(value: csr_array, writer: Writer, path: str) -> JSON:
    parts = (value.data, value.indices, value.indptr)
    names = ("data", "indices", "indptr")
    content: list[JSON] = [writer.array(f"{path}.{n}", part) for n, part in zip(names, parts, strict=True)]
    return {type(value).__name__: [list(value.shape), *content]}


@write.register
def _(value: np.random.RandomState, writer: Writer, path: str) -> JSON:
    name, keys, position, has_gauss, gauss = value.get_state(legacy=True)
    if name != "MT19937":
        raise UnwritableError(f"RandomState of {name}")
    return {"generator": [writer.array(path, np.asarray(keys)), int(position), int(has_gauss), float(gauss)]}


class Reader:
    """Turns what ``write`` made into values again.

    Raises KeyError, TypeError, ValueError or IndexError on anything that ``write`` would not make.

    Args:
        arrays: The arrays of the writer; an array found in the JSON itself is read from there.
        strings: The strings of the writer.
        others: How to read further tags, such as nested estimators.
    """

    def __init__(
        self,
        arrays: Mapping[str, NDArray[Any]],
        strings: Mapping[str, Sequence[str]],
        others: Mapping[str, Callable[[Any, Reader], Any]],
    ) -> None:
        self.arrays = arrays
        self.strings = strings
        self.others = others

    def __call__(self, value: Any) -> Any:
        """The value that *value* stands for."""
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        ((tag, content),) = value.items()
        return TAGS[tag](self, content) if tag in TAGS else self.others[tag](content, self)

    def array(self, content: Any) -> NDArray[Any]:
        """An array kept aside, or one within the JSON."""
        if isinstance(content, str):
            return np.array(self.arrays[content])
        dtype, values = content
        return np.array(values, dtype=plain(dtype))

    def texts(self, content: Any) -> list[str]:
        """Strings kept aside, or within the JSON."""
        texts = list(self.strings[content] if isinstance(content, str) else content)
        if not all(type(text) is str for text in texts):
            raise TypeError("a list of strings holds something else")
        return texts


def plain(name: Any) -> np.dtype[Any]:
    """The dtype of this name, which must be one of numbers or booleans."""
    dtype = np.dtype(str(name))
    if dtype.kind not in "biuf":
        raise ValueError(f"dtype {dtype} is not one of numbers")
    return dtype


def _text_array(read: Reader, content: Any) -> NDArray[Any]:
    kind, shape, texts = content
    dtype = np.dtype(object) if kind == "|O" else np.dtype(str(kind))
    if dtype.kind not in "UO":
        raise ValueError(f"dtype {dtype} is not one of strings")
    return np.array(read.texts(texts), dtype=dtype).reshape([int(size) for size in shape])


def _index(read: Reader, content: Any) -> dict[str, int]:
    texts, numbers = content
    return dict(zip(read.texts(texts), read.array(numbers).tolist(), strict=True))


def _record(read: Reader, content: Any) -> NDArray[Any]:
    fields = {str(name): np.asarray(read(value)) for name, value in content}
    (size,) = {len(column) for column in fields.values()}
    result = np.empty(size, dtype=[(name, plain(column.dtype.str)) for name, column in fields.items()])
    for name in fields:
        result[name] = fields[name]
    return result


def _csr(cls: Callable[..., Any]) -> Callable[[Reader, Any], Any]:
    def read_csr(read: Reader, content: Any) -> Any:
        shape, data, indices, indptr = content
        parts = read.array(data), read.array(indices), read.array(indptr)
        matrix = cls(parts, shape=tuple(int(size) for size in shape))
        matrix.check_format(full_check=True)
        return matrix

    return read_csr


def _generator(read: Reader, content: Any) -> np.random.RandomState:
    keys, position, has_gauss, gauss = content
    generator = np.random.RandomState()
    generator.set_state(("MT19937", read.array(keys).astype(np.uint32), int(position), int(has_gauss), float(gauss)))
    return generator


def _scalar(read: Reader, content: Any) -> Any:
    dtype, value = content
    return np.array(read(value), dtype=plain(dtype))[()]


TAGS: dict[str, Callable[[Reader, Any], Any]] = {
    "array": lambda read, content: read.array(content),
    "csr_array": _csr(csr_array),
    "csr_matrix": _csr(csr_matrix),
    "dict": lambda read, content: {read(key): read(value) for key, value in content},
    "dtype": lambda read, content: plain(content).type,
    "float": lambda read, content: {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}[content],
    "frozenset": lambda read, content: frozenset(read.texts(content)),
    "generator": _generator,
    "index": _index,
    "list": lambda read, content: [read(item) for item in content],
    "record": _record,
    "scalar": _scalar,
    "set": lambda read, content: set(read.texts(content)),
    "texts": _text_array,
    "transposed": lambda read, content: read.array(content).T,
    "tuple": lambda read, content: tuple(read(item) for item in content),
}
