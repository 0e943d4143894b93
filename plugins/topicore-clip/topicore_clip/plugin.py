"""What this distribution offers, readable without importing sentence-transformers."""

from __future__ import annotations

from topicore import hookimpl
from topicore.specs import EmbedderSpec

CLIP = EmbedderSpec(
    name="clip",
    target="topicore_clip.embedder:ClipEmbedder",
    summary="CLIP models: texts and images in one space.",
    argument="model",
    requires=("topicore_sentence_transformers", "sentence_transformers", "PIL"),
    modalities=frozenset({"text", "image"}),
    chunk_size=512,
    neutral=("device", "batch_size", "on_error", "local_files_only"),
)


@hookimpl
def topicore_embedders() -> list[EmbedderSpec]:
    """One embedder, ``clip``."""
    return [CLIP]
