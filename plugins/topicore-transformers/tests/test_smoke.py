"""One fit by name, next to any other plugin in one process."""

from __future__ import annotations

import numpy as np
import tiny_transformers

import topicore


def test_a_topic_model_by_name() -> None:
    themes = ("moon rocket orbit", "bread oven flour", "goal league match")
    documents = [f"{theme} {theme.split()[turn % 3]}" for turn in range(8) for theme in themes]
    embedder = topicore.embedder(f"transformers:{tiny_transformers.distilbert()}", device="cpu")
    clusterer = topicore.clusterer("kmeans", n_clusters=3)
    topics = np.array(topicore.TopicModel(embedder=embedder, clusterer=clusterer).fit(documents).topics_).reshape(-1, 3)
    assert (topics == topics[0]).all()
    assert len(set(topics[0].tolist())) == 3
