"""The promises of an embedder and a representation, kept by name and by client, against a server on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import tiny_cohere
import tiny_cohere_chat

from topicore.testing import conformance
from topicore_cohere import CohereEmbedder, CohereLabel

SERVICE = tiny_cohere_chat.Chat(key=None)


@pytest.fixture(scope="module", autouse=True)
def service() -> Iterator[None]:
    with tiny_cohere.running(SERVICE):
        yield
        for url in filter(None, _used):
            _client(url).__exit__(None, None, None)


_used: list[str] = []


@cache
def _client(url: str) -> Any:
    import cohere

    return cohere.ClientV2(tiny_cohere.KEY, base_url=url)


def _native() -> Any:
    url = SERVICE.url or "http://127.0.0.1:9"
    _used.append(url)
    return _client(url)


def _named() -> CohereEmbedder:
    return CohereEmbedder("embed-english-v3.0", base_url=SERVICE.url or None)


test_name = conformance(_named, native=_native)
test_client = conformance(lambda: CohereEmbedder.from_native(_native(), output_dimension=24))


def _labels() -> CohereLabel:
    return CohereLabel(base_url=SERVICE.url or None)


test_labels_by_name = conformance(_labels, native=_native)
test_labels_by_client = conformance(lambda: CohereLabel.from_native(_native(), documents=2))
