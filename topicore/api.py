"""Components by name or around a live object, and embedding without a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from .components import Clusterer, Embedder, Matrix, Reducer, Representation, Vectorizer, Weighting
from .errors import InputError
from .inputs import as_documents, as_images

__all__ = ["clusterer", "embed", "embedder", "reducer", "representation", "vectorizer", "weighting"]


def embedder(name: Any, /, **parameters: Any) -> Embedder:
    """An embedder by name (``"sentence-transformers:all-MiniLM-L6-v2"``) or around a live object, with options.

    Raises:
        PluginError: The name leads nowhere, or its plugin is missing or broken.
        ParameterError: There is no such parameter, or it cannot take this value.
    """
    return cast(Embedder, _build("embedder", name, parameters))


def reducer(name: Any, /, **parameters: Any) -> Reducer:
    """A reducer by name (``"umap"``) or around a live object, with options."""
    return cast(Reducer, _build("reducer", name, parameters))


def clusterer(name: Any, /, **parameters: Any) -> Clusterer:
    """A clusterer by name (``"graph"``) or around a live object, with options."""
    return cast(Clusterer, _build("clusterer", name, parameters))


def vectorizer(name: Any, /, **parameters: Any) -> Vectorizer:
    """A vectorizer by name (``"count"``) or around a live object, with options."""
    return cast(Vectorizer, _build("vectorizer", name, parameters))


def weighting(name: Any, /, **parameters: Any) -> Weighting:
    """A weighting by name (``"c-tf-idf"``) or around a live object, with options."""
    return cast(Weighting, _build("weighting", name, parameters))


def representation(name: Any, /, **parameters: Any) -> Representation:
    """A representation by name (``"keybert"``) or around a live object, with options."""
    return cast(Representation, _build("representation", name, parameters))


def _build(kind: Any, name: Any, parameters: dict[str, Any]) -> Any:
    from . import registry

    return registry.build(kind, name, **parameters)


def embed(embedder: Any, texts: Any = None, images: Any = None) -> Matrix:
    """Embed texts, images, or rows that have both (averaged), without a model.

    An embedder that learns from a corpus learns from *texts* first.

    Args:
        embedder: A name or an object.
        texts: A list of texts, or None.
        images: A list of images or paths, one a text where both are given, or None.

    Returns:
        (n, d) float32 rows in order.
    """
    from .builtin.execution import Threads
    from .pipeline import Embedding

    if texts is None and images is None:
        raise InputError("give texts, images, or both")
    documents = None if texts is None else as_documents(texts, "texts")
    pictures: Sequence[Any] | None = (
        None if images is None else as_images(images, None if documents is None else len(documents))
    )
    component = _build("embedder", embedder, {}).fresh()
    work = Embedding(embedder=component, notify=lambda event: None, executor=Threads())
    return work.fit(documents, None, pictures)
