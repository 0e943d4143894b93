"""The embedding cache: what is kept under which name, and what survives."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from lettering import SPEC, Lettering

import topicore
from topicore import TopicModel
from topicore.components import Embedder
from topicore.errors import ComponentError, ParameterError, TransientError
from topicore.pipeline import calling
from topicore.pipeline.cache import EmbeddingCache, content, identity

TEXTS = [f"{letter * count} number {count}" for count in range(1, 6) for letter in "abcd"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rows" / "cache.db"


def test_a_second_run_asks_for_nothing_and_gives_the_same_bytes(path):
    first, second = Lettering(), Lettering()
    rows = topicore.embed(first, TEXTS, cache=path)
    again = topicore.embed(second, TEXTS, cache=path)
    assert first.asked == TEXTS
    assert second.calls == []
    assert rows.dtype == again.dtype == np.float32
    assert rows.tobytes() == again.tobytes()
    np.testing.assert_array_equal(rows, Lettering().embed(TEXTS))


def test_only_missing_texts_are_embedded_in_whatever_order(path):
    topicore.embed(Lettering(), TEXTS[:7], cache=path)
    embedder = Lettering()
    rows = topicore.embed(embedder, TEXTS[::-1], cache=path)
    assert sorted(embedder.asked) == sorted(TEXTS[7:])
    np.testing.assert_array_equal(rows, Lettering().embed(TEXTS[::-1]))


@pytest.mark.parametrize("cached", [True, False])
def test_equal_texts_are_embedded_once(path, cached):
    embedder = Lettering()
    texts = [TEXTS[0], TEXTS[1], TEXTS[0], TEXTS[2], TEXTS[1], TEXTS[0], "", ""]
    rows = topicore.embed(embedder, texts, cache=path if cached else None)
    assert embedder.asked == [TEXTS[0], TEXTS[1], TEXTS[2], ""]
    np.testing.assert_array_equal(rows, Lettering().embed(texts))


def test_the_role_is_part_of_the_key(path):
    embedder = Lettering()
    model = TopicModel(embedder=embedder, cache=path, clusterer=topicore.clusterer("kmeans", n_clusters=2)).fit(TEXTS)
    before = len(embedder.calls)
    model.find_topics(TEXTS[0])
    assert embedder.calls[before:] == [[TEXTS[0]]]
    model.find_topics(TEXTS[0])
    assert len(embedder.calls) == before + 1


def test_other_parameters_are_another_model_and_neutral_ones_are_not(path):
    class Neutral(Lettering):
        spec = replace(SPEC, neutral=("batch_size",))

    topicore.embed(Neutral("one", batch_size=8), TEXTS, cache=path)
    same, other = Neutral("one", batch_size=2), Neutral("two")
    topicore.embed(same, TEXTS, cache=path)
    topicore.embed(other, TEXTS, cache=path)
    assert same.calls == []
    assert other.asked == TEXTS
    assert identity(Neutral("one"), None) != identity(Neutral("two"), None)


def test_a_local_model_that_was_trained_again_is_another_model(tmp_path):
    class Local(Lettering):
        spec = replace(SPEC, argument="model")

    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "weights").write_bytes(b"one")
    before = identity(Local(str(folder)), None)
    assert identity(Local(str(folder)), None) == before
    (folder / "weights").write_bytes(b"three")
    assert identity(Local(str(folder)), None) != before


def test_an_identity_may_outlive_a_version():
    class Paid(Lettering):
        def identity(self):
            return {"model": self.model, "version": "1"}

    assert identity(Paid(), None) == identity(Paid(batch_size=3), None)


def test_embedders_without_an_identity_are_cached_only_under_a_name(path):
    calls = []

    def function(texts):
        calls.extend(texts)
        return Lettering().embed(texts)

    with pytest.warns(UserWarning, match="does not say what its rows depend on, so its rows are not cached"):
        topicore.embed(function, TEXTS, cache=path)
    topicore.embed(function, TEXTS, cache=path, cache_key="mine")
    topicore.embed(function, TEXTS, cache=path, cache_key="mine")
    assert len(calls) == 2 * len(TEXTS)
    topicore.embed(function, TEXTS, cache=path, cache_key="mine, changed")
    assert len(calls) == 3 * len(TEXTS)


def test_embedders_that_learn_from_the_corpus_are_not_cached(path):
    from sklearn.feature_extraction.text import TfidfVectorizer

    with pytest.warns(UserWarning, match="learns from each corpus, so its rows are not cached"):
        topicore.embed(TfidfVectorizer(), TEXTS, cache=path)
    TopicModel(cache=path).fit(TEXTS)  # reads tokens: nothing to keep, nothing to say
    assert EmbeddingCache(path).find([b"x"]) == {}
    assert sqlite3.connect(path).execute("SELECT count(*) FROM rows").fetchone() == (0,)


def test_each_part_of_a_joint_embedder_has_its_own_rows(path):
    parts = [Lettering("one"), Lettering("two")]
    first = topicore.embed(parts, TEXTS, cache=path)
    again = [Lettering("one"), Lettering("three")]
    second = topicore.embed(again, TEXTS, cache=path)
    assert again[0].calls == []
    assert again[1].asked == TEXTS
    np.testing.assert_array_equal(first, second)


def test_rows_of_another_width_under_a_reused_name_are_an_error_not_a_mixture(path):
    topicore.embed(lambda texts: Lettering().embed(texts), TEXTS[:5], cache=path, cache_key="k")
    with pytest.raises(ComponentError, match=r"different widths.*cache_key"):
        topicore.embed(lambda texts: Lettering().embed(texts)[:, :3], TEXTS, cache=path, cache_key="k")


class Failing(Lettering):
    """A service that answers the first calls only."""

    spec = replace(SPEC, network=True)

    def embed(self, texts, /, *, role="document"):
        if TEXTS[13] in texts:
            raise ComponentError("the service refuses a text")
        return super().embed(texts, role=role)


@pytest.mark.parametrize("executor", ["serial", "threads"])
def test_finished_batches_survive_an_error_that_names_the_documents(path, executor):
    with pytest.raises(ComponentError, match="documents 12 to 15: the service refuses a text"):
        topicore.embed(Failing(), TEXTS, cache=path, executor=executor)
    rest = Lettering()
    topicore.embed(rest, TEXTS, cache=path)
    assert set(TEXTS[12:16]) <= set(rest.asked) <= set(TEXTS[12:])


def test_a_service_that_recovers_is_asked_again_and_one_that_does_not_is_given_up(monkeypatch):
    pauses = []
    monkeypatch.setattr(calling.Halt, "pause", lambda halt, seconds: pauses.append(seconds))

    class Busy(Lettering):
        spec = replace(SPEC, network=True, chunk_size=100)
        failures = 3

        def embed(self, texts, /, *, role="document"):
            if self.failures:
                self.failures -= 1
                raise TransientError("busy", retry_after=7 if self.failures else None)
            return super().embed(texts, role=role)

    topicore.embed(Busy(), TEXTS)
    assert pauses[:2] == [7, 7]
    assert 0 < pauses[2] < 7
    hopeless = Busy()
    hopeless.failures = 99
    with pytest.raises(ComponentError, match="gave up on documents 0 to 19 after 6 attempts: busy"):
        topicore.embed(hopeless, TEXTS)

    class Tomorrow(Lettering):
        spec = replace(SPEC, network=True)

        def embed(self, texts, /, *, role="document"):
            raise TransientError("quota", retry_after=86400)

    pauses.clear()
    with pytest.raises(ComponentError, match="after 1 attempt: quota; it asks to wait 86400 seconds"):
        topicore.embed(Tomorrow(), TEXTS)
    assert pauses == []


PROGRAM = """
import os, signal, sys
from dataclasses import replace
sys.path.insert(0, sys.argv[3])
from lettering import Lettering
import topicore

class Killed(Lettering):
    def embed(self, texts, /, *, role="document"):
        if len(self.asked) >= int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().embed(texts, role=role)

Killed.__name__ = Killed.__qualname__ = "Lettering"
topicore.embed(Killed(), [f"text {i} {'abcdefgh'[i % 8]}" for i in range(50)], cache=sys.argv[1])
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system kills in another way")
def test_a_killed_run_starts_again_where_it_was(path):
    here = str(Path(__file__).parent)
    command = [sys.executable, "-c", PROGRAM, str(path), "30", here]
    ended = subprocess.run(command, env={**os.environ}, capture_output=True, text=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    texts = [f"text {i} {'abcdefgh'[i % 8]}" for i in range(50)]
    rest = Lettering()
    rows = topicore.embed(rest, texts, cache=path)
    assert rest.asked == texts[32:]  # eight chunks of four were kept
    np.testing.assert_array_equal(rows, Lettering().embed(texts))


def test_a_transaction_that_a_kill_cut_short_leaves_the_cache_whole(path):
    with EmbeddingCacheOf(path) as cache:
        cache.keep([b"a"], np.ones((1, 3), np.float32))
    program = (
        "import sqlite3, os, sys, signal\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('PRAGMA cache_size = 1')\n"
        "c.execute('BEGIN IMMEDIATE')\n"
        "for i in range(3000): c.execute('INSERT INTO rows VALUES (?, ?)', (str(i).encode(), bytes(4000)))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(path)])
    with EmbeddingCacheOf(path) as cache:
        assert list(cache.find([b"a", b"5"])) == [b"a"]


class EmbeddingCacheOf:
    """A cache that closes itself."""

    def __init__(self, path: Path) -> None:
        self.cache = EmbeddingCache(path)

    def __enter__(self) -> EmbeddingCache:
        return self.cache

    def __exit__(self, *error: object) -> None:
        self.cache.close()


def test_threads_and_processes_share_a_file(path):
    rows = np.arange(400, dtype=np.float32).reshape(100, 4)
    keys = [bytes([number]) for number in range(100)]
    with EmbeddingCacheOf(path) as one, EmbeddingCacheOf(path) as other, ThreadPoolExecutor(8) as pool:
        work = [(cache, at) for at in range(100) for cache in (one, other)]
        list(pool.map(lambda item: item[0].keep(keys[item[1] : item[1] + 1], rows[item[1] : item[1] + 1]), work))
        found = one.find(keys)
    np.testing.assert_array_equal(np.stack([found[key] for key in keys]), rows)


def test_a_full_disk_costs_a_warning_and_not_the_rows(path):
    topicore.embed(Lettering(), TEXTS[:2], cache=path)
    kept = EmbeddingCache(path)
    pages = kept._connection.execute("PRAGMA page_count").fetchone()[0]
    kept._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.warns(UserWarning, match="keeps nothing more: database or disk is full; the work goes on without it"):
        kept.keep([bytes([n]) * 16 for n in range(200)], np.ones((200, 300), np.float32))
    kept.keep([b"later"], np.ones((1, 300), np.float32))
    assert kept.find([b"later"]) == {}
    kept.close()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"this is a letter to my aunt, and no database at all" * 30, "not a database"),
        (b"SQLite format 3\x00" + b"\xff" * 2000, "delete the file if it is a damaged cache"),
    ],
)
def test_a_file_that_is_no_cache_is_refused_and_left_alone(tmp_path, content, message):
    path = tmp_path / "file"
    path.write_bytes(content)
    embedder = Lettering()
    with pytest.raises(ParameterError, match=message):
        topicore.embed(embedder, TEXTS, cache=path)
    assert path.read_bytes() == content
    assert embedder.calls == []


def test_a_folder_a_foreign_database_and_no_path_are_refused(tmp_path):
    with pytest.raises(ParameterError, match="cannot be opened"):
        topicore.embed(Lettering(), TEXTS, cache=tmp_path)
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE photographs (name TEXT)")
    connection.commit()
    connection.close()
    with pytest.raises(ParameterError, match="database of another program"):
        topicore.embed(Lettering(), TEXTS, cache=other)
    with pytest.raises(ParameterError, match="cache must be the path of a file, got 7"):
        topicore.embed(Lettering(), TEXTS, cache=7)


def test_a_cache_of_another_layout_is_refused(path):
    EmbeddingCache(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 9")
    connection.close()
    with pytest.raises(ParameterError, match="has layout 9, and this topicore reads 1"):
        topicore.embed(Lettering(), TEXTS, cache=path)


def test_images_are_known_by_what_they_show(tmp_path):
    pixels = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    assert content(pixels, "image") == content(pixels.copy(), "image")
    assert content(pixels, "image") != content(pixels.reshape(1, 4, 3), "image")
    file = tmp_path / "picture"
    file.write_bytes(b"abc")
    assert content(file, "image") == content(str(file), "image") == b"abc"
    assert content(tmp_path / "gone", "image") is None
    assert content(object(), "image") is None


def test_images_are_cached_and_skipped_ones_are_not(path, tmp_path):
    class Seeing(Lettering):
        spec = replace(SPEC, modalities=frozenset({"text", "image"}))

        def embed_images(self, images, /):
            self.calls.append([Path(image).name for image in images])
            return np.array([[len(Path(image).read_bytes())] * 9 for image in images], dtype=np.float32)

    files = []
    for name, data in {"full": b"abc", "empty": b"", "same": b"abc"}.items():
        files.append(tmp_path / name)
        files[-1].write_bytes(data)
    first, again = Seeing(), Seeing()
    rows = topicore.embed(first, images=files, cache=path)
    np.testing.assert_array_equal(topicore.embed(again, images=files, cache=path), rows)
    assert again.calls == [["empty"]]  # a row of zeros was skipped, and may be readable now


def test_a_saved_model_does_not_name_a_file_to_write_to(path, tmp_path):
    model = TopicModel(cache=path, cache_key="mine").fit(TEXTS)
    model.save(tmp_path / "model")
    assert (topicore.load(tmp_path / "model").cache, topicore.load(tmp_path / "model").cache_key) == (None, None)
    assert "cache.db" not in (tmp_path / "model" / "topicore.json").read_text()
    assert model.get_params()["cache"] == path


def test_a_fit_a_transform_and_a_refit_share_the_cache(path):
    def model(embedder: Embedder) -> TopicModel:
        return TopicModel(embedder=embedder, cache=path, clusterer=topicore.clusterer("kmeans", n_clusters=3))

    first, second = Lettering(), Lettering()
    fitted = model(first).fit(TEXTS)
    fitted.transform(TEXTS[:5])
    again = model(second).fit([*TEXTS, "new text"])
    assert first.asked == TEXTS
    assert second.asked == ["new text"]
    assert again.embeddings_.shape == (len(TEXTS) + 1, 9)
