"""From what a language model wrote to a description of a topic."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..components import Description
from .prompts import Part

__all__ = ["UnusableError", "described"]

LONGEST_LABEL = 120
LONGEST_SUMMARY = 4000
MOST_KEYWORDS = 50
MOST_STARTS = 50
"""Places in an answer at which a JSON object may begin."""

_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_NAMED = re.compile(r"^[*_\s]*(?:topic|label|name|title|summary|keywords)(?: label| name)?\s*:[*_\s]*", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-*\u2022]|\d+[.)])\s+")
_QUOTES = " \t\"'`*_\u201c\u201d\u2018\u2019\u00ab\u00bb"


class UnusableError(ValueError):
    """An answer is not what was asked for; the text says why, to the user and to the model."""


def described(text: str, parts: Sequence[Part], structured: bool) -> Description:
    """The description in *text*.

    Raises:
        UnusableError: It is not there, or not whole.
    """
    text = _THOUGHT.sub("", text).strip()
    values: Mapping[str, Any] = _object(text, parts) if structured else {parts[0]: _plain(text, parts[0])}
    lacking = [part for part in parts if part not in values]
    if lacking:
        raise UnusableError(f"the answer lacks {', '.join(map(repr, lacking))}")
    return Description(
        terms=_terms(values["keywords"]) if "keywords" in parts else None,
        label=_line(values["label"], "label", LONGEST_LABEL) if "label" in parts else None,
        summary=_line(values["summary"], "summary", LONGEST_SUMMARY) if "summary" in parts else None,
    )


def _object(text: str, parts: Sequence[Part]) -> Mapping[str, Any]:
    """The first JSON object in *text* that has one of *parts*; what is written around it does not matter."""
    for found in _objects(text):
        lowered = {str(name).lower(): value for name, value in found.items()}
        if any(part in lowered for part in parts):
            return lowered
    raise UnusableError(f"the answer holds no JSON object with {', '.join(map(repr, parts))}")


def _objects(text: str) -> Iterator[Mapping[str, Any]]:
    decoder = json.JSONDecoder(strict=False)
    start = text.find("{")
    for _ in range(MOST_STARTS):
        if start < 0:
            return
        end = start + 1
        try:
            found, end = decoder.raw_decode(text, start)
            yield found
        except (ValueError, RecursionError):
            pass
        start = text.find("{", end)


def _plain(text: str, part: Part) -> Any:
    """An answer that was to be nothing but *part*."""
    if part == "keywords":
        lines = [_BULLET.sub("", line) for line in text.splitlines() if line.strip()]
        return lines if len(lines) > 1 else _NAMED.sub("", text).split(",")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if part == "label" and len(lines) > 1:
        raise UnusableError(f"the answer has {len(lines)} lines, and the label is to be one")
    return _NAMED.sub("", " ".join(lines))


def _line(value: Any, part: Part, longest: int) -> str:
    if not isinstance(value, str):
        raise UnusableError(f"the {part} is no text")
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in value).split())
    if part == "label":
        line = line.strip(_QUOTES).rstrip(".").rstrip(_QUOTES)
    if not any(map(str.isalnum, line)):
        raise UnusableError(f"the {part} is empty")
    if len(line) > longest:
        raise UnusableError(f"the {part} has {len(line)} characters, of which at most {longest} are wanted")
    return line


def _terms(value: Any) -> tuple[tuple[str, float], ...]:
    words = value.split(",") if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise UnusableError("the keywords are no list of texts")
    cleaned = (" ".join(word.split()).strip(_QUOTES) for word in words)
    found = list(dict.fromkeys(word for word in cleaned if any(map(str.isalnum, word))))[:MOST_KEYWORDS]
    if not found:
        raise UnusableError("there are no keywords")
    return tuple((word, 1.0) for word in found)
