"""The ``cohere.label`` representation."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any
from weakref import finalize

from topicore.components import JSON
from topicore.errors import ParameterError, TransientError
from topicore.llm import LanguageModel, Reply, Request
from topicore.services import Address, unreached
from topicore.specs import Range

from .clients import address_of, connected, plain, recovered, refuse_async, secrets, service, speaker, trusted
from .failures import refused
from .plugin import LABEL
from .replies import reply

if TYPE_CHECKING:
    from typing_extensions import Self

_FORM = re.compile(r"response[_ ]format|json[_ ](?:schema|object|mode)|structured output", re.IGNORECASE)
_RESERVED = {
    "model": "it is named by model=",
    "messages": "they are made of prompt= and system_prompt=",
    "request_options": "headers belong to a client that is handed in, and timeout= is a parameter",
}


@dataclass(eq=False, repr=False)
class CohereLabel(LanguageModel):
    """Labels, summaries and keywords from a chat model of Cohere.

    The key comes from the environment variable ``CO_API_KEY``, or is in the client that was handed in. A model that
    takes no JSON schema is asked once more without.

    Args:
        model: The name of the model.
        base_url: A compatible server; None is Cohere, or what ``CO_API_URL`` says.
        timeout: Seconds to wait for an answer; None leaves that to the SDK, or to the client.
    """

    model: str = "command-a-03-2025"
    base_url: str | None = None
    timeout: Annotated[float, Range(0.001)] | None = 120.0

    spec = LABEL
    reserved = _RESERVED

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.base_url is not None:
            Address.parse(self.base_url)
        self._lock, self._first = Lock(), Lock()
        self._client: Any = None
        self._formed = True
        self._settled = False

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> Self:
        """A representation around a ``ClientV2`` or ``Client``, with its key, transport and headers.

        A plain client of Cohere or of this machine is saved as its recipe, without the key; any other is handed back
        when a saved model is loaded.
        """
        refuse_async(obj, f"representation {LABEL.name!r}")
        if "base_url" in parameters:
            raise ParameterError(f"representation {LABEL.name!r}: base_url cannot change on a client; make it with it")
        made = super().from_native(obj, **{"timeout": None, **parameters})
        try:
            made.base_url = recovered(obj)
        except LookupError:
            made.base_url = str(address_of(obj))
        return made

    def fresh(self, **parameters: Any) -> Self:
        """A representation with the same parameters but for *parameters*, around the same client."""
        if self.native is not None and "base_url" in parameters:
            raise ParameterError(f"representation {LABEL.name!r}: base_url cannot change on a client; make it with it")
        return super().fresh(**parameters)

    def external(self) -> str | None:
        """None for Cohere and for this machine; else a file must not say where the key of its reader goes."""
        if self.native is None:
            return None if self.base_url is None or trusted(Address.parse(self.base_url)) else "cohere.ClientV2"
        try:
            recovered(self.native)
        except LookupError:
            return f"{type(self.native).__module__.partition('.')[0]}.{type(self.native).__qualname__}"
        return None

    def identity(self) -> Mapping[str, JSON]:
        """The model and where it runs, by name or client."""
        own = self.native is None or plain(self.native)
        return {"version": "1", "service": str(self._address) if own else self.external(), "model": self.model}

    def prepare(self) -> None:
        """Make the client, without sending anything.

        Raises:
            ComponentError: There is no key.
            ParameterError: The SDK knows no parameter of such a name as *options* have.
        """
        from cohere.v2.client import V2Client

        self._connected()
        known = set(inspect.signature(V2Client.chat).parameters) - {
            "self",
            *_RESERVED,
        }  # clients hide it behind a wrapper
        unknown = sorted(set(self.options or ()) - known)
        if unknown:
            raise ParameterError(
                f"options: the cohere SDK knows no parameter {', '.join(map(repr, unknown))}; "
                f"it knows {', '.join(sorted(known))}"
            )

    def answer(self, request: Request, /) -> Reply:
        """What the model says to *request*; until it is known what the service takes, one request at a time."""
        with self._first:
            if not self._settled:
                return self._asked(request)
        return self._asked(request)

    @property
    def _address(self) -> Address:
        return service(self.base_url) if self.native is None else address_of(self.native)

    @property
    def _place(self) -> str:
        return self._address.service if self.native is None or plain(self.native) else str(self.external())

    def _connected(self) -> Any:
        """The client, made by the first of all threads that ask."""
        with self._lock:
            if self._client is None and self.native is not None:
                self._client = speaker(self.native)
            elif self._client is None:
                self._client = connected(self._address, "representation")
                finalize(self, self._client.__exit__, None, None, None)
            return self._client

    def _asked(self, request: Request) -> Reply:
        """What the model says to *request*, sent once.

        Raises:
            TransientError: It is to be sent again, later or without a schema.
            ComponentError: It is refused.
        """
        from cohere.core.api_error import ApiError
        from httpx import InvalidURL, TransportError

        client, place = self._connected(), self._place
        sent = self._parameters(request)
        try:
            answer = client.chat(model=self.model, **sent)
        except ApiError as error:
            self._settle(error, sent, place)
            raise refused(error, model=self.model, service=place, secrets=secrets(client), wanted="a chat") from None
        except (TransportError, InvalidURL) as error:
            raise unreached(error, service=place, secrets=secrets(client)) from None
        except (AttributeError, TypeError, ValueError):  # from building the SDK's record of an answer
            answer = None
        self._settled = True
        return reply(answer, place)

    def _parameters(self, request: Request) -> dict[str, Any]:
        """The parameters of *request* besides its model; options come before what is chosen here."""
        limit = {} if self.timeout is None else {"timeout_in_seconds": self.timeout}
        found: dict[str, Any] = {
            "messages": [{"role": turn.role, "content": turn.text} for turn in request.messages],
            "max_tokens": request.max_output_tokens,
            "request_options": {"max_retries": 0, **limit},
        }
        if request.schema is not None and self._formed:
            known = {name: value for name, value in request.schema.items() if name != "additionalProperties"}
            found["response_format"] = {"type": "json_object", "json_schema": known}
        return {**found, **(self.options or {})}

    def _settle(self, error: Any, sent: Mapping[str, Any], place: str) -> None:
        """Note whether the service takes a schema, where *error* tells.

        Raises:
            TransientError: It takes the request without one.
        """
        own = "response_format" in sent and "response_format" not in (self.options or {})
        if own and error.status_code in (400, 422) and _FORM.search(str(error.body)):
            self._formed = False
            raise TransientError(f"{place} takes no such request; it is asked in another way", 0.0) from None
        self._settled = True
