"""The base of representations that ask a language model."""

# Annotations here are objects, not texts: those of a dataclass are read again where a plugin derives from it.
import hashlib
import json
import warnings
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from math import inf
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, cast

from .. import registry
from ..components import JSON, Cost, Description, Event, Representation, TopicView, overrides
from ..registry.parameters import checked
from ..registry.parameters import schema as schema_of
from ..services import cut, estimate
from ..specs import Need, Range, RepresentationSpec
from .answers import UnusableError, described
from .asking import Answered, Asking, shown
from .checking import YIELDS, check_options, check_outputs, check_prompts
from .prompts import SYSTEM, clipped, filled, form, question, schema, sound
from .records import Message, Reply, Request

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["LanguageModel"]


@dataclass(eq=False, repr=False, kw_only=True)
class LanguageModel(Representation):
    """Labels, summaries and keywords of topics from a language model.

    A plugin derives a dataclass with parameters of its own, and says how one request is answered::

        @dataclass(eq=False, repr=False)
        class Shout(LanguageModel):
            model: str = "small"

            def answer(self, request):
                return service(self.model, request.prompt)

    Everything else is done here: the prompt from the topic's words and most representative documents, several requests
    at a time, retries after a TransientError, a bound on requests and tokens, answers kept in the model's ``cache``,
    and a check of each answer, which is repaired once. Where no usable answer comes, the topic keeps its words, and
    one warning tells which and why. Outliers (-1) are not asked about.

    Args:
        prompt: The question, with ``[KEYWORDS]`` and ``[DOCUMENTS]`` where these go; None for the default. How to
            answer is added to it.
        system_prompt: What comes before the question, an empty text for nothing; None for the default.
        outputs: What to ask for: ``"label"``, ``"summary"`` and ``"keywords"``, which replace the topic's words.
        structured: Ask for a JSON object; without, for plain text, of one output.
        keywords: How many of the topic's words the prompt shows.
        documents: How many of the topic's documents the prompt shows.
        diversity: 0 for the most representative documents, towards 1 for such that differ from each other.
        document_length: Where documents are cut; None shows them whole.
        length_unit: What ``document_length`` counts. Tokens are those of the model where its tokenizer is at hand, or
            estimated.
        max_output_tokens: The longest answer.
        options: Further parameters of the request, passed on as they are, such as ``{"temperature": 0}``.
        concurrency: Most requests at a time.
        max_requests: Most requests of a run of this representation, repeated ones too; topics that are left keep their
            words.
        max_tokens: Most tokens of a run of it, read and written together; topics that are left keep their words.
        keep_prompts: Keep what was asked and answered in ``prompts_``.
    """

    prompt: str | None = None
    system_prompt: str | None = None
    outputs: Sequence[Literal["label", "summary", "keywords"]] = ("label",)
    structured: bool = True
    keywords: Annotated[int, Range(0)] = 10
    documents: Annotated[int, Range(0)] = 4
    diversity: Annotated[float, Range(0, 1)] = 0.1
    document_length: Annotated[int, Range(1)] | None = 250
    length_unit: Literal["characters", "words", "tokens"] = "tokens"
    max_output_tokens: Annotated[int, Range(1)] = 500
    options: Mapping[str, Any] | None = None
    concurrency: Annotated[int, Range(1)] = 4
    max_requests: Annotated[int, Range(0)] | None = None
    max_tokens: Annotated[int, Range(0)] | None = None
    keep_prompts: bool = False

    native: ClassVar[Any] = None
    """The live object that ``from_native`` was given."""
    reserved: ClassVar[Mapping[str, str]] = {}
    """Names that ``options`` must not have, as the plugin sets them itself, and for each what to do instead."""

    def __post_init__(self) -> None:
        self._plain()
        check_options(self.options, self.reserved)
        check_outputs(self.outputs, self.structured)
        check_prompts(self.prompt, self.system_prompt, self.documents, self.keywords)
        self.prompts_: dict[int, dict[str, Any]] = {}
        """What was asked about each topic in the last run (``"messages"``) and answered (``"answers"``, none where the
        answer came from the cache), with ``keep_prompts=True``; shared with the copies that models fit."""
        spec = cast(RepresentationSpec, registry.capabilities(self))
        needs: frozenset[Need] = frozenset({"documents", "embeddings"} if "[DOCUMENTS]" in self._template else ())
        yields = frozenset(YIELDS[output] for output in self.outputs)
        self.spec = replace(spec, calls_model=True, needs=needs, yields=yields)  # type: ignore[misc]

    @abstractmethod
    def answer(self, request: Request, /) -> Reply | str | None:
        """What the model says to *request*. Called from several threads at a time.

        Raises:
            TransientError: It may answer later; the core asks again.
            ComponentError: It will not answer.
        """

    def identity(self) -> Mapping[str, JSON] | None:
        """What an answer depends on besides the request; None keeps no answers in the cache.

        Its own parameters by default, and nothing for a live object. A class that no plugin names keeps no answers
        unless it has an identity of its own: its code may change.
        """
        if self.external() is not None:
            return None
        shared = {field.name for field in fields(LanguageModel)}
        return {name: value for name, value in self.config().items() if name not in shared}

    def count_tokens(self, text: str, /) -> int:
        """Tokens in *text*; estimated by default."""
        return estimate(text)

    def cut_tokens(self, text: str, limit: int, /) -> str:
        """The beginning of *text* of at most *limit* tokens; estimated by default."""
        return cut(text, limit)

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> "Self":
        """A representation around a live client or model."""
        made = cls(**parameters)
        made.native = obj  # type: ignore[misc]
        return made

    def external(self) -> str | None:
        """The type of the live object, where there is one."""
        return None if self.native is None else f"{type(self.native).__module__}.{type(self.native).__qualname__}"

    def fresh(self, **parameters: Any) -> "Self":
        """A representation with the same parameters but for *parameters*, around the same live object."""
        made = type(self)(**{**self.config(), **parameters})
        if self.native is not None:
            made.native = self.native  # type: ignore[misc]
        made.prompts_ = self.prompts_
        return made

    def describe(self, view: TopicView, /) -> Mapping[int, Description]:
        """The descriptions of those topics for which a usable answer came."""
        requests = self._requests(view)
        keys = self._keys(requests)
        found = self._remembered(view, keys)
        asked = {topic: request for topic, request in requests.items() if topic not in found}
        total = len(requests)
        cost = str(self._cost(asked, len(found)))
        view.notify(Event(stage="label", done=len(found), total=total, detail=cost))
        problems: list[tuple[int, str]] = []
        self.prompts_.clear()
        for topic in found:
            self._keep(topic, Answered(messages=requests[topic].messages))

        def told(topic: int, answered: Answered) -> None:
            if answered.description is None:
                problems.append((topic, answered.problem or ""))
            else:
                found[topic] = answered.description
                if topic in keys:
                    view.remember(keys[topic], answered.texts[-1])
            self._keep(topic, answered)
            view.notify(Event(stage="label", done=len(found) + len(problems), total=total, detail=cost))

        if asked:
            Asking(self).run(asked, told)
        if problems:
            name = registry.capabilities(self).name
            warnings.warn(
                f"representation {name!r} left {len(problems)} of {total} topics with the words they had: "
                f"{shown(problems)}",
                stacklevel=2,
            )
        return {topic: found[topic] for topic in requests if topic in found}

    def _keep(self, topic: int, answered: Answered) -> None:
        if self.keep_prompts and answered.messages:
            turns = [{"role": turn.role, "text": turn.text} for turn in answered.messages]
            self.prompts_[topic] = {"messages": turns, "answers": list(answered.texts)}

    def cost(self, view: TopicView, /) -> Cost:
        """What ``describe`` would ask for; nothing is sent."""
        requests = self._requests(view)
        known = self._remembered(view, self._keys(requests))
        return self._cost({topic: one for topic, one in requests.items() if topic not in known}, len(known))

    def correction(self, problem: str) -> str:
        """What the model is told after an answer that cannot be used."""
        return f"That cannot be used: {problem}. {form(self.outputs, self.structured)}"

    def _cost(self, asked: Mapping[int, Request], cached: int) -> Cost:
        """What *asked* would take, where the budget allows it."""
        most = inf if self.max_tokens is None else self.max_tokens
        sizes = [sum(self.count_tokens(turn.text) for turn in request.messages) for request in asked.values()]
        sent = [size for size in sizes if size + self.max_output_tokens <= most][: self.max_requests]
        read = min(sum(sent), most)
        written = min(len(sent) * self.max_output_tokens, most - read)
        return Cost(requests=len(sent), cached=cached, input_tokens=int(read), output_tokens=int(written))

    @property
    def _template(self) -> str:
        return question(self.documents > 0, self.keywords > 0) if self.prompt is None else self.prompt

    def _requests(self, view: TopicView) -> dict[int, Request]:
        """A request for each topic that has words or documents to show."""
        system = SYSTEM if self.system_prompt is None else self.system_prompt
        template, found = self._template, {}
        for topic in view.topics:
            words = [sound(word) for word, _ in view.terms(topic, n=self.keywords)] if self.keywords else []
            texts = self._documents(view, topic) if "[DOCUMENTS]" in template else []
            if topic == -1 or not (words or texts):
                continue
            asked = f"{filled(template, words, texts)}\n\n{form(self.outputs, self.structured)}"
            turns = (Message(role="system", text=system), Message(role="user", text=asked))
            found[topic] = Request(
                messages=turns if system else turns[1:],
                schema=schema(self.outputs) if self.structured else None,
                max_output_tokens=self.max_output_tokens,
            )
        return found

    def _documents(self, view: TopicView, topic: int) -> list[str]:
        places = view.document_ids(topic, n=self.documents, diversity=self.diversity)
        texts = (sound(text) for text in view.texts(places))
        return [self._clipped(text) for text in texts if text.strip()]

    def _clipped(self, text: str) -> str:
        if self.length_unit != "tokens" or self.document_length is None:
            unit: Any = self.length_unit
            return clipped(text, self.document_length, unit)
        line = " ".join(text.split())
        short = self.cut_tokens(line, self.document_length)
        return short if len(short) >= len(line) else f"{short.rstrip()} \u2026"

    def _keys(self, requests: Mapping[int, Request]) -> dict[int, bytes]:
        """Under what answers are kept: by all that they depend on."""
        identity = self.identity()
        nameless = registry.registered(self) is None and not overrides(self, LanguageModel, "identity")
        if identity is None or nameless:
            return {}
        name = registry.capabilities(self).name
        start = [name, dict(identity), dict(self.options or {})]
        keys = {}
        for topic, request in requests.items():
            turns = [[turn.role, turn.text] for turn in request.messages]
            whole = json.dumps([start, turns, request.schema, request.max_output_tokens], sort_keys=True, default=str)
            keys[topic] = hashlib.blake2b(whole.encode("utf-8", "replace"), digest_size=16).digest()
        return keys

    def _remembered(self, view: TopicView, keys: Mapping[int, bytes]) -> dict[int, Description]:
        known = view.recall(list(keys.values()))
        found = {}
        for topic, key in keys.items():
            try:
                found[topic] = described(known[key], self.outputs, self.structured)
            except (KeyError, UnusableError):
                continue
        return found

    def _plain(self) -> None:
        """Check the types and ranges of all parameters, as for a component made by name, and keep plain numbers."""
        known = schema_of(type(self).__init__)
        given = {field.name: getattr(self, field.name) for field in fields(self) if field.name in known}
        for name, value in checked(registry.capabilities(self), (type(self).__init__,), given).items():
            setattr(self, name, value)
