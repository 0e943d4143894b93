"""HDBSCAN beside all other plugins in one process."""

from __future__ import annotations

import numpy as np

import topicore

THEMES = ("rocket orbit moon", "bread oven butter", "goal league match", "court judge jury")
DOCUMENTS = [f"{theme} {number}" for number in range(15) for theme in THEMES]


def test_topics_are_found_by_density() -> None:
    rows = np.tile(np.eye(4, 6) * 10, (15, 1)) + np.random.default_rng(0).normal(size=(60, 6))
    topics = topicore.TopicModel(clusterer="hdbscan", min_topic_size=8).fit(DOCUMENTS, embeddings=rows).topics_
    assert len(set(topics[:4])) == 4
    assert np.mean(np.reshape(topics, (15, 4)) == topics[:4]) > 0.8
