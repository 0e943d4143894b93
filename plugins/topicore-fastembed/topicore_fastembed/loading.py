"""Finding a model in a folder, in the cache or on the hub, and telling where a loaded one came from."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from warnings import catch_warnings, filterwarnings

from topicore.errors import ComponentError, ParameterError, TopicoreError


def load(
    model: str,
    *,
    folder: str | None,
    pooling: str | None,
    max_seq_length: int | None,
    threads: int | None,
    device: str,
    cache_dir: str | None,
    local_files_only: bool,
) -> Any:
    """What a ``TextEmbedding`` hands its work to, loaded without a word.

    Raises:
        ComponentError: It cannot be loaded; the message says what else can be done.
        ParameterError: fastembed knows no model of this name, or a parameter does not go with it.
    """
    options = {"threads": threads, "cuda": device, "cache_dir": cache_dir}
    with quiet():
        try:
            if os.path.isdir(model):
                found = _of_folder(model, folder, pooling, options)
            else:
                found = _by_name(model, folder, pooling, local_files_only, options)
        except TopicoreError:
            raise
        except Exception as error:  # onnxruntime's, the tokenizer's, the file system's
            place = f" from the folder {folder!r}" if folder else ""
            raise ComponentError(
                f"embedder 'fastembed' cannot load {model!r}{place}: {_reason(error)}. A folder needs an ONNX file, "
                "tokenizer.json, and tokenizer_config.json with model_max_length"
            ) from error
    if max_seq_length is not None:
        direction = (found.tokenizer.truncation or {}).get("direction", "right")
        found.tokenizer.enable_truncation(max_length=max_seq_length, direction=direction)
    return found


def origin(obj: Any) -> dict[str, Any] | None:
    """The parameters that load what the ``TextEmbedding`` *obj* loaded; None where its name alone does not say it.

    A model that was registered by hand is known in this process only, and a task of a multi-task model has no name.
    """
    model = obj.model
    task = getattr(model, "default_task_id", None) != getattr(model, "PASSAGE_TASK", None)
    if task or "custom_text_embedding" in type(model).__module__:
        return None
    return {
        "model": obj.model_name,
        "folder": getattr(model, "_specific_model_path", None),
        "cache_dir": obj.cache_dir,
        "threads": obj.threads,
        "local_files_only": bool(getattr(obj, "_local_files_only", False)),
    }


def _of_folder(model: str, folder: str | None, pooling: str | None, options: Mapping[str, Any]) -> Any:
    from .folder import from_folder

    if folder is not None:
        raise ParameterError(
            f"embedder 'fastembed': model={model!r} is a folder by itself; leave out folder={folder!r}, "
            "or give it with the name of a model that fastembed knows"
        )
    return from_folder(Path(model), pooling, options)


def _by_name(
    model: str, folder: str | None, pooling: str | None, local_files_only: bool, options: Mapping[str, Any]
) -> Any:
    from fastembed import TextEmbedding

    if pooling is not None:
        raise ParameterError(
            f"embedder 'fastembed': pooling={pooling!r} is for models in folders, and {model!r} is none; leave it out"
        )
    known = {found["model"].lower(): found for found in TextEmbedding.list_supported_models()}
    described = known.get(model.lower())
    if described is None:
        near = get_close_matches(model.lower(), known, n=1)
        hint = f"did you mean {known[near[0]]['model']!r}? " if near else ""
        raise ParameterError(
            f"embedder 'fastembed' knows no model {model!r}, and there is no such folder; {hint}"
            "fastembed.TextEmbedding.list_supported_models() lists the names, any other ONNX model goes by its folder"
        )
    if folder is None and described["sources"]["hf"]:
        folder = _snapshot(described, options["cache_dir"], local_files_only)
    found = TextEmbedding(model, specific_model_path=folder, local_files_only=local_files_only, **options)
    return found.model


def _snapshot(described: Mapping[str, Any], cache_dir: str | None, local_files_only: bool) -> str:
    """Folder of a published model: from the cache without a question to the network, else downloaded.

    One attempt, where fastembed by itself makes three and sleeps in between.
    """
    from fastembed import TextEmbedding
    from fastembed.common.utils import define_cache_dir

    place = str(define_cache_dir(cache_dir))
    files = [described["model_file"], *described["additional_files"]]

    def found(local: bool) -> str:
        folder = TextEmbedding.download_files_from_huggingface(
            described["sources"]["hf"], cache_dir=place, extra_patterns=files, local_files_only=local
        )
        missing = [file for file in files if not os.path.exists(os.path.join(folder, file))]
        if missing:
            raise FileNotFoundError(f"{missing[0]} is not in {folder}")
        return str(folder)

    offline = os.environ.get("HF_HUB_OFFLINE", "").strip().upper() in ("1", "ON", "YES", "TRUE")
    why = "local_files_only=True" if local_files_only else "HF_HUB_OFFLINE is set" if offline else None
    try:
        return found(True)
    except Exception as error:  # huggingface_hub's, of no type that all its versions share
        if why is not None:
            missing = _failure(described, place, "not all of it is there")
            raise ComponentError(f"{missing}. {why}, so nothing was downloaded") from error
    try:
        return found(False)
    except Exception as error:  # the network's, the hub's, the disk's
        raise ComponentError(_failure(described, place, _reason(error))) from error


def _failure(described: Mapping[str, Any], place: str, reason: str) -> str:
    return (
        f"embedder 'fastembed' cannot get {described['model']!r}: {reason}. It looked in {place!r} "
        "(cache_dir, or FASTEMBED_CACHE_PATH); without a network give a folder that holds the model: "
        f"topicore.embedder('fastembed:{described['model']}', folder='path/to/folder')"
    )


def _reason(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(" .:")


@contextmanager
def quiet() -> Iterator[None]:
    """No bar while a model loads; the setting is put back, which fastembed by itself does not do."""
    from huggingface_hub import utils as downloads

    bars = not downloads.are_progress_bars_disabled()
    with catch_warnings():
        filterwarnings("ignore", message="Cannot (dis|en)able progress bars")
        downloads.disable_progress_bars()
        try:
            yield
        finally:
            if bars:
                downloads.enable_progress_bars()
            else:
                downloads.disable_progress_bars()
