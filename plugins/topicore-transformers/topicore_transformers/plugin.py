"""What this distribution offers, readable without importing transformers."""

from __future__ import annotations

from topicore import hookimpl
from topicore.specs import EmbedderSpec, NativeType, RepresentationSpec

REQUIRES = ("torch", "transformers")
ENVIRONMENT = ("HF_HOME", "HF_HUB_OFFLINE", "HF_TOKEN")

TRANSFORMERS = EmbedderSpec(
    name="transformers",
    target="topicore_transformers.embedder:TransformersEmbedder",
    summary="Text models of Hugging Face transformers, by name, folder or feature-extraction pipeline.",
    argument="model",
    adapts=(NativeType("transformers", "FeatureExtractionPipeline"),),
    requires=REQUIRES,
    environment=ENVIRONMENT,
    chunk_size=1024,
    neutral=("batch_size", "device", "local_files_only"),
)

ZEROSHOT = RepresentationSpec(
    name="transformers.zeroshot",
    target="topicore_transformers.zeroshot:ZeroShot",
    summary="Those of your labels that fit a topic, by zero-shot classification of its words.",
    argument="model",
    adapts=(NativeType("transformers", "ZeroShotClassificationPipeline"),),
    requires=REQUIRES,
    environment=ENVIRONMENT,
    calls_model=True,
    yields=frozenset({"label"}),
)

GENERATE = RepresentationSpec(
    name="transformers.generate",
    target="topicore_transformers.generate:Generate",
    summary="Labels, summaries and keywords written by a language model on this machine.",
    argument="model",
    adapts=(
        NativeType("transformers", "TextGenerationPipeline"),
        NativeType("transformers", "Text2TextGenerationPipeline"),
    ),
    requires=REQUIRES,
    environment=ENVIRONMENT,
    receives={"random_state": "seed"},
    calls_model=True,
    needs=frozenset({"documents"}),
    yields=frozenset({"label"}),
)


@hookimpl
def topicore_embedders() -> list[EmbedderSpec]:
    """One embedder, ``transformers``."""
    return [TRANSFORMERS]


@hookimpl
def topicore_representations() -> list[RepresentationSpec]:
    """``transformers.zeroshot`` and ``transformers.generate``."""
    return [ZEROSHOT, GENERATE]
