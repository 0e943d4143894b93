"""What a service does wrong: what may pass is tried again by the core, the rest says what to do."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import tiny_langchain
from langchain_core.runnables import RunnableLambda
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from tiny_langchain import CUT, KEY, SILENT, Answer, Service, completion

from topicore import TopicModel
from topicore.errors import ComponentError, TransientError
from topicore.llm import Message, Request
from topicore_langchain import LangChainEmbedder, LangChainLabel

REQUEST = Request(messages=(Message(role="user", text="Which?"),), schema=None, max_output_tokens=9)
SECRET = "an-odd-secret-of-the-tests"  # looks like no key


@pytest.fixture
def service() -> Iterator[Service]:
    with tiny_langchain.served() as running:
        yield running


def chat(service: Service, **settings: Any) -> ChatOpenAI:
    return ChatOpenAI(**{"model": "small", "api_key": KEY, "base_url": service.url, "max_retries": 0, **settings})


def failed(service: Service, *answers: Answer, **settings: Any) -> Exception:
    """What a representation raises after these answers."""
    service.plan += answers
    with pytest.raises((ComponentError, TransientError)) as caught:
        LangChainLabel.from_native(chat(service, **settings) | RunnableLambda(lambda x: x)).answer(REQUEST)
    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__
    return caught.value


PASSING = [
    Answer(429),
    Answer(500),
    Answer(502, "<html>Bad Gateway</html>"),
    Answer(503),
    Answer(408),
    Answer(409),
    Answer(200, '{"choices": [{"mess'),
    CUT,
]


@pytest.mark.parametrize("answer", PASSING, ids=[str(answer.status) for answer in PASSING])
def test_what_may_pass_is_one_request_and_a_transient_error(service: Service, answer: Answer) -> None:
    assert isinstance(failed(service, answer), TransientError)
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    ("headers", "expected"), [({"retry-after": "7"}, 7), ({"retry-after-ms": "250"}, 0.25), ({}, None)]
)
def test_the_pause_that_is_asked_for_is_passed_on(
    service: Service, headers: dict[str, str], expected: float | None
) -> None:
    error = failed(service, Answer(429, headers=headers))
    assert isinstance(error, TransientError)
    assert error.retry_after == expected


def test_a_slow_service_is_not_waited_for_longer_than_told(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = time.monotonic()
    assert "did not answer in time" in str(failed(service, SILENT, timeout=0.2))
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    service.plan.append(SILENT)
    with pytest.raises(TransientError, match="openai:small did not answer in time"):
        LangChainLabel("openai:small", base_url=service.url, timeout=0.2).answer(REQUEST)
    assert time.monotonic() - begun < 10


def test_no_service_at_all_is_a_transient_error() -> None:
    with pytest.raises(TransientError, match="ChatOpenAI cannot be reached, or broke off"):
        LangChainLabel.from_native(chat(Service(url="http://127.0.0.1:9/v1"))).answer(REQUEST)


@pytest.mark.parametrize(
    ("status", "message", "words"),
    [
        (400, "bad temperature", "fails with 400"),
        (403, "not for you", "does not allow it this model (403)"),
        (404, "no such thing", "no such model, or its URL is wrong (404)"),
        (402, "pay first", "no quota left"),
        (429, "You exceeded your current quota", "no quota left for this account"),
    ],
)
def test_permanent_errors_are_final_and_say_what_to_do(service: Service, status: int, message: str, words: str) -> None:
    error = failed(service, Answer(status, {"error": {"message": message, "code": None}}))
    assert isinstance(error, ComponentError)
    assert words in str(error)
    assert len(service.requests) == 1


def test_keys_are_never_shown(service: Service) -> None:
    assert "(401)" in str(failed(service, api_key=SECRET))
    for status in (400, 404, 422, 429, 500):
        echo = Answer(status, {"error": {"message": f"no access for {SECRET} or {KEY}"}})
        assert "no access for *** or ***" in str(failed(service, echo, api_key=SECRET))


class ThrottlingException(Exception):  # noqa: N818  # noqa: N818  the name of an SDK
    pass


class ClientError(Exception):
    response = {"ResponseMetadata": {"HTTPStatusCode": 429}}


class ResponseError(Exception):
    status_code = 503


class GoogleError(Exception):
    code = 400


class ReadTimeout(Exception):  # noqa: N818  # noqa: N818  the name of an SDK
    pass


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ThrottlingException("slow down"), TransientError),
        (ClientError("slow down"), TransientError),
        (ResponseError("later"), TransientError),
        (GoogleError("bad"), ComponentError),
        (ReadTimeout("late"), TransientError),
        (TimeoutError("late"), TransientError),
        (ConnectionRefusedError("no"), TransientError),
        (json.JSONDecodeError("no", "x", 0), TransientError),
        (ValueError("wrong input"), ComponentError),
        (KeyError("question"), ComponentError),
        (ComponentError("as it is"), ComponentError),
    ],
)
def test_errors_of_other_sdks_are_told_by_status_and_name(error: Exception, kind: type[Exception]) -> None:
    def fails(_: Any) -> Any:
        raise error

    with pytest.raises(kind):
        LangChainLabel.from_native(RunnableLambda(fails)).answer(REQUEST)


def test_embeddings_fail_alike(service: Service) -> None:
    made = OpenAIEmbeddings(
        model="m", api_key=KEY, base_url=service.url, max_retries=0, check_embedding_ctx_length=False
    )
    embedder = LangChainEmbedder.from_native(made)
    service.plan += [Answer(500), Answer(404), Answer(429, headers={"retry-after": "3"})]
    with pytest.raises(TransientError, match="OpenAIEmbeddings answers 500"):
        embedder.embed(["moon"])
    with pytest.raises(ComponentError, match="no such model"):
        embedder.embed(["moon"])
    with pytest.raises(TransientError) as caught:
        embedder.embed(["moon"], role="query")
    assert caught.value.retry_after == 3
    assert embedder.embed(["moon"]).shape == (1, 48)


def test_a_topic_that_fails_keeps_its_words_and_the_others_get_labels(service: Service) -> None:
    documents = [f"{theme} number{n}" for n in range(6) for theme in ("rocket moon", "bread oven", "judge court")]
    service.plan += [Answer(429), Answer(500), Answer(200, completion(None, refusal="No."))]
    label = LangChainLabel.from_native(chat(service), concurrency=1)
    with pytest.warns(UserWarning, match=r"left 1 of 3 topics with the words .* the model refused: No"):
        fitted = TopicModel(clusterer="manual", representation={"label": label}).fit(documents, y=[0, 1, 2] * 6)
    assert sum(str(said).startswith("About ") for said in fitted.get_topic_info()["label"]) == 2
    service.plan += [Answer(200, completion(None))]
    with pytest.warns(UserWarning, match="the answer is empty"):
        TopicModel(clusterer="manual", representation={"label": label}).fit(documents, y=[0, 1, 2] * 6)
