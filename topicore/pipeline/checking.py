"""What components give, checked and said to be theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse

from .. import registry
from ..builtin.lexicon import NOTHING
from ..builtin.space import squares
from ..components import Component, Matrix
from ..errors import ComponentError, TopicoreError
from ..inputs import BLOCK

__all__ = ["checked_tokens", "guarded", "known_rows", "reduced", "shown", "weighed"]


def guarded(component: Component, call: Callable[[], Any]) -> Any:
    """The result of *call*, with any error said to be *component*'s."""
    try:
        return call()
    except TopicoreError:
        raise
    except Exception as error:
        spec = registry.capabilities(component)
        raise ComponentError(f"{spec.kind} {spec.name!r} failed: {type(error).__name__}: {error}") from error


def checked_tokens(lists: Iterable[Any]) -> Iterator[list[str]]:
    """The token *lists* of a vectorizer as they come, the first tokens of each looked at.

    Raises:
        ComponentError: A document's tokens are no list of texts.
    """
    for tokens in lists:
        if isinstance(tokens, str) or (len(tokens) and not isinstance(tokens[0], str)):
            raise ComponentError(f"a vectorizer must give one list of words a text, gave {str(tokens)[:60]!r}")
        yield tokens


def reduced(x: Any, n: int, name: str) -> Matrix:
    """What reducer *name* gave for *n* rows, as float32 rows.

    Raises:
        ComponentError: The shape is wrong, or numbers are not finite.
    """
    x = csr_array(cast(Any, x), dtype=np.float32) if issparse(x) else np.ascontiguousarray(x, dtype=np.float32)
    numbers = cast(Any, x).data if issparse(x) else x
    if x.ndim != 2 or x.shape[0] != n or not np.isfinite(numbers).all():
        raise ComponentError(f"reducer {name!r} gave shape {x.shape} for {n} rows, or numbers that are not finite")
    return cast(Matrix, x)


def weighed(weights: Any, counts: csr_array) -> csr_array:
    """What a weighting gave for *counts*, as CSR float64.

    Raises:
        ComponentError: The shape is another, or numbers are not finite.
    """
    found: Any = csr_array(cast(Any, weights), dtype=np.float64)
    if found.shape != counts.shape or not np.isfinite(found.data).all():
        raise ComponentError(
            f"the weighting gave shape {found.shape} for counts of shape {counts.shape}, or numbers that are not finite"
        )
    return cast(csr_array, found)


def known_rows(rows: Matrix) -> NDArray[np.bool_]:
    """(n,) which rows are not (nearly) all zero."""
    if issparse(rows):
        return np.asarray(abs(rows).sum(axis=1)).ravel() > 1e-6
    blocks = range(0, max(rows.shape[0], 1), BLOCK)
    return np.concatenate([squares(rows[start : start + BLOCK]) > NOTHING**2 for start in blocks])


def shown(images: Sequence[Any] | None, n: int) -> NDArray[np.bool_]:
    """(n,) which documents have an image."""
    return np.zeros(n, dtype=bool) if images is None else np.array([image is not None for image in images], dtype=bool)
