"""Texts longer than an embedder reads: told of, or split into pieces whose rows are averaged."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..components import Embedder, FloatMatrix, overrides
from .calling import EmbedderCalls

__all__ = ["Pieces", "pieces_of"]

FILL = 0.9
"""How full a piece is meant to be: tokens are not spread evenly over a text."""
ADDED = 8
"""More tokens than models put around a text."""


@dataclass(frozen=True)
class Pieces:
    """What is handed to an embedder for some texts: themselves, or the pieces of those that are too long.

    Args:
        texts: The pieces of all texts, one text after the other.
        starts: (n + 1,) where the pieces of each text begin.
        tokens: (pieces,) what each piece weighs in its text's mean; None where every text is one piece.
    """

    texts: Sequence[str]
    starts: NDArray[np.intp]
    tokens: NDArray[np.float64] | None = None

    def pooled(self, rows: FloatMatrix, first: int, last: int) -> FloatMatrix:
        """The rows of texts *first* to *last* (exclusive): the mean of their pieces' *rows*, weighted by tokens."""
        if self.tokens is None:
            return rows
        starts = self.starts[first:last] - self.starts[first]
        weights = self.tokens[self.starts[first] : self.starts[last]]
        summed = np.add.reduceat(rows * weights[:, None], starts, axis=0)
        return (summed / np.add.reduceat(weights, starts)[:, None]).astype(np.float32)


def pieces_of(embedder: Embedder, texts: Sequence[str]) -> Pieces:
    """The pieces of *texts*; a UserWarning says how many are cut where they are not split."""
    whole = Pieces(texts, np.arange(len(texts) + 1))
    calls = EmbedderCalls(embedder)
    if not texts or not overrides(embedder, Embedder, "count_tokens"):
        return whole
    limit = calls.guarded("max_tokens", lambda: embedder.max_tokens)
    suspects = [] if limit is None else [place for place, text in enumerate(texts) if size(text) > limit]
    if not suspects:
        return whole

    counts = dict(zip(suspects, calls.counted([texts[place] for place in suspects]), strict=True))
    long = [place for place in suspects if counts[place] > limit]
    if not long:
        return whole
    if embedder.long_documents != "chunk":
        some = "one text is" if len(long) == 1 else f"{len(long)} texts are"
        warnings.warn(
            f"{some} longer than the {limit} tokens that {calls.name} reads, and cut there; "
            "long_documents='chunk' splits such texts and averages their rows",
            stacklevel=2,
        )
        return whole
    cut = split({place: texts[place] for place in long}, {place: counts[place] for place in long}, limit, calls.counted)
    parts = [cut.get(place) or [(text, 1)] for place, text in enumerate(texts)]
    starts = np.concatenate([[0], np.cumsum([len(part) for part in parts])])
    tokens = np.array([tokens for part in parts for _, tokens in part], dtype=np.float64)
    return Pieces([piece for part in parts for piece, _ in part], starts, tokens)


def size(text: str) -> int:
    """More tokens than *text* can have: none is shorter than a byte, and a model adds a few of its own."""
    return ADDED + (len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass")))


def split(
    texts: dict[int, str], counts: dict[int, int], limit: int, count: Callable[[Sequence[str]], Sequence[int]]
) -> dict[int, list[tuple[str, int]]]:
    """The pieces of each text and their tokens: about equally long, cut at blanks where there are any.

    A piece that is still too long is cut again, down to single characters.
    """
    done: dict[int, list[tuple[int, str, int]]] = {place: [] for place in texts}
    waiting = [(place, 0, text, counts[place]) for place, text in texts.items()]
    while waiting:
        cuts: list[tuple[int, int, str]] = []
        for place, at, text, tokens in waiting:
            for piece in cut(text, max(2, int(np.ceil(tokens / (limit * FILL))))):
                cuts.append((place, at, piece))
                at += len(piece)
        waiting = []
        for (place, at, piece), tokens in zip(cuts, count([piece for _, _, piece in cuts]), strict=True):
            if tokens > limit and len(piece) > 1:
                waiting.append((place, at, piece, tokens))
            elif piece.strip():
                done[place].append((at, piece, max(1, tokens)))
    return {place: [(piece, tokens) for _, piece, tokens in sorted(found)] for place, found in done.items()}


def cut(text: str, parts: int) -> list[str]:
    """*text* in at most *parts* pieces of about equal length; cuts move back to a blank within a quarter piece."""
    step = max(1.0, len(text) / parts)
    pieces, start = [], 0
    for number in range(1, parts):
        ideal = round(number * step)
        low = max(start + 1, ideal - int(step / 4))
        at = max(text.rfind(blank, low, ideal) for blank in " \n\t")
        end = min(at if at > start else max(ideal, start + 1), len(text))
        if end > start:
            pieces.append(text[start:end])
            start = end
    if start < len(text):
        pieces.append(text[start:])
    return pieces
