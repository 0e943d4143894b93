"""What a file keeps of a component: name, parameters and state, and never code or an import path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from ..components import JSON, State
from ..specs import ComponentSpec, Kind
from .arrays import read_state, state_arrays, write_tensors
from .files import Draft, Folder, damaged, entry

__all__ = ["Record", "read_record", "write_record"]

S = TypeVar("S", bound=ComponentSpec)

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*")
_DISTRIBUTION = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
_VERSION = re.compile(r"[A-Za-z0-9.+!_?-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A component, neither built nor code.

    Args:
        kind: Its kind.
        name: Its name in the registry; ``"custom"`` for a class of the user's own.
        distribution: The distribution that provided it, or None for a class of the user's own.
        version: That distribution's version.
        abilities: The flags of its spec, which a wrapper may have narrowed for the object at hand.
        external: The type of what must be handed back, or None where the record rebuilds everything.
        config: The arguments that build it; empty where it is external.
        given: The parameters that the user gave; the model's settings fill the others in a later fit.
        state: What fitting learned.
        parts: The records of the components that it is made of.
    """

    kind: Kind
    name: str
    distribution: str | None
    version: str | None
    abilities: Mapping[str, bool]
    external: str | None
    config: Mapping[str, JSON]
    given: frozenset[str] | None
    state: State | None
    parts: tuple[Record, ...] = ()

    def narrowed(self, spec: S, /) -> S:
        """*spec* with the abilities that the component had when it was saved."""
        flags: dict[str, Any] = {
            name: able for name, able in self.abilities.items() if isinstance(getattr(spec, name, None), bool)
        }
        return replace(spec, **flags)

    @property
    def handed_back(self) -> bool:
        """Whether it, or a part of it, cannot be rebuilt from the file."""
        return self.external is not None or any(part.handed_back for part in self.parts)

    @property
    def types(self) -> list[str]:
        """The types of all that must be handed back."""
        mine = [] if self.external is None else [self.external]
        return mine + [name for part in self.parts for name in part.types]

    def __str__(self) -> str:
        return f"{self.kind} {self.external or repr(self.name)}"


def write_record(draft: Draft, record: Record, stem: str) -> dict[str, JSON]:
    """Write the state of *record* to ``STEM.safetensors``, and return the rest as JSON."""
    state: dict[str, JSON] | None = None
    if record.state is not None:
        file = write_tensors(draft, f"{stem}.safetensors", state_arrays(record.state))
        state = {"file": file, "version": record.state.version, "meta": record.state.meta}
    written: dict[str, JSON] = {
        "kind": record.kind,
        "name": record.name,
        "distribution": record.distribution,
        "version": record.version,
        "abilities": dict(record.abilities),
        "external": record.external,
        "config": record.config,
        "given": None if record.given is None else sorted(record.given),
        "state": state,
    }
    if record.parts:
        written["parts"] = [write_record(draft, part, f"{stem}.{place}") for place, part in enumerate(record.parts)]
    return written


def read_record(folder: Folder, written: Any, kind: Kind, file: str) -> Record:
    """The record in *written*, from the file *file*, with its state.

    Raises:
        ModelFileError: It is not what ``write_record`` gives, or of another *kind*.
    """
    if not isinstance(written, dict) or written.get("kind") != kind:
        raise damaged(file, f"holds no record of a component of kind {kind!r}")
    given = written.get("given")
    if given is not None and not (isinstance(given, list) and all(isinstance(name, str) for name in given)):
        raise damaged(file, "is not as topicore writes it: 'given' must be a list of names")
    parts = written.get("parts", [])
    if not isinstance(parts, list):
        raise damaged(file, "is not as topicore writes it: 'parts' must be a list")
    name = _matching(written, "name", _NAME, file)
    if name is None or (written.get("external") is None and written.get("distribution") is None):
        raise damaged(file, "is not as topicore writes it: 'name' or 'distribution' is missing")
    abilities = entry(written, "abilities", dict, file)
    if not all(isinstance(able, bool) for able in abilities.values()):
        raise damaged(file, "is not as topicore writes it: 'abilities' must be true or false")
    return Record(
        kind=kind,
        name=name,
        distribution=_matching(written, "distribution", _DISTRIBUTION, file),
        version=_matching(written, "version", _VERSION, file),
        abilities=abilities,
        external=None if written.get("external") is None else entry(written, "external", str, file),
        config=entry(written, "config", dict, file),
        given=None if given is None else frozenset(given),
        state=_read_state(folder, written.get("state"), file),
        parts=tuple(read_record(folder, part, kind, file) for part in parts),
    )


def _matching(written: dict[str, Any], key: str, pattern: re.Pattern[str], file: str) -> str | None:
    value = written.get(key)
    if value is not None and not (isinstance(value, str) and pattern.fullmatch(value)):
        raise damaged(file, f"is not as topicore writes it: {key!r} is {value!r}")
    return value


def _read_state(folder: Folder, written: Any, file: str) -> State | None:
    if written is None:
        return None
    if not isinstance(written, dict):
        raise damaged(file, "is not as topicore writes it: 'state' must be an object")
    version, meta = entry(written, "version", int, file), entry(written, "meta", dict, file)
    return read_state(folder, written.get("file"), version=version, meta=meta)
