"""Texts and images to rows: parts, tokens, chunks and the cache around any embedder."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from .. import registry
from ..components import (
    Component,
    Embedder,
    Event,
    Executor,
    FloatMatrix,
    Matrix,
    Role,
    Tokens,
    Vectorizer,
    overrides,
)
from ..errors import InputError
from ..specs import EmbedderSpec
from ..tokens import tokenise
from .cache import EmbeddingCache, Shelf, part_key
from .calling import EmbedderCalls, Halt
from .chunks import Chunks
from .collecting import Collected, Spread, distinct
from .lengths import Pieces, pieces_of

__all__ = ["Embedding", "Work"]

BLOCK = 8192
"""Keys asked of the cache at once: so many rows of it are in memory beside the result."""

NOUNS = {
    "document": ("document", "documents"),
    "query": ("query", "queries"),
    "word": ("word", "words"),
    "image": ("image", "images"),
}


def check_images(embedder: Embedder) -> None:
    """Refuse images that *embedder*, or a part of it that documents go to, does not embed.

    Raises:
        InputError: It embeds texts only.
    """
    for part in cast(Sequence[Embedder], embedder.parts_for("document")) or (embedder,):
        spec = cast(EmbedderSpec, registry.capabilities(part))
        if part is not embedder and part.parts():
            check_images(part)
        elif "image" not in spec.modalities:
            raise InputError(
                f"images were given, but embedder {spec.name!r} embeds only {', '.join(sorted(spec.modalities))}"
            )


@dataclass(frozen=True, kw_only=True)
class Work:
    """What surrounds the work of a call.

    Args:
        notify: Who is told of progress.
        executor: Where calls that wait for a network run.
        cache: Rows made before, or None.
        cache_key: What rows are called in the cache, instead of their embedder's own identity.
    """

    notify: Callable[[Event], None]
    executor: Executor
    cache: EmbeddingCache | None = None
    cache_key: str | None = None


@dataclass(frozen=True, kw_only=True)
class Embedding:
    """One embedder at work.

    Args:
        embedder: The embedder; ``fit`` fits it, so it must be a fresh one.
        work: Progress, threads and cache.
        out: A new file for the rows, where they may not fit into memory.
    """

    embedder: Embedder
    work: Work
    out: Path | None = None

    def fit(self, texts: Sequence[str] | None, tokens: Tokens | None, images: Sequence[Any] | None) -> Matrix:
        """Fit the embedder on the corpus, and give its rows.

        Text is not read again where the embedder takes *tokens*.
        """
        self._learn(texts, tokens)
        if self._parts:
            embedder, calls = self.embedder, self._calls
            rows = [cast(FloatMatrix, part.fit(texts, tokens, images)) for part in self._speaking("document")]
            calls.guarded("fit", lambda: embedder.fit_parts(rows))
            return calls.checked(calls.guarded("embed", lambda: embedder.combine(rows)), rows[0].shape[0])
        return self.rows(texts, tokens, images)

    def _learn(self, texts: Sequence[str] | None, tokens: Tokens | None) -> None:
        """Fit the embedder, or those of its parts that will not be asked for rows of the corpus."""
        embedder, calls = self.embedder, self._calls
        if self._parts:
            speaking = self._speaking("document")
            for part in self._parts:
                if not any(part.embedder is one.embedder for one in speaking):
                    part._learn(texts, tokens)
        elif embedder.learns():
            self.work.notify(Event(stage="learn", done=0, total=1, detail=calls.name))
            if tokens is not None and overrides(embedder, Embedder, "fit_tokens"):
                calls.guarded("fit", lambda: embedder.fit_tokens(tokens))
            elif texts is not None:
                calls.guarded("fit", lambda: embedder.fit(texts))
            self.work.notify(Event(stage="learn", done=1, total=1, detail=calls.name))

    def rows(
        self,
        texts: Sequence[str] | None,
        tokens: Tokens | None = None,
        images: Sequence[Any] | None = None,
        role: Role = "document",
    ) -> Matrix:
        """Rows of texts, of images, or the mean of both where a row has both."""
        embedder, calls = self.embedder, self._calls
        if self._parts:
            made = [cast(FloatMatrix, part.rows(texts, tokens, images, role)) for part in self._speaking(role)]
            return calls.checked(calls.guarded("embed", lambda: embedder.combine(made)), made[0].shape[0])
        if images is not None:
            return self._with_images(texts, images, role)
        if tokens is not None and overrides(embedder, Embedder, "fit_tokens"):
            return calls.checked(calls.guarded("embed", lambda: embedder.embed_tokens(tokens, role=role)), len(tokens))
        return self._of(texts or (), role)

    def of_texts(self, vectorizer: Component, texts: Sequence[str], role: Role) -> FloatMatrix:
        """Dense rows of a few texts, cut into words as the corpus was."""
        tokens = tokenise(vectorizer.tokenize(texts)) if isinstance(vectorizer, Vectorizer) else None
        rows = self.rows(texts, tokens, role=role)
        return np.asarray(cast(Any, rows).todense() if issparse(rows) else rows, dtype=np.float32)

    @property
    def _calls(self) -> EmbedderCalls:
        return EmbedderCalls(self.embedder)

    @cached_property
    def _parts(self) -> list[Embedding]:
        return [
            Embedding(embedder=part, work=replace(self.work, cache_key=part_key(self.work.cache_key, place)))
            for place, part in enumerate(cast(Sequence[Embedder], self.embedder.parts()))
        ]

    def _speaking(self, role: Role) -> list[Embedding]:
        """The parts whose rows are combined for *role*."""
        return [next(part for part in self._parts if part.embedder is one) for one in self.embedder.parts_for(role)]

    @cached_property
    def _shelf(self) -> Shelf | None:
        """Where the rows are kept, if anywhere."""
        if self.work.cache is None:
            return None
        shelf = self.work.cache.shelf(self.embedder, self.work.cache_key)
        if shelf is None:
            why = "learns from each corpus" if self.embedder.learns() else "does not say what its rows depend on"
            warnings.warn(
                f"{self._calls.name} {why}, so its rows are not cached; cache_key='...' names them, "
                "and has to change when they do",
                stacklevel=2,
            )
        return shelf

    def _with_images(self, texts: Sequence[str] | None, images: Sequence[Any], role: Role) -> Matrix:
        """Rows of images; the mean of both where a document has a text and an image that could be read."""
        check_images(self.embedder)
        shown = np.array([place for place, image in enumerate(images) if image is not None], dtype=np.intp)
        alone = texts is None and len(shown) == len(images)
        seen = cast(FloatMatrix, (self if alone else replace(self, out=None))._of([images[p] for p in shown], "image"))
        if alone:
            return seen
        pictures = np.zeros((len(images), seen.shape[1]), dtype=np.float32)
        pictures[shown] = seen
        if texts is None:
            return pictures
        read = cast(FloatMatrix, replace(self, out=None)._of(texts, role))
        written = np.fromiter((bool(text.strip()) for text in texts), np.float32, len(texts))
        share = np.maximum(written + pictures.any(axis=1), 1)[:, None]
        return np.ascontiguousarray((read * written[:, None] + pictures) / share, dtype=np.float32)

    def _of(self, items: Sequence[Any], role: Role | str) -> Matrix:
        """A row for each of *items*, equal texts embedded once, rows in the cache not at all."""
        if not len(items):
            return self._calls.checked(self._call([], role), 0)
        once, places = distinct(items, known_by if role == "image" else None)
        rows = Collected(len(items), self._calls.name, self.out)
        spread = Spread(places, len(once))
        missing, keys = self._recalled(once, role, lambda which, found: spread.put(rows, which, found))
        done = len(items) - spread.count(missing)
        if done:
            self.work.notify(Event(stage="embed", done=done, total=len(items)))
        for which, found in self._made([once[place] for place in missing], keys, missing, spread, role):
            spread.put(rows, which, found)
            done += spread.count(which)
            self.work.notify(Event(stage="embed", done=done, total=len(items)))
        return rows.result()

    def _recalled(
        self, items: Sequence[Any], role: str, put: Callable[[NDArray[np.intp], FloatMatrix], None]
    ) -> tuple[NDArray[np.intp], list[bytes | None]]:
        """Hand the rows that are in the cache to *put*; the places of the other items, and their keys."""
        if self._shelf is None:
            return np.arange(len(items)), []
        missing: list[int] = []
        kept: list[bytes | None] = []
        for start in range(0, len(items), BLOCK):
            keys = self._shelf.keys(items[start : start + BLOCK], role)
            found = self._shelf.find(keys)
            if len({len(row) for row in found.values()}) > 1:  # of several models under one key: believe none
                found = {}
            have = [place for place, key in enumerate(keys) if key in found]
            if have:
                put(np.array(have, np.intp) + start, np.stack([found[cast(bytes, keys[place])] for place in have]))
            lacking = [place for place, key in enumerate(keys) if key not in found]
            missing += [start + place for place in lacking]
            kept += [keys[place] for place in lacking]
        return np.array(missing, np.intp), kept

    def _made(
        self, items: Sequence[Any], keys: Sequence[bytes | None], numbers: NDArray[np.intp], spread: Spread, role: str
    ) -> Iterator[tuple[NDArray[np.intp], Matrix]]:
        """Chunks of new rows, each with the *numbers* of its items, kept in the cache as soon as they are made."""
        pieces = Pieces(items, np.arange(len(items) + 1)) if role == "image" else pieces_of(self.embedder, items)
        chunks, halt = Chunks.of(self.embedder, pieces, role), Halt()

        def one(bound: tuple[int, int]) -> Matrix:
            first, last = bound
            low, high = spread.range(numbers[first:last])
            singular, plural = NOUNS[role]
            where = f"{plural} {low} to {high}" if low < high else f"{singular} {low}"
            with halt.call():
                found = [self._asked(texts, role, where, halt) for texts in chunks.calls(first, last)]
                rows = found[0] if pieces.tokens is None else pieces.pooled(dense(found), first, last)
                if self._shelf is not None and not issparse(rows):
                    kept = np.any(rows, axis=1) if role == "image" else np.ones(last - first, dtype=bool)
                    self._shelf.keep([keys[first + place] for place in np.flatnonzero(kept)], rows[kept])
                return rows

        bounds, spec = chunks.bounds(), cast(EmbedderSpec, registry.capabilities(self.embedder))
        results = self.work.executor.map(one, bounds) if spec.network else map(one, bounds)
        try:
            for (first, last), rows in zip(bounds, results, strict=True):
                yield numbers[first:last], rows
        finally:
            halt.end()

    def _asked(self, items: Sequence[Any], role: str, where: str, halt: Halt) -> Matrix:
        calls = self._calls
        return calls.checked(calls.patient(where, lambda: self._call(items, role), halt), len(items), where)

    def _call(self, items: Sequence[Any], role: str) -> Any:
        if role == "image":
            return self.embedder.embed_images(items)
        return self.embedder.embed(items, role=cast(Role, role))


def known_by(image: Any) -> Any:
    """What tells one image from another without opening it: its path, or the object."""
    return os.fspath(image) if isinstance(image, (str, os.PathLike)) else id(image)


def dense(parts: Sequence[Matrix]) -> FloatMatrix:
    """The rows of all *parts* of long texts, to be averaged."""
    return np.vstack([cast(Any, part).toarray() if issparse(part) else part for part in parts])
