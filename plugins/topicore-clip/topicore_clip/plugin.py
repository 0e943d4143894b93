"""What this distribution offers, readable without importing sentence-transformers."""

from __future__ import annotations

from topicore import hookimpl
from topicore.specs import EmbedderSpec, RepresentationSpec

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
IMAGES = RepresentationSpec(
    name="clip.images",
    target="topicore_clip.images:ClipImages",
    summary="The most representative images of each topic, as a collage.",
    requires=("PIL",),
    needs=frozenset({"images", "embeddings"}),
    yields=frozenset({"images"}),
)
CAPTIONS = RepresentationSpec(
    name="clip.captions",
    target="topicore_clip.captions:ClipCaptions",
    summary="What a captioning model says of each topic's images, as a summary and as words.",
    argument="model",
    requires=("sentence_transformers", "transformers", "PIL"),
    needs=frozenset({"images", "embeddings"}),
    calls_model=True,
    yields=frozenset({"terms", "summary"}),
)


@hookimpl
def topicore_embedders() -> list[EmbedderSpec]:
    """One embedder, ``clip``."""
    return [CLIP]


@hookimpl
def topicore_representations() -> list[RepresentationSpec]:
    """Two representations of topics that have images."""
    return [IMAGES, CAPTIONS]
