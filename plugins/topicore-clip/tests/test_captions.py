"""The representation ``clip.captions``, with a captioner that has learned four colours."""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
import tiny_captioner
import tiny_clip

import topicore
from topicore import TopicModel
from topicore.errors import ComponentError
from topicore_clip import ClipCaptions
from topicore_clip.captioning import load

N = 20


def model(captions: Any, **aspects: Any) -> TopicModel:
    embedder = topicore.embedder(f"clip:{tiny_clip.folder()}", device="cpu")
    chosen = {"main": captions, **aspects}
    return TopicModel(embedder=embedder, clusterer=topicore.clusterer("kmeans", n_clusters=4), representation=chosen)


def captions(folder: str | None = None, **parameters: Any) -> ClipCaptions:
    return ClipCaptions(folder or tiny_captioner.vision_and_text(), device="cpu", **parameters)


def fitted(representation: Any, images: Any = None, documents: Any = None, **aspects: Any) -> TopicModel:
    images = tiny_clip.pictures(N) if images is None else images
    rows = np.eye(4, 8, dtype=np.float32)[np.arange(N) % 4]
    rows[:, 4] = np.linspace(0, 0.5, N)
    return model(representation, **aspects).fit(documents, embeddings=rows, images=images)


def test_topics_of_images_alone_have_words_and_a_summary() -> None:
    fit = fitted(captions(), said=captions())
    for kind, own in enumerate(({"red", "bowl", "soup"}, {"dog", "green", "grass"}, {"ship", "sea", "blue"})):
        topic = fit.topics_[kind]
        words = [word for word, _ in fit.get_topic(topic)]
        assert own <= set(words)
        assert "a" not in words
        assert fit.get_topic(topic, full=True)["said"] == tiny_captioner.CAPTIONS[kind]
    assert "soup" in fit.get_topic_info()["Name"][fit.topics_[0]]


def test_words_are_weighed_by_how_much_more_common_they_are() -> None:
    fit = fitted(captions())
    weights = dict(fit.get_topic(fit.topics_[0]))  # a bowl of red soup, beside a hill of white snow
    assert weights["soup"] == pytest.approx(1)
    assert weights["of"] == pytest.approx(2 / 3)


def test_captions_do_not_depend_on_the_batch() -> None:
    assert fitted(captions(batch_size=1)).get_topics() == fitted(captions(batch_size=7)).get_topics()


def test_one_topic_has_a_summary_and_its_own_words() -> None:
    embedder = topicore.embedder(f"clip:{tiny_clip.folder()}", device="cpu")
    one = TopicModel(embedder=embedder, clusterer=topicore.clusterer("kmeans", n_clusters=1), representation=captions())
    fit = one.fit(["red soup"] * 12, images=[tiny_clip.picture(0, place) for place in range(12)])
    assert {word for word, _ in fit.get_topic(0)} == {"red", "soup"}


def test_documents_without_images_and_unreadable_ones_are_passed_over(tmp_path: Path) -> None:
    images: list[Any] = tiny_clip.pictures(N)
    images[0], images[1::4] = tmp_path / "gone.png", [None] * 5
    with pytest.warns(UserWarning, match=r"'clip\.captions' passed over 1 image that cannot be read: .*gone\.png"):
        fit = fitted(captions(), images, ["red soup", "green grass", "blue sea", "white snow"] * 5, said=captions())
    assert "soup" in dict(fit.get_topic(fit.topics_[0]))
    assert dict(fit.get_topic(fit.topics_[1])).keys() == {"green", "grass"}


@pytest.mark.parametrize("folder", [tiny_captioner.blip, tiny_captioner.git])
def test_other_architectures_caption_too(folder: Any) -> None:
    found = load(folder(), device="cpu", revision=None, local_files_only=True).captions(tiny_clip.pictures(3))
    assert [type(text) for text in found] == [str] * 3
    assert all(found)


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        (lambda: "no/such", r"cannot load 'no/such'.*Check the name.*local_files_only=True"),
        (tiny_clip.folder, r"cannot use '.*of the kind 'clip', which captions no images; give a model that captions"),
        (
            tiny_clip.texts_only,
            r"cannot use '.*of the kind 'bert', which captions no images; give a model that captions",
        ),
        (tiny_clip.published, r"cannot load '.*Check the name, and that it is a model that captions images"),
        (tiny_captioner.talker, r"cannot use '.*answers questions.*blip"),
    ],
)
def test_a_model_that_cannot_be_used_is_told_before_the_fit(folder: Any, said: str) -> None:
    with pytest.raises(ComponentError, match=said):
        fitted(captions(folder(), local_files_only=True), documents=["red soup", "grass", "sea", "snow"] * 5)


@pytest.mark.parametrize("device", ["gpu", "cuda:99", "meta"])
def test_a_device_that_there_is_not_is_told_before_a_model_is_looked_for(device: str) -> None:
    said = rf"'clip\.captions': device='{device}' cannot be used here: .*\. Write device='\w+', or leave device out"
    with pytest.raises(ComponentError, match=said):
        load("no/such", device=device, revision=None, local_files_only=True)


@pytest.mark.parametrize("bars", [True, False])
def test_loading_and_captioning_are_silent_and_put_every_setting_back(
    bars: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    from huggingface_hub.utils import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars
    from transformers.utils import logging as library

    def settings() -> tuple[Any, ...]:
        return logging.getLogger("transformers").level, library.is_progress_bar_enabled(), are_progress_bars_disabled()

    folder = tiny_captioner.blip()
    found = library.is_progress_bar_enabled(), not are_progress_bars_disabled()
    for wanted in ((bars, not bars), found):
        (library.enable_progress_bar if wanted[0] else library.disable_progress_bar)()
        (enable_progress_bars if wanted[1] else disable_progress_bars)()
        before = settings()
        capfd.readouterr()
        load(folder, device="cpu", revision=None, local_files_only=True).captions(tiny_clip.pictures(2))
        assert capfd.readouterr() == ("", "")
        assert settings() == before


def test_a_model_that_fails_half_way_leaves_what_it_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from transformers import VisionEncoderDecoderModel

    own, calls = VisionEncoderDecoderModel.generate, []

    def failing(self: Any, **parameters: Any) -> Any:
        calls.append(1)
        if len(calls) > 2:
            raise RuntimeError("CUDA out of memory.\nTried to allocate")
        return own(self, **parameters)

    monkeypatch.setattr(VisionEncoderDecoderModel, "generate", failing)
    with pytest.warns(UserWarning, match=r"'clip\.captions': '.*' failed: CUDA out of memory; topics keep"):
        fit = fitted(captions(batch_size=5), documents=["red soup", "green grass", "blue sea", "white snow"] * 5)
    words = [dict(fit.get_topic(topic)) for topic in range(4)]
    assert {"bowl", "ship", "dog", "hill"} & words[0].keys()
    assert {"soup", "grass", "sea", "snow"} & words[3].keys()
    assert not {"bowl", "ship", "dog", "hill"} & words[3].keys()


def test_the_model_runs_for_a_fit_and_when_asked_but_not_on_the_side(monkeypatch: pytest.MonkeyPatch) -> None:
    from topicore_clip.captioning import Captioner

    own, asked = Captioner.captions, []
    monkeypatch.setattr(Captioner, "captions", lambda self, given: asked.append(len(given)) or own(self, given))
    fit = fitted(captions())
    before = fit.get_topic(fit.topics_[2])
    assert asked == [16, 4]
    fit.merge_topics([fit.topics_[0], fit.topics_[1]])
    assert len(asked) == 2
    assert fit.get_topic(fit.topics_[2]) == before
    fit.describe_topics()
    assert len(asked) == 4
    assert {"soup", "dog"} <= dict(fit.get_topic(fit.topics_[0])).keys()


def test_captions_and_pictures_go_in_one_aspect_or_two() -> None:
    fit = fitted(captions(), pictures=[captions(), "clip.images"], said=captions())
    row = fit.get_topic_info().iloc[fit.topics_[3]]
    assert row["said"] == tiny_captioner.CAPTIONS[3]
    assert row["pictures"][0].height == 600


def test_words_and_summaries_are_saved(tmp_path: Path) -> None:
    fit = fitted(captions(), said=captions())
    fit.save(tmp_path / "model")
    loaded = topicore.load(tmp_path / "model")
    assert loaded.get_topics(full=True) == fit.get_topics(full=True)


def test_a_model_loads_once_for_many_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    from topicore_clip import captions as module

    loaded: list[str] = []
    monkeypatch.setattr(module, "load", lambda name, **_: loaded.append(name) or name)
    shared = captions()
    assert shared.fresh() is shared
    assert shared.fresh(images=2).config() == {**shared.config(), "images": 2}
    threads = [Thread(target=shared._captioner) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loaded) == 1
