"""Loading vectors from a file or a download; nothing is unpickled and no code is run unless the user says so."""

from __future__ import annotations

import io
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from difflib import get_close_matches
from typing import Any

import numpy as np

from topicore.errors import ComponentError, TopicoreError

PUBLISHED = re.compile(r"\w[\w-]*", re.ASCII)
"""What names of downloads look like; anything else is a path."""
FACEBOOK = (793712314).to_bytes(4, "little")
PICKLE = b"\x80"
FORMATS = "word2vec text or binary, GloVe text, FastText .bin; each also with .gz"


def load(model: str, *, allow_pickle: bool) -> Any:
    """Vectors, or a model that has them, from a file or from what gensim publishes under a name.

    Raises:
        ComponentError: There is no such file or name, or the file cannot be read; the message says what can be done.
    """
    path = os.path.abspath(model) if os.path.exists(model) else _downloaded(model)
    try:
        return _read(path, model, allow_pickle)
    except TopicoreError:
        raise
    except Exception as error:  # whatever a damaged file makes of a reader
        raise _unreadable(model, _first_line(error)) from error


def _read(path: str, model: str, allow_pickle: bool) -> Any:
    from gensim.models import KeyedVectors
    from gensim.models.fasttext import load_facebook_vectors
    from gensim.utils import SaveLoad
    from gensim.utils import open as opened

    if os.path.isdir(path):
        raise _unreadable(model, "it is a folder")
    with opened(path, "rb") as file:
        first = file.readline(1 << 20)
        header = _sizes(first)
        text = _is_vector(file.readline(64 * (header[1] + 2)), header[1]) if header else False
    if first.startswith(PICKLE):
        if not allow_pickle:
            raise ComponentError(
                f"embedder 'gensim': {model!r} is a save of gensim, a pickle, which can run any code while it loads. "
                f"If you trust it, give allow_pickle=True, as in topicore.embedder('gensim:{model}', "
                "allow_pickle=True), or load it with gensim and hand in the object; vectors saved with "
                "save_word2vec_format(...) need neither"
            )
        return SaveLoad.load(path)
    if first.startswith(FACEBOOK):
        return load_facebook_vectors(path)
    if header:
        return KeyedVectors.load_word2vec_format(path, binary=not text, unicode_errors="replace")
    if _is_vector(first):
        return _headless(path, len(first.split()) - 1)
    raise _unreadable(model, "it begins like none of the formats that are read")


def _headless(path: str, size: int) -> Any:
    """The vectors of a text file without a first line of sizes; words may hold blanks, as some of GloVe do."""
    from gensim.models import KeyedVectors
    from gensim.utils import open as opened

    rows: dict[str, Any] = {}
    with opened(path, "rb") as file:
        for line in file:
            word, *numbers = line.rstrip().rsplit(b" ", size)
            rows.setdefault(word.decode("utf-8", "replace"), np.array(numbers, dtype=np.float32))
    vectors = KeyedVectors(size)
    vectors.add_vectors(list(rows), np.stack(list(rows.values())))
    return vectors


def _sizes(line: bytes) -> tuple[int, int] | None:
    """Words and dimensions, where *line* is the first of a word2vec file."""
    words = line.split()
    return (int(words[0]), int(words[1])) if len(words) == 2 and all(word.isdigit() for word in words) else None


def _is_vector(line: bytes, size: int | None = None) -> bool:
    """Whether *line* is a word and *size* numbers, or any two numbers and more."""
    word, *numbers = line.rstrip().split(b" ")
    try:
        found = len([float(number) for number in numbers])
    except ValueError:
        return False
    return bool(word) and (found > 1 if size is None else found == size)


def _downloaded(name: str) -> str:
    """The path of the vectors published as *name*, downloaded where they are not here yet.

    Only the data are taken: the code that gensim's own loader would run is left alone.
    """
    if not PUBLISHED.fullmatch(name):
        raise ComponentError(
            f"embedder 'gensim': there is no file {name!r}; give the path of a file of vectors ({FORMATS}) "
            "or the name of a download such as 'glove-wiki-gigaword-100'"
        )
    from gensim import downloader

    kept = os.path.join(downloader.BASE_DIR, name, f"{name}.gz")
    if os.path.isfile(kept):
        return kept
    try:
        with _quiet():
            published = downloader.info(name_only=True)["models"]
            if name in published:
                return str(downloader.load(name, return_path=True))
    except Exception as error:  # the network's, the file system's, or gensim's own bare ones
        raise ComponentError(
            f"embedder 'gensim' cannot download {name!r}: {_first_line(error)}. Without a network give a file of "
            f"vectors ('gensim:path/to/vectors.txt'; {FORMATS}), or put {name}.gz into {os.path.dirname(kept)}"
        ) from error
    close = get_close_matches(name, published, n=1)
    raise ComponentError(
        f"embedder 'gensim': neither a file nor a download of gensim is named {name!r}; "
        + (f"did you mean {close[0]!r}?" if close else "gensim.downloader.info(name_only=True) lists what there is")
    )


def _unreadable(model: str, reason: str) -> ComponentError:
    return ComponentError(f"embedder 'gensim' cannot read vectors from {model!r}: {reason}. Formats: {FORMATS}")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(" .")


@contextmanager
def _quiet() -> Iterator[None]:
    """No bar and no traceback in the log while something is downloaded."""
    logger = logging.getLogger("gensim.downloader")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with redirect_stdout(io.StringIO()):
            yield
    finally:
        logger.setLevel(level)
