"""The ``fastembed`` embedder."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np

from topicore.components import Embedder, FloatMatrix, Role
from topicore.errors import ParameterError
from topicore.specs import Range

from .loading import load, origin
from .plugin import FASTEMBED

if TYPE_CHECKING:
    from typing_extensions import Self

PER_CALL = ("batch_size", "normalize", "prompt", "query_prompt", "long_documents")
"""Parameters that a loaded model can still be given."""


class FastEmbedder(Embedder):
    """A sentence model as an ONNX graph, computed by onnxruntime. A text of blanks is an all-zero row.

    Args:
        model: A name that fastembed knows, or the folder of any ONNX model with its tokenizer.
        folder: Where the files of the named model are, instead of the cache.
        pooling: How rows of tokens become one in a model from a folder; None takes what the folder says, else the mean.
        batch_size: Texts in one pass through the model.
        normalize: Scale each row to length 1; most of the named models do so anyway.
        max_seq_length: Tokens of a text that are read; None is the model's own limit.
        prompt: Text put before each document and word.
        query_prompt: Text put before each query.
        long_documents: Longer texts are cut (``"truncate"``), or split and averaged (``"chunk"``).
        threads: Threads of onnxruntime; None takes one a core.
        device: What computes; ``"auto"`` is CUDA where onnxruntime has it.
        cache_dir: Where downloaded models are; None is fastembed's own place (``FASTEMBED_CACHE_PATH``).
        local_files_only: Never ask the network.
    """

    spec = FASTEMBED

    def __init__(
        self,
        model: str = "BAAI/bge-small-en-v1.5",
        folder: str | None = None,
        pooling: Literal["mean", "cls", "last_token"] | None = None,
        batch_size: Annotated[int, Range(1)] = 32,
        normalize: bool = False,
        max_seq_length: Annotated[int, Range(1)] | None = None,
        prompt: str = "",
        query_prompt: str = "",
        long_documents: Literal["truncate", "chunk"] = "truncate",
        threads: Annotated[int, Range(1)] | None = None,
        device: Literal["auto", "cpu", "cuda"] = "auto",
        cache_dir: str | None = None,
        local_files_only: bool = False,
    ) -> None:
        self.model = model
        self.folder = folder
        self.pooling = pooling
        self.batch_size = batch_size
        self.normalize = normalize
        self.max_seq_length = max_seq_length
        self.prompt = prompt
        self.query_prompt = query_prompt
        self.long_documents = long_documents
        self.threads = threads
        self.device = device
        self.cache_dir = cache_dir
        self.local_files_only = local_files_only
        self._lock = Lock()
        self._loaded: Any = None
        self._width = 0
        self._counter: Any = None
        self._native: Any = None
        self._external: str | None = None

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> Self:
        """An embedder around a ``TextEmbedding``; a saved model names its source where that is known."""
        fixed = sorted(set(parameters) - set(PER_CALL))
        if fixed:
            raise ParameterError(
                f"embedder 'fastembed': {', '.join(fixed)} cannot change on a loaded TextEmbedding; "
                f"load it that way. {', '.join(PER_CALL)} can be given here"
            )
        source = origin(obj)
        embedder = cls(**{**(source or {"model": obj.model_name}), **parameters})
        embedder._native = obj
        embedder._external = None if source else f"{type(obj).__module__}.{type(obj).__qualname__}"
        return embedder

    def fresh(self, **parameters: Any) -> Self:
        """This embedder, which learns nothing; with *parameters*, another one (around the same live object)."""
        if not parameters or self._native is None:
            return super().fresh(**parameters)
        return self.from_native(self._native, **{**{name: getattr(self, name) for name in PER_CALL}, **parameters})

    def external(self) -> str | None:
        return self._external

    def embed(self, texts: Sequence[str], /, *, role: Role = "document") -> FloatMatrix:
        """Rows (n, d) of *texts*; queries get the query prompt and, in models with tasks, the task of queries."""
        model = self._model()
        rows = np.zeros((len(texts), self._width), dtype=np.float32)
        spoken = [place for place, text in enumerate(texts) if text.strip()]
        # a batch is as wide as its longest text
        spoken.sort(key=lambda place: -len(texts[place]))
        prompt, encode = (self.query_prompt, model.query_embed) if role == "query" else (self.prompt, model.embed)
        # one by one into place: rows of a batch are views that would keep it in memory
        for place, row in zip(
            spoken, encode([prompt + texts[place] for place in spoken], batch_size=self.batch_size), strict=True
        ):
            rows[place] = row
        return _unit(rows) if self.normalize else rows

    def count_tokens(self, texts: Sequence[str], /) -> list[int]:
        """Tokens of each text before it is cut, with the prompt and with those that the model adds."""
        model = self._model()
        # a static model reads no marks at the ends of a text
        marks = hasattr(model, "onnx_embed")
        found = self._counter.encode_batch([self.prompt + text for text in texts], add_special_tokens=marks)
        return [len(encoding) for encoding in found]

    @property
    def max_tokens(self) -> int | None:
        """Tokens of one text that the model reads; loads the model."""
        cut = self._model().tokenizer.truncation
        return int(cut["max_length"]) if cut else None

    def _model(self) -> Any:
        """What embeds, loaded by the first of all threads that ask."""
        with self._lock:
            if self._loaded is None:
                model = self._native.model if self._native is not None else self._load()
                # loads what a lazy object has left for later
                self._width = len(next(iter(model.embed(["a"]))))
                self._counter = _uncut(model.tokenizer)
                self._loaded = model
            return self._loaded

    def _load(self) -> Any:
        return load(
            self.model,
            folder=self.folder,
            pooling=self.pooling,
            max_seq_length=self.max_seq_length,
            threads=self.threads,
            device=self.device,
            cache_dir=self.cache_dir,
            local_files_only=self.local_files_only,
        )


def _uncut(tokenizer: Any) -> Any:
    """A copy of *tokenizer* that neither cuts nor pads."""
    copy = type(tokenizer).from_str(tokenizer.to_str())
    copy.no_truncation()
    copy.no_padding()
    return copy


def _unit(rows: FloatMatrix) -> FloatMatrix:
    """*rows* of length 1, zero rows as they are."""
    norms = np.linalg.norm(rows, axis=1, keepdims=True).astype(np.float32)
    norms[norms == 0] = 1
    unit: FloatMatrix = rows / norms
    return unit
