"""``topicore topics``: what a saved model found."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from ..errors import InputError

if TYPE_CHECKING:
    from ..model import TopicModel

__all__ = ["topics"]


@click.command(short_help="Print the topics of a saved model.")
@click.argument("model")
@click.option("--topic", type=int, metavar="ID", help="This topic only, with the weights of its words.")
@click.option("--words", type=click.IntRange(1), metavar="N", help="At most so many words.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: a list, or one object with --topic.")
def topics(model: str, topic: int | None, words: int | None, as_json: bool) -> None:
    """Print the topics of the saved MODEL: id, number of documents, words."""
    from ..model import load
    from .table import print_topics

    loaded = load(model)
    if as_json:
        asked = list(loaded.topic_sizes_) if topic is None else [topic]
        records = [_record(loaded, each, words) for each in asked]
        click.echo(json.dumps(records if topic is None else records[0], indent=2))
    elif topic is None:
        print_topics(loaded, words)
    else:
        _print_topic(_record(loaded, topic, words))


def _record(model: TopicModel, topic: int, n_words: int | None) -> dict[str, Any]:
    """Everything the model says of *topic*."""
    terms = model.get_topic(topic)[:n_words]
    record: dict[str, Any] = {
        "topic": topic,
        "count": model.get_topic_freq(topic),
        "label": model.topic_labels_[topic],
        "words": [term for term, _ in terms],
        "weights": [float(weight) for _, weight in terms],
    }
    aspects = {name: said[topic] for name, said in model.topic_aspects_.items()}
    if aspects:
        record["aspects"] = {name: _plain(said) for name, said in aspects.items()}
    with suppress(InputError):  # the model was saved without its documents
        record["documents"] = model.get_representative_docs(topic)
    return record


def _plain(said: Any) -> Any:
    """A text as it is; of terms, the words."""
    return said if isinstance(said, str) else [term for term, _ in said]


def _print_topic(record: dict[str, Any]) -> None:
    from .table import say

    count = record["count"]
    click.secho(f"{record['label']}  ({count:,} document{'s' if count != 1 else ''})", bold=True)
    wide = max(map(len, record["words"]), default=0)
    for word, weight in zip(record["words"], record["weights"], strict=True):
        say(f"  {word:<{wide}}  {weight:.3f}")
    for name, said in record.get("aspects", {}).items():
        say(f"{name}: {said if isinstance(said, str) else ' '.join(said)}")
    for text in record.get("documents", []):
        say(f"- {' '.join(text.split())}")
