"""Real gensim models, trained in a second on four themes, and the files that they come in; no network."""

from __future__ import annotations

import gzip
import hashlib
import json
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

PUBLISHED = "fasttext-wiki-news-subwords-300"
THEMES = (
    "moon rocket orbit telescope astronaut planet".split(),
    "bread oven flour dough butter yeast".split(),
    "goal league striker match referee stadium".split(),
    "court judge jury trial verdict lawyer".split(),
)
_KEPT = TemporaryDirectory(prefix="tiny-gensim-", ignore_cleanup_errors=True)


def documents(n: int = 80) -> list[str]:
    """*n* texts, the themes by turns."""
    draw = Random(0)
    return [" ".join(draw.choice(THEMES[place % 4]) for _ in range(12)) for place in range(n)]


@cache
def word2vec() -> Any:
    """A Word2Vec of 16 dimensions over lower-case words."""
    from gensim.models import Word2Vec

    return Word2Vec(_sentences(), vector_size=16, min_count=1, epochs=30, seed=1, workers=1)


@cache
def fasttext() -> Any:
    """A FastText that knows parts of words."""
    from gensim.models import FastText

    return FastText(_sentences(), vector_size=16, min_count=1, epochs=5, bucket=500, seed=1, workers=1)


@cache
def doc2vec(**parameters: Any) -> Any:
    """A trained Doc2Vec."""
    from gensim.models import Doc2Vec
    from gensim.models.doc2vec import TaggedDocument

    tagged = [TaggedDocument(words, [place]) for place, words in enumerate(_sentences())]
    return Doc2Vec(tagged, **{"vector_size": 12, "min_count": 1, "epochs": 40, "seed": 1, "workers": 1, **parameters})


@cache
def files() -> Path:
    """A folder of vectors in every format, ``vectors.*``, ``glove.txt``, ``facebook.bin``, and of saves of gensim."""
    from gensim.models.fasttext import save_facebook_model

    folder = Path(_KEPT.name) / "files"
    folder.mkdir()
    vectors = word2vec().wv
    for name in ("vectors.txt", "vectors.vec", "vectors.txt.gz"):
        vectors.save_word2vec_format(str(folder / name))
    for name in ("vectors.bin", "vectors.bin.gz"):
        vectors.save_word2vec_format(str(folder / name), binary=True)
    vectors.save_word2vec_format(str(folder / "glove.txt"), write_header=False)
    save_facebook_model(fasttext(), str(folder / "facebook.bin"))
    vectors.save(str(folder / "words.kv"))
    word2vec().save(str(folder / "word2vec.model"))
    doc2vec().save(str(folder / "doc2vec.model"))
    return folder


def data_dir(folder: Path) -> Path:
    """What gensim.downloader keeps after ``load(PUBLISHED)``."""
    kept = folder / PUBLISHED
    kept.mkdir(parents=True)
    fasttext().wv.save_word2vec_format(str(kept / f"{PUBLISHED}.gz"))
    (kept / "__init__.py").write_text(
        "from os.path import join\n"
        "from gensim.downloader import base_dir\n"
        "from gensim.models import KeyedVectors\n\n\n"
        "def load_data():\n"
        f"    return KeyedVectors.load_word2vec_format(join(base_dir, {PUBLISHED!r}, {PUBLISHED + '.gz'!r}))\n"
    )
    (folder / "information.json").write_text(json.dumps(listing(kept / f"{PUBLISHED}.gz")))
    return folder


def listing(file: Path) -> dict[str, Any]:
    """What gensim publishes: one model, and one corpus."""
    entry = {"parts": 1, "file_name": file.name, "checksum": hashlib.md5(file.read_bytes()).hexdigest()}
    return {"corpora": {"text8": entry}, "models": {PUBLISHED: entry}}


def compressed(data: bytes, path: Path) -> str:
    """*data* as a .gz file at *path*."""
    path.write_bytes(gzip.compress(data))
    return str(path)


def _sentences() -> list[list[str]]:
    return [text.split() for text in documents()]
