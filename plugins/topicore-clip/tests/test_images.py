"""The representation ``clip.images`` in models of images, with and without documents."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_clip
from PIL import Image

import topicore
from topicore import TopicModel
from topicore.errors import InputError, ParameterError
from topicore_clip import ClipImages

THEMES = ("red tomato soup", "green grass of the park", "blue sea under the sky", "white snow in winter")
DOCUMENTS = [f"{theme} {word}" for word in ("today", "again", "at last", "often", "there") for theme in THEMES]
N = len(DOCUMENTS)
KINDS = np.arange(N) % 4


def rows(kinds: Any = KINDS) -> Any:
    """Embeddings of documents of these *kinds*, scattered around the middle of their kind."""
    found = np.eye(4, 8, dtype=np.float32)[kinds]
    found[:, 4:] = np.random.default_rng(0).normal(0, 0.3, size=(len(found), 4))
    return found


def model(representation: Any = "clip.images", k: int = 4) -> TopicModel:
    embedder = topicore.embedder(f"clip:{tiny_clip.folder()}", device="cpu")
    aspects = {"main": "c-tf-idf", "pictures": representation}
    return TopicModel(embedder=embedder, clusterer=topicore.clusterer("kmeans", n_clusters=k), representation=aspects)


def fitted(given: Sequence[Any], documents: Any = DOCUMENTS, /, **parameters: Any) -> TopicModel:
    kinds = np.arange(len(given)) % 4
    chosen = topicore.representation("clip.images", **parameters)
    return model(chosen).fit(documents, embeddings=rows(kinds), images=given)


def wall(fit: TopicModel, kind: int) -> Image.Image:
    """The collage of the topic of the documents of this *kind*."""
    (found,) = fit.get_topic(fit.topics_[kind], full=True)["pictures"]
    assert isinstance(found, Image.Image)
    return found


def colour(image: Image.Image) -> Any:
    return np.median(np.asarray(image).reshape(-1, 3), axis=0)


def squares(image: Image.Image, side: int = 100) -> list[Image.Image]:
    """The parts of a collage of one row of squares of *side* pixels."""
    return [image.crop((left, 0, left + side, side)) for left in range(0, image.width, side + 1)]


def test_each_topic_shows_its_own_images() -> None:
    fit = fitted(tiny_clip.pictures(N))
    for kind in range(4):
        assert np.abs(colour(wall(fit, kind)) - tiny_clip.COLOURS[kind]).max() < 20
        assert (wall(fit, kind).mode, wall(fit, kind).height) == ("RGB", 600)


def test_images_alone_are_shown_and_all_of_it_with_the_embedder_itself(tmp_path: Path) -> None:
    paths = [tmp_path / f"{place}.png" for place in range(N)]
    for path, picture in zip(paths, tiny_clip.pictures(N), strict=True):
        picture.save(path)
    fit = model().fit(images=paths)
    for kind in range(4):
        assert np.abs(colour(wall(fit, kind)) - tiny_clip.COLOURS[kind]).max() < 20


def test_the_most_representative_images_come_first() -> None:
    """Each image tells its document's position by its colour; the rows tell which is the nearest to the topic."""
    images = [Image.new("RGB", (10, 10), (place, 100, 100)) for place in range(40)]
    fit = fitted(images, [THEMES[place % 4] for place in range(40)], images=2, height=100, diversity=0)
    for kind in range(4):
        topic = fit.topics_[kind]
        own = np.flatnonzero(np.array(fit.topics_) == topic)
        centred = np.asarray(fit.embeddings_) - np.asarray(fit.embeddings_).mean(axis=0)
        near = centred[own] @ centred[own].mean(axis=0) / np.linalg.norm(centred[own], axis=1)
        expected = own[np.argsort(-near, kind="stable")[:2]].tolist()
        assert [part.getpixel((50, 50))[0] for part in squares(wall(fit, kind))] == expected  # type: ignore[index]


def test_diversity_shows_other_images() -> None:
    images = [Image.new("RGB", (10, 10), (place, 100, 100)) for place in range(200)]
    shown = [
        wall(fitted(images, None, images=3, height=100, diversity=diversity), 0).tobytes() for diversity in (0, 0.9)
    ]
    assert shown[0] != shown[1]


def test_documents_without_an_image_are_passed_over() -> None:
    images: list[Any] = [None] * 400
    images[0], images[396] = tiny_clip.picture(0), tiny_clip.picture(0, 1)
    fit = fitted(images, [THEMES[place % 4] for place in range(400)], squares=True, height=100)
    assert len(squares(wall(fit, 0))) == 2


def test_a_topic_without_images_keeps_its_words() -> None:
    images = [None if kind == 2 else picture for kind, picture in zip(KINDS, tiny_clip.pictures(N), strict=True)]
    fit = fitted(images)
    said = fit.get_topic(fit.topics_[2], full=True)["pictures"]
    assert {"blue", "sea", "sky"} <= {word for word, _ in said}
    assert isinstance(wall(fit, 1), Image.Image)


def test_few_pictures_are_shown_larger_and_no_less_sharp(tmp_path: Path) -> None:
    lines = np.zeros((1200, 1200, 3), dtype=np.uint8)
    lines[:, ::4] = lines[:, 1::4] = 255
    Image.fromarray(lines).save(tmp_path / "lines.png")
    fit = fitted([tmp_path / "lines.png", *[None] * (N - 1)])
    assert np.asarray(wall(fit, 0)).std() > 60


def test_a_picture_is_shown_once(tmp_path: Path) -> None:
    paths = []
    for place in range(N):
        path = tmp_path / f"{place}.png"
        tiny_clip.picture(place % 4, place // 8).save(path)
        paths.append(path)
    fit = fitted([*paths[:16], *paths[:4]], squares=True, height=100)
    assert [len(squares(wall(fit, kind))) for kind in range(4)] == [2] * 4


def test_images_that_cannot_be_read_are_passed_over_with_one_warning(tmp_path: Path) -> None:
    (tmp_path / "words.png").write_text("no image")
    images: list[Any] = tiny_clip.pictures(N)
    for place, name in ((0, "gone.png"), (1, "gone.jpg"), (5, "words.png"), (8, "gone")):
        images[place] = tmp_path / name
    expected = r"'clip\.images' passed over 4 images that cannot be read, the first of them: '.*(gone|words).*\((?i:no)"
    with pytest.warns(UserWarning, match=expected) as said:
        fit = fitted(images, squares=True, height=100)
    assert len(said) == 1
    assert [len(squares(wall(fit, kind))) for kind in (0, 1)] == [3, 3]


def test_where_nothing_can_be_read_topics_keep_their_words(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="passed over 20 images"):
        fit = fitted([tmp_path / f"{place}.png" for place in range(N)])
    assert all(isinstance(fit.get_topic(topic, full=True)["pictures"][0], tuple) for topic in range(4))


def test_only_images_that_are_shown_are_opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    paths = [tmp_path / f"{place}.png" for place in range(400)]
    for path, picture in zip(paths, tiny_clip.pictures(400), strict=True):
        picture.save(path)
    opened: list[Any] = []
    plain = Image.open
    monkeypatch.setattr(Image, "open", lambda path: opened.append(path) or plain(path))
    fitted(paths, [THEMES[place % 4] for place in range(400)])
    assert len(opened) == 4 * 9


@pytest.mark.parametrize("diversity", [0.0, 0.5])
def test_outliers_and_topics_of_one_document_are_shown(diversity: float) -> None:
    fit = fitted(tiny_clip.pictures(N), diversity=diversity)
    topics = [topic if place > 4 else (-1, 7)[place == 4] for place, topic in enumerate(fit.topics_)]
    fit.update_topics(topics=topics)
    shown = fit.get_topics(full=True)["pictures"]
    assert set(shown) == {-1, 7, *topics}
    assert all(isinstance(images[0], Image.Image) for images in shown.values())


def test_topics_that_change_show_other_images() -> None:
    fit = fitted(tiny_clip.pictures(N))
    before = wall(fit, 2).copy()
    fit.merge_topics([fit.topics_[0], fit.topics_[1]])
    assert fit.topics_[0] == fit.topics_[1]
    assert wall(fit, 2) == before
    found = np.asarray(wall(fit, 0)).reshape(-1, 3)
    for kind in (0, 1):
        assert (np.abs(found - np.array(tiny_clip.COLOURS[kind])).max(axis=1) < 25).any()


def test_tables_hold_the_collage() -> None:
    fit = fitted(tiny_clip.pictures(N))
    table = fit.get_topic_info()
    assert [[type(image) for image in cell] for cell in table["pictures"]] == [[Image.Image]] * 4
    assert "<PIL.Image.Image image mode=RGB size=" in table.to_string()
    assert len(table.to_string().splitlines()) == 5


def test_a_saved_model_has_no_images(tmp_path: Path) -> None:
    fit = fitted(tiny_clip.pictures(N), images=4, squares=True)
    fit.save(tmp_path / "model")
    assert not [path for path in (tmp_path / "model").rglob("*") if path.suffix in (".png", ".jpg")]
    loaded = topicore.load(tmp_path / "model")
    assert "red" in {word for word, _ in loaded.get_topic(loaded.topics_[0], full=True)["pictures"]}
    loaded.merge_topics([loaded.topics_[0], loaded.topics_[1]])
    assert loaded.get_topic_info()["Count"].tolist() == [10, 5, 5]


def test_a_model_without_images_says_so_before_the_fit() -> None:
    with pytest.raises(InputError, match=r"'clip.images' needs images"):
        model().fit(DOCUMENTS)


def test_the_same_model_gives_the_same_collages() -> None:
    first, again = fitted(tiny_clip.pictures(N)), fitted(tiny_clip.pictures(N))
    assert wall(first, 3) == wall(again, 3)


def test_a_chain_keeps_the_words_of_the_link_before() -> None:
    chain = ["c-tf-idf", "clip.images"]
    fit = model(chain).fit(DOCUMENTS, embeddings=rows(), images=tiny_clip.pictures(N))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert isinstance(wall(fit, 0), Image.Image)


def test_parameters_are_checked() -> None:
    for wrong in ({"images": 0}, {"height": 10}, {"diversity": 1.5}, {"squares": 3}):
        with pytest.raises(ParameterError):
            topicore.representation("clip.images", **wrong)
    assert repr(ClipImages(images=4)) == "ClipImages(images=4)"
