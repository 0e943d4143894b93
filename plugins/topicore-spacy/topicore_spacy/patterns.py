"""Patterns of parts of speech: those that name things, and the check of one's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from topicore.errors import ParameterError

Pattern: TypeAlias = Sequence[Mapping[str, Any]]

DEFAULT: Sequence[Pattern] = (
    [{"POS": {"IN": ["ADJ", "NOUN", "PROPN"]}, "OP": "*"}, {"POS": {"IN": ["NOUN", "PROPN"]}}],
    [{"POS": "ADJ"}],
)
"""Nouns and names, alone or after adjectives and other nouns (Justeson & Katz 1995), and single adjectives."""

PARTS = frozenset("ADJ ADP ADV AUX CCONJ CONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SPACE SYM VERB X".split())
"""The parts of speech of Universal Dependencies, and two of spaCy's own."""

SPELLING = frozenset(
    "ORTH TEXT NORM LOWER SHAPE PREFIX SUFFIX LENGTH SPACY IS_ALPHA IS_ASCII IS_BRACKET IS_CURRENCY IS_DIGIT "
    "IS_LEFT_PUNCT IS_LOWER IS_PUNCT IS_QUOTE IS_RIGHT_PUNCT IS_SPACE IS_STOP IS_TITLE IS_UPPER LIKE_EMAIL LIKE_NUM "
    "LIKE_URL".split()
)
"""What a pattern may ask of a word's letters."""

TAGS = frozenset(("POS", "TAG", "MORPH"))
"""What it may ask of a tagger."""

FURTHER = frozenset("DEP LEMMA IS_SENT_START SENT_START ENT_TYPE ENT_IOB ENT_ID ENT_KB_ID _".split())
"""What it may ask of the rest of a pipeline."""

_KEYS = SPELLING | TAGS | FURTHER | {"OP"}


def asked(patterns: Iterable[Pattern]) -> frozenset[str]:
    """The attributes of words that *patterns* look at."""
    return frozenset(key.upper() for pattern in patterns for token in pattern for key in token) - {"OP"}


def check(patterns: Any) -> None:
    """Refuse what cannot be patterns, as far as it shows without spaCy.

    Raises:
        ParameterError: They are no lists of lists of mappings, ask for something that words do not have, or name a
            part of speech that does not exist, which would match nothing in silence.
    """
    if not (_filled(patterns) and all(_filled(pattern) and all(map(_is_token, pattern)) for pattern in patterns)):
        raise refusal(f"are lists of patterns, each a list with a mapping a word; got {patterns!r:.80}")
    unknown = sorted(asked(patterns) - _KEYS)
    if unknown:
        raise refusal(f"cannot ask for {', '.join(map(repr, unknown))}; they can for {', '.join(sorted(_KEYS))}")
    strange = [part for part in _parts(patterns) if part not in PARTS]
    if strange:
        raise refusal(f"hold {strange[0]!r}, which is no part of speech; there are {', '.join(sorted(PARTS))}")


def refusal(reason: str) -> ParameterError:
    """The error for patterns of which *reason* is told, with an example of some that are right."""
    return ParameterError(
        f"representation 'spacy.pos': patterns {reason}. "
        "An example: [[{'POS': 'ADJ'}, {'POS': 'NOUN'}], [{'POS': {'IN': ['NOUN', 'PROPN']}}]]"
    )


def _filled(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and bool(value)


def _is_token(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(key, str) for key in value)


def _parts(patterns: Iterable[Pattern]) -> Iterator[Any]:
    """The parts of speech that *patterns* name, alone or in a list."""
    for token in (token for pattern in patterns for token in pattern):
        for value in (value for key, value in token.items() if key.upper() == "POS"):
            if isinstance(value, str):
                yield value
            elif isinstance(value, Mapping):
                for names in (names for name, names in value.items() if name in ("IN", "NOT_IN")):
                    yield from names if isinstance(names, (list, tuple)) else (names,)
