"""What this distribution offers, readable without importing spaCy."""

from __future__ import annotations

from topicore import hookimpl
from topicore.specs import EmbedderSpec, NativeType, RepresentationSpec

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

POS = RepresentationSpec(
    name="spacy.pos",
    target="topicore_spacy.pos:PartOfSpeech",
    summary="The words that match patterns of parts of speech in the topic's documents, by a spaCy pipeline.",
    argument="model",
    adapts=(NativeType("spacy", "Language"),),
    requires=("spacy",),
    needs=frozenset({"documents", "embeddings"}),
    calls_model=True,
)


@hookimpl
def topicore_embedders() -> list[EmbedderSpec]:
    """One embedder, ``spacy``."""
    return [SPACY]


@hookimpl
def topicore_representations() -> list[RepresentationSpec]:
    """One representation, ``spacy.pos``."""
    return [POS]
