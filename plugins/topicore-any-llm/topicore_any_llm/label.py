"""The ``any-llm.label`` representation."""

# Annotations here are objects, not texts, as in the base whose fields stand beside them.
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from topicore.components import JSON
from topicore.errors import ComponentError, ParameterError, TransientError
from topicore.llm import LanguageModel, Reply, Request
from topicore.services import Address
from topicore.specs import Range

from .connection import Connection, Handed, Process
from .failures import failure, filtered, unformed
from .plugin import LABEL
from .providers import address, connected, parts, provider_class, secrets, spelled

if TYPE_CHECKING:
    from typing_extensions import Self

_LENGTH = "max_completion_tokens"
"""Another name for the longest answer; any-llm complains where it is given both."""
_COUNTS = ("prompt_tokens", "completion_tokens")
_RESERVED = {
    "model": "it is named by model=",
    "messages": "they are made of prompt= and system_prompt=",
    "timeout": "it is a parameter, timeout=",
    "stream": "answers are read whole",
    "n": "one answer is read",
}


@dataclass(eq=False, repr=False)
class AnyLLMLabel(LanguageModel):
    """Labels, summaries and keywords from a language model of any provider that any-llm knows.

    The key comes from the provider's own environment variable, or is in the live provider that was handed in. The
    parameters of :class:`topicore.llm.LanguageModel` hold here too.

    Args:
        model: ``provider:model`` or ``provider/model``; for a live provider its own name of the model.
        base_url: Another address of the provider; None is its own, or what its environment variable says.
        timeout: Seconds to wait for an answer; None leaves that to the provider's SDK.
    """

    model: str
    base_url: str | None = None
    timeout: Annotated[float, Range(0.001)] | None = 120.0

    spec = LABEL
    reserved = _RESERVED

    def __post_init__(self) -> None:
        super().__post_init__()
        self._external = self.base_url is not None and not Address.parse(self.base_url).loopback
        self._processes: dict[int, Process] = {}
        self._free = False

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> "Self":
        """A representation around an ``any_llm.AnyLLM``, with its key, address and retries."""
        if parameters.get("model") is None:
            raise ParameterError(
                "representation 'any-llm.label': a provider does not say which model to use; write "
                "topicore.representation(provider, model='gpt-4o-mini')"
            )
        if parameters.get("base_url") is not None:
            raise ParameterError(
                "representation 'any-llm.label': base_url cannot change on a live provider; make the provider with it"
            )
        return super().from_native(obj, **parameters)

    def external(self) -> str | None:
        """The live provider's type; also for a ``base_url`` elsewhere, so that no file says where a key goes."""
        return super().external() or ("any_llm.AnyLLM" if self._external else None)

    def identity(self) -> Mapping[str, JSON] | None:
        """The model and where it runs; None around a live provider, which may be anything."""
        if self.native is not None:
            return None
        provider, model = parts(self.model)
        place = address(provider_class(provider), self.base_url)
        return {"provider": provider, "model": model, "service": None if place is None else str(place)}

    def prepare(self) -> None:
        """Raise where the provider is unknown, its packages or key are missing, or an option is misspelt.

        Nothing is sent.
        """
        spelled(self.options or {})
        self._connected()

    def answer(self, request: Request, /) -> Reply:
        """One chat completion, held to the schema where the provider can be."""
        connection = self._connected()
        provider = connection.provider
        model = self.model if self.native is not None else parts(self.model)[1]
        held = request.schema is not None and not self._free
        turns = [{"role": turn.role, "content": turn.text} for turn in request.messages]
        try:
            found = connection.completion(self.timeout, model=model, messages=turns, **self._settings(request, held))
        except Exception as error:
            if filtered(error):
                return Reply(text=None, refusal="its content filter stopped the request")
            if held and unformed(error):
                self._free = True
                raise TransientError(f"{provider.PROVIDER_NAME} knows no JSON schemas", retry_after=0) from None
            raise failure(
                error,
                provider=provider.PROVIDER_NAME,
                model=model,
                variable=provider.ENV_API_KEY_NAME,
                secrets=secrets(provider),
            ) from None
        return replied(found, provider.PROVIDER_NAME)

    def _settings(self, request: Request, held: bool) -> dict[str, Any]:
        """What goes along with the messages; the user's own ``options`` win."""
        options = self.options or {}
        settings: dict[str, Any] = {} if _LENGTH in options else {"max_tokens": request.max_output_tokens}
        if held:
            settings["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "topic", "schema": dict(request.schema or {}), "strict": True},
            }
        return {**settings, **options}

    def _connected(self) -> Connection | Handed:
        """The provider, made once in each process."""
        return self._processes.setdefault(os.getpid(), Process()).connection(self._made)

    def _made(self) -> Connection | Handed:
        if self.native is not None:
            return Handed(self.native)
        return Connection(connected(parts(self.model)[0], self.base_url))


def replied(completion: Any, provider: str) -> Reply:
    """The first choice of *completion*.

    Raises:
        ComponentError: It is no completion.
    """
    choices = getattr(completion, "choices", None)
    if not isinstance(choices, list):
        raise ComponentError(f"{provider} sent an answer that is no chat completion; check base_url and options")
    read, written = (getattr(getattr(completion, "usage", None), name, None) for name in _COUNTS)
    if not choices or choices[0].message is None:
        return Reply(text=None, input_tokens=read, output_tokens=written)
    choice, message = choices[0], choices[0].message
    refusal = getattr(message, "refusal", None)
    if choice.finish_reason == "content_filter":
        refusal = refusal or "its content filter stopped the answer"
    return Reply(
        text=message.content,
        refusal=refusal or None,
        cut=choice.finish_reason == "length",
        input_tokens=read,
        output_tokens=written,
    )
