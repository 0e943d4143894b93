"""Labels of whole models: faults, budget, cache, aspects and files."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cohere
import numpy as np
import pytest
from tiny_cohere import KEY, Answer
from tiny_cohere_chat import Chat, chatting

import topicore
from topicore.errors import ExternalComponentError
from topicore.testing import DOCUMENTS
from topicore_cohere import CohereLabel

pytestmark = pytest.mark.filterwarnings("ignore:The `__fields__` attribute is deprecated")
"""The SDK does that itself when it reads an answer."""

TOPICS, EACH = 200, 3
LATENCY, CONCURRENCY = 0.05, 8
TEXTS = [f"subject{n:03} subject{n:03} common words {place}" for n in range(TOPICS) for place in range(EACH)]
CLASSES = [n for n in range(TOPICS) for _ in range(EACH)]
ROWS = np.random.default_rng(0).standard_normal((TOPICS, 16))[CLASSES].astype(np.float32)
GARBAGE = (
    Answer(200, body='{"id": "1", "message": {"con'),
    Answer(
        200, body='{"finish_reason": "COMPLETE", "message": {"content": [{"type": "text", "text": "{{{ garbage"}]}}'
    ),
)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Chat]:
    monkeypatch.setenv("CO_API_KEY", KEY)
    for name in ("COHERE_API_KEY", "CO_API_URL"):
        monkeypatch.delenv(name, raising=False)
    with chatting() as running:
        yield running


def faulty(number: int) -> Answer | None:
    """In a hundred requests ten are 429, two 500, one is garbage."""
    if number % 10 == 3:
        return Answer(429, headers={"retry-after-ms": "20"})
    if number % 50 == 17:
        return Answer(500, headers={})
    return GARBAGE[number // 100 % 2] if number % 100 == 59 else None


def fitted(representation: Any, **parameters: Any) -> topicore.TopicModel:
    """A model of 200 topics, known beforehand."""
    settings = {"clusterer": "manual", "embedder": "precomputed", "reducer": None, **parameters}
    model = topicore.TopicModel(representation=representation, **settings)
    return model.fit(TEXTS, y=CLASSES, embeddings=ROWS)


def labels(model: topicore.TopicModel) -> list[str]:
    return [label for topic, label in sorted(model.topic_labels_.items()) if topic >= 0]


def unnamed(model: topicore.TopicModel) -> int:
    """How many topics have no label of a language model."""
    return sum(not label.startswith("All about ") for label in labels(model))


def small(service: Chat, **parameters: Any) -> topicore.TopicModel:
    made = topicore.representation("cohere.label:command-a-03-2025", base_url=service.url, **parameters)
    return corpus({"main": "keybert", "label": made})


def corpus(representation: Any) -> topicore.TopicModel:
    clusterer = topicore.clusterer("kmeans", n_clusters=4)
    return topicore.TopicModel(embedder="lsa", clusterer=clusterer, representation=representation).fit(DOCUMENTS)


def contents(folder: Path) -> str:
    return "".join(path.read_bytes().decode("latin-1") for path in sorted(folder.rglob("*")) if path.is_file())


def test_two_hundred_topics_of_a_faulty_service(service: Chat, tmp_path: Path) -> None:
    service.latency, service.fault = LATENCY, faulty
    made = topicore.representation(
        "cohere.label", base_url=service.url, concurrency=CONCURRENCY, max_requests=260, keep_prompts=True
    )
    begun = time.monotonic()
    model = fitted(made, cache=tmp_path / "cache.db")
    passed = time.monotonic() - begun
    assert labels(model) == [f"All about subject{n:03}" for n in range(TOPICS)]
    assert TOPICS < len(service.requests) <= 260
    assert service.most <= CONCURRENCY
    assert passed < 3 * TOPICS / CONCURRENCY * LATENCY
    assert (len(made.prompts_), made.prompts_[7]["answers"]) == (TOPICS, ['{"label": "All about subject007"}'])
    service.requests.clear()
    again = fitted(made, cache=tmp_path / "cache.db")
    assert service.requests == []
    assert labels(again) == labels(model)
    assert KEY.encode() not in (tmp_path / "cache.db").read_bytes()


def test_a_budget_ends_a_run_and_the_rest_is_asked_the_next_time(service: Chat, tmp_path: Path) -> None:
    made = topicore.representation("cohere.label", base_url=service.url, max_requests=150)
    with pytest.warns(UserWarning, match="left 50 of 200 topics .*max_requests=150 allow no further request"):
        model = fitted(made, cache=tmp_path / "cache.db")
    assert len(service.requests) == 150
    assert unnamed(model) == 50
    table = model.dry_run()
    assert table[["Aspect", "Representation", "Requests", "Cached"]].to_numpy().tolist() == [
        ["main", "cohere.label", 50, 150]
    ]
    assert unnamed(fitted(made, cache=tmp_path / "cache.db")) == 0
    assert len(service.requests) == 200


def test_nothing_is_asked_for_a_dry_run(service: Chat) -> None:
    model = small(service)
    service.requests.clear()
    other = topicore.representation("cohere.label", base_url=service.url, outputs=["label", "summary"], documents=2)
    (row,) = model.dry_run(other).to_dict("records")
    assert (row["Requests"], row["Output_Tokens"]) == (4, 2000)
    assert row["Input_Tokens"] > 400
    assert service.requests == []


def test_a_label_beside_the_words(service: Chat) -> None:
    model = small(service, outputs=["label", "summary"])
    table = model.get_topic_info()
    assert len(service.requests) == 4
    for topic in range(4):
        parts = model.get_topic(topic, full=True)
        assert re.fullmatch(r"All about (\w+): Texts on \1\.", parts["label"])
        assert parts["Main"] == model.get_topic(topic) != []
        assert not model.topic_labels_[topic].startswith("All about")
    assert list(table.label) == [model.get_topic(topic, full=True)["label"] for topic in table.Topic]
    assert model.representation["label"].prompts_ == {}


@pytest.mark.parametrize("kind", [None, cohere.Client, cohere.ClientV2], ids=["name", "Client", "ClientV2"])
def test_a_saved_model_asks_again_with_the_key_of_who_loads_it(
    service: Chat, tmp_path: Path, kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind is None:
        made = topicore.representation("cohere.label:command-r7b-12-2024", base_url=service.url, documents=2)
        model = corpus(made)
        model.save(tmp_path / "model")
    else:
        with kind(KEY, base_url=service.url) as client:
            made = topicore.representation(client, model="command-r7b-12-2024", documents=2)
            model = corpus(made)
            model.save(tmp_path / "model")
    assert KEY not in contents(tmp_path / "model") + repr(model) + repr(made)
    monkeypatch.setenv("CO_API_KEY", "co-of-another")
    service.key = "co-of-another"
    loaded = topicore.load(tmp_path / "model")
    assert labels(loaded) == labels(model)
    service.requests.clear()
    loaded.describe_topics(documents=DOCUMENTS)
    assert [request["model"] for request in service.requests] == ["command-r7b-12-2024"] * 4
    assert labels(loaded) == labels(model)


def test_no_file_says_where_the_key_of_its_reader_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with cohere.ClientV2(KEY, base_url="http://elsewhere.test") as client:
        assert topicore.representation(client).external() == "cohere.ClientV2"
    made = CohereLabel(base_url="https://example.org")
    assert made.external() == "cohere.ClientV2"
    monkeypatch.setenv("CO_API_KEY", KEY)
    with monkeypatch.context() as forger:
        forger.setattr(CohereLabel, "external", lambda self: None)
        forger.setattr(CohereLabel, "describe", lambda self, view: {})
        corpus(made).save(tmp_path / "model")
    assert "https://example.org" in contents(tmp_path / "model")
    with pytest.raises(ExternalComponentError, match="representation="):
        topicore.load(tmp_path / "model").describe_topics(documents=DOCUMENTS)
