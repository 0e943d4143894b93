"""Looking into a model without loading it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import topicore
from topicore.model import TopicModel
from topicore.persistence import inspect

ROOT = Path(topicore.__file__).parents[1]

LIGHT = """
import json, sys
from topicore.persistence import inspect
found = inspect(sys.argv[1])
heavy = {"numpy", "scipy", "sklearn", "pandas", "safetensors", "topicore.builtin", "topicore.components"}
print(json.dumps([found["documents"], sorted(heavy & set(sys.modules))]))
"""


def test_a_model_says_what_it_holds_and_needs(whole: Path, model: TopicModel) -> None:
    found = inspect(whole)
    assert found["format"] == 1
    assert found["topicore"] == topicore.__version__
    assert found["documents"] == 240
    assert found["topics"] == len([topic for topic in model.get_topics() if topic >= 0])
    assert found["settings"]["min_topic_size"] == 10
    assert [(part["role"], part["name"]) for part in found["components"]] == [
        ("embedder", "ppmi"),
        ("clusterer", "graph"),
        ("vectorizer", "count"),
        ("weighting", "c-tf-idf"),
        ("representation", "projection"),
    ]
    assert found["needs"] == {"topicore": topicore.__version__}
    assert found["hand_back"] == []
    assert found["included"] == ["counts", "documents", "embeddings", "tokens"]
    rest = sum(file.stat().st_size for file in whole.iterdir() if file.name != "topicore.json")
    assert found["bytes"] == rest


def test_parts_and_aspects_are_listed(documents: list[str], tmp_path: Path) -> None:
    representation = {"main": ["projection", "mmr"], "short": "c-tf-idf"}
    model = TopicModel(embedder=["ppmi", "lsa"], representation=representation)  # type: ignore[arg-type]
    model.fit(documents).save(tmp_path / "model")
    assert [(part["role"], part["name"]) for part in inspect(tmp_path / "model")["components"]] == [
        ("embedder", "joint"),
        ("embedder", "ppmi"),
        ("embedder", "lsa"),
        ("clusterer", "graph"),
        ("vectorizer", "count"),
        ("weighting", "c-tf-idf"),
        ("representation", "projection"),
        ("representation", "mmr"),
        ("representation.short", "c-tf-idf"),
    ]


def test_looking_imports_no_plugin_and_nothing_heavy(whole: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", LIGHT, str(whole)], env=environment, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [240, []]
