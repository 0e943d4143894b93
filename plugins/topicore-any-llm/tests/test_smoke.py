"""One fit by name, next to whatever else is installed."""

from __future__ import annotations

import pytest
import tiny_any_llm

import topicore


def test_labels_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    themes = ("rocket moon orbit", "bread oven flour", "judge court jury")
    documents = [f"{theme} {n}" for n in range(12) for theme in themes]
    monkeypatch.setenv("OPENAI_API_KEY", tiny_any_llm.KEY)
    with tiny_any_llm.served() as service:
        label = topicore.representation("any-llm.label:openai/gpt-4o-mini", base_url=service.url)
        clusterer = topicore.clusterer("kmeans", n_clusters=3)
        fitted = topicore.TopicModel(clusterer=clusterer, representation={"label": label}).fit(documents)
        table = fitted.get_topic_info()
    assert len(service.requests) == 3
    assert {request["model"] for request in service.requests} == {"gpt-4o-mini"}
    assert all(str(said).startswith("About ") for said in table["label"])
