"""Loading a model, and telling where a loaded one came from."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from warnings import catch_warnings, filterwarnings, simplefilter

from topicore.errors import ComponentError, TopicoreError

DOCUMENT_PROMPTS = ("document", "passage", "corpus")
QUERY_PROMPTS = ("query",)
"""Names under which published models keep the prompts of the two roles."""


def load(
    model: str,
    *,
    asking: str,
    device: str | None,
    backend: str,
    precision: str,
    truncate_dim: int | None,
    revision: str | None,
    local_files_only: bool,
) -> Any:
    """A ``SentenceTransformer``, loaded without a word; code that comes with a model is never run.

    Args:
        asking: Who asks, as messages call it.

    Raises:
        MissingPluginError: The libraries of *backend* are not installed.
        ComponentError: It cannot be loaded; the message says what else can be done.
    """
    parameters: dict[str, Any] = {
        "device": device,
        "truncate_dim": truncate_dim,
        "revision": revision,
        "local_files_only": local_files_only,
        "trust_remote_code": False,
    }
    with quiet():
        try:
            _refuse_code(asking, model)
            if backend == "torch":
                import torch

                # weights that are stored in half are computed in half, and slowly, unless they are cast
                return plain(asking, model, **parameters).to(getattr(torch, precision))
            from .exporting import accelerated, require

            require(asking, backend)
            return accelerated(model, backend, precision, plain=partial(plain, asking), **parameters)
        except TopicoreError:
            raise
        except Exception as error:  # any backend's own, the network's, the file system's
            raise ComponentError(_failure(asking, model, local_files_only, error)) from error


def origin(obj: Any) -> dict[str, Any] | None:
    """The model id or folder, and the revision, that *obj* was loaded from; None where it does not tell.

    An object that was put together from modules, was trained, runs code of its own, or has another number type
    than float32 or bfloat16 is not what its name gives.
    """
    card = obj.model_card_data
    trained = bool(getattr(card, "training_logs", None) or getattr(card, "all_hyperparameters", None))
    tokenizer = getattr(obj, "tokenizer", None)
    name = getattr(tokenizer, "name_or_path", None)
    if getattr(obj, "module_kwargs", None) is None or trained or obj.trust_remote_code or not name:
        return None
    config = getattr(getattr(obj[0], "auto_model", None), "config", None)
    if getattr(config, "_name_or_path", name) != name or precision(obj) is None:
        return None
    if os.path.isdir(name):
        return {"model": name, "revision": None}
    commit = getattr(config, "_commit_hash", None) or getattr(card, "base_model_revision", None)
    return {"model": name, "revision": commit}


def precision(obj: Any) -> str | None:
    """``"float32"`` or ``"bfloat16"`` where all weights are of that type, else None."""
    types = {str(parameter.dtype).removeprefix("torch.") for parameter in obj.parameters()}
    return types.pop() if types in ({"float32"}, {"bfloat16"}) else None


def sees(obj: Any) -> bool:
    """Whether *obj* takes images beside texts; only sentence-transformers 5.4 and newer can say so."""
    return "image" in (getattr(obj, "modalities", None) or ())


def prompts(obj: Any) -> tuple[str | None, str | None]:
    """What *obj* puts before a document and before a query."""
    known: Mapping[str, str] = obj.prompts or {}
    default = known.get(obj.default_prompt_name or "")
    document = next((known[name] for name in DOCUMENT_PROMPTS if known.get(name)), default)
    query = next((known[name] for name in QUERY_PROMPTS if known.get(name)), default)
    return document or None, query or None


def _refuse_code(asking: str, model: str) -> None:
    """Versions before 6 run code that lies in the folder of a model, whatever they are told about trust."""
    from sentence_transformers import __version__

    if int(__version__.partition(".")[0]) < 6 and os.path.isdir(model) and any(Path(model).rglob("*.py")):
        raise ComponentError(
            f"{asking}: {model!r} holds code, which sentence-transformers {__version__} would "
            "run; install version 6 or newer, or load the model yourself and hand in the SentenceTransformer"
        )


def plain(asking: str, model: str, **parameters: Any) -> Any:
    """The model as it was saved; a saved CrossEncoder or SparseEncoder would load too, as something that it is not."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.util import load_file_path

    found = SentenceTransformer(model, **parameters)
    place = model if os.path.isdir(model) else getattr(getattr(found, "tokenizer", None), "name_or_path", None) or model
    settings = {"revision": parameters["revision"], "local_files_only": True}
    path = load_file_path(place, "config_sentence_transformers.json", **settings)
    kind = json.loads(Path(path).read_text(encoding="utf-8")).get("model_type") if path else None
    if kind not in (None, "SentenceTransformer"):
        raise ComponentError(
            f"{asking} needs a SentenceTransformer; {model!r} is a {kind}, which gives no sentence embeddings"
        )
    return found


def _failure(asking: str, model: str, local_files_only: bool, error: Exception) -> str:
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(" .")
    message = (
        f"{asking} cannot load {model!r}: {reason}. "
        "Check the name; without a network give the folder of a saved model or a model that was downloaded before"
    )
    if local_files_only:
        return f"{message}. local_files_only=True, so nothing was downloaded"
    offline = os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE")
    return f"{message}. HF_HUB_OFFLINE is set, so nothing was downloaded" if offline else message


@contextmanager
def quiet() -> Iterator[None]:
    """No bar, no note and no log below an error while a model loads; every setting is put back."""
    with catch_warnings():
        for category in (DeprecationWarning, FutureWarning):
            simplefilter("ignore", category)
        filterwarnings("ignore", message="Cannot (dis|en)able progress bars")
        from huggingface_hub import utils as downloads
        from transformers.utils import logging as bars

        loggers = [logging.getLogger(name) for name in ("sentence_transformers", "transformers")]
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
