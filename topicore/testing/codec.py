"""A component's state as the bytes a saved model would hold, and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..components import State

__all__ = ["decode", "encode"]


def encode(state: State) -> tuple[bytes, bytes]:
    """Safetensors bytes and JSON bytes; strings are kept as UTF-8 and offsets."""
    from safetensors.numpy import save

    tensors = {f"array/{name}": np.ascontiguousarray(array) for name, array in state.arrays.items()}
    for name, strings in state.strings.items():
        pieces = [text.encode("utf-8", "surrogatepass") for text in strings]
        offsets = np.cumsum([0, *map(len, pieces)], dtype=np.int64)
        tensors[f"bytes/{name}"] = np.frombuffer(b"".join(pieces), dtype=np.uint8)
        tensors[f"offsets/{name}"] = offsets
    record = {"version": state.version, "meta": dict(state.meta), "scalars": _scalars(state)}
    return save(tensors), json.dumps(record, allow_nan=False, sort_keys=True).encode()


def decode(tensors: bytes, record: bytes) -> State:
    """What ``encode`` was given; arrays are writable copies."""
    from safetensors.numpy import load

    found: dict[str, Any] = load(tensors)
    read = json.loads(record)
    arrays = {name.removeprefix("array/"): found[name] for name in found if name.startswith("array/")}
    for name in read["scalars"]:
        arrays[name] = arrays[name].reshape(())
    names = [name.removeprefix("bytes/") for name in found if name.startswith("bytes/")]
    strings = {name: _texts(found[f"bytes/{name}"], found[f"offsets/{name}"]) for name in names}
    return State(arrays=arrays, strings=strings, meta=read["meta"], version=read["version"])


def _texts(data: Any, offsets: Any) -> Sequence[str]:
    joined = data.tobytes()
    bounds = zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)
    return [joined[start:stop].decode("utf-8", "surrogatepass") for start, stop in bounds]


def _scalars(state: State) -> list[str]:
    # numpy.ascontiguousarray turns a 0-d array into a 1-d one
    return sorted(name for name, array in state.arrays.items() if np.ndim(array) == 0)
