"""How much goes to an embedder in one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from .. import registry
from ..components import Embedder
from ..specs import EmbedderSpec
from .calling import EmbedderCalls
from .lengths import Pieces

__all__ = ["Chunks", "windows"]


@dataclass(frozen=True)
class Chunks:
    """Which of some texts or images go into each call, within the spec's ``chunk_size`` and ``chunk_tokens``.

    Args:
        pieces: What is handed over for each of them.
        tokens: (pieces,) tokens of each piece; zeros where they do not matter.
        size: Most pieces in one call.
        limit: Most tokens in one call.
    """

    pieces: Pieces
    tokens: NDArray[np.int64]
    size: int
    limit: int

    @classmethod
    def of(cls, embedder: Embedder, pieces: Pieces, role: str) -> Chunks:
        """The chunks for *embedder*."""
        spec = cast(EmbedderSpec, registry.capabilities(embedder))
        counted: Sequence[int] = [0] * len(pieces.texts)
        if spec.chunk_tokens is not None and role != "image" and len(pieces.texts):
            counted = EmbedderCalls(embedder).counted(pieces.texts)
        return cls(pieces, np.asarray(counted, dtype=np.int64), max(1, spec.chunk_size), spec.chunk_tokens or 0)

    def bounds(self) -> list[tuple[int, int]]:
        """First and last (exclusive) item of each chunk; the pieces of one item stay together."""
        starts = self.pieces.starts
        if len(starts) == 1:
            return []
        return windows(np.diff(starts), np.add.reduceat(self.tokens, starts[:-1]), self.size, self.limit)

    def calls(self, first: int, last: int) -> list[Sequence[str]]:
        """What is handed over for items *first* to *last* (exclusive): one call, or more where one item needs them."""
        low, high = self.pieces.starts[first], self.pieces.starts[last]
        tokens = self.tokens[low:high]
        found = windows(np.ones(len(tokens), dtype=np.int64), tokens, self.size, self.limit)
        return [self.pieces.texts[low + start : low + end] for start, end in found]


def windows(sizes: NDArray[np.int64], tokens: NDArray[np.int64], most: int, limit: int) -> list[tuple[int, int]]:
    """Runs of items of at most *most* in all and *limit* tokens, as long as they go; at least one item each."""
    found, start, held, spent = [], 0, 0, 0
    for place, (size, cost) in enumerate(zip(sizes.tolist(), tokens.tolist(), strict=True)):
        if place > start and (held + size > most or spent + cost > limit):
            found.append((start, place))
            start, held, spent = place, 0, 0
        held, spent = held + size, spent + cost
    return [*found, (start, len(sizes))] if len(sizes) else []
