"""What plugins of services share: where a key may go, how long to wait, and what a message may say."""

from __future__ import annotations

import time
from email.utils import formatdate

import pytest

from topicore.errors import ComponentError, ParameterError, TransientError
from topicore.services import Address, cut, estimate, groups, pause, redacted, said, unreached


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1:8080/v1", True),
        ("http://localhost:11434/v1/", True),
        ("http://[::1]:80", True),
        ("https://api.example.org/v1", False),
        ("http://127.0.0.1.example.org/v1", False),
        ("http://localhost.example.org", False),
        ("http://10.0.0.7/v1", False),
    ],
)
def test_only_this_machine_is_this_machine(url, loopback):
    address = Address.parse(url)
    assert address.loopback is loopback
    assert str(address) == url.rstrip("/").lower()


@pytest.mark.parametrize(
    "url",
    [
        "ftp://host",
        "host/v1",
        "https://user:secret@host/v1",
        "https://host/v1?key=secret",
        "https://host\\@other",
        "",
        "http://a b",
    ],
)
def test_other_urls_are_refused_without_repeating_their_secrets(url):
    with pytest.raises(ParameterError, match="base_url must read like") as caught:
        Address.parse(url)
    assert "secret" not in str(caught.value)


def test_a_host_is_compared_without_case():
    assert Address.parse("https://API.example.org/v1/") == Address.parse("https://api.example.org/v1")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "-3"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({}, None),
    ],
)
def test_pauses_are_read_in_every_form(headers, seconds):
    assert pause(headers) == seconds


def test_a_pause_until_a_date():
    assert 25 < pause({"Retry-After": formatdate(time.time() + 30, usegmt=True)}) <= 30
    assert pause({"Retry-After": formatdate(time.time() - 30, usegmt=True)}) == 0


def test_keys_are_kept_out_of_messages():
    text = "bad key sk-abc123 or Bearer xyz.789\nand hunter2 " + "x" * 500
    line = redacted(text, ["hunter2"])
    assert not any(secret in line for secret in ("abc123", "xyz", "hunter2", "\n"))
    assert len(line) < 310
    assert said({"error": 1, "message": "no such model."}) == ": no such model"
    assert said(None) == ""


class ReadTimeout(Exception):  # noqa: N818
    """As transports call it."""


class InvalidURL(Exception):  # noqa: N818
    """As transports call it."""


def test_what_may_pass_is_told_from_what_will_not():
    assert isinstance(unreached(ConnectionResetError("gone"), "host:1"), TransientError)
    assert "in time" in str(unreached(ReadTimeout(), "host:1"))
    assert isinstance(unreached(InvalidURL("x"), "host:1"), ComponentError)
    assert isinstance(unreached(OSError("CERTIFICATE_VERIFY_FAILED"), "host:1"), ComponentError)


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("", 0, 0),
        ("the cat sat on the mat", 6, 12),
        ("1234567890", 3, 10),
        ("漢字仮名交じり文", 8, 16),
        ("🙂" * 10, 10, 40),
    ],
)
def test_tokens_are_guessed_on_the_safe_side(text, least, most):
    assert least <= estimate(text) <= most


@pytest.mark.parametrize("text", ["plain words " * 30, "漢字" * 40, "aB3 🙂" * 20])
def test_a_cut_is_the_longest_beginning_that_fits(text):
    found = cut(text, 20)
    assert text.startswith(found)
    assert estimate(found) <= 20 < estimate(text[: len(found) + 1])
    assert cut("short", 20) == "short"


def test_groups_keep_order_and_limits():
    texts = [f"{'word ' * (n % 7)}{n}" for n in range(50)]
    found = list(groups(texts, 4, 12))
    assert [text for group in found for text in group] == texts
    assert all(len(group) <= 4 and (len(group) == 1 or sum(map(estimate, group)) <= 12) for group in found)
