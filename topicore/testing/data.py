"""Small inputs for each kind, made anew at each call so that nothing carries over between checks."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array

from ..components import Labels
from ..tokens import Tokens, tokenise
from .check import Skip
from .corpus import DOCUMENTS, THEMES, UNUSUAL

__all__ = ["ROWS", "blobs", "classes", "counts", "images", "new_rows", "sample", "terms", "texts", "tokens"]

ROWS = 120
"""How many rows ``blobs`` gives, the first half in one group and the rest in the other."""

_WIDTH = 16


def texts() -> list[str]:
    """All texts of the corpus."""
    return list(DOCUMENTS)


def sample(n: int = 12) -> list[str]:
    """*n* different texts with words in them, of all languages."""
    plain = len(DOCUMENTS) - len(UNUSUAL)
    return [DOCUMENTS[place * 37 % plain] for place in range(n)]


def tokens(documents: list[str] | None = None) -> Tokens:
    """The corpus, or *documents*, split at white space."""
    return tokenise([text.lower().split() for text in (texts() if documents is None else documents)])


def blobs(n: int = ROWS, seed: int = 0) -> np.ndarray[Any, np.dtype[np.float32]]:
    """(n, 16) float32: two groups far apart by distance and by angle, no negative entries."""
    noise = np.random.default_rng(seed).random((n, _WIDTH), dtype=np.float32)
    second = np.arange(n) >= n // 2
    noise[~second, 0] += 8
    noise[second, 1] += 8
    return noise


def new_rows(n: int = 20) -> np.ndarray[Any, np.dtype[np.float32]]:
    """(n, 16) rows of the same two groups that ``blobs`` does not hold."""
    return blobs(n, seed=1)


def classes(n: int = ROWS) -> Labels:
    """(n,) the group of each row, -1 (unknown) for every tenth."""
    group = (np.arange(n) >= n // 2).astype(np.int64)
    group[5::10] = -1
    return group


def terms() -> list[str]:
    """The terms of ``counts``, in column order."""
    return [f"term{column}" for column in range(12)]


def counts(empty: bool = False) -> csr_array:
    """(5 topics, 12 terms) integer counts; with *empty*, a topic and a term that have none."""
    dense = np.random.default_rng(2).integers(0, 5, size=(5, len(terms())))
    dense[:, 0] += 1
    dense[np.arange(5), np.arange(1, 6)] += 9
    if empty:
        dense[3, :] = 0
        dense[:, 7] = 0
    return csr_array(dense.astype(np.int64))


def images(n: int = 3) -> list[Any]:
    """*n* small pictures; a Skip where Pillow is not installed."""
    try:
        from PIL import Image  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        raise Skip("embedding images needs Pillow: pip install pillow") from None
    shades = [(40 * place % 256, 90 * place % 256, 255 - 30 * place) for place in range(n)]
    return [Image.new("RGB", (32, 32), shade) for shade in shades]


def themes() -> Labels:
    """(200,) the theme of each text of the corpus, -1 for none."""
    return np.array(THEMES, dtype=np.int64)
