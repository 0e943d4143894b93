"""The ``spacy`` embedder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any

from topicore.components import JSON, Embedder, FloatMatrix, Role
from topicore.errors import ParameterError
from topicore.specs import Range

from .loading import load, origin, version
from .pipes import for_vectors, sorted_pipes
from .plugin import SPACY
from .reading import Reader, reader

if TYPE_CHECKING:
    from typing_extensions import Self

PER_CALL = ("batch_size",)
"""Parameters that a loaded pipeline can still be given."""


class SpacyEmbedder(Embedder):
    """A spaCy pipeline: the mean of a text's word vectors, or of the pieces that a transformer reads.

    Texts are as written: most vectors tell ``Apple`` from ``apple``. A text of blanks, and one of which no word has a
    vector, is an all-zero row. The device is what was chosen in spaCy (``spacy.prefer_gpu()``)
    before the pipeline loads.

    Args:
        model: The name of an installed pipeline such as ``"en_core_web_md"``, or the folder of a saved one.
        exclude: Components not to load, besides those of spaCy that vectors do not need (tagger, parser, ner, ...).
        batch_size: Texts that a transformer takes at once.
    """

    spec = SPACY

    def __init__(self, model: str, exclude: list[str] | None = None, batch_size: Annotated[int, Range(1)] = 64) -> None:
        self.model = model
        self.exclude = exclude
        self.batch_size = batch_size
        self._lock = Lock()
        self._native: Any = None
        self._external: str | None = None
        self._read: Reader | None = None

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> Self:
        """An embedder around a ``Language``, with the components that are active in it; it is not changed.

        Where it was loaded from a package or folder, a saved model names that; what was changed since then does not
        show, but for components that may change vectors.

        Raises:
            InputError: It has neither word vectors nor an active transformer.
        """
        fixed = sorted(set(parameters) - set(PER_CALL))
        if fixed:
            raise ParameterError(
                f"embedder 'spacy': {', '.join(fixed)} cannot change on a loaded Language; load it that way. "
                f"{', '.join(PER_CALL)} can be given here"
            )
        pipes = sorted_pipes((name, obj.get_pipe_meta(name).factory) for name in obj.pipe_names)
        source = None if pipes.others else origin(obj)
        embedder = cls(source or f"{obj.meta['lang']}_{obj.meta['name']}", **parameters)
        embedder._native = obj
        embedder._external = None if source else f"{type(obj).__module__}.{type(obj).__qualname__}"
        embedder._read = reader(obj, embedder.batch_size)
        return embedder

    def fresh(self, **parameters: Any) -> Self:
        """This embedder, which learns nothing; with *parameters*, another one (around the same live object)."""
        if not parameters or self._native is None:
            return super().fresh(**parameters)
        return self.from_native(self._native, **{**{name: getattr(self, name) for name in PER_CALL}, **parameters})

    def external(self) -> str | None:
        return self._external

    def identity(self) -> Mapping[str, JSON] | None:
        """What the rows depend on: also the version of an installed pipeline; None around a live object."""
        own = None if self._native is not None else super().identity()
        return None if own is None else {**own, "pipeline": version(self.model)}

    def embed(self, texts: Sequence[str], /, *, role: Role = "document") -> FloatMatrix:
        """Rows (n, d) of *texts*, the same for every role."""
        return self._reader().rows(texts)

    def _reader(self) -> Reader:
        """What reads texts, loaded by the first of all threads that ask."""
        with self._lock:
            if self._read is None:
                self._read = reader(load(self.model, for_vectors(self.exclude or ())), self.batch_size)
            return self._read
