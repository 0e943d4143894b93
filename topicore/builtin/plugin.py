"""What the core itself provides, announced through the same hooks as any plugin."""

from __future__ import annotations

from collections.abc import Iterable

from ..hookspecs import hookimpl
from ..specs import (
    ClustererSpec,
    EmbedderSpec,
    ExecutorSpec,
    NativeType,
    ObserverSpec,
    ReducerSpec,
    RepresentationSpec,
    VectorizerSpec,
    WeightingSpec,
)
from .specs_clustering import CLUSTERERS, REDUCERS

PPMI = EmbedderSpec(
    name="ppmi",
    target="topicore.builtin.ppmi:Ppmi",
    summary="Word vectors learned from the corpus itself; nothing to download (default).",
    trainable=True,
    persists=True,
    receives={"language": "language", "stop_words": "stop_words", "random_state": "random_state"},
)
LSA = EmbedderSpec(
    name="lsa",
    target="topicore.builtin.lsa:Lsa",
    summary="TF-IDF and truncated SVD, the classic.",
    trainable=True,
    persists=True,
    receives={"language": "language", "stop_words": "stop_words", "random_state": "random_state"},
)
JOINT = EmbedderSpec(
    name="joint",
    target="topicore.builtin.joint:Joint",
    summary="Several embedders side by side, each centred and weighted; made from a list.",
    adapts=(NativeType("builtins", "list"), NativeType("builtins", "tuple")),
    trainable=True,
    persists=True,
)
BY_ROLE = EmbedderSpec(
    name="by-role",
    target="topicore.builtin.by_role:ByRole",
    summary="Different embedders for documents, queries and words; made from a dict.",
    adapts=(NativeType("builtins", "dict"),),
    trainable=True,
)
SKLEARN_EMBEDDER = EmbedderSpec(
    name="sklearn",
    target="topicore.builtin.foreign:SklearnEmbedder",
    summary="Any scikit-learn transformer or pipeline of texts, fitted or not.",
    adapts=(NativeType("sklearn", "BaseEstimator"),),
    trainable=True,
    incremental=True,
    persists=True,
)
PRECOMPUTED = EmbedderSpec(
    name="precomputed",
    target="topicore.builtin.foreign:Precomputed",
    summary="Embeddings that are given with each call.",
)
CALLABLE = EmbedderSpec(
    name="callable",
    target="topicore.builtin.foreign:CallableEmbedder",
    summary="Any function from a list of texts to rows.",
)

COUNT = VectorizerSpec(
    name="count",
    target="topicore.builtin.vectorizers:Count",
    summary="Words of any script, counted within limits (default).",
    receives={"language": "language", "stop_words": "stop_words", "ngram_range": "ngram_range"},
)
SKLEARN_COUNT = VectorizerSpec(
    name="sklearn",
    target="topicore.builtin.vectorizers:SklearnCount",
    summary="A scikit-learn CountVectorizer; its counts are exactly its own.",
    adapts=(NativeType("sklearn", "CountVectorizer"),),
)
HASHING = VectorizerSpec(
    name="hashing",
    target="topicore.builtin.hashing:Hashing",
    summary="Counts over a fixed number of columns.",
    tokens=False,
    incremental=True,
    persists=True,
    receives={"language": "language", "stop_words": "stop_words"},
)

C_TF_IDF = WeightingSpec(
    name="c-tf-idf",
    target="topicore.builtin.weightings:ClassTfidf",
    summary="Class-based TF-IDF, with BM25, frequent-word and seed-word options (default).",
    persists=True,
    receives={"seed_words": "seed_words"},
)

PROJECTION = RepresentationSpec(
    name="projection",
    target="topicore.builtin.keywords:Projection",
    summary="The best c-TF-IDF words, re-ranked by how close their documents are to the topic (default).",
    needs=frozenset({"embeddings"}),
)
TERMS = RepresentationSpec(
    name="c-tf-idf",
    target="topicore.builtin.keywords:Terms",
    summary="The plain words by weight.",
)
KEYBERT = RepresentationSpec(
    name="keybert",
    target="topicore.builtin.keywords:Keybert",
    summary="The words whose documents are nearest to the topic's representative ones; no word is embedded.",
    needs=frozenset({"embeddings"}),
)
EMBEDDED_KEYBERT = RepresentationSpec(
    name="keybert.embedded",
    target="topicore.builtin.embedded_keywords:EmbeddedKeybert",
    summary="Words embedded and compared with the topic's representative documents (KeyBERT-inspired).",
    needs=frozenset({"embeddings", "embedder"}),
)
MMR = RepresentationSpec(
    name="mmr",
    target="topicore.builtin.keywords:Mmr",
    summary="Words close to the topic that differ from one another (maximal marginal relevance).",
    needs=frozenset({"embeddings"}),
)
EMBEDDED_MMR = RepresentationSpec(
    name="mmr.embedded",
    target="topicore.builtin.embedded_keywords:EmbeddedMmr",
    summary="Words close to the topic that differ from one another, by embeddings of the words.",
    needs=frozenset({"embeddings", "embedder"}),
)
PHRASES = RepresentationSpec(
    name="phrases",
    target="topicore.builtin.phrases:Phrases",
    summary="Words and the phrases that replace them; one of several forms of a word.",
    needs=frozenset({"tokens"}),
)
REPRESENTATIVE = RepresentationSpec(
    name="representative",
    target="topicore.builtin.sentences:Representative",
    summary="A summary of the topic's own sentences, the nearest to it in its representative documents.",
    needs=frozenset({"documents", "embeddings"}),
    yields=frozenset({"summary"}),
)

SERIAL = ExecutorSpec(
    name="serial",
    target="topicore.builtin.execution:Serial",
    summary="One call after the other.",
)
THREADS = ExecutorSpec(
    name="threads",
    target="topicore.builtin.execution:Threads",
    summary="A bounded number of threads, for embedders that wait for a network.",
    argument="workers",
)
PROGRESS = ObserverSpec(
    name="progress",
    target="topicore.builtin.execution:Progress",
    summary="Progress bars on the terminal.",
)


@hookimpl
def topicore_embedders() -> Iterable[EmbedderSpec]:
    """The embedders of the core."""
    return (PPMI, LSA, JOINT, BY_ROLE, SKLEARN_EMBEDDER, PRECOMPUTED, CALLABLE)


@hookimpl
def topicore_reducers() -> Iterable[ReducerSpec]:
    """The reducers of the core."""
    return REDUCERS


@hookimpl
def topicore_clusterers() -> Iterable[ClustererSpec]:
    """The clusterers of the core."""
    return CLUSTERERS


@hookimpl
def topicore_vectorizers() -> Iterable[VectorizerSpec]:
    """The vectorizers of the core."""
    return (COUNT, SKLEARN_COUNT, HASHING)


@hookimpl
def topicore_weightings() -> Iterable[WeightingSpec]:
    """The weightings of the core."""
    return (C_TF_IDF,)


@hookimpl
def topicore_representations() -> Iterable[RepresentationSpec]:
    """The representations of the core."""
    return (PROJECTION, TERMS, KEYBERT, EMBEDDED_KEYBERT, MMR, EMBEDDED_MMR, PHRASES, REPRESENTATIVE)


@hookimpl
def topicore_executors() -> Iterable[ExecutorSpec]:
    """The executors of the core."""
    return (SERIAL, THREADS)


@hookimpl
def topicore_observers() -> Iterable[ObserverSpec]:
    """The observers of the core."""
    return (PROGRESS,)
