"""What embedding some texts would take, without embedding them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..components import Embedder, Role, overrides
from .cache import EmbeddingCache
from .calling import Calls
from .chunks import Chunks
from .collecting import distinct
from .lengths import Pieces, pieces_of

__all__ = ["DryRun", "dry_run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What embedding would take.

    Args:
        texts: Texts given.
        distinct: Different ones among them; each is embedded once.
        cached: Those whose rows are in the cache.
        requests: Calls to the embedder: requests to a service, where it is one.
        tokens: Tokens that would be read, as the embedder counts or estimates them; None where it cannot.
    """

    texts: int
    distinct: int
    cached: int
    requests: int
    tokens: int | None

    def __str__(self) -> str:
        tokens = "" if self.tokens is None else f" of about {self.tokens:,} tokens in all"
        requests = f"{self.requests:,} request{'' if self.requests == 1 else 's'}"
        return f"{self.texts:,} texts ({self.distinct:,} distinct, {self.cached:,} cached): {requests}{tokens}"


def dry_run(
    embedder: Embedder, texts: Sequence[str], cache: EmbeddingCache | None, key: str | None, role: Role = "document"
) -> DryRun:
    """What *embedder* would be asked for the rows of *texts*."""
    once, _ = distinct(texts)
    shelf = None if cache is None else cache.shelf(embedder, key)
    missing = once
    if shelf is not None:
        keys = shelf.keys(once, role)
        found = shelf.find(keys)
        missing = [text for text, own in zip(once, keys, strict=True) if own not in found]
    counts = overrides(embedder, Embedder, "count_tokens")
    pieces = pieces_of(embedder, missing) if counts else Pieces(missing, np.arange(len(missing) + 1))
    chunks = Chunks.of(embedder, pieces, role)
    requests = sum(len(chunks.calls(first, last)) for first, last in chunks.bounds())
    tokens = None
    if counts:
        calls = Calls(embedder)
        counted = calls.guarded("count_tokens", lambda: embedder.count_tokens(pieces.texts))
        limit = calls.guarded("max_tokens", lambda: embedder.max_tokens)
        tokens = int(np.minimum(counted, np.iinfo(np.int64).max if limit is None else limit).sum())
    return DryRun(
        texts=len(texts), distinct=len(once), cached=len(once) - len(missing), requests=requests, tokens=tokens
    )
