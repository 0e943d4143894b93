"""Loading a model and its tokenizer, and telling where those of a pipeline came from."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Generic, TypeVar
from warnings import catch_warnings, filterwarnings, simplefilter

from topicore.components import JSON
from topicore.errors import ComponentError

from .devices import first_line

T = TypeVar("T")

TIMEOUT = 10
"""Seconds to wait for the hub's first answer; transformers itself tries for most of a minute, for each file."""


class Once(Generic[T]):
    """What is made by the first of all threads that ask for it."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = Lock()
        self._made: list[T] = []

    def __call__(self) -> T:
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]

    @property
    def made(self) -> T | None:
        """What was made; None before anyone asked."""
        return self._made[0] if self._made else None


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a model is loaded for.

    Args:
        component: Kind and name of the component, as messages have them.
        task: The pipeline in which a user can hand in a model that was loaded in another way.
        spared: Whether the component does without the weight of this name.
    """

    component: str
    task: str
    spared: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a model comes from.

    Args:
        model: The id of a published model, or a folder.
        revision: Branch, tag or commit.
        local_files_only: Never ask the network.
    """

    model: str
    revision: str | None
    local_files_only: bool

    def files(self) -> JSON:
        """Names, sizes and times of the files of a folder; None for a published model.

        What is saved again in the same folder is another model.
        """
        if not os.path.isdir(self.model):
            return None
        folder = Path(self.model)
        found = [(file.relative_to(folder), file.stat()) for file in sorted(folder.rglob("*")) if file.is_file()]
        return [[name.as_posix(), stat.st_size, stat.st_mtime_ns] for name, stat in found]


def load(source: Source, purpose: Purpose, auto: str, *, device: str, precision: str) -> tuple[Any, Any]:
    """A model and its tokenizer, loaded without a word; code that comes with a model is never run.

    Args:
        source: Which model.
        purpose: What it is for.
        auto: The class of transformers that loads such models, such as ``"AutoModel"``.
        device: Where it goes, as ``placed`` gave it.
        precision: The number type of its weights, as torch calls it; ``"auto"`` is that of the file.

    Raises:
        ComponentError: They cannot be loaded; the message says what else can be done.
    """

    def both(transformers: Any, where: Mapping[str, Any]) -> tuple[Any, Any, Mapping[str, Any]]:
        import torch

        tokenizer = transformers.AutoTokenizer.from_pretrained(source.model, **where)
        asked = "auto" if precision == "auto" else getattr(torch, precision)
        kind = getattr(transformers, auto)
        found, report = kind.from_pretrained(source.model, torch_dtype=asked, output_loading_info=True, **where)
        return found.eval(), tokenizer, report

    model, tokenizer, report = fetched(source, purpose, both)
    lost = sorted(name for name in report["missing_keys"] if not purpose.spared(name))
    if lost:
        raise ComponentError(
            f"{purpose.component} cannot use {source.model!r}: it has no weights for {len(lost)} parts of "
            f"{type(model).__name__} ({lost[0]}, ...), which would be random numbers; give a complete model"
        )
    try:
        return model.to(device), tokenizer
    except Exception as error:  # each backend's own, mostly for want of memory
        raise ComponentError(
            f"{purpose.component} cannot put {source.model!r} on device={device!r}: "
            f"{first_line(error).partition('. ')[0]}; give another device, or a smaller model"
        ) from error


def fetched(source: Source, purpose: Purpose, fetch: Callable[[Any, Mapping[str, Any]], T]) -> T:
    """What *fetch* makes of the module transformers and the settings for ``from_pretrained``.

    Raises:
        ComponentError: It cannot be had; the message says what else can be done.
    """
    with quiet():
        folder = os.path.isdir(source.model)
        why = "local_files_only=True, so nothing was downloaded" if source.local_files_only else ""
        if not (folder or source.local_files_only):
            why = unreachable(source.model, source.revision)
        local = folder or source.local_files_only or bool(why)
        try:
            import transformers

            where = {"revision": source.revision, "local_files_only": local, "trust_remote_code": False}
            return fetch(transformers, where)
        except Exception as error:  # any backend's own, the network's, the file system's
            raise ComponentError(_failure(source.model, purpose, "" if folder else why, error)) from error


def unreachable(model: str, revision: str | None) -> str:
    """Why nothing of *model* can be downloaded, or an empty text where the hub answers."""
    from huggingface_hub import HfApi, errors

    try:
        HfApi().model_info(model, revision=revision, timeout=TIMEOUT)
    except errors.HFValidationError:
        return "that is neither a folder here nor the id of a published model"
    except errors.OfflineModeIsEnabled:
        return "HF_HUB_OFFLINE is set, so nothing was downloaded"
    except errors.RevisionNotFoundError:
        return f"the hub has no revision {revision!r} of it"
    except errors.GatedRepoError:
        return "its owner gives access on request: accept the terms on the model's page, and set HF_TOKEN"
    except errors.RepositoryNotFoundError:
        return "the hub has no such model, or shows it only to those with the right HF_TOKEN"
    except errors.HfHubHTTPError:
        return ""  # it answers; the download will tell what is wrong
    except Exception:  # whichever HTTP library there is, each with errors of its own
        return "the hub cannot be reached, so nothing was downloaded"
    return ""


def _failure(model: str, purpose: Purpose, why: str, error: Exception) -> str:
    if "trust_remote_code" in str(error):
        return (
            f"{purpose.component} cannot load {model!r}: it comes with code of its own, which topicore never runs. "
            f"Load it yourself, and hand in pipeline({purpose.task!r}, ...)"
        )
    return (
        f"{purpose.component} cannot load {model!r}: {why or first_line(error)}. "
        "Check the name; without a network give the folder of a saved model, or a model that was downloaded before"
    )


@contextmanager
def quiet() -> Iterator[None]:
    """No bar, no note and no log below an error while a model loads; every setting is put back."""
    with catch_warnings():
        for category in (DeprecationWarning, FutureWarning):
            simplefilter("ignore", category)
        filterwarnings("ignore", message="Cannot (dis|en)able progress bars")
        from huggingface_hub import utils as downloads
        from transformers.utils import logging as bars

        loggers = [logging.getLogger(name) for name in ("transformers", "huggingface_hub")]
        levels = [logger.level for logger in loggers]
        loading, downloading = bars.is_progress_bar_enabled(), not downloads.are_progress_bars_disabled()
        bars.disable_progress_bar()  # of loading and of downloads
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
            if loading:
                bars.enable_progress_bar()
            if downloading:
                downloads.enable_progress_bars()
            elif loading:
                downloads.disable_progress_bars()
