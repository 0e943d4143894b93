"""Rows, requests, limits and keys."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import openai
import pytest
import tiny_openai
from tiny_openai import KEY, Service, row

import topicore
from topicore.errors import ComponentError, ParameterError
from topicore.services import cut, estimate
from topicore_openai import OpenAIEmbedder

MODEL = "text-embedding-3-small"
ODD = ["https://127.0.0.1:9/a.png", "None", "😀🎉", "Привет, мир. 你好", "a\x00b", "moon \ud800 rocket", "word " * 600]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with tiny_openai.served() as running:
        yield running


def named(service: Service, **parameters: Any) -> OpenAIEmbedder:
    return OpenAIEmbedder(base_url=service.url, **parameters)


def expected(texts: list[str], width: int = 48) -> np.ndarray[Any, Any]:
    return np.stack([row(text, width) for text in texts])


def test_rows_are_the_services_own_in_the_order_of_the_texts(service: Service) -> None:
    texts = [f"text number {n}" for n in range(50)]
    rows = named(service).embed(texts)
    assert (rows.dtype, rows.flags.c_contiguous) == (np.float32, True)
    np.testing.assert_array_equal(rows, expected(texts))
    client = openai.OpenAI(api_key=KEY, base_url=service.url)
    own = {entry.index: entry.embedding for entry in client.embeddings.create(input=texts, model=MODEL).data}
    np.testing.assert_array_equal(rows, np.array([own[n] for n in range(50)], dtype=np.float32))


def test_servers_that_know_no_base64_are_understood(service: Service) -> None:
    service.base64 = False
    np.testing.assert_allclose(named(service).embed(["moon", "oven"]), expected(["moon", "oven"]), atol=1e-7)


def test_a_call_is_one_request_with_the_key_of_the_environment(service: Service) -> None:
    named(service).embed(["moon", "oven"])
    assert service.keys == [f"Bearer {KEY}"]
    assert service.requests == [{"model": MODEL, "input": ["moon", "oven"], "encoding_format": "base64"}]


def test_blank_texts_are_zero_rows_that_are_not_sent(service: Service) -> None:
    rows = named(service).embed(["", "moon", " \n\t"])
    assert not rows[[0, 2]].any()
    np.testing.assert_array_equal(rows[1], row("moon", 48))
    assert service.sent == ["moon"]


def test_no_texts_have_the_width_of_the_model(service: Service) -> None:
    assert named(service, dimensions=16).embed([]).shape == (0, 16)
    assert service.requests == []
    embedder = named(service)
    assert embedder.embed([]).shape == (0, 48)
    assert embedder.embed(["", ""]).shape == (2, 48)
    assert len(service.requests) == 1


def test_odd_texts_are_texts(service: Service) -> None:
    rows = named(service).embed(ODD)
    assert np.isfinite(rows).all()
    assert rows.any(axis=1).all()
    np.testing.assert_array_equal(rows[:5], expected(ODD[:5]))


def test_every_role_has_the_same_rows(service: Service) -> None:
    embedder = named(service)
    for role in ("document", "word", "query"):
        np.testing.assert_array_equal(embedder.embed(["moon"], role=role), expected(["moon"]))  # type: ignore[arg-type]


def test_rows_are_shortened_when_asked(service: Service) -> None:
    np.testing.assert_array_equal(named(service, dimensions=8).embed(["moon"]), expected(["moon"], 8))
    with pytest.raises(ComponentError, match="does not support specifying dimensions"):
        named(service, model="text-embedding-ada-002", dimensions=8).embed(["moon"])


def test_a_server_that_ignores_dimensions_is_told_on(service: Service) -> None:
    service.lies = lambda found: {**found, "data": [{**e, "embedding": [1.0, 2.0, 3.0]} for e in found["data"]]}
    with pytest.raises(ComponentError, match=r"gave rows of 3 numbers, not of dimensions=8; leave dimensions out"):
        named(service, dimensions=8).embed(["moon"])


def test_more_texts_than_a_request_takes_go_in_several(service: Service) -> None:
    texts = [f"t{n}" for n in range(2500)]
    np.testing.assert_array_equal(named(service).embed(texts), expected(texts))
    assert [len(request["input"]) for request in service.requests] == [2048, 452]
    service.requests.clear()
    named(service, batch_size=1000).embed(texts)
    assert [len(request["input"]) for request in service.requests] == [1000, 1000, 500]


def test_more_tokens_than_a_request_takes_go_in_several(service: Service) -> None:
    texts = ["the moon and a rocket " * 700 + str(n) for n in range(60)]
    assert sum(named(service).count_tokens(texts)) > 300_000
    assert named(service).embed(texts).shape == (60, 48)
    assert len(service.requests) == 2


def test_the_core_sends_requests_within_the_limits(service: Service) -> None:
    texts = [f"t{n}" for n in range(3000)]
    rows = topicore.embed(topicore.embedder(f"openai:{MODEL}", base_url=service.url, batch_size=700), [*texts, "t5"])
    np.testing.assert_array_equal(rows, expected([*texts, "t5"]))
    assert sorted(len(request["input"]) for request in service.requests) == [200, 700, 700, 700, 700]


def test_tokens_are_estimated_without_a_request(service: Service) -> None:
    embedder = named(service)
    assert embedder.count_tokens(["", "a", "the moon", "MOON 12", "你好", "😀"]) == [0, 1, 3, 5, 3, 2]
    assert service.requests == []


def test_the_limit_is_that_of_openais_models_or_as_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    assert OpenAIEmbedder().max_tokens == OpenAIEmbedder("some-model").max_tokens == 8191
    assert OpenAIEmbedder(base_url="http://127.0.0.1:9/v1").max_tokens == 8191
    assert OpenAIEmbedder("all-MiniLM-L6-v2", base_url="http://127.0.0.1:9/v1").max_tokens is None
    assert OpenAIEmbedder("all-MiniLM-L6-v2", base_url="http://127.0.0.1:9/v1", token_limit=256).max_tokens == 256


def test_long_texts_are_cut_to_what_the_service_takes(service: Service) -> None:
    text = "the moon and a rocket " * 3000
    with pytest.warns(UserWarning, match="one text is longer than the 8191 tokens"):
        rows = topicore.embed(named(service), [text, "moon"])
    (request,) = service.requests
    sent = request["input"][0]
    assert text.startswith(sent)
    assert estimate(sent) == 8191
    np.testing.assert_array_equal(rows, expected([sent, "moon"]))


def test_long_texts_are_split_when_asked(service: Service) -> None:
    text = "the moon and a rocket " * 3000
    embedder = named(service, long_documents="chunk")
    rows = topicore.embed(embedder, [text, "moon"])
    sent = [piece for piece in service.sent if piece != "moon"]
    assert "".join(sent) == text
    assert max(embedder.count_tokens(sent)) <= 8191
    np.testing.assert_allclose(rows, expected(["the moon and a rocket", "moon"]), atol=1e-3)


def test_texts_of_more_tokens_than_estimated_are_cut_until_they_fit(service: Service) -> None:
    dense = "😀" * 4000
    assert estimate(dense) < 8191 < tiny_openai.tokens(dense)
    embedder = named(service)
    with pytest.warns(UserWarning, match="cut texts shorter than estimated"):
        rows = embedder.embed(["moon", dense, "oven"])
    np.testing.assert_array_equal(rows[[0, 2]], expected(["moon", "oven"]))
    assert rows[1].any()
    assert len([request for request in service.requests if dense in request["input"]]) <= 4


def test_requests_of_more_tokens_than_estimated_are_halved(service: Service) -> None:
    texts = [f"{'😀' * 1500} {n}" for n in range(70)]
    np.testing.assert_array_equal(named(service).embed(texts), expected(texts))
    assert sum(tiny_openai.tokens(text) for text in texts) > 300_000


def test_a_server_with_a_smaller_limit_is_named(service: Service) -> None:
    refusal = {"message": "This model's maximum context length is 12 tokens", "code": None}
    service.plan += [tiny_openai.Answer(400, error=refusal)] * 2
    with pytest.raises(ComponentError, match=r"maximum context length is 12 tokens. token_limit= says .* 'moon oven'"):
        named(service).embed(["moon oven"])
    with pytest.raises(ComponentError, match="token_limit= says"):
        named(service).embed(["moon"])


def test_a_cut_is_the_longest_that_fits() -> None:
    for text in ("the moon " * 50, "MOON, 12; " * 30, "你好" * 90, "a"):
        short = cut(text, 20)
        assert text.startswith(short)
        assert estimate(short) <= 20
        assert short == text or estimate(text[: len(short) + 1]) > 20


def test_threads_share_one_client(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    plain = openai.OpenAI

    def counted(**settings: Any) -> Any:
        made.append(plain(**settings))
        return made[-1]

    monkeypatch.setattr(openai, "OpenAI", counted)
    embedder = named(service)
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(embedder.embed(["moon", "oven"]))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), len(found)) == (1, 8)
    for rows in found:
        np.testing.assert_array_equal(rows, expected(["moon", "oven"]))


def test_nothing_is_printed_and_no_logger_changed(service: Service, capfd: pytest.CaptureFixture[str]) -> None:
    levels = {name: logging.getLogger(name).level for name in ("openai", "httpx", "httpx2")}
    named(service).embed(["moon"])
    assert capfd.readouterr() == ("", "")
    assert {name: logging.getLogger(name).level for name in levels} == levels


def test_a_missing_key_names_the_variable_before_anything_is_sent(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    for value in ("", "  "):
        monkeypatch.setenv("OPENAI_API_KEY", value)
        for base_url in (None, "https://example.org/v1"):
            with pytest.raises(ComponentError, match=r"no API key for .*: set the environment variable OPENAI_API_KEY"):
                OpenAIEmbedder(base_url=base_url).embed(["moon"])
    assert service.requests == []


def test_this_machine_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with tiny_openai.served(key=None) as running:
        OpenAIEmbedder(base_url=running.url).embed(["moon"])
        assert running.keys == ["Bearer none"]


def test_a_key_that_can_be_none_is_refused_without_showing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("sk-two\nlines", "sk-spaced out", "sk-…"):
        monkeypatch.setenv("OPENAI_API_KEY", key)
        with pytest.raises(ComponentError, match="OPENAI_API_KEY holds characters that no API key has") as caught:
            OpenAIEmbedder().embed(["moon"])
        assert "sk-" not in str(caught.value)


def test_the_environment_may_name_the_service(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", service.url)
    embedder = OpenAIEmbedder()
    np.testing.assert_array_equal(embedder.embed(["moon"]), expected(["moon"]))
    assert embedder.external() is None
    assert embedder.identity() == OpenAIEmbedder(base_url=service.url).identity()


def test_an_environment_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "https://user:hunter2@example.org/v1")
    with pytest.raises(ParameterError, match="OPENAI_BASE_URL must read like") as caught:
        OpenAIEmbedder().embed(["moon"])
    assert "hunter2" not in str(caught.value)


def test_urls_with_secrets_or_tricks_in_them_are_refused() -> None:
    for url in (
        "https://user:hunter2@example.org/v1",
        "https://example.org/v1?key=hunter2",
        "http://127.0.0.1\\@example.org/hunter2",
        "http://127.0.0.1@example.org/v1",
        "https://example.org/v1#hunter2",
        "ftp://example.org/v1",
        "example.org/v1",
        "https://exam ple.org",
        "",
    ):
        with pytest.raises(ParameterError, match="base_url must read like") as caught:
            OpenAIEmbedder(base_url=url)
        assert "hunter2" not in str(caught.value)
