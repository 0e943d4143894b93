"""A fit by name, next to whatever else is installed."""

from __future__ import annotations

import pytest
import tiny_cohere
import tiny_cohere_chat

import topicore


def test_topics_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    themes = ("rocket moon orbit", "bread oven flour", "judge court jury")
    documents = [f"{theme} {n}" for n in range(12) for theme in themes]
    monkeypatch.setenv("CO_API_KEY", tiny_cohere.KEY)
    with tiny_cohere.served() as service:
        embedder = topicore.embedder("cohere:embed-v4.0", base_url=service.url)
        clusterer = topicore.clusterer("kmeans", n_clusters=3)
        fitted = topicore.TopicModel(embedder=embedder, clusterer=clusterer).fit(documents)
    assert len(set(fitted.topics_[:3])) == 3
    assert list(fitted.topics_) == list(fitted.topics_[:3]) * 12
    assert {word for word, _ in fitted.get_topic(fitted.topics_[1])} >= {"bread", "oven", "flour"}


def test_labels_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [f"rocket moon orbit {n}" for n in range(12)] + [f"bread oven flour {n}" for n in range(12)]
    monkeypatch.setenv("CO_API_KEY", tiny_cohere.KEY)
    with tiny_cohere_chat.chatting() as service:
        representation = topicore.representation("cohere.label:command-a-03-2025", base_url=service.url)
        model = topicore.TopicModel(embedder="lsa", clusterer="manual", representation=representation)
        model.fit(documents, y=[0] * 12 + [1] * 12)
    assert {model.topic_labels_[topic] for topic in (0, 1)} <= {
        f"All about {word}" for word in "rocket moon orbit bread oven flour".split()
    }
