"""Finding a static model in a folder, in the cache or on the hub, and loading it."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from warnings import catch_warnings, filterwarnings

from topicore.errors import ComponentError

FILES = (
    "config.json",
    "model.safetensors",
    "tokenizer.json",
    "config_sentence_transformers.json",
    "0_StaticEmbedding/model.safetensors",
    "0_StaticEmbedding/tokenizer.json",
)
"""All that a static model is read from, in the layouts of model2vec and of sentence-transformers."""


def load(model: str, *, truncate_dim: int | None, revision: str | None, local_files_only: bool) -> Any:
    """A ``StaticModel`` that reads texts to their end, loaded without a word; the hub is asked for what is not cached.

    Raises:
        ComponentError: It cannot be loaded; the message says what else can be done.
    """
    with quiet():
        if os.path.isdir(model):
            try:
                return _read(model, truncate_dim)
            except Exception as error:  # the file system's, the tokenizer's, the tensor file's
                raise ComponentError(
                    f"embedder 'model2vec' cannot load the folder {model!r}: {_reason(error)}. "
                    "Give a folder that StaticModel.save_pretrained wrote"
                ) from error
        try:
            # what is complete in the cache needs no network
            return _read(_snapshot(model, revision, local_files_only=True), truncate_dim)
        except Exception:  # not there, or only in part
            return _downloaded(model, truncate_dim, revision, local_files_only)


def _downloaded(model: str, truncate_dim: int | None, revision: str | None, local_files_only: bool) -> Any:
    try:
        return _read(_snapshot(model, revision, local_files_only=local_files_only), truncate_dim)
    except Exception as error:  # the network's and the hub's as well
        raise ComponentError(_failure(model, local_files_only, error)) from error


def _snapshot(model: str, revision: str | None, *, local_files_only: bool) -> str:
    from huggingface_hub import snapshot_download

    return str(snapshot_download(model, revision=revision, allow_patterns=FILES, local_files_only=local_files_only))


def _read(folder: str, truncate_dim: int | None) -> Any:
    from model2vec import StaticModel

    model = StaticModel.from_pretrained(folder, dimensionality=truncate_dim)
    # before 0.10 what the tokenizer's file says of cutting and padding holds for model2vec too
    model.tokenizer.no_truncation()
    model.tokenizer.no_padding()
    return model


def _failure(model: str, local_files_only: bool, error: Exception) -> str:
    message = (
        f"embedder 'model2vec' cannot load {model!r}: {_reason(error)}. "
        "Check that it names a static model, such as 'minishlab/potion-base-8M'; without a network give the folder "
        "of a saved one ('model2vec:path/to/folder') or a model that was downloaded before"
    )
    if local_files_only:
        return f"{message}. local_files_only=True, so nothing was downloaded"
    offline = os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE")
    return f"{message}. HF_HUB_OFFLINE is set, so nothing was downloaded" if offline else message


def _reason(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(" .:")


@contextmanager
def quiet() -> Iterator[None]:
    """No bar, no warning of files and no log below an error while a model loads; every setting is put back."""
    from huggingface_hub import utils as downloads

    loggers = [logging.getLogger(name) for name in ("model2vec", "huggingface_hub")]
    levels = [logger.level for logger in loggers]
    bars = not downloads.are_progress_bars_disabled()
    with catch_warnings():
        filterwarnings("ignore", message="Cannot (dis|en)able progress bars")
        filterwarnings("ignore", category=ResourceWarning)  # before 0.10 a file is left to be closed by itself
        downloads.disable_progress_bars()
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
            if bars:
                downloads.enable_progress_bars()
