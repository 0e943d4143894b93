"""What topics are called."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..errors import InputError
from ..state import MAIN, FittedState

__all__ = ["generate_topic_labels", "set_topic_labels"]


def set_topic_labels(state: FittedState, labels: Any) -> FittedState:
    """The state in which topics are called *labels*.

    Args:
        state: The state.
        labels: One text a topic in order of topic (-1 first where there are outliers), or texts by topic id: the other
            topics keep theirs, and None takes a label away.

    Raises:
        InputError: Another number of labels than topics, an unknown topic, or a label that is no text.
    """
    topics = state.index.topics
    if isinstance(labels, Mapping):
        found = {topics[state.index.row(topic)]: label for topic, label in labels.items()}
        told: dict[int, Any] = {**state.custom, **found}
    else:
        if isinstance(labels, (str, bytes)) or not isinstance(labels, Iterable):
            raise InputError(f"topic_labels must be a list of texts or a dict by topic, got {labels!r:.80}")
        texts = list(labels)
        if len(texts) != len(topics):
            raise InputError(f"topic_labels has {len(texts)} labels for {len(topics)} topics ({_range(topics)})")
        told = dict(zip(topics, texts, strict=True))
    for topic, label in told.items():
        if label is not None and (not isinstance(label, str) or not label.strip()):
            raise InputError(f"topic_labels has {label!r} for topic {topic}; a label is a text with words")
    return replace(state, custom={topic: told[topic] for topic in topics if told.get(topic) is not None})


def _range(topics: list[int]) -> str:
    return f"{topics[0]} to {topics[-1]}"


def generate_topic_labels(
    state: FittedState,
    *,
    n_words: int = 3,
    topic_prefix: bool = True,
    word_length: int | None = None,
    separator: str = "_",
    aspect: str | None = None,
) -> list[str]:
    """A label a topic in order of topic, from its best words, or from what a model called it.

    Args:
        state: The state.
        n_words: How many words.
        topic_prefix: Whether the topic id comes first.
        word_length: Most characters of a word; None for all.
        separator: What stands between the parts.
        aspect: Whose words; None for the main ones.

    Raises:
        InputError: There is no such aspect, or a number is too small.
    """
    for name, value in (("n_words", n_words), ("word_length", word_length)):
        if value is not None:
            try:
                small = operator.index(value) < 1 or isinstance(value, bool)
            except TypeError:
                small = True
            if small:
                raise InputError(f"{name} must be a whole number of at least 1, got {value!r}")
    if not isinstance(separator, str):
        raise InputError(f"separator must be a text, got {separator!r}")
    name = MAIN if aspect is None else aspect
    if name not in state.descriptions:
        raise InputError(f"there is no aspect {aspect!r}; aspects are {', '.join(state.descriptions)}")
    labels = []
    for topic in state.index.topics:
        described = state.descriptions[name][topic]
        said = [described.label] if described.label else [term for term, _ in (described.terms or ())[:n_words]]
        words = [word[:word_length] for word in said]
        labels.append(separator.join([str(topic), *words] if topic_prefix else words))
    return labels
