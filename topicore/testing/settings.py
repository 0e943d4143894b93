"""The settings of the whole process that no component may change."""

from __future__ import annotations

import contextlib
import logging
import os
import random
import sys
import warnings
from collections.abc import Iterator
from typing import Any
from unittest import mock

import numpy as np

__all__ = ["kept", "settings"]

_SEED = 1_986_215
"""A random state that nobody else would choose, so that choosing one shows."""


@contextlib.contextmanager
def kept() -> Iterator[None]:
    """Put every such setting back afterwards."""
    with contextlib.ExitStack() as stack:
        for setting in (warnings.catch_warnings(), np.errstate(), np.printoptions(), mock.patch.dict(os.environ)):
            stack.enter_context(setting)
        stack.callback(np.random.set_state, np.random.get_state())
        stack.callback(random.setstate, random.getstate())
        stack.callback(os.chdir, os.getcwd())
        stack.callback(logging.root.setLevel, logging.root.level)
        stack.callback(logging.disable, logging.root.manager.disable)
        stack.callback(sys.path.__setitem__, slice(None), list(sys.path))
        np.random.seed(_SEED)
        random.seed(_SEED)
        yield


def settings() -> dict[str, Any]:
    """Every such setting by name, ready to be compared."""
    generator: Any = np.random.get_state(legacy=False)["state"]
    return {
        "numpy's random state": (generator["key"].tobytes(), generator["pos"]),
        "random's state": random.getstate(),
        "numpy's error handling": np.geterr(),
        "numpy's print options": repr(np.get_printoptions()),
        "warning filters": list(warnings.filters),
        "environment variables": dict(os.environ),
        "the working directory": os.getcwd(),
        "the root logger": (logging.root.level, list(logging.root.handlers), logging.root.manager.disable),
        "sys.path": list(sys.path),
    }
