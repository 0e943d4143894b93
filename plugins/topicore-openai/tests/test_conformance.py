"""The promises of an embedder, kept by name and by client, against a server on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import tiny_openai

from topicore.testing import conformance
from topicore_openai import OpenAIEmbedder

SERVICE = tiny_openai.Service()


@pytest.fixture(scope="module", autouse=True)
def service() -> Iterator[None]:
    with tiny_openai.served(key=None) as running:
        SERVICE.url = running.url
        yield


def _client() -> Any:
    import openai

    return openai.OpenAI(api_key=tiny_openai.KEY, base_url=SERVICE.url or "http://127.0.0.1:9/v1")


def _named() -> OpenAIEmbedder:
    return OpenAIEmbedder("text-embedding-3-small", base_url=SERVICE.url or None)


test_name = conformance(_named)
test_client = conformance(lambda: OpenAIEmbedder.from_native(_client(), model="text-embedding-3-large", dimensions=24))
