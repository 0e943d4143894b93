"""From what a Runnable takes to what it gave back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args, get_origin

from topicore.errors import ComponentError
from topicore.llm import Reply, Request

_CUT = {"length", "max_tokens", "model_length"}
_REFUSED = {"content_filter", "refusal", "safety", "prohibited_content", "blocklist", "guardrail_intervened"}
_RAW = {"raw", "parsed", "parsing_error"}
"""What ``with_structured_output(..., include_raw=True)`` gives."""
_REASONS = ("finish_reason", "stop_reason", "stopReason", "done_reason")


def takes_messages(runnable: Any) -> bool:
    """Whether *runnable* begins with a language model, which takes a list of messages."""
    try:
        kind = runnable.InputType
    except (TypeError, AttributeError):
        return False
    return any(list in (option, get_origin(option)) for option in (kind, *get_args(kind)))


def messages(request: Request) -> list[Any]:
    """The turns of *request* as messages of LangChain."""
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

    kinds = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}
    return [kinds[turn.role](content=turn.text) for turn in request.messages]


def replied(found: Any) -> Reply:
    """What *found* says: a message, a text, or an object whose fields are the outputs.

    Raises:
        ComponentError: It is something else.
    """
    from langchain_core.messages import BaseMessage

    if found is None or isinstance(found, str):
        return Reply(text=found)
    if isinstance(found, BaseMessage):
        return _read(found)
    if isinstance(found, Mapping) and found.keys() == _RAW and isinstance(found["raw"], BaseMessage):
        return _both(found["raw"], found["parsed"])
    if callable(getattr(found, "model_dump", None)):
        found = found.model_dump(mode="json")
    if isinstance(found, Mapping):
        return Reply(text=json.dumps(dict(found), ensure_ascii=False, default=str))
    if isinstance(found, Sequence) and all(isinstance(item, str) for item in found):
        return Reply(text="\n".join(found))
    raise ComponentError(
        f"the Runnable gave {type(found).__name__}; it must give a message, a text, or an object with the outputs. "
        "Add a step that makes one: runnable | (lambda found: found['answer'])"
    )


def _read(message: Any) -> Reply:
    told = message.response_metadata or {}
    reason = next((str(told[name]).lower() for name in _REASONS if told.get(name)), "")
    usage = getattr(message, "usage_metadata", None) or {}
    text, refusal = _spoken(message.content)
    refusal = refusal or message.additional_kwargs.get("refusal")
    if refusal is None and reason in _REFUSED:
        refusal = text.strip() or f"it stopped with {reason!r}"
    return Reply(
        text=text,
        refusal=refusal,
        cut=reason in _CUT,
        input_tokens=usage.get("input_tokens"),
        output_tokens=usage.get("output_tokens"),
    )


def _both(message: Any, parsed: Any) -> Reply:
    """What *message* holds in its *parsed* form; where that failed, as the model wrote it."""
    reply = _read(message)
    if parsed is not None:
        return replace(reply, text=replied(parsed).text)
    return reply if reply.text else replace(reply, text=_called(message))


def _called(message: Any) -> str | None:
    """The arguments of the first tool that *message* calls, as a text that may be no JSON."""
    calls = [*getattr(message, "tool_calls", ()), *getattr(message, "invalid_tool_calls", ())]
    found = next((call["args"] for call in calls), None)
    return json.dumps(found, ensure_ascii=False) if isinstance(found, Mapping) else found


def _spoken(content: Any) -> tuple[str, str | None]:
    """The text in *content*, which may be blocks, and the refusal; thoughts and tools are left out."""
    if isinstance(content, str):
        return content, None
    texts, refusal = [], None
    for block in content or ():
        if isinstance(block, str):
            texts.append(block)
        elif isinstance(block, Mapping) and block.get("type") == "refusal":
            refusal = str(block.get("refusal") or "it gave no reason")
        elif isinstance(block, Mapping) and block.get("type", "text") in ("text", "output_text"):
            texts.append(str(block.get("text") or ""))
    return "".join(texts), refusal
