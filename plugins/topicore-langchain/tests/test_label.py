"""Topics named by chat models, language models and chains of LangChain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tiny_langchain
from langchain_core.language_models import FakeListChatModel, FakeListLLM
from langchain_core.messages import AIMessage
from langchain_core.output_parsers import JsonOutputParser, StrOutputParser
from langchain_core.prompts import ChatPromptTemplate, MessagesPlaceholder, PromptTemplate
from langchain_core.runnables import RunnableLambda
from langchain_openai import ChatOpenAI
from pydantic import BaseModel
from tiny_langchain import KEY, Service

import topicore
from topicore import TopicModel
from topicore.errors import ComponentError, ExternalComponentError, MissingPluginError, ParameterError
from topicore.llm import Message, Request
from topicore_langchain import LangChainLabel
from topicore_langchain.addresses import addresses

THEMES = ("rocket moon orbit", "bread oven flour", "judge court jury", "goal league match")
DOCUMENTS = [f"{theme} number{n}" for n in range(6) for theme in THEMES]
MODEL = "openai:gpt-4o-mini"
TURNS = (
    Message(role="system", text="Be brief."),
    Message(role="user", text="Which?"),
    Message(role="assistant", text="Hm"),
    Message(role="user", text="Again {braces}"),
)
REQUEST = Request(messages=TURNS, schema=None, max_output_tokens=9)
TEXT = "Be brief.\n\nWhich?\n\nHm\n\nAgain {braces}"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with tiny_langchain.served() as running:
        yield running


def chat(service: Service, **settings: Any) -> ChatOpenAI:
    return ChatOpenAI(**{"model": "small", "api_key": KEY, "base_url": service.url, "max_retries": 0, **settings})


def model(label: Any, **settings: Any) -> TopicModel:
    y = [0, 1, 2, 3] * 6
    return TopicModel(clusterer="manual", representation={"label": label}, **settings).fit(DOCUMENTS, y=y)


def labels(fitted: TopicModel) -> list[str]:
    return [str(said) for said in fitted.get_topic_info()["label"]]


def good(fitted: TopicModel) -> bool:
    return len(set(labels(fitted))) == 4 and all(label.startswith("About ") for label in labels(fitted))


def contents(folder: Path) -> str:
    return "".join(path.read_bytes().decode("latin-1") for path in sorted(folder.rglob("*")) if path.is_file())


def test_a_chat_model_gets_messages(service: Service) -> None:
    assert good(model(chat(service, temperature=0)))
    assert [turn["role"] for turn in service.requests[0]["messages"]] == ["system", "user"]
    assert service.requests[0]["temperature"] == 0
    assert set(service.keys) == {f"Bearer {KEY}"}


def test_chains_around_a_chat_model(service: Service) -> None:
    live = chat(service)
    prompt = ChatPromptTemplate.from_messages([("system", "You are a librarian."), ("human", "{question}")])
    chains = [
        live | StrOutputParser(),
        live | JsonOutputParser(),
        live.with_retry(),
        live.with_fallbacks([live]),
        live.bind(temperature=0),
        live.with_config(tags=["topics"]),
        prompt | live | StrOutputParser(),
        ChatPromptTemplate.from_messages([("system", "Hello."), MessagesPlaceholder("turns")]) | live,
        PromptTemplate.from_template("Please: {text}") | live,
        RunnableLambda(lambda text: f"Well: {text}") | live,
    ]
    for chain in chains[:7] + chains[8:]:
        assert good(model(chain)), chain
    assert good(model(topicore.representation(chains[7], takes="messages")))
    assert len(service.requests) == 4 * len(chains)


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
def test_structured_output_of_langchain_itself(service: Service) -> None:
    class Named(BaseModel):
        label: str

    fitted = model(chat(service).with_structured_output(Named, method="json_schema"))
    assert good(fitted)
    assert service.requests[0]["response_format"]["type"] == "json_schema"


def test_a_chat_model_by_name(service: Service) -> None:
    label = topicore.representation(f"langchain.label:{MODEL}", base_url=service.url, max_output_tokens=77)
    assert isinstance(label, LangChainLabel)
    assert good(model(label))
    request = service.requests[0]
    assert (request["model"], request["max_completion_tokens"]) == ("gpt-4o-mini", 77)


class Named(BaseModel):
    label: str


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
@pytest.mark.parametrize("method", ["json_schema", "json_mode"])
def test_structured_output_beside_what_was_said(service: Service, method: Any) -> None:
    named = chat(service).with_structured_output(Named, method=method, include_raw=True)
    assert good(model(named))
    reply = LangChainLabel.from_native(named).answer(REQUEST)
    assert (reply.text, reply.input_tokens, reply.output_tokens) == ('{"label": "About documents"}', 70, 7)


def test_structured_output_that_cannot_be_parsed_is_repaired(service: Service) -> None:
    said = iter(["no json"])
    service.said = lambda body: next(said, json.dumps({"label": "About moon"}))
    named = chat(service).with_structured_output(Named, method="json_mode", include_raw=True)
    assert "About moon" in labels(model(topicore.representation(named, concurrency=1)))
    repairs = [request for request in service.requests if len(request["messages"]) == 4]
    assert repairs[0]["messages"][2]["content"] == "no json"


ODD = {"name": "Named", "args": {"name": "Ä"}, "id": "1", "type": "tool_call"}
BROKEN = {"name": "Named", "args": '{"label": ', "id": "1", "error": None, "type": "invalid_tool_call"}


@pytest.mark.parametrize(
    ("raw", "parsed", "text", "refusal"),
    [
        (AIMessage("{}"), {"label": "x"}, '{"label": "x"}', None),
        (AIMessage("", tool_calls=[ODD]), None, '{"name": "Ä"}', None),
        (AIMessage("", invalid_tool_calls=[BROKEN]), None, '{"label": ', None),
        (AIMessage("hm"), None, "hm", None),
        (AIMessage(""), None, None, None),
        (AIMessage("", additional_kwargs={"refusal": "No."}), None, None, "No."),
    ],
)
def test_what_was_said_stands_in_for_what_was_not_parsed(
    raw: AIMessage, parsed: Any, text: str | None, refusal: str | None
) -> None:
    found = {"raw": raw, "parsed": parsed, "parsing_error": None if parsed else ValueError("no")}
    reply = LangChainLabel.from_native(RunnableLambda(lambda _: found)).answer(REQUEST)
    assert (reply.text, reply.refusal) == (text, refusal)


@pytest.mark.parametrize(
    ("runnable", "takes", "given"),
    [
        (RunnableLambda(lambda found: repr(found)), None, repr(TEXT)),
        (RunnableLambda(lambda found: str(len(found))), "messages", "4"),
        (PromptTemplate.from_template("<{x}>") | (lambda value: value.to_string()), None, f"<{TEXT}>"),
        (FakeListLLM(responses=["done"]), None, "done"),
        (FakeListChatModel(responses=["done"]) | StrOutputParser(), "text", "done"),
    ],
)
def test_what_a_runnable_is_given(runnable: Any, takes: Any, given: str) -> None:
    assert LangChainLabel.from_native(runnable, takes=takes).answer(REQUEST).text == given


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (None, None),
        ("plain", "plain"),
        ({"label": "Ähre 🌾"}, '{"label": "Ähre 🌾"}'),
        (["a", "b"], "a\nb"),
        (AIMessage("hi"), "hi"),
        (AIMessage([{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "a"}, "b"]), "ab"),
        (AIMessage([]), ""),
    ],
)
def test_what_a_runnable_gives_back(found: Any, text: str | None) -> None:
    assert LangChainLabel.from_native(RunnableLambda(lambda _: found)).answer(REQUEST).text == text


def test_results_of_another_sort_say_what_to_add() -> None:
    with pytest.raises(ComponentError, match=r"gave int; it must give a message, a text.* \(lambda found"):
        LangChainLabel.from_native(RunnableLambda(lambda _: 3)).answer(REQUEST)


@pytest.mark.parametrize(
    ("message", "refusal", "cut"),
    [
        (AIMessage("x", response_metadata={"finish_reason": "stop"}), None, False),
        (AIMessage("x", response_metadata={"finish_reason": "length"}), None, True),
        (AIMessage("x", response_metadata={"stop_reason": "max_tokens"}), None, True),
        (AIMessage("x", response_metadata={"done_reason": "length"}), None, True),
        (AIMessage("x", response_metadata={"finish_reason": "MAX_TOKENS"}), None, True),
        (
            AIMessage("", response_metadata={"finish_reason": "content_filter"}),
            "it stopped with 'content_filter'",
            False,
        ),
        (AIMessage("I cannot.", response_metadata={"stop_reason": "refusal"}), "I cannot.", False),
        (AIMessage("", additional_kwargs={"refusal": "No."}), "No.", False),
        (AIMessage([{"type": "refusal", "refusal": "No."}]), "No.", False),
    ],
)
def test_refusals_and_cuts_are_read(message: AIMessage, refusal: str | None, cut: bool) -> None:
    reply = LangChainLabel.from_native(RunnableLambda(lambda _: message)).answer(REQUEST)
    assert (reply.refusal, reply.cut) == (refusal, cut)


def test_tokens_are_those_of_the_service(service: Service) -> None:
    reply = LangChainLabel.from_native(chat(service)).answer(REQUEST)
    assert (reply.input_tokens, reply.output_tokens) == (70, 7)


def test_what_a_parser_cannot_read_is_repaired(service: Service) -> None:
    said = iter(["no json"])
    service.said = lambda body: next(said, json.dumps({"label": "About moon"}))
    fitted = model(topicore.representation(chat(service) | JsonOutputParser(), concurrency=1))
    assert "About moon" in labels(fitted)
    repairs = [request for request in service.requests if len(request["messages"]) == 4]
    assert repairs
    assert repairs[0]["messages"][2]["content"] == "no json"


def test_options_go_to_invoke(service: Service) -> None:
    assert good(model(topicore.representation(chat(service), options={"temperature": 0.5})))
    assert service.requests[0]["temperature"] == 0.5
    with pytest.raises(ParameterError, match="options cannot set 'input'"):
        topicore.representation(chat(service), options={"input": "mine"})


def test_answers_are_cached_by_name_or_under_a_key_of_ones_own(service: Service, tmp_path: Path) -> None:
    def run(label: Any) -> int:
        before = len(service.requests)
        assert good(model(label, cache=tmp_path / "cache.db"))
        return len(service.requests) - before

    named = {"base_url": service.url}
    assert [run(topicore.representation(f"langchain.label:{MODEL}", **named)) for _ in range(2)] == [4, 0]
    assert [run(chat(service)) for _ in range(2)] == [4, 4]
    assert [run(topicore.representation(chat(service), cache_key="mine")) for _ in range(2)] == [4, 0]
    assert run(topicore.representation(chat(service), cache_key="other")) == 4
    assert KEY not in contents(tmp_path)


@pytest.mark.parametrize("variable", ["OPENAI_BASE_URL", "OPENAI_API_BASE"])
def test_answers_of_two_services_are_kept_apart(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    usual = LangChainLabel(MODEL).identity()
    assert usual == {"model": MODEL, "service": ["https://api.openai.com/v1"], "takes": None}
    with tiny_langchain.served() as other:
        for one in (service, other, service):
            monkeypatch.setenv(variable, one.url)
            assert good(model(f"langchain.label:{MODEL}", cache=tmp_path / "cache.db"))
            assert LangChainLabel(MODEL).identity() == {"model": MODEL, "service": [one.url], "takes": None}
        assert (len(service.requests), len(other.requests)) == (4, 4)
    monkeypatch.delenv(variable)
    assert good(model(LangChainLabel(MODEL, base_url=service.url), cache=tmp_path / "cache.db"))
    assert len(service.requests) == 4
    monkeypatch.delenv("OPENAI_API_KEY")
    assert LangChainLabel(MODEL, base_url=service.url).identity()["service"] == service.url


class Client:
    base_url = "https://client.example.org/v1/"

    @property
    def meta(self) -> Any:
        raise RuntimeError("no such thing")


class Elsewhere(FakeListChatModel):
    some_api_base: str | None = "https://user:hunter2@API.example.org:8000/v1/?key=hunter3#x"
    endpoint: str | None = None
    other_url: str = "no url"
    base_url: str = "http://[::1]:99999"
    validate_base_url: bool = True

    @property
    def client(self) -> Any:
        return Client()


def test_addresses_hold_no_secrets() -> None:
    found = addresses(Elsewhere(responses=[]))
    assert found == ["https://api.example.org:8000/v1", "https://client.example.org/v1"]
    assert addresses(RunnableLambda(str)) == []


def test_a_runnable_is_handed_back_at_load(service: Service, tmp_path: Path) -> None:
    chain = chat(service) | StrOutputParser()
    fitted = model(chain)
    fitted.save(tmp_path / "model")
    assert KEY not in contents(tmp_path / "model")
    loaded = topicore.load(tmp_path / "model")
    assert labels(loaded) == labels(fitted)
    with pytest.raises(ExternalComponentError, match=r"langchain_core.*representation="):
        loaded.fit(DOCUMENTS, y=[0, 1, 2, 3] * 6)
    again = topicore.load(tmp_path / "model", representation={"label": chain})
    assert good(again.fit(DOCUMENTS, y=[0, 1, 2, 3] * 6))


def test_a_saved_recipe_loads_by_itself_and_holds_no_key(service: Service, tmp_path: Path) -> None:
    fitted = model(LangChainLabel(MODEL, base_url=service.url))
    fitted.save(tmp_path / "model")
    assert KEY not in contents(tmp_path / "model")
    again = topicore.load(tmp_path / "model")
    assert good(again.fit(DOCUMENTS, y=[0, 1, 2, 3] * 6))
    assert LangChainLabel(MODEL, base_url="https://example.org/v1").external() == "langchain_core.runnables.Runnable"


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("langchain.label", ParameterError, "write 'langchain.label:PROVIDER:MODEL'"),
        ("langchain.label:gpt-4o", ParameterError, "does not name a provider; write 'PROVIDER:MODEL'"),
        ("langchain.label:nobody:x", ParameterError, "[Pp]rovider"),
        ("langchain.label:mistralai:x", MissingPluginError, "langchain.mistralai"),
    ],
)
def test_a_bad_name_is_one_clear_error_before_the_fit(name: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        model(name)


def test_a_missing_key_is_named_before_the_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_ADMIN_KEY", raising=False)
    with pytest.raises(ComponentError, match="OPENAI_API_KEY"):
        model(f"langchain.label:{MODEL}")


def test_names_need_langchain_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "langchain.chat_models", None)
    with pytest.raises(MissingPluginError, match=r"pip install 'topicore-langchain\[names\]'"):
        LangChainLabel(MODEL).prepare()


def test_a_runnable_has_its_own_model_and_address(service: Service) -> None:
    for parameters in ({"model": MODEL}, {"base_url": service.url}):
        with pytest.raises(ParameterError, match="is for models by name"):
            topicore.representation(chat(service), **parameters)
