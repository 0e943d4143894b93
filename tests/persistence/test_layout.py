"""What a saved model looks like on the disk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import topicore
from topicore.model import TopicModel
from topicore.persistence import load

ROOT = Path(topicore.__file__).parents[1]

FIT = """
import sys
from topicore.model import TopicModel
documents = sys.stdin.read().splitlines()
words = {"the", "of", "to", "a", "in", "and", "is"}
model = TopicModel(embedder=["ppmi", "lsa"], stop_words=words, representation=["projection", "mmr"])
model.fit(documents).save(sys.argv[1], include=("documents", "tokens", "counts", "embeddings"))
"""


def test_the_default_model_has_these_files(whole: Path) -> None:
    assert sorted(file.name for file in whole.iterdir()) == [
        "clusterer.json",
        "clusterer.safetensors",
        "counts.safetensors",
        "documents.jsonl.gz",
        "embedder.json",
        "embedder.safetensors",
        "embeddings.safetensors",
        "representation.json",
        "tokens.json",
        "tokens.safetensors",
        "topicore.json",
        "topics.json",
        "topics.safetensors",
        "vectorizer.json",
        "vocabulary.json",
        "weighting.json",
        "weighting.safetensors",
    ]


def test_json_files_have_sorted_keys_and_plain_utf_8(whole: Path) -> None:
    for file in whole.glob("*.json"):
        text = file.read_text(encoding="utf-8")
        again = json.dumps(json.loads(text), indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
        assert text == again + "\n", file.name


def test_nothing_is_a_pickle(whole: Path) -> None:
    for file in whole.iterdir():
        start = file.read_bytes()[:10]
        kind = {".json": b"{[", ".gz": b"\x1f"}.get(file.suffix)
        if kind is not None:
            assert start[0] in kind, file.name
        else:
            assert file.suffix == ".safetensors"
            assert start[8:9] == b"{", file.name


def test_a_component_is_a_record(whole: Path) -> None:
    record = json.loads((whole / "embedder.json").read_text())
    assert set(record) >= {"kind", "name", "distribution", "version", "config", "given", "state", "external"}
    assert record["kind"] == "embedder"
    assert record["name"] == "ppmi"
    assert record["distribution"] == "topicore"
    assert record["config"]["dim"] == 100
    assert record["state"] == {"file": "embedder.safetensors", "version": 1, "meta": {}}


def test_parts_are_records_within_the_record(documents: list[str], tmp_path: Path) -> None:
    TopicModel(embedder=["ppmi", "lsa"]).fit(documents).save(tmp_path / "model")
    record = json.loads((tmp_path / "model" / "embedder.json").read_text())
    assert [part["name"] for part in record["parts"]] == ["ppmi", "lsa"]
    assert [part["state"]["file"] for part in record["parts"]] == ["embedder.0.safetensors", "embedder.1.safetensors"]


def test_topics_can_be_read_by_a_person(whole: Path, model: TopicModel) -> None:
    topics = json.loads((whole / "topics.json").read_text())["topics"]
    assert [topic["id"] for topic in topics] == list(model.topic_sizes_)
    assert [topic["size"] for topic in topics] == list(model.topic_sizes_.values())
    assert [topic["label"] for topic in topics] == list(model.topic_labels_.values())


@pytest.mark.skipif(os.name != "posix", reason="permissions are those of POSIX")
def test_files_are_readable_by_whom_the_umask_allows(whole: Path) -> None:
    umask = os.umask(0)
    os.umask(umask)
    assert {file.stat().st_mode & 0o777 for file in whole.iterdir()} == {0o666 & ~umask}


def test_two_processes_with_other_hash_seeds_save_the_same_bytes(documents: list[str], tmp_path: Path) -> None:
    saved = []
    for seed in ("1", "2"):
        path = tmp_path / seed
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
        subprocess.run(
            [sys.executable, "-c", FIT, str(path)], input="\n".join(documents), text=True, env=environment, check=True
        )
        saved.append({file.name: file.read_bytes() for file in path.iterdir()})
    assert saved[0] == saved[1]


def test_a_model_can_be_moved(saved: Path, model: TopicModel, documents: list[str]) -> None:
    moved = saved.rename(saved.with_name("another name"))
    assert load(moved)[0].versions == model._fitted.versions
    assert TopicModel.load(moved).transform(documents)[0] == model.topics_
