"""Labels of a service in a topic model: by name, by live provider, and saved without a key."""

from __future__ import annotations

import gc
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tiny_any_llm
from tiny_any_llm import KEY, Service

import topicore
from topicore import TopicModel
from topicore.errors import ComponentError, ExternalComponentError, MissingPluginError, ParameterError
from topicore.llm import Message, Request
from topicore_any_llm import AnyLLMLabel
from topicore_any_llm.providers import parts

THEMES = ("rocket moon orbit", "bread oven flour", "judge court jury", "goal league match")
DOCUMENTS = [f"{theme} number{n}" for n in range(6) for theme in THEMES]
MODEL = "openai:gpt-4o-mini"
REQUEST = Request(messages=(Message(role="user", text="Which?"),), schema=None, max_output_tokens=9)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with tiny_any_llm.served() as running:
        yield running


def model(label: Any, **settings: Any) -> TopicModel:
    y = [0, 1, 2, 3] * 6
    return TopicModel(clusterer="manual", representation={"label": label}, **settings).fit(DOCUMENTS, y=y)


def labels(fitted: TopicModel) -> list[str]:
    return [str(said) for said in fitted.get_topic_info()["label"]]


def contents(folder: Path) -> str:
    return "".join(path.read_bytes().decode("latin-1") for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("openai/gpt-4o-mini", ("openai", "gpt-4o-mini")),
        ("openai:gpt-4o-mini", ("openai", "gpt-4o-mini")),
        ("ollama:llama3.2:3b", ("ollama", "llama3.2:3b")),
        ("openrouter:meta-llama/llama-3.3-70b", ("openrouter", "meta-llama/llama-3.3-70b")),
        ("together/meta/llama:free", ("together", "meta/llama:free")),
        (" OpenAI : gpt ", ("openai", "gpt")),
    ],
)
def test_a_name_is_a_provider_and_its_model(name: str, expected: tuple[str, str]) -> None:
    made = topicore.representation(f"any-llm.label:{name}")
    assert isinstance(made, AnyLLMLabel)
    assert (made.model, parts(made.model)) == (name, expected)


@pytest.mark.parametrize("name", ["gpt-4o-mini", "openai:", ":gpt", "openai/", " "])
def test_a_name_without_a_provider_says_how_to_write_it(name: str) -> None:
    with pytest.raises(ParameterError, match=r"does not name a provider; write 'PROVIDER:MODEL'"):
        AnyLLMLabel(name).prepare()


def test_unknown_providers_are_named_before_the_fit(service: Service) -> None:
    with pytest.raises(ParameterError, match=r"there is no provider 'opneai'; did you mean 'openai'"):
        model("any-llm.label:opneai:gpt")
    with pytest.raises(ParameterError, match=r"there is no provider 'zzzzzz'; any-llm knows anthropic, "):
        AnyLLMLabel("zzzzzz:gpt").prepare()
    assert service.requests == []


@pytest.mark.parametrize("provider", ["bedrock", "gemini"])
def test_a_provider_without_its_packages_says_what_to_install(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from any_llm import AnyLLM

    def lacking(name: str) -> Any:
        raise ImportError(f"No module named {name!r}")

    monkeypatch.setattr(AnyLLM, "get_provider_class", staticmethod(lacking))
    with pytest.raises(MissingPluginError, match=rf"pip install 'any-llm-sdk\[{provider}\]'"):
        AnyLLMLabel(f"{provider}:x").prepare()


def test_a_missing_key_is_named_before_the_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    with pytest.raises(ComponentError, match=r"set the environment variable ANTHROPIC_API_KEY"):
        model("any-llm.label:anthropic:claude")


def test_a_server_on_this_machine_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with tiny_any_llm.served(key=None) as service:
        fitted = model(AnyLLMLabel(MODEL, base_url=service.url))
    assert all(label.startswith("About ") for label in labels(fitted))
    assert service.keys == ["Bearer none"] * 4


@pytest.mark.parametrize("name", ["model", "messages", "timeout", "stream", "n"])
def test_options_cannot_replace_the_request(name: str) -> None:
    with pytest.raises(ParameterError, match=f"options cannot set '{name}'"):
        AnyLLMLabel(MODEL, options={name: 1})


def test_each_topic_gets_its_label_and_the_request_is_complete(service: Service) -> None:
    fitted = model(AnyLLMLabel(MODEL, base_url=service.url, options={"temperature": 0}, max_output_tokens=77))
    assert len(set(labels(fitted))) == 4
    request = service.requests[0]
    assert [turn["role"] for turn in request["messages"]] == ["system", "user"]
    assert (request["temperature"], request["max_completion_tokens"]) == (0, 77)
    schema = request["response_format"]["json_schema"]["schema"]
    assert schema["required"] == ["label"]
    assert set(service.keys) == {f"Bearer {KEY}"}


def test_summaries_and_keywords_come_too(service: Service) -> None:
    said = {"label": "Space", "summary": "About rockets. 🚀", "keywords": ["moon", "орбита"]}
    service.said = lambda body: json.dumps(said)
    label = AnyLLMLabel(MODEL, base_url=service.url, outputs=["label", "summary", "keywords"])
    fitted = TopicModel(clusterer="manual", representation=label).fit(DOCUMENTS, y=[0, 1, 2, 3] * 6)
    assert [word for word, _ in fitted.get_topic(0)] == ["moon", "орбита"]
    assert fitted.get_topic_info()["Name"][0] == "Space"


def test_plain_text_is_asked_for_without_a_schema(service: Service) -> None:
    service.said = lambda body: "Just a name"
    fitted = model(AnyLLMLabel(MODEL, base_url=service.url, structured=False))
    assert labels(fitted) == ["Just a name"] * 4
    assert all("response_format" not in request for request in service.requests)


def test_a_model_without_schemas_is_asked_again_without(service: Service) -> None:
    service.schemas = False
    fitted = model(AnyLLMLabel(MODEL, base_url=service.url, concurrency=1, max_requests=5))
    assert all(label.startswith("About ") for label in labels(fitted))
    assert [("response_format" in request) for request in service.requests] == [True, False, False, False, False]


def test_a_provider_without_schemas_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with tiny_any_llm.served(key=None) as service:
        fitted = model(AnyLLMLabel("llamafile:small", base_url=service.url))
    assert all(label.startswith("About ") for label in labels(fitted))
    assert [("response_format" in request) for request in service.requests] == [False] * 4


def test_the_environment_leads_to_a_server(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = AnyLLMLabel(MODEL).identity()
    monkeypatch.setenv("OPENAI_BASE_URL", service.url)
    assert all(label.startswith("About ") for label in labels(model(f"any-llm.label:{MODEL}")))
    assert AnyLLMLabel(MODEL).identity() != plain
    assert AnyLLMLabel(MODEL).identity() == AnyLLMLabel(MODEL.replace(":", "/"), base_url=service.url).identity()


def test_a_second_run_with_the_cache_sends_nothing(service: Service, tmp_path: Path) -> None:
    first = model(AnyLLMLabel(MODEL, base_url=service.url), cache=tmp_path / "cache.db")
    assert len(service.requests) == 4
    again = model(AnyLLMLabel(MODEL, base_url=service.url, timeout=7), cache=tmp_path / "cache.db")
    assert labels(again) == labels(first)
    assert len(service.requests) == 4
    model(AnyLLMLabel("openai:other", base_url=service.url), cache=tmp_path / "cache.db")
    assert len(service.requests) == 8
    assert KEY not in contents(tmp_path)


def test_a_saved_recipe_loads_by_itself_and_holds_no_key(service: Service, tmp_path: Path) -> None:
    fitted = model(AnyLLMLabel(MODEL, base_url=service.url))
    fitted.save(tmp_path / "model")
    assert KEY not in contents(tmp_path / "model")
    loaded = topicore.load(tmp_path / "model")
    assert labels(loaded) == labels(fitted)
    assert len(service.requests) == 4


@pytest.mark.parametrize("url", ["https://example.org/v1", "http://127.0.0.1.example.org/v1"])
def test_no_file_says_where_the_key_of_its_reader_goes(url: str, service: Service) -> None:
    assert AnyLLMLabel(MODEL, base_url=url).external() == "any_llm.AnyLLM"
    assert AnyLLMLabel(MODEL, base_url=service.url).external() is None
    assert AnyLLMLabel(MODEL).external() is None
    with pytest.raises(ParameterError, match="base_url must read like"):
        AnyLLMLabel(MODEL, base_url="https://user:secret@example.org")


def test_a_live_provider_is_handed_back_at_load(service: Service, tmp_path: Path) -> None:
    with tiny_any_llm.provider(service.url) as provider:
        label = topicore.representation(provider, model="gpt-4o-mini")
        assert (label.external(), label.identity()) == ("any_llm.providers.openai.openai.OpenaiProvider", None)
        fitted = model(label)
        fitted.save(tmp_path / "model")
        assert KEY not in contents(tmp_path / "model")
        loaded = topicore.load(tmp_path / "model")
        assert labels(loaded) == labels(fitted)
        with pytest.raises(ExternalComponentError, match="representation="):
            loaded.fit(DOCUMENTS, y=[0, 1, 2, 3] * 6)
        again = topicore.load(tmp_path / "model", representation={"label": label})
        assert labels(again) == labels(fitted)
        assert label.fresh(documents=0).native is provider


def test_a_live_provider_needs_the_name_of_a_model(service: Service) -> None:
    with tiny_any_llm.provider(service.url) as provider:
        with pytest.raises(ParameterError, match=r"topicore.representation\(provider, model='gpt-4o-mini'\)"):
            TopicModel(representation=provider).fit(DOCUMENTS)
        with pytest.raises(ParameterError, match="base_url cannot change"):
            topicore.representation(provider, model="m", base_url=service.url)


def test_keys_are_no_parameters() -> None:
    with pytest.raises(ParameterError, match="api_key"):
        topicore.representation(f"any-llm.label:{MODEL}", api_key=KEY)


def test_the_loop_ends_with_the_representation(service: Service) -> None:
    label = AnyLLMLabel(MODEL, base_url=service.url)
    model(label)

    def running() -> bool:
        return any(thread.name == "topicore-any-llm" for thread in threading.enumerate())

    assert running()
    del label
    deadline = time.monotonic() + 10
    while running() and time.monotonic() < deadline:
        gc.collect()
        threading.Event().wait(0.01)
    assert not running()


@pytest.mark.parametrize(
    ("name", "meant"),
    [("temperatur", "temperature"), ("Temperature", "temperature"), ("max_token", "max_tokens"), ("topp", "top_p")],
)
def test_a_misspelt_option_is_told_before_the_fit(service: Service, name: str, meant: str) -> None:
    label = AnyLLMLabel(MODEL, base_url=service.url, options={name: 1})
    with pytest.raises(ParameterError, match=f"knows no parameter '{name}'; did you mean '{meant}'"):
        model(label)
    assert service.requests == []


def test_options_of_the_providers_own_may_have_any_other_name(service: Service) -> None:
    names = ["top_k", "min_p", "num_ctx", "thinking", "extra_body", "reasoning_format", "models", "min_tokens"]
    AnyLLMLabel(MODEL, base_url=service.url, options=dict.fromkeys([*names, "temperature", "stop"], 1)).prepare()
    with pytest.raises(ParameterError, match="options cannot set 'model'"):
        AnyLLMLabel(MODEL, options={"model": "other"})


def test_the_longest_answer_has_one_name(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    model(AnyLLMLabel(MODEL, base_url=service.url, options={"max_completion_tokens": 44}))
    assert [request["max_completion_tokens"] for request in service.requests] == [44] * 4
    assert caplog.records == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_fork_asks_over_a_connection_of_its_own(service: Service) -> None:
    label = AnyLLMLabel(MODEL, base_url=service.url)
    assert label.answer(REQUEST).text
    (held,) = label._processes.values()
    with held._lock:  # as another thread of the parent may hold it
        child = os.fork()
        if not child:
            signal.alarm(30)  # ends a child that waits for ever
            said = None
            try:
                said = label.answer(REQUEST).text
            finally:
                os._exit(0 if said else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert label.answer(REQUEST).text
    assert len(service.requests) == 3
