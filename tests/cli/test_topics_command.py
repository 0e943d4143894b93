"""``topicore topics`` shows what a saved model found, to people and to programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.testing import Result

import topicore as package
from topicore.cli.table import print_topics, say, tabulated
from topicore.components import Description, Representation, TopicView

Type = Callable[..., Result]


def test_the_table_is_that_of_the_fit(topicore: Type, fitted: tuple[Path, Result]) -> None:
    assert topicore("topics", fitted[0]).stdout == fitted[1].stdout


def test_fewer_words_can_be_asked_for(topicore: Type, model: Path) -> None:
    lines = topicore("topics", model, "--words", 3).stdout.splitlines()
    assert [len(line.split()) for line in lines[1:]] == [2 + 3] * 4


def test_one_topic_shows_the_weights_of_its_words_and_its_documents(topicore: Type, model: Path) -> None:
    loaded = package.load(model)
    head, *lines = topicore("topics", model, "--topic", 1, "--words", 2).stdout.splitlines()
    (word, weight), _ = loaded.get_topic(1)[:2]
    assert head == f"{loaded.topic_labels_[1]}  (15 documents)"
    assert lines[0].split() == [word, f"{weight:.3f}"]
    assert lines[2:] == [f"- {text}" for text in loaded.get_representative_docs(1)]


def test_json_is_a_list_of_topics_or_one_of_them(topicore: Type, model: Path) -> None:
    loaded = package.load(model)
    records = json.loads(topicore("topics", model, "--json", "--words", 4).stdout)
    assert [record["topic"] for record in records] == [0, 1, 2, 3]
    assert [record["count"] for record in records] == [15] * 4
    assert records[2]["label"] == loaded.topic_labels_[2]
    assert list(zip(records[2]["words"], records[2]["weights"], strict=True)) == loaded.get_topic(2)[:4]
    assert records[2]["documents"] == loaded.get_representative_docs(2)
    assert json.loads(topicore("topics", model, "--json", "--words", 4, "--topic", 2).stdout) == records[2]


def test_models_without_documents_show_none_and_aspects_are_shown(
    topicore: Type, texts: list[str], tmp_path: Path
) -> None:
    model = package.TopicModel(representation={"main": "projection", "keywords": "mmr"}).fit(texts)
    model.save(tmp_path / "m")
    record = json.loads(topicore("topics", tmp_path / "m", "--json", "--topic", 0).stdout)
    assert record["aspects"] == {"keywords": [term for term, _ in model.topic_aspects_["keywords"][0]]}
    assert "documents" not in record
    lines = topicore("topics", tmp_path / "m", "--topic", 0).stdout.splitlines()
    assert lines[-1] == f"keywords: {' '.join(record['aspects']['keywords'])}"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--topic", "9"], "there is no topic 9; topics are 0 to 3"),
        (["--topic", "-2", "--json"], "there is no topic -2; topics are 0 to 3"),
    ],
)
def test_unknown_topics_are_one_error(topicore: Type, model: Path, arguments: Sequence[str], message: str) -> None:
    result = topicore("topics", model, *arguments)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr == f"{message}\n"


def test_a_folder_that_is_no_model_is_one_error(topicore: Type, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        result = topicore("topics", path)
        assert result.exit_code == 1
        assert len(result.stderr.splitlines()) == 1
        assert str(path) in result.stderr


def test_words_that_do_not_fit_the_terminal_are_left_out_and_one_stays() -> None:
    rows = [("-1", "9", []), ("0", "1,234", ["harbour", "sailor", "anchor"]), ("10", "7", ["tide"])]
    assert tabulated(rows, None) == [
        "Topic  Count  Words",
        "   -1      9",
        "    0  1,234  harbour sailor anchor",
        "   10      7  tide",
    ]
    assert tabulated(rows, 28)[2] == "    0  1,234  harbour sailor"
    assert tabulated(rows, 27)[2] == "    0  1,234  harbour"
    assert tabulated(rows, 5)[2] == "    0  1,234  harbour"


def test_wide_characters_take_two_columns() -> None:
    rows = [("0", "5", ["港口", "水手"])]
    assert tabulated(rows, 23)[1].endswith("港口 水手")
    assert tabulated(rows, 22)[1].endswith("港口")


class Named(Representation):
    def describe(self, view: TopicView, /) -> dict[int, Description]:
        return {0: Description(label="On\nthe sea")}


def test_a_label_that_a_topic_was_given_stands_before_its_words(
    texts: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    print_topics(package.TopicModel(representation=["projection", Named()]).fit(texts), 1)
    _, first, second, *_ = capsys.readouterr().out.splitlines()
    assert first.split()[2:5] == ["On", "the", "sea:"]
    assert len(first.split()) == 6
    assert len(second.split()) == 3


def test_what_the_output_cannot_encode_becomes_a_question_mark(capsys: pytest.CaptureFixture[str]) -> None:
    say("half \ud83d an emoji")
    assert capsys.readouterr().out == "half ? an emoji\n"
