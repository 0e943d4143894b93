"""What this distribution offers, readable without importing TensorFlow."""

from __future__ import annotations

from topicore import hookimpl
from topicore.specs import EmbedderSpec, NativeType

USE = EmbedderSpec(
    name="use",
    target="topicore_use.embedder:UseEmbedder",
    summary="Universal Sentence Encoder and other text modules of TensorFlow Hub, by address, folder or object.",
    argument="handle",
    adapts=(NativeType("tensorflow", "_UserObject"), NativeType("tensorflow_hub", "KerasLayer")),
    requires=("tensorflow", "tensorflow_hub"),
    neutral=("batch_size",),
    chunk_size=1024,
)


@hookimpl
def topicore_embedders() -> list[EmbedderSpec]:
    """One embedder, ``use``."""
    return [USE]
