"""What the page on multimodal embeddings shows, in the words of topicore; the published name leads to a small CLIP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import tiny_clip

import topicore
from topicore import TopicModel
from topicore_clip.captioning import quiet

DOCS = ["red tomato soup", "green grass of the park", "blue sea under the sky", "white snow in winter"] * 5


@pytest.fixture(autouse=True)
def downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The model that the page names, as if it had been downloaded, and no network."""
    place = tmp_path / "downloads" / "models--sentence-transformers--clip-ViT-B-32"
    for folder in ("refs", "snapshots"):
        (place / folder).mkdir(parents=True)
    (place / "refs" / "main").write_text("0" * 40)
    (place / "snapshots" / ("0" * 40)).symlink_to(tiny_clip.published(), target_is_directory=True)
    monkeypatch.setenv("SENTENCE_TRANSFORMERS_HOME", str(tmp_path / "downloads"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with quiet():
        yield


def test_documents_images_and_both_are_embedded() -> None:
    images = tiny_clip.pictures(len(DOCS))
    model = topicore.embedder("clip:clip-ViT-B-32", batch_size=32)

    # Embed documents only
    doc_embeddings = topicore.embed(model, DOCS)

    # Embedding images only
    image_embeddings = topicore.embed(model, images=images)

    # Embed both images and documents, then average them
    doc_image_embeddings = topicore.embed(model, DOCS, images)

    np.testing.assert_allclose(doc_image_embeddings, (doc_embeddings + image_embeddings) / 2, atol=1e-6)


def test_a_model_of_documents_with_images() -> None:
    images = tiny_clip.pictures(len(DOCS))
    topic_model = TopicModel(embedder="clip:clip-ViT-B-32").fit(DOCS, images=images)
    assert len(topic_model.topics_) == len(DOCS)


def test_an_object_of_the_published_name_is_saved_by_it(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    embedder = topicore.embedder(SentenceTransformer("clip-ViT-B-32"))
    assert embedder.external() is None
    assert (embedder.config()["model"], embedder.config()["images"]) == ("sentence-transformers/clip-ViT-B-32", True)
