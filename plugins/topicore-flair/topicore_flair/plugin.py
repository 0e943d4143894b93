"""What this distribution offers, readable without importing flair."""

from __future__ import annotations

from topicore import hookimpl
from topicore.specs import EmbedderSpec, NativeType

FLAIR = EmbedderSpec(
    name="flair",
    target="topicore_flair.embedder:FlairEmbedder",
    summary="Flair document embeddings, and word embeddings pooled, by name, file or object.",
    argument="model",
    adapts=(NativeType("flair", "DocumentEmbeddings"), NativeType("flair", "TokenEmbeddings")),
    requires=("flair", "gensim", "torch"),
    environment=("FLAIR_CACHE_ROOT", "FLAIR_DEVICE", "HF_HOME", "HF_HUB_OFFLINE", "HF_TOKEN"),
    chunk_size=1024,
    neutral=("batch_size", "local_files_only", "allow_pickle"),
)


@hookimpl
def topicore_embedders() -> list[EmbedderSpec]:
    """One embedder, ``flair``."""
    return [FLAIR]
