"""Images of many kinds as upright RGB pictures of a workable size."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from warnings import catch_warnings, simplefilter

import numpy as np
from PIL import Image, ImageOps

__all__ = ["UnreadableError", "picture"]


class UnreadableError(Exception):
    """An image that cannot be had; the text names it and says why."""


def picture(image: Any, side: int, widest: int) -> Image.Image:
    """*image* as a new RGB picture: upright, over white where it is transparent, and no larger than needed.

    What Pillow holds to be a decompression bomb is not read. The image that was handed in stays as it is.

    Args:
        image: The path of a file, a Pillow image, or a uint8 array (height, width) or (height, width, channels).
        side: Pixels of the shorter side, at most.
        widest: How many times the longer side may be as long as the shorter one; it is cut to that at both ends.

    Raises:
        UnreadableError: There is no image in it.
    """
    try:
        with catch_warnings():
            simplefilter("ignore")  # damage that Pillow can read around
            simplefilter("error", Image.DecompressionBombWarning)
            with _opened(image, side) as opened:
                return _cut(_plain(ImageOps.exif_transpose(opened)), side, widest)
    except Exception as error:  # every decoder has errors of its own
        raise UnreadableError(f"{_name(image)} ({_reason(error)})") from error


@contextmanager
def _opened(image: Any, side: int) -> Iterator[Image.Image]:
    """*image* as Pillow has it; a JPEG file is decoded at no more than the size that *side* needs."""
    if isinstance(image, (str, os.PathLike)):
        with Image.open(image) as opened:
            opened.draft(None, (side, side))
            yield opened
    elif isinstance(image, np.ndarray):
        yield Image.fromarray(image[..., 0] if image.ndim == 3 and image.shape[2] == 1 else image)
    elif isinstance(image, Image.Image):
        yield image
    else:
        raise TypeError("no image")


def _plain(image: Image.Image) -> Image.Image:
    """*image* in RGB; numbers of more than 8 bits are stretched from their smallest to their largest."""
    if image.mode.startswith(("I", "F")):
        values = np.asarray(image, dtype=np.float64)
        values = (values - values.min()) / max(float(np.ptp(values)), 1e-9) * 255
        image = Image.fromarray(values.astype(np.uint8))
    if image.mode.endswith(("A", "a")) or "transparency" in image.info:
        layer = image.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        paper.alpha_composite(layer)
        image = paper
    return image.convert("RGB")


def _cut(image: Image.Image, side: int, widest: int) -> Image.Image:
    """The middle of *image*, scaled down where both of its sides are longer than *side*."""
    if 0 in image.size:
        raise ValueError("no pixels")
    width, height = min(image.width, widest * image.height), min(image.height, widest * image.width)
    scale = min(1.0, side / min(width, height))
    return ImageOps.fit(image, (round(width * scale), round(height * scale)), Image.Resampling.LANCZOS)


def _name(image: Any) -> str:
    if isinstance(image, np.ndarray):
        return f"an array {image.shape} of {image.dtype}"
    path = os.fspath(image) if isinstance(image, (str, os.PathLike)) else getattr(image, "filename", "")
    return (
        repr(path if len(path) <= 200 else path[:197] + "...") if path else f"an object of type {type(image).__name__}"
    )


def _reason(error: Exception) -> str:
    if isinstance(error, (Image.DecompressionBombError, Image.DecompressionBombWarning)):
        return "more pixels than Image.MAX_IMAGE_PIXELS of Pillow allows"
    text = getattr(error, "strerror", None) or str(error).strip().partition("\n")[0]
    return "no image that Pillow knows" if "cannot identify image" in text else text or type(error).__name__
