"""From an answer of the chat API to a reply."""

from __future__ import annotations

from typing import Any

from topicore.errors import ComponentError, TransientError
from topicore.llm import Reply

_FAILED = frozenset({"ERROR", "TIMEOUT"})
"""Reasons to finish that say that the service broke off."""


def reply(answer: Any, service: str) -> Reply:
    """What *answer* says, as far as it says something.

    Raises:
        ComponentError: It is no answer of a chat.
        TransientError: The service broke off.
    """
    message, reason = getattr(answer, "message", None), getattr(answer, "finish_reason", None)
    if message is None and reason is None:
        raise ComponentError(f"{service} answers with something else than a chat; check base_url, and the model")
    if reason in _FAILED:
        raise TransientError(f"{service} broke off its answer ({reason})")
    content = getattr(message, "content", None)
    parts = [getattr(part, "text", None) for part in content] if isinstance(content, list) else [content]
    tokens = getattr(getattr(answer, "usage", None), "tokens", None)
    return Reply(
        text="".join(part for part in parts if isinstance(part, str)),
        refusal="its safety mode withheld the answer" if reason == "ERROR_TOXIC" else None,
        cut=reason == "MAX_TOKENS",
        input_tokens=_count(getattr(tokens, "input_tokens", None)),
        output_tokens=_count(getattr(tokens, "output_tokens", None)),
    )


def _count(value: Any) -> int | None:
    """A number of tokens, which the SDK reads as a float."""
    return int(value) if isinstance(value, (int, float)) and 0 <= value < 1e12 else None
