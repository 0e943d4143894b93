"""Images of many kinds made ready for a model, and those that cannot be."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

SHOWN = 5
"""Unreadable images that a message names."""
KINDS = "paths of files, Pillow images, or uint8 arrays (height, width) or (height, width, channels)"


class Unreadable(Exception):  # noqa: N818 - a finding that is collected and told of with the others of its call
    """An image that cannot be had; the text names it and says why."""


def picture(image: Any) -> Any:
    """*image* as a decoded Pillow image in RGB; nothing is ever fetched.

    Raises:
        Unreadable: It is no image, or a file that does not hold one, or one of absurd size.
    """
    from PIL import Image

    path = isinstance(image, (str, os.PathLike))
    try:
        if path:
            with Image.open(image) as opened:
                return opened.convert("RGB")
        if isinstance(image, np.ndarray):
            return Image.fromarray(image[..., 0] if image.ndim == 3 and image.shape[2] == 1 else image).convert("RGB")
        if isinstance(image, Image.Image):
            return image.convert("RGB")
    except Exception as error:  # every decoder has errors of its own
        address = path and "://" in str(image)
        reason = "an address; nothing is fetched" if address else _reason(error)
        raise Unreadable(f"{_name(image)} ({reason})") from error
    raise Unreadable(f"{_name(image)} (no image)")


def unreadable(found: list[Unreadable]) -> str:
    """One sentence about the images in *found*, the first few named."""
    names = ", ".join(str(one) for one in found[:SHOWN])
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return f"{len(found)} image{'s' * (len(found) > 1)} cannot be read: {names}{more}"


def _name(image: Any) -> str:
    if isinstance(image, (str, os.PathLike)):
        text = os.fspath(image)
        return repr(text if len(text) <= 200 else text[:197] + "...")
    if isinstance(image, np.ndarray):
        return f"an array {image.shape} of {image.dtype}"
    name = getattr(image, "filename", "")
    return repr(name) if name else f"an object of type {type(image).__name__}"


def _reason(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error).strip().partition("\n")[0]
    return "no image that Pillow knows" if "cannot identify image" in text else text or type(error).__name__
