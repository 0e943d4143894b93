"""Where a model of LangChain sends its requests, wherever its package keeps that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import attrgetter
from typing import Any
from urllib.parse import urlsplit

_FIELD = re.compile(r"(?:url|base|endpoint|host)$")
_CLIENTS = (
    "root_client.base_url",  # openai and its kin
    "client.base_url",  # mistralai
    "_client.base_url",  # anthropic
    "_client._client.base_url",  # ollama
    "client._client.base_url",  # groq, fireworks
    "client._client_wrapper._base_url",  # cohere
    "client.meta.endpoint_url",  # aws
    "client._api_client._http_options.base_url",  # google-genai
)


def addresses(model: Any) -> list[str]:
    """The URLs in the fields of *model* and in its client, in order; never a user, a password or a query of one.

    Packages keep them under names of their own, and let environment variables of their own fill them.
    """
    fields = [name for name in getattr(type(model), "model_fields", ()) if _FIELD.search(name)]
    found = (_plain(text) for place in (*fields, *_CLIENTS) for text in _texts(model, place))
    return sorted({address for address in found if address is not None})


def _texts(model: Any, place: str) -> Iterator[str]:
    try:
        found = attrgetter(place)(model)
    except Exception:  # a property of somebody else's class may raise anything
        return
    if found is not None:
        yield str(found)


def _plain(text: str) -> str | None:
    try:
        parts = urlsplit(text)
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{port}{parts.path.rstrip('/')}"
