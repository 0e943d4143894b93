"""Plugins that the core has heard of, so that it can say what to install.

A line here changes a message and nothing else; authors of plugins are welcome to add theirs. The
table knows, for each namespace, the distribution, the kinds it provides, and the types of the
backend by which a live object is recognised before the plugin is installed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..specs import Kind, NativeType

__all__ = ["KNOWN", "KnownPlugin", "model_hint", "packages", "project"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlugin:
    """A plugin that may or may not be installed.

    Args:
        distribution: What to install.
        kinds: What it provides.
        natives: The foreign types it wraps, a tuple for each kind.
    """

    distribution: str
    kinds: tuple[Kind, ...]
    natives: Mapping[Kind, tuple[NativeType, ...]] = field(default_factory=dict)


def _types(package: str, *names: str) -> tuple[NativeType, ...]:
    return tuple(NativeType(package, name) for name in names)


KNOWN: Mapping[str, KnownPlugin] = {
    "any-llm": KnownPlugin(
        distribution="topicore-any-llm",
        kinds=("representation",),
        natives={"representation": _types("any_llm", "AnyLLM")},
    ),
    "clip": KnownPlugin(distribution="topicore-clip", kinds=("embedder", "representation")),
    "cohere": KnownPlugin(
        distribution="topicore-cohere",
        kinds=("embedder", "representation"),
        natives={
            "embedder": _types("cohere", "BaseCohere", "V2Client"),
            "representation": _types("cohere", "BaseCohere", "V2Client"),
        },
    ),
    "fastembed": KnownPlugin(
        distribution="topicore-fastembed",
        kinds=("embedder",),
        natives={"embedder": _types("fastembed", "TextEmbedding")},
    ),
    "flair": KnownPlugin(
        distribution="topicore-flair",
        kinds=("embedder",),
        natives={"embedder": _types("flair", "DocumentEmbeddings", "TokenEmbeddings")},
    ),
    "gensim": KnownPlugin(
        distribution="topicore-gensim",
        kinds=("embedder",),
        natives={"embedder": _types("gensim", "KeyedVectors", "Word2Vec", "FastText", "Doc2Vec")},
    ),
    "hdbscan": KnownPlugin(
        distribution="topicore-hdbscan",
        kinds=("clusterer",),
        natives={"clusterer": _types("hdbscan", "HDBSCAN")},
    ),
    "langchain": KnownPlugin(
        distribution="topicore-langchain",
        kinds=("embedder", "representation"),
        natives={
            "embedder": _types("langchain_core", "Embeddings"),
            "representation": _types("langchain_core", "Runnable"),
        },
    ),
    "model2vec": KnownPlugin(
        distribution="topicore-model2vec",
        kinds=("embedder",),
        natives={"embedder": _types("model2vec", "StaticModel")},
    ),
    "openai": KnownPlugin(
        distribution="topicore-openai",
        kinds=("embedder", "representation"),
        natives={"embedder": _types("openai", "OpenAI"), "representation": _types("openai", "OpenAI")},
    ),
    "segment": KnownPlugin(distribution="topicore-segment", kinds=("vectorizer",)),
    "sentence-transformers": KnownPlugin(
        distribution="topicore-sentence-transformers",
        kinds=("embedder",),
        natives={"embedder": _types("sentence_transformers", "SentenceTransformer")},
    ),
    "spacy": KnownPlugin(
        distribution="topicore-spacy",
        kinds=("embedder", "representation"),
        natives={"embedder": _types("spacy", "Language"), "representation": _types("spacy", "Language")},
    ),
    "transformers": KnownPlugin(
        distribution="topicore-transformers",
        kinds=("embedder", "representation"),
        natives={
            "embedder": _types("transformers", "FeatureExtractionPipeline"),
            "representation": _types(
                "transformers",
                "TextGenerationPipeline",
                "Text2TextGenerationPipeline",
                "ZeroShotClassificationPipeline",
            ),
        },
    ),
    "umap": KnownPlugin(
        distribution="topicore-umap",
        kinds=("reducer",),
        natives={"reducer": _types("umap", "UMAP")},
    ),
    "use": KnownPlugin(
        distribution="topicore-use",
        kinds=("embedder",),
        natives={"embedder": (*_types("tensorflow", "_UserObject"), *_types("tensorflow_hub", "KerasLayer"))},
    ),
}

_PROJECTS: Mapping[str, str] = {
    "PIL": "pillow",
    "any_llm": "any-llm-sdk",
    "sklearn": "scikit-learn",
    "umap": "umap-learn",
}

_MODEL_IDS: Mapping[Kind, tuple[tuple[str, str], ...]] = {
    "embedder": (
        (r".*(?:tfhub\.dev|universal-sentence-encoder).*", "use"),
        (r"text-embedding-[\w.-]+", "openai"),
        (r"embed-(?:v\d|english|multilingual)[\w.-]*", "cohere"),
        (r"[a-z]{2}_[a-z]+_[a-z]+_(?:sm|md|lg|trf)", "spacy"),
        (r"(?:sentence-transformers/)?clip-[\w.-]+", "clip"),
        (r"(?:minishlab/)?(?:potion|M2V)[\w.-]+", "model2vec"),
        (r"(?:glove|word2vec|fasttext|conceptnet)-[\w.-]+", "gensim"),
        (r"(?:bert|roberta|distilbert|distilroberta|xlm|albert|deberta|electra)-[\w.-]+", "transformers"),
        (r"(?:all|paraphrase|multi-qa|msmarco|bge|e5|gte|nomic|multilingual|distiluse|gtr|sentence-t5)-[\w.-]+",
         "sentence-transformers"),
        (r"[\w.~-]*/[\w./-]+|[\w.-]*[A-Z_][\w.-]*", "sentence-transformers"),
    ),
    "representation": (
        (r"(?:gpt|o\d)-?[\w.-]*", "openai.label"),
        (r"command-[\w.-]+", "cohere.label"),
        (r"[a-z]{2}_[a-z]+_[a-z]+_(?:sm|md|lg|trf)", "spacy.pos"),
        (r"[\w.~-]+/[\w./-]+", "transformers.generate"),
    ),
}  # fmt: skip


def model_hint(kind: Kind, text: str) -> str | None:
    """What to write instead of *text* where it reads like the id of a model, not like a component's name."""
    for pattern, name in _MODEL_IDS.get(kind, ()):
        if re.fullmatch(pattern, text):
            return f"{name}:{text}"
    return None


def packages() -> frozenset[str]:
    """The top-level packages of all known native types."""
    return frozenset(
        native.package for plugin in KNOWN.values() for natives in plugin.natives.values() for native in natives
    )


def project(module: str) -> str:
    """What to install to get the top-level *module*."""
    return _PROJECTS.get(module, module.replace("_", "-"))
