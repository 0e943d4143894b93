"""The ``flair`` embedder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any, Literal

from topicore.components import JSON, Embedder, FloatMatrix, Role
from topicore.errors import ParameterError
from topicore.specs import Range

from .encoding import Encoder, Pooling
from .loading import pickled, transformer, words
from .origin import origin
from .plugin import FLAIR

if TYPE_CHECKING:
    from typing_extensions import Self

POOLINGS: dict[str, tuple[Pooling, ...]] = {"transformer": ("cls", "mean", "max"), "word": ("mean", "max", "min")}
"""What flair offers for each kind, its own choice first."""
FOR_TRANSFORMERS = {"layers": "-1", "layer_mean": False, "revision": None}
"""Parameters that word embeddings have no use for, and what leaves them out."""


class FlairEmbedder(Embedder):
    """A transformer of flair, or its word embeddings, pooled into a row a text, on the device that flair is set to.

    A text of blanks is an all-zero row, and so is one that word embeddings know no word of.

    Args:
        model: The id or folder of a transformer; or with ``kind="word"`` a file of vectors.
        kind: ``"transformer"`` for ``TransformerDocumentEmbeddings``, ``"word"`` for pooled ``WordEmbeddings``.
        pooling: ``"cls"`` (the first token of a transformer), ``"mean"``, ``"max"``, or of words ``"min"``. None is
            flair's own choice: ``"cls"`` of a transformer, the mean of words.
        layers: Layers of a transformer that are put side by side, such as ``"-1,-2"``, or ``"all"``.
        layer_mean: Average the layers instead.
        batch_size: Texts in one pass; None fills passes with as much text as suits the device.
        long_documents: Texts that are longer than a transformer reads are cut with a warning, or split into pieces
            whose rows are averaged.
        revision: Branch, tag or commit of a published transformer.
        local_files_only: Never ask the network for a transformer.
        allow_pickle: Load word embeddings that flair publishes under a name (``"crawl"``), or a save of gensim: they
            are pickles, which can run any code. A saved topic model then asks for the embedder back.
    """

    spec = FLAIR

    def __init__(
        self,
        model: str,
        kind: Literal["transformer", "word"] = "transformer",
        pooling: Pooling | None = None,
        layers: str = "-1",
        layer_mean: bool = False,
        batch_size: Annotated[int, Range(1)] | None = None,
        long_documents: Literal["truncate", "chunk"] = "truncate",
        revision: str | None = None,
        local_files_only: bool = False,
        allow_pickle: bool = False,
    ) -> None:
        self.model = model
        self.kind = kind
        self.pooling = pooling
        self.layers = layers
        self.layer_mean = layer_mean
        self.batch_size = batch_size
        self.long_documents = long_documents
        self.revision = revision
        self.local_files_only = local_files_only
        self.allow_pickle = allow_pickle
        self._check()
        self._lock = Lock()
        self._native: Any = None
        self._encoder: Encoder | None = None
        self._external: str | None = None

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> Self:
        """An embedder around ``DocumentEmbeddings``, or around ``TokenEmbeddings`` whose vectors are pooled.

        The object is not changed. Where it tells what it was loaded from, a saved model names that; weights changed by
        training since then do not always show, so save such a model to a folder and load it from there.
        """
        free = _adjustable(obj)
        fixed = sorted(set(parameters) - set(free))
        if fixed:
            raise ParameterError(
                f"embedder 'flair': {', '.join(fixed)} cannot change on a loaded {type(obj).__name__}; build it that "
                f"way. {', '.join(free)} can be given here"
            )
        source = origin(obj)
        unknown = {"model": type(obj).__name__, "kind": "word" if "pooling" in free else "transformer"}
        embedder = cls(**{**(source or unknown), **parameters})
        embedder._native = obj
        embedder._external = None if source else f"{type(obj).__module__}.{type(obj).__qualname__}"
        return embedder

    def fresh(self, **parameters: Any) -> Self:
        """This embedder, which learns nothing; with *parameters*, another one (around the same live object)."""
        if not parameters or self._native is None:
            return super().fresh(**parameters)
        kept = {name: getattr(self, name) for name in _adjustable(self._native)}
        return self.from_native(self._native, **{**kept, **parameters})

    def external(self) -> str | None:
        """The type of an object of unknown origin; also a pickle is handed back, never loaded by a file's word."""
        if self._native is None and self.kind == "word" and pickled(self.model):
            return "flair.embeddings.token.WordEmbeddings"
        return self._external

    def identity(self) -> Mapping[str, JSON] | None:
        """None around a live object: its weights may have changed since it was loaded."""
        return None if self._native is not None else super().identity()

    def embed(self, texts: Sequence[str], /, *, role: Role = "document") -> FloatMatrix:
        """Rows (n, d) of *texts*, alike for every role."""
        return self._loaded().rows(texts, self.batch_size)

    def count_tokens(self, texts: Sequence[str], /) -> list[int]:
        """Tokens of each text before it is cut, with those that the tokenizer adds; its words where nothing is cut."""
        return self._loaded().count(texts)

    @property
    def max_tokens(self) -> int | None:
        """Tokens of one text that a transformer reads, None for word embeddings; loads the model."""
        return self._loaded().limit

    def _loaded(self) -> Encoder:
        """What reads texts, loaded by the first of all threads that ask."""
        with self._lock:
            if self._encoder is None:
                embeddings = self._load() if self._native is None else self._native
                pooled = "pooling" in _adjustable(embeddings)
                self._encoder = Encoder(embeddings, self._pooling() if pooled else None)
            return self._encoder

    def _load(self) -> Any:
        if self.kind == "word":
            return words(self.model, allow_pickle=self.allow_pickle)
        return transformer(
            self.model,
            pooling=self._pooling(),
            layers=self.layers,
            layer_mean=self.layer_mean,
            revision=self.revision,
            local_files_only=self.local_files_only,
        )

    def _pooling(self) -> Pooling:
        return self.pooling or POOLINGS[self.kind][0]

    def _check(self) -> None:
        """Refuse parameters that do not go together."""
        if self._pooling() not in POOLINGS[self.kind]:
            raise ParameterError(
                f"embedder 'flair': pooling={self.pooling!r} is not for kind={self.kind!r}; "
                f"give one of {', '.join(map(repr, POOLINGS[self.kind]))}"
            )
        idle = [name for name, default in FOR_TRANSFORMERS.items() if getattr(self, name) != default]
        if self.kind == "word" and idle:
            raise ParameterError(f"embedder 'flair': {', '.join(idle)} is for kind='transformer'; leave it out")


def _adjustable(embeddings: Any) -> tuple[str, ...]:
    """The parameters that can be given with loaded *embeddings*; the pooling of those that give a row a text is set."""
    from flair.embeddings import DocumentEmbeddings

    alike = ("batch_size", "long_documents")
    return alike if isinstance(embeddings, DocumentEmbeddings) else ("pooling", *alike)
