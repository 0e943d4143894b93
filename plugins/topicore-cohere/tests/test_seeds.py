"""The snippet that users know from BERTopic, word for word but for topicore's names."""

from __future__ import annotations

import pytest
import tiny_cohere

import topicore

DOCUMENTS = [
    f"{words} {n}" for n in range(12) for words in ("rocket moon orbit", "bread oven flour", "judge court jury")
]


def test_cohere(monkeypatch: pytest.MonkeyPatch) -> None:
    import cohere

    with tiny_cohere.served(key="MY_API_KEY") as service:
        # the SDK reads CO_API_URL once, when it is imported
        monkeypatch.setattr(cohere.base_client, "_get_base_url", lambda **_: service.url)
        client = cohere.Client("MY_API_KEY")
        embedding_model = topicore.embedder(client)

        topic_model = topicore.TopicModel(embedder=embedding_model)
        topics, _ = topic_model.fit_transform(DOCUMENTS)
        client.__exit__(None, None, None)

    assert len(topics) == len(DOCUMENTS)
    assert set(service.keys) == {"Bearer MY_API_KEY"}
    assert {(request["model"], request["input_type"]) for request in service.requests} == {("embed-v4.0", "clustering")}
