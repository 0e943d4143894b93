"""``topicore transform`` gives one line of JSON a document, in the order of the file, as a whole or not at all."""

from __future__ import annotations

import gzip
import json
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

import topicore as package
from topicore.cli import transform as command
from topicore.cli.transform import write
from topicore.errors import ComponentError, InputError

Type = Callable[..., Result]


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_every_document_has_a_topic_a_probability_and_a_label(
    topicore: Type, model: Path, file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    result = topicore("transform", model, file, "-o", out)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", f"Written to {out}\n")
    loaded = package.load(model)
    found = lines(out.read_text(encoding="utf-8"))
    assert [record["topic"] for record in found] == loaded.topics_
    assert [record["label"] for record in found] == [loaded.topic_labels_[topic] for topic in loaded.topics_]
    assert [record["probability"] for record in found] == pytest.approx(loaded.probabilities_.tolist(), abs=1e-4)
    assert [each.name for each in tmp_path.iterdir()] == ["out.jsonl"]


def test_lines_stay_beside_their_documents_and_go_to_standard_output(topicore: Type, model: Path) -> None:
    result = topicore("transform", model, "-", stdin="sailor anchor harbour\n\nnothing known here\nflour yeast dough")
    first, second, third, fourth = lines(result.stdout)
    assert {"sailor", "anchor"} & set(str(first["label"]).split("_"))
    assert {"flour", "dough"} & set(str(fourth["label"]).split("_"))
    assert second == third == {"topic": -1, "probability": 0.0, "label": "-1"}
    assert result.stderr == "1 of 4 documents is empty (first: line 2) and will be outliers\n"
    assert (
        topicore("transform", model, "-", "-o", "-", stdin="sailor anchor harbour").stdout
        == (result.stdout.splitlines(keepends=True)[0])
    )


def test_columns_are_read_and_the_answer_may_be_compressed(topicore: Type, model: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,review\n1,sailor anchor\n", encoding="utf-8")
    out = tmp_path / "out.jsonl.gz"
    result = topicore("transform", model, tmp_path / "a.csv", "--text-column", "review", "-o", out, "--quiet")
    assert (result.exit_code, result.stderr) == (0, "")
    assert len(lines(gzip.decompress(out.read_bytes()).decode())) == 1


def test_models_with_a_probability_a_topic_give_that_of_the_document(
    topicore: Type, texts: list[str], file: Path, tmp_path: Path
) -> None:
    model = package.TopicModel(probabilities=True).fit(texts)
    model.save(tmp_path / "m")
    found = lines(topicore("transform", tmp_path / "m", file).stdout)
    best = [row[topic] for row, topic in zip(model.probabilities_, model.topics_, strict=True)]
    assert [record["probability"] for record in found] == pytest.approx(best, abs=1e-4)


def test_a_failure_leaves_the_old_answer(
    topicore: Type, model: Path, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("old")

    def broken(*_: object) -> Iterator[bytes]:
        yield b"half"
        raise ComponentError("the backend went away")

    monkeypatch.setattr(command, "answers", broken)
    result = topicore("transform", model, file, "-o", out)
    assert (result.exit_code, result.stderr) == (1, "the backend went away\n")
    assert out.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["out.jsonl"]


def test_disks_that_fail_are_one_error(tmp_path: Path) -> None:
    def full() -> Iterator[bytes]:
        yield b"half"
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match=r"cannot write .*out\.jsonl: No space left on device"):
        write(tmp_path / "out.jsonl", full())
    assert list(tmp_path.iterdir()) == []


def test_the_file_that_is_read_is_never_overwritten(topicore: Type, model: Path, file: Path, tmp_path: Path) -> None:
    (tmp_path / "link.txt").symlink_to(file)
    before = file.read_bytes()
    for out in (file, tmp_path / "link.txt"):
        result = topicore("transform", model, file, "-o", out)
        assert result.exit_code == 1
        assert "is the file to read" in result.stderr
    assert file.read_bytes() == before


def test_a_link_keeps_pointing_at_what_is_written(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real.jsonl")
    write(tmp_path / "link", [b"{}\n"])
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real.jsonl").read_bytes() == b"{}\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_named_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=write, args=(pipe, [b"{}\n"]))
    writer.start()
    assert pipe.read_bytes() == b"{}\n"
    writer.join()
    assert pipe.is_fifo()


@pytest.mark.parametrize(("out", "message"), [("none/out.jsonl", "there is no folder"), (".", "it is a folder")])
def test_places_that_cannot_be_written_to_are_refused_before_the_work(
    topicore: Type, file: Path, tmp_path: Path, out: str, message: str
) -> None:
    result = topicore("transform", tmp_path / "no-model-is-looked-at", file, "-o", tmp_path / out)
    assert result.exit_code == 1
    assert message in result.stderr


def test_a_missing_model_is_one_error(topicore: Type, file: Path, tmp_path: Path) -> None:
    result = topicore("transform", tmp_path / "none", file)
    assert (result.exit_code, result.stdout) == (1, "")
    assert len(result.stderr.splitlines()) == 1
