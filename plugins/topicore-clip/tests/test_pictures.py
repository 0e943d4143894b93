"""Images of many kinds, ready to be shown."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_clip
from PIL import Image

from topicore_clip.pictures import UnreadableError, picture

RED, WHITE = (230, 30, 20), (255, 255, 255)


def near(image: Image.Image, colour: tuple[int, int, int]) -> bool:
    return bool(np.abs(np.asarray(image, dtype=int).reshape(-1, 3).mean(axis=0) - colour).max() < 20)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "CMYK", "YCbCr", "HSV"])
def test_every_mode_of_colour_keeps_its_colour(mode: str) -> None:
    assert near(picture(Image.new("RGB", (40, 30), RED).convert(mode), 100, 3), RED)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "PA", "RGBa"])
def test_every_mode_without_is_read(mode: str) -> None:
    found = picture(Image.new("RGBA", (40, 30), "white").convert(mode), 100, 3)
    assert (found.mode, found.size) == ("RGB", (40, 30))
    assert near(found, WHITE)


def test_what_is_transparent_is_white(tmp_path: Path) -> None:
    clear = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    assert near(picture(clear, 100, 3), WHITE)
    paletted = Image.new("P", (20, 20), 0)
    paletted.putpalette([0, 0, 0, *RED])
    paletted.save(tmp_path / "clear.png", transparency=0)
    assert near(picture(tmp_path / "clear.png", 100, 3), WHITE)


@pytest.mark.parametrize("kind", [np.uint16, np.int32, np.float32])
def test_numbers_of_any_range_are_stretched(kind: Any) -> None:
    ramp = np.tile(np.linspace(100, 1100, 40).astype(kind), (30, 1))
    found = np.asarray(picture(Image.fromarray(ramp), 100, 3))
    assert (found.min(), found.max()) == (0, 255)
    assert picture(Image.fromarray(np.full((30, 40), 7, dtype=kind)), 100, 3).size == (40, 30)


def test_arrays_paths_and_objects_are_the_same_picture(tmp_path: Path) -> None:
    image = tiny_clip.picture(0)
    image.save(tmp_path / "image.png")
    for kind in (np.asarray(image), tmp_path / "image.png", str(tmp_path / "image.png")):
        assert picture(kind, 100, 3) == picture(image, 100, 3) == image
    grey = np.full((30, 40), 9, dtype=np.uint8)
    assert picture(grey, 100, 3) == picture(grey[..., None], 100, 3)


def test_photographs_stand_upright(tmp_path: Path) -> None:
    image = Image.new("RGB", (60, 40), RED)
    image.paste(WHITE, (30, 0, 60, 40))
    lying = image.getexif()
    lying[0x0112] = 6  # turn by a quarter, clockwise
    image.save(tmp_path / "image.jpg", exif=lying)
    found = picture(tmp_path / "image.jpg", 100, 3)
    assert found.size == (40, 60)
    assert near(found.crop((0, 0, 40, 28)), RED)
    assert near(found.crop((0, 32, 40, 60)), WHITE)


@pytest.mark.parametrize(
    ("size", "side", "widest", "expected"),
    [
        ((400, 300), 100, 3, (133, 100)),
        ((300, 400), 100, 3, (100, 133)),
        ((40, 30), 100, 3, (40, 30)),
        ((1, 1), 100, 3, (1, 1)),
        ((5000, 2), 100, 3, (6, 2)),
        ((1, 5000), 100, 3, (1, 3)),
        ((3000, 200), 100, 3, (300, 100)),
        ((400, 300), 100, 1, (100, 100)),
        ((20, 30), 100, 1, (20, 20)),
    ],
)
def test_pictures_are_cut_and_scaled_down_but_never_up(
    size: tuple[int, int], side: int, widest: int, expected: tuple[int, int]
) -> None:
    assert picture(Image.new("RGB", size, RED), side, widest).size == expected


def test_large_photographs_are_not_decoded_in_full(tmp_path: Path) -> None:
    Image.new("RGB", (4000, 3000), RED).save(tmp_path / "large.jpg")
    with Image.open(tmp_path / "large.jpg") as opened:
        opened.draft(None, (300, 300))
        assert opened.size == (500, 375)
    assert picture(tmp_path / "large.jpg", 300, 3).size == (400, 300)


def test_a_bomb_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("1", (150, 100)).save(tmp_path / "bomb.png")
    for limit in (14_000, 7_000):  # Pillow warns at the first, refuses at the second
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)
        with pytest.raises(UnreadableError, match=r"bomb\.png.*MAX_IMAGE_PIXELS"):
            picture(tmp_path / "bomb.png", 100, 3)


def test_what_is_no_image_is_named_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "words.png").write_text("no image")
    tiny_clip.picture(0).save(tmp_path / "cut.jpg")
    (tmp_path / "cut.jpg").write_bytes((tmp_path / "cut.jpg").read_bytes()[:400])
    (tmp_path / "empty.gif").touch()
    for image, said in (
        (tmp_path / "words.png", r"words\.png' \(no image that Pillow knows\)"),
        (tmp_path / "cut.jpg", r"cut\.jpg' \("),
        (tmp_path / "empty.gif", r"empty\.gif' \(no image"),
        (tmp_path / "gone.png", r"gone\.png' \(No such file"),
        (tmp_path, r"directory"),
        ("http://127.0.0.1:9/a.png", r"a\.png' \(No such file"),
        (np.zeros((3, 3, 7), dtype=np.uint8), r"an array \(3, 3, 7\) of uint8"),
        (np.zeros((0, 3), dtype=np.uint8), r"an array \(0, 3\) of uint8 \(no pixels\)"),
        (17, r"an object of type int \(no image\)"),
    ):
        with pytest.raises(UnreadableError, match=said):
            picture(image, 100, 3)


def test_images_are_left_as_they_are_and_files_closed(tmp_path: Path) -> None:
    image = tiny_clip.picture(1).convert("P")
    before = image.copy()
    picture(image, 10, 1)
    assert (image.mode, image.size, image.tobytes()) == (before.mode, before.size, before.tobytes())
    image.save(tmp_path / "image.png")
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        picture(tmp_path / "image.png", 10, 1)
    (tmp_path / "image.png").unlink()
