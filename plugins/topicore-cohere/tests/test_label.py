"""What is sent for a label, and what comes back."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import cohere
import pytest
from tiny_cohere import CUT, KEY, Answer
from tiny_cohere_chat import Chat, chatting

import topicore
from topicore.components import Description
from topicore.errors import ComponentError, ParameterError
from topicore.llm import Message, Request
from topicore.testing import SmallView
from topicore_cohere import CohereLabel

pytestmark = pytest.mark.filterwarnings("ignore:The `__fields__` attribute is deprecated")
"""The SDK does that itself when it reads an answer."""

ASKED = Request(messages=(Message(role="user", text="What is it?"),), schema=None, max_output_tokens=7)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Chat]:
    monkeypatch.setenv("CO_API_KEY", KEY)
    for name in ("COHERE_API_KEY", "CO_API_URL"):
        monkeypatch.delenv(name, raising=False)
    with chatting() as running:
        yield running


@pytest.fixture
def clients(service: Chat) -> Iterator[Any]:
    """Makes clients of the running service, which are closed afterwards."""
    with ExitStack() as stack:

        def made(kind: Any = cohere.ClientV2, **parameters: Any) -> Any:
            return stack.enter_context(kind(**{"api_key": KEY, "base_url": service.url, **parameters}))

        yield made


def labels(service: Chat, **parameters: Any) -> dict[int, Description]:
    """What is described without any warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return dict(CohereLabel(base_url=service.url, **parameters).describe(SmallView(frozen=False)))


def left(service: Chat, **parameters: Any) -> str:
    """The warning about topics, all of which keep their words."""
    with pytest.warns(UserWarning, match="left 4 of 4 topics with the words they had") as caught:
        found = CohereLabel(base_url=service.url, **parameters).describe(SmallView(frozen=False))
    assert found == {}
    (told,) = [str(one.message) for one in caught if one.category is UserWarning]
    assert KEY not in told
    return told


def test_each_topic_is_one_request_with_the_key_of_the_environment(service: Chat) -> None:
    found = labels(service, concurrency=1)
    words = {topic: SmallView().terms(topic, n=1)[0][0] for topic in range(4)}
    assert {topic: one.label for topic, one in found.items()} == {n: f"All about {word}" for n, word in words.items()}
    assert (set(service.keys), len(service.requests)) == ({f"Bearer {KEY}"}, 4)
    assert set(service.paths) == {"/v2/chat"}
    request = service.requests[0]
    assert set(request) == {"model", "messages", "max_tokens", "response_format", "stream"}
    assert [turn["role"] for turn in request["messages"]] == ["system", "user"]
    assert (request["model"], request["max_tokens"], request["stream"]) == ("command-a-03-2025", 500, False)
    assert request["response_format"]["type"] == "json_object"
    assert request["response_format"]["json_schema"]["required"] == ["label"]


def test_plain_text_has_no_form(service: Chat) -> None:
    assert labels(service, structured=False)[0].label
    assert not any("response_format" in request for request in service.requests)


def test_several_outputs_come_from_one_request(service: Chat) -> None:
    found = labels(service, outputs=["label", "summary", "keywords"])
    word = SmallView().terms(0, n=1)[0][0]
    terms = ((word, 1.0), ("and more", 1.0))
    assert found[0] == Description(label=f"All about {word}", summary=f"Texts on {word}.", terms=terms)
    assert len(service.requests) == 4


def test_a_model_that_takes_no_schema_is_asked_without_after_one_request(service: Chat) -> None:
    service.forms = False
    service.latency = 0.02
    assert len(labels(service, max_requests=5)) == 4
    assert len(service.requests) == 5
    assert service.most > 1


def test_options_are_sent_as_they_are(service: Chat) -> None:
    form = {"type": "json_object"}
    options = {"temperature": 0.0, "seed": 3, "max_tokens": 9, "safety_mode": "OFF", "response_format": form}
    service.forms = False
    assert "response_format is not supported" in left(service, options=options, concurrency=1)
    assert {name: service.requests[0][name] for name in options} == options


@pytest.mark.parametrize("name", ["messages", "model", "request_options"])
def test_options_cannot_replace_the_request(name: str) -> None:
    with pytest.raises(ParameterError, match=f"options cannot set '{name}'") as caught:
        CohereLabel(options={name: {"additional_headers": {"a": "hunter2"}}})
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("name", ["temprature", "stream", "n"])
def test_an_unknown_option_is_told_before_a_fit(service: Chat, name: str) -> None:
    with pytest.raises(ParameterError, match=f"knows no parameter '{name}'; it knows .*temperature"):
        CohereLabel(base_url=service.url, options={name: 0}).prepare()
    CohereLabel(base_url=service.url, options={"k": 3}).prepare()
    assert service.requests == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda found: {**found, "message": {"role": "assistant", "content": None}}, "the answer is empty"),
        (lambda found: {**found, "message": {"role": "assistant", "content": []}}, "the answer is empty"),
        (lambda found: {**found, "message": {"role": "assistant"}}, "the answer is empty"),
        (lambda found: {**found, "message": None}, "the answer is empty"),
        (lambda found: {**found, "message": {"content": [{"type": "text", "text": 3}]}}, "the answer is empty"),
        (lambda found: {**found, "message": {"content": [3, "a"]}}, "the answer"),
        (lambda found: {**found, "finish_reason": "ERROR_TOXIC"}, "refused: its safety mode withheld"),
        (lambda found: {**found, "finish_reason": "MAX_TOKENS", "message": {"content": []}}, "were used up"),
        (
            lambda found: {
                **found,
                "finish_reason": "MAX_TOKENS",
                "message": {"content": [{"type": "text", "text": '{"label": "Al'}]},
            },
            "it was cut: allow more max_output_tokens",
        ),
    ],
)
def test_an_answer_that_says_nothing_leaves_the_words(service: Chat, change: Any, words: str) -> None:
    service.change = change
    assert words in left(service)


def test_thoughts_are_no_answer(service: Chat) -> None:
    parts = [{"type": "thinking", "thinking": '{"label": "No"}'}, {"type": "text", "text": '{"label": "Yes"}'}]
    service.change = lambda found: {**found, "message": {"role": "assistant", "content": parts}}
    assert labels(service)[0].label == "Yes"


def test_an_answer_that_cannot_be_used_is_repaired_once(service: Chat) -> None:
    service.says = lambda body: "Certainly!" if len(body["messages"]) == 2 else '{"label": "Repaired"}'
    assert {one.label for one in labels(service).values()} == {"Repaired"}
    assert len(service.requests) == 8


def test_tokens_are_those_that_the_service_counts(service: Chat) -> None:
    reply = CohereLabel(base_url=service.url).answer(ASKED)
    assert (reply.text, reply.input_tokens, reply.output_tokens, reply.cut) == ("All about nothing", 40, 6, False)
    service.change = lambda found: {**found, "usage": {"tokens": {"input_tokens": "many", "output_tokens": -1}}}
    reply = CohereLabel(base_url=service.url).answer(ASKED)
    assert (reply.input_tokens, reply.output_tokens) == (None, None)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(429),
        Answer(500),
        Answer(503, body="<html>Unavailable</html>", kind="text/html"),
        Answer(200, body='{"id": "1", "message": {"con'),
        Answer(200, body='{"id": "1", "finish_reason": "ERROR"}'),
        Answer(200, body='{"id": "1", "finish_reason": "TIMEOUT", "message": {"content": null}}'),
        CUT,
    ],
    ids=lambda answer: str(answer.status),
)
def test_what_may_pass_is_asked_again(service: Chat, answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topicore.pipeline.calling.Halt.pause", lambda halt, seconds: None)
    service.plan += [answer, answer]
    assert len(labels(service)) == 4
    assert len(service.requests) == 6


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(401), "does not accept the API key (401): set the environment variable CO_API_KEY"),
        (Answer(402), "has no quota left for this account (402)"),
        (Answer(403), "does not allow this key to use model 'command-a-03-2025' (403)"),
        (Answer(404), "has no model 'command-a-03-2025', or base_url is wrong (404)"),
        (Answer(400, "too many tokens"), "refuses the request (400): too many tokens"),
        (Answer(400, f"key {KEY} is odd"), "key *** is odd"),
        (Answer(200, body="<html>Hello</html>", kind="text/html"), "something else than a chat; check base_url"),
        (Answer(200, body='"garbage"'), "something else than a chat"),
        (Answer(200, body="[1, 2]"), "something else than a chat"),
        (Answer(200, body="{}"), "something else than a chat"),
        (Answer(200, body="null"), "something else than a chat"),
    ],
)
def test_what_cannot_pass_ends_the_run_with_its_reason(service: Chat, answer: Answer, words: str) -> None:
    service.plan += [answer] * 4
    assert words in left(service, concurrency=1)
    assert len(service.requests) == 3


def test_a_missing_key_is_told_before_anything_is_sent(service: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CO_API_KEY")
    with pytest.raises(ComponentError, match=r"no API key for api.cohere.com: .*topicore.representation\(cohere.Cl"):
        topicore.TopicModel(representation="cohere.label", embedder="lsa").fit(["a text"] * 20)
    CohereLabel(base_url=service.url).prepare()
    assert service.requests == []


@pytest.mark.parametrize("kind", [cohere.Client, cohere.ClientV2], ids=["Client", "ClientV2"])
def test_clients_are_used_as_they_are(service: Chat, clients: Any, kind: Any) -> None:
    client = clients(kind, timeout=7.0)
    made = topicore.representation(client, documents=3)
    assert isinstance(made, CohereLabel)
    assert len(made.describe(SmallView(frozen=False))) == 4
    other = made.fresh(documents=2)
    assert (other.native is client, other.documents, made.external()) == (True, 2, None)
    assert made.identity() == CohereLabel(base_url=service.url).identity() == other.identity()
    assert KEY not in repr(made) + json.dumps(made.config()) + json.dumps(made.identity())


def test_the_address_of_a_client_is_its_own(service: Chat, clients: Any) -> None:
    for call in (lambda: topicore.representation(clients(), base_url=service.url),
                 lambda: topicore.representation(clients()).fresh(base_url=service.url)):  # fmt: skip
        with pytest.raises(ParameterError, match="base_url cannot change on a client"):
            call()


@pytest.mark.parametrize("kind", [cohere.AsyncClient, cohere.AsyncClientV2])
def test_clients_that_must_be_awaited_are_refused(kind: Any) -> None:
    wanted = kind.__name__.removeprefix("Async")
    with pytest.raises(ParameterError, match=f"'cohere.label' cannot wait for {kind.__name__}; hand in {wanted} "):
        topicore.representation(kind(KEY))


@pytest.mark.parametrize("url", ["https://user:hunter2@example.org", "example.org", ""])
def test_addresses_with_secrets_or_tricks_in_them_are_refused(url: str) -> None:
    with pytest.raises(ParameterError, match="base_url must read like") as caught:
        CohereLabel(base_url=url)
    assert "hunter2" not in str(caught.value)
