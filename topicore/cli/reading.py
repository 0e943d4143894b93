"""Documents from files, each format in a few lines.

A document's place in the result is its place in the file: an empty one stays, so that answers can be laid beside the
file again.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import re
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, TypeAlias

from ..errors import InputError
from ..registry.names import closest

__all__ = ["FORMATS", "STDIN", "Documents", "read"]

STDIN = "-"
GUESSES = ("text", "abstract", "document", "content")
"""Columns that hold the text where none is named, the likeliest first."""
SHOWN = 20
_ESCAPED = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """What a file holds.

    Args:
        texts: The documents in the order of the file.
        empty: The places of those that are null or blank, as a person finds them in the file: lines or rows from 1.
        unit: What ``empty`` counts: ``"line"`` or ``"row"``.
    """

    texts: list[str]
    empty: tuple[int, ...]
    unit: str

    def warning(self) -> str | None:
        """One line about empty documents, or None where there are none."""
        if not self.empty:
            return None
        are = "is" if len(self.empty) == 1 else "are"
        first = f"{self.unit} {self.empty[0]:,}"
        return f"{len(self.empty):,} of {len(self.texts):,} documents {are} empty (first: {first}) and will be outliers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where documents come from.

    Args:
        name: What messages call it.
        open: Opens the bytes, unpacked, from the start; more than once if need be.
        encoding: Of the text in it.
    """

    name: str
    open: Callable[[], Any]
    encoding: str

    def text(self, *, newline: str | None = None, errors: str = "strict") -> io.TextIOWrapper:
        """The text, a byte order mark left out."""
        plain = codecs.lookup(self.encoding).name == "utf-8"
        return io.TextIOWrapper(
            self.open(), encoding="utf-8-sig" if plain else self.encoding, newline=newline, errors=errors
        )

    def undecodable(self, error: UnicodeDecodeError) -> InputError:
        """What to tell of bytes that are no text in this encoding, with the first line that holds such bytes."""
        where = self.name
        try:
            with self.text(errors="surrogateescape") as lines:
                where += next((f", line {number}" for number, line in enumerate(lines, 1) if _ESCAPED.search(line)), "")
        except UnicodeError:
            pass  # the encoding has more than a byte a character: nothing says where
        found = f"byte 0x{error.object[error.start]:02x}"
        return InputError(
            f"{where}: {found} is not {self.encoding}; name the encoding of the file, for instance --encoding latin-1"
        )


Values: TypeAlias = Iterator[tuple[int, Any]]
"""The place of each document in the file, from 1, and what stands there."""


def read(file: str, *, column: str | None = None, encoding: str = "utf-8") -> Documents:
    """The documents in *file*, or with ``"-"`` the lines of standard input.

    Args:
        file: Its ending names the format: one of ``FORMATS``, all but parquet also with ``.gz``.
        column: Which column holds the text, where there are columns; None for the only one, or one of ``GUESSES``.
        encoding: Of the text; a byte order mark is left out.

    Raises:
        InputError: The file cannot be read, holds no documents, or something in it is no text.
    """
    try:
        "".encode(encoding)
    except LookupError:
        raise InputError(f"no text encoding is called {encoding!r}; try --encoding utf-8 or latin-1") from None
    ending, source = _source(file, encoding)
    unit = "row" if ending == ".parquet" else "line"
    try:
        found = list(FORMATS[ending](source, column))
    except UnicodeDecodeError as error:
        raise source.undecodable(error) from None
    except UnicodeError as error:
        raise InputError(f"{source.name} is not {encoding}: {error}; choose another --encoding") from None
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"cannot read {source.name}: {getattr(error, 'strerror', None) or error}") from None
    if not found:
        raise InputError(f"{source.name} holds no documents")
    for place, value in found:
        if value is not None and not isinstance(value, str):
            kind = type(value).__name__
            raise InputError(f"{source.name}, {unit} {place}: the text is {kind} {value!r:.40}, not a string")
    texts = [value or "" for _, value in found]
    empty = tuple(place for (place, _), text in zip(found, texts, strict=True) if not text or text.isspace())
    return Documents(texts=texts, empty=empty, unit=unit)


def _source(file: str, encoding: str) -> tuple[str, Source]:
    """The ending that names the format of *file*, and how to open it."""
    if file == STDIN:
        held = sys.stdin.buffer.read()
        return ".txt", Source(name="standard input", open=lambda: io.BytesIO(held), encoding=encoding)
    path = Path(file)
    packed = path.suffix.lower() == ".gz"
    ending = Path(path.stem if packed else path.name).suffix.lower()
    if ending not in FORMATS or (packed and ending == ".parquet"):
        known = f"{', '.join(FORMATS)} (text also .gz)"
        raise InputError(f"cannot tell what {file} holds: its name must end in {known}, or be - for standard input")
    return ending, Source(name=file, open=lambda: gzip.open(path) if packed else path.open("rb"), encoding=encoding)


def _lines(source: Source, column: str | None) -> Values:
    """A document a line."""
    if column is not None:
        raise InputError(f"{source.name} is read a document a line and has no columns; leave out --text-column")
    with source.text() as lines:
        for number, line in enumerate(lines, 1):
            yield number, line.removesuffix("\n")


def _csv(source: Source, column: str | None) -> Values:
    """A document a row below the header; the delimiter is the one that the header uses."""
    return _rows(source, column, delimiters=",;\t")


def _tsv(source: Source, column: str | None) -> Values:
    """A document a row below the header."""
    return _rows(source, column, delimiters="\t")


def _rows(source: Source, column: str | None, delimiters: str) -> Values:
    limit = csv.field_size_limit(2**31 - 1)
    try:
        with source.text(newline="") as lines:
            first = lines.readline()
            delimiter = max(delimiters, key=first.count)
            reader = csv.reader(chain([first], lines), delimiter=delimiter, strict=True)
            header = [name.strip() for name in next(reader, [])]
            if not header:
                return
            place = header.index(_chosen(header, column, source.name))
            for row in reader:
                if any(row[len(header) :]):
                    raise csv.Error(f"{len(row)} fields below a header of {len(header)}")
                if row:
                    yield reader.line_num, row[place] if place < len(row) else None
    except csv.Error as error:
        where = f"{source.name}, line {reader.line_num}"
        raise InputError(f"{where}: {error}; quote texts that hold the delimiter, and double quotes in them") from None
    finally:
        csv.field_size_limit(limit)


def _jsonl(source: Source, column: str | None) -> Values:
    """A document a line: an object with columns, or a plain JSON string; lines without anything are passed over."""
    keys: list[str] = []
    met = False
    with source.text() as lines:
        for number, line in enumerate(lines, 1):
            if line.isspace():
                continue
            value = _parsed(line, f"{source.name}, line {number}")
            if isinstance(value, dict):
                keys = keys or list(value)
                column = column if column is not None else _chosen(keys, None, source.name)
                met = met or column in value
                value = value.get(column)
            yield number, value
    if column is not None and not met:
        _chosen(keys, column, source.name)


def _parsed(line: str, where: str) -> Any:
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(f"{where} is not JSON: {error.msg} at column {error.colno}") from None
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, or brackets without end
        raise InputError(f"{where} cannot be read: {error}") from None


def _parquet(source: Source, column: str | None) -> Values:
    """A document a row."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ModuleNotFoundError:
        raise InputError(f"reading {source.name} needs pyarrow: pip install 'topicore[parquet]'") from None
    try:
        with source.open() as file:
            table = parquet.ParquetFile(file)
            chosen = _chosen(table.schema_arrow.names, column, source.name)
            batches = table.iter_batches(columns=[chosen])
            yield from enumerate(chain.from_iterable(batch.column(0).to_pylist() for batch in batches), 1)
    except pyarrow.ArrowException as error:
        raise InputError(f"cannot read {source.name} as parquet: {error}") from None


def _chosen(columns: Sequence[str], column: str | None, name: str) -> str:
    """The column that holds the text."""
    shown = ", ".join(map(repr, columns[:SHOWN])) + (", ..." if len(columns) > SHOWN else "")
    if column is None:
        if len(columns) == 1:
            return columns[0]
        likely = sorted((GUESSES.index(each.lower()), each) for each in columns if each.lower() in GUESSES)
        if likely:
            return likely[0][1]
        raise InputError(f"which column of {name} holds the text? Give --text-column, one of: {shown}")
    if column in columns:
        return column
    near = closest(column, columns)
    meant = f" Did you mean {near!r}?" if near else ""
    raise InputError(f"{name} has no column {column!r}.{meant} Columns: {shown or 'none'}")


FORMATS: dict[str, Callable[[Source, str | None], Values]] = {
    ".txt": _lines,
    ".csv": _csv,
    ".tsv": _tsv,
    ".jsonl": _jsonl,
    ".ndjson": _jsonl,
    ".parquet": _parquet,
}
"""How to read a file, by the ending of its name."""
