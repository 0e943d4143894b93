"""Embeddings of Cohere in a topic model: by name, by client, and saved without a key."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import cohere
import numpy as np
import pytest
import tiny_cohere
from tiny_cohere import KEY, Service

import topicore
from topicore.errors import ExternalComponentError, ParameterError
from topicore_cohere import CohereEmbedder

THEMES = ("A rocket to the moon", "Bread from the oven", "A goal in the league match", "The judge and the jury")
ENDINGS = ("yesterday", "as expected", "once more", "at last", "in the evening", "for a while", "by chance")
DOCUMENTS = [f"{theme} {theme} {ending}" for ending in ENDINGS for theme in THEMES]
MODEL = "embed-v4.0"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("CO_API_KEY", KEY)
    for name in ("COHERE_API_KEY", "CO_API_URL"):
        monkeypatch.delenv(name, raising=False)
    with tiny_cohere.served() as running:
        yield running


@pytest.fixture
def clients(service: Service) -> Iterator[Any]:
    """Makes clients of the running service, which are closed afterwards."""
    with ExitStack() as stack:

        def made(kind: Any = cohere.ClientV2, **parameters: Any) -> Any:
            return stack.enter_context(kind(**{"api_key": KEY, "base_url": service.url, **parameters}))

        yield made


def model(embedder: object) -> topicore.TopicModel:
    return topicore.TopicModel(embedder=embedder, clusterer=topicore.clusterer("kmeans", n_clusters=4)).fit(DOCUMENTS)


def contents(folder: Path) -> str:
    return "".join(path.read_bytes().decode("latin-1") for path in sorted(folder.rglob("*")) if path.is_file())


def test_topics_are_the_themes_and_new_documents_join_them(service: Service) -> None:
    fitted = model(topicore.embedder(f"cohere:{MODEL}", base_url=service.url))
    topics = np.array(fitted.topics_).reshape(len(ENDINGS), 4)
    assert (topics == topics[0]).all()
    assert len(set(topics[0].tolist())) == 4
    assert list(fitted.transform(["the judge and the jury", "bread, an oven"])[0]) == [topics[0, 3], topics[0, 1]]
    assert fitted.find_topics("a rocket", top_n=1)[0] == [topics[0, 0]]
    assert {request["input_type"] for request in service.requests} == {"clustering"}


@pytest.mark.parametrize("kind", [None, cohere.Client, cohere.ClientV2], ids=["name", "Client", "ClientV2"])
def test_a_saved_recipe_loads_by_itself_and_holds_no_key(
    service: Service, clients: Any, tmp_path: Path, kind: Any
) -> None:
    embedder = (
        topicore.embedder(f"cohere:{MODEL}", base_url=service.url, output_dimension=32)
        if kind is None
        else topicore.embedder(clients(kind), output_dimension=32)
    )
    fitted = model(embedder)
    fitted.save(tmp_path / "model")
    assert KEY not in contents(tmp_path / "model")
    assert KEY not in repr(embedder)
    loaded = topicore.load(tmp_path / "model")
    assert list(loaded.transform(DOCUMENTS)[0]) == list(fitted.topics_)
    assert service.requests[-1]["output_dimension"] == 32
    assert set(service.paths) == {"/v2/embed"}


def test_a_client_of_the_official_service_is_its_recipe(clients: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = topicore.embedder(clients(base_url=None))
    assert isinstance(embedder, CohereEmbedder)
    assert (embedder.external(), embedder.base_url, embedder.model) == (None, None, MODEL)
    assert CohereEmbedder(**embedder.config()).identity() == embedder.identity() == CohereEmbedder().identity()
    monkeypatch.setenv("CO_API_URL", "https://example.org")
    elsewhere = topicore.embedder(clients(base_url="https://api.cohere.com/v1"))
    assert (elsewhere.external(), elsewhere.config()["base_url"]) == (None, "https://api.cohere.com")


@pytest.mark.parametrize("url", ["https://example.org", "http://127.0.0.1.example.org", "http://api.cohere.com"])
def test_no_file_says_where_the_key_of_its_reader_goes(
    url: str, clients: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = CohereEmbedder(MODEL, base_url=url)
    assert there.external() == "cohere.ClientV2"
    assert topicore.embedder(clients(base_url=url)).external() == "cohere.ClientV2"
    there._client = clients()
    with monkeypatch.context() as forger:
        forger.setattr(CohereEmbedder, "external", lambda self: None)
        model(there).save(tmp_path / "model")
    assert url in contents(tmp_path / "model")
    with pytest.raises(ExternalComponentError, match="embedder="):
        topicore.load(tmp_path / "model")


def test_a_client_of_another_place_is_handed_back_at_load(clients: Any, tmp_path: Path) -> None:
    embedder = topicore.embedder(clients(base_url="http://elsewhere.test"))
    assert isinstance(embedder, CohereEmbedder)
    embedder._client = clients()
    fitted = model(embedder)
    fitted.save(tmp_path / "model")
    assert "elsewhere.test" not in contents(tmp_path / "model")
    with pytest.raises(ExternalComponentError, match=r"cohere.ClientV2.*embedder="):
        topicore.load(tmp_path / "model")
    again = topicore.load(tmp_path / "model", embedder=clients())
    assert list(again.transform(DOCUMENTS)[0]) == list(fitted.topics_)


def test_a_client_of_a_class_of_its_own_is_handed_back_and_is_no_one_elses(clients: Any) -> None:
    class Logged(cohere.ClientV2):
        pass

    embedder = topicore.embedder(clients(Logged))
    assert embedder.external() is not None
    assert embedder.identity() != topicore.embedder(clients()).identity()
    assert embedder.embed(["moon"]).shape == (1, 64)


def test_a_client_is_unchanged_and_shared_by_what_is_made_of_it(service: Service, clients: Any) -> None:
    obj = clients(client_name="topics", timeout=7.0)
    embedder = topicore.embedder(obj, batch_size=3)
    assert isinstance(embedder, CohereEmbedder)
    embedder.embed(["moon", "oven", "goal", "jury"])
    assert [len(request["texts"]) for request in service.requests] == [3, 1]
    assert obj._client_wrapper.get_timeout() == 7.0
    other = embedder.fresh(output_dimension=16)
    assert embedder.fresh() is embedder
    assert (other.batch_size, other.output_dimension, other._native is obj) == (3, 16, True)
    assert other.embed(["moon"]).shape == (1, 16)


def test_the_part_of_a_client_that_speaks_the_second_version_will_do(clients: Any) -> None:
    embedder = topicore.embedder(clients(cohere.Client).v2)
    assert embedder.external() == "cohere.V2Client"
    assert embedder.embed(["moon"]).shape == (1, 64)


def test_the_address_of_a_client_is_its_own(service: Service, clients: Any) -> None:
    with pytest.raises(ParameterError, match="base_url cannot change on a client"):
        topicore.embedder(clients(), base_url=service.url)


@pytest.mark.parametrize("kind", [cohere.AsyncClient, cohere.AsyncClientV2])
def test_clients_that_must_be_awaited_are_refused(kind: Any) -> None:
    wanted = kind.__name__.removeprefix("Async")
    with pytest.raises(ParameterError, match=f"cannot wait for {kind.__name__}; hand in {wanted} instead"):
        topicore.embedder(kind(KEY))


def test_a_misspelt_parameter_is_named() -> None:
    with pytest.raises(ParameterError, match="did you mean 'output_dimension'"):
        topicore.embedder(f"cohere:{MODEL}", output_dimensions=3)
