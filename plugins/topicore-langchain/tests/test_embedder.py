"""Embeddings objects of LangChain as embedders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_langchain
from langchain_core.embeddings import DeterministicFakeEmbedding, Embeddings
from langchain_openai import OpenAIEmbeddings
from tiny_langchain import KEY, Service, row

import topicore
from topicore import TopicModel
from topicore.errors import ComponentError, ExternalComponentError, MissingPluginError, ParameterError

THEMES = ("rocket moon orbit", "bread oven flour", "judge court jury", "goal league match")
DOCUMENTS = [f"{theme} number{n}" for n in range(6) for theme in THEMES]


class Noted(Embeddings):
    """Keeps what it is asked."""

    def __init__(self, rows: Any = None) -> None:
        self.documents: list[list[str]] = []
        self.queries: list[str] = []
        self.rows = rows

    def embed_documents(self, texts: list[str]) -> Any:
        self.documents.append(texts)
        return [row(text) for text in texts] if self.rows is None else self.rows

    def embed_query(self, text: str) -> list[float]:
        self.queries.append(text)
        return row(text)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with tiny_langchain.served() as running:
        yield running


def remote(service: Service) -> OpenAIEmbeddings:
    return OpenAIEmbeddings(
        model="m", api_key=KEY, base_url=service.url, max_retries=0, check_embedding_ctx_length=False
    )


def model(embedder: Any, **settings: Any) -> TopicModel:
    return TopicModel(embedder=embedder, clusterer=topicore.clusterer("kmeans", n_clusters=4), **settings).fit(
        DOCUMENTS
    )


def test_topics_are_the_themes_and_new_documents_join_them(service: Service) -> None:
    fitted = model(remote(service))
    topics = np.array(fitted.topics_).reshape(6, 4)
    assert (topics == topics[0]).all()
    assert len(set(topics[0].tolist())) == 4
    assert list(fitted.transform(["the judge and the jury", "bread, an oven"])[0]) == [topics[0, 2], topics[0, 1]]
    assert set(service.keys) == {f"Bearer {KEY}"}


def test_queries_go_to_embed_query() -> None:
    live = Noted()
    fitted = model(topicore.embedder(live))
    assert live.queries == []
    assert fitted.find_topics("a rocket", top_n=1)[0] == [fitted.topics_[0]]
    assert live.queries == ["a rocket"]


def test_rows_are_float32_in_order_and_blanks_are_zero() -> None:
    live = Noted()
    rows = topicore.embedder(live).embed(["moon", " ", "", "oven", "\ud800 lone", "naïve 🚀"])
    assert (rows.dtype, rows.shape, rows.flags.c_contiguous) == (np.float32, (6, 48), True)
    assert not rows[1:3].any()
    np.testing.assert_allclose(rows[3], row("oven"), rtol=1e-6)
    assert live.documents == [["moon", "oven", "? lone", "naïve 🚀"]]


def test_no_texts_and_blank_texts_have_the_width_too() -> None:
    assert topicore.embedder(Noted()).embed([]).shape == (0, 48)
    assert topicore.embedder(Noted()).embed([" "]).shape == (1, 48)


def test_batches_hold_as_many_texts_as_told() -> None:
    live = Noted()
    topicore.embed(topicore.embedder(live, batch_size=4), DOCUMENTS, executor="serial")
    assert [len(batch) for batch in live.documents] == [4] * 6


def test_a_model_in_this_process_is_called_from_one_thread() -> None:
    assert topicore.embedder(Noted()).spec.network
    assert not topicore.embedder(Noted(), remote=False).spec.network


@pytest.mark.parametrize(
    "rows", [[[1.0], [2.0]], [], [1.0], [[]], [["a"]], [None], None, [[1.0, float("nan")]]], ids=str
)
def test_rows_of_the_wrong_sort_are_one_clear_error(rows: Any) -> None:
    live = Noted("x" if rows is None else rows)
    with pytest.raises(ComponentError):
        topicore.embed(topicore.embedder(live), ["moon"])


def test_rows_that_change_their_width_are_an_error() -> None:
    live = Noted([[1.0, 2.0]])
    embedder = topicore.embedder(live)
    embedder.embed(["moon"])
    live.rows = [[1.0]]
    with pytest.raises(ComponentError, match="rows of 1 numbers after 2"):
        embedder.embed(["moon"])


def test_rows_are_cached_under_a_key_of_ones_own(tmp_path: Path) -> None:
    def calls(**parameters: Any) -> int:
        live = Noted()
        topicore.embed(topicore.embedder(live, **parameters), DOCUMENTS, cache=tmp_path / "rows.db")
        return len(live.documents)

    assert [calls(cache_key="mine") for _ in range(2)] == [1, 0]
    assert calls(cache_key="mine", batch_size=5, remote=False) == 0
    assert calls(cache_key="other") == 1


def test_an_object_is_handed_back_at_load(tmp_path: Path) -> None:
    live = DeterministicFakeEmbedding(size=16)
    fitted = model(live)
    fitted.save(tmp_path / "model")
    with pytest.raises(ExternalComponentError, match=r"DeterministicFakeEmbedding.*embedder="):
        topicore.load(tmp_path / "model").transform(DOCUMENTS)
    again = topicore.load(tmp_path / "model", embedder=live)
    assert list(again.transform(DOCUMENTS)[0]) == list(fitted.topics_)


def test_other_parameters_keep_the_object() -> None:
    live = Noted()
    embedder = topicore.embedder(live, batch_size=3)
    assert embedder.fresh() is embedder
    other = embedder.fresh(batch_size=5)
    other.embed(["moon"])
    assert (other.batch_size, other.external(), live.documents) == (5, embedder.external(), [["moon"]])


def test_a_model_by_name(service: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tiktoken = pytest.importorskip("tiktoken")
    ranks = {bytes([number]): number for number in range(256)}
    letters = tiktoken.Encoding(name="letters", pat_str=r"(?s).", mergeable_ranks=ranks, special_tokens={})
    monkeypatch.setattr(tiktoken, "encoding_for_model", lambda name: letters)  # the real ones are downloads
    monkeypatch.setenv("OPENAI_BASE_URL", service.url)
    fitted = model("langchain:openai:text-embedding-3-small", cache=tmp_path / "rows.db")
    assert len(set(fitted.topics_)) == 4
    assert service.requests[0]["model"] == "text-embedding-3-small"
    fitted.save(tmp_path / "model")
    asked = len(service.requests)
    loaded = topicore.load(tmp_path / "model")
    assert list(loaded.transform(DOCUMENTS)[0]) == list(fitted.topics_)
    assert len(service.requests) > asked
    asked = len(service.requests)
    model("langchain:openai:text-embedding-3-small", cache=tmp_path / "rows.db")
    assert len(service.requests) == asked
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("langchain", ParameterError, "write 'langchain:PROVIDER:MODEL'"),
        ("langchain:m", ParameterError, "does not name a provider"),
        ("langchain:nobody:m", ParameterError, "'nobody' is not supported"),
        ("langchain:cohere:m", MissingPluginError, "langchain.cohere"),
    ],
)
def test_a_bad_name_is_one_clear_error(name: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        topicore.embed(name, ["moon"])


def test_an_object_has_its_own_model() -> None:
    with pytest.raises(ParameterError, match="model is for models by name"):
        topicore.embedder(Noted(), model="openai:m")
