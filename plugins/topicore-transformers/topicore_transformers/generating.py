"""Conversations to answers through a model that writes, and the tokenizer beside it."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from threading import Lock
from typing import Any

from topicore.errors import ComponentError
from topicore.llm import Message, Reply

from .reading import accepted, at_rest, limit

GREEDY: Mapping[str, Any] = {"do_sample": False, "temperature": None, "top_p": None, "top_k": None}
"""The likeliest token each time, whatever the model's own settings for sampling are."""
GAP = " \u2026 "
"""Where a turn was cut."""
TRIES = 16
"""Cuts of a conversation before it is given up; each takes half of a turn at most."""


class Words:
    """A tokenizer of our own: what a conversation looks like to a model, and how long texts are.

    Args:
        tokenizer: The model's tokenizer, which is copied.
    """

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = copy.deepcopy(tokenizer)
        self._lock = Lock()  # its truncation is a state that threads would share

    def count(self, text: str) -> int:
        """Tokens of *text* alone, without marks."""
        with self._lock:
            return len(self.tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"])

    def cut(self, text: str, most: int) -> str:
        """The beginning of *text* of *most* tokens at most."""
        with self._lock:
            ids = self.tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
            if len(ids) <= most:
                return text
            kept: str = self.tokenizer.decode(ids[:most], skip_special_tokens=False)
        return kept.rstrip("\ufffd")  # half a character

    def encoded(self, messages: Sequence[Message], settings: Mapping[str, Any]) -> dict[str, Any]:
        """What a model takes of a conversation: by the tokenizer's template for chats, or its texts one after another.

        Args:
            messages: The turns.
            settings: Further ones of the template, such as ``{"enable_thinking": False}``.
        """
        with self._lock:
            if not getattr(self.tokenizer, "chat_template", None):
                text = "\n\n".join(message.text for message in messages)
                return dict(self.tokenizer(text, return_tensors="pt", verbose=False))
            turns = [{"role": message.role, "content": message.text} for message in messages]
            try:
                return self._chat(turns, settings)
            except Exception:  # jinja's own: not every template knows a system
                if turns[0]["role"] != "system" or len(turns) < 2:
                    raise
                first = {**turns[1], "content": f"{turns[0]['content']}\n\n{turns[1]['content']}"}
                return self._chat([first, *turns[2:]], settings)

    def _chat(self, turns: list[dict[str, str]], settings: Mapping[str, Any]) -> dict[str, Any]:
        given = {"add_generation_prompt": True, "tokenize": True, "return_dict": True, "return_tensors": "pt"}
        silent = {"tokenizer_kwargs": {"verbose": False}}  # what is too long is cut later
        return dict(self.tokenizer.apply_chat_template(turns, **{**settings, **given, **silent}))


class Writer:
    """A model that writes, one answer at a time.

    Args:
        model: A model of transformers that generates text, with or without an encoder; it is left as it was.
        words: Its tokenizer.
        component: Kind and name of what uses it, for messages.

    Raises:
        ComponentError: The model does not write.
    """

    def __init__(self, model: Any, words: Words, component: str) -> None:
        able = getattr(model, "can_generate", None)
        if not callable(able) or not able():
            raise ComponentError(
                f"{component} cannot write with {type(model).__name__}: it generates no text; give a model that was "
                "made for chats, such as Qwen/Qwen3-0.6B"
            )
        self._model, self._words, self._component = model, words, component
        self._turn = Lock()
        self._inputs = accepted(model, words.tokenizer)
        self._limit = limit(model, words.tokenizer, None)
        self._decodes = bool(getattr(model.config, "is_encoder_decoder", False))
        ends = getattr(model.generation_config, "eos_token_id", None)
        self._ends: list[int] = list(ends if isinstance(ends, Sequence) else [] if ends is None else [ends])

    def reply(self, messages: Sequence[Message], longest: int, options: Mapping[str, Any], seed: int) -> Reply:
        """The answer to a conversation, without what was read.

        Args:
            messages: The turns; the longest of them is cut in its middle where the model cannot read all.
            longest: Most tokens of the answer, of which it gets no more than half of what the model has room for.
            options: Parameters of ``generate``; ``"chat_template_kwargs"`` are those of the tokenizer's template.
            seed: Where answers are drawn (``do_sample``): equal seeds and conversations give equal answers.
        """
        settings = dict(options)
        template = settings.pop("chat_template_kwargs", None) or {}
        most = longest if self._limit is None else min(longest, max(1, self._limit // 2))
        inputs = self._fitting(messages, template, most)
        read = int(inputs["input_ids"].shape[1])
        with self._turn:
            ids = self._written(inputs, most, settings, seed)
        new = ids[1:] if self._decodes else ids[read:]  # a decoder begins with a mark of its own
        text: str = self._words.tokenizer.decode(new, skip_special_tokens=True)
        whole = len(new) < most or new[-1] in self._ends
        return Reply(text=text, cut=not whole, input_tokens=read, output_tokens=len(new))

    def _written(self, inputs: Mapping[str, Any], most: int, options: Mapping[str, Any], seed: int) -> list[int]:
        import torch

        sampled = bool(options.get("do_sample"))
        settings = {
            **({} if sampled else GREEDY),
            **self._filling(),
            **options,
            "max_new_tokens": most,
            "max_length": None,
            "return_dict_in_generate": False,
            "tokenizer": self._words.tokenizer,  # for "stop_strings", those that the model has of its own too
        }
        given = {name: inputs[name].to(self._model.device) for name in self._inputs if name in inputs}
        with torch.no_grad(), at_rest(self._model), _drawing(seed) if sampled else nullcontext():
            found = self._model.generate(**given, **settings)
        return [int(token) for token in found[0].tolist()]

    def _filling(self) -> dict[str, int]:
        """What ends an answer also fills it up, where a model has nothing for that."""
        lacking = getattr(self._model.generation_config, "pad_token_id", None) is None
        return {"pad_token_id": self._ends[0]} if lacking and self._ends else {}

    def _fitting(self, messages: Sequence[Message], template: Mapping[str, Any], new: int) -> dict[str, Any]:
        """The conversation in tokens, its longest turn cut in the middle until the model has room for it.

        Its end is kept: the question and the form of the answer are there.
        """
        turns = list(messages)
        room = None if self._limit is None else self._limit - (0 if self._decodes else new)
        for _ in range(TRIES):
            inputs = self._words.encoded(turns, template)
            used = inputs["input_ids"].shape[1]
            if room is None or used <= room:
                return inputs
            place = max(range(len(turns)), key=lambda turn: len(turns[turn].text))
            signs = sum(len(turn.text) for turn in turns) / used
            text = turns[place].text
            kept = max(len(text) // 2, int(len(text) - 1.1 * signs * (used - room) - len(GAP)))
            turns[place] = replace(turns[place], text=_without_middle(text, kept))
        raise ComponentError(
            f"{self._component}: the model has room for {self._limit} tokens, too few for the question and an answer; "
            "give a model with more"
        )


def _without_middle(text: str, kept: int) -> str:
    """A third of *kept* characters from the beginning and the rest from the end."""
    head = kept // 3
    return text[:head].rstrip() + GAP + text[len(text) - (kept - head) :].lstrip()


@contextmanager
def _drawing(seed: int) -> Iterator[None]:
    """Random numbers from *seed* meanwhile; torch goes on as before in the end."""
    import torch

    with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        torch.manual_seed(seed)
        yield
