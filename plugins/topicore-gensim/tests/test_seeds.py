"""The snippet that users of topic models know, with vectors under the published name."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest
import tiny_gensim

from topicore import TopicModel

DOCUMENTS = tiny_gensim.documents()


@pytest.fixture
def downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The published name among what gensim has downloaded, and no network."""
    import gensim.downloader

    def refused(url: str) -> Any:
        raise URLError("no network here")

    folder = str(tiny_gensim.data_dir(tmp_path / "gensim-data"))
    for name in ("BASE_DIR", "base_dir"):
        monkeypatch.setattr(gensim.downloader, name, folder)
    monkeypatch.setattr(gensim.downloader, "urlopen", refused)
    monkeypatch.setattr(sys, "path", sys.path[:])
    monkeypatch.setattr(sys, "modules", {**sys.modules})


@pytest.mark.usefixtures("downloads")
def test_gensim_downloader() -> None:
    import gensim.downloader as api

    ft = api.load("fasttext-wiki-news-subwords-300")
    topic_model = TopicModel(embedder=ft)

    by_object = topic_model.fit(DOCUMENTS).topics_
    by_name = TopicModel(embedder="gensim:fasttext-wiki-news-subwords-300").fit(DOCUMENTS).topics_
    assert list(by_object) == list(by_name)
    assert len(set(by_object)) == 4
