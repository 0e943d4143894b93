"""What went wrong with a request, in topicore's errors: what may pass, and what to do about the rest."""

from __future__ import annotations

import re

from topicore.errors import ComponentError, TopicoreError, TransientError
from topicore.services import Address, pause, said, unreached

_MAY_PASS = {408, 409, 429}
_TOO_LONG = re.compile(
    r"maximum context length|max(?:imum)?[ _]tokens[ _]per[ _]request|context_length_exceeded|too long|too large"
    r"|(?:longer|larger|more) than the max|maximum (?:input|sequence) length",
    re.IGNORECASE,
)


class TooLongError(ComponentError):
    """The service takes no text, or no request, of so many tokens."""


def failure(error: Exception, *, model: str, address: Address, secrets: tuple[str, ...] = ()) -> TopicoreError:
    """The error to raise instead of *error*, which the SDK raised; it holds none of *secrets*."""
    service = address.service
    status = getattr(error, "status_code", None)
    if status is None:
        return unreached(error.__cause__ or error, service, secrets)
    words = said(getattr(error, "body", None), secrets)
    code = str(getattr(error, "code", None) or getattr(error, "type", None) or "")
    if status == 429 and code == "insufficient_quota":
        return ComponentError(f"{service} has no quota left for this account (429); see its plan and billing{words}")
    if status in _MAY_PASS or status >= 500:
        return TransientError(f"{service} answers {status}{words}", pause(error.response.headers))  # type: ignore[attr-defined]
    if status == 401:
        return ComponentError(
            f"{service} does not accept the API key (401): set the environment variable OPENAI_API_KEY to a valid one, "
            "or hand in a client that has one"
        )
    if status == 404:
        return ComponentError(
            f"{service} has no model {model!r}, or base_url is wrong (404); "
            f"check the name, and that the URL ends as the service documents it, often in /v1{words}"
        )
    if status in (400, 413, 422) and (status == 413 or _TOO_LONG.search(f"{code} {words}")):
        return TooLongError(f"{service} refuses a text as too long ({status}){words}")
    if status == 403:
        return ComponentError(f"{service} does not allow this key to use model {model!r} (403){words}")
    return ComponentError(f"{service} refuses the request ({status}){words}")
