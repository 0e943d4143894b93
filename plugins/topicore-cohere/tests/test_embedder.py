"""Rows, requests, roles, limits and keys."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import cohere
import numpy as np
import pytest
import tiny_cohere
from tiny_cohere import KEY, Service, row

import topicore
from topicore.errors import ComponentError, ParameterError
from topicore.services import cut, estimate
from topicore_cohere import CohereEmbedder

ODD = ["https://127.0.0.1:9/a.png", "None", "😀🎉", "Привет, мир. 你好", "a\x00b", "moon \ud800 rocket", "word " * 600]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("CO_API_KEY", KEY)
    for name in ("COHERE_API_KEY", "CO_API_URL"):
        monkeypatch.delenv(name, raising=False)
    with tiny_cohere.served() as running:
        yield running


def named(service: Service, **parameters: Any) -> CohereEmbedder:
    return CohereEmbedder(base_url=service.url, **parameters)


def expected(texts: list[str], width: int = 64, kind: str = "clustering") -> np.ndarray[Any, Any]:
    return np.stack([row(text, width, kind) for text in texts])


def test_rows_are_the_services_own_in_the_order_of_the_texts(service: Service) -> None:
    texts = [f"text number {n}" for n in range(50)]
    rows = named(service).embed(texts)
    assert (rows.dtype, rows.flags.c_contiguous) == (np.float32, True)
    np.testing.assert_array_equal(rows, expected(texts))
    with cohere.ClientV2(KEY, base_url=service.url) as client:
        own = client.embed(
            model="embed-v4.0", input_type="clustering", texts=texts, embedding_types=["float"], truncate="END"
        )
    np.testing.assert_array_equal(rows, np.array(own.embeddings.float_, dtype=np.float32))


def test_a_call_is_one_request_with_the_key_of_the_environment(service: Service) -> None:
    named(service, output_dimension=16).embed(["moon", "oven"])
    assert (service.keys, service.paths) == ([f"Bearer {KEY}"], ["/v2/embed"])
    assert service.requests == [
        {
            "model": "embed-v4.0",
            "texts": ["moon", "oven"],
            "input_type": "clustering",
            "embedding_types": ["float"],
            "output_dimension": 16,
            "truncate": "END",
        }
    ]


@pytest.mark.parametrize(
    ("parameters", "documents", "queries"),
    [
        ({}, "clustering", "clustering"),
        ({"input_type": "search_document"}, "search_document", "search_query"),
        ({"input_type": "classification"}, "classification", "classification"),
        ({"query_input_type": "search_query"}, "clustering", "search_query"),
    ],
)
def test_roles_have_their_input_types(
    service: Service, parameters: dict[str, Any], documents: str, queries: str
) -> None:
    embedder = named(service, **parameters)
    for role, kind in (("document", documents), ("word", documents), ("query", queries)):
        rows = embedder.embed(["moon"], role=role)  # type: ignore[arg-type]
        np.testing.assert_array_equal(rows, expected(["moon"], kind=kind))
    assert [request["input_type"] for request in service.requests] == [documents, documents, queries]


def test_blank_texts_are_zero_rows_that_are_not_sent(service: Service) -> None:
    rows = named(service).embed(["", "moon", " \n\t"])
    assert not rows[[0, 2]].any()
    np.testing.assert_array_equal(rows[1], row("moon", 64))
    assert service.sent == ["moon"]


def test_no_texts_have_the_width_of_the_model(service: Service) -> None:
    assert named(service, output_dimension=16).embed([]).shape == (0, 16)
    assert service.requests == []
    embedder = named(service)
    assert embedder.embed([]).shape == (0, 64)
    assert embedder.embed(["", ""]).shape == (2, 64)
    assert len(service.requests) == 1


def test_odd_texts_are_texts(service: Service) -> None:
    rows = named(service).embed(ODD)
    assert np.isfinite(rows).all()
    assert rows.any(axis=1).all()
    np.testing.assert_array_equal(rows[:5], expected(ODD[:5]))


def test_rows_are_shortened_when_asked(service: Service) -> None:
    np.testing.assert_array_equal(named(service, output_dimension=8).embed(["moon"]), expected(["moon"], 8))
    with pytest.raises(ComponentError, match="output_dimension is not supported by this model"):
        named(service, model="embed-english-v3.0", output_dimension=8).embed(["moon"])


def test_a_server_that_ignores_the_dimension_is_told_on(service: Service) -> None:
    service.lies = lambda found: {**found, "embeddings": {"float": [[1.0, 2.0, 3.0]]}}
    with pytest.raises(ComponentError, match=r"gave rows of 3 numbers, not of output_dimension=8; leave it out"):
        named(service, output_dimension=8).embed(["moon"])


def test_more_texts_than_a_request_takes_go_in_several(service: Service) -> None:
    texts = [f"text {n}" for n in range(200)]
    np.testing.assert_array_equal(named(service).embed(texts), expected(texts))
    assert [len(request["texts"]) for request in service.requests] == [96, 96, 8]


def test_the_core_sends_requests_within_the_limits(service: Service) -> None:
    texts = [f"text {n}" for n in range(200)]
    embedder = topicore.embedder("cohere:embed-v4.0", base_url=service.url)
    np.testing.assert_array_equal(topicore.embed(embedder, [*texts, "text 5"]), expected([*texts, "text 5"]))
    assert sorted(len(request["texts"]) for request in service.requests) == [8, 96, 96]


def test_long_texts_go_in_requests_of_bounded_size(service: Service) -> None:
    texts = [f"{'the moon and a rocket ' * 2500} {n}" for n in range(10)]
    embedder = named(service)
    counts = embedder.count_tokens(texts)
    assert topicore.embed(embedder, texts).shape == embedder.embed(texts).shape == (10, 64)
    sizes = [sum(embedder.count_tokens(request["texts"])) for request in service.requests]
    assert max(sizes) <= 100_000 < sum(counts)
    assert "".join(sorted(service.sent[:10])) == "".join(sorted(texts))


def test_a_model_of_short_texts_needs_no_smaller_requests_for_long_ones(service: Service) -> None:
    texts = [f"{n} {'the moon and a rocket ' * 300}" for n in range(96)]
    with pytest.warns(UserWarning, match="96 texts are longer"):
        topicore.embed(named(service, model="embed-english-v3.0"), texts)
    assert len(service.requests) == 1


def test_the_service_cuts_by_its_own_count(service: Service) -> None:
    text = "the moon and a rocket " * 3000
    embedder = named(service, model="embed-english-v3.0")
    with pytest.warns(UserWarning, match="one text is longer than the 512 tokens"):
        topicore.embed(embedder, [text])
    (sent,) = service.sent
    assert text.startswith(sent)
    assert estimate(sent) == 4 * 512


def test_texts_are_cut_at_a_limit_that_is_given(service: Service) -> None:
    embedder = named(service, token_limit=20)
    assert embedder.max_tokens == 20
    with pytest.warns(UserWarning, match="one text is longer than the 20 tokens"):
        topicore.embed(embedder, ["the moon and a rocket " * 9, "moon"])
    assert embedder.count_tokens(service.sent) == [20, 2]


def test_long_texts_are_split_when_asked(service: Service) -> None:
    text = "the moon and a rocket " * 300
    embedder = named(service, model="embed-english-v3.0", long_documents="chunk")
    rows = topicore.embed(embedder, [text, "moon"])
    pieces = [piece for piece in service.sent if piece != "moon"]
    assert "".join(pieces) == text
    assert max(embedder.count_tokens(pieces)) <= 512
    np.testing.assert_allclose(rows, expected(["the moon and a rocket", "moon"], 32), atol=0.05)


def test_the_limit_is_that_of_the_model_or_as_given() -> None:
    assert CohereEmbedder().max_tokens == 128_000
    assert CohereEmbedder("embed-multilingual-light-v3.0").max_tokens == 512
    assert CohereEmbedder("another").max_tokens is None
    assert CohereEmbedder("another", token_limit=256).max_tokens == 256


def test_tokens_are_estimated_without_a_request() -> None:
    assert CohereEmbedder().count_tokens(["", "a", "the moon", "MOON 12", "你好", "😀"]) == [0, 1, 3, 5, 3, 2]


def test_a_cut_is_the_longest_that_fits() -> None:
    for text in ("the moon " * 50, "MOON, 12; " * 30, "你好" * 90, "a"):
        short = cut(text, 20)
        assert text.startswith(short)
        assert estimate(short) <= 20
        assert short == text or estimate(text[: len(short) + 1]) > 20


def test_threads_share_one_client(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    plain = cohere.ClientV2

    def counted(*arguments: Any, **settings: Any) -> Any:
        made.append(plain(*arguments, **settings))
        return made[-1]

    monkeypatch.setattr(cohere, "ClientV2", counted)
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


def test_nothing_is_printed(service: Service, capfd: pytest.CaptureFixture[str]) -> None:
    named(service).embed(["moon"])
    assert capfd.readouterr() == ("", "")


def test_a_missing_key_names_the_variable_before_anything_is_sent(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    for value in ("", "  "):
        monkeypatch.setenv("CO_API_KEY", value)
        for base_url in (None, "https://example.org"):
            with pytest.raises(ComponentError, match=r"no API key for .*: set the environment variable CO_API_KEY"):
                CohereEmbedder(base_url=base_url).embed(["moon"])
    assert service.requests == []


def test_the_other_name_of_the_variable_works_too(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CO_API_KEY")
    monkeypatch.setenv("COHERE_API_KEY", KEY)
    assert named(service).embed(["moon"]).shape == (1, 64)


def test_this_machine_needs_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CO_API_KEY", "COHERE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with tiny_cohere.served(key=None) as running:
        CohereEmbedder(base_url=running.url).embed(["moon"])
        assert running.keys == ["Bearer none"]


def test_a_key_that_can_be_none_is_refused_without_showing_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("secret\nlines", "secret spaced", "secret…"):
        monkeypatch.setenv("CO_API_KEY", key)
        with pytest.raises(ComponentError, match="CO_API_KEY holds characters that no API key has") as caught:
            CohereEmbedder().embed(["moon"])
        assert "secret" not in str(caught.value)


def test_the_environment_may_name_the_service(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CO_API_URL", service.url)
    embedder = CohereEmbedder()
    np.testing.assert_array_equal(embedder.embed(["moon"]), expected(["moon"]))
    assert embedder.external() is None
    assert embedder.identity() == CohereEmbedder(base_url=service.url).identity()


def test_an_environment_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CO_API_URL", "https://user:hunter2@example.org/v1")
    with pytest.raises(ParameterError, match="CO_API_URL must read like") as caught:
        CohereEmbedder().embed(["moon"])
    assert "hunter2" not in str(caught.value)


def test_urls_with_secrets_or_tricks_in_them_are_refused() -> None:
    for url in (
        "https://user:hunter2@example.org",
        "https://example.org?key=hunter2",
        "http://127.0.0.1\\@example.org/hunter2",
        "http://127.0.0.1@example.org",
        "https://example.org/#hunter2",
        "ftp://example.org",
        "example.org",
        "https://exam ple.org",
        "",
    ):
        with pytest.raises(ParameterError, match="base_url must read like") as caught:
            CohereEmbedder(base_url=url)
        assert "hunter2" not in str(caught.value)
