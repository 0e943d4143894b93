"""Documents come out of every format in the order of the file, and what cannot be read is one clear error."""

from __future__ import annotations

import gzip
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from topicore.cli.reading import FORMATS, Documents, read
from topicore.errors import InputError

Write = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file and gives its path."""

    def written(name: str, content: str | bytes) -> str:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    return written


def test_text_is_a_document_a_line_and_blank_lines_keep_their_place(write: Write) -> None:
    found = read(write("a.txt", "\ufeffone\r\ntwo\n\nthree \u2028 more"))
    assert found.texts == ["one", "two", "", "three \u2028 more"]
    assert found.empty == (3,)
    assert found.warning() == "1 of 4 documents is empty (first: line 3) and will be outliers"


def test_files_without_empty_documents_need_no_warning(write: Write) -> None:
    assert read(write("a.txt", "one\n")).warning() is None


def test_standard_input_is_a_document_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"one\ntwo\n")))
    assert read("-").texts == ["one", "two"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", 'id,text\n1,"a, ""b""\nc"\n2,d\n'),
        ("semicolons.CSV", 'id;Text\n1;"a, ""b""\nc"\n2;d\n'),
        ("bom.csv", '\ufefftext,id\r\n"a, ""b""\nc",1\r\n\r\nd,2\r\n'),
        ("only.csv", 'anything\n"a, ""b""\nc"\nd\n'),
        ("a.tsv", 'id\tabstract\n1\t"a, ""b""\nc"\n2\td\n'),
        ("a.jsonl", '{"id": 1, "text": "a, \\"b\\"\\nc"}\n\n{"text": "d", "id": 2}\n'),
        ("a.ndjson", '{"id": 1, "content": "a, \\"b\\"\\nc"}\n{"content": "d"}'),
        ("plain.jsonl", '"a, \\"b\\"\\nc"\n"d"\n'),
    ],
)
def test_columns_are_found_and_quoted_text_is_whole(write: Write, name: str, content: str) -> None:
    assert read(write(name, content)).texts == ['a, "b"\nc', "d"]
    assert read(write(f"{name}.gz", gzip.compress(content.encode()))).texts == ['a, "b"\nc', "d"]


def test_the_likeliest_column_is_taken_unless_one_is_named(write: Write) -> None:
    path = write("a.csv", "content,text,title\nc,t,h\n")
    assert read(path).texts == ["t"]
    assert read(path, column="title").texts == ["h"]


def test_nulls_are_empty_documents_that_a_warning_counts(write: Write) -> None:
    found = read(write("a.jsonl", '{"text": "a"}\n{"text": null}\n{"id": 3}\n'))
    assert found == Documents(texts=["a", "", ""], empty=(2, 3), unit="line")
    assert found.warning() == "2 of 3 documents are empty (first: line 2) and will be outliers"


def test_rows_too_short_for_the_text_are_empty_documents(write: Write) -> None:
    assert read(write("a.csv", "id,text\n1\n2,b\n")).texts == ["", "b"]


def test_texts_of_any_length_are_read_and_the_limit_of_csv_is_put_back(write: Write) -> None:
    import csv

    before = csv.field_size_limit()
    assert len(read(write("a.csv", f"text\n{'x' * 200_000}\n")).texts[0]) == 200_000
    assert csv.field_size_limit() == before


def test_other_encodings_are_read_when_named(write: Write) -> None:
    path = write("a.txt", "één\nnaïve\n".encode("utf-16"))
    assert read(path, encoding="utf-16").texts == ["één", "naïve"]


def test_parquet_is_read_with_nulls_and_dictionaries(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "a.parquet"
    words = pyarrow.array(["a", None, "c", "a"])
    parquet.write_table(
        pyarrow.table({"id": [1, 2, 3, 4], "abstract": words, "coded": words.dictionary_encode()}), path
    )
    assert read(str(path)) == Documents(texts=["a", "", "c", "a"], empty=(2,), unit="row")
    assert read(str(path), column="coded").texts == ["a", "", "c", "a"]
    with pytest.raises(InputError, match=r"a\.parquet, row 1: the text is int 1, not a string"):
        read(str(path), column="id")
    with pytest.raises(InputError, match=r"no column 'abstrac'\. Did you mean 'abstract'"):
        read(str(path), column="abstrac")


def test_parquet_without_pyarrow_says_what_to_install(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError, match=r"pip install 'topicore\[parquet\]'"):
        read(write("a.parquet", "PAR1"))


def test_a_damaged_parquet_file_is_an_error(write: Write) -> None:
    pytest.importorskip("pyarrow")
    with pytest.raises(InputError, match="as parquet"):
        read(write("a.parquet", "nonsense, but long enough for a footer"))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", "", "holds no documents"),
        ("a.csv", "", "holds no documents"),
        ("a.csv", "text\n", "holds no documents"),
        ("a.jsonl", "\n\n", "holds no documents"),
        ("a.txt", b"ok\nna\xefve\n", "line 2: byte 0xef is not utf-8; .* --encoding latin-1"),
        ("a.csv", b"id,text\n1,ok\n2,na\xefve\n", "line 3: byte 0xef is not utf-8; .* --encoding latin-1"),
        ("a.csv", "id,review\n1,b\n", "which column of .* Give --text-column, one of: 'id', 'review'"),
        ("a.csv", "id,text\n1,a, b\n", "line 2: 3 fields below a header of 2"),
        ("a.csv", 'id,text\n1,"a\n2,b\n', "line 3: unexpected end of data; quote texts"),
        ("a.jsonl", '{"id": 1, "review": "a"}\n', "which column of .* one of: 'id', 'review'"),
        ("a.jsonl", '{"text": "a"}\n{"text": \n', "line 2 is not JSON: Expecting value at column"),
        ("a.jsonl", '{"text": 3}\n', "line 1: the text is int 3, not a string"),
        ("a.jsonl", '"a"\n["b"]\n', r"line 2: the text is list \['b'\], not a string"),
        ("a.jsonl", "[" * 100_000, "line 1 cannot be read"),
        ("a.jsonl.gz", b"abc", "cannot read .*: Not a gzipped file"),
        ("a.jsonl.gz", gzip.compress(b'{"text": "a"}\n')[:-6], "cannot read .*: Compressed file ended"),
        ("a.docx", "x", "cannot tell what .* must end in .txt, .csv, .tsv, .jsonl"),
        ("a.parquet.gz", "x", "cannot tell what"),
    ],
)
def test_what_cannot_be_read_is_one_clear_error(write: Write, name: str, content: str | bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(write(name, content))


def test_missing_files_and_folders_are_errors(tmp_path: Path) -> None:
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(InputError, match=r"cannot read .*none\.txt: No such file"):
        read(str(tmp_path / "none.txt"))
    with pytest.raises(InputError, match=r"cannot read .*folder\.txt: Is a directory"):
        read(str(tmp_path / "folder.txt"))


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_a_missing_column_is_an_error_that_lists_the_columns(write: Write, name: str) -> None:
    content = "id,review\n1,a\n" if name == "a.csv" else json.dumps({"id": 1, "review": "a"})
    with pytest.raises(InputError, match=r"no column 'revew'\. Did you mean 'review'\? Columns: 'id', 'review'"):
        read(write(name, content), column="revew")


def test_columns_that_later_lines_bring_may_be_named(write: Write) -> None:
    assert read(write("a.jsonl", '{"id": 1}\n{"id": 2, "note": "b"}\n'), column="note").texts == ["", "b"]


def test_long_lists_of_columns_are_cut(write: Write) -> None:
    with pytest.raises(InputError, match=r"'c0', .*'c19', \.\.\.$"):
        read(write("a.csv", ",".join(f"c{place}" for place in range(500)) + "\n"))


def test_a_column_of_plain_lines_is_an_error(write: Write) -> None:
    with pytest.raises(InputError, match="leave out --text-column"):
        read(write("a.txt", "x\n"), column="text")


@pytest.mark.parametrize("encoding", ["klingon", "hex"])
def test_unknown_encodings_are_errors(write: Write, encoding: str) -> None:
    with pytest.raises(InputError, match=f"no text encoding is called '{encoding}'"):
        read(write("a.txt", "x\n"), encoding=encoding)


def test_wrong_encodings_of_two_bytes_a_character_are_errors(write: Write) -> None:
    with pytest.raises(InputError, match="is not utf-16"):
        read(write("a.txt", "three"), encoding="utf-16")
    with pytest.raises(InputError, match="is not utf-16-le"):
        read(write("b.txt", b"a\x00b\x00\n"), encoding="utf-16-le")


def test_every_format_but_parquet_opens_compressed_under_its_name(write: Write) -> None:
    for ending in [each for each in FORMATS if each != ".parquet"]:
        content = '"text"\n"words"\n'
        assert "words" in read(write(f"a{ending}.gz", gzip.compress(content.encode()))).texts[-1]
