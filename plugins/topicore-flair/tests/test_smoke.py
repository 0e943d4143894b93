"""One fit by name, next to any other plugin in one process."""

from __future__ import annotations

import numpy as np
import tiny_flair

import topicore


def test_a_topic_model_by_name() -> None:
    embedder = topicore.embedder(f"flair:{tiny_flair.bert()}", pooling="mean")
    model = topicore.TopicModel(embedder=embedder, clusterer=topicore.clusterer("kmeans", n_clusters=4))
    topics = np.array(model.fit(tiny_flair.DOCUMENTS).topics_).reshape(-1, 4)
    assert (topics == topics[0]).all()
    assert len(set(topics[0].tolist())) == 4
