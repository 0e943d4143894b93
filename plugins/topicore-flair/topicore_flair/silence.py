"""Importing and loading without a word, and without a setting of the process changed in the end."""

from __future__ import annotations

import logging
import logging.config
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import RLock
from typing import Any
from warnings import catch_warnings, simplefilter

LOGGERS = ("flair", "gensim", "huggingface_hub", "transformers")
ONE = RLock()
"""Settings of the process are put aside by one thread at a time."""


@contextmanager
def quiet() -> Iterator[None]:
    """No bar, no note and no log below an error meanwhile; flair is imported, and every setting is put back."""
    with ONE, catch_warnings(), ExitStack() as after:
        for category in (DeprecationWarning, FutureWarning, ResourceWarning, UserWarning):  # gensim leaves a file open
            simplefilter("ignore", category)
        for name in LOGGERS:
            logger = logging.getLogger(name)
            after.callback(logger.setLevel, logger.level)
            logger.setLevel(logging.ERROR)
        after.callback(_environment, "TOKENIZERS_PARALLELISM", os.environ.get("TOKENIZERS_PARALLELISM"))
        _import()
        _without_bars(after)
        yield


def _import() -> None:
    """Import flair without the configuration of logging that it brings, which closes every open handler."""
    if "flair" in sys.modules:
        return
    configure = logging.config.dictConfig

    def spared(config: Any) -> None:
        if set(config.get("loggers", ())) != {"flair"}:
            configure(config)

    logging.config.dictConfig = spared
    try:
        import flair  # noqa: F401
    finally:
        logging.config.dictConfig = configure


def _without_bars(after: ExitStack) -> None:
    """Turn off the bars of downloads, and of weights being read; *after* turns them on again."""
    from flair.file_utils import Tqdm
    from huggingface_hub import utils as downloads
    from transformers.utils import logging as weights

    loading, downloading = weights.is_progress_bar_enabled(), not downloads.are_progress_bars_disabled()
    after.callback(downloads.enable_progress_bars if downloading else downloads.disable_progress_bars)
    after.callback(weights.enable_progress_bar if loading else weights.disable_progress_bar)
    weights.disable_progress_bar()  # also those of downloads
    shown = Tqdm.tqdm
    after.callback(setattr, Tqdm, "tqdm", staticmethod(shown))
    Tqdm.tqdm = staticmethod(lambda *values, **named: shown(*values, **{**named, "disable": True}))


def _environment(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value
