"""The plugin at work once, beside whatever else is installed."""

from __future__ import annotations

import tiny_sentence_transformers as tiny_models

from topicore import TopicModel, clusterer


def test_documents_become_topics() -> None:
    themes = ("the moon and a rocket", "bread in the oven", "goal of the league")
    documents = [f"{theme} {word}" for word in ("and", "of", "a", "text", "find") for theme in themes]
    model = TopicModel(
        embedder=f"sentence-transformers:{tiny_models.sentence_transformer()}",
        clusterer=clusterer("kmeans", n_clusters=3),
    ).fit(documents)
    assert len(model.topics_) == 15
    assert sorted(model.get_topics()) == [0, 1, 2]
