"""What a server takes of a chat request, which differs among those that speak OpenAI's protocol."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from topicore.errors import ParameterError
from topicore.llm import Request

Form: TypeAlias = Literal["json_schema", "json_object"]
Length: TypeAlias = Literal["max_completion_tokens", "max_tokens"]

LENGTHS = frozenset({"max_completion_tokens", "max_tokens"})

_FORM = re.compile(r"response[_ ]format|json[_ ](?:schema|object|mode)|structured output", re.IGNORECASE)
RESERVED = {
    "model": "it is named by model=",
    "messages": "they are made of prompt= and system_prompt=",
    "stream": "answers are read whole",
    "n": "one answer is read",
    "extra_headers": "they would be saved with the model; hand in a client that sends them: "
    "openai.OpenAI(default_headers={...})",
}
"""Options that are set elsewhere, and what to do instead."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How a request asks for the form and the length of its answer.

    Args:
        forms: Values of ``response_format`` that are left to try; the first is sent, and nothing where there is none.
        lengths: Names for the longest answer that are left to try, of which the first is sent.
    """

    forms: tuple[Form, ...] = ("json_schema", "json_object")
    lengths: tuple[Length, ...] = ("max_tokens", "max_completion_tokens")

    @classmethod
    def of(cls, host: str) -> Terms:
        """What to try first at *host*: OpenAI's own models want the newer name, which few other servers know."""
        if host.endswith((".openai.com", ".azure.com")):
            return cls(lengths=("max_completion_tokens", "max_tokens"))
        return cls()

    def parameters(self, request: Request, options: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters of *request* besides its model; *options* come before what is chosen here."""
        found: dict[str, Any] = {"messages": [{"role": turn.role, "content": turn.text} for turn in request.messages]}
        if not LENGTHS & set(options):
            found[self.lengths[0]] = request.max_output_tokens
        if request.schema is not None and self.forms:
            found["response_format"] = _response_format(self.forms[0], request.schema)
        return {**found, **options}

    def after(self, words: str, sent: Collection[str]) -> Terms | None:
        """What to try once a request was refused with *words*; None where they name nothing that was *sent* for it."""
        if self.forms and "response_format" in sent and _FORM.search(words):
            return replace(self, forms=self.forms[1:])
        if len(self.lengths) > 1 and self.lengths[0] in sent and self.lengths[0] in words:
            return replace(self, lengths=self.lengths[1:])
        return None


def checked(body: object) -> None:
    """Refuse an ``extra_body`` with parameters that are set elsewhere.

    Raises:
        ParameterError: It has one of ``RESERVED``.
    """
    for name, instead in RESERVED.items():
        if isinstance(body, Mapping) and name in body:
            raise ParameterError(f"options cannot set {name!r} in extra_body: {instead}")


def _response_format(form: Form, schema: Mapping[str, Any]) -> dict[str, Any]:
    if form == "json_object":
        return {"type": form}
    return {"type": form, "json_schema": {"name": "topic", "strict": True, "schema": dict(schema)}}
