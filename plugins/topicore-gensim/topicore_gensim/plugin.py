"""What this distribution offers, readable without importing gensim."""

from __future__ import annotations

from topicore import hookimpl
from topicore.specs import EmbedderSpec, NativeType

GENSIM = EmbedderSpec(
    name="gensim",
    target="topicore_gensim.embedder:GensimEmbedder",
    summary="Gensim word vectors and Doc2Vec models, by name, file or object.",
    argument="model",
    adapts=tuple(NativeType("gensim", name) for name in ("KeyedVectors", "Word2Vec", "FastText", "Doc2Vec")),
    requires=("gensim",),
    environment=("GENSIM_DATA_DIR",),
    neutral=("allow_pickle",),
)


@hookimpl
def topicore_embedders() -> list[EmbedderSpec]:
    """One embedder, ``gensim``."""
    return [GENSIM]
