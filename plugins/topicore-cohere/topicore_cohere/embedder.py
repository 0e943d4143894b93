"""The ``cohere`` embedder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import inf
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias
from weakref import finalize

import numpy as np

from topicore.components import JSON, Embedder, FloatMatrix, Role
from topicore.errors import ComponentError, ParameterError
from topicore.services import Address, cut, estimate, groups, unreached
from topicore.specs import Range

from .clients import address_of, connected, plain, recovered, refuse_async, secrets, service, speaker, trusted
from .failures import refused
from .plugin import COHERE

if TYPE_CHECKING:
    from typing_extensions import Self

InputType: TypeAlias = Literal["clustering", "search_document", "search_query", "classification"]

MOST_TOKENS = (("embed-v4", 128_000), ("embed-english", 512), ("embed-multilingual", 512))
"""Tokens of one text that models whose names begin so read."""
SPARE = 4
"""How many times that is sent, as estimated, for the service to cut by its own count."""


class CohereEmbedder(Embedder):
    """An embedding model of Cohere. A text of blanks is an all-zero row and is not sent.

    The key comes from the environment variable ``CO_API_KEY``, or is in the client that was handed in.

    Args:
        model: The name of the model.
        output_dimension: Numbers of a row, for models that can shorten their rows (embed-v4.0 and later).
        input_type: What documents and words are embedded for.
        query_input_type: What queries are embedded for; None is ``"search_query"`` where documents are
            ``"search_document"``, and else the same as for documents.
        base_url: A compatible server; None is Cohere, or what ``CO_API_URL`` says.
        batch_size: Most texts in one request.
        token_limit: Tokens of one text that are read, as estimated here; None leaves the cut to the service.
        timeout: Seconds to wait for an answer; None leaves that to the SDK, or to the client.
        long_documents: Cut texts at the limit, or split them and average their rows.
    """

    spec = COHERE

    def __init__(
        self,
        model: str = "embed-v4.0",
        output_dimension: Annotated[int, Range(1)] | None = None,
        input_type: InputType = "clustering",
        query_input_type: InputType | None = None,
        base_url: str | None = None,
        batch_size: Annotated[int, Range(1, 96)] = 96,
        token_limit: Annotated[int, Range(1)] | None = None,
        timeout: Annotated[float, Range(0.001)] | None = 120.0,
        long_documents: Literal["truncate", "chunk"] = "truncate",
    ) -> None:
        self.model = model
        self.output_dimension = output_dimension
        self.input_type = input_type
        self.query_input_type = query_input_type
        self.base_url = base_url
        self.batch_size = batch_size
        self.token_limit = token_limit
        self.timeout = timeout
        self.long_documents = long_documents
        most = type(self).spec.chunk_tokens or 0
        small = (self.max_tokens or most) * batch_size <= most  # whatever its texts are, the service reads no more
        self.spec = replace(type(self).spec, chunk_size=batch_size, chunk_tokens=None if small else most)  # type: ignore[misc]
        named = None if base_url is None else Address.parse(base_url)
        self._external = None if named is None or trusted(named) else "cohere.ClientV2"
        self._lock = Lock()
        self._client: Any = None
        self._native: Any = None
        self._width: int | None = output_dimension

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> Self:
        """An embedder around a ``ClientV2`` or ``Client``, with its key, transport and headers.

        A plain client of Cohere or of this machine is saved as its recipe, without the key; any other is handed back
        when a saved model is loaded.
        """
        refuse_async(obj, "embedder 'cohere'")
        if "base_url" in parameters:
            raise ParameterError("embedder 'cohere': base_url cannot change on a client; make the client with it")
        embedder = cls(**{"timeout": None, **parameters})
        embedder._native, embedder._client = obj, speaker(obj)
        try:
            embedder.base_url = recovered(obj)
            embedder._external = None
        except LookupError:
            embedder.base_url = str(address_of(obj))
            embedder._external = f"{type(obj).__module__.partition('.')[0]}.{type(obj).__qualname__}"
        return embedder

    def fresh(self, **parameters: Any) -> Self:
        """This embedder, which learns nothing; with *parameters*, another one (around the same client)."""
        if not (parameters and self._native is not None):
            return super().fresh(**parameters)
        kept = {name: value for name, value in self.config().items() if name != "base_url"}
        return self.from_native(self._native, **{**kept, **parameters})

    def external(self) -> str | None:
        """None for Cohere and for this machine; else a file must not say where the key of its reader goes."""
        return self._external

    def identity(self) -> Mapping[str, JSON]:
        """The model, where it runs and what is read; ``"version"`` changes when rows or cuts do, not at a release."""
        own = self._native is None or plain(self._native)
        return {
            "version": "1",
            "service": str(self._address) if own else self._external,
            "model": self.model,
            "output_dimension": self.output_dimension,
            "input_types": [self.input_type, self._query_input_type],
            "max_tokens": self.max_tokens,
            "long_documents": self.long_documents,
        }

    def embed(self, texts: Sequence[str], /, *, role: Role = "document") -> FloatMatrix:
        """Rows (n, d) of *texts* with the input type of *role*, from one request within the limits of the service."""
        client = self._connected()
        kind = self._query_input_type if role == "query" else self.input_type
        written = [place for place, text in enumerate(texts) if text.strip()]
        limit = self.token_limit or (self.max_tokens or 0) * SPARE
        sent = [_readable(texts[place], limit) for place in written]
        most = self.spec.chunk_tokens or inf
        found = [self._request(client, group, kind) for group in groups(sent, self.batch_size, most)]
        if len(found) == 1 and len(written) == len(texts):
            return found[0]
        width = found[0].shape[1] if found else self._width or self._request(client, ["a"], kind).shape[1]
        every = np.zeros((len(texts), width), dtype=np.float32)
        if found:
            every[written] = np.concatenate(found)
        return every

    def count_tokens(self, texts: Sequence[str], /) -> list[int]:
        """About how many tokens each whole text has, more rather than fewer; nothing is sent."""
        return [estimate(text) for text in texts]

    @property
    def max_tokens(self) -> int | None:
        """Tokens of one text that are read; None where nobody said what the model of a compatible server reads."""
        known = (limit for name, limit in MOST_TOKENS if self.model.startswith(name))
        return self.token_limit or next(known, None)

    @property
    def _query_input_type(self) -> InputType:
        paired: InputType = "search_query" if self.input_type == "search_document" else self.input_type
        return self.query_input_type or paired

    @property
    def _address(self) -> Address:
        return service(self.base_url) if self._native is None else address_of(self._native)

    def _connected(self) -> Any:
        """The client, made by the first of all threads that ask."""
        with self._lock:
            if self._client is None:
                self._client = connected(self._address)
                finalize(self, self._client.__exit__, None, None, None)
            return self._client

    def _request(self, client: Any, texts: Sequence[str], kind: str) -> FloatMatrix:
        """Rows of *texts* from one request."""
        from cohere.core.api_error import ApiError
        from httpx import InvalidURL, TransportError

        options = {"max_retries": 0, **({} if self.timeout is None else {"timeout_in_seconds": self.timeout})}
        shape = {} if self.output_dimension is None else {"output_dimension": self.output_dimension}
        place = self._address.service if self._native is None or plain(self._native) else str(self._external)
        try:
            answer = client.embed(
                model=self.model,
                texts=list(texts),
                input_type=kind,
                embedding_types=["float"],
                truncate="END",
                request_options=options,
                **shape,
            )
        except ApiError as error:
            raise refused(error, model=self.model, service=place, secrets=secrets(client)) from None
        except (TransportError, InvalidURL) as error:
            raise unreached(error, service=place, secrets=secrets(client)) from None
        except (TypeError, ValueError):  # from building the SDK's record of an answer
            answer = None
        found = _rows(answer, len(texts), place)
        if self.output_dimension not in (None, found.shape[1]):
            raise ComponentError(
                f"{place} gave rows of {found.shape[1]} numbers, not of output_dimension={self.output_dimension}; "
                f"leave it out, {self.model!r} has one size there"
            )
        self._width = found.shape[1]
        return found


def _readable(text: str, limit: int) -> str:
    """*text* as JSON can carry it, at most *limit* estimated tokens of it where that is not 0."""
    sound = text if text.isascii() else text.encode("utf-8", "replace").decode()
    return cut(sound, limit) if limit else sound


def _rows(answer: Any, n: int, place: str) -> FloatMatrix:
    """The rows in *answer*, one for each of *n* texts.

    Raises:
        ComponentError: It holds something else.
    """
    rows = getattr(getattr(answer, "embeddings", None), "float_", None)
    if not isinstance(rows, list):
        raise ComponentError(f"{place} answers with something else than embeddings; check base_url, and the model")
    if len(rows) != n:
        raise ComponentError(f"{place} gave {len(rows)} rows for {n} texts")
    try:
        found = np.array(rows, dtype=np.float32)
    except (TypeError, ValueError):
        raise ComponentError(f"{place} gave rows that are no lists of equally many numbers") from None
    if found.ndim != 2 or not found.shape[1] or not np.isfinite(found).all():
        raise ComponentError(f"{place} gave rows that are empty, or NaN or infinite")
    return found
