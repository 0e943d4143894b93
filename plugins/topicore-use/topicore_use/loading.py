"""Loading a module of TensorFlow Hub, and telling where a loaded one came from."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from warnings import catch_warnings, filterwarnings, simplefilter

from topicore.errors import ComponentError

PUBLISHED = ("https://tfhub.dev/google/", "https://www.kaggle.com/models/google/")
"""Where the Universal Sentence Encoder and its kin are published."""


def load(handle: str) -> Any:
    """The module at an address or in a folder; downloaded by tensorflow_hub where it is in no cache.

    Raises:
        ComponentError: It cannot be loaded; the message says what else can be done.
    """
    if not remote(handle) and not os.path.isdir(handle):
        raise ComponentError(
            f"embedder 'use' finds no folder {handle!r}; give the folder of a SavedModel, or an address such as "
            "'use:https://tfhub.dev/google/universal-sentence-encoder/4'"
        )
    with quiet():
        hub = _hub()
        try:
            return hub.load(handle)
        except Exception as error:  # the network's, the file system's, TensorFlow's own
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(" .:")
            raise ComponentError(f"embedder 'use' cannot load {handle!r}: {reason}. {_advice(handle)}") from error


def published(handle: str) -> bool:
    """Whether *handle* leads to what Google publishes, with no step aside in it."""
    return handle.startswith(PUBLISHED) and re.fullmatch(r"[\w:/.-]+", handle) is not None and ".." not in handle


def remote(handle: str) -> bool:
    """Whether *handle* is an address, or a folder of another machine."""
    return "://" in handle or handle.startswith(("//", "\\\\"))


def origin(obj: Any) -> str | None:
    """The handle that a ``KerasLayer`` was made with, where that says it all; a loaded module does not tell."""
    handle = getattr(obj, "_handle", None)
    changed = ("_signature", "_output_key", "_arguments", "_output_shape", "trainable")
    return None if not isinstance(handle, str) or any(getattr(obj, name, None) for name in changed) else handle


def _hub() -> Any:
    try:
        import tensorflow_hub
    except ImportError as error:
        if error.name != "pkg_resources":
            raise
        raise ComponentError(
            "embedder 'use': tensorflow_hub needs pkg_resources, which setuptools has no more since 82: "
            'pip install "setuptools<82"'
        ) from error
    return tensorflow_hub


def _advice(handle: str) -> str:
    if not remote(handle):
        return "Give the folder of a SavedModel of TensorFlow 2, the one that saved_model.pb is in"
    return (
        "Without a network set TFHUB_CACHE_DIR to a cache that it was downloaded into once, or give the folder of the "
        "unpacked module ('use:path/to/folder')"
    )


@contextmanager
def quiet() -> Iterator[None]:
    """No warning of what TensorFlow and its hub use that is going out of use, while they are imported and load."""
    with catch_warnings():
        for category in (DeprecationWarning, PendingDeprecationWarning, FutureWarning, ImportWarning):
            simplefilter("ignore", category)
        filterwarnings("ignore", message="pkg_resources is deprecated")
        yield
