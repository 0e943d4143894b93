"""What this distribution offers, readable without importing a segmenter."""

from __future__ import annotations

from topicore import hookimpl
from topicore.specs import VectorizerSpec

SEGMENT = VectorizerSpec(
    name="segment",
    target="topicore_segment.vectorizer:Segment",
    summary="Chinese, Japanese and Thai cut into words by their dictionaries, other scripts as 'count' cuts them.",
    argument="language",
    environment=("PYTHAINLP_DATA", "PYTHAINLP_READ_ONLY"),
)


@hookimpl
def topicore_vectorizers() -> list[VectorizerSpec]:
    """One vectorizer, ``segment``."""
    return [SEGMENT]
