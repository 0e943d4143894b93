"""The ``use`` embedder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from topicore.components import JSON, Embedder, FloatMatrix, Role
from topicore.errors import InputError, ParameterError
from topicore.specs import Range

from .calling import Call, calling
from .loading import load, origin, published, quiet, remote
from .plugin import USE

if TYPE_CHECKING:
    from typing_extensions import Self

PER_CALL = ("batch_size", "normalize", "signature")
"""Parameters that a loaded module can still be given."""

CHARACTERS = 500_000
"""Most characters in one call, counted as if all texts were as long as the longest: transformers pad them so."""


class UseEmbedder(Embedder):
    """The Universal Sentence Encoder, or any text module of TensorFlow Hub. A text of blanks is an all-zero row.

    Args:
        handle: The address of a published module, or the folder of a SavedModel.
        batch_size: Most texts in one call of the module; fewer where texts are long.
        normalize: Scale each row to length 1; rows of the Universal Sentence Encoder nearly are.
        signature: The signature to call; None calls the module itself, or its default signature where it has no call.
    """

    spec = USE

    def __init__(
        self,
        handle: str = "https://tfhub.dev/google/universal-sentence-encoder/4",
        batch_size: Annotated[int, Range(1)] = 1024,
        normalize: bool = False,
        signature: str | None = None,
    ) -> None:
        self.handle = handle
        self.batch_size = batch_size
        self.normalize = normalize
        self.signature = signature
        self._lock = Lock()
        self._call: Call | None = None
        self._width = 0
        self._native: Any = None

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> Self:
        """An embedder around a loaded module or a ``KerasLayer``.

        A module does not tell where it came from, so a saved model asks for it; a layer made of a handle does.
        """
        fixed = sorted(set(parameters) - set(PER_CALL))
        if fixed:
            raise ParameterError(
                f"embedder 'use': {', '.join(fixed)} cannot change on a loaded module; load it that way. "
                f"{', '.join(PER_CALL)} can be given here"
            )
        embedder = cls(origin(obj) or type(obj).__name__, **parameters)
        embedder._native = obj
        return embedder

    def fresh(self, **parameters: Any) -> Self:
        """This embedder, which learns nothing; with *parameters*, another one (around the same live module)."""
        if not parameters or self._native is None:
            return super().fresh(**parameters)
        return self.from_native(self._native, **{**{name: getattr(self, name) for name in PER_CALL}, **parameters})

    def external(self) -> str | None:
        """None for a folder and for what Google publishes.

        A module is a program, so a file of topicore never has one fetched from elsewhere.
        """
        if self._native is not None and origin(self._native) is None:
            kind = type(self._native)
            return f"{kind.__module__}.{kind.__name__}"
        fetched = remote(self.handle) and not published(self.handle)
        return f"{type(self).__module__}.{type(self).__qualname__}" if fetched else None

    def identity(self) -> Mapping[str, JSON] | None:
        """The handle and what else changes rows, also where the module must be handed back; None around a live one."""
        if self._native is not None:
            return None
        return {name: value for name, value in self.config().items() if name not in self.spec.neutral}

    def embed(self, texts: Sequence[str], /, *, role: Role = "document") -> FloatMatrix:
        """Rows (n, d) of *texts*; every role is read alike."""
        for place, text in enumerate(texts):
            if not isinstance(text, str):
                raise InputError(f"embedder 'use' takes texts; number {place} is a {type(text).__name__}")
        call = self._module()
        rows = np.zeros((len(texts), self._width), dtype=np.float32)
        spoken = [place for place, text in enumerate(texts) if text.strip()]
        for batch in _batches(spoken, texts, self.batch_size):
            rows[batch] = call([texts[place] for place in batch])
        return _unit(rows) if self.normalize else rows

    def _module(self) -> Call:
        """How the module is called; loaded and tried by the first of all threads that ask."""
        with self._lock:
            if self._call is None:
                module = self._native if self._native is not None else load(self.handle)
                with quiet():
                    self._call, self._width = calling(module, self.signature)
            return self._call


def _batches(places: list[int], texts: Sequence[str], size: int) -> Iterator[list[int]]:
    """*places*, by the lengths of their texts, in lists of at most *size* and ``CHARACTERS``, or of one."""
    batch: list[int] = []
    for place in sorted(places, key=lambda place: len(texts[place])):
        if len(batch) == size or (batch and (len(batch) + 1) * len(texts[place]) > CHARACTERS):
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def _unit(rows: FloatMatrix) -> FloatMatrix:
    """*rows* of length 1, zero rows as they are."""
    norms = np.linalg.norm(rows, axis=1, keepdims=True).astype(np.float32)
    norms[norms == 0] = 1
    unit: FloatMatrix = rows / norms
    return unit
