"""One fit with an Embeddings object and a chat model, next to whatever else is installed."""

from __future__ import annotations

from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.language_models import FakeListChatModel

import topicore


def test_topics_and_labels() -> None:
    documents = [theme for _ in range(12) for theme in ("rocket moon orbit", "bread oven flour", "judge court jury")]
    fitted = topicore.TopicModel(
        embedder=DeterministicFakeEmbedding(size=16),
        clusterer=topicore.clusterer("kmeans", n_clusters=3),
        representation={"label": FakeListChatModel(responses=['{"label": "A fine topic"}'])},
    ).fit(documents)
    assert len(set(fitted.topics_)) == 3
    assert list(fitted.get_topic_info()["label"]) == ["A fine topic"] * 3
