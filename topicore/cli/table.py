"""Topics as lines of text: as wide as the terminal, or whole where nobody looks."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ..model import TopicModel

__all__ = ["print_topics", "say", "summary", "tabulated"]

HEADER = ("Topic", "Count", "Words")
GAP = "  "


def print_topics(model: TopicModel, n_words: int | None = None) -> None:
    """Print a line a topic: its id, how many documents it has, its label where it was given one, its words."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    labels, sizes = model.topic_labels_, model.topic_sizes_
    rows = []
    for topic, terms in model.topic_representations_.items():
        words = [term for term, _ in terms]
        given = [] if labels[topic] == "_".join([str(topic), *words[:4]]) else [f"{' '.join(labels[topic].split())}:"]
        rows.append((str(topic), f"{sizes[topic]:,}", [*given, *words[:n_words]]))
    head, *lines = tabulated(rows, width)
    click.secho(head, bold=True)
    for line in lines:
        say(line)


def say(line: str) -> None:
    """Print *line*; what the output cannot encode becomes a question mark."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    click.echo(line.encode(encoding, "replace").decode(encoding))


def tabulated(rows: Iterable[tuple[str, str, Sequence[str]]], width: int | None) -> list[str]:
    """The header and *rows* (topic, count, words) as aligned lines.

    Args:
        rows: What to show.
        width: Columns of the terminal, or None for no limit. Words at the end that do not fit are left out; one stays.
    """
    from rich.cells import cell_len

    table = list(rows)
    wide = [max(len(text) for text in (HEADER[column], *(str(row[column]) for row in table))) for column in (0, 1)]
    lines = [f"{HEADER[0]:>{wide[0]}}{GAP}{HEADER[1]:>{wide[1]}}{GAP}{HEADER[2]}"]
    for topic, count, words in table:
        line = f"{topic:>{wide[0]}}{GAP}{count:>{wide[1]}}{GAP}" + "".join(words[:1])
        used = cell_len(line)
        for word in words[1:]:
            used += 1 + cell_len(word)
            if width is not None and used > width:
                break
            line += f" {word}"
        lines.append(line.rstrip())
    return lines


def summary(model: TopicModel) -> str:
    """Documents, topics and the share of outliers."""
    sizes = model.topic_sizes_
    outliers = sizes.get(-1, 0)
    found = len(sizes) - (-1 in sizes)
    share = f", {outliers / sizes.total():.1%} outliers" if outliers else ""
    return f"{sizes.total():,} documents, {found} topic{'s' if found != 1 else ''}{share}"
