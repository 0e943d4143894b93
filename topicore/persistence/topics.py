"""What a fitted model knows of its topics and documents, as files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..components import JSON, Description
from ..state import FittedState, TopicIndex
from .arrays import read_tensors, write_tensors
from .files import Draft, Folder, damaged, entry

__all__ = ["read_topics", "write_topics"]

TOPICS, TENSORS, VOCABULARY = "topics.json", "topics.safetensors", "vocabulary.json"


def write_topics(draft: Draft, state: FittedState) -> dict[str, JSON]:
    """Write topics, arrays and vocabulary of *state*; returns which file is which."""
    topics = [_topic(state, topic, size) for topic, size in zip(state.index.topics, state.index.sizes, strict=True)]
    aspects = list(state.descriptions)
    arrays: dict[str, Any] = {
        "assignments": state.assignments,
        "strengths": state.strengths,
        "mapping": state.mapping,
        "topic_embeddings": state.topic_embeddings,
        "topic_counts": state.topic_counts,
        "weights": state.weights,
    }
    if state.memberships is not None:
        arrays["memberships"] = state.memberships
    return {
        "topics": draft.json(TOPICS, {"aspects": aspects, "mapping": state.mapping.tolist(), "topics": topics}),
        "tensors": write_tensors(draft, TENSORS, arrays),
        "vocabulary": draft.json(VOCABULARY, list(state.vocabulary)),
    }


def _topic(state: FittedState, topic: int, size: int) -> dict[str, JSON]:
    return {
        "id": topic,
        "size": int(size),
        "label": state.label(topic),
        "class": state.names.get(topic),
        "custom": state.custom.get(topic),
        "representative": [int(place) for place in state.representative.get(topic, ())],
        "descriptions": {aspect: _said(found[topic]) for aspect, found in state.descriptions.items() if topic in found},
    }


def _said(description: Description) -> dict[str, JSON]:
    """*description* without its images, which are never stored."""
    terms = description.terms
    return {
        "terms": None if terms is None else [[str(term), float(weight)] for term, weight in terms],
        "label": description.label,
        "summary": description.summary,
    }


def read_topics(folder: Folder, n: int, columns: int) -> dict[str, Any]:
    """The fields of a fitted state that ``write_topics`` wrote, for *n* documents.

    Raises:
        ModelFileError: The files do not fit together.
    """
    files = entry(folder.manifest, "model", dict, "topicore.json")
    vocabulary = folder.json(files.get("vocabulary"))
    if not isinstance(vocabulary, list) or not all(isinstance(term, str) for term in vocabulary):
        raise damaged(VOCABULARY, "is no list of terms")
    fields = _described(folder.json(files.get("topics")))
    index = fields["index"]
    tensors = read_tensors(folder, files.get("tensors"))
    assignments = tensors.take("assignments", "i", n).astype(np.int64, copy=False)
    mapping = tensors.take("mapping", "i", None).astype(np.int64, copy=False)
    for name, ids in (("assignments", assignments), ("mapping", mapping[mapping >= 0])):
        if not np.isin(ids, index.ids).all():
            raise damaged(tensors.file, f"holds {name!r} with topics that {TOPICS} does not have")
    real, t, v = len(index.real), len(index), len(vocabulary)
    soft = "memberships.shape" in tensors.arrays
    return fields | {
        "assignments": assignments,
        "strengths": tensors.take("strengths", "f", n),
        "memberships": tensors.sparse("memberships", "f", n, real) if soft else None,
        "mapping": mapping,
        "vocabulary": vocabulary,
        "topic_counts": tensors.sparse("topic_counts", "if", t, v),
        "weights": tensors.sparse("weights", "f", t, v),
        "topic_embeddings": tensors.take("topic_embeddings", "f", t, columns),
    }


def _described(written: Any) -> dict[str, Any]:
    """Index, class names, representative documents and descriptions."""
    try:
        topics, aspects = written["topics"], [str(aspect) for aspect in written["aspects"]]
        ids = np.array([entry(topic, "id", int, TOPICS) for topic in topics], dtype=np.int64)
        sizes = np.array([entry(topic, "size", int, TOPICS) for topic in topics], dtype=np.int64)
        if len(ids) == 0 or ids[0] < -1 or (np.diff(ids) <= 0).any() or (sizes < 0).any():
            raise ValueError("topics must be in order of their ids")
        return {
            "index": TopicIndex(ids, sizes),
            "names": {topic["id"]: str(topic["class"]) for topic in topics if topic["class"] is not None},
            "custom": {topic["id"]: str(topic["custom"]) for topic in topics if topic.get("custom") is not None},
            "representative": {topic["id"]: tuple(map(int, topic["representative"])) for topic in topics},
            "descriptions": {
                aspect: {
                    topic["id"]: _description(topic["descriptions"][aspect])
                    for topic in topics
                    if aspect in topic["descriptions"]
                }
                for aspect in aspects
            },
        }
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise damaged(TOPICS, f"is not as topicore writes it ({type(error).__name__}: {error})") from error


def _description(said: Mapping[str, Any]) -> Description:
    terms, label, summary = said["terms"], said["label"], said["summary"]
    if not all(text is None or isinstance(text, str) for text in (label, summary)):
        raise TypeError("a label or summary is no text")
    pairs = None if terms is None else tuple((str(term), float(weight)) for term, weight in terms)
    return Description(terms=pairs, label=label, summary=summary)
