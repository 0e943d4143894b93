"""Embeddings of a service in a topic model: by name, by client, and saved without a key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import openai
import pytest
import tiny_openai
from tiny_openai import KEY, Service

import topicore
from topicore.errors import ExternalComponentError, ParameterError
from topicore_openai import OpenAIEmbedder

THEMES = ("A rocket to the moon", "Bread from the oven", "A goal in the league match", "The judge and the jury")
ENDINGS = ("yesterday", "as expected", "once more", "at last", "in the evening", "for a while", "by chance")
DOCUMENTS = [f"{theme} {theme} {ending}" for ending in ENDINGS for theme in THEMES]
MODEL = "text-embedding-3-small"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with tiny_openai.served() as running:
        yield running


def client(service: Service, **parameters: Any) -> Any:
    return openai.OpenAI(**{"api_key": KEY, "base_url": service.url, **parameters})


def model(embedder: object) -> topicore.TopicModel:
    return topicore.TopicModel(embedder=embedder, clusterer=topicore.clusterer("kmeans", n_clusters=4)).fit(DOCUMENTS)


def contents(folder: Path) -> str:
    return "".join(path.read_bytes().decode("latin-1") for path in sorted(folder.rglob("*")) if path.is_file())


def test_topics_are_the_themes_and_new_documents_join_them(service: Service) -> None:
    fitted = model(topicore.embedder(f"openai:{MODEL}", base_url=service.url))
    topics = np.array(fitted.topics_).reshape(len(ENDINGS), 4)
    assert (topics == topics[0]).all()
    assert len(set(topics[0].tolist())) == 4
    assert list(fitted.transform(["the judge and the jury", "bread, an oven"])[0]) == [topics[0, 3], topics[0, 1]]
    assert fitted.find_topics("a rocket", top_n=1)[0] == [topics[0, 0]]


def test_the_environment_leads_a_plain_name_to_a_server(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", service.url)
    fitted = model(f"openai:{MODEL}")
    assert len(set(fitted.topics_)) == 4
    assert service.requests[0]["model"] == MODEL


@pytest.mark.parametrize("made", ["by name", "by client"])
def test_a_saved_recipe_loads_by_itself_and_holds_no_key(service: Service, tmp_path: Path, made: str) -> None:
    embedder = (
        topicore.embedder(f"openai:{MODEL}", base_url=service.url, dimensions=32)
        if made == "by name"
        else topicore.embedder(client(service), model=MODEL, dimensions=32)
    )
    fitted = model(embedder)
    fitted.save(tmp_path / "model")
    assert KEY not in contents(tmp_path / "model")
    assert KEY not in repr(embedder)
    loaded = topicore.load(tmp_path / "model")
    assert list(loaded.transform(DOCUMENTS)[0]) == list(fitted.topics_)
    assert service.requests[-1]["dimensions"] == 32


def test_a_client_of_the_official_service_is_its_recipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    embedder = topicore.embedder(openai.OpenAI(api_key=KEY), model=MODEL)
    assert isinstance(embedder, OpenAIEmbedder)
    assert (embedder.external(), embedder.base_url, embedder.model) == (None, None, MODEL)
    assert OpenAIEmbedder(**embedder.config()).identity() == embedder.identity() == OpenAIEmbedder(MODEL).identity()
    named = openai.OpenAI(api_key=KEY, base_url="https://api.openai.com/v1/")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://example.org/v1")
    elsewhere = topicore.embedder(named, model=MODEL)
    assert (elsewhere.external(), elsewhere.config()["base_url"]) == (None, "https://api.openai.com/v1")


@pytest.mark.parametrize(
    "url", ["https://example.org/v1", "http://127.0.0.1.example.org/v1", "https://api.openai.com.example.org/v1"]
)
def test_no_file_says_where_the_key_of_its_reader_goes(
    url: str, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = OpenAIEmbedder(MODEL, base_url=url)
    assert there.external() == "openai.OpenAI"
    assert topicore.embedder(client(service, base_url=url), model=MODEL).external() == "openai.OpenAI"
    there._client = client(service, max_retries=0)
    with monkeypatch.context() as forger:
        forger.setattr(OpenAIEmbedder, "external", lambda self: None)
        model(there).save(tmp_path / "model")
    assert url in contents(tmp_path / "model")
    with pytest.raises(ExternalComponentError, match="embedder="):
        topicore.load(tmp_path / "model")


def test_a_named_server_elsewhere_is_handed_back_at_load(service: Service, tmp_path: Path) -> None:
    there = topicore.embedder(f"openai:{MODEL}", base_url="http://elsewhere.test:80/v1")
    assert isinstance(there, OpenAIEmbedder)
    there._client = client(service, max_retries=0)
    model(there).save(tmp_path / "model")
    assert "elsewhere.test" not in contents(tmp_path / "model")
    with pytest.raises(ExternalComponentError, match="embedder="):
        topicore.load(tmp_path / "model")
    again = topicore.load(tmp_path / "model", embedder=client_of(there, service))
    assert len(again.transform(DOCUMENTS[:4])[0]) == 4


def client_of(embedder: OpenAIEmbedder, service: Service) -> Any:
    return topicore.embedder(client(service), model=embedder.model)


def test_an_azure_client_is_handed_back_at_load(service: Service, tmp_path: Path) -> None:
    azure = openai.AzureOpenAI(api_key=KEY, azure_endpoint=service.url, api_version="2024-10-21")
    embedder = topicore.embedder(azure, model="deployed")
    assert embedder.external() == "openai.AzureOpenAI"
    fitted = model(embedder)
    assert "/deployments/deployed/embeddings?api-version=2024-10-21" in service.paths[0]
    assert KEY in (service.keys[0] or "")
    fitted.save(tmp_path / "model")
    assert KEY not in contents(tmp_path / "model")
    with pytest.raises(ExternalComponentError, match=r"openai.AzureOpenAI.*embedder="):
        topicore.load(tmp_path / "model")
    again = topicore.load(tmp_path / "model", embedder=topicore.embedder(azure, model="deployed"))
    assert list(again.transform(DOCUMENTS)[0]) == list(fitted.topics_)


def test_a_client_of_a_class_of_its_own_is_handed_back(service: Service) -> None:
    class Logged(openai.OpenAI):
        pass

    embedder = topicore.embedder(Logged(api_key=KEY, base_url=service.url), model=MODEL)
    assert embedder.external() is not None
    assert embedder.embed(["moon"]).shape == (1, 48)


def test_the_settings_of_a_client_are_kept_and_the_client_unchanged(service: Service) -> None:
    obj = client(service, timeout=7.0, max_retries=4, default_headers={"x-team": "topics"}, organization="org")
    embedder = topicore.embedder(obj, model=MODEL, batch_size=3)
    assert isinstance(embedder, OpenAIEmbedder)
    embedder.embed(["moon", "oven", "goal", "jury"])
    assert [len(request["input"]) for request in service.requests] == [3, 1]
    kept = embedder._client
    assert (kept.timeout, kept.max_retries, kept._custom_headers["x-team"]) == (7.0, 0, "topics")
    assert kept._client is obj._client
    assert (obj.timeout, obj.max_retries) == (7.0, 4)
    other = embedder.fresh(dimensions=16)
    assert embedder.fresh() is embedder
    assert (other.batch_size, other.dimensions, other._native is obj) == (3, 16, True)
    assert other.embed(["moon"]).shape == (1, 16)


def test_a_client_needs_the_name_of_a_model(service: Service) -> None:
    with pytest.raises(ParameterError, match=r"topicore.embedder\(client, model='text-embedding-3-small'\)"):
        topicore.TopicModel(embedder=client(service)).fit(DOCUMENTS)
    with pytest.raises(ParameterError, match="base_url cannot change on a client"):
        topicore.embedder(client(service), model=MODEL, base_url=service.url)


def test_clients_that_must_be_awaited_are_refused() -> None:
    with pytest.raises(ParameterError, match="cannot wait for AsyncOpenAI; hand in OpenAI instead"):
        topicore.embedder(openai.AsyncOpenAI(api_key=KEY), model=MODEL)
    azure = openai.AsyncAzureOpenAI(api_key=KEY, azure_endpoint="https://r.example.org", api_version="2024-10-21")
    with pytest.raises(ParameterError, match="cannot wait for AsyncAzureOpenAI; hand in AzureOpenAI instead"):
        topicore.embedder(azure, model="deployed")


def test_a_misspelt_parameter_is_named() -> None:
    with pytest.raises(ParameterError, match="did you mean 'dimensions'"):
        topicore.embedder(f"openai:{MODEL}", dimension=3)


def test_recipes_are_plain_json() -> None:
    embedder = OpenAIEmbedder(MODEL, dimensions=8, timeout=3.5)
    assert json.loads(json.dumps(embedder.config())) == embedder.config()
    assert repr(embedder) == "OpenAIEmbedder(dimensions=8, timeout=3.5)"
