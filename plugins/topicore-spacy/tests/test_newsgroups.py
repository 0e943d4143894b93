"""Real topics and a real tagger: a sample of 20 Newsgroups, and spaCy's small English pipeline from a package."""

from __future__ import annotations

import gzip
import json
import os
from importlib.metadata import entry_points
from itertools import islice
from pathlib import Path

import pytest

import topicore
from topicore import TopicModel

GROUPS = ("rec.sport.hockey", "sci.space", "sci.crypt", "talk.politics.mideast")
BESIDE = Path(__file__).resolve().parents[3].parent / "shared" / "data"
CORPUS = Path(os.environ.get("TOPICORE_DATA", BESIDE)) / "20newsgroups" / "20newsgroups.jsonl.gz"
TAGGER = "en_core_web_sm"

pytestmark = [
    pytest.mark.skipif(not CORPUS.is_file(), reason="20 Newsgroups is not here; TOPICORE_DATA names its folder"),
    pytest.mark.skipif(not entry_points(group="spacy_models", name=TAGGER), reason=f"{TAGGER} is not installed"),
]


@pytest.fixture(scope="module")
def sample() -> tuple[list[str], list[str]]:
    """30 posts of each of four groups, and their groups."""
    with gzip.open(CORPUS, "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if len(row["text"]) > 200]
    chosen = [row for group in GROUPS for row in islice((row for row in rows if row["label"] == group), 30)]
    return [row["text"] for row in chosen], [row["label"] for row in chosen]


def test_topics_of_a_real_corpus_are_left_with_what_they_are_about(sample: tuple[list[str], list[str]]) -> None:
    documents, groups = sample
    settings = {"clusterer": "manual", "n_words": 20, "language": None}
    parts = topicore.representation(f"spacy.pos:{TAGGER}", candidates=200)
    model = TopicModel(representation=parts, **settings).fit(documents, y=groups)
    plain = TopicModel(representation="c-tf-idf", **settings).fit(documents, y=groups)
    function_words = {"the", "of", "and", "to", "is", "that", "in", "it", "we", "they", "was", "have"}
    for topic in model.get_topics():
        found = [word for word, _ in model.get_topic(topic)]
        assert len(found) == 20
        assert not function_words & set(found)
        assert function_words & {word for word, _ in plain.get_topic(topic)}
    space = model.topics_[groups.index("sci.space")]
    assert {"space", "nasa"} & {word for word, _ in model.get_topic(space)}
