"""``topicore fit`` prints the topics and saves the model, or says early why it cannot."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

import topicore as package
from topicore.builtin.vectorizers import ngram_pair
from topicore.model import TopicModel

Type = Callable[..., Result]


def test_the_topics_are_printed_as_an_aligned_table(fitted: tuple[Path, Result]) -> None:
    lines = fitted[1].stdout.splitlines()
    assert lines[0] == "Topic  Count  Words"
    assert len(lines) == 5
    for topic, line in enumerate(lines[1:]):
        assert line.startswith(f"    {topic}     15  ")
        assert len(line.split()) == 2 + 10


def test_where_the_model_is_and_what_to_type_next_go_to_standard_error(fitted: tuple[Path, Result]) -> None:
    folder, result = fitted
    first, second, third = result.stderr.splitlines()
    assert first.startswith("60 documents, 4 topics, ")
    assert first.endswith(f" s. Saved to {folder}")
    assert second == f"Next: topicore topics {folder}"
    assert third == f"      topicore transform {folder} FILE -o topics.jsonl"


def test_the_saved_model_is_the_one_that_was_printed(fitted: tuple[Path, Result], texts: list[str]) -> None:
    model = package.load(fitted[0])
    assert model.representative_docs_[0][0] in texts  # --include documents
    assert model.observers is None
    words = [" ".join(term for term, _ in terms) for terms in model.get_topics().values()]
    assert [line.split(maxsplit=2)[2] for line in fitted[1].stdout.splitlines()[1:]] == words


def test_standard_input_is_read_and_quiet_says_nothing_but_the_topics(
    topicore: Type, texts: list[str], fitted: tuple[Path, Result], tmp_path: Path
) -> None:
    result = topicore("fit", "-", "-o", tmp_path / "model", "--quiet", stdin="\n".join(texts))
    assert result.exit_code == 0
    assert result.stderr == ""
    assert result.stdout == fitted[1].stdout


def test_options_reach_the_model(topicore: Type, texts: list[str], tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl.gz"
    file.write_bytes(gzip.compress("\n".join(json.dumps({"id": text, "note": text}) for text in texts).encode()))
    typed = (
        "--embedder lsa --reducer svd:3 --clusterer graph:5 --vectorizer count --weighting c-tf-idf --language german"
    )
    more = "--representation c-tf-idf --representation mmr --min-topic-size 2 --n-topics 3 --n-words 4 --seed 7"
    words = ["--stop-words", "the, of,a", "--ngram-range", "1", "2", "--include", "counts", "--include", "embeddings"]
    result = topicore("fit", file, "-o", tmp_path / "m", "--text-column", "note", *typed.split(), *more.split(), *words)
    assert result.exit_code == 0, result.stderr
    assert len(result.stdout.splitlines()) == 4
    model = package.load(tmp_path / "m")
    parameters = model.get_params()
    assert parameters["stop_words"] == ["the", "of", "a"]
    assert ngram_pair(parameters["ngram_range"]) == (1, 2)
    assert {name: parameters[name] for name in ("embedder", "reducer", "clusterer", "representation")} == {
        "embedder": "lsa",
        "reducer": "svd:3",
        "clusterer": "graph:5",
        "representation": ["c-tf-idf", "mmr"],
    }
    assert [parameters[name] for name in ("n_topics", "min_topic_size", "n_words")] == [3, 2, 4]
    assert (parameters["random_state"], parameters["language"]) == (7, "german")
    assert model.embeddings_ is not None


def test_several_embedders_stand_side_by_side(topicore: Type, file: Path, tmp_path: Path) -> None:
    result = topicore("fit", file, "-o", tmp_path / "m", "--embedder", "ppmi", "--embedder", "lsa")
    assert result.exit_code == 0, result.stderr
    assert "joint" in repr(package.load(tmp_path / "m")).lower()


def test_a_saved_model_is_replaced(topicore: Type, file: Path, tmp_path: Path) -> None:
    for k in (2, 3):
        assert topicore("fit", file, "-o", tmp_path / "model/", "-q", "--n-topics", k).exit_code == 0
    assert len(package.load(tmp_path / "model").topic_sizes_) == 3
    assert [each.name for each in tmp_path.iterdir()] == ["model"]


def test_empty_documents_are_counted_in_one_line_and_become_outliers(
    topicore: Type, texts: list[str], tmp_path: Path
) -> None:
    result = topicore("fit", "-", "-o", tmp_path / "m", stdin="\n".join(["", *texts]))
    assert result.stderr.splitlines()[0] == "1 of 61 documents is empty (first: line 1) and will be outliers"
    assert "1.6% outliers" in result.stderr
    assert package.load(tmp_path / "m").topics_[0] == -1


def refuse(*_: object, **__: object) -> None:
    raise AssertionError("the work began")


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """No fit may begin."""
    monkeypatch.setattr(TopicModel, "fit", refuse)


@pytest.mark.usefixtures("idle")
class TestRefusedBeforeTheWork:
    def test_a_folder_that_is_no_model(self, topicore: Type, file: Path, tmp_path: Path) -> None:
        (tmp_path / "thesis").write_text("years of work")
        result = topicore("fit", file, "-o", tmp_path)
        assert result.exit_code == 1
        assert "is no topicore model (it holds thesis)" in result.stderr
        assert (tmp_path / "thesis").read_text() == "years of work"

    def test_a_file(self, topicore: Type, file: Path) -> None:
        before = file.read_bytes()
        result = topicore("fit", file, "-o", file)
        assert result.exit_code == 1
        assert "a model is a folder" in result.stderr
        assert file.read_bytes() == before

    def test_a_missing_parent(self, topicore: Type, file: Path, tmp_path: Path) -> None:
        result = topicore("fit", file, "-o", tmp_path / "none" / "model")
        assert result.exit_code == 1
        assert f"there is no folder {tmp_path / 'none'}; make it" in result.stderr
        assert list(tmp_path.iterdir()) == []

    def test_a_parent_that_cannot_be_written_to(
        self, topicore: Type, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path)  # root may write anywhere
        result = topicore("fit", file, "-o", tmp_path / "model")
        assert result.exit_code == 1
        assert f"the folder {tmp_path} cannot be written to" in result.stderr

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ("--clusterer grap", "no clusterer named 'grap'. Did you mean 'graph'?"),
            ("--embedder all-MiniLM-L6-v2", "did you mean 'sentence-transformers:all-MiniLM-L6-v2'?"),
            ("--n-topics 0", "n_topics must be a whole number of at least 1, got 0"),
            ("--language klingon", "no stop words for the language 'klingon'"),
            ("--ngram-range 2 1", "ngram_range"),
            ("--preset sematic", "no preset named 'sematic'"),
            ("--text-column text", "leave out --text-column"),
            ("--encoding klingon", "no text encoding is called 'klingon'"),
        ],
    )
    def test_options_that_cannot_be(
        self, topicore: Type, file: Path, tmp_path: Path, options: str, message: str
    ) -> None:
        result = topicore("fit", file, "-o", tmp_path / "m", *options.split())
        assert result.exit_code == 1
        assert message in result.stderr
        assert len(result.stderr.splitlines()) == 1
        assert list(tmp_path.iterdir()) == []

    def test_a_missing_file(self, topicore: Type, tmp_path: Path) -> None:
        result = topicore("fit", tmp_path / "none.txt", "-o", tmp_path / "m")
        assert result.exit_code == 1
        assert result.stderr == f"cannot read {tmp_path / 'none.txt'}: No such file or directory\n"

    def test_no_place_for_the_model(self, topicore: Type, file: Path) -> None:
        result = topicore("fit", file)
        assert result.exit_code == 2
        assert "--output" in result.stderr


def test_presets_are_recipes_and_parts_that_options_override_need_no_plugin(
    topicore: Type, file: Path, tmp_path: Path
) -> None:
    parts = {"embedder": "ppmi", "reducer": "identity", "clusterer": "graph"}
    options = [word for kind, name in parts.items() for word in (f"--{kind}", name)]
    result = topicore("fit", file, "-o", tmp_path / "m", "--preset", "bertopic", *options)
    assert result.exit_code == 0, result.stderr
    parameters = package.load(tmp_path / "m").get_params()
    assert {kind: parameters[kind] for kind in parts} == parts


def test_documents_without_words_are_one_error(topicore: Type, tmp_path: Path) -> None:
    result = topicore("fit", "-", "-o", tmp_path / "m", stdin="the\nof\nand\n")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [result.stderr.strip()]
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_says_what_embedding_takes_and_fits_nothing(topicore: Type, file: Path, tmp_path: Path) -> None:
    result = topicore("fit", file, "-o", tmp_path / "model", "--embedder", "ppmi", "--dry-run")
    assert result.stdout == "60 texts (60 distinct, 0 cached): 0 requests\n"
    assert not (tmp_path / "model").exists()


def test_the_cache_is_a_file_of_the_user_and_no_part_of_the_model(topicore: Type, file: Path, tmp_path: Path) -> None:
    cache, model = tmp_path / "rows.db", tmp_path / "model"
    assert topicore("fit", file, "-o", model, "--cache", cache).exit_code == 0
    assert cache.exists()
    assert package.load(model).cache is None
    assert topicore("transform", model, file, "--cache", cache, "-o", tmp_path / "topics.jsonl").exit_code == 0
    wrong = topicore("transform", model, file, "--cache", file, "-o", tmp_path / "topics.jsonl")
    assert wrong.exit_code == 1
    assert "cannot be used as a cache" in wrong.stderr
