"""What users of topic models write for this backend, with tiny models behind the published names."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import tiny_flair

SNIPPETS = """
import warnings
warnings.simplefilter("ignore")
from flair.embeddings import TransformerDocumentEmbeddings

roberta = TransformerDocumentEmbeddings('roberta-base')

from flair.embeddings import WordEmbeddings, DocumentPoolEmbeddings

glove_embedding = WordEmbeddings('crawl')
document_glove_embeddings = DocumentPoolEmbeddings([glove_embedding])

warnings.simplefilter("error", UserWarning)
import topicore
from topicore import TopicModel

themes = ["moon rocket orbit", "bread oven flour", "goal league match", "court judge jury"]
docs = [f"{theme} {theme.split()[turn % 3]}" for turn in range(8) for theme in themes]

topic_model = TopicModel(embedder=roberta, n_topics=4)
topics, probs = topic_model.fit_transform(docs)
topic_model.save("roberta")
by_name = TopicModel(embedder="flair:roberta-base", n_topics=4).fit(docs)
again = topicore.load("roberta").transform(docs)[0]
print(len(set(topics)), list(topics) == list(by_name.topics_), list(again) == list(topics))

topic_model = TopicModel(embedder=document_glove_embeddings, n_topics=4)
topics, probs = topic_model.fit_transform(docs)
topic_model.save("crawl")
crawl = topicore.embedder("flair:crawl", kind="word", allow_pickle=True)
by_name = TopicModel(embedder=crawl, n_topics=4).fit(docs)
again = topicore.load("crawl", embedder=document_glove_embeddings).transform(docs)[0]
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


def cache(root: Path) -> Path:
    """A cache of flair in *root* that holds the word vectors published as ``crawl``."""
    from gensim.models import KeyedVectors

    (root / "embeddings").mkdir(parents=True)
    kept = root / "embeddings" / "en-fasttext-crawl-300d-1M"
    tiny_flair.keyed(KeyedVectors(300)).save(str(kept), separately=["vectors"])
    return root


def test_published_models_by_object_and_by_name(tmp_path: Path) -> None:
    home = hub(tmp_path / "home", "roberta-base", tiny_flair.roberta())
    flair = {"FLAIR_CACHE_ROOT": str(cache(tmp_path / "flair")), "FLAIR_DEVICE": "cpu"}
    environment = {**os.environ, **flair, "HF_HOME": str(home), "HF_HUB_OFFLINE": "1"}
    environment.pop("HF_HUB_CACHE", None)
    command = [sys.executable, "-c", SNIPPETS]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-2:] == ["4 True True", "4 True True"]
