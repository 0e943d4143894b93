"""What a saved model holds and needs, read without any plugin and without numpy."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from .files import MANIFEST, Folder, damaged, entry

__all__ = ["inspect"]


def inspect(path: str | os.PathLike[str]) -> dict[str, Any]:
    """What the model in the folder *path* holds and needs, as JSON values.

    Returns:
        ``format``, ``topicore`` (the version that wrote it), ``documents`` and ``topics`` (how many), ``settings``,
        ``components`` (for each role, in the order of the flow: name, distribution, version, external type or None),
        ``needs`` (distributions and the versions it was saved with), ``hand_back`` (the roles whose live object
        ``load`` has to be given), ``included``, and ``bytes`` of all files.

    Raises:
        ModelFileError: There is no model, or it is damaged or of a newer format.
    """
    folder = Folder.open(path)
    manifest = folder.manifest
    try:
        components = list(_components(folder))
    except RecursionError as error:
        raise damaged(MANIFEST, "or a file beside it nests too deep") from error
    needs = {part["distribution"]: part["version"] for part in components if part["distribution"]}
    files = entry(manifest, "files", dict, MANIFEST)
    external = [part["role"] for part in components if part["external"]]
    return {
        "format": manifest["format"],
        "topicore": manifest.get("topicore"),
        "documents": entry(manifest, "documents", int, MANIFEST),
        "topics": entry(manifest, "topics", int, MANIFEST),
        "settings": entry(manifest, "settings", dict, MANIFEST),
        "components": components,
        "needs": dict(sorted(needs.items())),
        "hand_back": [role for role in dict.fromkeys(external) if not role.startswith("representation")],
        "included": [name for name in entry(manifest, "include", dict, MANIFEST) if name != "token_vocabulary"],
        "bytes": sum(entry(entry(files, name, dict, MANIFEST), "bytes", int, MANIFEST) for name in files),
    }


def _components(folder: Folder) -> Iterator[dict[str, Any]]:
    files = entry(folder.manifest, "components", dict, MANIFEST)
    for role in ("embedder", "reducer", "clusterer", "vectorizer", "weighting"):
        if role in files:
            yield from _told(folder.json(files[role]), role, f"{role}.json")
    file = "representation.json"
    written = folder.json(files.get("representation"))
    if not isinstance(written, list) or not all(isinstance(aspect, dict) for aspect in written):
        raise damaged(file, "is no list of aspects")
    for aspect in written:
        role = "representation" if aspect.get("main") else f"representation.{aspect.get('aspect')}"
        for link in entry(aspect, "chain", list, file):
            yield from _told(link, role, file)


def _told(record: Any, role: str, file: str) -> Iterator[dict[str, Any]]:
    """A component, then its parts."""
    if not isinstance(record, dict):
        raise damaged(file, "holds no record of a component")
    told = {key: record.get(key) for key in ("name", "distribution", "version", "external")}
    if not all(value is None or isinstance(value, str) for value in told.values()):
        raise damaged(file, "holds no record of a component")
    yield {"role": role, **told}
    parts = record.get("parts", [])
    if not isinstance(parts, list):
        raise damaged(file, "holds no record of a component")
    for part in parts:
        yield from _told(part, role, file)
