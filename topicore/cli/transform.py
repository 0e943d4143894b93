"""``topicore transform``: a saved model applied to other documents."""

from __future__ import annotations

import gzip
import json
import os
import secrets
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import InputError
from .fit import documents_in, reading_options

if TYPE_CHECKING:
    from ..model import TopicModel

__all__ = ["answers", "transform", "write"]

STDOUT = "-"


@click.command(short_help="Give new documents topics of a saved model.")
@click.argument("model")
@click.argument("file")
@click.option("-o", "--output", default=STDOUT, metavar="OUT", help="A .jsonl or .jsonl.gz file; - for stdout.")
@reading_options
@click.option("--cache", metavar="FILE", help="The file that keeps embeddings.")
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
def transform(
    model: str, file: str, output: str, column: str | None, encoding: str, cache: str | None, quiet: bool
) -> None:
    """Give each document in FILE a topic of the saved MODEL: one line of JSON a document, in the order of FILE.

    FILE is read as by topicore fit. A topic of -1 means that the document fits none.
    """
    from ..model import load

    if output != STDOUT:
        _check(Path(output), file)
    loaded = load(model).set_params(cache=cache, observers=None if quiet else "progress")
    lines = answers(loaded, documents_in(file, column, encoding))
    if output == STDOUT:
        sys.stdout.buffer.writelines(lines)
        sys.stdout.buffer.flush()
        return
    write(Path(output), lines)
    if not quiet:
        click.echo(f"Written to {output}", err=True)


def answers(model: TopicModel, texts: list[str]) -> Iterator[bytes]:
    """A line of JSON a document."""
    found, probabilities = model.transform(texts)
    labels = model.topic_labels_
    real = [topic for topic in labels if topic >= 0]
    column = {topic: place for place, topic in enumerate(real)}
    for row, topic in enumerate(found):
        own = probabilities[row] if probabilities.ndim == 1 else probabilities[row, column[topic]] if topic >= 0 else 0
        record = {"topic": topic, "probability": round(float(own), 4), "label": labels.get(topic, str(topic))}
        yield f"{json.dumps(record, ensure_ascii=False)}\n".encode(errors="replace")


def _check(output: Path, file: str) -> None:
    """Raise where *output* cannot be written, or is the very file that is read."""
    parent = output.absolute().parent
    if not parent.is_dir():
        raise InputError(f"cannot write {output}: there is no folder {parent}; make it, or choose another -o")
    if output.is_dir():
        raise InputError(f"cannot write {output}: it is a folder; give -o a file name")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise InputError(f"cannot write {output}: the folder {parent} cannot be written to; choose another -o")
    if output.exists() and Path(file).exists() and output.samefile(file):
        raise InputError(f"{output} is the file to read; choose another -o")


def write(output: Path, lines: Iterable[bytes]) -> None:
    """Write *output* as a whole or not at all; a pipe or device is written to as it is."""
    whole = not output.exists() or output.is_file()
    target = output.resolve()
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.new") if whole else target
    try:
        with open(draft, "wb") as raw:
            if target.suffix == ".gz":
                with gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed:
                    packed.writelines(lines)
            else:
                raw.writelines(lines)
        if whole:
            os.replace(draft, target)
    except OSError as error:
        raise InputError(f"cannot write {output}: {error.strerror or error}") from None
    finally:
        if whole:
            draft.unlink(missing_ok=True)
