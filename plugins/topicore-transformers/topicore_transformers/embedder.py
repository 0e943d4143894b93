"""The ``transformers`` embedder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np

from topicore.components import JSON, Embedder, FloatMatrix, Role
from topicore.specs import Range

from .devices import placed
from .encoding import Encoder
from .handed import found
from .loading import Once, Purpose, Source, load
from .plugin import TRANSFORMERS
from .pooling import POOLINGS, Pooling

if TYPE_CHECKING:
    from typing_extensions import Self

PER_CALL = ("pooling", "batch_size", "normalize", "max_seq_length", "long_documents")
"""Parameters that a loaded pipeline can still be given."""


PURPOSE = Purpose(
    component="embedder 'transformers'",
    task="feature-extraction",
    spared=lambda name: "pooler" in name or name.startswith("decoder."),
)
"""Rows do without a pooler, and without the decoder beside an encoder."""


class TransformersEmbedder(Embedder):
    """A text model of Hugging Face transformers; the vectors of its last layer are pooled into a row a text.

    Padding never enters a row. A text of blanks is an all-zero row. Of a model with an encoder and a decoder the
    encoder is used, of a model with a head what is below it.

    Args:
        model: The id of a published model, or the folder of a saved one.
        pooling: The mean of all tokens, the largest value a dimension, the first token (``"cls"``), or the last one
            (for models that read from left to right).
        device: ``"cpu"``, ``"cuda"``, ``"mps"``, ...; None takes the best there is.
        batch_size: Texts in one pass through the model; None fills passes with as many tokens as suit the device.
        precision: ``"bfloat16"`` halves the memory and saves time where the hardware computes in it, at two to three
            significant digits; the last of them then depends on the texts beside a text.
        normalize: Scale each row to length 1.
        max_seq_length: Tokens of a text that are read; None is the limit of the model and its tokenizer.
        long_documents: Longer texts are cut with a warning, or split into pieces whose rows are averaged.
        revision: Branch, tag or commit of a published model.
        local_files_only: Never ask the network.
    """

    spec = TRANSFORMERS

    def __init__(
        self,
        model: str,
        pooling: Pooling = "mean",
        device: str | None = None,
        batch_size: Annotated[int, Range(1)] | None = None,
        precision: Literal["float32", "bfloat16"] = "float32",
        normalize: bool = False,
        max_seq_length: Annotated[int, Range(4)] | None = None,
        long_documents: Literal["truncate", "chunk"] = "truncate",
        revision: str | None = None,
        local_files_only: bool = False,
    ) -> None:
        self.model = model
        self.pooling = pooling
        self.device = device
        self.batch_size = batch_size
        self.precision = precision
        self.normalize = normalize
        self.max_seq_length = max_seq_length
        self.long_documents = long_documents
        self.revision = revision
        self.local_files_only = local_files_only
        self.spec = replace(type(self).spec, batch_invariant=precision == "float32")  # type: ignore[misc]
        self._native: Any = None
        self._loaded = Once(self._load)
        self._external: str | None = None

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> Self:
        """An embedder around a feature-extraction pipeline, on the device and with the weights that it has.

        Its tokenizer is copied, never set. Where the pipeline tells what it was loaded from, a saved model names that;
        weights changed by hand since then do not show, so save such a model to a folder and load it from there.
        """
        loaded, external = found(obj, PURPOSE.component, parameters, PER_CALL)
        known = {**loaded, "max_seq_length": obj._preprocess_params.get("max_length")}
        embedder = cls(**{**known, **parameters})
        embedder._native = obj
        embedder._external = external
        return embedder

    def fresh(self, **parameters: Any) -> Self:
        """This embedder, which learns nothing; with *parameters*, another one (around the same live object)."""
        if not (parameters and self._native):
            return super().fresh(**parameters)
        return self.from_native(self._native, **{**{name: getattr(self, name) for name in PER_CALL}, **parameters})

    def external(self) -> str | None:
        return self._external

    def identity(self) -> Mapping[str, JSON] | None:
        """None around a live object: its weights may have changed since it was loaded."""
        return None if self._native is not None else super().identity()

    def embed(self, texts: Sequence[str], /, *, role: Role = "document") -> FloatMatrix:
        """Rows (n, d) of *texts*, alike for every role."""
        encoder = self._loaded()
        rows = np.zeros((len(texts), encoder.width), dtype=np.float32)
        spoken = [place for place, text in enumerate(texts) if text.strip()]
        rows[spoken] = encoder.rows([texts[place] for place in spoken], POOLINGS[self.pooling], self.batch_size)
        if self.normalize:
            rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.finfo(np.float32).tiny)
        return rows

    def count_tokens(self, texts: Sequence[str], /) -> list[int]:
        """Tokens of each text before it is cut, with those that the tokenizer adds."""
        return self._loaded().count(texts)

    @property
    def max_tokens(self) -> int | None:
        """Tokens of one text that the model reads; loads the model."""
        return self._loaded().limit

    def _load(self) -> Encoder:
        if self._native is not None:
            model, tokenizer = self._native.model, self._native.tokenizer
        else:
            device = placed(self.device, PURPOSE.component)
            source = Source(self.model, self.revision, self.local_files_only)
            model, tokenizer = load(source, PURPOSE, "AutoModel", device=device, precision=self.precision)
        return Encoder(model, tokenizer, self.max_seq_length, shared=self._native is not None)
