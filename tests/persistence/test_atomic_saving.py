"""A save leaves the old model or the new one, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import topicore
from topicore.errors import ComponentError, ModelFileError
from topicore.model import TopicModel
from topicore.persistence import load
from topicore.persistence.files import replacing

ROOT = Path(topicore.__file__).parents[1]

CRASH = """
import os, sys
from topicore.persistence import files
left = int(sys.argv[2])
def counted(name):
    call = getattr(os, name)
    def crash(*given, **named):
        global left
        left -= 1
        if left < 0:
            os._exit(7)
        return call(*given, **named)
    setattr(os, name, crash)
for name in ("fsync", "rename", "rmdir"):
    counted(name)
with files.replacing(sys.argv[1]) as draft:
    draft.json("x.json", "new")
    draft.manifest({"format": 1})
"""
FULL = """
import resource, sys
from topicore.model import TopicModel
model = TopicModel.load(sys.argv[1])
model.n_words = 3
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
model.save(sys.argv[1])
"""


def run(code: str, *given: Any) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, given)], env=environment, capture_output=True, text=True, check=False
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def small(path: Path, text: str) -> None:
    with replacing(path) as draft:
        draft.json("x.json", text)
        draft.manifest({"format": 1})


def read(path: Path) -> Any:
    from topicore.persistence.files import Folder

    return Folder.open(path).json("x.json")


def test_a_saved_model_is_replaced(model: TopicModel, documents: list[str], tmp_path: Path) -> None:
    model.save(tmp_path / "model", include=["documents"])
    TopicModel(n_words=3).fit(documents).save(tmp_path / "model")
    assert load(tmp_path / "model")[0].settings.n_words == 3
    assert not (tmp_path / "model" / "documents.jsonl.gz").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_folders_above_are_made_and_an_empty_one_is_used(model: TopicModel, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "empty", tmp_path / "a" / "b"):
        model.save(path)
        assert load(path)[0].n_documents == 240


def test_a_link_to_a_model_stays_a_link(model: TopicModel, tmp_path: Path) -> None:
    model.save(tmp_path / "model")
    (tmp_path / "link").symlink_to(tmp_path / "model")
    model.save(tmp_path / "link", include=["documents"])
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "model" / "documents.jsonl.gz").exists()


@pytest.mark.parametrize("step", range(9))
def test_a_crash_leaves_the_old_model_or_the_new_one(step: int, tmp_path: Path) -> None:
    path = tmp_path / "model"
    small(path, "old")
    crashed = run(CRASH, path, step).returncode == 7
    assert read(path) in (("old", "new") if crashed else ("new",))
    small(path, "newer")
    assert read(path) == "newer"
    assert [found.name for found in tmp_path.iterdir() if not found.name.endswith(".new")] == ["model"]


def test_the_crashes_above_are_at_every_step(tmp_path: Path) -> None:
    found = []
    for step in range(9):
        small(tmp_path / str(step), "old")
        done = run(CRASH, tmp_path / str(step), step)
        found.append((done.returncode, read(tmp_path / str(step))))
    assert found[0] == (7, "old")
    assert (7, "new") in found
    assert found[-1] == (0, "new")


@pytest.mark.parametrize("limit", [0, 300, 9000])
def test_a_full_disk_changes_nothing(limit: int, saved: Path) -> None:
    before = contents(saved.parent)
    result = run(FULL, saved, limit)
    assert "ModelFileError: the model cannot be written to" in result.stderr
    assert contents(saved.parent) == before


def test_a_component_that_fails_at_the_last_changes_nothing(
    saved: Path, documents: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from topicore.builtin.weightings import ClassTfidf

    model = TopicModel().fit(documents)
    before = contents(saved.parent)

    def fail(self: ClassTfidf) -> None:
        raise KeyError("gone")

    monkeypatch.setattr(ClassTfidf, "state", fail)
    with pytest.raises(ComponentError, match=r"weighting 'c-tf-idf' failed in state\(\): KeyError"):
        model.save(saved)
    assert contents(saved.parent) == before


def test_an_interruption_while_writing_changes_nothing(saved: Path) -> None:
    before = contents(saved.parent)

    def interrupted() -> None:
        with replacing(saved) as draft:
            draft.json("a.json", 1)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert contents(saved.parent) == before
    assert [path.name for path in saved.parent.iterdir()] == ["model"]


@pytest.mark.parametrize("name", ["file", "file/model"])
def test_a_file_is_not_replaced(name: str, model: TopicModel, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ModelFileError, match="is a file; a model is a folder"):
        model.save(tmp_path / name)
    assert contents(tmp_path) == {"file": b"mine"}


def test_a_folder_of_something_else_is_not_replaced(model: TopicModel, tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(ModelFileError, match=r"is no topicore model \(it holds thesis\.tex\)"):
        model.save(tmp_path)
    assert contents(tmp_path) == {"thesis.tex": b"mine"}


def test_a_model_with_something_beside_it_is_not_replaced(model: TopicModel, saved: Path) -> None:
    (saved / "notes.md").write_text("mine")
    before = contents(saved)
    with pytest.raises(ModelFileError, match=r"holds more than the model: notes\.md"):
        model.save(saved)
    assert contents(saved) == before


@pytest.mark.parametrize("manifest", ["{}", '{"format": 1}', '{"format": 2, "files": {}}', "nonsense"])
def test_a_folder_that_may_be_a_model_is_not_replaced(manifest: str, model: TopicModel, tmp_path: Path) -> None:
    (tmp_path / "topicore.json").write_text(manifest)
    with pytest.raises(ModelFileError, match="is not replaced, as it may be no model: remove it first"):
        model.save(tmp_path)
    assert contents(tmp_path) == {"topicore.json": manifest.encode()}


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser can write everywhere")
def test_a_folder_that_may_not_be_written_is_an_error(model: TopicModel, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(ModelFileError, match=r"cannot be written to .*Permission denied; nothing was changed"):
            model.save(tmp_path / "model")
    finally:
        tmp_path.chmod(0o700)
    assert list(tmp_path.iterdir()) == []
