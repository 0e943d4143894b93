"""The segmenters, each as a function from a stretch of one language to its words."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from threading import Lock
from typing import Any, TypeAlias

from topicore.errors import ComponentError, MissingPluginError

from .scripts import LANGUAGES

__all__ = ["Cut", "chinese", "japanese", "thai"]

Cut: TypeAlias = Callable[[str], list[str]]

MODULES = {"zh": ("rjieba",), "ja": ("sudachipy", "sudachidict_core"), "th": ("pythainlp",)}
"""What each language needs, all of it in the extra of that name."""

LONGEST = 8000
"""Characters that Sudachi is given at once; it takes 49,149 bytes."""

CHINESE = frozenset("的了是在和有不这也就都而与被把对从以但或及等为于他她它我你")
JAPANESE = frozenset("のにはをがとでもへや")
"""Function words of one character that are given however long words are to be: all are on the lists of stop words, and
by them a model knows the language. Without them one long Chinese text in twenty-five has enough of its list."""

CONTENT = frozenset({"名詞", "動詞", "形容詞", "形状詞", "副詞"})
FAINT = frozenset({"数詞", "非自立可能"})
"""Parts of speech of words that carry meaning (nouns, verbs, adjectives of both kinds, adverbs), and which of them do
not: numerals, and verbs and adjectives that serve others (いる, おく, ない)."""

SIGNS = frozenset({"補助記号", "空白"})

_LOADING = Lock()


def chinese(least: int) -> Cut:
    """Words of jieba, of *least* characters or more, and function words of one."""
    _need("zh")
    with _LOADING:  # its dictionary is read on import
        from rjieba import cut

    def words(run: str) -> list[str]:
        return [word for word in cut(run) if len(word) >= least or word in CHINESE]

    return words


def japanese(least: int, mode: str, form: str, function_words: bool) -> Cut:
    """Words of Sudachi, of *least* characters or more, and particles of one; a function for one thread."""
    _need("ja")
    with _LOADING:
        dictionary = _sudachi()
    tokenizer = dictionary.tokenizer(mode=mode, projection=form)
    if function_words:
        wanted = dictionary.pos_matcher(lambda pos: pos[0] not in SIGNS)
    else:
        wanted = dictionary.pos_matcher(lambda pos: pos[0] in CONTENT and pos[1] not in FAINT)

    def words(run: str) -> list[str]:
        if len(run) > LONGEST:
            return [word for start in range(0, len(run), LONGEST) for word in words(run[start : start + LONGEST])]
        return [
            word
            for morpheme in tokenizer.tokenize(run)
            if (word := morpheme.surface()) in JAPANESE or (len(word) >= least and wanted(morpheme))
        ]

    return words


def thai(least: int) -> Cut:
    """Words of PyThaiNLP's newmm, of *least* characters or more, a consonant among them."""
    _need("th")
    with _LOADING:
        tokenize = _newmm()

    def words(run: str) -> list[str]:
        # sara am in two parts and sara ae as two sara e look right and are in no dictionary
        run = run.replace("\u0e4d\u0e32", "\u0e33").replace("\u0e40\u0e40", "\u0e41")
        return [word for word in tokenize(run, engine="newmm") if len(word) >= least and _consonant(word)]

    return words


_consonant = re.compile("[\u0e01-\u0e2e]").search


@lru_cache(maxsize=1)
def _sudachi() -> Any:
    """The core dictionary, which threads share."""
    from sudachipy import Dictionary

    return Dictionary(dict="core")


@lru_cache(maxsize=1)
def _newmm() -> Any:
    """PyThaiNLP's function, its dictionary loaded."""
    try:
        from pythainlp.tokenize import word_tokenize
    except OSError as error:  # it makes a folder for its data on import
        raise ComponentError(
            f"vectorizer 'segment': PyThaiNLP cannot make its folder of data: {error}. Set PYTHAINLP_DATA to a folder "
            "that can be written, or PYTHAINLP_READ_ONLY=1 for none"
        ) from error
    word_tokenize("\u0e01\u0e32", engine="newmm")
    return word_tokenize


def _need(code: str) -> None:
    missing = [module for module in MODULES[code] if find_spec(module) is None]
    if missing:
        others = "+".join(other for other in LANGUAGES if other != code)
        raise MissingPluginError(
            f"vectorizer 'segment' found {LANGUAGES[code]} text and needs {' and '.join(missing)}, not installed: "
            f'pip install "topicore-segment[{code}]"; or leave such text uncut: "segment:{others}"'
        )
