"""Clients of the SDK: made for a name, or handed in."""

from __future__ import annotations

import os
from typing import Any

from topicore.errors import ComponentError, ParameterError
from topicore.services import Address

OFFICIAL = Address("https", "api.openai.com", path="/v1")
KEY = "OPENAI_API_KEY"
URL = "OPENAI_BASE_URL"


def service(base_url: str | None) -> Address:
    """Where the SDK sends requests for *base_url*.

    Raises:
        ParameterError: It cannot be used, or what the environment variable holds in its place.
    """
    if base_url is not None:
        return Address.parse(base_url)
    url = os.environ.get(URL, "").strip()
    return Address.parse(url, URL) if url else OFFICIAL


def connected(address: Address, kind: str = "embedder") -> Any:
    """A client of a *kind* of component for *address*, with the key from the environment; this machine needs none.

    Raises:
        ComponentError: There is no key, or it cannot be one.
    """
    key = os.environ.get(KEY, "").strip()
    if not key and not address.loopback:
        raise ComponentError(
            f"there is no API key for {address.service}: set the environment variable {KEY}, or hand in a client "
            f"that has one: topicore.{kind}(openai.OpenAI(...), model='...')"
        )
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise ComponentError(f"the environment variable {KEY} holds characters that no API key has; set it again")
    import openai

    return openai.OpenAI(api_key=key or "none", base_url=str(address), max_retries=0)


def recovered(client: Any) -> str | None:
    """The ``base_url`` by which a plain *client* can be made anew, or None where the default leads there.

    Raises:
        LookupError: Its class, or where it sends its key, does not allow that.
    """
    address = Address.of(client.base_url)
    if type(client).__module__.partition(".")[0] != "openai" or type(client).__qualname__ != "OpenAI":
        raise LookupError("the client is of a class of its own")
    if address == _default():
        return None
    if trusted(address):
        return str(address)
    raise LookupError("the client sends its key to another service")


def trusted(address: Address) -> bool:
    """Whether a file may name *address*, to which the key of whoever loads the file is then sent."""
    return address.loopback or address == OFFICIAL


def refuse_async(client: Any, who: str) -> None:
    """Raise a ParameterError for a client whose calls must be awaited, which *who* cannot."""
    if any(base.__qualname__ == "AsyncOpenAI" for base in type(client).__mro__):
        name = type(client).__qualname__
        raise ParameterError(f"{who} cannot wait for {name}; hand in {name.removeprefix('Async')} instead")


def secrets(client: Any) -> tuple[str, ...]:
    """What *client* proves itself with, to be kept out of messages."""
    found = (getattr(client, name, None) for name in ("api_key", "admin_api_key", "_azure_ad_token"))
    return tuple(secret for secret in found if isinstance(secret, str) and len(secret) > 4)


def _default() -> Address | None:
    try:
        return service(None)
    except ParameterError:
        return None
