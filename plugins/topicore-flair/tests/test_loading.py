"""Loading in silence, and what is said of models that cannot be loaded."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import tiny_flair

from topicore.errors import ComponentError
from topicore_flair import FlairEmbedder

LOGGERS = ("flair", "gensim", "huggingface_hub", "transformers")


def test_loading_is_silent_and_puts_every_setting_back(capfd: pytest.CaptureFixture[str]) -> None:
    from flair.file_utils import Tqdm
    from huggingface_hub.utils import are_progress_bars_disabled
    from transformers.utils import logging as bars

    def settings() -> tuple[Any, ...]:
        levels = [logging.getLogger(name).level for name in LOGGERS]
        shown = (bars.is_progress_bar_enabled(), are_progress_bars_disabled(), Tqdm.tqdm)
        return (*levels, *shown, logging.config.dictConfig, dict(os.environ))  # type: ignore[attr-defined]

    folder, vectors = tiny_flair.bert(), tiny_flair.vectors("vectors.txt")
    capfd.readouterr()
    before = settings()
    for embedder in (FlairEmbedder(folder), FlairEmbedder(vectors, kind="word")):
        embedder.embed(["moon", "", "moon " * 300, "\u200b"])
    assert settings() == before
    assert capfd.readouterr() == ("", "")


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], str, str]:
    """What a process printed, to both streams, and logged that loads by name first, with a hub that is not there."""
    folder = tmp_path_factory.mktemp("process")
    code = (
        "import logging, sys, time\n"
        "logging.getLogger().addHandler(logging.FileHandler('log.txt', mode='w'))\n"
        "from topicore_flair import FlairEmbedder\n"
        f"FlairEmbedder({tiny_flair.bert()!r}).embed(['moon'])\n"
        "logging.getLogger('mine').warning('still here')\n"
        "print('flair' in sys.modules, logging.getLogger('flair').handlers)\n"
        "start = time.monotonic()\n"
        "try: FlairEmbedder('nowhere/at-all').embed(['moon'])\n"
        "except Exception as error: print(type(error).__name__, error, time.monotonic() - start < 30)\n"
    )
    environment = {**os.environ, "HF_ENDPOINT": "http://127.0.0.1:9", "HF_HUB_OFFLINE": "0"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.stdout.splitlines(), done.stderr, (folder / "log.txt").read_text()


def test_importing_flair_leaves_the_logging_of_the_process_alone(process: tuple[list[str], str, str]) -> None:
    printed, complained, logged = process
    assert (printed[0], complained, logged) == ("True []", "", "still here\n")


def test_without_a_network_the_error_comes_at_once(process: tuple[list[str], str, str]) -> None:
    assert len(process[0]) == 2
    assert process[0][1].startswith(
        "ComponentError embedder 'flair' cannot load 'nowhere/at-all': the hub cannot be reached"
    )
    assert process[0][1].endswith("True")


def test_a_transformer_that_cannot_be_loaded_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    advice = r"Check the name; without a network give the folder of a saved model"
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ComponentError, match=f"cannot load 'nowhere/at-all': HF_HUB_OFFLINE is set.*{advice}"):
        FlairEmbedder("nowhere/at-all").embed(["moon"])
    with pytest.raises(ComponentError, match=f"local_files_only=True, so nothing was downloaded.*{advice}"):
        FlairEmbedder("nowhere/at-all", local_files_only=True).embed(["moon"])
    with pytest.raises(ComponentError, match=f"neither a folder here nor the id of a published model.*{advice}"):
        FlairEmbedder(str(tmp_path / "gone")).embed(["moon"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(ComponentError, match=f"cannot load .*empty.*{advice}"):
        FlairEmbedder(str(tmp_path / "empty")).embed(["moon"])
    with pytest.raises(ComponentError, match="is loaded with kind='word'"):
        FlairEmbedder(tiny_flair.vectors("vectors.txt")).embed(["moon"])


def test_code_that_comes_with_a_model_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(
        '{"model_type": "own", "auto_map": {"AutoConfig": "own.Own", "AutoModel": "own.Model"}}'
    )
    (tmp_path / "own.py").write_text("raise SystemExit('run')")
    with pytest.raises(ComponentError, match="cannot load"):
        FlairEmbedder(str(tmp_path)).embed(["moon"])


def test_a_pickle_is_not_loaded_unasked() -> None:
    path = tiny_flair.vectors("vectors.kv")
    for name in (path, "crawl"):
        with pytest.raises(ComponentError, match=r"a pickle, which can run any code.*give allow_pickle=True"):
            FlairEmbedder(name, kind="word").embed(["moon"])
    embedder = FlairEmbedder(path, kind="word", allow_pickle=True)
    plain = FlairEmbedder(tiny_flair.vectors("vectors.txt"), kind="word")
    assert abs(embedder.embed(["moon rocket"]) - plain.embed(["moon rocket"])).max() < 1e-5
    assert (embedder.external(), plain.external()) == ("flair.embeddings.token.WordEmbeddings", None)


def test_a_pickle_that_is_named_like_vectors_is_not_run(tmp_path: Path) -> None:
    marker = tmp_path / "run"
    for name in ("vectors.txt", "vectors.bin"):
        (tmp_path / name).write_bytes(b"cos\nsystem\n(S'touch " + str(marker).encode() + b"'\ntR.")
        with pytest.raises(ComponentError, match="cannot load word embeddings"):
            FlairEmbedder(str(tmp_path / name), kind="word").embed(["moon"])
    assert not marker.exists()


def test_vectors_that_are_missing_say_so(tmp_path: Path) -> None:
    with pytest.raises(ComponentError, match=r"there is no file .*gone\.txt"):
        FlairEmbedder(str(tmp_path / "gone.txt"), kind="word").embed(["moon"])
    with pytest.raises(ComponentError, match="cannot load word embeddings from 'nothing-like-it'"):
        FlairEmbedder("nothing-like-it", kind="word", allow_pickle=True).embed(["moon"])
