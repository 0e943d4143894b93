"""The folder of a saved model: written as a whole or not at all, and read with suspicion.

Needs the standard library alone, so that looking into a model imports nothing heavy.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath
from typing import Any, NoReturn, TypeVar

from ..errors import ModelFileError

__all__ = ["FORMAT", "MANIFEST", "Draft", "Folder", "damaged", "entry", "replacing"]

FORMAT = 1
MANIFEST = "topicore.json"
BLOCK = 1 << 20

T = TypeVar("T")


def damaged(file: str, what: str) -> ModelFileError:
    """The error for a *file* that topicore did not write, or not so."""
    return ModelFileError(f"{file} {what}; the model is damaged: copy it again, or save it anew")


def entry(record: Mapping[str, Any], key: str, kind: type[T], file: str) -> T:
    """The value of *key*, which must be of *kind*.

    Raises:
        ModelFileError: It is missing, or of another type.
    """
    value = record.get(key)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        found = f"is {type(value).__name__}" if key in record else "is missing"
        raise damaged(file, f"is not as topicore writes it: {key!r} {found}, expected {kind.__name__}")
    return value


@dataclass(frozen=True, slots=True)
class Draft:
    """A model's folder while it is written; each file is on the disk before the next one begins.

    Args:
        folder: Where it is written.
        files: What has been written so far: bytes and SHA-256 of each file.
    """

    folder: Path
    files: dict[str, dict[str, Any]] = field(default_factory=dict)

    def json(self, name: str, value: Any) -> str:
        """Write *value* to the file *name*, with sorted keys; returns *name*."""
        text = json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
        path = self.folder / name
        path.write_bytes(f"{text}\n".encode("utf-8", "surrogatepass"))
        return self.finished(name)

    def manifest(self, manifest: Mapping[str, Any]) -> None:
        """Write the manifest, last of all, with the seals of all files and its own."""
        sealed = {**manifest, "files": dict(self.files)}
        self.json(MANIFEST, {**sealed, "seal": _canonical(sealed)})

    def lines(self, name: str, texts: Sequence[str]) -> str:
        """Write *texts*, a JSON string a line, compressed without a date; returns *name*."""
        with open(self.folder / name, "wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed:
            for text in texts:
                packed.write(f"{json.dumps(text)}\n".encode("ascii"))
        return self.finished(name)

    def finished(self, name: str) -> str:
        """Put the file *name* on the disk and take note of it; returns *name*."""
        path = self.folder / name
        path.chmod(self.folder.stat().st_mode & 0o666)  # safetensors writes files that only their owner can read
        with open(path, "r+b") as file:
            os.fsync(file.fileno())
        self.files[name] = _seal(path)
        return name


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Draft]:
    """A draft that becomes the folder *path* when the block ends well; otherwise nothing has changed.

    What is at *path* must be a topicore model and nothing else. A crash leaves the old model or the new one: between
    two renames the old one is beside its place, where ``Folder.open`` looks too.

    Raises:
        ModelFileError: Something else is at *path*, or it cannot be written there.
    """
    target = Path(path).expanduser().resolve()
    _check_replaceable(target)
    folder = target.with_name(f".{target.name}.{secrets.token_hex(4)}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir()
        yield Draft(folder)
        _sync(folder)
        _swap(folder, target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ModelFileError(f"the model cannot be written to {target}: {reason}; nothing was changed there") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _check_replaceable(target: Path) -> None:
    """Raise where a save to *target* would destroy what is no model."""
    try:
        entries = sorted(os.listdir(target))
    except FileNotFoundError:
        return
    except NotADirectoryError:
        raise ModelFileError(f"{target} or a part of it is a file; a model is a folder: choose another path") from None
    except OSError as error:
        raise ModelFileError(f"{target} cannot be looked into: {error.strerror}") from error
    if entries and MANIFEST not in entries:
        held = ", ".join(entries[:3])
        raise ModelFileError(f"{target} is no topicore model (it holds {held}): choose another path, or remove it")
    try:
        files = entry(Folder.open(target).manifest, "files", dict, MANIFEST) if entries else {}
    except ModelFileError as error:
        raise ModelFileError(f"{target} is not replaced, as it may be no model: remove it first ({error})") from error
    others = [name for name in entries if name != MANIFEST and name not in files]
    if others:
        raise ModelFileError(
            f"{target} holds more than the model: {', '.join(others[:3])}. It would be lost: move it away, or choose "
            "another path"
        )


def _beside(target: Path) -> Path:
    """Where the old model is while the new one takes its place."""
    return target.with_name(f".{target.name}.old")


def _swap(folder: Path, target: Path) -> None:
    old = _beside(target)
    if target.exists():
        shutil.rmtree(old, ignore_errors=True)
        os.rename(target, old)
    try:
        os.rename(folder, target)
    except OSError:
        if old.exists() and not target.exists():
            os.rename(old, target)
        raise
    _sync(target.parent)
    shutil.rmtree(old, ignore_errors=True)


def _sync(folder: Path) -> None:
    """Put the names in *folder* on the disk, where the system can."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _canonical(manifest: Mapping[str, Any]) -> str:
    """SHA-256 of *manifest* without its own seal."""
    rest = {key: value for key, value in manifest.items() if key != "seal"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode("ascii")).hexdigest()


def _seal(path: Path) -> dict[str, Any]:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return {"bytes": path.stat().st_size, "sha256": digest.hexdigest()}


@dataclass(frozen=True, slots=True)
class Folder:
    """A saved model's folder.

    Args:
        path: Where it is.
        manifest: What ``topicore.json`` says.
    """

    path: Path
    manifest: Mapping[str, Any]

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Folder:
        """Open the model at *path* and read its manifest.

        Raises:
            ModelFileError: There is nothing, something else, or a model of a newer format.
        """
        place = Path(path).expanduser()
        try:
            if not place.exists() and _beside(place.resolve()).is_dir():
                place = _beside(place.resolve())
            if not (place / MANIFEST).is_file():
                raise ModelFileError(_not_a_model(place))
        except OSError as error:
            _unreadable(place, error)
        manifest = _parsed(place / MANIFEST)
        if not isinstance(manifest, dict):
            raise damaged(MANIFEST, "is no JSON object")
        found = entry(manifest, "format", int, MANIFEST)
        if found > FORMAT:
            writer = str(manifest.get("topicore"))[:40]
            raise ModelFileError(
                f"{place} was saved by topicore {writer} in format {found}, and this topicore reads format {FORMAT}: "
                "pip install --upgrade topicore"
            )
        if found < 1:
            raise damaged(MANIFEST, f"names format {found}, which never was")
        if manifest.get("seal") != _canonical(manifest):
            raise damaged(MANIFEST, "was changed after it was saved (its SHA-256 differs)")
        return cls(place, manifest)

    def file(self, name: object) -> Path:
        """The whole and unchanged file *name*; of a path only the last part counts.

        Raises:
            ModelFileError: It is missing, unlisted, cut short or changed.
        """
        last = PureWindowsPath(name).name if isinstance(name, str) else ""
        listed = entry(self.manifest, "files", dict, MANIFEST).get(last)
        if not isinstance(listed, dict):
            raise damaged(MANIFEST, f"lists no file {name!r}")
        path = self.path / last
        if not path.is_file():
            raise damaged(last, "is missing")
        try:
            size = path.stat().st_size
            if size != listed.get("bytes"):
                raise damaged(last, f"has {size} bytes instead of {listed.get('bytes')}")
            if _seal(path) != listed:
                raise damaged(last, "was changed after it was saved (its SHA-256 differs)")
        except OSError as error:
            _unreadable(path, error)
        return path

    def json(self, name: object) -> Any:
        """The content of the JSON file *name*."""
        return _parsed(self.file(name))

    def lines(self, name: object, n: int) -> list[str]:
        """The *n* texts of the file *name*."""
        path = self.file(name)
        texts: list[str] = []
        try:
            with gzip.open(path, "rb") as file:
                for line in file:
                    text = json.loads(line)
                    if not isinstance(text, str) or len(texts) == n:
                        break
                    texts.append(text)
                else:
                    if len(texts) == n:
                        return texts
        except (OSError, EOFError, ValueError, RecursionError) as error:
            raise damaged(path.name, f"cannot be read ({error})") from error
        raise damaged(path.name, f"does not hold {n} texts, a line each")


def _not_a_model(place: Path) -> str:
    if not place.exists():
        return f"there is no model at {place}"
    if not place.is_dir():
        return f"{place} is a file; a topicore model is a folder with a {MANIFEST}, and pickles are never read"
    kin = "; it looks like a model of BERTopic, which topicore does not read: fit again"
    foreign = (place / "config.json").is_file() and (place / "topics.json").is_file()
    return f"{place} holds no topicore model: it has no {MANIFEST}{kin if foreign else ''}"


def _parsed(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes().decode("utf-8", "surrogatepass"), parse_constant=_refuse)
    except OSError as error:
        _unreadable(path, error)
    except (ValueError, RecursionError) as error:
        raise damaged(path.name, f"is no JSON ({error})") from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number in JSON")


def _unreadable(path: Path, error: OSError) -> NoReturn:
    raise ModelFileError(f"{path} cannot be read: {error.strerror or error}") from error
