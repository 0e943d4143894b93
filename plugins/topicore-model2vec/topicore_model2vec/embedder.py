"""The ``model2vec`` embedder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from topicore.components import Embedder, FloatMatrix, Role
from topicore.errors import ParameterError
from topicore.specs import Range

from .loading import load
from .plugin import MODEL2VEC

if TYPE_CHECKING:
    from typing_extensions import Self

PER_CALL = ("batch_size", "normalize")
"""Parameters that a loaded model can still be given."""

CHARACTERS = 1_000_000
"""Most characters in one batch: the vectors of all tokens of equally long texts are in memory at once."""


class Model2VecEmbedder(Embedder):
    """A static model: the mean of a text's token vectors, over the whole text however long it is.

    A text without a known token is an all-zero row.

    Args:
        model: The id of a published model, or the folder of a saved one.
        batch_size: Most texts in one pass; fewer where texts are very long.
        normalize: Scale each row to length 1; many models do so anyway.
        truncate_dim: Keep only the first dimensions; the published models are trained for that.
        revision: Branch, tag or commit of a published model.
        local_files_only: Never ask the network.
    """

    spec = MODEL2VEC

    def __init__(
        self,
        model: str = "minishlab/potion-base-8M",
        batch_size: Annotated[int, Range(1)] = 1024,
        normalize: bool = False,
        truncate_dim: Annotated[int, Range(1)] | None = None,
        revision: str | None = None,
        local_files_only: bool = False,
    ) -> None:
        self.model = model
        self.batch_size = batch_size
        self.normalize = normalize
        self.truncate_dim = truncate_dim
        self.revision = revision
        self.local_files_only = local_files_only
        self._lock = Lock()
        self._loaded: Any = None
        self._external: str | None = None

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> Self:
        """An embedder around a ``StaticModel``, which does not tell where it came from: a saved model asks for it."""
        fixed = sorted(set(parameters) - set(PER_CALL))
        if fixed:
            raise ParameterError(
                f"embedder 'model2vec': {', '.join(fixed)} cannot change on a loaded StaticModel; "
                f"load it that way. {', '.join(PER_CALL)} can be given here"
            )
        embedder = cls(model=type(obj).__name__, **parameters)
        embedder._loaded = obj
        embedder._external = f"{type(obj).__module__}.{type(obj).__qualname__}"
        return embedder

    def fresh(self, **parameters: Any) -> Self:
        """This embedder, which learns nothing; with *parameters*, another one (around the same live object)."""
        if not parameters or self._external is None:
            return super().fresh(**parameters)
        made = self.from_native(self._loaded, **{**{name: getattr(self, name) for name in PER_CALL}, **parameters})
        made._lock = self._lock
        return made

    def external(self) -> str | None:
        return self._external

    def embed(self, texts: Sequence[str], /, *, role: Role = "document") -> FloatMatrix:
        """Rows (n, d) of *texts*; every role is read alike."""
        # encode sets and resets the limit of its tokenizer, which another thread would see
        with self._lock:
            model = self._model()
            rows = np.zeros((len(texts), model.dim), dtype=np.float32)
            spoken = [place for place, text in enumerate(texts) if text.strip()]
            start = 0
            for batch in _batches([texts[place] for place in spoken], self.batch_size):
                found = model.encode(
                    batch,
                    max_length=None,
                    batch_size=len(batch),
                    show_progress_bar=False,
                    use_multiprocessing=False,
                )
                rows[spoken[start : start + len(batch)]] = found
                start += len(batch)
        return _unit(rows) if self.normalize else rows

    def _model(self) -> Any:
        """The model, loaded at the first call; the lock is held."""
        if self._loaded is None:
            self._loaded = load(
                self.model,
                truncate_dim=self.truncate_dim,
                revision=self.revision,
                local_files_only=self.local_files_only,
            )
        return self._loaded


def _batches(texts: Sequence[str], size: int) -> Iterator[list[str]]:
    """*texts* in order, in lists of at most *size* and at most ``CHARACTERS``, but for one that is longer by itself."""
    batch: list[str] = []
    room = CHARACTERS
    for text in texts:
        if batch and (len(batch) == size or len(text) > room):
            yield batch
            batch, room = [], CHARACTERS
        batch.append(text)
        room -= len(text)
    if batch:
        yield batch


def _unit(rows: FloatMatrix) -> FloatMatrix:
    """*rows* of length 1, zero rows as they are."""
    norms = np.linalg.norm(rows, axis=1, keepdims=True).astype(np.float32)
    norms[norms == 0] = 1
    unit: FloatMatrix = rows / norms
    return unit
