"""From the service's answer to rows."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import numpy as np

from topicore.components import FloatMatrix
from topicore.errors import ComponentError


def rows(answer: Any, n: int, service: str) -> FloatMatrix:
    """The rows in *answer* in the order of the *n* texts that were sent.

    Raises:
        ComponentError: It holds something else.
    """
    entries = getattr(answer, "data", None)
    if not isinstance(entries, list):
        raise ComponentError(f"{service} answers with something else than embeddings; check base_url, and the model")
    if len(entries) != n:
        raise ComponentError(f"{service} gave {len(entries)} rows for {n} texts")
    places = [getattr(entry, "index", None) for entry in entries]
    if set(places) not in ({None}, set(range(n))):
        raise ComponentError(f"{service} does not say which row belongs to which text")
    try:
        made = [_row(getattr(entry, "embedding", None)) for entry in entries]
        found = np.stack(made).astype(np.float32, copy=False)
    except (TypeError, ValueError, binascii.Error):
        raise ComponentError(f"{service} gave rows that are no lists of equally many numbers") from None
    if found.ndim != 2 or not found.shape[1] or not np.isfinite(found).all():
        raise ComponentError(f"{service} gave rows that are empty, or NaN or infinite")
    if None not in places:
        found = found[np.argsort(np.array(places))]
    return np.ascontiguousarray(found)


def _row(embedding: Any) -> Any:
    """Numbers in base64, as the SDK asks for them, or in a list, from servers that know no base64."""
    if isinstance(embedding, str):
        return np.frombuffer(base64.b64decode(embedding, validate=True), dtype="<f4")
    return np.asarray(embedding, dtype=np.float32)
