"""How topics change over time."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ..state import FittedState
from .slices import normalised, sliced, tabled, whole, with_global
from .timestamps import binned, distinct, instants

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["topics_over_time"]

MANY = 100


def topics_over_time(
    state: FittedState,
    timestamps: Any,
    *,
    topics: Sequence[int] | None = None,
    n_bins: int | None = None,
    datetime_format: str | None = None,
    evolution_tuning: bool = True,
    global_tuning: bool = True,
    n_words: int = 5,
) -> pd.DataFrame:
    """The words and the number of documents of each topic at each timestamp.

    The documents of topic k at time t are weighed by what the fit learned, as in Grootendorst 2022: with l(k, t)
    these weights, L1-normalised where there is any tuning, evolution tuning gives e(k, t) = (l(k, t) + l(k, t-1)) / 2
    where k has documents at the timestamp before t, else l(k, t); global tuning then gives (e(k, t) + g(k)) / 2, with
    g(k) the L1-normalised weights of the topic. So a word comes from t, from t-1, or from the topic as a whole, and
    what a topic shows does not depend on which others are asked for.

    Args:
        state: What was fitted.
        timestamps: One a document: datetimes, dates, numbers or texts.
        topics: Topics to return; None for all, -1 included.
        n_bins: Group timestamps in so many bins of equal width, each called by its left edge.
        datetime_format: How texts are written, such as ``"%d/%m/%Y"``; None lets the first one tell.
        evolution_tuning: Average with the timestamp before.
        global_tuning: Average with the topic as a whole.
        n_words: Words shown.

    Returns:
        Topic, Words (best first, joined by ", "), Frequency and Timestamp, by timestamp, then topic. There is a row
        only where a topic has documents.

    Raises:
        InputError: An argument cannot be used, or the model was loaded without counts.
    """
    n_words = whole(n_words, "n_words")
    column = instants(timestamps, state.n_documents, datetime_format)
    groups, times = distinct(column) if n_bins is None else binned(column, n_bins)
    if n_bins is None and len(times) > MANY:
        warnings.warn(
            f"there are {len(times)} different timestamps; n_bins=20 groups them in 20 bins of equal width",
            UserWarning,
            stacklevel=3,
        )
    found = sliced(state, groups, topics)
    weights = normalised(found.weights) if evolution_tuning or global_tuning else found.weights
    if evolution_tuning:
        weights = _evolved(weights, found.rows, found.groups)
    if global_tuning:
        weights = with_global(weights, found.rows, state.weights, n_words)
    return tabled(state, found, weights, n_words, times, "Timestamp")


def _evolved(weights: csr_array, rows: NDArray[np.int64], groups: NDArray[np.int64]) -> csr_array:
    """Each row averaged with the row before it where that is the same topic one timestamp earlier, else as it is."""
    before = np.arange(len(rows))
    before[1:] -= (np.diff(rows) == 0) & (np.diff(groups) == 1)
    return csr_array((weights + weights[before]) / 2)
