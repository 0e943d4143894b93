"""Rows in a file, where they may not fit into memory."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np
from scipy.sparse import issparse

from ..components import FloatMatrix, Matrix
from ..errors import InputError

__all__ = ["RowFile", "memory_mapped", "target"]


def memory_mapped(path: Path, shape: tuple[int, int]) -> Any:
    """A new ``.npy`` file of float32 zeros, mapped into memory; its room on the disk is taken now, where that can be.

    Raises:
        OSError: There is no room: written to later, a full disk would end the process.
    """
    rows = np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=shape)
    if hasattr(os, "posix_fallocate"):
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
    return rows


class RowFile:
    """A ``.npy`` file that appears when it is complete.

    Args:
        path: The file, or None for rows that stay in memory.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.draft = None if path is None else path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")

    def complete(self, rows: Matrix) -> Matrix:
        """*rows*, from the file where there is one."""
        if self._path is None or self.draft is None:
            return rows
        if issparse(rows):
            raise InputError("out takes dense rows, and this embedder gives sparse ones; leave out= away")
        if not isinstance(rows, np.memmap):
            memory_mapped(self.draft, cast(Any, rows).shape)[:] = rows
        else:
            rows.flush()
        os.replace(self.draft, self._path)
        return cast(FloatMatrix, np.load(self._path, mmap_mode="r"))


@contextmanager
def target(path: str | os.PathLike[str] | None) -> Iterator[RowFile]:
    """The file at *path*; what is unfinished is removed.

    Raises:
        InputError: Nothing can be written there.
    """
    file = RowFile(None if path is None else _checked(path))
    try:
        if file.draft is not None:
            file.draft.touch()
        yield file
    except OSError as error:
        if path is None:
            raise
        raise InputError(f"out={str(path)!r} cannot be written: {error.strerror or error}") from error
    finally:
        if file.draft is not None:
            file.draft.unlink(missing_ok=True)


def _checked(path: str | os.PathLike[str]) -> Path:
    try:
        text = os.fspath(path)
    except TypeError:
        text = ""
    if not isinstance(text, str) or not text or "\0" in text:
        raise InputError(f"out must be the path of a .npy file, got {path!r}")
    if os.path.isdir(text):
        raise InputError(f"out={text!r} is a folder; give the path of a .npy file in it")
    return Path(text)
