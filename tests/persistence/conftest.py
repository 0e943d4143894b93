"""A small fitted model on the disk, a copy a test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from topicore.model import TopicModel


@pytest.fixture(scope="session")
def model(documents: list[str]) -> TopicModel:
    return TopicModel().fit(documents)


@pytest.fixture(scope="session")
def whole(model: TopicModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved model with all that can be included."""
    path = tmp_path_factory.mktemp("whole") / "model"
    model.save(path, include=("documents", "tokens", "counts", "embeddings"))
    return path


@pytest.fixture
def saved(whole: Path, tmp_path: Path) -> Path:
    """A copy of it to damage."""
    return Path(shutil.copytree(whole, tmp_path / "model"))
