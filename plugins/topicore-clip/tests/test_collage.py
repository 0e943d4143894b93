"""Walls of pictures."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from topicore_clip.collage import collage

SHAPES = (1.5, 0.66, 1.33, 1.33, 0.75, 1.5, 1.78, 1.0, 0.66)


def flat(shape: float, number: int, height: int = 240) -> Image.Image:
    """A picture of one colour, which is its *number*."""
    return Image.new("RGB", (max(1, round(shape * height)), height), (20 + number, 0, 0))


def walls() -> list[tuple[float, ...]]:
    dice = np.random.default_rng(0)
    found = [SHAPES, SHAPES[:1], SHAPES[:2], (3.0,), (1 / 3,), (3.0, 1 / 3), (1.0,) * 9, (3.0,) * 5, (1 / 3,) * 7]
    return found + [tuple(dice.uniform(1 / 3, 3, size).tolist()) for size in (3, 4, 5, 7, 9, 16, 30)]


def boxes(wall: Image.Image, n: int) -> NDArray[np.int64]:
    """(n, 4) left, top, right and bottom of each picture."""
    numbers = np.asarray(wall)[..., 0].astype(int) - 20
    numbers[np.asarray(wall)[..., 1] > 0] = -1
    found = []
    for number in range(n):
        rows, columns = np.nonzero(numbers == number)
        found.append((columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))
        assert len(rows) == (found[-1][2] - found[-1][0]) * (found[-1][3] - found[-1][1])
    return np.array(found)


@pytest.mark.parametrize("shapes", walls(), ids=len)
def test_pictures_keep_their_shape_and_fill_the_wall(shapes: tuple[float, ...]) -> None:
    wall = collage([flat(shape, number) for number, shape in enumerate(shapes)], 600)
    left, top, right, bottom = boxes(wall, len(shapes)).T
    width, height = right - left, bottom - top
    assert wall.height == 600
    assert (np.abs(width - np.array(shapes) * height) <= 3).all()  # pixels are whole
    assert (left.min(), top.min(), right.max(), bottom.max()) == (0, 0, wall.width, 600)
    assert ((width * height).sum() / (wall.width * 600)) > 0.9
    rows = np.unique(top)
    for row, after in pairwise([*rows.tolist(), 606]):
        here = np.flatnonzero(top == row)
        assert (np.diff(here) == 1).all()
        assert set(bottom[here].tolist()) == {after - 6}
        assert (left[here[0]], right[here[-1]]) == (0, wall.width)
        assert (left[here[1:]] - right[here[:-1]] == 6).all()


@pytest.mark.parametrize("shapes", [SHAPES, (1.0,) * 9, (1.5,) * 9, (0.66,) * 9, (1.5, 0.66, 1.33, 1.8, 0.75)])
def test_walls_of_usual_pictures_are_balanced(shapes: tuple[float, ...]) -> None:
    wall = collage([flat(shape, number) for number, shape in enumerate(shapes)], 600)
    _, top, _, bottom = boxes(wall, len(shapes)).T
    heights = np.unique(bottom - top)
    assert heights.max() / heights.min() < 1.6
    assert 1 <= wall.width / wall.height < 1.8


def test_nine_squares_are_three_by_three() -> None:
    wall = collage([flat(1, number) for number in range(9)], 612)
    assert wall.size == (612, 612)
    assert boxes(wall, 9)[[0, 4, 8]].tolist() == [[0, 0, 200, 200], [206, 206, 406, 406], [412, 412, 612, 612]]


def test_one_picture_is_the_whole() -> None:
    assert collage([flat(1.5, 0)], 300).size == (450, 300)
    assert collage([Image.new("RGB", (1, 1), "red")], 100).getcolors() == [(10_000, (255, 0, 0))]


def test_many_pictures_fit_on_a_small_wall() -> None:
    wall = collage([flat(shape, number, 30) for number, shape in enumerate(SHAPES * 11)], 100)
    assert wall.height == 100
    assert len(boxes(wall, 99)) == 99


def test_the_same_pictures_give_the_same_wall() -> None:
    pictures = [flat(shape, number) for number, shape in enumerate(SHAPES)]
    assert collage(pictures, 400) == collage(pictures, 400)
