"""The cache: rows and answers by all that they depend on, in one SQLite file that survives crashes and shares well."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from .. import registry
from ..components import JSON, Embedder, FloatMatrix, overrides
from ..errors import ParameterError

__all__ = ["EmbeddingCache", "Shelf", "opened", "part_key"]

APPLICATION = 0x746F7063
LAYOUT = 1
PATIENCE = 60.0
_ANSWERS = "CREATE TABLE IF NOT EXISTS answers (key BLOB PRIMARY KEY, text TEXT NOT NULL)"
AT_ONCE = 500
"""Keys in one question: SQLite has a limit on variables."""


@contextmanager
def opened(path: str | os.PathLike[str] | None, *, create: bool = True) -> Iterator[EmbeddingCache | None]:
    """The cache at *path*, closed afterwards; None for no path, or where there is no file and none is to be made.

    Raises:
        ParameterError: There is something else at *path*, or nothing can be made there.
    """
    if path is None or not (create or os.path.exists(path)):
        yield None
        return
    cache = EmbeddingCache(path)
    try:
        yield cache
    finally:
        cache.close()


class EmbeddingCache:
    """Rows on disk. Each call that keeps rows is one transaction, so a killed process loses what it had not kept.

    Several threads and processes may use one file. A file that cannot be written any more (a full disk) costs a
    warning, not the rows at hand.

    Args:
        path: The file; it and its folder are made where missing.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._lock = Lock()
        self._writes = True
        try:
            self._path = Path(path).absolute()  # SQLite has names of its own for what is no file
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(
                self._path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
            )
        except TypeError:
            raise ParameterError(f"cache must be the path of a file, got {path!r}") from None
        except (OSError, ValueError, sqlite3.Error) as error:
            raise ParameterError(f"cache={str(path)!r} cannot be opened: {error}; give the path of a file") from error
        try:
            self._prepare()
        except sqlite3.Error as error:
            self.close()
            raise ParameterError(
                f"cache={str(path)!r} cannot be used as a cache: {error}; give another path, "
                "or delete the file if it is a damaged cache"
            ) from error
        except ParameterError:
            self.close()
            raise

    def _prepare(self) -> None:
        ask = self._connection.execute
        if not self._known():
            ask("BEGIN IMMEDIATE")  # another process may be making the same file
            if not self._known():
                ask("CREATE TABLE rows (key BLOB PRIMARY KEY, row BLOB NOT NULL)")
                ask(f"PRAGMA application_id = {APPLICATION}")
                ask(f"PRAGMA user_version = {LAYOUT}")
            ask("COMMIT")

    def _known(self) -> bool:
        """Whether the file is a cache; False where it is still empty."""
        ask = self._connection.execute
        application, layout = ask("PRAGMA application_id").fetchone()[0], ask("PRAGMA user_version").fetchone()[0]
        if application == APPLICATION and layout == LAYOUT:
            return True
        if application == APPLICATION and layout:
            raise ParameterError(
                f"cache={str(self._path)!r} has layout {layout}, and this topicore reads {LAYOUT}; give another path"
            )
        if self._connection.in_transaction and ask("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise ParameterError(f"cache={str(self._path)!r} is a database of another program; give another path")
        return False

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def find(self, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """The rows there are for *keys*."""
        found: dict[bytes, NDArray[np.float32]] = {}
        for start in range(0, len(keys), AT_ONCE):
            rows = self._read("rows", "row", keys[start : start + AT_ONCE])
            found.update((key, np.frombuffer(row, dtype="<f4")) for key, row in rows if row and len(row) % 4 == 0)
        return {key: row for key, row in found.items() if np.isfinite(row).all()}

    def keep(self, keys: Sequence[bytes], rows: FloatMatrix) -> None:
        """Write *rows*, all or none of them."""
        values = (row.astype("<f4", copy=False).tobytes() for row in rows)
        self._write("INSERT OR REPLACE INTO rows VALUES (?, ?)", list(zip(keys, values, strict=True)))

    def recall(self, keys: Sequence[bytes]) -> dict[bytes, str]:
        """The texts there are for *keys*; a table that cannot be read is told of, and has none."""
        found: dict[bytes, bytes] = {}
        try:
            if not self._read("sqlite_master", "name", ["answers"], key="name"):  # made with the first answer
                return {}
            for start in range(0, len(keys), AT_ONCE):
                found.update(self._read("answers", "CAST(text AS BLOB)", keys[start : start + AT_ONCE]))
        except ParameterError as error:
            warnings.warn(f"{error}; what was answered before is asked again", stacklevel=3)
        return {key: text.decode("utf-8", "replace") for key, text in found.items() if isinstance(text, bytes)}

    def remember(self, key: bytes, text: str) -> None:
        """Write *text*."""
        self._write("INSERT OR REPLACE INTO answers VALUES (?, ?)", [(key, text)])

    def _read(self, table: str, column: str, keys: Sequence[Any], key: str = "key") -> list[tuple[Any, Any]]:
        question = f"SELECT {key}, {column} FROM {table} WHERE {key} IN ({','.join('?' * len(keys))})"  # noqa: S608
        try:
            with self._lock:
                return self._connection.execute(question, keys).fetchall()
        except sqlite3.Error as error:
            raise ParameterError(
                f"cache={str(self._path)!r} cannot be read: {error}; delete the file only if it is damaged"
            ) from error

    def _write(self, statement: str, entries: Sequence[tuple[bytes, Any]]) -> None:
        """All *entries* or none; a file that cannot be written is told of once."""
        with self._lock:
            if not self._writes:
                return
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                self._connection.execute(_ANSWERS)
                self._connection.executemany(statement, entries)
                self._connection.execute("COMMIT")
            except sqlite3.Error as error:
                self._writes = False
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                warnings.warn(
                    f"the cache {str(self._path)!r} keeps nothing more: {error}; the work goes on without it",
                    stacklevel=3,
                )

    def shelf(self, embedder: Embedder, key: str | None) -> Shelf | None:
        """The place of the rows of *embedder*, under its identity or *key*; None where it has neither."""
        name = identity(embedder, key)
        return None if name is None else Shelf(self, name)


class Shelf:
    """The rows of one embedder in a cache.

    Args:
        cache: Where they are.
        name: What its rows depend on, in few bytes.
    """

    def __init__(self, cache: EmbeddingCache, name: bytes) -> None:
        self._cache, self._name = cache, name

    def keys(self, items: Sequence[Any], role: str) -> list[bytes | None]:
        """A key for each of *items*, texts or images; None for an image of which the content is not at hand."""
        start = hashlib.blake2b(self._name + role.encode(), digest_size=16)
        return [_key(start, content(item, role)) for item in items]

    def find(self, keys: Sequence[bytes | None]) -> dict[bytes, NDArray[np.float32]]:
        """The rows there are for *keys*."""
        return self._cache.find([key for key in keys if key is not None])

    def keep(self, keys: Sequence[bytes | None], rows: FloatMatrix) -> None:
        """Write the *rows* that have a key, and are not the zeros of an image that was skipped."""
        places = [place for place, key in enumerate(keys) if key is not None]
        self._cache.keep([cast(bytes, keys[place]) for place in places], rows[places])


def _key(start: Any, found: bytes | None) -> bytes | None:
    if found is None:
        return None
    digest = start.copy()
    digest.update(found)
    return cast(bytes, digest.digest())


def content(item: Any, role: str) -> bytes | None:
    """The bytes that tell one text or image from another; None where they cannot be had."""
    if role != "image":
        return cast(str, item).encode("utf-8", "surrogatepass")
    if isinstance(item, (str, os.PathLike)):
        try:
            return Path(item).read_bytes()
        except (OSError, ValueError):
            return None
    if hasattr(item, "tobytes") and (hasattr(item, "mode") or hasattr(item, "dtype")):
        shape = (getattr(item, "mode", None), str(getattr(item, "dtype", "")), getattr(item, "size", None))
        try:
            palette = item.getpalette() if getattr(item, "mode", None) == "P" else None
            return repr((shape, getattr(item, "shape", None), palette)).encode() + cast(bytes, item.tobytes())
        except Exception:  # a damaged image, opened and not yet read: for the embedder to tell of
            return None
    return None


def part_key(key: str | None, place: int) -> str | None:
    """What the rows of a part are called, where the whole embedder's are called *key*."""
    return None if key is None else f"{key}/{place}"


def identity(embedder: Embedder, key: str | None) -> bytes | None:
    """What the rows of *embedder* depend on, in 32 bytes; *key* stands in for its own account where the user gave one.

    What the embedder has learned is part of both. A class of the user's own, whose code may change, has no identity
    unless it gives one.
    """
    if key is not None:
        if not isinstance(key, str) or not key:
            raise ParameterError(f"cache_key must be a text that names the rows, got {key!r}")
        return _digest({"key": key, "long_documents": embedder.long_documents, "state": learned(embedder)})
    own, spec, found = embedder.identity(), registry.capabilities(embedder), registry.registered(embedder)
    if own is None or (found is None and not overrides(embedder, Embedder, "identity")):
        return None
    handle = own.get(spec.argument or "")
    plugin = None if found is None else [found.plugin.distribution, own.get("version", found.plugin.version)]
    local = files(handle) if isinstance(handle, str) else None
    return _digest({"name": spec.name, "plugin": plugin, "own": own, "files": local, "state": learned(embedder)})


def learned(embedder: Embedder) -> str | None:
    """A digest of the state of *embedder*; None where it has learned nothing."""
    state = embedder.state()
    if state is None:
        return None
    digest = hashlib.blake2b(digest_size=16)
    for name, array in sorted(state.arrays.items()):
        digest.update(f"{name} {array.dtype} {array.shape} ".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    strings = {name: list(values) for name, values in state.strings.items()}
    digest.update(json.dumps([strings, state.meta], sort_keys=True, default=list).encode())
    return digest.hexdigest()


def files(handle: str) -> JSON:
    """Names, sizes and times of the files of a local model; None for any other handle.

    A model that is trained again in the same folder is another model.
    """
    try:
        path = Path(handle)
        found = sorted(path.rglob("*")) if path.is_dir() else [path]
        stats = [(file.relative_to(path), file.stat()) for file in found if file.is_file()]
    except (OSError, ValueError):
        return None
    return [[name.as_posix(), stat.st_size, stat.st_mtime_ns] for name, stat in stats] or None


def _digest(identity: Mapping[str, Any]) -> bytes:
    try:
        text = json.dumps(identity, sort_keys=True, ensure_ascii=True)
    except (TypeError, ValueError) as error:
        raise ParameterError(f"an embedder's identity must be JSON: {error}") from error
    return hashlib.blake2b(text.encode(), digest_size=32).digest()
