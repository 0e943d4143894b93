"""Where a text is Chinese, Japanese or Thai, told by its characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

__all__ = ["LANGUAGES", "folded", "runs"]

LANGUAGES = {"zh": "Chinese", "ja": "Japanese", "th": "Thai"}
"""The languages that have a dictionary here, by ISO code."""

_KANA = "\u3041-\u3096\u3099\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
_HAN = "\u3005-\u3007\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_THAI = "\u0e01-\u0e3a\u0e40-\u0e4e"
"""Letters, vowels and tones; digits are cut as those of other scripts."""

_SHARE = 20
"""Japanese has more than one kana in so many characters, and less than one Chinese character in so many that its
standards do not have; Chinese has kana now and then, in a name."""

_any = re.compile(f"[{_KANA}{_HAN}{_THAI}]").search
_kana = re.compile(f"[{_KANA}]+").findall
_han = re.compile(f"[{_HAN}]+").findall
_widths = re.compile("[\uff01-\uffdc]+").sub


def folded(text: str) -> str:
    """*text* lower-cased and composed (NFC), full-width letters and half-width kana in their usual width."""
    text = text.lower()
    return text if text.isascii() else unicodedata.normalize("NFC", _widths(_usual, text))


def _usual(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", match[0])  # of these alone: it would take the vowels of Thai apart


def runs(text: str, languages: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The stretches of a folded *text* in order, each with its language of *languages*, or ``""`` for any other.

    Chinese characters are Japanese in a text with kana, if Japanese has all of them, and Chinese in any other; where
    *languages* hold only one of the two, they are that.
    """
    if not _any(text):
        yield "", text
        return
    stretches = _pattern(languages).split(text)
    eastern = _eastern(text, languages) if len(stretches) > 1 else ""
    for place, stretch in enumerate(stretches):
        if place % 2:
            yield ("th" if "\u0e00" < stretch[0] < "\u0e80" else eastern), stretch
        elif len(stretch) > 1:
            yield "", stretch


@lru_cache(maxsize=8)
def _pattern(languages: frozenset[str]) -> re.Pattern[str]:
    """Stretches in the scripts of *languages*: Thai, or the others with the numbers before a character (3つの)."""
    patterns = []
    if languages & {"zh", "ja"}:
        letters = f"[{_HAN}{_KANA}]" if "ja" in languages else f"[{_HAN}]"
        patterns.append(rf"(?:(?<!\w)[0-9]+)?{letters}+(?:[0-9]+{letters}+)*")
    if "th" in languages:
        patterns.append(f"[{_THAI}]+")
    return re.compile(f"({'|'.join(patterns)})")


def _eastern(text: str, languages: frozenset[str]) -> str:
    """The language of the Chinese characters of *text*."""
    if not {"zh", "ja"} <= languages:
        return "ja" if "ja" in languages else "zh"
    kana = sum(map(len, _kana(text)))
    if not kana:
        return "zh"
    han = "".join(_han(text))
    known = len(han.encode("cp932", "ignore")) // 2 + sum(sign > "\uffff" for sign in han)  # rare ones are in names
    return "ja" if kana * _SHARE > kana + len(han) and (len(han) - known) * _SHARE <= len(han) else "zh"
