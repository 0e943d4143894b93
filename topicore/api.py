"""Components by name or around a live object, and embedding without a model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from .components import Clusterer, Embedder, Executor, Matrix, Reducer, Representation, Vectorizer, Weighting
from .errors import InputError
from .inputs import as_documents, as_images

if TYPE_CHECKING:
    from .pipeline.planning import DryRun

__all__ = ["clusterer", "dry_run", "embed", "embedder", "reducer", "representation", "vectorizer", "weighting"]


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


def embed(
    embedder: Any,
    texts: Any = None,
    images: Any = None,
    *,
    cache: str | Path | None = None,
    cache_key: str | None = None,
    out: str | Path | None = None,
    executor: Any = "threads",
    observers: Any = None,
) -> Matrix:
    """Embed texts, images, or rows that have both (averaged), without a model.

    An embedder that learns from a corpus learns from *texts* first.

    Args:
        embedder: A name or an object.
        texts: A list of texts, or None.
        images: A list of images or paths, one a text where both are given, or None.
        cache: A file that keeps rows, so that each text is embedded once.
        cache_key: What the rows are called in the cache, for an embedder that does not say what they depend on.
        out: A ``.npy`` file for dense rows that may not fit into memory; it appears when it is complete.
        executor: Where calls that wait for a network run. Provisional.
        observers: Who is told of progress, such as ``"progress"``. Provisional.

    Returns:
        (n, d) float32 rows in order; mapped from the file where *out* is given.

    Raises:
        InputError: Something given cannot be used.
        ComponentError: The embedder failed, or broke its contract.
    """
    if texts is None and images is None:
        raise InputError("give texts, images, or both")
    documents = None if texts is None else as_documents(texts, "texts")
    pictures: Sequence[Any] | None = (
        None if images is None else as_images(images, None if documents is None else len(documents))
    )
    component = _build("embedder", embedder, {}).fresh()
    from . import registry
    from .pipeline.cache import opened
    from .pipeline.embedding import Embedding, Work
    from .pipeline.notifying import notifier
    from .pipeline.rowfile import target

    with target(out) as file, notifier(observers) as notify, opened(cache) as kept:
        runner = cast(Executor, registry.build("executor", executor or "serial"))
        work = Work(notify=notify, executor=runner, cache=kept, cache_key=cache_key)
        rows = Embedding(embedder=component, work=work, out=file.draft).fit(documents, None, pictures)
        return file.complete(rows)


def dry_run(embedder: Any, texts: Any, *, cache: str | Path | None = None, cache_key: str | None = None) -> DryRun:
    """How many requests and tokens embedding *texts* would take; nothing is embedded or sent.

    Args:
        embedder: A name or an object.
        texts: A list of texts.
        cache: The file that keeps rows; what is there needs no request.
        cache_key: As for ``embed``.
    """
    documents = as_documents(texts, "texts")
    component = _build("embedder", embedder, {})
    from .pipeline.cache import opened
    from .pipeline.planning import dry_run as plan

    with opened(cache, create=False) as kept:
        return plan(component, documents, kept, cache_key)
