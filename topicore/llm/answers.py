"""From what a language model wrote to a description of a topic."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from unicodedata import category

from ..components import Description
from .prompts import WANTED, Part

__all__ = ["UnusableError", "described"]

LONGEST_LABEL = 120
LONGEST_SUMMARY = 4000
MOST_KEYWORDS = 50
MOST_STARTS = 500
"""Places in an answer at which a JSON object may begin."""

_THOUGHTS = r"<{0}(?:think|thinking|thought|reasoning|analysis)>|\[{0}THINK\]"
_BEGINS = re.compile(_THOUGHTS.format(""), re.IGNORECASE)
_ENDS = re.compile(_THOUGHTS.format("/") + r"|<\|channel\|>final<\|message\|>", re.IGNORECASE)
_MARKS = re.compile(r"<\|\w+\|>|^[ \t]*```\w*[ \t]*$", re.MULTILINE)
_NAMED = re.compile(r"^[*_\s]*(?:topic|label|name|title|summary|keywords)(?: label| name)?\s*:[*_\s]*", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-*\u2022]|\d+[.)])\s+")
_COMMA = re.compile("[,;\u060c\u3001\uff0c\uff1b\n]")
_AROUND = ('""', "''", "``", "**", "\u201c\u201d", "\u2018\u2019", "\u201e\u201c", "\u00ab\u00bb")
_JOINERS = "\u200c\u200d"
"""Signs without a width that letters of Persian and Hindi, and emoji, are written with."""


class UnusableError(ValueError):
    """An answer is not what was asked for; the text says why, to the user and to the model."""


def described(text: str, parts: Sequence[Part], structured: bool) -> Description:
    """The description in *text*.

    Raises:
        UnusableError: It is not there, or not whole.
    """
    text = _MARKS.sub("", _spoken(text)).strip()
    if not structured:
        return _description({parts[0]: _plain(text, parts[0])}, parts)
    problem = UnusableError(f"the answer holds no JSON object with {', '.join(map(repr, parts))}")
    for found in reversed(list(_objects(text))):
        for values in _nested(found, parts):
            try:
                return _description(values, parts)
            except UnusableError as error:
                problem = error
    raise problem


def _spoken(text: str) -> str:
    """*text* after what the model thought, of which the beginning may have been in its prompt."""
    *before, last = (part.strip() for part in _ENDS.split(text))
    if last:
        return "" if _BEGINS.match(last) else last
    return next((said for part in reversed(before) if (said := _BEGINS.split(part)[0])), "")


def _description(values: Mapping[str, Any], parts: Sequence[Part]) -> Description:
    lacking = [part for part in parts if part not in values]
    if lacking:
        raise UnusableError(f"the answer lacks {', '.join(map(repr, lacking))}")
    return Description(
        terms=_terms(values["keywords"]) if "keywords" in parts else None,
        label=_line(values["label"], "label", LONGEST_LABEL) if "label" in parts else None,
        summary=_line(values["summary"], "summary", LONGEST_SUMMARY) if "summary" in parts else None,
    )


def _nested(found: Mapping[str, Any], parts: Sequence[Part], depth: int = 3) -> Iterator[Mapping[str, Any]]:
    """*found* and the objects in it, as far as they have one of *parts*, under names in small letters."""
    lowered = {str(name).lower(): value for name, value in found.items()}
    if any(part in lowered for part in parts):
        yield lowered
    for value in found.values():
        if isinstance(value, dict) and depth:
            yield from _nested(value, parts, depth - 1)


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
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if part == "keywords":
        if len(lines) > 1 and lines[0].endswith((":", "\uff1a")):
            lines = lines[1:]
        return (
            [_BULLET.sub("", line) for line in lines] if len(lines) > 1 else _NAMED.sub("", "".join(lines)).strip("[]")
        )
    if part == "label" and len(lines) > 1:
        raise UnusableError(f"the answer has {len(lines)} lines, and the label is to be one")
    return _NAMED.sub("", " ".join(lines))


def _line(value: Any, part: Part, longest: int) -> str:
    if not isinstance(value, str):
        raise UnusableError(f"the {part} is no text")
    line = _readable(value)
    if line == WANTED[part]:
        raise UnusableError(f"the {part} is what was asked for, word for word")
    if len(line) > longest:
        raise UnusableError(f"the {part} has {len(line)} characters, of which at most {longest} are wanted")
    if part == "label":
        line = _bare(_bare(line).removesuffix(".") if _ends_sentence(line) else line)
    if not any(map(str.isalnum, line)):
        raise UnusableError(f"the {part} is empty")
    return line


def _terms(value: Any) -> tuple[tuple[str, float], ...]:
    words = _COMMA.split(value) if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise UnusableError("the keywords are no list of texts")
    cleaned = (_bare(word) for word in map(_readable, words) if len(word) <= LONGEST_LABEL)
    found = list(dict.fromkeys(word for word in cleaned if any(map(str.isalnum, word))))[:MOST_KEYWORDS]
    if not found:
        raise UnusableError("there are no keywords")
    return tuple((word, 1.0) for word in found)


def _readable(text: str) -> str:
    """*text* in one line, without signs that nobody sees or that turn the direction of writing."""
    return " ".join("".join(map(_shown, text)).split())


def _shown(sign: str) -> str:
    if sign.isprintable() or sign in _JOINERS:
        return sign
    return "" if category(sign) == "Cf" else " "


def _bare(line: str) -> str:
    """*line* without the quotes or asterisks that are around all of it."""
    while any(_wrapped(line, around) for around in _AROUND):
        line = line[1:-1].strip()
    return line


def _wrapped(line: str, around: str) -> bool:
    """Whether the first sign of *line* opens what the last one closes."""
    opening, closing = around[0], around[1]
    if len(line) < 2 or line[0] != opening or line[-1] != closing:
        return False
    inside = line[1:-1].strip("*") if opening == "*" else line[1:-1]
    return opening not in inside and closing not in inside


def _ends_sentence(line: str) -> bool:
    """Whether the full stop at the end is no part of an abbreviation, such as U.S."""
    last = line.split(" ")[-1].rstrip("".join(_AROUND))
    return last.endswith(".") and "." not in last[:-1]
