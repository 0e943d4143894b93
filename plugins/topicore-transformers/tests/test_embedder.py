"""Rows of texts from models that are named, saved or handed in."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_transformers

import topicore
from topicore.components import Role
from topicore.errors import ComponentError, ParameterError
from topicore_transformers import TransformersEmbedder
from topicore_transformers.loading import Source, load, quiet
from topicore_transformers.pooling import Pooling
from topicore_transformers.reading import passes

TEXTS = ["the moon and a rocket", "bread in the oven", "goal", "the judge of the court " * 2, "zebra"]
ODD = [
    "https://127.0.0.1:9/a.png",
    "None",
    "moon " * 600,
    "x" * 100_000,
    "🚀🌕",
    "луна 月 moon",
    "\u200b",
    "./moon.png",
]
ARCHITECTURES = [
    tiny_transformers.bert,
    tiny_transformers.distilbert,
    tiny_transformers.roberta,
    tiny_transformers.gpt2,
    tiny_transformers.t5,
    tiny_transformers.fnet,
]


def tiny(folder: str | None = None, **parameters: Any) -> TransformersEmbedder:
    return TransformersEmbedder(folder or tiny_transformers.bert(), device="cpu", **parameters)


def one_by_one(pipeline: Any, texts: list[str], limit: int) -> list[Any]:
    """The hidden states (tokens, width) of each text, never beside another one."""
    import torch

    found = []
    for text in texts:
        inputs = pipeline.tokenizer(text, truncation=True, max_length=limit, return_tensors="pt")
        taken = {"input_ids": inputs["input_ids"]}
        model = pipeline.model.get_encoder() if pipeline.model.config.is_encoder_decoder else pipeline.model
        with torch.no_grad():
            found.append(model(**taken).last_hidden_state[0].numpy())
    return found


@pytest.mark.parametrize("folder", ARCHITECTURES)
def test_rows_are_the_means_of_one_text_at_a_time(folder: Callable[[], str]) -> None:
    embedder, pipeline = tiny(folder()), tiny_transformers.pipeline(folder())
    texts = [*TEXTS, *ODD]
    expected = np.stack([states.mean(0) for states in one_by_one(pipeline, texts, 64)])
    np.testing.assert_allclose(embedder.embed(texts), expected, atol=2e-6)
    np.testing.assert_allclose(TransformersEmbedder.from_native(pipeline).embed(texts), expected, atol=2e-6)


@pytest.mark.parametrize("folder", [tiny_transformers.bert, tiny_transformers.roberta, tiny_transformers.gpt2])
def test_rows_are_the_means_of_what_the_pipeline_gives(folder: Callable[[], str]) -> None:
    pipeline = tiny_transformers.pipeline(folder())
    expected = np.stack([np.mean(pipeline(text)[0], axis=0) for text in TEXTS])
    np.testing.assert_allclose(TransformersEmbedder.from_native(pipeline).embed(TEXTS), expected, atol=1e-6)


@pytest.mark.parametrize("batch_size", [None, 1, 2, 3, 64])
def test_rows_are_alike_for_any_batch_size(batch_size: int | None) -> None:
    texts = [*TEXTS, *ODD] * 3
    np.testing.assert_allclose(tiny(batch_size=batch_size).embed(texts), tiny(batch_size=7).embed(texts), atol=1e-6)


@pytest.mark.parametrize(
    ("pooling", "pooled"),
    [
        ("mean", lambda states: states.mean(0)),
        ("max", lambda states: states.max(0)),
        ("cls", lambda states: states[0]),
        ("last", lambda states: states[-1]),
    ],
)
def test_token_vectors_are_pooled_as_asked(pooling: Pooling, pooled: Callable[[Any], Any]) -> None:
    pipeline = tiny_transformers.pipeline(tiny_transformers.bert())
    expected = np.stack([pooled(states) for states in one_by_one(pipeline, TEXTS, 64)])
    np.testing.assert_allclose(tiny(pooling=pooling).embed(TEXTS), expected, atol=1e-6)


def test_no_texts_and_blank_texts_have_rows_of_the_right_width() -> None:
    for folder in ARCHITECTURES:
        embedder = tiny(folder(), normalize=True)
        assert embedder.embed([]).shape == (0, 32)
        rows = embedder.embed(["", " \n\t", "moon"])
        assert not rows[:2].any()
        np.testing.assert_allclose(np.linalg.norm(rows[2]), 1, atol=1e-6)
        assert embedder.count_tokens([]) == []


def test_roles_are_alike() -> None:
    rows = tiny().embed(["moon", "court"])
    roles: list[Role] = ["word", "query", "document"]
    for role in roles:
        np.testing.assert_array_equal(tiny().embed(["moon", "court"], role=role), rows)


def test_bfloat16_is_near_float32_and_says_that_it_depends_on_the_batch() -> None:
    exact, coarse = tiny(), tiny(precision="bfloat16")
    rows, near = exact.embed(TEXTS), coarse.embed(TEXTS)
    assert near.dtype == np.float32
    assert (near != rows).any()
    np.testing.assert_allclose(near, rows, atol=0.05 * np.abs(rows).max())
    assert (exact.spec.batch_invariant, coarse.spec.batch_invariant) == (True, False)


def test_limits_are_those_of_positions_and_tokenizer() -> None:
    limits = {folder: tiny(folder()).max_tokens for folder in ARCHITECTURES}
    assert set(limits.values()) == {64}  # 66 positions in RoBERTa, two of them taken
    assert tiny(max_seq_length=8).max_tokens == 8
    assert tiny(max_seq_length=1000).max_tokens == 64
    assert tiny(tiny_transformers.t5(), max_seq_length=1000).max_tokens == 1000  # no positions to run out of


def test_tokens_are_counted_before_texts_are_cut() -> None:
    embedder, short = tiny(), tiny(max_seq_length=8)
    assert embedder.count_tokens(["moon", "", "moon " * 100]) == [3, 2, 102]
    assert short.count_tokens(["moon " * 100]) == [102]
    np.testing.assert_allclose(short.embed(["moon " * 6]), short.embed(["moon " * 50]), atol=1e-6)
    assert np.abs(embedder.embed(["goal " * 6 + "moon"]) - embedder.embed(["goal " * 6])).max() > 1e-3


def test_a_pipeline_keeps_the_limit_it_was_made_with() -> None:
    pipeline = tiny_transformers.pipeline(
        tiny_transformers.bert(), tokenize_kwargs={"truncation": True, "max_length": 9}
    )
    assert TransformersEmbedder.from_native(pipeline).max_tokens == 9
    assert TransformersEmbedder.from_native(pipeline, max_seq_length=20).max_tokens == 20


def test_a_pipeline_is_not_changed() -> None:
    pipeline = tiny_transformers.pipeline(tiny_transformers.gpt2())
    tokenizer, model = pipeline.tokenizer, pipeline.model
    model.train()
    model.h[0].eval()
    before = repr(tokenizer), tokenizer.backend_tokenizer.to_str(), [part.training for part in model.modules()]
    embedder = TransformersEmbedder.from_native(pipeline)
    rows = embedder.embed([*TEXTS, *ODD])
    embedder.count_tokens(TEXTS)
    after = repr(tokenizer), tokenizer.backend_tokenizer.to_str(), [part.training for part in model.modules()]
    assert before == after
    assert tokenizer.pad_token is None
    assert all(parameter.grad is None for parameter in model.parameters())
    np.testing.assert_allclose(rows, tiny(tiny_transformers.gpt2()).embed([*TEXTS, *ODD]), atol=1e-6)


def test_a_pipeline_from_a_folder_is_rebuilt_from_its_config() -> None:
    pipeline = tiny_transformers.pipeline(tiny_transformers.roberta())
    embedder = TransformersEmbedder.from_native(pipeline, batch_size=4, pooling="max")
    assert embedder.external() is None
    rebuilt = TransformersEmbedder(**{**embedder.config(), "device": "cpu"})
    assert (rebuilt.model, rebuilt.batch_size, rebuilt.pooling) == (tiny_transformers.roberta(), 4, "max")
    np.testing.assert_array_equal(rebuilt.embed(TEXTS), embedder.embed(TEXTS))


def test_a_pipeline_that_is_not_what_its_name_gives_is_external() -> None:
    import torch
    from transformers import BertConfig, BertModel

    trained = tiny_transformers.pipeline(tiny_transformers.bert())
    trained.model.embeddings.word_embeddings.weight.grad = torch.zeros(1)[0].expand(
        trained.model.embeddings.word_embeddings.weight.shape
    )
    halved = tiny_transformers.pipeline(tiny_transformers.bert())
    halved.model.half()
    with quiet():
        from transformers.pipelines import pipeline

        sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
        made = BertModel(BertConfig(vocab_size=200, **sizes))
        random = pipeline("feature-extraction", model=made, tokenizer=trained.tokenizer, device="cpu")
    name = "transformers.pipelines.feature_extraction.FeatureExtractionPipeline"
    for obj in (trained, halved, random):
        assert TransformersEmbedder.from_native(obj).external() == name
    assert TransformersEmbedder.from_native(random).identity() is None


def test_the_cache_never_believes_that_a_live_pipeline_is_as_it_was(tmp_path: Path) -> None:
    pipeline = tiny_transformers.pipeline(tiny_transformers.bert())
    with pytest.warns(UserWarning, match="its rows are not cached"):
        topicore.embed(pipeline, ["moon"], cache=tmp_path / "rows")
    tiny().embed(["moon"])
    assert tiny().identity() is not None


def test_a_pipeline_keeps_its_model_whatever_is_changed_around_it() -> None:
    pipeline = tiny_transformers.pipeline(tiny_transformers.bert())
    embedder = TransformersEmbedder.from_native(pipeline, normalize=True)
    other = embedder.fresh(batch_size=2)
    assert embedder.fresh() is embedder
    assert (other.batch_size, other.normalize, other._native is pipeline) == (2, True, True)
    with pytest.raises(ParameterError, match="device cannot change on a loaded pipeline"):
        TransformersEmbedder.from_native(pipeline, device="cpu")


def test_a_model_with_a_head_is_read_below_it() -> None:
    from transformers import BertForMaskedLM

    with quiet():
        from transformers.pipelines import pipeline

        plain = tiny_transformers.pipeline(tiny_transformers.bert())
        headed = BertForMaskedLM(plain.model.config).eval()
        headed.bert.load_state_dict(plain.model.state_dict(), strict=False)
        obj = pipeline("feature-extraction", model=headed, tokenizer=plain.tokenizer, device="cpu")
    np.testing.assert_allclose(TransformersEmbedder.from_native(obj).embed(TEXTS), tiny().embed(TEXTS), atol=1e-6)


def test_parameters_that_do_not_change_rows_do_not_change_the_identity() -> None:
    embedder = tiny()
    assert embedder.identity() == tiny(batch_size=3, local_files_only=True).identity()
    assert embedder.identity() != tiny(pooling="cls").identity()
    assert embedder.identity() != tiny(long_documents="chunk").identity()


def test_a_model_loads_once_and_rows_are_the_same_from_all_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[str] = []

    def counted(source: Source, *purpose: Any, **parameters: Any) -> Any:
        loads.append(source.model)
        return load(source, *purpose, **parameters)

    monkeypatch.setattr("topicore_transformers.embedder.load", counted)
    embedder = tiny()
    assert loads == []
    found: list[Any] = []

    def work() -> None:
        counts = embedder.count_tokens(["moon " * 100])
        found.append((counts, embedder.embed([*TEXTS, *ODD])))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loads) == 1
    assert len(found) == 6
    for counts, rows in found:
        assert counts == [102]
        np.testing.assert_array_equal(rows, found[0][1])


def test_loading_is_silent_and_puts_every_setting_back(capfd: pytest.CaptureFixture[str]) -> None:
    from huggingface_hub.utils import are_progress_bars_disabled
    from transformers.utils import logging as bars

    def settings() -> tuple[Any, ...]:
        levels = [logging.getLogger(name).level for name in ("huggingface_hub", "transformers")]
        return (*levels, bars.is_progress_bar_enabled(), are_progress_bars_disabled(), dict(os.environ))

    before = settings()
    folder = tiny_transformers.distilbert("silent")
    capfd.readouterr()
    tiny(folder).embed([*TEXTS, *ODD])
    assert capfd.readouterr() == ("", "")
    assert settings() == before


def test_a_model_that_cannot_be_loaded_says_what_to_do(tmp_path: Path) -> None:
    advice = r"Check the name; without a network give the folder of a saved model"
    with pytest.raises(ComponentError, match=f"cannot load 'nowhere/at-all': HF_HUB_OFFLINE is set.*{advice}"):
        tiny("nowhere/at-all").embed(["moon"])
    with pytest.raises(ComponentError, match=f"local_files_only=True, so nothing was downloaded.*{advice}"):
        tiny("nowhere/at-all", local_files_only=True).embed(["moon"])
    with pytest.raises(ComponentError, match=f"neither a folder here nor the id of a published model.*{advice}"):
        tiny(str(tmp_path / "gone")).embed(["moon"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(ComponentError, match=f"cannot load .*empty.*{advice}"):
        tiny(str(tmp_path / "empty")).embed(["moon"])


def test_without_a_network_the_error_comes_without_trying_again() -> None:
    code = (
        "import time; sleeps = []; time.sleep = sleeps.append\n"
        "from topicore_transformers import TransformersEmbedder\n"
        "try: TransformersEmbedder('nowhere/at-all').embed(['moon'])\n"
        "except Exception as error: print(type(error).__name__, error, sleeps)\n"
    )
    environment = {**os.environ, "HF_ENDPOINT": "http://127.0.0.1:9", "HF_HUB_OFFLINE": "0"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(
        "ComponentError embedder 'transformers' cannot load 'nowhere/at-all': the hub cannot be"
    )
    assert done.stdout.rstrip().endswith("[]")


def test_code_that_comes_with_a_model_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(
        '{"model_type": "own", "auto_map": {"AutoConfig": "own.Own", "AutoModel": "own.Model"}}'
    )
    (tmp_path / "own.py").write_text("raise SystemExit('run')")
    with pytest.raises(ComponentError, match="cannot load"):
        tiny(str(tmp_path)).embed(["moon"])


def test_weights_that_are_missing_are_an_error_and_not_random_numbers(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file
    from transformers import AutoTokenizer

    source = Path(tiny_transformers.bert())
    weights = load_file(source / "model.safetensors")
    kept = {name: value for name, value in weights.items() if "layer.1." not in name}
    save_file(kept, tmp_path / "model.safetensors", metadata={"format": "pt"})
    (tmp_path / "config.json").write_text((source / "config.json").read_text())
    with quiet():
        AutoTokenizer.from_pretrained(source).save_pretrained(tmp_path)
    with pytest.raises(ComponentError, match=r"has no weights for \d+ parts of BertModel .*give a complete model"):
        tiny(str(tmp_path)).embed(["moon"])


def test_a_model_of_the_wrong_sort_is_refused() -> None:
    with pytest.raises(ComponentError, match=r"cannot embed texts with CLIPModel.*Give a model of text"):
        tiny(tiny_transformers.clip()).embed(["moon"])


def test_passes_hold_texts_of_like_length() -> None:
    lengths = [3, 50, 0, 4, 50, 3]
    assert list(passes(lengths, 2, None, False)) == [[1, 4], [3, 0], [5]]
    assert list(passes(lengths, None, 100, False)) == [[1, 4], [3, 0, 5]]
    assert list(passes(lengths, None, 60, False)) == [[1], [4], [3, 0, 5]]
    assert list(passes(lengths, 9, None, True)) == [[1, 4], [3], [0, 5]]
    assert list(passes([], 2, None, False)) == []
