"""Clients of the SDK: made for a name, or handed in."""

from __future__ import annotations

import os
from typing import Any

from topicore.errors import ComponentError, ParameterError
from topicore.services import Address

OFFICIAL = Address("https", "api.cohere.com")
KEYS = ("CO_API_KEY", "COHERE_API_KEY")
URL = "CO_API_URL"


def service(base_url: str | None) -> Address:
    """Where requests go for *base_url*.

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
    key = next(filter(None, (os.environ.get(name, "").strip() for name in KEYS)), "")
    if not key and not address.loopback:
        raise ComponentError(
            f"there is no API key for {address.service}: set the environment variable {KEYS[0]}, or hand in a client "
            f"that has one: topicore.{kind}(cohere.ClientV2(...))"
        )
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise ComponentError(f"the environment variable {KEYS[0]} holds characters that no API key has; set it again")
    import cohere

    return cohere.ClientV2(key or "none", base_url=str(address), log_warning_experimental_features=False)


def speaker(client: Any) -> Any:
    """What of *client* speaks the second version of the API; the first has a part for it."""
    return client if any(base.__qualname__ == "V2Client" for base in type(client).__mro__) else client.v2


def address_of(client: Any) -> Address:
    """Where *client* sends requests."""
    import httpx

    return Address.of(httpx.URL(_wrapper(client).get_base_url()))


def plain(client: Any) -> bool:
    """Whether *client* is the SDK's own for Cohere, not one for another cloud, nor a class derived from it."""
    kind = type(client)
    return kind.__module__.partition(".")[0] == "cohere" and kind.__qualname__ in ("Client", "ClientV2")


def recovered(client: Any) -> str | None:
    """The ``base_url`` by which a plain *client* can be made anew, or None where the default leads there.

    Raises:
        LookupError: Its class, or where it sends its key, does not allow that.
    """
    address = address_of(client)
    if not plain(client):
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
    if any(base.__qualname__ in ("AsyncBaseCohere", "AsyncV2Client") for base in type(client).__mro__):
        name = type(client).__qualname__
        raise ParameterError(f"{who} cannot wait for {name}; hand in {name.removeprefix('Async')} instead")


def secrets(client: Any) -> tuple[str, ...]:
    """What *client* proves itself with, to be kept out of messages."""
    token = getattr(_wrapper(client), "_token", None)
    return (token,) if isinstance(token, str) and len(token) > 4 else ()


def _wrapper(client: Any) -> Any:
    """What holds the address and the key of *client*; the second version's part of a client keeps it further in."""
    return getattr(client, "_client_wrapper", None) or client._raw_client._client_wrapper


def _default() -> Address | None:
    try:
        return service(None)
    except ParameterError:
        return None
