"""What users hand in, checked once, before any work."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse

from .errors import InputError

__all__ = ["as_classes", "as_documents", "as_embeddings", "as_images"]

BLOCK = 65536
"""Rows looked at together, so that rows in a file are never in memory as a whole."""


def as_documents(documents: Any, what: str = "documents") -> list[str]:
    """The texts of a list, any iterable, or a column of a data frame.

    Raises:
        InputError: It is one string, empty, or holds something that is no text.
    """
    if isinstance(documents, (str, bytes)):
        raise InputError(f"{what} must be a list of texts, got one {type(documents).__name__}: write [{what}]")
    if isinstance(documents, np.ndarray) and documents.ndim != 1:
        raise InputError(f"{what} must be one-dimensional, got an array of shape {documents.shape}")
    texts = list(documents) if isinstance(documents, (list, tuple)) else _column(documents, what)
    if not texts:
        raise InputError(f"{what} is empty; give at least one text")
    wrong = [place for place, text in enumerate(texts) if not isinstance(text, str)]
    if wrong:
        found = texts[wrong[0]]
        more = f" ({len(wrong)} of {len(texts)} are no texts)" if len(wrong) > 1 else ""
        raise InputError(
            f"{what}[{wrong[0]}] is {_shown(found)}, not a text{more}; drop such entries or replace them with ''"
        )
    return [str(text) if type(text) is not str else text for text in texts]


def _column(documents: Any, what: str) -> list[Any]:
    """The values of a data frame's column, or of any other iterable."""
    if hasattr(documents, "to_pylist") and not hasattr(
        documents, "column_names"
    ):  # an Arrow array: no column of a frame to narwhals
        return list(documents.to_pylist())
    import narwhals as nw

    native = nw.from_native(documents, allow_series=True, pass_through=True)
    if isinstance(native, nw.Series):
        return list(native.to_list())
    if isinstance(native, (nw.DataFrame, nw.LazyFrame, Mapping)):
        raise InputError(
            f"{what} must be one column of texts, got a whole {type(documents).__name__}: choose its column"
        )
    if not isinstance(documents, Iterable):
        raise InputError(f"{what} must be a list of texts, got {type(documents).__name__}")
    return list(documents)


def _numbers(values: Sequence[int]) -> tuple[NDArray[np.int64], tuple[Hashable, ...]]:
    """What ``as_classes`` gives for whole numbers alone."""
    found, first, codes = np.unique(np.array(values), return_index=True, return_inverse=True)
    known = found != -1
    order = np.argsort(np.where(known, first, len(values)), kind="stable")[: int(known.sum())]
    number = np.full(len(found), -1, dtype=np.int64)
    number[order] = np.arange(len(order))
    return number[codes], tuple(found[order].tolist())


def _is_missing(value: Any) -> bool:
    """Whether *value* stands for no class: None, -1, NaN, or a missing value of pandas."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return bool(value == -1 or value != value) and not isinstance(value, str)


def _shown(value: Any) -> str:
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 40 else text[:37] + '...'}" if value is not None else "None"


def as_embeddings(embeddings: Any, n: int | None) -> NDArray[np.float32] | csr_array:
    """*embeddings* as float32 rows: dense in C order (a copy only where needed) or CSR.

    Raises:
        InputError: Not two-dimensional, of the wrong length, not numbers, or not finite.
    """
    x: Any
    if issparse(embeddings):
        x = csr_array(
            cast(Any, embeddings), dtype=np.float32, copy=True
        )  # sorting in place would reach the caller's arrays
        x.sum_duplicates()
        numbers = x.data
    else:
        try:
            with np.errstate(over="ignore"):
                x = np.ascontiguousarray(embeddings, dtype=np.float32)
        except (TypeError, ValueError) as error:
            raise InputError(f"embeddings must be a matrix of numbers, one row a document: {error}") from None
        if not isinstance(embeddings, np.memmap) and np.may_share_memory(x, embeddings):
            x = x.copy()  # the model's rows are its own, whatever becomes of the caller's
        numbers = x
    if x.ndim != 2:
        raise InputError(f"embeddings must have two dimensions (documents, columns), got shape {x.shape}")
    if n is not None and x.shape[0] != n:
        raise InputError(f"embeddings has {x.shape[0]} rows for {n} documents; give one row a document")
    if x.shape[1] == 0:
        raise InputError("embeddings has no columns")
    for start in range(0, len(numbers), BLOCK):
        finite = np.isfinite(numbers[start : start + BLOCK])
        if not finite.all():
            where = "" if issparse(embeddings) else f", first in row {start + int(np.argmin(finite.all(axis=1)))}"
            raise InputError(f"embeddings holds NaN or infinite numbers{where}")
    return x  # type: ignore[no-any-return]


def as_images(images: Any, n: int | None) -> list[Any]:
    """*images* as a list, one a document where there are documents.

    Raises:
        InputError: Empty, or of the wrong length.
    """
    if isinstance(images, (str, bytes)) or not isinstance(images, Iterable):
        raise InputError(f"images must be a list of images or paths, got {type(images).__name__}")
    found = list(images)
    if not found:
        raise InputError("images is empty; give at least one image")
    if n is not None and len(found) != n:
        raise InputError(
            f"images has {len(found)} entries for {n} documents; give one a document, None where there is none"
        )
    return found


def as_classes(y: Any, n: int) -> tuple[NDArray[np.int64], tuple[Hashable, ...]]:
    """Codes 0..c-1 of the classes in *y* in order of first use, -1 where unknown (-1, None, NaN), and the classes.

    Raises:
        InputError: Of the wrong length, or holding something that cannot be a class.
    """
    if isinstance(y, (str, bytes)) or not isinstance(y, Iterable):
        raise InputError(f"y must be a list of classes, one a document, got {type(y).__name__}")
    if getattr(y, "ndim", 1) != 1:
        raise InputError(f"y must be one column, one class a document, got shape {getattr(y, 'shape', None)}")
    values: Sequence[Any] = y.tolist() if hasattr(y, "tolist") else list(y)
    if len(values) != n:
        raise InputError(f"y has {len(values)} entries for {n} documents; give one class a document, -1 where unknown")
    if all(type(value) is int for value in values):
        return _numbers(values)
    classes: dict[Hashable, int] = {}
    codes = np.empty(n, dtype=np.int64)
    for place, entry in enumerate(values):
        value = entry.item() if isinstance(entry, np.generic) else entry
        try:
            unknown = _is_missing(value)
            codes[place] = -1 if unknown else classes.setdefault(value, len(classes))
        except (TypeError, ValueError):
            raise InputError(
                f"y[{place}] is {_shown(value)}, which cannot be a class; use numbers, texts or dates"
            ) from None
    return codes, tuple(classes)
