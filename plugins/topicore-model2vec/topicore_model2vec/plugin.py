"""What this distribution offers, readable without importing model2vec."""

from __future__ import annotations

from topicore import hookimpl
from topicore.specs import EmbedderSpec, NativeType

MODEL2VEC = EmbedderSpec(
    name="model2vec",
    target="topicore_model2vec.embedder:Model2VecEmbedder",
    summary="Model2Vec static embeddings, by name, folder or object: fast on a CPU, no torch.",
    argument="model",
    adapts=(NativeType("model2vec", "StaticModel"),),
    requires=("model2vec",),
    neutral=("batch_size", "local_files_only"),
)


@hookimpl
def topicore_embedders() -> list[EmbedderSpec]:
    """One embedder, ``model2vec``."""
    return [MODEL2VEC]
