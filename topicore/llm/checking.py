"""Whether the parameters of a language model make sense together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..errors import ParameterError
from ..specs import Yield
from .prompts import TAGS, Part, question

__all__ = ["YIELDS", "check_options", "check_outputs", "check_prompts"]

YIELDS: Mapping[Part, Yield] = {"label": "label", "summary": "summary", "keywords": "terms"}

SECRET = re.compile(
    r"(?:^|[_-])(?:(?<!cache_)key|apikey|token|secret|password|auth|authorization|credentials?|bearer)$", re.IGNORECASE
)
"""Names of options that would put a secret into a saved model."""


def check_options(options: Mapping[str, Any] | None, reserved: Mapping[str, str]) -> None:
    """Refuse *options* that are set elsewhere, or hold a secret.

    Raises:
        ParameterError: They do.
    """
    for name, instead in reserved.items():
        if name in (options or {}):
            raise ParameterError(f"options cannot set {name!r}: {instead}")
    secret = next(_secrets(options), None)
    if secret is not None:
        raise ParameterError(
            f"options holds {secret!r}, and options are saved with the model: secrets belong into environment "
            "variables, or into a client that is handed in"
        )


def _secrets(options: Any) -> Iterator[str]:
    """The names in *options*, at every depth, under which a text is a secret."""
    for name, value in options.items() if isinstance(options, Mapping) else ():
        if isinstance(value, str) and SECRET.search(str(name)):
            yield str(name)
        yield from _secrets(value)
    for value in options if isinstance(options, (list, tuple)) else ():
        yield from _secrets(value)


def check_outputs(outputs: Sequence[str], structured: bool) -> None:
    """Refuse *outputs* that cannot be asked for.

    Raises:
        ParameterError: They cannot.
    """
    if not outputs or len(set(outputs)) < len(outputs):
        raise ParameterError(f"outputs must be different ones of {', '.join(map(repr, YIELDS))}, got {outputs!r}")
    if not structured and len(outputs) > 1:
        raise ParameterError(
            f"structured=False asks for plain text, which can be one of them only, got outputs={list(outputs)}; "
            "leave structured out, or ask for one"
        )


def check_prompts(prompt: str | None, system_prompt: str | None, documents: int, keywords: int) -> None:
    """Refuse prompts that would not say what the topic is.

    Raises:
        ParameterError: They would not.
    """
    if prompt is not None and not any(tag in prompt for tag in TAGS):
        raise ParameterError(
            "prompt must say where the topic goes, with [KEYWORDS], [DOCUMENTS] or both; without them every topic is "
            "asked the same"
        )
    if any(tag in (system_prompt or "") for tag in TAGS):
        raise ParameterError("system_prompt is the same for all topics: [KEYWORDS] and [DOCUMENTS] go into prompt")
    if not documents and not keywords:
        raise ParameterError("documents=0 and keywords=0 leave nothing to ask about")
    template = question(documents > 0, keywords > 0) if prompt is None else prompt
    for tag, name, count in (("[DOCUMENTS]", "documents", documents), ("[KEYWORDS]", "keywords", keywords)):
        if tag in template and not count:
            raise ParameterError(f"prompt has {tag}, and {name}=0 leaves nothing to put there")
