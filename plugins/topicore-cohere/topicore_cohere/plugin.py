"""What this distribution offers, readable without importing cohere."""

from __future__ import annotations

from topicore import hookimpl
from topicore.specs import EmbedderSpec, NativeType, RepresentationSpec

CLIENTS = tuple(NativeType("cohere", name) for name in ("BaseCohere", "V2Client", "AsyncBaseCohere", "AsyncV2Client"))
ENVIRONMENT = ("CO_API_KEY", "COHERE_API_KEY", "CO_API_URL")

COHERE = EmbedderSpec(
    name="cohere",
    target="topicore_cohere.embedder:CohereEmbedder",
    summary="Embedding models of Cohere, by name or client.",
    argument="model",
    adapts=CLIENTS,
    requires=("cohere",),
    environment=ENVIRONMENT,
    network=True,
    chunk_size=96,
    chunk_tokens=100_000,
    neutral=("batch_size", "timeout"),
)

LABEL = RepresentationSpec(
    name="cohere.label",
    target="topicore_cohere.representation:CohereLabel",
    summary="Labels, summaries and keywords from chat models of Cohere, by name or client.",
    argument="model",
    adapts=CLIENTS,
    requires=("cohere",),
    environment=ENVIRONMENT,
    needs=frozenset({"documents"}),
    network=True,
    calls_model=True,
    deterministic=False,
    yields=frozenset({"label"}),
)


@hookimpl
def topicore_embedders() -> list[EmbedderSpec]:
    """One embedder, ``cohere``."""
    return [COHERE]


@hookimpl
def topicore_representations() -> list[RepresentationSpec]:
    """One representation, ``cohere.label``."""
    return [LABEL]
