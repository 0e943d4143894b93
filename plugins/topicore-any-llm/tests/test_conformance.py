"""The promises of a representation, kept by name and by live provider, against a server on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import tiny_any_llm

from topicore.testing import conformance
from topicore_any_llm import AnyLLMLabel

NOWHERE = "http://127.0.0.1:9/v1"
RUNNING: dict[str, Any] = {}


@pytest.fixture(scope="module", autouse=True)
def service() -> Iterator[None]:
    with tiny_any_llm.served(key=None) as running, tiny_any_llm.provider(running.url) as provider:
        RUNNING.update(url=running.url, provider=provider)
        yield
        RUNNING.clear()


def _named() -> AnyLLMLabel:
    return AnyLLMLabel("openai:gpt-4o-mini", base_url=RUNNING.get("url", NOWHERE))


def _handed() -> AnyLLMLabel:
    from any_llm import AnyLLM

    provider = RUNNING.get("provider") or AnyLLM.create("llamacpp", api_base=NOWHERE)
    return AnyLLMLabel.from_native(provider, model="small")


test_name = conformance(_named)
test_provider = conformance(_handed)
