"""What a provider's SDK raised through LangChain, in topicore's errors: what may pass, and what does not.

The errors of the SDKs have no class in common; they are told by their status and by their names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from topicore.errors import ComponentError, TopicoreError, TransientError
from topicore.services import pause, redacted, unreached

_STATUSES = ("status_code", "status", "code")
_MAY_PASS = {408, 409, 425, 429}
_TRANSPORT = re.compile(r"Timeout|Connect|(?:Protocol|Read|Write|Network)Error|UnsupportedProtocol|InvalidURL")
_BUSY = re.compile(r"RateLimit|TooManyRequests|Throttl|ResourceExhausted|ServiceUnavailable|Overloaded|InternalServer")
_QUOTA = re.compile(r"insufficient_quota|exceeded your current quota|billing", re.IGNORECASE)


def failure(error: Exception, service: str, secrets: tuple[str, ...] = ()) -> TopicoreError:
    """The error to raise instead of *error*; it holds none of *secrets*."""
    status, words = _status(error), redacted(str(error), secrets)
    root = _transport(error)
    if status is None and root is not None:
        return unreached(root, service, secrets)
    if status == 402 or (status == 429 and _QUOTA.search(str(error))):
        return ComponentError(f"{service} has no quota left for this account; see its plan and billing: {words}")
    passing = status in _MAY_PASS or status >= 500 if status is not None else bool(_BUSY.search(type(error).__name__))
    if passing or (status is None and getattr(error, "is_retryable", False)):
        return TransientError(f"{service} answers {status or type(error).__name__}: {words}", _pause(error))
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
        return TransientError(f"{service} sent an answer that is no JSON")
    if status in (401, 403):
        return ComponentError(f"{service} does not accept the API key, or does not allow it this model ({status})")
    if status == 404:
        return ComponentError(f"{service} has no such model, or its URL is wrong (404): {words}")
    return ComponentError(f"{service} fails with {status or type(error).__name__}: {words}")


def _causes(error: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__


def _transport(error: BaseException) -> BaseException | None:
    """The error of the network at the root of *error*."""
    found = [
        cause
        for cause in _causes(error)
        if isinstance(cause, ConnectionError | TimeoutError) or _TRANSPORT.search(type(cause).__name__)
    ]
    return found[-1] if found else None


def _status(error: BaseException) -> int | None:
    """The HTTP status in *error*, wherever its SDK keeps it."""
    for cause in _causes(error):
        response = getattr(cause, "response", None)
        aws = response.get("ResponseMetadata") if isinstance(response, Mapping) else None
        found = [getattr(holder, name, None) for holder in (cause, response) for name in _STATUSES]
        if isinstance(aws, Mapping):
            found.append(aws.get("HTTPStatusCode"))
        for status in found:
            if isinstance(status, int) and 400 <= status < 600:
                return int(status)
    return None


def _pause(error: BaseException) -> float | None:
    for cause in _causes(error):
        headers: Any = getattr(getattr(cause, "response", None), "headers", None)
        if headers is not None:
            return pause(headers)
    return None
