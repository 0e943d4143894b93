"""What a word is, and which words say nothing."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from functools import lru_cache

from ..errors import ParameterError
from .english import ENGLISH
from .function_words import FURTHER, TRADITIONAL

__all__ = ["AUTO", "LANGUAGES", "automatic", "language_codes", "stop_words_of", "word_pattern", "words"]

AUTO = "auto"
"""The language that stands for those of the corpus."""

_ASCII_WORD = re.compile(r"[a-z0-9]\w*[a-z0-9]", re.ASCII)


@lru_cache(maxsize=1)
def word_pattern() -> re.Pattern[str]:
    """Two or more letters, digits and marks; underscores only inside.

    ``\\w`` of :mod:`re` leaves out combining marks (vowel signs of Hindi or Bengali, Arabic vowels,
    decomposed accents), which cuts such words apart. Here they continue a word, as do the joiners
    U+200C and U+200D.
    """
    marks = [
        chr(code) for code in range(0x300, min(sys.maxunicode, 0x1FFFF)) if unicodedata.category(chr(code))[0] == "M"
    ]
    joined = _ranges([ord(mark) for mark in marks] + [0x200C, 0x200D])
    return re.compile(rf"[^\W_][\w{joined}]*(?:[^\W_]|[{joined}])")


def _ranges(codes: Sequence[int]) -> str:
    """A regular expression class body of *codes*, runs written as ranges."""
    runs: list[list[int]] = []
    for code in sorted(codes):
        if runs and code == runs[-1][1] + 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" if first < last else chr(first) for first, last in runs)


def words(texts: Iterable[str]) -> Iterator[list[str]]:
    """The lower-cased words of each text, composed (NFC), lazily."""
    everywhere = word_pattern().findall
    ascii_only = _ASCII_WORD.findall  # the same words where all letters are ASCII, twice as fast
    for text in texts:
        lower = text.lower()
        yield ascii_only(lower) if lower.isascii() else everywhere(unicodedata.normalize("NFC", lower))


def automatic(language: str | None) -> bool:
    """Whether *language* stands for the languages of the corpus."""
    return language is not None and language.lower() == AUTO


def stop_words_of(
    language: str | None,
    stop_words: str | Sequence[str] | None = None,
    found: frozenset[str] = frozenset(),
) -> frozenset[str]:
    """The stop words that *stop_words* (a language, a list, or None for those of *language*) stands for.

    Languages are English names or ISO 639-1 codes, several joined by ``+``; ``None`` and ``"multilingual"`` have no
    list, and ``"auto"`` has those *found* in the corpus.

    Raises:
        ParameterError: The language is unknown.
    """
    if stop_words is None:
        return found if automatic(language) else _language_words(language)
    if isinstance(stop_words, str):
        return _language_words(stop_words)
    return frozenset(unicodedata.normalize("NFC", word.lower()) for word in stop_words)


def language_codes(language: str | None) -> tuple[str, ...]:
    """The ISO codes of the languages in *language*; none for ``None`` and ``"multilingual"``.

    Raises:
        ParameterError: A language is unknown.
    """
    names = [name.strip() for name in (language or "multilingual").lower().split("+")]
    return tuple(dict.fromkeys(_code(name, language) for name in names if name != "multilingual"))


def _code(name: str, language: str | None) -> str:
    """The ISO code of one language in *language*."""
    code = _CODES.get(name, name)
    if code in _CODES.values():
        return code
    near = get_close_matches(name, [*_CODES, "multilingual"], n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ParameterError(
        f"no stop words for the language {language!r}.{hint} Use an English name or ISO code, several as in "
        "'german+french', 'multilingual' for none, or give stop_words as a list"
    )


@lru_cache(maxsize=8)
def _language_words(language: str | None) -> frozenset[str]:
    return frozenset[str]().union(*map(_listed, language_codes(language)))


_SARA_AM = ("\u0e4d\u0e32", "\u0e33")
"""A Thai vowel in two signs, as lists write it, and in the one that texts have; NFC does not join them."""


def _listed(code: str) -> frozenset[str]:
    if code == "en":
        return ENGLISH
    from stopwordsiso import stopwords

    listed = frozenset(unicodedata.normalize("NFC", word.lower()).replace(*_SARA_AM) for word in stopwords(code))
    listed |= FURTHER.get(code, frozenset())
    return listed | {word.translate(TRADITIONAL) for word in listed} if code == "zh" else listed


_CODES = dict(
    pair.split(":")
    for pair in (
        "afrikaans:af arabic:ar armenian:hy basque:eu bengali:bn breton:br bulgarian:bg catalan:ca chinese:zh "
        "croatian:hr czech:cs danish:da dutch:nl english:en esperanto:eo estonian:et finnish:fi french:fr "
        "galician:gl german:de greek:el gujarati:gu hausa:ha hebrew:he hindi:hi hungarian:hu indonesian:id "
        "irish:ga italian:it japanese:ja korean:ko kurdish:ku latin:la latvian:lv lithuanian:lt malay:ms "
        "marathi:mr norwegian:no persian:fa polish:pl portuguese:pt romanian:ro russian:ru sesotho:st "
        "slovak:sk slovenian:sl somali:so spanish:es swahili:sw swedish:sv tagalog:tl thai:th turkish:tr "
        "ukrainian:uk urdu:ur vietnamese:vi yoruba:yo zulu:zu"
    ).split()
)
LANGUAGES = tuple(_CODES)
"""The English names of the languages that have a list, in alphabetical order."""
