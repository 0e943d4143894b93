"""The ``openai.label`` representation."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any
from weakref import finalize

from topicore.components import JSON
from topicore.errors import ComponentError, ParameterError, TopicoreError, TransientError
from topicore.llm import LanguageModel, Reply, Request
from topicore.services import Address, said
from topicore.specs import Range

from .agreement import Agreement
from .clients import connected, recovered, refuse_async, secrets, service, trusted
from .failures import TooLongError, failure
from .plugin import LABEL
from .replies import FILTERED, reply
from .terms import RESERVED, checked

if TYPE_CHECKING:
    from typing_extensions import Self


@dataclass(eq=False, repr=False)
class OpenAILabel(LanguageModel):
    """Labels, summaries and keywords from a chat model behind OpenAI's API.

    The key comes from the environment variable ``OPENAI_API_KEY``, or is in the client that was handed in. Where a
    server does not take a JSON schema, or the name of a parameter, it is asked once more without; so is one that does
    not say what it refuses.

    Args:
        model: The name of the model; for an Azure client that of the deployment.
        base_url: A compatible server; None is OpenAI, or what ``OPENAI_BASE_URL`` says.
        timeout: Seconds to wait for an answer; None leaves that to the SDK, or to the client.
    """

    model: str = "gpt-4o-mini"
    base_url: str | None = None
    timeout: Annotated[float, Range(0.001)] | None = 120.0

    spec = LABEL
    reserved = RESERVED

    def __post_init__(self) -> None:
        super().__post_init__()
        checked((self.options or {}).get("extra_body"))
        if self.base_url is not None:
            Address.parse(self.base_url)
        self._lock, self._first = Lock(), Lock()
        self._client: Any = None
        self._agreement = Agreement()

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> Self:
        """A representation around an ``OpenAI`` or ``AzureOpenAI`` client, with its key, transport and headers.

        A plain client of OpenAI or of this machine is saved as its recipe, without the key; any other is handed back
        when a saved model is loaded.
        """
        refuse_async(obj, f"representation {LABEL.name!r}")
        if parameters.get("model") is None:
            raise ParameterError(
                f"representation {LABEL.name!r}: a client does not say which model to use; write "
                "topicore.representation(client, model='gpt-4o-mini') (for Azure the name of the deployment)"
            )
        if "base_url" in parameters:
            raise ParameterError(f"representation {LABEL.name!r}: base_url cannot change on a client; make it with it")
        made = super().from_native(obj, **{"timeout": None, **parameters})
        try:
            made.base_url = recovered(obj)
        except LookupError:
            made.base_url = str(Address.of(obj.base_url))
        return made

    def fresh(self, **parameters: Any) -> Self:
        """A representation with the same parameters but for *parameters*, around the same client."""
        if self.native is not None and "base_url" in parameters:
            raise ParameterError(f"representation {LABEL.name!r}: base_url cannot change on a client; make it with it")
        return super().fresh(**parameters)

    def external(self) -> str | None:
        """None for OpenAI and for this machine; else a file must not say where the key of its reader goes."""
        if self.native is None:
            return None if self.base_url is None or trusted(Address.parse(self.base_url)) else "openai.OpenAI"
        try:
            recovered(self.native)
        except LookupError:
            return f"{type(self.native).__module__.partition('.')[0]}.{type(self.native).__qualname__}"
        return None

    def identity(self) -> Mapping[str, JSON]:
        """The model and where it runs, by name or client."""
        return {"version": "1", "service": str(self._address), "model": self.model}

    def prepare(self) -> None:
        """Make the client, without sending anything.

        Raises:
            ComponentError: There is no key.
            ParameterError: The SDK knows no parameter of such a name as *options* have.
        """
        known = inspect.signature(self._connected().chat.completions.create).parameters
        open_ended = any(parameter.kind is parameter.VAR_KEYWORD for parameter in known.values())
        unknown = sorted(name for name in self.options or () if name not in known)
        if unknown and not open_ended:
            raise ParameterError(
                f"options: the openai SDK knows no parameter {', '.join(map(repr, unknown))}; check the spelling, or "
                f"write options={{'extra_body': {{{unknown[0]!r}: ...}}}} for what only your server knows"
            )

    def answer(self, request: Request, /) -> Reply:
        """What the model says to *request*; until it is known what the server takes, one request at a time."""
        with self._first:
            if not self._agreement.settled:
                return self._asked(request)
        return self._asked(request)

    @property
    def _address(self) -> Address:
        return service(self.base_url) if self.native is None else Address.of(self.native.base_url)

    def _connected(self) -> Any:
        """The client, made by the first of all threads that ask."""
        with self._lock:
            if self._client is None and self.native is not None:
                self._client = self.native.with_options(max_retries=0)
            elif self._client is None:
                self._client = connected(self._address, "representation")
                finalize(self, self._client.close)
            return self._client

    def _asked(self, request: Request) -> Reply:
        """What the model says to *request*, sent once.

        Raises:
            TransientError: It is to be sent again, later or on other terms.
            ComponentError: It is refused.
        """
        from openai import APIError

        client = self._connected()
        address = Address.of(client.base_url)
        terms = self._agreement.terms(address.host)
        sent = terms.parameters(request, self.options or {})
        own = sent.keys() - (self.options or {}).keys()
        limit = {} if self.timeout is None else {"timeout": self.timeout}
        try:
            answer = client.chat.completions.create(**{"model": self.model, **limit, **sent})
        except APIError as error:
            if (code := str(getattr(error, "code", None))) in FILTERED:
                return Reply(text=None, refusal=said(error.body, secrets(client)).removeprefix(": ") or code)
            found = _advised(failure(error, model=self.model, address=address, secrets=secrets(client)))
            raise self._agreement.refused(request, terms, own, error, found) from None
        except (json.JSONDecodeError, UnicodeDecodeError):
            raise TransientError(f"{address.service} sent an answer that is no JSON") from None
        self._agreement.answered(request, own)
        return reply(answer, address.service, secrets(client))


def _advised(error: TopicoreError) -> TopicoreError:
    if isinstance(error, TooLongError):
        return ComponentError(f"{error}. Show it less: documents= and document_length= say how much")
    return error
