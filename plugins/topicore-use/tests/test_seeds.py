"""The documentation's own example of the Universal Sentence Encoder, from a cache that holds a tiny one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tiny_use

import topicore
from topicore import TopicModel


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_use.cached(tmp_path)
    monkeypatch.setenv("TFHUB_CACHE_DIR", str(tmp_path))


def test_a_loaded_module_is_handed_in() -> None:
    with tiny_use.quiet():
        import tensorflow_hub

        embedding_model = tensorflow_hub.load("https://tfhub.dev/google/universal-sentence-encoder/4")
    topic_model = TopicModel(embedder=embedding_model).fit(tiny_use.documents())
    by_name = TopicModel(embedder="use:https://tfhub.dev/google/universal-sentence-encoder/4").fit(tiny_use.documents())
    assert list(topic_model.topics_) == list(by_name.topics_)
    assert len(set(topic_model.topics_)) > 1


def test_the_module_is_found_without_its_address() -> None:
    rows = topicore.embed("use", ["moon rocket", "bread oven"])
    np.testing.assert_allclose(rows, np.asarray(tiny_use.native()(["moon rocket", "bread oven"])), atol=1e-6)
