"""The ``gensim`` embedder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any, Literal

from topicore.components import JSON, Embedder, FloatMatrix, Role
from topicore.errors import ParameterError
from topicore.specs import Range

from .loading import load
from .plugin import GENSIM
from .reading import Reader, reader

if TYPE_CHECKING:
    from typing_extensions import Self

PER_CALL = ("lowercase", "epochs", "long_documents")
"""Parameters that a loaded model can still be given."""


class GensimEmbedder(Embedder):
    """Word vectors, averaged over the words of a text, or a Doc2Vec model. A text without known words is a zero row.

    Args:
        model: A file of vectors, or the name of a download of gensim such as ``"glove-wiki-gigaword-100"``.
        lowercase: Look up words that are unknown as written in lower case.
        epochs: Passes of a Doc2Vec model over each text; None for as many as it was trained with.
        allow_pickle: Load a save of gensim, which can run any code; only for files that you trust. A saved topic
            model then asks for the embedder back.
        long_documents: What becomes of texts of more than 10,000 words with Doc2Vec; word vectors have no limit.
    """

    spec = GENSIM

    def __init__(
        self,
        model: str,
        lowercase: bool = True,
        epochs: Annotated[int, Range(1)] | None = None,
        allow_pickle: bool = False,
        long_documents: Literal["truncate", "chunk"] = "truncate",
    ) -> None:
        self.model = model
        self.lowercase = lowercase
        self.epochs = epochs
        self.allow_pickle = allow_pickle
        self.long_documents = long_documents
        self._lock = Lock()
        self._native: Any = None
        self._read: Reader | None = None

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> Self:
        """An embedder around ``KeyedVectors``, or a trained ``Word2Vec``, ``FastText`` or ``Doc2Vec``.

        Raises:
            InputError: The model has not been trained.
        """
        fixed = sorted(set(parameters) - set(PER_CALL))
        if fixed:
            raise ParameterError(
                f"embedder 'gensim': {', '.join(fixed)} cannot be given with a loaded {type(obj).__name__}; "
                f"{', '.join(PER_CALL)} can"
            )
        embedder = cls(type(obj).__name__, **parameters)
        embedder._native = obj
        embedder._read = reader(obj, lowercase=embedder.lowercase, epochs=embedder.epochs)
        return embedder

    def fresh(self, **parameters: Any) -> Self:
        """This embedder, which learns nothing; with *parameters*, another one (around the same live object)."""
        if not parameters or self._native is None:
            return super().fresh(**parameters)
        return self.from_native(self._native, **{**{name: getattr(self, name) for name in PER_CALL}, **parameters})

    def external(self) -> str | None:
        """The type of the live object; also what a pickle holds must be handed back, never loaded by a file's word."""
        if self._native is not None:
            return f"{type(self._native).__module__}.{type(self._native).__qualname__}"
        return "gensim.models.keyedvectors.KeyedVectors" if self.allow_pickle else None

    def identity(self) -> Mapping[str, JSON] | None:
        """What the rows depend on: the file or name, also where that is a pickle; None for a live object."""
        if self._native is not None:
            return None
        return {name: value for name, value in self.config().items() if name not in self.spec.neutral}

    def embed(self, texts: Sequence[str], /, *, role: Role = "document") -> FloatMatrix:
        """Rows (n, d) of *texts*, the same for every role."""
        return self._reader().rows(texts)

    def count_tokens(self, texts: Sequence[str], /) -> list[int]:
        """The known words of each text."""
        return self._reader().count(texts)

    @property
    def max_tokens(self) -> int | None:
        """Words of one text that a Doc2Vec reads, None for word vectors; loads the model."""
        return self._reader().limit

    def _reader(self) -> Reader:
        """What reads texts, loaded by the first of all threads that ask."""
        with self._lock:
            if self._read is None:
                loaded = load(self.model, allow_pickle=self.allow_pickle)
                self._read = reader(loaded, lowercase=self.lowercase, epochs=self.epochs)
            return self._read
