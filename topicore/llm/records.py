"""What goes to a language model and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

__all__ = ["Message", "Reply", "Request"]

Speaker: TypeAlias = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a conversation.

    Args:
        role: Who speaks.
        text: What is said.
    """

    role: Speaker
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a language model is to answer.

    Args:
        messages: The conversation so far, the last turn the user's.
        schema: The JSON schema of the answer, for services that can be held to one; None where text is wanted. The
            messages ask for the same, so a service that knows no schemas may leave it out.
        max_output_tokens: The longest answer.
    """

    messages: tuple[Message, ...]
    schema: Mapping[str, Any] | None
    max_output_tokens: int

    @property
    def prompt(self) -> str:
        """The conversation as one text, for models that know no turns."""
        return "\n\n".join(message.text for message in self.messages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a language model answered.

    Args:
        text: The answer; None or blank where there is none.
        refusal: Why the model, or its service, did not want to answer.
        cut: Whether the answer ends where ``max_output_tokens`` do.
        input_tokens: Tokens read, where the service counts them.
        output_tokens: Tokens written, where the service counts them.
    """

    text: str | None
    refusal: str | None = None
    cut: bool = False
    input_tokens: int | None = None
    output_tokens: int | None = None
