"""Values as the JSON that a file can hold."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..components import JSON

__all__ = ["NotJSONError", "plain"]


class NotJSONError(TypeError):
    """A value that JSON has no form for; the message says where and what."""


def plain(value: Any, path: str) -> JSON:
    """*value* with numpy scalars as numbers, tuples as lists and sets as sorted lists.

    Args:
        value: What a component or a user gave.
        path: What it is called, for messages.

    Raises:
        NotJSONError: It, or something in it, is no JSON value.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        raise NotJSONError(f"{path} is {value}, which JSON cannot hold")
    if isinstance(value, (set, frozenset)) and all(isinstance(part, str) for part in value):
        return sorted(value)
    if isinstance(value, (list, tuple)):
        return [plain(part, f"{path}[{place}]") for place, part in enumerate(value)]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: plain(part, f"{path}[{key!r}]") for key, part in value.items()}
    raise NotJSONError(f"{path} is {type(value).__module__}.{type(value).__qualname__}, which JSON cannot hold")
