"""What this distribution offers, readable without importing spaCy."""

from __future__ import annotations

from topicore import hookimpl
from topicore.specs import EmbedderSpec, NativeType

SPACY = EmbedderSpec(
    name="spacy",
    target="topicore_spacy.embedder:SpacyEmbedder",
    summary="spaCy pipelines with word vectors or a transformer, by name, folder or object.",
    argument="model",
    adapts=(NativeType("spacy", "Language"),),
    requires=("spacy",),
    chunk_size=1024,
    neutral=("batch_size",),
)


@hookimpl
def topicore_embedders() -> list[EmbedderSpec]:
    """One embedder, ``spacy``."""
    return [SPACY]
