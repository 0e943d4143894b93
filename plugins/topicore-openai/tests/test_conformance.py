"""The promises of an embedder and a representation, kept by name and by client, against a server on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import tiny_openai
import tiny_openai_chat

from topicore.testing import conformance
from topicore_openai import OpenAIEmbedder, OpenAILabel

SERVICE = tiny_openai_chat.Chat(key=None)
CLIENTS = ExitStack()


@pytest.fixture(scope="module", autouse=True)
def service() -> Iterator[None]:
    with tiny_openai.running(SERVICE), CLIENTS:
        yield


def _client() -> Any:
    import openai

    client = openai.OpenAI(api_key=tiny_openai.KEY, base_url=SERVICE.url or "http://127.0.0.1:9/v1")
    return CLIENTS.enter_context(client)


def _named() -> OpenAIEmbedder:
    return OpenAIEmbedder("text-embedding-3-small", base_url=SERVICE.url or None)


test_name = conformance(_named)
test_client = conformance(lambda: OpenAIEmbedder.from_native(_client(), model="text-embedding-3-large", dimensions=24))


def _labels() -> OpenAILabel:
    return OpenAILabel(base_url=SERVICE.url or None, outputs=["label"])


test_labels_by_name = conformance(_labels)
test_labels_by_client = conformance(lambda: OpenAILabel.from_native(_client(), model="gpt-4o-mini", documents=2))
