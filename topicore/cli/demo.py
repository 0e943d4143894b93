"""``topicore demo``: the whole job, with nothing to prepare and no network."""

from __future__ import annotations

import platform
import sysconfig
import time
from pathlib import Path

import click

__all__ = ["demo"]

NEXT = """\
Next, with documents of your own (.txt with a document a line, .csv, .jsonl, .parquet):
  topicore fit documents.txt -o model/
or in Python:
  from topicore import TopicModel
  model = TopicModel()
  topics, probabilities = model.fit_transform(documents)  # a list of texts
  print(model.get_topic_info())"""


@click.command(short_help="Topics of Python's own docstrings: no file, no network.")
def demo() -> None:
    """Find the topics of the docstrings in Python's standard library, and print them.

    They are read from the sources of this very Python; nothing is downloaded and nothing is imported.
    """
    from ..model import TopicModel
    from ..pipeline.notifying import notifier
    from .docstrings import docstrings, modules
    from .table import print_topics, summary

    start = time.perf_counter()
    files = modules(Path(sysconfig.get_path("stdlib")))
    with notifier("progress") as notify:
        texts = docstrings(files, notify)
    model = TopicModel(observers="progress").fit(texts)
    seconds = time.perf_counter() - start
    print_topics(model)
    source = f"the docstrings of {len(files):,} modules of Python {platform.python_version()}"
    click.echo(f"\n{summary(model)} in {seconds:.1f} s: {source}, grouped by TopicModel().\n")
    click.echo(NEXT)
