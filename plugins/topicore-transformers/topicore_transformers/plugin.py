"""What this distribution offers, readable without importing transformers."""

from __future__ import annotations

from topicore import hookimpl
from topicore.specs import EmbedderSpec, NativeType

TRANSFORMERS = EmbedderSpec(
    name="transformers",
    target="topicore_transformers.embedder:TransformersEmbedder",
    summary="Text models of Hugging Face transformers, by name, folder or feature-extraction pipeline.",
    argument="model",
    adapts=(NativeType("transformers", "FeatureExtractionPipeline"),),
    requires=("torch", "transformers"),
    environment=("HF_HOME", "HF_HUB_OFFLINE", "HF_TOKEN"),
    chunk_size=1024,
    neutral=("batch_size", "device", "local_files_only"),
)


@hookimpl
def topicore_embedders() -> list[EmbedderSpec]:
    """One embedder, ``transformers``."""
    return [TRANSFORMERS]
