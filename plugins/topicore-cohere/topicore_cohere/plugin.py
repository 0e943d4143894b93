"""What this distribution offers, readable without importing cohere."""

from __future__ import annotations

from topicore import hookimpl
from topicore.specs import EmbedderSpec, NativeType

COHERE = EmbedderSpec(
    name="cohere",
    target="topicore_cohere.embedder:CohereEmbedder",
    summary="Embedding models of Cohere, by name or client.",
    argument="model",
    adapts=tuple(NativeType("cohere", name) for name in ("BaseCohere", "V2Client", "AsyncBaseCohere", "AsyncV2Client")),
    requires=("cohere",),
    environment=("CO_API_KEY", "COHERE_API_KEY", "CO_API_URL"),
    network=True,
    chunk_size=96,
    chunk_tokens=100_000,
    neutral=("batch_size", "timeout"),
)


@hookimpl
def topicore_embedders() -> list[EmbedderSpec]:
    """One embedder, ``cohere``."""
    return [COHERE]
