"""Rows of texts from embeddings that are named, saved or handed in."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import tiny_flair

from topicore.components import Role
from topicore.errors import ParameterError
from topicore_flair import FlairEmbedder
from topicore_flair.encoding import passes

TEXTS = ["moon rocket orbit", "the bread and the oven. A flour!", "goal " * 7, "court judge, jury", "x"]
ODD = [
    "https://127.0.0.1:9/a.png",
    "None",
    "moon " * 600,
    "x" * 100_000,
    "judge \U0001f680 луна 月球",
    "[FLERT] [SEP]",
    "\u200b \ufeff moon",
]


def tiny(folder: str | None = None, **parameters: Any) -> FlairEmbedder:
    return FlairEmbedder(folder or tiny_flair.bert(), **parameters)


def tiny_words(name: str = "vectors.txt", **parameters: Any) -> FlairEmbedder:
    return FlairEmbedder(tiny_flair.vectors(name), kind="word", **parameters)


def gap(embedder: FlairEmbedder, own: Any, texts: list[str]) -> float:
    """The largest difference from what flair gives for one text after the other."""
    rows = embedder.embed(texts)
    assert (rows.dtype, rows.flags["C_CONTIGUOUS"], rows.shape) == (
        np.float32,
        True,
        (len(texts), embedder._encoder.width),
    )
    return max(float(np.abs(tiny_flair.own(own, text) - row).max()) for text, row in zip(texts, rows, strict=True))


@pytest.mark.parametrize("folder", [tiny_flair.bert, tiny_flair.roberta])
@pytest.mark.parametrize("settings", [{}, {"pooling": "mean"}, {"pooling": "max", "layers": "-1,-2"}])
def test_rows_by_name_are_those_of_flair(folder: Callable[[], str], settings: dict[str, Any]) -> None:
    native = {"cls_pooling" if name == "pooling" else name: value for name, value in settings.items()}
    assert gap(tiny(folder(), **settings), tiny_flair.transformer(folder(), **native), TEXTS) < 1e-5


def test_odd_and_long_texts_are_embedded_as_text() -> None:
    assert gap(tiny(), tiny_flair.transformer(tiny_flair.bert()), ODD) < 1e-5
    assert gap(tiny_words(), tiny_flair.pool(tiny_flair.words()), ODD) < 1e-5


@pytest.mark.parametrize("pooling", ["mean", "max", "min"])
@pytest.mark.parametrize("name", ["vectors.txt", "vectors.bin", "glove.txt"])
def test_rows_of_words_are_those_of_flair(name: str, pooling: Any) -> None:
    own = tiny_flair.pool(tiny_flair.words(), pooling=pooling)
    assert gap(tiny_words(name, pooling=pooling), own, TEXTS) < 1e-5


@pytest.mark.parametrize(
    "settings",
    [
        {"layers": "all", "layer_mean": True},
        {"use_context": True},
        {"use_context": 8, "cls_pooling": "mean"},
        {"allow_long_sentences": True},
        {"allow_long_sentences": True, "cls_pooling": "mean"},
        {"is_token_embedding": True, "cls_pooling": "mean"},
    ],
)
def test_rows_of_any_transformer_do_not_depend_on_the_texts_beside_them(settings: dict[str, Any]) -> None:
    own = tiny_flair.transformer(tiny_flair.bert(), **settings)
    assert gap(FlairEmbedder.from_native(own), own, [*TEXTS, "moon " * 200, "bread oven " * 90]) < 1e-5


def test_rows_of_token_embeddings_are_those_of_flair_s_pool() -> None:
    stacked = _stack(tiny_flair.words(), tiny_flair.words("vectors.bin"))
    for obj, again in (
        (tiny_flair.words(), tiny_flair.words()),
        (tiny_flair.token_transformer(tiny_flair.bert()), tiny_flair.token_transformer(tiny_flair.bert())),
        (stacked, _stack(tiny_flair.words(), tiny_flair.words("vectors.bin"))),
    ):
        own = tiny_flair.pool(again, pooling="max")
        assert gap(FlairEmbedder.from_native(obj, pooling="max"), own, [*TEXTS, "moon " * 200]) < 1e-5


def test_rows_of_recurrent_and_convolutional_documents_are_those_of_flair() -> None:
    from flair.embeddings import DocumentCNNEmbeddings, DocumentRNNEmbeddings

    for own in (
        DocumentRNNEmbeddings([tiny_flair.words()], hidden_size=8),
        DocumentCNNEmbeddings([tiny_flair.words()], kernels=((5, 2), (5, 3))),
    ):
        assert gap(FlairEmbedder.from_native(own), own, TEXTS) < 1e-5


def test_any_batch_size_gives_the_same_rows() -> None:
    for make in (tiny, tiny_words):
        rows = make().embed([*TEXTS, *ODD])
        for size in (1, 3, 100):
            np.testing.assert_allclose(make(batch_size=size).embed([*TEXTS, *ODD]), rows, atol=1e-6)


def test_texts_without_a_token_are_zero_rows(capfd: pytest.CaptureFixture[str]) -> None:
    for embedder, width in ((tiny(), 32), (tiny_words(), 16)):
        assert embedder.embed([]).shape == (0, width)
        rows = embedder.embed(["", " \n\t", "\u200b", "\x85\x81", "moon"])
        assert not rows[:3].any()
        assert rows[4].any()
        assert embedder.count_tokens([]) == []
    assert not tiny_words().embed(["xyzzy"]).any()
    assert capfd.readouterr() == ("", "")  # flair warns of empty sentences


def test_roles_are_alike() -> None:
    roles: list[Role] = ["word", "query", "document"]
    for embedder in (tiny(), tiny_words()):
        rows = embedder.embed(["moon", "court"])
        for role in roles:
            np.testing.assert_array_equal(embedder.embed(["moon", "court"], role=role), rows)


def test_limits_are_those_of_positions_and_tokenizer() -> None:
    assert [tiny(folder).max_tokens for folder in (tiny_flair.bert(), tiny_flair.bert(None))] == [64, 64]
    assert tiny(tiny_flair.roberta()).max_tokens == 64  # of 66 positions two are taken
    assert tiny_words().max_tokens is None
    native = FlairEmbedder.from_native
    assert native(tiny_flair.token_transformer(tiny_flair.bert())).max_tokens is None  # reads in windows
    assert native(tiny_flair.pool(tiny_flair.token_transformer(tiny_flair.bert()))).max_tokens is None
    cut = tiny_flair.token_transformer(tiny_flair.bert(), allow_long_sentences=False)
    assert native(tiny_flair.pool(cut)).max_tokens == 64


def test_tokens_are_counted_before_texts_are_cut() -> None:
    embedder = tiny()
    assert embedder.count_tokens(["moon", "", "moon " * 100]) == [3, 2, 102]
    assert tiny_words().count_tokens(["moon", "", "moon, bread"]) == [1, 0, 3]
    np.testing.assert_allclose(embedder.embed(["moon " * 62]), embedder.embed(["moon " * 500]), atol=1e-6)


def test_a_text_longer_than_the_positions_is_cut_where_the_tokenizer_knows_no_limit() -> None:
    for folder in (tiny_flair.bert(None), tiny_flair.roberta()):
        embedder = FlairEmbedder.from_native(tiny_flair.transformer(folder))
        np.testing.assert_allclose(embedder.embed(["moon " * 500]), embedder.embed(["moon " * 400]), atol=1e-6)


def test_a_tokenizer_that_cannot_pad_gets_a_mark_in_a_copy() -> None:
    obj = tiny_flair.transformer(tiny_flair.gpt2(), cls_pooling="mean", use_context_separator=False)
    embedder = FlairEmbedder.from_native(obj)
    rows = embedder.embed(TEXTS)
    assert obj.tokenizer.pad_token is None
    for text, row in zip(TEXTS, rows, strict=True):
        np.testing.assert_allclose(embedder.embed([text])[0], row, atol=1e-5)


def test_embeddings_are_not_changed() -> None:
    import torch

    for obj in (
        tiny_flair.transformer(tiny_flair.bert()),
        tiny_flair.token_transformer(tiny_flair.bert()),
        tiny_flair.words(),
        _rnn(),
    ):
        obj.train()
        for parameter in obj.parameters():
            parameter.grad = torch.ones_like(parameter)
        before = _told(obj)
        embedder = FlairEmbedder.from_native(obj)
        rows = embedder.embed([*TEXTS, *TEXTS])
        embedder.count_tokens(TEXTS)
        np.testing.assert_allclose(rows[:5], rows[5:], atol=1e-6)  # no dropout
        assert _told(obj) == before
        assert all(parameter.grad is not None for parameter in obj.parameters())


def test_no_gradients_and_no_vectors_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    from flair.embeddings import DocumentEmbeddings

    seen: list[Any] = []
    obj = _rnn()
    obj.train()

    def watched(sentences: list[Any]) -> Any:
        found = DocumentEmbeddings.embed(obj, sentences)
        seen.extend((sentence, sentence.embedding.requires_grad) for sentence in sentences)
        return found

    monkeypatch.setattr(obj, "embed", watched)
    FlairEmbedder.from_native(obj).embed(TEXTS)
    assert len(seen) == len(TEXTS)
    for sentence, tracked in seen:
        assert not tracked
        assert not sentence._embeddings
        assert not any(token._embeddings for token in sentence)


def test_passes_hold_texts_of_like_length() -> None:
    lengths = [3, 50, 0, 4, 50, 3]
    assert list(passes(lengths, 2, None)) == [[1, 4], [3, 0], [5]]
    assert list(passes(lengths, None, 100)) == [[1, 4], [3, 0, 5]]
    assert list(passes(lengths, None, 60)) == [[1], [4], [3, 0, 5]]
    assert list(passes([], 2, None)) == []


def test_a_chunk_goes_through_in_a_few_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    obj = tiny_flair.transformer(tiny_flair.bert())
    sizes: list[int] = []
    forward = obj.model.forward

    def counted(ids: Any, **parameters: Any) -> Any:
        sizes.append(len(ids))
        return forward(ids, **parameters)

    monkeypatch.setattr(obj.model, "forward", counted)
    FlairEmbedder.from_native(obj, batch_size=16).embed([*tiny_flair.DOCUMENTS, ""])
    assert sizes == [16, 16]


def test_what_tells_its_origin_is_rebuilt_from_its_config() -> None:
    transformer = tiny_flair.transformer(tiny_flair.roberta(), cls_pooling="mean", layers="-1,-2")
    pooled = tiny_flair.pool(tiny_flair.words(), pooling="max")
    for obj in (transformer, tiny_flair.words(), pooled):
        embedder = FlairEmbedder.from_native(obj, batch_size=4)
        assert embedder.external() is None
        rebuilt = FlairEmbedder(**embedder.config())
        assert (rebuilt.batch_size, rebuilt.config()) == (4, embedder.config())
        assert embedder.identity() is None  # the object may be trained further
        np.testing.assert_allclose(rebuilt.embed(TEXTS), embedder.embed(TEXTS), atol=1e-6)


def test_what_is_not_what_its_name_gives_is_external() -> None:
    from flair.embeddings import TransformerDocumentEmbeddings
    from flair.embeddings.base import load_embeddings

    bert = tiny_flair.bert()
    trained = tiny_flair.transformer(bert)
    trained.train()
    halved = tiny_flair.transformer(bert)
    halved.model.half()
    saved = tiny_flair.transformer(bert)
    with tiny_flair.quiet():
        state = saved.save_embeddings()
        state["config_state_dict"].pop("attn_implementation", None)
        loaded = load_embeddings(state)
    assert isinstance(loaded, TransformerDocumentEmbeddings)
    for obj in (trained, halved, loaded, tiny_flair.transformer(bert, use_context=True)):
        embedder = FlairEmbedder.from_native(obj)
        assert embedder.external() == "flair.embeddings.document.TransformerDocumentEmbeddings"
        assert embedder.identity() is None


def test_an_object_is_kept_whatever_is_changed_around_it() -> None:
    obj = tiny_flair.token_transformer(tiny_flair.bert())
    embedder = FlairEmbedder.from_native(obj, pooling="max")
    other = embedder.fresh(batch_size=2)
    assert embedder.fresh() is embedder
    assert (other.batch_size, other.pooling, other._native is obj) == (2, "max", True)
    with pytest.raises(ParameterError, match="layers cannot change on a loaded TransformerWordEmbeddings; build it"):
        FlairEmbedder.from_native(obj, layers="-2")
    with pytest.raises(ParameterError, match="pooling cannot change on a loaded TransformerDocumentEmbeddings"):
        FlairEmbedder.from_native(tiny_flair.transformer(tiny_flair.bert()), pooling="mean")


def test_rows_are_the_same_from_all_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    for embedder in (tiny(), tiny_words()):
        found: list[Any] = []

        def work(embedder: FlairEmbedder = embedder, found: list[Any] = found) -> None:
            counts = embedder.count_tokens(["moon " * 100])
            found.append((counts, embedder.embed([*TEXTS, *ODD])))

        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 6
        for counts, rows in found:
            assert counts == found[0][0]
            np.testing.assert_array_equal(rows, found[0][1])


def test_parameters_that_do_not_change_rows_do_not_change_the_identity() -> None:
    assert tiny().identity() == tiny(batch_size=3, local_files_only=True).identity()
    assert tiny().identity() != tiny(pooling="mean").identity()
    assert os.path.isdir(str((tiny().identity() or {})["model"]))


def _stack(*parts: Any) -> Any:
    from flair.embeddings import StackedEmbeddings

    return StackedEmbeddings(list(parts))


def _rnn() -> Any:
    from flair.embeddings import DocumentRNNEmbeddings

    return DocumentRNNEmbeddings([tiny_flair.words()], hidden_size=8)


def _told(obj: Any) -> Any:
    """What shows of embeddings: names, modes, and the settings of a tokenizer."""
    tokenizer = getattr(obj, "tokenizer", None)
    backend = tokenizer.backend_tokenizer.to_str() if tokenizer else None
    return obj.name, obj.get_names(), [part.training for part in obj.modules()], repr(tokenizer), backend
