"""What this distribution offers, readable without importing sentence-transformers."""

from __future__ import annotations

from topicore import hookimpl
from topicore.specs import EmbedderSpec, NativeType

SENTENCE_TRANSFORMERS = EmbedderSpec(
    name="sentence-transformers",
    target="topicore_sentence_transformers.embedder:SentenceTransformerEmbedder",
    summary="Sentence-transformers models, by name, folder or object.",
    argument="model",
    adapts=(NativeType("sentence_transformers", "SentenceTransformer"),),
    requires=("sentence_transformers",),
    modalities=frozenset({"text", "image"}),
    chunk_size=1024,
    neutral=("device", "batch_size", "images", "on_error", "local_files_only"),
)


@hookimpl
def topicore_embedders() -> list[EmbedderSpec]:
    """One embedder, ``sentence-transformers``."""
    return [SENTENCE_TRANSFORMERS]
