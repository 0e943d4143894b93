"""What plugins that call a service share: addresses that a key may go to, pauses, messages without keys, token guesses.

Part of the public face: a plugin of any service may use it.
"""

from __future__ import annotations

import math
import re
import time
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from string import ascii_lowercase
from typing import Any

from .errors import ComponentError, ParameterError, TopicoreError, TransientError

__all__ = ["Address", "cut", "estimate", "groups", "pause", "redacted", "said", "unreached"]

LONGEST = 300
"""Characters of a service's own message that are passed on."""

_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?P<port>:\d{1,5})?(?P<path>(?:/[^\s?#\\]*)?)"
)
_KEYS = re.compile(r"\bsk-[\w*.-]+|(?i:bearer)\s+\S+")
_PLAIN = f"{ascii_lowercase} ".encode()
_ASCII = bytes(range(128))


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of a base URL that tell one service from another; never a user, a password or a query."""

    scheme: str
    host: str
    port: str = ""
    path: str = ""

    @classmethod
    def parse(cls, url: str, name: str = "base_url") -> Address:
        """The address in *url*, which the user gave as *name*.

        Raises:
            ParameterError: It is no plain http(s) URL, or has a user, a password or a query in it.
        """
        found = _URL.fullmatch(url)
        if found is None:
            shown = repr(url) if re.fullmatch(r"[\w.:/-]+", url) else "it"
            raise ParameterError(
                f"{name} must read like 'https://host/path', with no user, password or query in it; {shown} does not. "
                "What else a service needs goes into a client that is handed in"
            )
        return cls(found["scheme"], found["host"].lower(), found["port"] or "", found["path"].rstrip("/"))

    @classmethod
    def of(cls, url: Any) -> Address:
        """The address that a client keeps as the URL object of its transport library."""
        host = f"[{url.host}]" if ":" in url.host else url.host
        return cls(url.scheme, host.lower(), f":{url.port}" if url.port else "", url.path.rstrip("/"))

    @property
    def service(self) -> str:
        """How messages call it."""
        return f"{self.host}{self.port}"

    @property
    def loopback(self) -> bool:
        """Whether it is this machine itself: the only place besides the official one to which a file may send a key."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}{self.port}{self.path}"


def pause(headers: Mapping[str, str]) -> float | None:
    """Seconds that a service asks to wait, as a number, as milliseconds or until a date; None where it does not.

    The value for ``TransientError(retry_after=...)``; headers are those of RFC 9110, 10.2.3.
    """
    found = {name.lower(): value for name, value in headers.items()}
    for name, unit in (("retry-after-ms", 1e-3), ("retry-after", 1.0)):
        try:
            seconds = float(found.get(name, "")) * unit
        except ValueError:
            continue
        if math.isfinite(seconds):
            return max(0.0, seconds)
    try:
        date = parsedate_to_datetime(found.get("retry-after", ""))
    except (TypeError, ValueError):
        return None
    return max(0.0, date.timestamp() - time.time())


def redacted(text: str, secrets: Sequence[str] = ()) -> str:
    """*text* as one line of bounded length without *secrets* or what looks like a key."""
    for secret in filter(None, secrets):
        text = text.replace(secret, "***")
    line = " ".join(_KEYS.sub("***", text).split()).rstrip(".")
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}..."


def said(body: Any, secrets: Sequence[str] = ()) -> str:
    """The words of a service in the *body* of its answer, ready to follow a message; empty where it says nothing."""
    words = body.get("message") or body.get("detail") or body if isinstance(body, Mapping) else body
    line = redacted(str(words or ""), secrets)
    return f": {line}" if line else ""


def unreached(error: BaseException, service: str, secrets: Sequence[str] = ()) -> TopicoreError:
    """The error to raise instead of a transport's *error*, which means that no whole answer came from *service*.

    It is a TransientError where another attempt may succeed. The transports of the common libraries (httpx and its
    kin) are told by the names of their exceptions.
    """
    name = type(error).__name__
    if "Timeout" in name:
        return TransientError(f"{service} did not answer in time; timeout= allows it more")
    if name in ("LocalProtocolError", "UnsupportedProtocol", "InvalidURL"):
        return ComponentError(f"no request can be made for {service} ({name}); check the client's URL, key and headers")
    reason = redacted(str(error), secrets)
    if "CERTIFICATE" in reason:
        return ComponentError(f"the certificate of {service} cannot be verified: {reason}")
    return TransientError(f"{service} cannot be reached, or broke off ({name}{f': {reason}' if reason else ''})")


def estimate(text: str) -> int:
    """About how many tokens *text* has, more rather than fewer, without a tokenizer.

    Lower-case letters and blanks count three bytes a token, other ASCII (digits, capitals, punctuation, line
    breaks) one and a half, and everything else two bytes of UTF-8. Against OpenAI's ``cl100k_base`` that is 1 to 2
    times the truth for prose, tables and code in most languages, and down to half of it for emoji, random letters
    and scripts that the vocabulary hardly knows.
    """
    data = text.encode("utf-8", "replace")
    other = data.translate(None, _PLAIN)
    beyond = other.translate(None, _ASCII)
    sixths = 2 * (len(data) - len(other)) + 4 * (len(other) - len(beyond)) + 3 * len(beyond)
    return -(-sixths // 6)


def cut(text: str, limit: int) -> str:
    """The longest beginning of *text* of at most *limit* estimated tokens."""
    if estimate(text) <= limit:
        return text
    return text[: bisect_right(range(1, len(text)), limit, key=lambda end: estimate(text[:end])) or 1]


def groups(texts: Sequence[str], size: int, tokens: float) -> Iterator[Sequence[str]]:
    """*texts* in order, in runs of at most *size* texts and *tokens* estimated tokens; no run is empty."""
    start = held = 0
    for place, text in enumerate(texts):
        found = estimate(text)
        if place > start and (place - start == size or held + found > tokens):
            yield texts[start:place]
            start, held = place, 0
        held += found
    if start < len(texts):
        yield texts[start:]
