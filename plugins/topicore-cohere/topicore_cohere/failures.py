"""What went wrong with a request, in topicore's errors: what may pass, and what to do about the rest."""

from __future__ import annotations

from typing import Any

from topicore.errors import ComponentError, TopicoreError, TransientError
from topicore.services import pause, said

_MAY_PASS = {408, 409, 429}


def refused(
    error: Any, *, model: str, service: str, secrets: tuple[str, ...] = (), wanted: str = "embeddings"
) -> TopicoreError:
    """The error to raise instead of the SDK's *error* about an answer that was *wanted*, without *secrets*."""
    status, words = error.status_code, said(error.body, secrets)
    if status is None:
        return ComponentError(f"no request can be made for {service}{words}")
    if 200 <= status < 300:
        if str(error.body).lstrip()[:1] in ("{", "["):
            return TransientError(f"{service} sent an answer that is no JSON")
        return ComponentError(f"{service} answers with something else than {wanted}; check base_url")
    if status in _MAY_PASS or status >= 500:
        return TransientError(f"{service} answers {status}{words}", pause(error.headers or {}))
    if status in (401, 498):
        return ComponentError(
            f"{service} does not accept the API key ({status}): set the environment variable CO_API_KEY to a valid "
            "one, or hand in a client that has one"
        )
    if status == 402:
        return ComponentError(f"{service} has no quota left for this account (402); see its plan and billing{words}")
    if status == 403:
        return ComponentError(f"{service} does not allow this key to use model {model!r} (403){words}")
    if status == 404:
        return ComponentError(f"{service} has no model {model!r}, or base_url is wrong (404); check both{words}")
    return ComponentError(f"{service} refuses the request ({status}){words}")
