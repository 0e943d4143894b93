"""What this distribution offers, readable without importing fastembed."""

from __future__ import annotations

from topicore import hookimpl
from topicore.specs import EmbedderSpec, NativeType

FASTEMBED = EmbedderSpec(
    name="fastembed",
    target="topicore_fastembed.embedder:FastEmbedder",
    summary="FastEmbed models (ONNX, no torch), by name, folder or object.",
    argument="model",
    adapts=(NativeType("fastembed", "TextEmbedding"),),
    requires=("fastembed",),
    neutral=("batch_size", "threads", "device", "cache_dir", "local_files_only"),
    chunk_size=1024,
)


@hookimpl
def topicore_embedders() -> list[EmbedderSpec]:
    """One embedder, ``fastembed``."""
    return [FASTEMBED]
