"""The snippets that users know from BERTopic, word for word but for topicore's names."""

from __future__ import annotations

import pytest
import tiny_openai
import tiny_openai_chat

import topicore

DOCUMENTS = [
    f"{words} {n}" for n in range(12) for words in ("rocket moon orbit", "bread oven flour", "judge court jury")
]


def test_openai(monkeypatch: pytest.MonkeyPatch) -> None:
    import openai

    with tiny_openai.served(key="sk-...") as service:
        monkeypatch.setenv("OPENAI_BASE_URL", service.url)
        client = openai.OpenAI(api_key="sk-...")
        embedding_model = topicore.embedder(client, model="text-embedding-ada-002")

        topic_model = topicore.TopicModel(embedder=embedding_model)
        topics, _ = topic_model.fit_transform(DOCUMENTS)

    assert len(topics) == len(DOCUMENTS)
    assert set(service.keys) == {"Bearer sk-..."}
    assert {request["model"] for request in service.requests} == {"text-embedding-ada-002"}
    assert not any("dimensions" in request for request in service.requests)


def test_openai_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    import openai

    with tiny_openai_chat.chatting(key="sk-...") as service:
        monkeypatch.setenv("OPENAI_BASE_URL", service.url)
        client = openai.OpenAI(api_key="sk-...")
        representation_model = topicore.representation(client, model="gpt-3.5-turbo")

        topic_model = topicore.TopicModel(embedder="lsa", representation=representation_model)
        topics, _ = topic_model.fit_transform(DOCUMENTS)
        client.close()

    assert len(topics) == len(DOCUMENTS)
    assert {request["model"] for request in service.requests} == {"gpt-3.5-turbo"}
    named = [label for topic, label in topic_model.topic_labels_.items() if topic >= 0]
    assert len(named) == len(service.requests) >= 1
    assert all(label.startswith("All about ") for label in named)
