"""From a chat completion to a reply."""

from __future__ import annotations

from typing import Any

from topicore.errors import ComponentError
from topicore.llm import Reply
from topicore.services import said

FILTERED = frozenset({"content_filter", "content_policy_violation", "invalid_prompt"})
"""Codes of a refusal that concerns the text of one request."""


def reply(answer: Any, service: str, secrets: tuple[str, ...] = ()) -> Reply:
    """What *answer* says, as far as it says something.

    Raises:
        ComponentError: It is no chat completion.
    """
    choices = getattr(answer, "choices", None)
    if not isinstance(choices, list):
        words = said(getattr(answer, "error", None), secrets)
        raise ComponentError(
            f"{service} answers with something else than a chat completion; check base_url, and the model{words}"
        )
    choice = choices[0] if choices else None
    message, reason = getattr(choice, "message", None), getattr(choice, "finish_reason", None)
    refusal = getattr(message, "refusal", None)
    if not (isinstance(refusal, str) and refusal):
        refusal = "its content filter withheld the answer" if reason == "content_filter" else None
    usage = getattr(answer, "usage", None)
    return Reply(
        text=_text(getattr(message, "content", None)),
        refusal=refusal,
        cut=reason == "length",
        input_tokens=_count(getattr(usage, "prompt_tokens", None)),
        output_tokens=_count(getattr(usage, "completion_tokens", None)),
    )


def _text(content: Any) -> str | None:
    """The text of *content*, which some servers give in parts."""
    if not isinstance(content, list):
        return content if isinstance(content, str) else None
    parts = (part.get("text") for part in content if isinstance(part, dict))
    return "".join(part for part in parts if isinstance(part, str))


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and value >= 0 else None
