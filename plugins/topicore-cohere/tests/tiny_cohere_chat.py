"""A server on this machine that speaks Cohere's chat."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tiny_cohere import Answer, Service, running

MODELS = ("command-a-03-2025", "command-r7b-12-2024")
VALUES: Mapping[str, Any] = {"label": "All about {}", "summary": "Texts on {}.", "keywords": ["{}", "and more"]}


@dataclass
class Chat(Service):
    """A running chat server, and what it was asked.

    Args:
        forms: Whether it takes a ``response_format``.
        says: Text for a request, instead of a good answer.
        change: Changes an answer before it is sent.
        latency: Seconds that an answer takes.
        fault: What to do with the request of this number instead of answering well.
    """

    forms: bool = True
    says: Callable[[dict[str, Any]], str] | None = None
    change: Callable[[dict[str, Any]], Any] = lambda found: found
    latency: float = 0.0
    fault: Callable[[int], Answer | None] | None = None
    flying: int = 0
    most: int = 0
    count: int = 0

    def respond(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        with self.lock:
            self.flying += 1
            self.most = max(self.most, self.flying)
        time.sleep(self.latency)
        with self.lock:
            self.flying -= 1
        return self.chat(body) if path == "/v2/chat" else super().respond(path, body)

    def next_plan(self) -> Answer | None:
        self.count += 1
        planned = super().next_plan()
        return self.fault(self.count) if planned is None and self.fault else planned

    def chat(self, body: dict[str, Any]) -> tuple[int, Any]:
        """Status and body for a conversation, within what the service takes."""
        if body["model"] not in MODELS:
            return 404, {"message": f"model '{body['model']}' not found, make sure the correct model ID was used"}
        form = body.get("response_format")
        if form and not self.forms:
            return 400, {"message": "invalid request: response_format is not supported with this model"}
        if form and "additionalProperties" in form["json_schema"]:
            return 400, {"message": "invalid schema: additionalProperties is not supported"}
        text = answered(body) if self.says is None else self.says(body)
        message = {"role": "assistant", "content": [{"type": "text", "text": text}]}
        usage = {"billed_units": {"input_tokens": 1, "output_tokens": 2}}
        usage["tokens"] = {"input_tokens": 40, "output_tokens": 6}
        return 200, self.change({"id": "1", "finish_reason": "COMPLETE", "message": message, "usage": usage})


def answered(body: dict[str, Any]) -> str:
    """What a model says that does as it is told: the first word of the topic in all that is asked for."""
    asked = next(turn["content"] for turn in body["messages"] if turn["role"] == "user")
    found = re.search(r"apart from the others: (\w+)", asked)
    word = "nothing" if found is None else found[1]
    parts = [part for part in VALUES if f'"{part}"' in asked]
    filled = {part: json.loads(json.dumps(VALUES[part]).replace("{}", word)) for part in parts}
    return json.dumps(filled) if filled else f"All about {word}"


@contextmanager
def chatting(**settings: Any) -> Iterator[Chat]:
    """A running chat server; it is stopped afterwards."""
    with running(Chat(**settings)) as service:
        yield service
