"""Models run by ONNX Runtime and OpenVINO: the same rows, exported on the way, and nothing left behind."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_sentence_transformers as tiny_models

import topicore
from topicore.errors import MissingPluginError
from topicore_sentence_transformers import SentenceTransformerEmbedder
from topicore_sentence_transformers.exporting import NEEDED, _installed

TEXTS = ["the moon and a rocket", "bread in the oven", "goal", "the judge of the court " * 5, "zebra", " "]
INSTALLED = {backend: all(map(_installed, modules)) for backend, modules in NEEDED.items()}


def embedder(folder: str, backend: str, **parameters: Any) -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(folder, device="cpu", backend=backend, **parameters)  # type: ignore[arg-type]


@pytest.fixture(params=["onnx", "openvino"])
def backend(request: pytest.FixtureRequest) -> str:
    if not INSTALLED[request.param]:
        pytest.skip(f"without the extra {request.param}")
    return str(request.param)


@pytest.mark.parametrize("name", ["onnx", "openvino"])
def test_a_backend_that_is_not_installed_names_the_extra(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NEEDED, name, ("no_such_library", f"{name}.no_such_part"))
    with pytest.raises(
        MissingPluginError, match=rf"needs no_such.*pip install 'topicore-sentence-transformers\[{name}\]'"
    ):
        embedder(tiny_models.sentence_transformer(), name).embed(TEXTS)


def test_rows_are_those_of_torch(backend: str) -> None:
    plain = SentenceTransformerEmbedder(tiny_models.minilm(), device="cpu")
    exported = embedder(tiny_models.minilm(), backend)
    np.testing.assert_allclose(exported.embed(TEXTS), plain.embed(TEXTS), atol=1e-5)
    assert exported.max_tokens == plain.max_tokens
    assert exported.count_tokens(TEXTS) == plain.count_tokens(TEXTS)


@pytest.mark.parametrize(
    ("backend", "precision", "least"),
    [("onnx", "int8", 0.97), ("openvino", "int8", 0.99), ("openvino", "bfloat16", 0.999)],
    indirect=["backend"],
)
def test_rows_of_less_precision_are_near(backend: str, precision: Any, least: float) -> None:
    plain = SentenceTransformerEmbedder(tiny_models.minilm(), device="cpu").embed(TEXTS)
    coarse = embedder(tiny_models.minilm(), backend, precision=precision)
    rows = coarse.embed(TEXTS)
    cosines = (rows * plain)[:-1].sum(axis=1) / np.linalg.norm(rows[:-1], axis=1)
    assert least < cosines.min() < 1 - 1e-7
    assert not rows[-1].any()
    assert not coarse.spec.batch_invariant


def test_the_folder_of_the_model_stays_as_it_is_and_no_other_is_left(
    backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    shutil.copytree(tiny_models.sentence_transformer(), tmp_path / "model")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "model").rglob("*")}
    for precision in ("float32", "int8"):
        embedder(str(tmp_path / "model"), backend, precision=precision).embed(TEXTS)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "model").rglob("*")} == before
    assert not list((tmp_path / "temporary").iterdir())


def test_loading_is_silent_in_a_new_process(backend: str) -> None:
    parameters = {"device": "cpu", "backend": backend, "precision": "int8"}
    program = (
        "from topicore_sentence_transformers import SentenceTransformerEmbedder\n"
        f"SentenceTransformerEmbedder({tiny_models.sentence_transformer()!r}, **{parameters!r}).embed(['moon'])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_a_folder_with_an_exported_model_is_read_as_it_is(backend: str, tmp_path: Path) -> None:
    from topicore_sentence_transformers import exporting, loading

    folder = tiny_models.sentence_transformer()
    with loading.quiet(), exporting.quiet(backend):
        from sentence_transformers import SentenceTransformer

        settings = {"export": True}
        obj = SentenceTransformer(folder, device="cpu", backend=backend, model_kwargs=settings, local_files_only=True)
        obj.save_pretrained(str(tmp_path), create_model_card=False)
    assert not list(tmp_path.rglob("model.safetensors"))
    rows = SentenceTransformerEmbedder(folder, device="cpu").embed(TEXTS)
    for precision, tolerance in (("float32", 1e-5), ("int8", 0.1)):
        found = embedder(str(tmp_path), backend, precision=precision).embed(TEXTS)
        np.testing.assert_allclose(found, rows, atol=tolerance)


def test_a_live_object_is_wrapped_and_external(backend: str) -> None:
    from topicore_sentence_transformers.exporting import accelerated
    from topicore_sentence_transformers.loading import plain, quiet

    folder = tiny_models.sentence_transformer()
    settings = {"device": "cpu", "revision": None, "local_files_only": True}
    with quiet():
        obj = accelerated(folder, backend, "float32", plain=partial(plain, "the test"), **settings)
    wrapped = topicore.embedder(obj)
    assert wrapped.external() is not None
    rows = SentenceTransformerEmbedder(folder, device="cpu").embed(TEXTS)
    np.testing.assert_allclose(wrapped.embed(TEXTS), rows, atol=1e-5)
