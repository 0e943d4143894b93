"""The ``transformers.generate`` representation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

from topicore.components import JSON
from topicore.errors import ParameterError
from topicore.llm import LanguageModel, Reply, Request

from .devices import placed
from .generating import Words, Writer
from .handed import found
from .loading import Once, Purpose, Source, fetched, load
from .plugin import GENERATE

if TYPE_CHECKING:
    from typing_extensions import Self

LOADING = ("model", "device", "precision", "revision", "local_files_only")
"""Parameters that a loaded pipeline cannot be given any more."""
NEUTRAL = ("device", "local_files_only")
_TENSORS = (
    *("inputs", "input_ids", "inputs_embeds", "attention_mask", "token_type_ids", "position_ids", "cache_position"),
    *("past_key_values", "encoder_outputs", "decoder_input_ids", "decoder_inputs_embeds", "decoder_attention_mask"),
)
_RESERVED = {
    **dict.fromkeys(("max_new_tokens", "max_length"), "set max_output_tokens="),
    **dict.fromkeys(_TENSORS, "the question is made of prompt= and system_prompt="),
    **dict.fromkeys(("custom_generate", "trust_remote_code"), "code that comes with a model is never run"),
    "generation_config": "give its parameters as options of their own",
    "num_return_sequences": "one answer is read",
    "return_dict_in_generate": "the text of an answer is read, and nothing beside it",
    "streamer": "answers are read whole",
    "token_healing": "it would take the marks of a chat out of the question",
    "tokenizer": "the model's own goes along",
}
PURPOSE = Purpose("representation 'transformers.generate'", "text-generation", spared=lambda name: False)


@dataclass(eq=False, repr=False)
class Generate(LanguageModel):
    """Labels, summaries and keywords that a language model writes on this machine.

    Conversations go through the tokenizer's template for chats where it has one, else as one text. The likeliest token
    follows each time, unless ``options`` say otherwise. One answer is written at a time, whatever ``concurrency`` is.

    Args:
        model: The id of a published model, or the folder of a saved one.
        device: ``"cpu"``, ``"cuda"``, ``"mps"``, ...; None takes the best there is.
        precision: The number type of the weights; ``"auto"`` is that in which they are saved.
        seed: Where ``options`` let answers be drawn, equal seeds and questions give equal answers.
        revision: Branch, tag or commit of a published model.
        local_files_only: Never ask the network.
    """

    model: str
    device: str | None = None
    precision: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    seed: int = 0
    revision: str | None = None
    local_files_only: bool = False

    spec = GENERATE
    reserved = _RESERVED

    def __post_init__(self) -> None:
        super().__post_init__()
        _check(self.options or {})
        self._origin: str | None = None
        self._files = Once(lambda: self._source.files())
        self._words = Once(self._read)
        self._writer = Once(self._load)

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> Self:
        """A representation around a text generation pipeline, on the device and with the weights that it has.

        How it writes is up to ``options``, not to what the pipeline was set to. Its tokenizer is copied, never set.
        """
        changeable = [field.name for field in fields(cls) if field.name not in LOADING]
        known, external = found(obj, PURPOSE.component, parameters, changeable)
        made = super().from_native(obj, **{**known, **parameters})
        made._origin = external
        return made

    def external(self) -> str | None:
        return self._origin

    def identity(self) -> Mapping[str, JSON] | None:
        """What answers depend on, the files of a folder as they are, or were when the model was loaded.

        None around a live object: its weights may have changed since then.
        """
        identity = None if self.native is not None else super().identity()
        if identity is None:
            return None
        files = self._files.made or self._source.files()
        return {**{name: value for name, value in identity.items() if name not in NEUTRAL}, "files": files}

    def fresh(self, **parameters: Any) -> Self:
        """An equal but for *parameters*, with the model that this one loads, where they allow it."""
        if self.native is not None and set(parameters) & set(LOADING):
            return self.from_native(self.native, **parameters)
        made = super().fresh(**parameters)
        if not set(parameters) & set(LOADING):
            made._files, made._words, made._writer = self._files, self._words, self._writer
            made._origin = self._origin
        return made

    def prepare(self) -> None:
        """Load the model, so that a fit does not begin without it."""
        self._writer()

    def answer(self, request: Request, /) -> Reply:
        """What the model writes."""
        return self._writer().reply(request.messages, request.max_output_tokens, self.options or {}, self.seed)

    def count_tokens(self, text: str, /) -> int:
        """Tokens of *text* as the model's tokenizer counts them; loads no more than that."""
        return self._words().count(text)

    def cut_tokens(self, text: str, limit: int, /) -> str:
        """The beginning of *text* of at most *limit* tokens."""
        return self._words().cut(text, limit)

    @property
    def _source(self) -> Source:
        return Source(self.model, self.revision, self.local_files_only)

    def _read(self) -> Words:
        if self.native is not None:
            return Words(self.native.tokenizer)
        return Words(
            fetched(
                self._source,
                PURPOSE,
                lambda transformers, where: transformers.AutoTokenizer.from_pretrained(self.model, **where),
            )
        )

    def _load(self) -> Writer:
        if self.native is not None:
            return Writer(self.native.model, self._words(), PURPOSE.component)
        device = placed(self.device, PURPOSE.component)
        self._files()
        auto = fetched(self._source, PURPOSE, self._class)
        model, _ = load(self._source, PURPOSE, auto, device=device, precision=self.precision)
        return Writer(model, self._words(), PURPOSE.component)

    def _class(self, transformers: Any, where: Mapping[str, Any]) -> str:
        """The class of transformers that loads the model."""
        config = transformers.AutoConfig.from_pretrained(self.model, **where)
        return "AutoModelForSeq2SeqLM" if config.is_encoder_decoder else "AutoModelForCausalLM"


def _check(options: Mapping[str, Any]) -> None:
    """Refuse values of options that leave nothing to read."""
    template = options.get("chat_template_kwargs")
    if template is not None and not isinstance(template, Mapping):
        raise ParameterError(
            "options: chat_template_kwargs must map parameters of the tokenizer's template to values, such as "
            f"{{'enable_thinking': False}}, got {template!r:.80}"
        )
    if options.get("cache_implementation") == "paged":
        raise ParameterError(
            "options cannot set cache_implementation='paged': it is for many questions in one pass, and one is asked "
            "at a time"
        )
