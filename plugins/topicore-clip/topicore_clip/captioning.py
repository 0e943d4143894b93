"""Models that caption images."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from warnings import catch_warnings, filterwarnings, simplefilter

from PIL import Image

from topicore.errors import ComponentError

__all__ = ["Captioner", "load", "quiet"]

MOST_TOKENS = 30
"""Tokens of a caption."""


class Captioner:
    """A model, what makes pixels ready for it, and the tokenizer that spells its answers."""

    def __init__(self, model: Any, processor: Any, tokenizer: Any) -> None:
        self._model = model
        self._processor = processor
        self._tokenizer = tokenizer

    def captions(self, pictures: Sequence[Image.Image]) -> list[str]:
        """A caption a picture, the likeliest words one after the other; an empty text where the model says nothing.

        Raises:
            ComponentError: The model failed.
        """
        import torch

        try:
            with quiet(), torch.inference_mode():
                pixels = self._processor(images=list(pictures), return_tensors="pt")["pixel_values"]
                options = {"max_new_tokens": MOST_TOKENS, "do_sample": False}
                tokens = self._model.generate(pixel_values=pixels.to(self._model.device), **options)
            texts = self._tokenizer.batch_decode(tokens, skip_special_tokens=True)
        except Exception as error:  # any model's own, torch's, the device's
            name = self._model.name_or_path
            raise ComponentError(f"representation 'clip.captions': {name!r} failed: {_first_line(error)}") from error
        return [" ".join(text.split()) for text in texts]


def load(model: str, *, device: str | None, revision: str | None, local_files_only: bool) -> Captioner:
    """The captioner *model*, loaded without a word; code that comes with a model is never run.

    Raises:
        ComponentError: It cannot be loaded, or captions nothing; the message says what else can be done.
    """
    where = {"revision": revision, "local_files_only": local_files_only, "trust_remote_code": False}
    with quiet():
        place = _placed(device)
        try:
            _refuse_others(model, where)
            from transformers import AutoImageProcessor, AutoModelForImageTextToText, AutoTokenizer

            tokenizer = AutoTokenizer.from_pretrained(model, **where)
            if getattr(tokenizer, "chat_template", None):
                raise ComponentError(_refusal(model, "it answers questions about images"))
            processor = AutoImageProcessor.from_pretrained(model, **where)
            found, report = AutoModelForImageTextToText.from_pretrained(model, output_loading_info=True, **where)
            lost = sorted(name for name in report["missing_keys"] if "pooler" not in name)
            if lost:
                raise ComponentError(_refusal(model, f"it has no weights for {lost[0]}"))
            return Captioner(found.float().to(place).eval(), processor, tokenizer)
        except ComponentError:
            raise
        except Exception as error:  # any backend's own, the network's, the file system's
            raise ComponentError(_failure(model, local_files_only, error)) from error


@contextmanager
def quiet() -> Iterator[None]:
    """No bars, and no log below an error, while transformers works; what was set before is set again."""
    from huggingface_hub import utils as hub
    from transformers.utils import logging as library

    log = logging.getLogger("transformers")
    level, loading, downloading = log.level, library.is_progress_bar_enabled(), not hub.are_progress_bars_disabled()
    with catch_warnings():
        for category in (DeprecationWarning, FutureWarning):
            simplefilter("ignore", category)
        filterwarnings("ignore", message="Cannot (dis|en)able progress bars")
        log.setLevel(logging.ERROR)
        library.disable_progress_bar()  # those of downloads too
        try:
            yield
        finally:
            log.setLevel(level)
            if loading:
                library.enable_progress_bar()
            (hub.enable_progress_bars if downloading else hub.disable_progress_bars)()


def _refuse_others(model: str, where: Mapping[str, Any]) -> None:
    """Raise where *model* is of a kind that makes no text of images, such as a CLIP."""
    from transformers import MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING, AutoConfig

    config = AutoConfig.from_pretrained(model, **where)
    if type(config) not in MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING:
        raise ComponentError(_refusal(model, f"it is of the kind {config.model_type!r}, which captions no images"))


def _placed(device: str | None) -> str:
    """The device *device*, on which a number was put and read back, or the best there is for None."""
    import torch

    best = _best_device()
    if device is None:
        return best
    try:
        torch.zeros(1, device=device).item()
    except Exception as error:  # each backend's own
        raise ComponentError(
            f"representation 'clip.captions': device={device!r} cannot be used here: {_first_line(error)}. "
            f"Write device={best!r}, or leave device out for the best there is"
        ) from error
    return device


def _best_device() -> str:
    from sentence_transformers.util import get_device_name

    return str(get_device_name())


def _refusal(model: str, why: str) -> str:
    return (
        f"representation 'clip.captions' cannot use {model!r}: {why}; give a model that captions images without a "
        "question, such as 'Salesforce/blip-image-captioning-base'"
    )


def _failure(model: str, local_files_only: bool, error: Exception) -> str:
    said = f"representation 'clip.captions' cannot load {model!r}: {_first_line(error)}"
    said += (
        ". Check the name, and that it is a model that captions images; without a network give the folder of a saved "
        "model or one that was downloaded before"
    )
    offline = os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE")
    reason = "local_files_only=True" if local_files_only else "HF_HUB_OFFLINE is set" if offline else ""
    return f"{said} ({reason}, so nothing was downloaded)" if reason else said


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(" .")
