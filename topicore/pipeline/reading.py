"""Documents to tokens and counts, each read once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ..builtin.languages import settled
from ..builtin.vectorizers import ngram_pair
from ..builtin.words import stop_words_of
from ..components import Event, Rules, Tokens, Vectorizer
from ..counts import count, count_known
from ..errors import ComponentError, InputError
from ..state import Components, FittedState, Settings
from ..tokens import tokenise
from .checking import checked_tokens, guarded

__all__ = ["Text", "counted", "read", "read_new", "recount", "rules_of", "suiting", "tokenised"]


@dataclass(frozen=True, kw_only=True)
class Text:
    """What counting a corpus gives.

    Args:
        tokens: Its tokens, or None where the vectorizer counts by itself.
        counts: (n, v) how often each term is in each document.
        vocabulary: The terms.
        has_words: (n,) which documents hold a word.
        language: The language setting, ``"auto"`` settled by the tokens.
    """

    tokens: Tokens | None
    counts: csr_array
    vocabulary: Sequence[str]
    has_words: NDArray[np.bool_]
    language: str | None


def read(
    components: Components, settings: Settings, documents: Sequence[str] | None, n: int, notify: Callable[[Event], None]
) -> Text:
    """Tokenise and count the documents, once."""
    if documents is None:
        nothing: Any = csr_array((n, 0), dtype=np.int32)
        shown = np.ones(n, dtype=bool)
        return Text(tokens=None, counts=nothing, vocabulary=[], has_words=shown, language=settings.language)
    texts = _watched(documents, "read", notify)
    vectorizer = components.vectorizer
    if not isinstance(vectorizer, Vectorizer):
        counts: Any = guarded(vectorizer, lambda: csr_array(vectorizer.fit_transform(texts)))
        if counts.shape != (n, len(vectorizer.terms)):
            raise ComponentError(f"the vectorizer gave counts of shape {counts.shape} for {n} documents")
        return Text(
            tokens=None,
            counts=cast(Any, counts),
            vocabulary=vectorizer.terms,
            has_words=np.diff(counts.indptr) > 0,
            language=settings.language,
        )
    rules_of(vectorizer, settings)  # what is wrong with them is said before documents are read
    tokens = guarded(vectorizer, lambda: tokenise(checked_tokens(vectorizer.tokenize(texts))))
    if len(tokens) != n:
        raise ComponentError(f"the vectorizer gave tokens for {len(tokens)} documents of {n}")
    return recount(vectorizer, suiting(settings, tokens), tokens)


def suiting(settings: Settings, tokens: Tokens) -> Settings:
    """*settings* with the languages of *tokens*, where they are not settled yet."""
    return replace(settings, language=settled(settings.language, settings.stop_words, tokens))


def rules_of(vectorizer: Vectorizer, settings: Settings) -> Rules:
    """Which terms *vectorizer* counts under the model's *settings*."""
    defaults = Rules(
        stop_words=stop_words_of(settings.language, settings.stop_words),
        ngram_range=ngram_pair(settings.ngram_range),
        min_df=None,
        relax=True,
    )
    return vectorizer.rules(defaults)


def recount(vectorizer: Vectorizer, settings: Settings, tokens: Tokens) -> Text:
    """Count documents that are tokenised already under other rules."""
    rules = rules_of(vectorizer, settings)
    tokens = tokens.with_stop_words(rules.stop_words)
    counts, vocabulary = count(tokens, rules)
    return Text(
        tokens=tokens,
        counts=counts,
        vocabulary=vocabulary,
        has_words=np.diff(tokens.offsets) > 0,
        language=settings.language,
    )


def read_new(
    state: FittedState, documents: Sequence[str] | None, n: int, notify: Callable[[Event], None]
) -> tuple[Tokens | None, NDArray[np.bool_]]:
    """The tokens of new documents, and which of them hold a word."""
    if documents is None:
        return None, np.ones(n, dtype=bool)
    vectorizer = state.components.vectorizer
    texts = _watched(documents, "read", notify)
    if isinstance(vectorizer, Vectorizer):
        tokens = guarded(vectorizer, lambda: tokenise(checked_tokens(vectorizer.tokenize(texts))))
        return tokens, np.diff(tokens.offsets) > 0
    counts = guarded(vectorizer, lambda: csr_array(vectorizer.transform(texts)))
    return None, np.diff(counts.indptr) > 0


def counted(state: FittedState, documents: Sequence[str]) -> tuple[Tokens | None, csr_array]:
    """The tokens of *documents*, and counts (n, v) of the terms of *state* in them."""
    vectorizer = state.components.vectorizer
    if isinstance(vectorizer, Vectorizer):
        rules = rules_of(vectorizer, state.settings)
        tokens = tokenised(state, documents).with_stop_words(rules.stop_words)
        return tokens, count_known(tokens, state.vocabulary, rules)
    counts: Any = guarded(vectorizer, lambda: vectorizer.transform(documents))
    return None, csr_array(counts)


def tokenised(state: FittedState, documents: Sequence[str]) -> Tokens:
    """*documents* cut into tokens as those of the fit were.

    Raises:
        InputError: The vectorizer gives counts and no tokens.
    """
    vectorizer = state.components.vectorizer
    if not isinstance(vectorizer, Vectorizer):
        raise InputError(
            f"this needs tokens, and vectorizer {type(vectorizer).__name__!r} gives only counts; "
            "fit with one that gives tokens, such as vectorizer='count'"
        )
    return guarded(vectorizer, lambda: tokenise(checked_tokens(vectorizer.tokenize(documents))))  # type: ignore[no-any-return]


def _watched(items: Sequence[str], stage: str, notify: Callable[[Event], None]) -> Iterator[str]:
    """The *items*, with an event for every thousandth."""
    for place, item in enumerate(items):
        if place % 1000 == 0:
            notify(Event(stage=stage, done=place, total=len(items)))
        yield item
    notify(Event(stage=stage, done=len(items), total=len(items)))
