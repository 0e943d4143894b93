"""What embedding some texts would take, without embedding them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from ..components import Embedder, Role, overrides
from .cache import EmbeddingCache, part_key
from .calling import EmbedderCalls
from .chunks import Chunks
from .collecting import distinct
from .lengths import pieces_of

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
    """What *embedder*, or all of its parts, would be asked for the rows of *texts*."""
    asked = embedder.parts_for(role)
    if asked:
        places = [embedder.parts().index(part) for part in asked]
        parts = cast(Sequence[Embedder], asked)
        found = [dry_run(part, texts, cache, part_key(key, at), role) for part, at in zip(parts, places, strict=True)]
        tokens = [one.tokens for one in found if one.tokens is not None]
        return DryRun(
            texts=len(texts),
            distinct=found[0].distinct,
            cached=min(one.cached for one in found),
            requests=sum(one.requests for one in found),
            tokens=sum(tokens) if tokens else None,
        )
    once, _ = distinct(texts)
    missing = once
    if cache is not None and (shelf := cache.shelf(embedder, key)) is not None:
        keys = shelf.keys(once, role)
        rows = shelf.find(keys)
        missing = [text for text, own in zip(once, keys, strict=True) if own not in rows]
    requests, counted = _asked(embedder, missing, role)
    cached = len(once) - len(missing)
    return DryRun(texts=len(texts), distinct=len(once), cached=cached, requests=requests, tokens=counted)


def _asked(embedder: Embedder, texts: Sequence[str], role: Role) -> tuple[int, int | None]:
    """Calls of *embedder* for *texts*, and the tokens that it would read."""
    if overrides(embedder, Embedder, "fit_tokens"):  # reads the tokens of the corpus, and no text
        return 0, None
    pieces = pieces_of(embedder, texts)
    chunks = Chunks.of(embedder, pieces, role)
    requests = sum(len(chunks.calls(first, last)) for first, last in chunks.bounds())
    if not overrides(embedder, Embedder, "count_tokens"):
        return requests, None
    calls = EmbedderCalls(embedder)
    counted = calls.counted(pieces.texts)
    limit = calls.guarded("max_tokens", lambda: embedder.max_tokens)
    return requests, int(np.minimum(counted, np.iinfo(np.int64).max if limit is None else limit).sum())
