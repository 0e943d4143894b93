"""Texts and images to rows: chunks, checks, retries and progress around any embedder."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from scipy.sparse import csr_array, issparse
from scipy.sparse import vstack as sparse_vstack

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
from ..errors import ComponentError, TopicoreError, TransientError
from ..specs import EmbedderSpec
from ..tokens import tokenise

__all__ = ["Embedding"]

ATTEMPTS = 6


@dataclass(frozen=True, kw_only=True)
class Embedding:
    """One embedder at work.

    Args:
        embedder: The embedder; ``fit`` fits it, so it must be a fresh one.
        notify: Who is told of progress.
        executor: Where chunks of an embedder that waits for a network run.
    """

    embedder: Embedder
    notify: Callable[[Event], None]
    executor: Executor

    def fit(self, texts: Sequence[str] | None, tokens: Tokens | None, images: Sequence[Any] | None) -> Matrix:
        """Fit the embedder on the corpus, and give its rows.

        Text is not read again where the embedder takes *tokens*.
        """
        embedder = self.embedder
        parts = [self._part(part) for part in embedder.parts()]
        if parts:
            rows = [cast(FloatMatrix, part.fit(texts, tokens, images)) for part in parts]
            self._guarded("fit", lambda: embedder.fit_parts(rows))
            return self._checked(self._guarded("embed", lambda: embedder.combine(rows)), rows[0].shape[0])
        if embedder.learns():
            self.notify(Event(stage="learn", done=0, total=1, detail=self._name))
        if tokens is not None and overrides(embedder, Embedder, "fit_tokens"):
            self._guarded("fit", lambda: embedder.fit_tokens(tokens))
        elif texts is not None and embedder.learns():
            self._guarded("fit", lambda: embedder.fit(texts))
        if embedder.learns():
            self.notify(Event(stage="learn", done=1, total=1, detail=self._name))
        return self.rows(texts, tokens, images)

    def rows(
        self,
        texts: Sequence[str] | None,
        tokens: Tokens | None = None,
        images: Sequence[Any] | None = None,
        role: Role = "document",
    ) -> Matrix:
        """Rows of texts, of images, or the mean of both where a row has both."""
        embedder = self.embedder
        parts = [self._part(part) for part in embedder.parts()]
        if parts:
            made = [cast(FloatMatrix, part.rows(texts, tokens, images, role)) for part in parts]
            return self._checked(self._guarded("embed", lambda: embedder.combine(made)), made[0].shape[0])
        if images is not None:
            return self._with_images(texts, images, role)
        if tokens is not None and overrides(embedder, Embedder, "fit_tokens"):
            return self._checked(self._guarded("embed", lambda: embedder.embed_tokens(tokens, role=role)), len(tokens))
        return self._chunked(texts or (), lambda chunk: embedder.embed(chunk, role=role), "texts")

    def of_texts(self, vectorizer: Component, texts: Sequence[str], role: Role) -> FloatMatrix:
        """Dense rows of a few texts, cut into words as the corpus was."""
        tokens = tokenise(vectorizer.tokenize(texts)) if isinstance(vectorizer, Vectorizer) else None
        rows = self.rows(texts, tokens, role=role)
        return np.asarray(cast(Any, rows).todense() if issparse(rows) else rows, dtype=np.float32)

    def _part(self, embedder: Any) -> Embedding:
        return Embedding(embedder=embedder, notify=self.notify, executor=self.executor)

    def _with_images(self, texts: Sequence[str] | None, images: Sequence[Any], role: Role) -> Matrix:
        shown = [place for place, image in enumerate(images) if image is not None]
        seen = self._chunked([images[place] for place in shown], self.embedder.embed_images, "images")
        pictures = np.zeros((len(images), seen.shape[1]), dtype=np.float32)
        pictures[shown] = cast(FloatMatrix, seen)
        if texts is None:
            return pictures
        read = cast(FloatMatrix, self._chunked(texts, lambda chunk: self.embedder.embed(chunk, role=role), "texts"))
        both = np.zeros(len(images), dtype=np.float32)
        both[shown] = 1
        written = np.fromiter((bool(text.strip()) for text in texts), np.float32, len(texts))
        share = np.maximum(both + written, 1)[:, None]
        return np.ascontiguousarray((read * written[:, None] + pictures) / share, dtype=np.float32)

    def _chunked(self, items: Sequence[Any], embed: Callable[[Sequence[Any]], Any], what: str) -> Matrix:
        spec = cast(EmbedderSpec, registry.capabilities(self.embedder))
        bounds = self._bounds(items, what)

        def one(bound: tuple[int, int]) -> Matrix:
            chunk = items[slice(*bound)]
            where = f"{what} {bound[0]} to {bound[1] - 1}"
            return self._checked(self._patient(lambda: embed(chunk), where), len(chunk))

        results: Iterator[Matrix] = self.executor.map(one, bounds) if spec.network else map(one, bounds)
        rows: list[Any] = []
        for (_, end), part in zip(bounds, results, strict=True):
            rows.append(part)
            self.notify(Event(stage="embed", done=end, total=len(items)))
        widths = {part.shape[1] for part in rows if part.shape[0]}
        if len(widths) > 1:
            raise ComponentError(f"embedder {spec.name!r} gave rows of different widths: {sorted(widths)}")
        if len(rows) == 1:
            return cast(Matrix, rows[0])
        return cast(Matrix, csr_array(sparse_vstack(rows)) if issparse(rows[0]) else np.vstack(rows))

    def _bounds(self, items: Sequence[Any], what: str) -> list[tuple[int, int]]:
        """Where each chunk begins and ends, within the spec's ``chunk_size`` and ``chunk_tokens``."""
        spec = cast(EmbedderSpec, registry.capabilities(self.embedder))
        size = max(1, spec.chunk_size)
        if spec.chunk_tokens is None or what != "texts":
            return [(start, min(start + size, len(items))) for start in range(0, max(len(items), 1), size)]
        bounds, start, held = [], 0, 0
        for place, tokens in enumerate(self._guarded("count_tokens", lambda: self.embedder.count_tokens(items))):
            if place > start and (place - start == size or held + tokens > spec.chunk_tokens):
                bounds.append((start, place))
                start, held = place, 0
            held += tokens
        return [*bounds, (start, len(items))]

    def _patient(self, call: Callable[[], Any], where: str) -> Any:
        """*call*, again after a pause where it raises TransientError, a bounded number of times."""
        for attempt in range(ATTEMPTS):
            try:
                return self._guarded(where, call)
            except TransientError as error:
                if attempt == ATTEMPTS - 1:
                    raise ComponentError(
                        f"{self._name} gave up on {where} after {ATTEMPTS} attempts: {error}"
                    ) from error
                pause = 0.5 * 2**attempt * (0.5 + random.random())  # noqa: S311  jitter, no secret
                time.sleep(pause if error.retry_after is None else error.retry_after)
        raise AssertionError("unreachable")

    def _guarded(self, where: str, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except TopicoreError:
            raise
        except Exception as error:
            raise ComponentError(f"{self._name} failed on {where}: {type(error).__name__}: {error}") from error

    @property
    def _name(self) -> str:
        return f"embedder {registry.capabilities(self.embedder).name!r}"

    def _checked(self, rows: Any, n: int) -> Matrix:
        """*rows* as float32 rows, one for each of *n* items."""
        if issparse(rows):
            rows = csr_array(cast(Any, rows), dtype=np.float32, copy=True)
            rows.sum_duplicates()
            numbers = rows.data
        else:
            rows = numbers = np.ascontiguousarray(np.asarray(rows), dtype=np.float32)
        if rows.ndim != 2 or rows.shape[0] != n:
            raise ComponentError(f"{self._name} gave shape {rows.shape} for {n} items; it must give one row an item")
        if not np.isfinite(numbers).all():
            raise ComponentError(f"{self._name} gave NaN or infinite numbers")
        return cast(Matrix, rows)
