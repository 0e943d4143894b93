"""The ``openai`` embedder."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any, Literal
from weakref import finalize

import numpy as np

from topicore.components import JSON, Embedder, FloatMatrix, Role
from topicore.errors import ComponentError, ParameterError, TransientError
from topicore.services import Address, cut, estimate, groups
from topicore.specs import Range

from .answers import rows
from .clients import connected, recovered, refuse_async, secrets, service, trusted
from .failures import TooLongError, failure
from .plugin import OPENAI

if TYPE_CHECKING:
    from typing_extensions import Self

MOST_TOKENS = 8191
"""Tokens of one text that every embedding model of OpenAI reads."""


class OpenAIEmbedder(Embedder):
    """An embedding model behind OpenAI's API. A text of blanks is an all-zero row and is not sent.

    The key comes from the environment variable ``OPENAI_API_KEY``, or is in the client that was handed in.

    Args:
        model: The name of the model; for an Azure client that of the deployment.
        dimensions: Numbers of a row, for models that can shorten their rows (text-embedding-3 and later).
        base_url: A compatible server; None is OpenAI, or what ``OPENAI_BASE_URL`` says.
        batch_size: Most texts in one request.
        token_limit: Tokens of one text that are read, as estimated here; None is the limit of OpenAI's models, and no
            limit for models of others.
        timeout: Seconds to wait for an answer; None leaves that to the SDK, or to the client.
        long_documents: Cut texts at the limit, or split them and average their rows.
    """

    spec = OPENAI

    def __init__(
        self,
        model: str = "text-embedding-3-small",
        dimensions: Annotated[int, Range(1)] | None = None,
        base_url: str | None = None,
        batch_size: Annotated[int, Range(1, 2048)] = 2048,
        token_limit: Annotated[int, Range(1)] | None = None,
        timeout: Annotated[float, Range(0.001)] | None = 120.0,
        long_documents: Literal["truncate", "chunk"] = "truncate",
    ) -> None:
        self.model = model
        self.dimensions = dimensions
        self.base_url = base_url
        self.batch_size = batch_size
        self.token_limit = token_limit
        self.timeout = timeout
        self.long_documents = long_documents
        self.spec = replace(type(self).spec, chunk_size=batch_size)  # type: ignore[misc]
        named = None if base_url is None else Address.parse(base_url)
        self._external = None if named is None or trusted(named) else "openai.OpenAI"
        self._lock = Lock()
        self._client: Any = None
        self._native: Any = None
        self._width: int | None = dimensions

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> Self:
        """An embedder around an ``OpenAI`` or ``AzureOpenAI`` client, with its key, transport and headers.

        A plain client of OpenAI or of this machine is saved as its recipe, without the key; any other is handed back
        when a saved model is loaded.
        """
        refuse_async(obj, "embedder 'openai'")
        if parameters.get("model") is None:
            raise ParameterError(
                "embedder 'openai': a client does not say which model to use; write "
                "topicore.embedder(client, model='text-embedding-3-small') (for Azure the name of the deployment)"
            )
        if "base_url" in parameters:
            raise ParameterError("embedder 'openai': base_url cannot change on a client; make the client with it")
        embedder = cls(**{"timeout": None, **parameters})
        embedder._native, embedder._client = obj, obj.with_options(max_retries=0)
        try:
            embedder.base_url = recovered(obj)
            embedder._external = None
        except LookupError:
            embedder.base_url = str(Address.of(obj.base_url))
            embedder._external = f"{type(obj).__module__.partition('.')[0]}.{type(obj).__qualname__}"
        return embedder

    def fresh(self, **parameters: Any) -> Self:
        """This embedder, which learns nothing; with *parameters*, another one (around the same client)."""
        if not (parameters and self._native is not None):
            return super().fresh(**parameters)
        kept = {name: value for name, value in self.config().items() if name != "base_url"}
        return self.from_native(self._native, **{**kept, **parameters})

    def external(self) -> str | None:
        """None for OpenAI and for this machine; else a file must not say where the key of its reader goes."""
        return self._external

    def identity(self) -> Mapping[str, JSON]:
        """The model, where it runs and what is read; ``"version"`` changes when rows or cuts do, not at a release."""
        return {
            "version": "1",
            "service": str(self._address),
            "model": self.model,
            "dimensions": self.dimensions,
            "max_tokens": self.max_tokens,
            "long_documents": self.long_documents,
        }

    def embed(self, texts: Sequence[str], /, *, role: Role = "document") -> FloatMatrix:
        """Rows (n, d) of *texts*, the same for every role, from one request within the limits of the service."""
        client = self._connected()
        written = [place for place, text in enumerate(texts) if text.strip()]
        limit = self.max_tokens
        sent = [_readable(texts[place], limit) for place in written]
        found = [self._rows(client, group) for group in groups(sent, self.batch_size, self._request_tokens)]
        if len(found) == 1 and len(written) == len(texts):
            return found[0]
        width = found[0].shape[1] if found else self._width or self._rows(client, ["a"]).shape[1]
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
        known = self.model.startswith("text-embedding-") or self._address.host.endswith((".openai.com", ".azure.com"))
        return self.token_limit or (MOST_TOKENS if known else None)

    @property
    def _address(self) -> Address:
        return service(self.base_url) if self._native is None else Address.of(self._native.base_url)

    @property
    def _request_tokens(self) -> int:
        return type(self).spec.chunk_tokens or MOST_TOKENS

    def _connected(self) -> Any:
        """The client, made by the first of all threads that ask."""
        with self._lock:
            if self._client is None:
                self._client = connected(self._address)
                finalize(self, self._client.close)
            return self._client

    def _rows(self, client: Any, texts: Sequence[str]) -> FloatMatrix:
        """Rows of *texts*; in parts, and cut shorter, where the service has more tokens in them than estimated."""
        try:
            return self._request(client, texts)
        except TooLongError as error:
            if len(texts) > 1:
                half = len(texts) // 2
                return np.concatenate([self._rows(client, texts[:half]), self._rows(client, texts[half:])])
            limit = self.max_tokens
            if limit is None or len(texts[0].encode()) <= limit:
                raise ComponentError(
                    f"{error}. token_limit= says how many tokens of a text the server reads; "
                    f"the text begins with {texts[0][:40]!r}"
                ) from None
        warnings.warn(
            f"embedder 'openai' cut texts shorter than estimated: the service finds more than {limit} tokens in them",
            stacklevel=2,
        )
        return self._rows(client, [texts[0][: len(texts[0]) * 3 // 4]])

    def _request(self, client: Any, texts: Sequence[str]) -> FloatMatrix:
        """Rows of *texts* from one request."""
        from openai import APIError

        settings: dict[str, Any] = {name: getattr(self, name) for name in ("dimensions", "timeout")}
        given = {name: value for name, value in settings.items() if value is not None}
        address = Address.of(client.base_url)
        try:
            answer = client.embeddings.create(input=list(texts), model=self.model, encoding_format="base64", **given)
        except APIError as error:
            raise failure(error, model=self.model, address=address, secrets=secrets(client)) from None
        except (json.JSONDecodeError, UnicodeDecodeError):
            raise TransientError(f"{address.service} sent an answer that is no JSON") from None
        found = rows(answer, len(texts), address.service)
        if self.dimensions not in (None, found.shape[1]):
            raise ComponentError(
                f"{address.service} gave rows of {found.shape[1]} numbers, not of dimensions={self.dimensions}; "
                f"leave dimensions out, {self.model!r} has one size there"
            )
        self._width = found.shape[1]
        return found


def _readable(text: str, limit: int | None) -> str:
    """*text* as JSON can carry it and the service reads it."""
    sound = text if text.isascii() else text.encode("utf-8", "replace").decode()
    return sound if limit is None else cut(sound, limit)
