"""The ``langchain.label`` representation."""

# Annotations here are objects, not texts, as in the base whose fields stand beside them.
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from topicore.components import JSON
from topicore.errors import ParameterError, TopicoreError
from topicore.llm import LanguageModel, Reply, Request
from topicore.services import Address
from topicore.specs import Range

from .addresses import addresses
from .failures import failure
from .models import chat_model
from .plugin import LABEL
from .replies import messages, replied, takes_messages
from .secrets import secrets

if TYPE_CHECKING:
    from typing_extensions import Self


@dataclass(eq=False, repr=False)
class LangChainLabel(LanguageModel):
    """Labels, summaries and keywords from a Runnable of LangChain, or from a chat model by name.

    Keys come from the provider's own environment variable, or are in the Runnable that was handed in. The parameters of
    :class:`topicore.llm.LanguageModel` hold here too; ``options`` are those of ``invoke``.

    Args:
        model: ``provider:name`` for ``langchain.chat_models.init_chat_model``; None around a Runnable.
        base_url: Another address of the provider, for a model by name.
        timeout: Seconds to wait for an answer, for a model by name; None leaves that to the provider's SDK.
        takes: What the Runnable is given: a list of messages, or their text. None gives messages to whatever begins
            with a language model, and text to others.
        cache_key: A name of your own for a Runnable, under which its answers are kept in the cache; without, they are
            not.
    """

    model: str | None = None
    base_url: str | None = None
    timeout: Annotated[float, Range(0.001)] | None = 120.0
    takes: Literal["messages", "text"] | None = None
    cache_key: str | None = None

    spec = LABEL
    reserved: ClassVar[Mapping[str, str]] = {"input": "it is made of prompt= and system_prompt="}

    def __post_init__(self) -> None:
        super().__post_init__()
        self._elsewhere = self.base_url is not None and not Address.parse(self.base_url).loopback
        self._lock = Lock()
        self._made: Any = None

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> "Self":
        """A representation around a chat model, a language model or any other Runnable."""
        for name in ("model", "base_url"):
            if parameters.get(name) is not None:
                raise ParameterError(
                    f"representation 'langchain.label': {name} is for models by name; a Runnable has its own"
                )
        return super().from_native(obj, **parameters)

    def external(self) -> str | None:
        """The Runnable's type; also for a ``base_url`` elsewhere, so that no file says where a key goes."""
        return super().external() or ("langchain_core.runnables.Runnable" if self._elsewhere else None)

    def identity(self) -> Mapping[str, JSON] | None:
        """The model and its address; around a Runnable, its ``cache_key`` and what it is given."""
        if self.native is not None:
            return None if self.cache_key is None else {"cache_key": self.cache_key, "takes": self.takes}
        return {"model": self.model, "service": self._service(), "takes": self.takes}

    def prepare(self) -> None:
        """Raise where the model cannot be made, for want of a package or a key; nothing is sent."""
        self._runnable()

    def answer(self, request: Request, /) -> Reply:
        """One call of the Runnable."""
        from langchain_core.exceptions import OutputParserException

        runnable = self._runnable()
        takes = self.takes or ("messages" if takes_messages(runnable) else "text")
        given = messages(request) if takes == "messages" else request.prompt
        try:
            found = runnable.invoke(given, **(self.options or {}))
        except OutputParserException as error:  # what a parser of the user's could not read, the model may repair
            return Reply(text=error.llm_output or str(error))
        except TopicoreError:
            raise
        except Exception as error:
            service = self.model or f"the {type(runnable).__name__}"
            raise failure(error, service, secrets(runnable)) from None
        return replied(found)

    def _service(self) -> JSON:
        """Where the model is asked, as far as its package says; without the package or a key, only ``base_url``."""
        try:
            found = addresses(self._runnable())
        except TopicoreError:
            found = []
        return list(found) or self.base_url

    def _runnable(self) -> Any:
        """The Runnable, made by the first of all threads that ask."""
        if self.native is not None:
            return self.native
        if self.model is None:
            raise ParameterError(
                "representation 'langchain.label' needs a model: write 'langchain.label:PROVIDER:MODEL', or hand in a "
                "Runnable: topicore.representation(runnable)"
            )
        with self._lock:
            if self._made is None:
                settings = {"base_url": self.base_url, "timeout": self.timeout}
                given = {name: value for name, value in settings.items() if value is not None}
                self._made = chat_model(self.model, max_retries=0, max_tokens=self.max_output_tokens, **given)
            return self._made
