"""The ``langchain`` embedder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np

from topicore.components import JSON, Embedder, FloatMatrix, Role
from topicore.errors import ComponentError, ParameterError, TopicoreError
from topicore.services import estimate
from topicore.specs import Range

from .failures import failure
from .models import embeddings
from .plugin import EMBEDDER
from .secrets import secrets

if TYPE_CHECKING:
    from typing_extensions import Self


class LangChainEmbedder(Embedder):
    """An Embeddings object of LangChain, or a model of its providers by name.

    Queries go to ``embed_query``, one by one, everything else to ``embed_documents``. A text of blanks is an all-zero
    row and is not handed on.

    Args:
        model: ``provider:name`` for ``langchain.embeddings.init_embeddings``; None around an object.
        batch_size: Most texts in one call.
        remote: Whether a service answers: then several calls run at a time, and are tried again where they may succeed.
            False for a model in this process, which is called from one thread.
        cache_key: A name of your own for an object, under which its rows are kept in the cache; without, they are not.
    """

    spec = EMBEDDER

    def __init__(
        self,
        model: str | None = None,
        batch_size: Annotated[int, Range(1)] = 256,
        remote: bool = True,
        cache_key: str | None = None,
    ) -> None:
        self.model = model
        self.batch_size = batch_size
        self.remote = remote
        self.cache_key = cache_key
        self.spec = replace(type(self).spec, chunk_size=batch_size, network=remote)  # type: ignore[misc]
        self._lock = Lock()
        self._native: Any = None
        self._made: Any = None
        self._width: int | None = None

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> Self:
        """An embedder around an Embeddings object, with its key and settings."""
        if parameters.get("model") is not None:
            raise ParameterError("embedder 'langchain': model is for models by name; an Embeddings object has its own")
        embedder = cls(**parameters)
        embedder._native = obj
        return embedder

    def fresh(self, **parameters: Any) -> Self:
        """This embedder, which learns nothing; with *parameters*, another one (around the same object)."""
        made = super().fresh(**parameters)
        made._native = self._native
        return made

    def external(self) -> str | None:
        """The type of the object, where there is one."""
        return None if self._native is None else f"{type(self._native).__module__}.{type(self._native).__qualname__}"

    def identity(self) -> Mapping[str, JSON] | None:
        """The model; around an object, its ``cache_key``."""
        if self._native is not None:
            return None if self.cache_key is None else {"version": "1", "cache_key": self.cache_key}
        return {"version": "1", "model": self.model}

    def embed(self, texts: Sequence[str], /, *, role: Role = "document") -> FloatMatrix:
        """Rows (n, d) of *texts*."""
        written = [place for place, text in enumerate(texts) if text.strip()]
        sent = [_readable(texts[place]) for place in written]
        batches = [sent[start : start + self.batch_size] for start in range(0, len(sent), self.batch_size)]
        found = [self._rows(batch, role) for batch in batches]
        width = found[0].shape[1] if found else self._width or self._rows(["a"], role).shape[1]
        every = np.zeros((len(texts), width), dtype=np.float32)
        if found:
            every[written] = np.concatenate(found)
        return every

    def count_tokens(self, texts: Sequence[str], /) -> list[int]:
        """About how many tokens each whole text has; nothing is sent."""
        return [estimate(text) for text in texts]

    def _rows(self, texts: list[str], role: Role) -> FloatMatrix:
        """Rows of *texts* from one call, or from one for each query."""
        model = self._model()
        try:
            found = [model.embed_query(text) for text in texts] if role == "query" else model.embed_documents(texts)
        except TopicoreError:
            raise
        except Exception as error:
            raise failure(error, self.model or type(model).__name__, secrets(model)) from None
        try:
            rows = np.asarray(found, dtype=np.float32)
        except (TypeError, ValueError):
            raise ComponentError(
                f"{type(model).__name__} gave rows that are no lists of equally many numbers"
            ) from None
        if rows.ndim != 2 or len(rows) != len(texts) or not rows.shape[1]:
            raise ComponentError(f"{type(model).__name__} gave shape {rows.shape} for {len(texts)} texts")
        if self._width not in (None, rows.shape[1]):
            raise ComponentError(f"{type(model).__name__} gave rows of {rows.shape[1]} numbers after {self._width}")
        self._width = rows.shape[1]
        return rows

    def _model(self) -> Any:
        """The Embeddings, made by the first of all threads that ask."""
        if self._native is not None:
            return self._native
        if self.model is None:
            raise ParameterError(
                "embedder 'langchain' needs a model: write 'langchain:PROVIDER:MODEL', or hand in an Embeddings object"
            )
        with self._lock:
            if self._made is None:
                self._made = embeddings(self.model)
            return self._made


def _readable(text: str) -> str:
    """*text* as JSON can carry it."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
