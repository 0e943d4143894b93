"""One fit by name, beside whatever else is loaded."""

from __future__ import annotations

import numpy as np
import tiny_fastembed

import topicore


def test_topics_are_the_themes() -> None:
    model = topicore.TopicModel(
        embedder=f"fastembed:{tiny_fastembed.folder()}", clusterer=topicore.clusterer("kmeans", n_clusters=4)
    ).fit(tiny_fastembed.documents())
    topics = np.array(model.topics_).reshape(-1, 4)
    assert (topics == topics[0]).all()
    assert len(set(topics[0].tolist())) == 4
