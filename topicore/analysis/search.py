"""Topics that are about something."""

from __future__ import annotations

import numpy as np

from .. import registry
from ..builtin.lexicon import unit
from ..components import FloatMatrix
from ..errors import InputError
from ..state import FittedState

__all__ = ["nearest_topics"]


def nearest_topics(state: FittedState, row: FloatMatrix, top_n: int = 5) -> tuple[list[int], list[float]]:
    """The *top_n* topics (without -1) nearest to *row* (1, d), by cosine to their mean embedding, and the cosines.

    Raises:
        InputError: *row* is all zero: the embedder knows nothing of what was asked.
    """
    if not isinstance(top_n, (int, np.integer)) or isinstance(top_n, bool) or top_n < 1:
        raise InputError(f"top_n must be a whole number of at least 1, got {top_n!r}")
    query = unit(np.asarray(row, dtype=np.float32))[0]
    if not query.any():
        name = registry.capabilities(state.components.embedder).name
        raise InputError(f"embedder {name!r} knows no word of the search term; try words from the documents")
    topics = np.array(state.index.real, dtype=np.int64)
    cosines = unit(state.topic_embeddings[state.index.rows(topics)]) @ query
    order = np.lexsort((topics, -cosines))[:top_n]
    return [int(topic) for topic in topics[order]], [float(cosine) for cosine in cosines[order]]
