"""What this distribution offers, readable without importing LangChain."""

from __future__ import annotations

from topicore import hookimpl
from topicore.specs import EmbedderSpec, NativeType, RepresentationSpec

EMBEDDER = EmbedderSpec(
    name="langchain",
    target="topicore_langchain.embedder:LangChainEmbedder",
    summary="Any Embeddings object of LangChain, or a model of one of its providers by name.",
    argument="model",
    adapts=(NativeType("langchain_core", "Embeddings"),),
    requires=("langchain_core",),
    network=True,
    chunk_size=256,
    neutral=("batch_size", "remote", "cache_key"),
)

LABEL = RepresentationSpec(
    name="langchain.label",
    target="topicore_langchain.label:LangChainLabel",
    summary="Labels, summaries and keywords from a Runnable of LangChain, or from a chat model by name.",
    argument="model",
    adapts=(NativeType("langchain_core", "Runnable"),),
    requires=("langchain_core",),
    deterministic=False,
    needs=frozenset({"documents"}),
    yields=frozenset({"label", "summary", "terms"}),
    network=True,
    calls_model=True,
)


@hookimpl
def topicore_embedders() -> list[EmbedderSpec]:
    """One embedder, ``langchain``."""
    return [EMBEDDER]


@hookimpl
def topicore_representations() -> list[RepresentationSpec]:
    """One representation, ``langchain.label``."""
    return [LABEL]
