"""The words of one more batch, and topic-term counts that grow with it and forget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ..components import CountingVectorizer, Event, Rules, Tokens, Vectorizer
from ..counts import count, count_known, group_sums, indicator, select_columns
from ..errors import ComponentError, InputError
from ..state import Settings
from ..tokens import tokenise
from .checking import checked_tokens, guarded
from .reading import Text, rules_of, suiting

__all__ = ["forgotten", "grown", "read_batch"]


def read_batch(
    vectorizer: Vectorizer | CountingVectorizer,
    settings: Settings,
    documents: Sequence[str] | None,
    n: int,
    terms: Sequence[str],
    notify: Callable[[Event], None],
) -> Text:
    """Counts of a batch over *terms*, which keep their columns, and its own new ones behind them.

    Limits on document frequencies are about whole corpora, and are left out. A counting vectorizer learns.

    Raises:
        InputError: There is no word at all, in this batch and before.
    """
    if documents is None:
        return Text(
            tokens=None,
            counts=_none(n, len(terms)),
            vocabulary=terms,
            has_words=np.ones(n, dtype=bool),
            language=settings.language,
        )
    notify(Event(stage="read", done=0, total=n))
    if isinstance(vectorizer, Vectorizer):
        text = _tokenised(vectorizer, settings, documents, terms)
    else:
        text = _counted(vectorizer, settings, documents, terms)
    notify(Event(stage="read", done=n, total=n))
    return text


def _none(n: int, v: int) -> csr_array:
    nothing: Any = csr_array((n, v), dtype=np.int32)
    return cast(csr_array, nothing)


def _counted(
    vectorizer: CountingVectorizer, settings: Settings, documents: Sequence[str], terms: Sequence[str]
) -> Text:
    counts: Any = guarded(vectorizer, lambda: csr_array(vectorizer.partial_fit(documents)))
    names = vectorizer.terms
    if counts.shape != (len(documents), len(names)) or len(names) < len(terms):
        raise ComponentError(
            f"the vectorizer gave counts of shape {counts.shape} for {len(documents)} documents and {len(names)} terms"
        )
    return Text(
        tokens=None,
        counts=counts,
        vocabulary=names,
        has_words=np.diff(counts.indptr) > 0,
        language=settings.language,
    )


def _tokenised(vectorizer: Vectorizer, settings: Settings, documents: Sequence[str], terms: Sequence[str]) -> Text:
    tokens = guarded(vectorizer, lambda: tokenise(checked_tokens(vectorizer.tokenize(documents))))
    if len(tokens) != len(documents):
        raise ComponentError(f"the vectorizer gave tokens for {len(tokens)} documents of {len(documents)}")
    settings = suiting(settings, tokens)
    rules = rules_of(vectorizer, settings)
    tokens = tokens.with_stop_words(rules.stop_words)
    if rules.vocabulary is not None:
        counts, union = count_known(tokens, rules.vocabulary, rules), list(rules.vocabulary)
    else:
        counts, union = _joined(tokens, rules, terms)
    return Text(
        tokens=tokens,
        counts=counts,
        vocabulary=union,
        has_words=np.diff(tokens.offsets) > 0,
        language=settings.language,
    )


def _joined(tokens: Tokens, rules: Rules, terms: Sequence[str]) -> tuple[csr_array, list[str]]:
    """Counts over *terms* and new ones."""
    rules = replace(rules, min_df=1, max_df=1.0, max_features=None)
    try:
        counts, own = count(tokens, rules)
    except InputError:
        if not len(terms):
            raise
        return _none(len(tokens), len(terms)), list(terms)
    place = {term: column for column, term in enumerate(terms)}
    columns = np.fromiter((place.setdefault(term, len(place)) for term in own), np.int32, len(own))
    joined = csr_array((counts.data, columns[counts.indices], counts.indptr), shape=(len(tokens), len(place)))
    joined.sort_indices()
    return joined, list(place)


def grown(
    before: csr_array, rows: NDArray[np.int64], batch: csr_array, groups: NDArray[np.int64], n_topics: int, decay: float
) -> csr_array:
    """(n_topics, v) float64: the counts *before*, the share *decay* of them forgotten, and those of the *batch*.

    Args:
        before: (t, v') counts so far; v' is at most v.
        rows: (t,) the new row of each of its rows.
        batch: (n, v) document-term counts.
        groups: (n,) the new row of each document.
        n_topics: How many rows there are now.
        decay: From 0 to 1.
    """
    v = batch.shape[1]
    kept = before.data.astype(np.float64) * (1 - decay)
    old = csr_array((kept, before.indices, before.indptr), shape=(before.shape[0], v))
    new = group_sums(batch, groups, n_topics).astype(np.float64)
    counts = csr_array(indicator(rows, n_topics).astype(np.float64) @ old + new)
    counts.eliminate_zeros()
    counts.sort_indices()
    return counts


def forgotten(
    counts: csr_array, terms: Sequence[str], vectorizer: Vectorizer | CountingVectorizer, settings: Settings
) -> tuple[csr_array, Sequence[str]]:
    """*counts* without terms of a smaller total than ``delete_min_df``, and with the ``max_features`` most frequent.

    The terms that are left keep their order. A given vocabulary stays whole, and so do the columns of a counting
    vectorizer; where no term would be left, all are.
    """
    if not isinstance(vectorizer, Vectorizer):
        return counts, terms
    rules = rules_of(vectorizer, settings)
    if rules.vocabulary is not None:
        return counts, terms
    totals = np.asarray(counts.sum(axis=0), dtype=np.float64).ravel()
    keep = totals >= (vectorizer.delete_min_df or 0)
    if not keep.any():
        keep[:] = True
    if rules.max_features is not None and keep.sum() > rules.max_features:
        rare = np.argsort(np.where(keep, -totals, np.inf), kind="stable")[rules.max_features :]
        keep[rare] = False
    if keep.all():
        return counts, terms
    return select_columns(counts, keep), [term for term, kept in zip(terms, keep, strict=True) if kept]
