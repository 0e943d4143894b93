"""Real topics: a sample of 20 Newsgroups, labelled over the wire."""

from __future__ import annotations

import gzip
import json
import os
from itertools import islice
from pathlib import Path

import pytest
from tiny_cohere import KEY
from tiny_cohere_chat import chatting

import topicore

GROUPS = ("rec.sport.hockey", "sci.space", "sci.crypt", "talk.politics.mideast")
BESIDE = Path(__file__).resolve().parents[3].parent / "shared" / "data"
CORPUS = Path(os.environ.get("TOPICORE_DATA", BESIDE)) / "20newsgroups" / "20newsgroups.jsonl.gz"

pytestmark = pytest.mark.skipif(
    not CORPUS.is_file(), reason="20 Newsgroups is not here; TOPICORE_DATA names its folder"
)


@pytest.fixture(scope="module")
def posts() -> list[str]:
    """50 posts of each of four groups."""
    with gzip.open(CORPUS, "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if len(row["text"]) > 200]
    return [row["text"] for group in GROUPS for row in islice((row for row in rows if row["label"] == group), 50)]


def test_topics_of_a_real_corpus_are_labelled(posts: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CO_API_KEY", KEY)
    with chatting() as service:
        label = topicore.representation(
            "cohere.label", base_url=service.url, outputs=["label", "summary"], keep_prompts=True
        )
        model = topicore.TopicModel(representation={"main": "keybert", "label": label}).fit(posts)
    info = model.get_topic_info()
    inside = info[info["Topic"] >= 0]
    assert len(inside) >= 3
    assert all(isinstance(said, str) and ": Texts on" in said for said in inside["label"])
    for topic in inside["Topic"]:
        asked = label.prompts_[topic]["messages"][-1]["text"]
        assert asked.count("<document>") == 4
        assert len(asked) < 8_000
