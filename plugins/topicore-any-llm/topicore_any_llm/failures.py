"""What went wrong with a request, in topicore's errors: what may pass, and what to do about the rest."""

from __future__ import annotations

import json
import re
from typing import Any

from topicore.errors import ComponentError, TopicoreError, TransientError
from topicore.services import pause, redacted, unreached

_MAY_PASS = {408, 409, 425, 429}
_REFUSED = {400, 404, 422, None}
_FORM = re.compile(r"response_?format|json_?schema|output_(?:config|format)|structured|schema", re.IGNORECASE)
_CALL = re.compile(r"unexpected keyword argument|multiple values for")
_QUOTA = re.compile(r"insufficient_quota|exceeded your current quota|billing", re.IGNORECASE)
_TRANSPORT = re.compile(
    r"Timeout|Connect|ProtocolError|ReadError|WriteError|NetworkError|UnsupportedProtocol|InvalidURL"
)


def filtered(error: Exception) -> bool:
    """Whether the provider did not want to answer, rather than failed to."""
    return type(error).__name__ in ("ContentFilterError", "ContentFilterFinishReasonError")


def unformed(error: Exception) -> bool:
    """Whether *error* says that the provider, or its model, cannot be held to a JSON schema."""
    if type(error).__name__ == "UnsupportedParameterError":
        return getattr(error, "parameter_name", None) == "response_format"
    status = getattr(error, "status_code", None)
    return status in _REFUSED and bool(_FORM.search(str(error)))


def failure(error: Exception, *, provider: str, model: str, variable: str, secrets: tuple[str, ...]) -> TopicoreError:
    """The error to raise instead of *error*, which any-llm raised; it holds none of *secrets*.

    Args:
        error: What was raised.
        provider: The name of the provider.
        model: What was asked for there.
        variable: The environment variable of the provider's key.
        secrets: What must not be shown.
    """
    name, status = type(error).__name__, getattr(error, "status_code", None)
    cause = getattr(error, "original_exception", None) or error
    words = redacted(str(getattr(error, "message", None) or error), secrets)
    if status is None and (transport := _transport(cause)):
        return unreached(transport, provider, secrets)
    if status == 402 or (status == 429 and _QUOTA.search(f"{words} {getattr(error, 'code', '')}")):
        return ComponentError(f"{provider} has no quota left for this account; see its plan and billing: {words}")
    if name == "RateLimitError" or (status is not None and (status in _MAY_PASS or status >= 500)):
        return TransientError(f"{provider} answers {status or 'that it is asked too often'}: {words}", _pause(cause))
    if _garbled(cause) or (name == "ProviderError" and not _CALL.search(words) and (status or 200) < 300):
        return TransientError(f"{provider} sent an answer that is no chat completion; check base_url, and the model")
    if name == "AuthenticationError" or status in (401, 403):
        return ComponentError(
            f"{provider} does not accept the API key, or does not allow it to use model {model!r}"
            f" ({status or 'no status'}): see the environment variable {variable}: {words}"
        )
    if name == "ContextLengthExceededError":
        return ComponentError(f"{provider} finds the prompt too long; lower documents= or document_length=: {words}")
    if name == "ModelNotFoundError" or status == 404:
        return ComponentError(f"{provider} has no model {model!r}, or base_url is wrong; check both: {words}")
    return ComponentError(f"{provider} refuses the request ({status or type(cause).__name__}): {words}")


def _transport(error: BaseException) -> BaseException | None:
    """The error of the network at the root of *error*."""
    root, found = None, error
    while found is not None:
        if isinstance(found, ConnectionError | TimeoutError) or _TRANSPORT.search(type(found).__name__):
            root = found
        found = found.__cause__  # type: ignore[assignment]
    return root


def _garbled(error: Exception) -> bool:
    """Whether what came is not what the protocol says."""
    return isinstance(error, json.JSONDecodeError | UnicodeDecodeError) or "Validation" in type(error).__name__


def _pause(error: Any) -> float | None:
    headers = getattr(getattr(error, "response", None), "headers", None) or getattr(error, "headers", None)
    return None if headers is None else pause(headers)
