"""What this distribution offers, readable without importing openai."""

from __future__ import annotations

from topicore import hookimpl
from topicore.specs import EmbedderSpec, NativeType

OPENAI = EmbedderSpec(
    name="openai",
    target="topicore_openai.embedder:OpenAIEmbedder",
    summary="Embedding models of OpenAI, Azure OpenAI and compatible servers, by name or client.",
    argument="model",
    adapts=(NativeType("openai", "OpenAI"), NativeType("openai", "AsyncOpenAI")),
    requires=("openai",),
    environment=("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"),
    network=True,
    chunk_size=2048,
    chunk_tokens=250_000,
    neutral=("batch_size", "timeout"),
)


@hookimpl
def topicore_embedders() -> list[EmbedderSpec]:
    """One embedder, ``openai``."""
    return [OPENAI]
