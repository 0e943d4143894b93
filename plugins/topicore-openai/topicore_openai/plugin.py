"""What this distribution offers, readable without importing openai."""

from __future__ import annotations

from topicore import hookimpl
from topicore.specs import EmbedderSpec, NativeType, RepresentationSpec

CLIENTS = (NativeType("openai", "OpenAI"), NativeType("openai", "AsyncOpenAI"))
ENVIRONMENT = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID")

OPENAI = EmbedderSpec(
    name="openai",
    target="topicore_openai.embedder:OpenAIEmbedder",
    summary="Embedding models of OpenAI, Azure OpenAI and compatible servers, by name or client.",
    argument="model",
    adapts=CLIENTS,
    requires=("openai",),
    environment=ENVIRONMENT,
    network=True,
    chunk_size=2048,
    chunk_tokens=250_000,
    neutral=("batch_size", "timeout"),
)

LABEL = RepresentationSpec(
    name="openai.label",
    target="topicore_openai.representation:OpenAILabel",
    summary="Labels, summaries and keywords from chat models of OpenAI, Azure OpenAI and compatible servers.",
    argument="model",
    adapts=CLIENTS,
    requires=("openai",),
    environment=ENVIRONMENT,
    needs=frozenset({"documents"}),
    network=True,
    calls_model=True,
    deterministic=False,
    yields=frozenset({"label"}),
)


@hookimpl
def topicore_embedders() -> list[EmbedderSpec]:
    """One embedder, ``openai``."""
    return [OPENAI]


@hookimpl
def topicore_representations() -> list[RepresentationSpec]:
    """One representation, ``openai.label``."""
    return [LABEL]
