"""Telling where embeddings of flair came from."""

from __future__ import annotations

import os
from typing import Any

from .loading import pickled


def origin(embeddings: Any) -> dict[str, Any] | None:
    """The parameters that build *embeddings* again, or None where they do not tell or there are none."""
    from flair.embeddings import DocumentPoolEmbeddings, TransformerDocumentEmbeddings, WordEmbeddings

    kinds = {TransformerDocumentEmbeddings: _transformer, DocumentPoolEmbeddings: _pool, WordEmbeddings: _words}
    tell = kinds.get(type(embeddings))
    return tell(embeddings) if tell else None


def _transformer(embeddings: Any) -> dict[str, Any] | None:
    """Not of one that was trained here or loaded with a model of flair: its weights are not what its name gives."""
    given, model = embeddings.instance_parameters, embeddings.model
    name = embeddings.base_model_name
    changed = (
        embeddings.training
        or given["name"] is not None
        or given["peft_config"] is not None
        or any(given[f"transformers_{part}_kwargs"] for part in ("tokenizer", "config", "model"))
        or any(given["kwargs"].get(key) for key in given["kwargs"] if key not in HANDLED)
        or embeddings.token_embedding
        or embeddings.context_length
        or embeddings.force_max_length
        or embeddings.allow_long_sentences
        or not type(model).__module__.startswith("transformers.")
        or any(part.grad is not None or str(part.dtype) != "torch.float32" for part in model.parameters())
    )
    if changed or not name:
        return None
    return {
        "model": name,
        "kind": "transformer",
        "pooling": embeddings.cls_pooling,
        "layers": ",".join(map(str, embeddings.layer_indexes)),
        "layer_mean": embeddings.layer_mean,
        "revision": None if os.path.isdir(name) else getattr(model.config, "_commit_hash", None),
    }


HANDLED = ("revision", "local_files_only", "cache_dir", "token", "force_download")
"""Arguments of transformers that say where a model is, and not what it is."""


def _pool(embeddings: Any) -> dict[str, Any] | None:
    parts = embeddings.embeddings.embeddings
    found = origin(parts[0]) if len(parts) == 1 and embeddings.fine_tune_mode == "none" else None
    return {**found, "pooling": embeddings.pooling} if found and found["kind"] == "word" else None


def _words(embeddings: Any) -> dict[str, Any] | None:
    """Those from a file that is read as data; others would have to be unpickled."""
    path = embeddings.embeddings
    plain = embeddings.field is None and not embeddings.fine_tune and embeddings.layer_norm is None
    if not plain or not isinstance(path, str) or pickled(path) or not os.path.isfile(path):
        return None
    return {"model": path, "kind": "word"}
