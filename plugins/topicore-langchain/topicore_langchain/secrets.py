"""What a Runnable or Embeddings object proves itself with, to be kept out of messages."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

_NAMED = re.compile(r"(?:KEY|TOKEN|SECRET|PASSWORD)$")
_DEPTH = 4
"""Objects within objects that are looked into: a chain, its steps, a step, its fields."""


def secrets(obj: Any) -> tuple[str, ...]:
    """The secrets in the fields of *obj* and of what it is made of, and those in the environment."""
    named = (value for name, value in os.environ.items() if _NAMED.search(name))
    return tuple({secret for secret in (*named, *_held(obj, _DEPTH)) if len(secret) > 4})


def _held(obj: Any, depth: int) -> Iterator[str]:
    reveal = getattr(obj, "get_secret_value", None)
    if callable(reveal):
        yield str(reveal())
    elif depth:
        parts = obj if isinstance(obj, list | tuple) else getattr(obj, "__dict__", {}).values()
        for part in parts:
            yield from _held(part, depth - 1)
