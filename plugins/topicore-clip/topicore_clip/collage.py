"""Several pictures as one, in rows that fill it like a wall of photos."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import ceil, floor, inf, log, sqrt

from PIL import Image, ImageOps

__all__ = ["collage"]

SHAPE = 4 / 3
"""Width to height that is aimed at."""


def collage(pictures: Sequence[Image.Image], height: int) -> Image.Image:
    """An RGB picture of this *height* that holds all *pictures* in order, row by row from the top left.

    Every picture keeps its shape, but for less than a pixel at its edges. All pictures of a row are equally high, all
    rows equally wide; how wide follows from the shapes. Rows are chosen to be of about the same height, and the whole
    of about four to three. There are thin white gaps.
    """
    shapes = [each.width / each.height for each in pictures]
    gap = max(1, height // 100)
    ends = _best_rows(shapes)
    width = _width(shapes, ends, height, gap)
    heights = [_row_height(shapes[first:last], width, gap) for first, last in pairwise(ends)]
    wall = Image.new("RGB", (round(width), height), "white")
    tops = _starts(heights, gap, height)
    for (first, last), (top, below), high in zip(pairwise(ends), pairwise(tops), heights, strict=True):
        lefts = _starts([shape * high for shape in shapes[first:last]], gap, wall.width)
        for each, (left, right) in zip(pictures[first:last], pairwise(lefts), strict=True):
            size = (max(1, right - left - gap), max(1, below - top - gap))
            wall.paste(ImageOps.fit(each, size, Image.Resampling.LANCZOS), (left, top))
    return wall


def _best_rows(shapes: Sequence[float]) -> tuple[int, ...]:
    """Where rows begin and the last one ends, as positions among *shapes*."""
    ideal = sqrt(sum(shapes) / SHAPE)  # rows of equal height h are SHAPE * rows * h wide
    numbers = {min(max(1, number), len(shapes)) for number in (floor(ideal), ceil(ideal))}
    return min((_even_rows(shapes, number) for number in sorted(numbers)), key=lambda ends: _oddness(shapes, ends))


def _even_rows(shapes: Sequence[float], number: int) -> tuple[int, ...]:
    """The cut into this *number* of rows with the least sum of squared widths at equal height, so the most even one."""
    widths = list(accumulate(shapes, initial=0.0))
    best: list[tuple[float, tuple[int, ...]]] = [(0.0, (0,))] + [(inf, ())] * len(shapes)
    for _ in range(number):
        best = [(inf, ())] + [
            min((best[start][0] + (widths[end] - widths[start]) ** 2, (*best[start][1], end)) for start in range(end))
            for end in range(1, len(widths))
        ]
    return best[-1][1]


def _oddness(shapes: Sequence[float], ends: Sequence[int]) -> float:
    """How far rows are from being equally high, and the whole from its ideal shape; 0 is neither."""
    rows = [sum(shapes[first:last]) for first, last in pairwise(ends)]
    whole = 1 / sum(1 / row for row in rows)
    return log(max(rows) / min(rows)) + abs(log(whole / SHAPE))


def _width(shapes: Sequence[float], ends: Sequence[int], height: int, gap: int) -> float:
    """The width at which all rows and the gaps between them are *height* high."""
    rows = [(sum(shapes[first:last]), last - first) for first, last in pairwise(ends)]
    spare = height - gap * (len(rows) - 1) + sum(gap * (many - 1) / row for row, many in rows)
    return spare / sum(1 / row for row, _ in rows)


def _row_height(shapes: Sequence[float], width: float, gap: int) -> float:
    return (width - gap * (len(shapes) - 1)) / sum(shapes)


def _starts(lengths: Sequence[float], gap: int, whole: int) -> list[int]:
    """Pixels at which pieces of these *lengths* start, with gaps between them, and at which one after *whole* would."""
    starts = accumulate((length + gap for length in lengths[:-1]), initial=0.0)
    return [*map(round, starts), whole + gap]
