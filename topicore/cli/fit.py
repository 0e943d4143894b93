"""``topicore fit``: from a file of documents to a saved model."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import ModelFileError

if TYPE_CHECKING:
    from ..model import TopicModel
    from ..persistence.saving import Extra

__all__ = ["documents_in", "fit", "reading_options"]

KEPT = ("documents", "tokens", "counts", "embeddings")


def reading_options(command: Any) -> Any:
    """Add the options that say how FILE is read."""
    column = click.option("--text-column", "column", metavar="NAME", help="The column that holds the text.")
    encoding = click.option("--encoding", default="utf-8", show_default=True, help="The encoding of the text in FILE.")
    return column(encoding(command))


@click.command(short_help="Find topics in a file and save the model.", epilog="Names of components: topicore plugins.")
@click.argument("file")
@click.option("-o", "--output", required=True, metavar="MODEL", help="The folder to save the model in.")
@reading_options
@click.option("--preset", metavar="NAME", help="A recipe: semantic or bertopic. The options below override it.")
@click.option("--embedder", multiple=True, metavar="NAME", help="Documents to rows; repeat for several at once.")
@click.option("--reducer", metavar="NAME", help="Rows to fewer dimensions.")
@click.option("--clusterer", metavar="NAME", help="Rows to clusters.")
@click.option("--vectorizer", metavar="NAME", help="Documents to words.")
@click.option("--weighting", metavar="NAME", help="Word counts of topics to weights.")
@click.option("--representation", multiple=True, metavar="NAME", help="How topics read; repeat to refine the last.")
@click.option("--n-topics", type=int, metavar="K", help="Exactly so many topics; found from the documents otherwise.")
@click.option("--min-topic-size", type=int, metavar="N", help="Fewest documents of a topic.")
@click.option("--n-words", type=int, metavar="N", help="Words of a topic.")
@click.option("--language", metavar="L", help="Whose stop words are left out; found by itself otherwise.")
@click.option("--stop-words", metavar="WORDS", help="Words joined by commas, or a language, instead of --language.")
@click.option("--ngram-range", type=int, nargs=2, metavar="MIN MAX", help="Fewest and most words of a term.")
@click.option("--seed", "random_state", type=int, metavar="N", help="Another seed may find other topics.")
@click.option(
    "--cache", metavar="FILE", help="Keep embeddings in FILE: each text is embedded once, also after a crash."
)
@click.option("--dry-run", is_flag=True, help="Say how many requests and tokens embedding would take, and stop.")
@click.option("--include", multiple=True, type=click.Choice(KEPT), help="What else to save with the model; repeatable.")
@click.option("-q", "--quiet", is_flag=True, help="Print the topics and nothing else.")
def fit(
    file: str,
    output: str,
    column: str | None,
    encoding: str,
    include: Sequence[Extra],
    quiet: bool,
    dry_run: bool,
    **given: Any,
) -> None:
    """Find the topics of the documents in FILE, print them, and save the model.

    FILE is a .txt file (a document a line), .csv, .tsv, .jsonl or .parquet; text also with .gz; or - for lines on
    standard input.
    """
    from .table import print_topics, summary

    _rehearse(Path(output))
    model = _model(given, None if quiet else "progress")
    texts = documents_in(file, column, encoding)
    if dry_run:
        from ..api import dry_run as plan

        click.echo(plan(model.embedder, texts, cache=model.cache))
        return
    start = time.perf_counter()
    model.fit(texts)
    seconds = time.perf_counter() - start
    try:
        print_topics(model)
    finally:  # also where nobody reads the table to its end
        model.set_params(observers=None).save(output, include=include)
    if not quiet:
        click.echo(f"{summary(model)}, {seconds:.1f} s. Saved to {output}", err=True)
        click.echo(f"Next: topicore topics {output}", err=True)
        click.echo(f"      topicore transform {output} FILE -o topics.jsonl", err=True)


def documents_in(file: str, column: str | None, encoding: str) -> list[str]:
    """The documents in *file*; a line on standard error says how many of them are empty."""
    from .reading import read

    documents = read(file, column=column, encoding=encoding)
    warning = documents.warning()
    if warning:
        click.secho(warning, fg="yellow", err=True)
    return documents.texts


def _model(given: dict[str, Any], observers: str | None) -> TopicModel:
    """The model that the options describe; what was not typed is left to the model or the preset."""
    from ..model import TopicModel

    name = given.pop("preset")
    parameters = {option: value for option, value in given.items() if value not in (None, ())}
    for kind in ("embedder", "representation"):
        if len(parameters.get(kind, ())) == 1:
            (parameters[kind],) = parameters[kind]
        elif kind in parameters:
            parameters[kind] = list(parameters[kind])
    if "," in parameters.get("stop_words", ""):
        parameters["stop_words"] = [word for word in map(str.strip, parameters["stop_words"].split(",")) if word]
    parameters["observers"] = observers
    return TopicModel.preset(name, **parameters) if name else TopicModel(**parameters)


class _Rehearsed(Exception):  # noqa: N818  # it reports no error
    """Ends a rehearsal."""


def _rehearse(output: Path) -> None:
    """Begin to save to *output* and give up: what would fail after hours of work fails now.

    Raises:
        ModelFileError: A model cannot be saved there.
    """
    from ..persistence.files import replacing

    parent = output.absolute().parent
    if not parent.is_dir():
        raise ModelFileError(f"cannot save to {output}: there is no folder {parent}; make it, or choose another -o")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise ModelFileError(f"cannot save to {output}: the folder {parent} cannot be written to; choose another -o")
    with suppress(_Rehearsed), replacing(output):
        raise _Rehearsed
