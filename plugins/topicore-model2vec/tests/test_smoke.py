"""One fit by name, beside whatever else is loaded."""

from __future__ import annotations

import numpy as np
import tiny_model2vec

import topicore


def test_topics_are_the_themes() -> None:
    model = topicore.TopicModel(
        embedder=f"model2vec:{tiny_model2vec.folder()}", clusterer=topicore.clusterer("kmeans", n_clusters=4)
    ).fit(tiny_model2vec.documents())
    topics = np.array(model.topics_).reshape(-1, 4)
    assert (topics == topics[0]).all()
    assert len(set(topics[0].tolist())) == 4
