"""How many texts go through a model at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

USUAL = 32
"""Texts or images of one pass, as the library has it."""
FEW = 8
"""Long texts of one pass on a processor, whose caches more of them outgrow."""
LONG = 256
"""Characters of a long text."""


def batches(lengths: Sequence[int], size: int | None, device: str) -> Iterator[tuple[list[int], int]]:
    """Places of texts, and how many of these to take in one pass.

    Args:
        lengths: Characters of each text.
        size: Texts of one pass where the user said so, or None.
        device: The kind of device of the model.
    """
    apart = size is None and device == "cpu"
    long = [place for place, length in enumerate(lengths) if apart and length >= LONG]
    rest = [place for place, length in enumerate(lengths) if not (apart and length >= LONG)]
    if rest:
        yield rest, size or USUAL
    if long:
        yield long, FEW
