"""Modules as TensorFlow Hub has them, small enough to be built in a second, without a network."""

from __future__ import annotations

import hashlib
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from topicore_use.loading import quiet

ADDRESS = "https://tfhub.dev/google/universal-sentence-encoder/4"
THEMES = (
    ("moon", "rocket", "orbit"),
    ("bread", "oven", "flour"),
    ("goal", "league", "match"),
    ("judge", "court", "law"),
)
"""Words of one theme have vectors near each other."""
WIDTH = 16
_BUCKETS = 2048
_KEPT = TemporaryDirectory(prefix="tiny-use-", ignore_cleanup_errors=True)


@cache
def folder(kind: str = "module") -> str:
    """Folder of a module, 16 wide.

    It is called by itself ("module"), only by its signature ("signature"), or by one that gives two things of names
    that say nothing ("outputs"); or it takes numbers ("numbers"), or gives a row of two dimensions a text ("tokens").
    """
    with quiet():
        import tensorflow as tf

        strings = [tf.TensorSpec([None], tf.string, name="inputs")]
        numbers = [tf.TensorSpec([None, 3], tf.float32)]
        vectors = tf.Variable(_vectors(tf), trainable=False)

        def rows(inputs: Any) -> Any:
            words = tf.strings.split(tf.strings.lower(inputs))
            found = tf.gather(vectors, tf.strings.to_hash_bucket_fast(words, _BUCKETS))
            return tf.math.l2_normalize(tf.reduce_sum(found, axis=1), axis=1)

        made = tf.Module()
        made.vectors = vectors
        functions = {
            "module": tf.function(rows, input_signature=strings),
            "signature": tf.function(lambda inputs: {"default": rows(inputs)}, input_signature=strings),
            "outputs": tf.function(lambda inputs: {"x": rows(inputs), "y": inputs}, input_signature=strings),
            "numbers": tf.function(lambda inputs: inputs * vectors[0, 0], input_signature=numbers),
            "tokens": tf.function(lambda inputs: rows(inputs)[:, None, :], input_signature=strings),
        }
        path = Path(_KEPT.name) / kind
        signatures = {"serving_default": functions[kind].get_concrete_function()}
        if kind not in ("signature", "outputs"):
            made.__call__ = functions[kind]
        tf.saved_model.save(made, str(path), signatures=signatures)
    return str(path)


def native(kind: str = "module") -> Any:
    """Such a module, loaded."""
    with quiet():
        import tensorflow_hub

        return tensorflow_hub.load(folder(kind))


def cached(path: Path, address: str = ADDRESS) -> None:
    """Lay the module into the cache folder *path*, as if it had been downloaded from *address*."""
    shutil.copytree(folder(), path / hashlib.sha1(address.encode()).hexdigest())


def documents() -> list[str]:
    """Twenty-eight texts, seven about each theme in turn."""
    endings = ("", " a", " b", " c", " d", " e", " f")
    return [" ".join(theme) + ending for ending in endings for theme in THEMES]


def _vectors(tf: Any) -> Any:
    random = np.random.default_rng(0)
    vectors = random.normal(scale=0.05, size=(_BUCKETS, WIDTH))
    centres = random.normal(size=(len(THEMES), WIDTH))
    for centre, theme in zip(centres, THEMES, strict=True):
        vectors[tf.strings.to_hash_bucket_fast(list(theme), _BUCKETS).numpy()] += centre
    return vectors.astype(np.float32)
