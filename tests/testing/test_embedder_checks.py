"""Embedders that break one promise fail the check of that promise, and no other."""

from __future__ import annotations

import contextlib
import itertools
import time
import urllib.request
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from topicore.components import Embedder, State, Tokens
from topicore.errors import InputError, NotFittedError


def hashed(texts: Sequence[str], width: int) -> Any:
    rows = np.zeros((len(texts), width), dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        for word in text.lower().split():
            row[zlib.crc32(word.encode()) % width] += 1
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1)


class Words(Embedder):
    """Hashed words: right in every way."""

    def __init__(self, width: int = 16) -> None:
        self.width = width

    def embed(self, texts: Sequence[str], /, *, role: str = "document") -> Any:
        return hashed(texts, self.width)


class Centred(Words):
    """Learns the mean of the corpus: right in every way."""

    def __init__(self, width: int = 16) -> None:
        super().__init__(width)
        self.mean: Any = None

    def fit(self, texts: Sequence[str], /) -> None:
        self.mean = hashed(texts, self.width).mean(axis=0)

    def embed(self, texts: Sequence[str], /, *, role: str = "document") -> Any:
        if self.mean is None:
            raise NotFittedError("call fit before embed")
        return hashed(texts, self.width) - self.mean

    def fit_tokens(self, tokens: Tokens, /) -> None:
        self.fit(spelt(tokens))

    def embed_tokens(self, tokens: Tokens, /, *, role: str = "document") -> Any:
        return self.embed(spelt(tokens))

    def state(self) -> State | None:
        return None if self.mean is None else State(arrays={"mean": self.mean})

    def restore(self, state: State, /) -> None:
        self.mean = state.arrays["mean"]


def spelt(tokens: Tokens) -> list[str]:
    bounds = zip(tokens.offsets[:-1], tokens.offsets[1:], strict=True)
    return [" ".join(tokens.vocabulary[token] for token in tokens.ids[start:stop]) for start, stop in bounds]


@pytest.mark.parametrize("toy", [Words, Centred, lambda: Words(width=3)])
def test_right_embedders_keep_every_promise(failed: Any, toy: Callable[[], Embedder]) -> None:
    assert failed(toy) == set()


def words(change: Callable[[Sequence[str], Any, str], Any]) -> type[Words]:
    """A ``Words`` whose rows go through *change*."""

    class Changed(Words):
        def embed(self, texts: Sequence[str], /, *, role: str = "document") -> Any:
            return change(texts, super().embed(texts), role)

    return Changed


def refuse(condition: Callable[[Sequence[str], str], bool]) -> Callable[[Sequence[str], Any, str], Any]:
    def change(texts: Sequence[str], rows: Any, role: str) -> Any:
        if condition(texts, role):
            raise ValueError("cannot read that")
        return rows

    return change


def nan_where_blank(texts: Sequence[str], rows: Any, role: str) -> Any:
    rows[[not text.strip() for text in texts]] = np.nan
    return rows


WRONG = {
    "float64": (lambda texts, rows, role: rows.astype(np.float64), {"embedder/rows"}),
    "fortran order": (lambda texts, rows, role: np.asfortranarray(rows), {"embedder/rows"}),
    "infinite": (lambda texts, rows, role: np.where(rows > 0, np.inf, rows), None),
    "no empty list": (refuse(lambda texts, role: not texts), {"embedder/empty-list"}),
    "flat empty list": (lambda texts, rows, role: rows if texts else rows[:, :0], {"embedder/empty-list"}),
    "blank is NaN": (nan_where_blank, {"embedder/empty-text"}),
    "no control characters": (refuse(lambda texts, role: any("\0" in text for text in texts)), {"embedder/unicode"}),
    "no long text": (refuse(lambda texts, role: max(map(len, texts), default=0) > 50_000), {"embedder/long-text"}),
    "centred by batch": (
        lambda texts, rows, role: rows - rows.sum(axis=0) / max(len(rows), 1),
        {"embedder/batch-invariant"},
    ),
    "no words": (refuse(lambda texts, role: role == "word"), {"embedder/roles"}),
    "another space for queries": (
        lambda texts, rows, role: rows[:, :5].copy() if role == "query" else rows,
        {"embedder/roles"},
    ),
    "duplicates left out": (
        lambda texts, rows, role: rows[[texts.index(text) for text in dict.fromkeys(texts)]],
        {"embedder/duplicates-equal"},
    ),
    "wider for many": (
        lambda texts, rows, role: np.pad(rows, ((0, 0), (0, int(len(rows) > 20)))),
        {"embedder/constant-dim"},
    ),
    "sorted": (
        lambda texts, rows, role: rows[np.argsort(texts, kind="stable")] if len(texts) else rows,
        {"embedder/order", "embedder/batch-invariant", "embedder/duplicates-equal"},
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_broken_promise_fails_its_own_check(failed: Any, name: str) -> None:
    change, meant = WRONG[name]
    found = failed(words(change))
    assert found == meant if meant else "embedder/rows" in found


def test_a_row_that_depends_on_its_batch_may_be_declared(failed: Any) -> None:
    change, _ = WRONG["centred by batch"]
    assert failed(words(change), batch_invariant=False) == set()


def test_embedding_with_nothing_learned_fails_fit_required(failed: Any) -> None:
    class Unfitted(Centred):
        def embed(self, texts: Sequence[str], /, *, role: str = "document") -> Any:
            return hashed(texts, self.width) - (0 if self.mean is None else self.mean)

    assert failed(Unfitted) == {"embedder/fit-required"}


def test_half_of_the_token_methods_fails_tokens(failed: Any) -> None:
    class Half(Words):
        def fit_tokens(self, tokens: Tokens, /) -> None:
            self.seen = len(tokens)

        def fit(self, texts: Sequence[str], /) -> None:
            self.seen = len(texts)

        def embed(self, texts: Sequence[str], /, *, role: str = "document") -> Any:
            if not hasattr(self, "seen"):
                raise NotFittedError("call fit before embed")
            return super().embed(texts)

    assert failed(Half) == {"embedder/tokens"}


class Seeing(Words):
    """Takes numbers for images: right in every way."""

    def embed_images(self, images: Sequence[Any], /) -> Any:
        if unreadable := [image for image in images if not isinstance(image, int)]:
            raise InputError(f"{unreadable[0]} is no image")
        return np.ones((len(images), self.width), dtype=np.float32)


@pytest.fixture
def numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topicore.testing.data.images", lambda n=3: list(range(n)))


@pytest.mark.usefixtures("numbers")
def test_images_of_another_width_fail_images(failed: Any) -> None:
    class Wide(Seeing):
        def embed_images(self, images: Sequence[Any], /) -> Any:
            return np.pad(super().embed_images(images), ((0, 0), (0, 1)))

    assert failed(Seeing) == set()
    assert failed(Wide) == {"embedder/images"}


@pytest.mark.usefixtures("numbers")
@pytest.mark.parametrize("reply", ["row", "other error", "no name"])
def test_an_image_that_cannot_be_read_and_is_not_named_fails_unreadable_images(failed: Any, reply: str) -> None:
    class Careless(Seeing):
        def embed_images(self, images: Sequence[Any], /) -> Any:
            if isinstance(images[0], str) and reply != "row":
                raise OSError("bad file") if reply == "other error" else InputError("bad file")
            return np.ones((len(images), self.width), dtype=np.float32)

    assert failed(Careless) == {"embedder/unreadable-images"}


@pytest.mark.usefixtures("numbers")
def test_zeros_for_an_image_that_is_skipped_are_right(failed: Any) -> None:
    class Skipping(Seeing):
        def embed_images(self, images: Sequence[Any], /) -> Any:
            known = np.array([isinstance(image, int) for image in images], dtype=np.float32)
            return np.ones((len(images), self.width), dtype=np.float32) * known[:, None]

    assert failed(Skipping) == set()


def test_fetching_what_reads_like_an_address_fails_plain_text(failed: Any) -> None:
    def fetch(texts: Sequence[str], rows: Any, role: str) -> Any:
        for text in texts:
            if text.startswith("http://127"):
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(text)
        return rows

    assert failed(words(fetch)) == {"embedder/plain-text"}


def test_sharing_what_cannot_be_shared_fails_threads(failed: Any) -> None:
    class Shared(Words):
        def embed(self, texts: Sequence[str], /, *, role: str = "document") -> Any:
            self.now = texts
            time.sleep(0.002)  # lets another thread in, as a slow model does
            return super().embed(self.now if len(self.now) == len(texts) else texts)

    assert failed(Shared) == {"embedder/threads"}


@pytest.mark.parametrize("identity", [{"made": object()}, "counter", {"neutral": 3}])
def test_a_wrong_identity_fails_identity(failed: Any, identity: Any) -> None:
    count = itertools.count()

    class Wrong(Words):
        def __init__(self, neutral: int = 3) -> None:
            super().__init__()
            self.neutral = neutral

        def identity(self) -> Any:
            return {"number": next(count)} if identity == "counter" else identity

    assert failed(Wrong, neutral=("neutral",)) == {"embedder/identity"}


@pytest.mark.parametrize(("limit", "most"), [(0, 10**9), (8, 8), (8.5, 10**9)])
def test_a_wrong_limit_or_counts_of_cut_texts_fail_limits(failed: Any, limit: Any, most: int) -> None:
    class Limited(Words):
        max_tokens = limit

        def count_tokens(self, texts: Sequence[str], /) -> list[int]:
            return [min(most, len(text.split())) for text in texts]

    assert failed(Limited) == {"embedder/limits"}
