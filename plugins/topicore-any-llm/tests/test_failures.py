"""What a provider does wrong: what may pass is tried again by the core, the rest says what to do."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
import tiny_any_llm
from tiny_any_llm import CUT, KEY, SILENT, Answer, Service, completion

from topicore import TopicModel
from topicore.errors import ComponentError, TransientError
from topicore.llm import Message, Request
from topicore_any_llm import AnyLLMLabel

REQUEST = Request(messages=(Message(role="user", text="Which?"),), schema={"type": "object"}, max_output_tokens=9)
MODEL = "openai:gpt-4o-mini"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with tiny_any_llm.served() as running:
        yield running


def failed(service: Service, *answers: Answer, model: str = MODEL, **parameters: Any) -> Exception:
    """What a representation raises after these answers, from one request."""
    service.plan += answers
    with pytest.raises((ComponentError, TransientError)) as caught:
        AnyLLMLabel(model, base_url=service.url, **parameters).answer(REQUEST)
    found: BaseException | None = caught.value
    while found is not None:
        assert "secret" not in str(found)
        assert found.__suppress_context__
        found = found.__cause__
    return caught.value


PASSING = [
    Answer(429),
    Answer(500),
    Answer(502, "<html>Bad Gateway</html>"),
    Answer(503),
    Answer(504),
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
    ("headers", "expected"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_the_pause_that_is_asked_for_is_passed_on(
    service: Service, status: int, headers: dict[str, str], expected: float | None
) -> None:
    error = failed(service, Answer(status, headers=headers))
    assert isinstance(error, TransientError)
    assert error.retry_after == expected


def test_a_slow_provider_is_not_waited_for_longer_than_told(service: Service) -> None:
    begun = time.monotonic()
    error = failed(service, SILENT, timeout=0.2)
    assert isinstance(error, TransientError)
    assert "did not answer in time; timeout=" in str(error)
    assert time.monotonic() - begun < 10


def test_no_service_at_all_is_a_transient_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with pytest.raises(TransientError, match="openai cannot be reached, or broke off"):
        AnyLLMLabel(MODEL, base_url="http://127.0.0.1:9/v1").answer(REQUEST)


def test_ollama_fails_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ollama")
    monkeypatch.delenv("OLLAMA_HOST", raising=False)
    with pytest.raises(TransientError, match="ollama cannot be reached"):
        AnyLLMLabel("ollama:small", base_url="http://127.0.0.1:9").answer(REQUEST)
    with tiny_any_llm.served() as service:
        host = service.url.removesuffix("/v1")
        service.plan += [Answer(500), SILENT]
        label = AnyLLMLabel("ollama:small", base_url=host, timeout=0.3)
        with pytest.raises(TransientError, match="ollama answers 500"):
            label.answer(REQUEST)
        with pytest.raises(TransientError, match="did not answer in time"):
            label.answer(REQUEST)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(400, {"error": {"message": "bad value of temperature"}}), "openai refuses the request (400): "),
        (Answer(403, {"error": {"message": "not for you"}}), "does not allow it to use model 'gpt-4o-mini' (403)"),
        (Answer(404, {"error": {"message": "no such thing"}}), "openai has no model 'gpt-4o-mini', or base_url"),
        (Answer(402, {"error": {"message": "pay first"}}), "no quota left"),
        (Answer(429, {"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}),
         "no quota left for this account; see its plan"),
        (Answer(400, {"error": {"message": "This model's maximum context length is 8 tokens"}}),
         "finds the prompt too long; lower documents= or document_length="),
    ],
)  # fmt: skip
def test_permanent_errors_are_final_and_say_what_to_do(service: Service, answer: Answer, words: str) -> None:
    error = failed(service, answer)
    assert isinstance(error, ComponentError)
    assert words in str(error)
    assert len(service.requests) == 1


def test_a_wrong_key_is_final_and_never_shown(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "abc-wrong-but-secret")
    error = failed(service)
    assert isinstance(error, ComponentError)
    assert "see the environment variable OPENAI_API_KEY" in str(error)
    echo = {"error": {"message": "no access for key abc-wrong-but-secret or sk-a-secret"}}
    for status in (400, 403, 404, 422, 429, 500):
        assert "no access for key ***" in str(failed(service, Answer(status, echo)))


@pytest.mark.parametrize("body", ["<html>Welcome</html>", {"status": "ok"}, {"choices": "none"}, [], "null"])
def test_answers_of_the_wrong_sort_are_one_clear_error(service: Service, body: Any) -> None:
    error = failed(service, Answer(200, body))
    assert "chat completion" in str(error)


def test_options_that_the_provider_does_not_know_are_final(service: Service) -> None:
    error = failed(service, options={"nonsense": 3})
    assert isinstance(error, ComponentError)
    assert "nonsense" in str(error)


@pytest.mark.parametrize("unified", [True, False])
def test_a_live_provider_fails_alike(service: Service, unified: bool) -> None:
    told = nullcontext() if unified else pytest.warns(DeprecationWarning, match="unified")
    with tiny_any_llm.provider(service.url, unified_exceptions=unified) as provider:
        label = AnyLLMLabel.from_native(provider, model="small", timeout=0.3)
        kinds = {Answer(429): TransientError, Answer(500): TransientError, SILENT: TransientError,
                 Answer(401): ComponentError, Answer(404): ComponentError, Answer(400): ComponentError}  # fmt: skip
        for answer, kind in kinds.items():
            service.plan.append(answer)
            with told, pytest.raises(kind) as caught:
                label.answer(REQUEST)
            assert "secret" not in str(caught.value)


def replied(service: Service, body: Any) -> Any:
    service.plan.append(Answer(200, body))
    return AnyLLMLabel(MODEL, base_url=service.url).answer(REQUEST)


def test_a_good_answer_comes_with_its_tokens(service: Service) -> None:
    reply = replied(service, completion('{"label": "x"}'))
    assert (reply.text, reply.refusal, reply.cut) == ('{"label": "x"}', None, False)
    assert (reply.input_tokens, reply.output_tokens) == (70, 7)


def test_null_refusals_filters_and_cuts_are_told_apart(service: Service) -> None:
    assert replied(service, completion(None)).text is None
    assert replied(service, {**completion(None), "choices": []}).text is None
    assert replied(service, completion(None, refusal="I will not")).refusal == "I will not"
    assert "content filter" in replied(service, completion("", "content_filter")).refusal
    assert replied(service, completion("a beg", "length")).cut
    blocked = Answer(400, {"error": {"message": "blocked by content policy filter", "code": "content_filter"}})
    service.plan.append(blocked)
    assert "content filter" in AnyLLMLabel(MODEL, base_url=service.url).answer(REQUEST).refusal


def test_a_refusal_leaves_a_topic_with_its_words_and_the_others_with_labels(service: Service) -> None:
    documents = [f"{theme} number{n}" for n in range(6) for theme in ("rocket moon", "bread oven", "judge court")]
    service.plan += [Answer(429), Answer(200, "not { json"), Answer(200, completion(None, refusal="No."))]
    label = AnyLLMLabel(MODEL, base_url=service.url, concurrency=1)
    with pytest.warns(UserWarning, match=r"left 1 of 3 topics with the words .* the model refused: No"):
        fitted = TopicModel(clusterer="manual", representation={"label": label}).fit(documents, y=[0, 1, 2] * 6)
    assert sum(str(said).startswith("About ") for said in fitted.get_topic_info()["label"]) == 2


def test_two_hundred_topics_are_labelled_by_a_service_that_fails_now_and_then(service: Service) -> None:
    topics, garbage = 200, Answer(200, completion("no object here"))
    faults = {**dict.fromkeys(range(0, 100, 10), Answer(429)), 33: Answer(500), 66: Answer(500), 99: garbage}
    service.plan += [faults.get(place % 100) for place in range(300)]
    documents = [f"word{topic} thing{topic} number{n}" for topic in range(topics) for n in range(3)]
    y = [topic for topic in range(topics) for _ in range(3)]
    label = AnyLLMLabel(MODEL, base_url=service.url, concurrency=8, max_requests=240)
    fitted = TopicModel(clusterer="manual", representation={"label": label}).fit(documents, y=y)
    assert all(str(said).startswith("About ") for said in fitted.get_topic_info()["label"])
    assert topics + 20 < len(service.requests) <= 240
