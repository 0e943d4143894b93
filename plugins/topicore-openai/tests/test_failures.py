"""What the service does wrong: what may pass is tried again by the core, the rest says what to do."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import numpy as np
import openai
import pytest
import tiny_openai
from tiny_openai import CUT, KEY, SILENT, Answer, Service, row

import topicore
from topicore.errors import ComponentError, TransientError
from topicore_openai import OpenAIEmbedder

PASSING = [
    Answer(429),
    Answer(500),
    Answer(502, body="<html>Bad Gateway</html>", kind="text/html"),
    Answer(503),
    Answer(408),
    Answer(409),
    Answer(200, body='{"object": "list", "data": [{"embed'),
    CUT,
]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with tiny_openai.served() as running:
        yield running


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the core waits for between attempts; it does not wait."""
    found: list[float] = []
    monkeypatch.setattr("topicore.pipeline.calling.Halt.pause", lambda halt, seconds: found.append(seconds))
    return found


def failed(service: Service, *answers: Answer, **parameters: Any) -> Exception:
    """What an embedder raises after these answers."""
    service.plan += answers
    with pytest.raises((ComponentError, TransientError)) as caught:
        OpenAIEmbedder(base_url=service.url, **parameters).embed(["moon"])
    assert KEY not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("answer", PASSING, ids=[str(answer.status) for answer in PASSING])
def test_what_may_pass_is_one_request_and_a_transient_error(service: Service, answer: Answer) -> None:
    error = failed(service, answer)
    assert isinstance(error, TransientError)
    assert len(service.requests) == 1


@pytest.mark.parametrize("answer", PASSING, ids=[str(answer.status) for answer in PASSING])
def test_the_core_asks_again(service: Service, answer: Answer, pauses: list[float]) -> None:
    service.plan += [answer, answer]
    rows = topicore.embed(OpenAIEmbedder(base_url=service.url), ["moon"])
    np.testing.assert_array_equal(rows, [row("moon", 48)])
    assert (len(service.requests), len(pauses)) == (3, 2)


def test_a_client_that_retries_by_itself_does_not_here(service: Service) -> None:
    client = openai.OpenAI(api_key=KEY, base_url=service.url, max_retries=5)
    service.plan.append(Answer(500))
    with pytest.raises(TransientError):
        topicore.embedder(client, model="text-embedding-3-small").embed(["moon"])
    assert len(service.requests) == 1
    assert client.max_retries == 5


def test_a_slow_service_is_not_waited_for_longer_than_told(service: Service, pauses: list[float]) -> None:
    service.plan.append(SILENT)
    begun = time.monotonic()
    error = failed(service, timeout=0.1)
    assert isinstance(error, TransientError)
    assert "did not answer in time" in str(error)
    service.plan.append(SILENT)
    rows = topicore.embed(OpenAIEmbedder(base_url=service.url, timeout=0.1), ["moon"])
    np.testing.assert_array_equal(rows, [row("moon", 48)])
    assert time.monotonic() - begun < 10


def test_no_service_at_all_is_a_transient_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with pytest.raises(TransientError, match=r"127.0.0.1:9 cannot be reached, or broke off .*refused"):
        OpenAIEmbedder(base_url="http://127.0.0.1:9/v1").embed(["moon"])


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"retry-after": "7"}, 7, 7),
        ({"retry-after": "0.5"}, 0.5, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9, 9),
        ({"retry-after": "-3"}, 0, 0),
        ({"retry-after": formatdate(time.time() + 3600, usegmt=True)}, 3300, 3600),
        ({"retry-after": formatdate(time.time() - 3600, usegmt=True)}, 0, 0),
    ],
)
def test_the_pause_that_is_asked_for_is_passed_on(
    service: Service, headers: dict[str, str], least: float, most: float
) -> None:
    error = failed(service, Answer(429, headers=headers))
    assert isinstance(error, TransientError)
    assert error.retry_after is not None
    assert least <= error.retry_after <= most


@pytest.mark.parametrize("headers", [{}, {"retry-after": "soon"}, {"retry-after": "nan"}, {"retry-after": "inf"}])
def test_a_pause_that_nobody_understands_is_left_to_the_core(service: Service, headers: dict[str, str]) -> None:
    assert failed(service, Answer(503, headers=headers)).retry_after is None  # type: ignore[attr-defined]


def test_the_core_waits_as_long_as_asked(service: Service, pauses: list[float]) -> None:
    service.plan += [Answer(429, headers={"retry-after": "11"}), Answer(503, headers={"retry-after": "0"})]
    topicore.embed(OpenAIEmbedder(base_url=service.url), ["moon"])
    assert pauses == [11, 0]


def test_a_quota_that_is_used_up_is_final(service: Service) -> None:
    quota = {"message": "You exceeded your current quota", "code": "insufficient_quota"}
    error = failed(service, Answer(429, error=quota))
    assert isinstance(error, ComponentError)
    assert "has no quota left for this account (429); see its plan and billing" in str(error)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "refuses the request (400): planned"),
        (403, "does not allow this key to use model 'text-embedding-3-small' (403): planned"),
        (404, "has no model 'text-embedding-3-small', or base_url is wrong (404); check the name"),
        (413, "refuses a text as too long (413): planned"),
        (422, "refuses the request (422): planned"),
        (418, "refuses the request (418): planned"),
    ],
)
def test_what_cannot_pass_says_what_to_do(service: Service, status: int, words: str) -> None:
    error = failed(service, Answer(status))
    assert isinstance(error, ComponentError)
    assert words in str(error)
    assert len(service.requests) == 1


def test_an_unknown_model_is_named(service: Service) -> None:
    assert "has no model 'nowhere'" in str(failed(service, model="nowhere"))


def test_a_key_that_is_wrong_is_never_shown(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-wrong-but-secret")
    error = failed(service)
    assert "does not accept the API key (401): set the environment variable OPENAI_API_KEY" in str(error)
    echo = {"message": "no access for key sk-wrong-but-secret or sk-wro****cret", "code": None}
    for status in (400, 403, 404, 422, 500):
        found: BaseException | None = failed(service, Answer(status, error=echo))
        assert "no access for key ***" in str(found)
        while found is not None:
            assert "secret" not in str(found)
            assert found.__suppress_context__
            found = found.__cause__


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        ("<html>Welcome</html>", "text/html", "something else than embeddings; check base_url"),
        ('{"status": "ok"}', "application/json", "something else than embeddings; check base_url"),
        ('{"object": "list", "data": []}', "application/json", "gave 0 rows for 1 texts"),
        ('{"data": [{"index": 3, "embedding": [1, 2]}]}', "application/json", "does not say which row belongs"),
        ('{"data": [{"index": 0, "embedding": [1, NaN]}]}', "application/json", "NaN or infinite"),
        ('{"data": [{"index": 0, "embedding": []}]}', "application/json", "rows that are empty"),
        ('{"data": [{"index": 0, "embedding": "x"}]}', "application/json", "no lists of equally many numbers"),
        ('{"data": [{"index": 0, "embedding": null}]}', "application/json", "rows that are empty"),
        ('{"data": [{"index": 0}]}', "application/json", "rows that are empty"),
        ('{"data": [null]}', "application/json", "rows that are empty"),
    ],
)
def test_answers_of_the_wrong_sort_are_final(service: Service, body: str, kind: str, words: str) -> None:
    error = failed(service, Answer(200, body=body, kind=kind))
    assert isinstance(error, ComponentError)
    assert words in str(error)


def test_fewer_rows_than_texts_are_an_error_and_not_a_shift(service: Service) -> None:
    service.lies = lambda found: {**found, "data": found["data"][:-1]}
    with pytest.raises(ComponentError, match="gave 2 rows for 3 texts"):
        OpenAIEmbedder(base_url=service.url).embed(["moon", "oven", "goal"])


def test_rows_without_places_come_in_the_order_sent(service: Service) -> None:
    service.lies = lambda found: {"data": [{"embedding": entry["embedding"]} for entry in found["data"][::-1]]}
    rows = OpenAIEmbedder(base_url=service.url).embed(["moon", "oven"])
    np.testing.assert_array_equal(rows, [row("moon", 48), row("oven", 48)])


def test_a_permanent_error_names_the_documents(service: Service) -> None:
    service.poison = "text 25"
    embedder = OpenAIEmbedder(base_url=service.url, batch_size=10)
    with pytest.raises(ComponentError, match=r"documents 20 to 29: .* refuses the request \(400\): .*breaks a policy"):
        topicore.embed(embedder, [f"text {n}" for n in range(40)], executor="serial")


def test_what_was_paid_for_is_not_lost(service: Service, tmp_path: Path) -> None:
    texts = [f"text {n}" for n in range(60)]
    service.poison = "text 45"
    embedder = OpenAIEmbedder(base_url=service.url, batch_size=10)
    with pytest.raises(ComponentError, match="documents 40 to 49"):
        topicore.embed(embedder, texts, cache=tmp_path / "rows.db", executor="serial")
    assert len(service.requests) == 5
    service.requests.clear()
    service.poison = None
    again = OpenAIEmbedder(base_url=service.url, batch_size=7)
    rows = topicore.embed(again, texts, cache=tmp_path / "rows.db")
    np.testing.assert_array_equal(rows, [row(text, 48) for text in texts])
    assert sorted(service.sent) == sorted(texts[40:])
    service.requests.clear()
    topicore.embed(again, texts, cache=tmp_path / "rows.db")
    assert service.requests == []
    client = openai.OpenAI(api_key=KEY, base_url=service.url)
    topicore.embed(topicore.embedder(client, model="text-embedding-3-small"), texts, cache=tmp_path / "rows.db")
    assert service.requests == []
    with sqlite3.connect(tmp_path / "rows.db") as database:
        assert KEY.encode() not in b"".join(line.encode() for line in database.iterdump())
    database.close()


def test_rows_of_an_external_client_are_kept_too(tmp_path: Path, service: Service) -> None:
    client = openai.AzureOpenAI(api_key=KEY, azure_endpoint=service.url, api_version="2024-10-21")
    embedder = topicore.embedder(client, model="deployed")
    assert embedder.external() is not None
    first = topicore.embed(embedder, ["moon", "oven"], cache=tmp_path / "rows.db")
    np.testing.assert_array_equal(topicore.embed(embedder, ["moon", "oven"], cache=tmp_path / "rows.db"), first)
    assert len(service.requests) == 1


def test_a_dry_run_tells_requests_and_tokens_and_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    embedder = OpenAIEmbedder(batch_size=100)
    texts = [f"text {n}" for n in range(250)]
    plan = topicore.dry_run(embedder, texts)
    assert plan.requests == 3
    assert plan.tokens == sum(embedder.count_tokens(texts))
