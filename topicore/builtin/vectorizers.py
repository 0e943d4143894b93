"""Vectorizers that give tokens: our own words, or those of a scikit-learn CountVectorizer."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from ..components import JSON, Vectorizer
from ..errors import ParameterError
from ..specs import Range
from ..tokens import Rules
from . import plugin
from .words import stop_words_of, word_pattern, words

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["Count", "SklearnCount"]


class Count(Vectorizer):
    """Words of any script, counted within limits; configured like scikit-learn's CountVectorizer.

    Args:
        language: Whose stop words are left out: an English name, an ISO code, several joined by ``+``, or None;
            ``"auto"`` for those that the model found in its documents.
        stop_words: A language or a list of words; None takes those of *language*.
        ngram_range: Fewest and most words of a term.
        min_df: Fewest documents of a term, as a number or a share; None is 5 in corpora of more than
            2,000 documents and 2 in smaller ones.
        max_df: Most documents of a term, as a number or a share.
        max_features: Keep only this many terms, the most frequent.
        token_pattern: A regular expression for words instead of our own.
        lowercase: Whether words are lower-cased.
        numbers: Whether numbers alone are terms.
        vocabulary: Exactly these terms.
        binary: Count a term once a document.
        decay: The share of all counts that each batch of ``partial_fit`` forgets.
        delete_min_df: Terms of a smaller total are forgotten after each batch of ``partial_fit``.

    Limits relax where they would leave no term.
    """

    spec = plugin.COUNT

    def __init__(
        self,
        language: str | None = "auto",
        stop_words: str | Sequence[str] | None = None,
        ngram_range: Sequence[int] = (1, 1),
        min_df: int | float | None = None,
        max_df: int | float = 1.0,
        max_features: Annotated[int, Range(1)] | None = None,
        token_pattern: str | None = None,
        lowercase: bool = True,
        numbers: bool = False,
        vocabulary: Sequence[str] | None = None,
        binary: bool = False,
        decay: Annotated[float, Range(0, 1)] = 0.0,
        delete_min_df: Annotated[float, Range(0)] | None = None,
    ) -> None:
        self.language = language
        self.stop_words = stop_words
        self.ngram_range = ngram_range
        self.min_df = min_df
        self.max_df = max_df
        self.max_features = max_features
        self.token_pattern = token_pattern
        self.lowercase = lowercase
        self.numbers = numbers
        self.vocabulary = vocabulary
        self.binary = binary
        self.decay = decay
        self.delete_min_df = delete_min_df

    def tokenize(self, texts: Iterable[str], /) -> Iterator[list[str]]:
        """The words of each text."""
        if self.token_pattern is None and self.lowercase:
            return words(texts)
        return self._matches(texts)

    def cuts_by(self) -> JSON:
        """Case and pattern."""
        return {"lowercase": self.lowercase, "token_pattern": self.token_pattern}

    def _matches(self, texts: Iterable[str]) -> Iterator[list[str]]:
        pattern = re.compile(self.token_pattern) if self.token_pattern else word_pattern()
        if pattern.groups > 1:
            raise ParameterError(
                f"token_pattern {self.token_pattern!r} has {pattern.groups} groups; use at most one, (?:...) for others"
            )
        find = pattern.findall
        for text in texts:
            yield find(text.lower() if self.lowercase else text)

    def rules(self, defaults: Rules, /) -> Rules:
        """The limits given here."""
        return Rules(
            stop_words=stop_words_of(self.language, self.stop_words, defaults.stop_words),
            ngram_range=ngram_pair(self.ngram_range),
            min_df=self.min_df,
            max_df=self.max_df,
            max_features=self.max_features,
            vocabulary=None if self.vocabulary is None else tuple(self.vocabulary),
            binary=self.binary,
            numbers=self.numbers,
            relax=True,
        )


def ngram_pair(ngram_range: Sequence[int]) -> tuple[int, int]:
    """*ngram_range* as (fewest, most) words, checked."""
    try:
        fewest, most = map(operator.index, ngram_range)
    except (TypeError, ValueError):
        fewest, most = 0, 0
    if not 1 <= fewest <= most:
        raise ParameterError(f"ngram_range must be (fewest, most) words with 1 <= fewest <= most, got {ngram_range!r}")
    return fewest, most


_PLAIN = {
    "analyzer": "word",
    "lowercase": True,
    "preprocessor": None,
    "strip_accents": None,
    "token_pattern": r"(?u)\b\w\w+\b",
    "tokenizer": None,
}
"""What a CountVectorizer cuts text by unless told otherwise."""

_ANY = re.compile(r"\b\w\w+\b").findall
_ASCII = re.compile(r"\w\w+", re.ASCII).findall
"""The same tokens where all characters are ASCII, in less time."""


class SklearnCount(Vectorizer):
    """A scikit-learn CountVectorizer: its preprocessing, tokens, stop words, n-grams and limits, exactly.

    Args:
        parameters: What ``CountVectorizer(**parameters)`` was given, as JSON.
    """

    spec = plugin.SKLEARN_COUNT

    def __init__(self, parameters: dict[str, Any] | None = None) -> None:
        self.parameters = parameters
        self._native: Any = None

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> Self:
        """Wrap a copy of a CountVectorizer (or TfidfVectorizer, of which only the counts are used)."""
        from sklearn.base import clone

        native = clone(obj).set_params(**parameters)
        component = cls(_shown(native))
        component._native = native
        return component

    def fresh(self, **parameters: Any) -> Self:
        return self if not parameters else type(self).from_native(self.native, **parameters)

    def external(self) -> str | None:
        if len(_shown(self.native)) == len(self.native.get_params()) - 1:
            return None
        return f"{type(self.native).__module__}.{type(self.native).__qualname__}"

    @property
    def native(self) -> Any:
        """The scikit-learn object."""
        if self._native is None:
            from sklearn.feature_extraction.text import CountVectorizer

            known = CountVectorizer().get_params()
            given = {name: value for name, value in (self.parameters or {}).items() if name in known}
            if "ngram_range" in given:
                given["ngram_range"] = tuple(given["ngram_range"])
            self._native = CountVectorizer(**given)
        return self._native

    def tokenize(self, texts: Iterable[str], /) -> Iterator[list[str]]:
        """Its tokens; with an analyzer of characters or of the user's, its finished terms."""
        own = type(self.native).__module__.partition(".")[0] != "sklearn"
        if not own and _PLAIN.items() <= self.native.get_params().items():
            return (_ASCII(low) if low.isascii() else _ANY(low) for low in map(str.lower, texts))
        if self.native.analyzer == "word":
            prepare, cut = self.native.build_preprocessor(), self.native.build_tokenizer()
            return (cut(prepare(text)) for text in texts)
        analyze = self.native.build_analyzer()
        return (list(analyze(text)) for text in texts)

    def cuts_by(self) -> JSON:
        """Preprocessing and tokens, where they are said in JSON."""
        shown = _shown(self.native)
        if len(shown) < len(self.native.get_params()) - 1:
            return None
        counting = ("stop_words", "min_df", "max_df", "max_features", "vocabulary", "binary")
        left_out = (*counting, "ngram_range") if self.native.analyzer == "word" else counting
        return {name: value for name, value in shown.items() if name not in left_out}

    def rules(self, defaults: Rules, /) -> Rules:
        """Its own limits."""
        native = self.native
        words_only = native.analyzer == "word"
        vocabulary = native.vocabulary
        if vocabulary is not None:
            if hasattr(vocabulary, "get"):
                vocabulary = sorted(vocabulary, key=vocabulary.get)
            vocabulary = tuple(sorted(vocabulary) if isinstance(vocabulary, (set, frozenset)) else vocabulary)
        return Rules(
            stop_words=frozenset((native.get_stop_words() or ()) if words_only else ()),
            ngram_range=tuple(native.ngram_range) if words_only else (1, 1),
            min_df=native.min_df,
            max_df=native.max_df,
            max_features=native.max_features,
            vocabulary=vocabulary,
            binary=native.binary,
        )


def _shown(native: Any) -> dict[str, Any]:
    """The parameters that JSON can hold; the type of the numbers is the core's."""
    return {name: value for name, value in native.get_params().items() if name != "dtype" and _is_json(value)}


def _is_json(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(_is_json(part) for part in value)
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_json(part) for key, part in value.items())
    return value is None or isinstance(value, (bool, int, float, str))
