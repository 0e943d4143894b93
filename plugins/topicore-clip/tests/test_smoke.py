"""The plugin at work once, beside whatever else is installed."""

from __future__ import annotations

import tiny_clip

from topicore import TopicModel, clusterer


def test_captioned_images_become_topics() -> None:
    captions = ["red tomato soup", "green grass of the park", "blue sea under the sky", "white snow in winter"] * 4
    model = TopicModel(embedder=f"clip:{tiny_clip.folder()}", clusterer=clusterer("kmeans", n_clusters=4))
    model.fit(captions, images=tiny_clip.pictures(16))
    assert len(model.topics_) == 16
    assert sorted(model.get_topics()) == [0, 1, 2, 3]
