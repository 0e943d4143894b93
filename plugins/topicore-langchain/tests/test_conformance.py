"""The promises of both components, kept by name and by object, against a server on this machine and local models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import tiny_langchain
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.language_models import FakeListChatModel

from topicore.testing import conformance
from topicore_langchain import LangChainEmbedder, LangChainLabel

RUNNING: dict[str, str] = {}


@pytest.fixture(scope="module", autouse=True)
def service() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, tiny_langchain.served() as running:
        patch.setenv("OPENAI_API_KEY", tiny_langchain.KEY)
        RUNNING["url"] = running.url
        yield
        RUNNING.clear()


def _url() -> str:
    return RUNNING.get("url", "http://127.0.0.1:9/v1")


def _chat() -> Any:
    return FakeListChatModel(responses=['{"label": "A fine topic"}'])


def _embeddings() -> Any:
    return DeterministicFakeEmbedding(size=16)


def _remote() -> Any:
    from langchain_openai import OpenAIEmbeddings

    return OpenAIEmbeddings(
        model="m", api_key=tiny_langchain.KEY, base_url=_url(), max_retries=0, check_embedding_ctx_length=False
    )


test_name = conformance(lambda: LangChainLabel("openai:gpt-4o-mini", base_url=_url()))
test_chat_model = conformance(lambda: LangChainLabel.from_native(_chat()), native=_chat)
test_embeddings = conformance(lambda: LangChainEmbedder.from_native(_embeddings(), remote=False), native=_embeddings)
test_remote_embeddings = conformance(lambda: LangChainEmbedder.from_native(_remote()))
