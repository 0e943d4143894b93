"""How topics differ between classes of documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..state import FittedState
from .slices import normalised, per_document, shown, sliced, tabled, whole, with_global

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["topics_per_class"]


def topics_per_class(
    state: FittedState,
    classes: Any,
    *,
    topics: Sequence[int] | None = None,
    global_tuning: bool = True,
    n_words: int = 5,
) -> pd.DataFrame:
    """The words and the number of documents of each topic in each class.

    The documents of topic k in class c are weighed by what the fit learned. With global tuning their L1-normalised
    weights are averaged with those of the topic as a whole, (l(k, c) + g(k)) / 2.

    Args:
        state: What was fitted.
        classes: One a document, of anything hashable (-1 is a class as any other); documents whose class is None or
            NaN are left out.
        topics: Topics to return; None for all, -1 included.
        global_tuning: Average with the topic as a whole.
        n_words: Words shown.

    Returns:
        Topic, Words (best first, joined by ", "), Frequency and Class, by class in order of first appearance, then
        topic. There is a row only where a topic has documents.

    Raises:
        InputError: An argument cannot be used, or the model was loaded without counts.
    """
    n_words = whole(n_words, "n_words")
    groups, values = _classes(classes, state.n_documents)
    found = sliced(state, groups, topics)
    weights = found.weights
    if global_tuning:
        weights = with_global(normalised(weights), found.rows, state.weights, n_words)
    return tabled(state, found, weights, n_words, values, "Class")


def _classes(classes: Any, n: int) -> tuple[NDArray[np.int64], pd.Index[Any]]:
    """(n,) the class of each document in order of first appearance, -1 where there is none, and the classes."""
    import pandas as pd

    column = per_document(classes, n, "classes")
    try:
        groups, values = pd.factorize(column)
    except TypeError:
        place = next(place for place, value in enumerate(column) if not _hashable(value))
        raise InputError(
            f"classes[{place}] is {shown(column.iloc[place])}, which cannot be a class; give numbers, texts or tuples"
        ) from None
    if not len(values):
        raise InputError("classes holds no class: every entry is None or NaN")
    return groups.astype(np.int64), pd.Index(values, tupleize_cols=False).infer_objects()


def _hashable(value: Any) -> bool:
    """Whether *value* and all that it holds can be looked up."""
    try:
        hash(value)
    except TypeError:
        return False
    return True
