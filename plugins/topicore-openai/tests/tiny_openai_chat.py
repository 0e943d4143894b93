"""A server on this machine that speaks OpenAI's chat completions, as different servers do."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tiny_openai import Answer, Service, running, tokens

MODELS = ("gpt-4o-mini", "gpt-3.5-turbo", "deployed")
VALUES: Mapping[str, Any] = {"label": "All about {}", "summary": "Texts on {}.", "keywords": ["{}", "and more"]}


@dataclass
class Chat(Service):
    """A running chat server, and what it was asked.

    Args:
        forms: What ``response_format`` may be; None for a server that knows none.
        refused: Status and words with which it refuses any ``response_format``.
        lengths: Names of the longest answer that it knows.
        says: Content for a request, instead of a good answer.
        choice: Changes a choice before it is sent.
        latency: Seconds that an answer takes.
        fault: What to do with the request of this number instead of answering well.
    """

    forms: tuple[str, ...] | None = ("json_schema", "json_object")
    refused: tuple[int, str] | None = None
    lengths: tuple[str, ...] = ("max_tokens", "max_completion_tokens")
    says: Callable[[dict[str, Any]], str | None] | None = None
    choice: Callable[[dict[str, Any]], Any] = lambda found: found
    latency: float = 0.0
    fault: Callable[[int], Answer | None] | None = None
    flying: int = 0
    most: int = 0
    count: int = field(default=0)

    def respond(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        with self.lock:
            self.flying += 1
            self.most = max(self.most, self.flying)
        time.sleep(self.latency)
        with self.lock:
            self.flying -= 1
        return self.chat(body) if path.endswith("/chat/completions") else super().respond(path, body)

    def next_plan(self) -> Answer | None:
        self.count += 1
        planned = super().next_plan()
        return self.fault(self.count) if planned is None and self.fault else planned

    def chat(self, body: dict[str, Any]) -> tuple[int, Any]:
        """Status and body for a conversation, within what this server takes."""
        if body["model"] not in MODELS:
            return 404, refusal(f"The model `{body['model']}` does not exist", code="model_not_found")
        if self.refused and "response_format" in body:
            return self.refused[0], refusal(self.refused[1])
        for name in {"max_tokens", "max_completion_tokens"} & set(body):
            if name not in self.lengths:
                return 400, refusal(f"Unsupported parameter: '{name}' is not supported with this model.", name)
        form = body.get("response_format", {}).get("type")
        if form and self.forms is None:
            return 422, {"detail": "Unexpected fields in the request: {'response_format'}"}
        if form and form not in (self.forms or ()):
            return 400, refusal(f"Invalid parameter: 'response_format' of type '{form}' is not supported", form)
        text = answered(body) if self.says is None else self.says(body)
        message = {"role": "assistant", "content": text, "refusal": None}
        choice = self.choice({"index": 0, "message": message, "finish_reason": "stop", "logprobs": None})
        read = sum(tokens(turn["content"]) for turn in body["messages"])
        usage = {"prompt_tokens": read, "completion_tokens": tokens(text or ""), "total_tokens": 0}
        found = {"id": "1", "object": "chat.completion", "created": 1, "model": body["model"]}
        return 200, {**found, "choices": [] if choice is None else [choice], "usage": usage}


def answered(body: dict[str, Any]) -> str:
    """What a model says that does as it is told: the first word of the topic in all that is asked for."""
    asked = next(turn["content"] for turn in body["messages"] if turn["role"] == "user")
    found = re.search(r"apart from the others: (\w+)", asked)
    word = "nothing" if found is None else found[1]
    parts = [part for part in VALUES if f'"{part}"' in asked]
    filled = {part: json.loads(json.dumps(VALUES[part]).replace("{}", word)) for part in parts}
    return json.dumps(filled) if filled else f"All about {word}"


def refusal(message: str, param: str | None = None, code: str | None = None) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": param, "code": code}}


@contextmanager
def chatting(**settings: Any) -> Iterator[Chat]:
    """A running chat server; it is stopped afterwards."""
    with running(Chat(**settings)) as service:
        yield service
