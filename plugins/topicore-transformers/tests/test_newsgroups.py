"""Real topics: a sample of 20 Newsgroups, labelled by tiny models."""

from __future__ import annotations

import gzip
import json
import os
from itertools import islice
from pathlib import Path

import pytest
import tiny_transformers
import tiny_writers

import topicore
from topicore_transformers import Generate, ZeroShot

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


def test_topics_of_a_real_corpus_get_one_of_the_given_labels(posts: list[str]) -> None:
    names = ["ice hockey", "space flight", "ciphers"]
    label = ZeroShot(tiny_transformers.bert_nli(), names, device="cpu", min_score=0)
    model = topicore.TopicModel(representation={"main": "keybert", "label": label}).fit(posts)
    info = model.get_topic_info()
    assert set(info[info["Topic"] >= 0]["label"]) <= set(names)
    assert len(info) >= 3


def test_topics_of_a_real_corpus_survive_a_model_that_cannot_answer(posts: list[str]) -> None:
    label = Generate(tiny_writers.untaught(), device="cpu", document_length=20, max_output_tokens=8, keep_prompts=True)
    with pytest.warns(UserWarning, match="with the words they had"):
        model = topicore.TopicModel(representation={"main": "keybert", "label": label}).fit(posts)
    for topic, asked in label.prompts_.items():
        assert asked["messages"][-1]["text"].count("<document>") == 4
        assert model.get_topic(topic)
