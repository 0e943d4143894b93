"""Words of texts in scripts without spaces, and of all others beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, Literal

import topicore
from topicore.components import JSON, Vectorizer
from topicore.errors import ParameterError
from topicore.specs import Range

from . import plugin
from .cutters import Cut, chinese, japanese, thai
from .scripts import LANGUAGES, folded, runs

__all__ = ["Segment"]

_CODES = {**{code: code for code in LANGUAGES}, **{name.lower(): code for code, name in LANGUAGES.items()}}


class Segment(Vectorizer):
    """Chinese, Japanese and Thai are cut by a dictionary, all other text as the vectorizer ``count`` cuts it.

    Dictionaries are loaded when the first text in their language comes, once a process.

    Args:
        language: Which languages are cut: ``"zh"``, ``"ja"``, ``"th"``, several joined by ``+``, or ``"auto"`` for all
            three. Chinese characters are Japanese in a text with kana and Chinese in one without, unless only one of
            the two is named.
        min_length: Fewest characters of a word in these languages. The commonest function words of one character
            (的, の) are given even so: a model knows the language by them, and leaves them out as stop words.
        mode: How Japanese compounds are cut: ``"C"`` keeps them whole, ``"A"`` cuts them into short words, ``"B"`` is
            between them.
        form: How a Japanese word is written: as it is looked up, as it stands in the text, or in its usual spelling.
        function_words: Whether all Japanese particles, auxiliaries, serving verbs, pronouns and affixes are words.
    """

    spec = plugin.SEGMENT

    def __init__(
        self,
        language: str = "auto",
        min_length: Annotated[int, Range(1)] = 2,
        mode: Literal["A", "B", "C"] = "C",
        form: Literal["dictionary", "surface", "normalized"] = "dictionary",
        function_words: bool = False,
    ) -> None:
        self.language = language
        self.min_length = min_length
        self.mode = mode
        self.form = form
        self.function_words = function_words

    def tokenize(self, texts: Iterable[str], /) -> Iterator[list[str]]:
        """The words of each text, lower-cased and composed (NFC); numbers alone are left out.

        Raises:
            MissingPluginError: A text is in a language whose segmenter is not installed.
            ParameterError: ``language`` names one that is not cut here.
        """
        return self._cut(texts, self._languages())

    def cuts_by(self) -> JSON:
        """All parameters, the languages as they are understood."""
        return {**self.config(), "language": sorted(self._languages())}

    def _languages(self) -> frozenset[str]:
        names = [name.strip() for name in self.language.lower().split("+")]
        if names == ["auto"]:
            return frozenset(LANGUAGES)
        unknown = [name for name in names if name not in _CODES]
        if unknown:
            raise ParameterError(
                f"vectorizer 'segment' cuts no {unknown[0]!r}; language is one of {', '.join(map(repr, LANGUAGES))}, "
                "several joined by '+', or 'auto' for all three"
            )
        return frozenset(_CODES[name] for name in names)

    def _cut(self, texts: Iterable[str], languages: frozenset[str]) -> Iterator[list[str]]:
        cutters = _Cutters(self._makers())
        for text in texts:
            stretches = runs(folded(text), languages)
            yield [word for language, run in stretches for word in cutters[language](run) if not word.isnumeric()]

    def _makers(self) -> Mapping[str, Callable[[], Cut]]:
        return {
            "": _plain,
            "zh": lambda: chinese(self.min_length),
            "ja": lambda: japanese(self.min_length, self.mode, self.form, self.function_words),
            "th": lambda: thai(self.min_length),
        }


class _Cutters(dict[str, Cut]):
    """The segmenters of one reading, which one thread has to itself, each made when it is first asked for."""

    def __init__(self, makers: Mapping[str, Callable[[], Cut]]) -> None:
        super().__init__()
        self._makers = makers

    def __missing__(self, language: str) -> Cut:
        self[language] = self._makers[language]()
        return self[language]


def _plain() -> Cut:
    """The words of the core's own vectorizer."""
    tokenize = topicore.vectorizer("count").tokenize
    return lambda text: next(tokenize((text,)))
