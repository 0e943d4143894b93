"""Models that caption images."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from PIL import Image

from topicore.errors import ComponentError
from topicore_sentence_transformers.loading import quiet

__all__ = ["Captioner", "load"]

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
    with quiet():
        try:
            from transformers import AutoImageProcessor, AutoModelForImageTextToText, AutoTokenizer

            where = {"revision": revision, "local_files_only": local_files_only, "trust_remote_code": False}
            tokenizer = AutoTokenizer.from_pretrained(model, **where)
            if getattr(tokenizer, "chat_template", None):
                raise ComponentError(_refusal(model, "it answers questions about images"))
            processor = AutoImageProcessor.from_pretrained(model, **where)
            found, report = AutoModelForImageTextToText.from_pretrained(model, output_loading_info=True, **where)
            lost = sorted(name for name in report["missing_keys"] if "pooler" not in name)
            if lost:
                raise ComponentError(_refusal(model, f"it has no weights for {lost[0]}"))
            return Captioner(found.float().to(device or _best_device()).eval(), processor, tokenizer)
        except ComponentError:
            raise
        except Exception as error:  # any backend's own, the network's, the file system's
            raise ComponentError(_failure(model, local_files_only, error)) from error


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
    said += ". Check the name; without a network give the folder of a saved model or one that was downloaded before"
    offline = os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE")
    reason = "local_files_only=True" if local_files_only else "HF_HUB_OFFLINE is set" if offline else ""
    return f"{said} ({reason}, so nothing was downloaded)" if reason else said


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(" .")
