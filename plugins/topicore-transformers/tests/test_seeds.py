"""What users of topic models write for this backend, with a tiny model behind the published name."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import tiny_transformers

SNIPPET = """
from transformers.pipelines import pipeline
from topicore import TopicModel

embedding_model = pipeline("feature-extraction", model="distilbert-base-cased")
topic_model = TopicModel(embedder=embedding_model, n_topics=4)

themes = ["moon rocket orbit", "bread oven flour", "goal league match", "court judge jury"]
docs = [f"{theme} {theme.split()[turn % 3]}" for turn in range(8) for theme in themes]
topics, probs = topic_model.fit_transform(docs)
by_name = TopicModel(embedder="transformers:distilbert-base-cased", n_topics=4).fit(docs)

topic_model.save("model")
import topicore
again = topicore.load("model").transform(docs)[0]
print(len(set(topics)), list(topics) == list(by_name.topics_), list(again) == list(topics))
"""


def hub(home: Path, name: str, folder: str) -> Path:
    """A cache of the hub in *home* that holds *folder* as the published model *name*."""
    commit = "0123456789abcdef0123456789abcdef01234567"
    base = home / "hub" / f"models--{name.replace('/', '--')}"
    shutil.copytree(folder, base / "snapshots" / commit)
    (base / "refs").mkdir()
    (base / "refs" / "main").write_text(commit)
    return home


def test_a_published_model_by_pipeline_and_by_name(tmp_path: Path) -> None:
    home = hub(tmp_path / "home", "distilbert-base-cased", tiny_transformers.distilbert())
    environment = {**os.environ, "HF_HOME": str(home), "HF_HUB_OFFLINE": "1"}
    environment.pop("HF_HUB_CACHE", None)
    command = [sys.executable, "-W", "error::UserWarning", "-c", SNIPPET]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "4 True True"
