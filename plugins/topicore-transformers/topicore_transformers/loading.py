"""Loading a model and its tokenizer, and telling where those of a pipeline came from."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from warnings import catch_warnings, filterwarnings, simplefilter

from topicore.errors import ComponentError

TIMEOUT = 10
"""Seconds to wait for the hub's first answer; transformers itself tries for most of a minute, for each file."""


def load(
    model: str, *, device: str | None, precision: str, revision: str | None, local_files_only: bool
) -> tuple[Any, Any]:
    """A model without a head and its tokenizer, loaded without a word; code that comes with a model is never run.

    Raises:
        ComponentError: They cannot be loaded; the message says what else can be done.
    """
    with quiet():
        local = local_files_only or os.path.isdir(model)
        why = "local_files_only=True, so nothing was downloaded" if local_files_only else ""
        if not local:
            why = unreachable(model, revision)
        try:
            import torch
            from transformers import AutoModel, AutoTokenizer

            where = {"revision": revision, "local_files_only": local or bool(why), "trust_remote_code": False}
            tokenizer = AutoTokenizer.from_pretrained(model, **where)
            found, report = AutoModel.from_pretrained(model, output_loading_info=True, **where)
            found = found.to(device=device or best_device(), dtype=getattr(torch, precision)).eval()
        except Exception as error:  # any backend's own, the network's, the file system's
            raise ComponentError(_failure(model, "" if os.path.isdir(model) else why, error)) from error
    lost = sorted(name for name in report["missing_keys"] if not _unused(name))
    if lost:
        raise ComponentError(
            f"embedder 'transformers' cannot use {model!r}: it has no weights for {len(lost)} parts of "
            f"{type(found).__name__} ({lost[0]}, ...), which would be random numbers; give a complete model"
        )
    return found, tokenizer


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


def best_device() -> str:
    """The accelerator that torch finds, or the processor."""
    import torch

    accelerator = getattr(torch, "accelerator", None)  # torch 2.6
    if accelerator is not None:
        return str(accelerator.current_accelerator().type) if accelerator.is_available() else "cpu"
    return "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"


def origin(pipeline: Any) -> dict[str, Any] | None:
    """The model id or folder, and the revision, that *pipeline* was loaded from; None where it does not tell.

    A model that was trained here, runs code of its own, carries adapters, or has another number type than float32 or
    bfloat16 is not what its name gives.
    """
    model = pipeline.model
    name = getattr(model, "name_or_path", None)
    if not name or getattr(pipeline.tokenizer, "name_or_path", None) != name or precision(model) is None:
        return None
    adapted = getattr(model, "_hf_peft_config_loaded", False)
    trained = any(parameter.grad is not None for parameter in model.parameters())
    if adapted or trained or not type(model).__module__.startswith("transformers."):
        return None
    return {"model": name, "revision": None if os.path.isdir(name) else getattr(model.config, "_commit_hash", None)}


def precision(model: Any) -> str | None:
    """``"float32"`` or ``"bfloat16"`` where all weights are of that type, else None."""
    types = {str(parameter.dtype).removeprefix("torch.") for parameter in model.parameters()}
    return types.pop() if types in ({"float32"}, {"bfloat16"}) else None


def _unused(name: str) -> bool:
    """Whether rows do without the weight *name*: a pooler, or the decoder beside an encoder."""
    return "pooler" in name or name.startswith("decoder.")


def _failure(model: str, why: str, error: Exception) -> str:
    if "trust_remote_code" in str(error):
        return (
            f"embedder 'transformers' cannot load {model!r}: it comes with code of its own, which topicore never runs. "
            "Load it yourself, and hand in pipeline('feature-extraction', ...)"
        )
    reason = why or (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(" .")
    return (
        f"embedder 'transformers' cannot load {model!r}: {reason}. "
        "Check the name; without a network give the folder of a saved model ('transformers:path/to/folder') or a model "
        "that was downloaded before"
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
