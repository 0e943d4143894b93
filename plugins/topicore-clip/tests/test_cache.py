"""Rows of images that were made before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_clip

import topicore
from topicore.errors import InputError
from topicore_clip import ClipEmbedder

CAPTIONS = ["red tomato soup", "green grass", "blue sea", "white snow"]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many texts or images each call of an embedder got."""
    sizes: list[int] = []
    for method in ("embed", "embed_images"):
        own = getattr(ClipEmbedder, method)

        def counted(self: Any, items: Any, /, *, own: Any = own, **parameters: Any) -> Any:
            sizes.append(len(items))
            return own(self, items, **parameters)

        monkeypatch.setattr(ClipEmbedder, method, counted)
    return sizes


def tiny(**parameters: Any) -> ClipEmbedder:
    return ClipEmbedder(tiny_clip.folder(), device="cpu", **parameters)


def kinds(folder: Path) -> list[Any]:
    """One picture of each kind, as object, array, path and text of a path."""
    for place in (2, 3):
        tiny_clip.picture(place).save(folder / f"{place}.png")
    return [tiny_clip.picture(0), np.asarray(tiny_clip.picture(1)), folder / "2.png", str(folder / "3.png")]


def test_a_second_run_embeds_nothing(tmp_path: Path, asked: list[int]) -> None:
    images = kinds(tmp_path)
    first = topicore.embed(tiny(), CAPTIONS, images=images, cache=tmp_path / "rows")
    assert sorted(asked) == [4, 4]
    asked.clear()
    again = topicore.embed(tiny(batch_size=1), CAPTIONS, images=images, cache=tmp_path / "rows")
    assert asked == []
    np.testing.assert_array_equal(again, first)


def test_only_new_images_are_embedded(tmp_path: Path, asked: list[int]) -> None:
    images = kinds(tmp_path)
    topicore.embed(tiny(), images=images[:3], cache=tmp_path / "rows")
    asked.clear()
    rows = topicore.embed(tiny(), images=images, cache=tmp_path / "rows")
    assert asked == [1]
    np.testing.assert_allclose(rows, tiny().embed_images(images), atol=1e-5)


def test_an_image_that_could_not_be_read_is_tried_again(tmp_path: Path, asked: list[int]) -> None:
    images = [*kinds(tmp_path), tmp_path / "late.png"]
    with pytest.raises(InputError, match=r"late\.png"):
        topicore.embed(tiny(), images=images, cache=tmp_path / "rows")
    with pytest.warns(UserWarning, match=r"late\.png"):
        rows = topicore.embed(tiny(on_error="skip"), images=images, cache=tmp_path / "rows")
    assert np.asarray(rows).any(axis=1).tolist() == [True] * 4 + [False]
    tiny_clip.picture(0, 9).save(tmp_path / "late.png")
    asked.clear()
    again = topicore.embed(tiny(), images=images, cache=tmp_path / "rows")
    assert asked == [1]
    np.testing.assert_allclose(again, tiny().embed_images(images), atol=1e-5)
