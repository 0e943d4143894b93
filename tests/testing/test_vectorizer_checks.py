"""Vectorizers and weightings that break one promise fail the check of that promise, and no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array

from topicore.components import CountingVectorizer, Rules, State, Vectorizer, Weighting
from topicore.errors import NotFittedError


class Spaces(Vectorizer):
    def tokenize(self, texts: Iterable[str], /) -> Iterator[list[str]]:
        for text in texts:
            yield text.split()


class Letters(CountingVectorizer):
    """Counts the letters of the corpus."""

    def __init__(self) -> None:
        self.found: list[str] | None = None

    def fit_transform(self, documents: Iterable[str], /) -> csr_array:
        kept = list(documents)
        self.found = sorted({letter for text in kept for letter in text})
        return self.transform(kept)

    def transform(self, documents: Iterable[str], /) -> csr_array:
        if self.found is None:
            raise NotFittedError("call fit_transform before transform")
        rows = [[text.count(letter) for letter in self.found] for text in documents]
        return csr_array(np.array(rows, dtype=np.int32).reshape(len(rows), len(self.found)))

    @property
    def terms(self) -> Sequence[str]:
        return self.found or []

    def state(self) -> State | None:
        return None if self.found is None else State(strings={"letters": self.found})

    def restore(self, state: State, /) -> None:
        self.found = list(state.strings["letters"])


class Share(Weighting):
    """Counts as shares of the largest total of a term."""

    def __init__(self) -> None:
        self.most: Any = None

    def fit_transform(self, counts: csr_array, terms: Sequence[str], /) -> csr_array:
        self.most = np.asarray(counts.sum(axis=0)).max()
        return self.transform(counts)

    def transform(self, counts: csr_array, /) -> csr_array:
        if self.most is None:
            raise NotFittedError("call fit_transform before transform")
        return csr_array((counts.data / self.most, counts.indices, counts.indptr), shape=counts.shape)

    def state(self) -> State | None:
        return None if self.most is None else State(arrays={"most": np.asarray(self.most)})

    def restore(self, state: State, /) -> None:
        self.most = state.arrays["most"][()]


@pytest.mark.parametrize("make", [Spaces, Letters, Share])
def test_right_components_keep_every_promise(failed: Any, make: Any) -> None:
    assert failed(make) == set()


class Tuples(Spaces):
    def tokenize(self, texts: Iterable[str], /) -> Any:
        for text in texts:
            yield tuple(text.split())


class Listed(Spaces):
    def tokenize(self, texts: Iterable[str], /) -> Any:
        return iter([text.split() for text in texts])


class DropsFirst(Spaces):
    """Looks at the first document of a stream to see what it is given."""

    def tokenize(self, texts: Iterable[str], /) -> Any:
        if isinstance(texts, Iterator) and not next(texts):
            raise AssertionError
        for text in texts:
            yield text.split()


class SkipsEmpty(Spaces):
    def tokenize(self, texts: Iterable[str], /) -> Any:
        for text in texts:
            if text:
                yield text.split()


class MarksEmpty(Spaces):
    def tokenize(self, texts: Iterable[str], /) -> Any:
        for text in texts:
            yield text.split() or ["<empty>"]


class NewWordsOnly(Spaces):
    def tokenize(self, texts: Iterable[str], /) -> Any:
        last = ""
        for text in texts:
            yield [word for word in text.split() if len(word) != len(last)]
            last = (text.split() or [""])[0]


class NoRules(Spaces):
    def rules(self, defaults: Rules, /) -> Any:
        return {"min_df": 2}


class Dense(Letters):
    def fit_transform(self, documents: Iterable[str], /) -> Any:
        return super().fit_transform(documents).tocsc()


class Floats(Letters):
    def transform(self, documents: Iterable[str], /) -> Any:
        return super().transform(documents).astype(np.float64)


class Twice(Letters):
    @property
    def terms(self) -> Sequence[str]:
        return [letter.lower() for letter in self.found or []]


class Strict(Letters):
    def transform(self, documents: Iterable[str], /) -> Any:
        kept = list(documents)
        if any("qwxzv" in text for text in kept):
            raise ValueError("unknown words")
        return super().transform(kept)


class Fewer(Letters):
    def fit_transform(self, documents: Iterable[str], /) -> Any:
        counts = super().fit_transform(documents)
        counts.data = np.minimum(counts.data, 1)
        return counts


class Streams(Letters):
    def fit_transform(self, documents: Iterable[str], /) -> Any:
        sum(1 for _ in documents)
        return super().fit_transform(documents)


class CountsEmpty(Letters):
    def fit_transform(self, documents: Iterable[str], /) -> Any:
        counts = super().fit_transform(documents).tolil()
        counts[0, 0] += counts.shape[0] == 5
        return csr_array(counts)


class Integers(Share):
    def transform(self, counts: csr_array, /) -> Any:
        super().transform(counts)
        return counts.copy()


class Transposed(Share):
    def transform(self, counts: csr_array, /) -> Any:
        return super().transform(counts).tocsc()


class Smoothed(Share):
    def transform(self, counts: csr_array, /) -> Any:
        dense = super().transform(counts).toarray()
        return csr_array(dense + 0.01 * (dense.sum(axis=1, keepdims=True) > 0))


class PerTopic(Share):
    def transform(self, counts: csr_array, /) -> Any:
        dense = super().transform(counts).toarray()
        return csr_array(dense / dense.sum(axis=1, keepdims=True))


class Logarithm(Share):
    def transform(self, counts: csr_array, /) -> Any:
        found = super().transform(counts)
        found.data = np.where(found.data == found.data.max(), np.inf, found.data)
        return found


class InPlace(Share):
    def transform(self, counts: csr_array, /) -> Any:
        found = super().transform(counts)
        counts.data[:] = 1
        return found


WRONG = [
    (Tuples, {"vectorizer/tokens"}),
    (Listed, {"vectorizer/lazy"}),
    (DropsFirst, {"vectorizer/iterator-input"}),
    (SkipsEmpty, {"vectorizer/empty-doc", "vectorizer/tokens"}),
    (MarksEmpty, {"vectorizer/empty-doc"}),
    (NewWordsOnly, {"vectorizer/stable"}),
    (NoRules, {"vectorizer/rules"}),
    (Dense, {"vectorizer/counts"}),
    (Floats, {"vectorizer/counts"}),
    (Twice, {"vectorizer/terms"}),
    (Strict, {"vectorizer/unseen-terms-ignored"}),
    (Fewer, {"vectorizer/transform-matches-fit"}),
    (Streams, {"vectorizer/iterator-input"}),
    (CountsEmpty, {"vectorizer/empty-doc"}),
    (Integers, {"weighting/float-dtype"}),
    (Transposed, {"weighting/shape"}),
    (Smoothed, {"weighting/zero-stays-zero"}),
    (PerTopic, {"weighting/empty-topic"}),
    (Logarithm, {"weighting/finite", "weighting/empty-topic"}),
    (InPlace, {"component/input-untouched"}),
]


@pytest.mark.parametrize(("make", "meant"), WRONG)
def test_a_broken_promise_fails_its_own_check(failed: Any, make: Any, meant: set[str]) -> None:
    assert failed(make) == meant
