"""Vectors from files and downloads: what is read, what is refused, and what the refusal says."""

from __future__ import annotations

import gzip
import io
import json
import logging
import pickle
import shutil
from pathlib import Path
from typing import Any
from urllib.error import URLError

import numpy as np
import pytest
import tiny_gensim

import topicore
from topicore.errors import ComponentError, ParameterError
from topicore_gensim import GensimEmbedder

WORDS = ["moon", "bread", "goal"]


def retrieved(url: str, path: str, reporthook: Any = None) -> None:
    """What ``urlretrieve`` does, for addresses of files alone; the real one is replaced in every module at once."""
    source = Path(url.removeprefix("file://"))
    if reporthook:
        reporthook(1, source.stat().st_size, source.stat().st_size)
    shutil.copy(source, path)


def refused(*args: object, **kwargs: object) -> Any:
    raise URLError("no network here")


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of downloads, and no network."""
    from gensim import downloader

    folder = tmp_path / "gensim-data"
    monkeypatch.setattr(downloader, "BASE_DIR", str(folder))
    monkeypatch.setattr(downloader, "urlopen", refused)
    monkeypatch.setattr(downloader.urllib, "urlretrieve", refused)
    return folder


@pytest.mark.parametrize(
    "name", ["vectors.txt", "vectors.vec", "vectors.txt.gz", "vectors.bin", "vectors.bin.gz", "glove.txt"]
)
def test_files_of_vectors_are_read_whatever_their_format(name: str) -> None:
    embedder = GensimEmbedder(str(tiny_gensim.files() / name))
    np.testing.assert_allclose(embedder.embed(WORDS), tiny_gensim.word2vec().wv[WORDS], atol=1e-6)
    assert embedder.external() is None


def test_files_of_facebook_have_vectors_for_unknown_words() -> None:
    rows = GensimEmbedder(str(tiny_gensim.files() / "facebook.bin")).embed(["moon", "rocketship"])
    np.testing.assert_allclose(rows, tiny_gensim.fasttext().wv[["moon", "rocketship"]], atol=1e-6)


def test_words_that_are_no_unicode_do_not_stop_a_file(tmp_path: Path) -> None:
    (tmp_path / "vectors.txt").write_bytes(b"2 2\nmoon 1 2\nbr\xe9ad 3 4\n")
    np.testing.assert_array_equal(GensimEmbedder(str(tmp_path / "vectors.txt")).embed(["moon"]), [[1, 2]])


@pytest.mark.parametrize("name", ["words.kv", "word2vec.model", "doc2vec.model"])
def test_saves_of_gensim_are_loaded_only_when_told(name: str) -> None:
    path = str(tiny_gensim.files() / name)
    with pytest.raises(ComponentError, match=r"a pickle, which can run any code.*give allow_pickle=True"):
        GensimEmbedder(path).embed(WORDS)
    embedder = GensimEmbedder(path, allow_pickle=True)
    assert embedder.external() == "gensim.models.keyedvectors.KeyedVectors"
    assert embedder.identity() == {"model": path, "lowercase": True, "epochs": None, "long_documents": "truncate"}
    if name != "doc2vec.model":
        np.testing.assert_array_equal(embedder.embed(WORDS), tiny_gensim.word2vec().wv[WORDS])


class Runs:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("name", ["evil.kv", "evil.bin", "evil.txt", "evil.gz"])
def test_a_pickle_is_not_run_whatever_it_is_called(name: str, tmp_path: Path) -> None:
    data = pickle.dumps(Runs(tmp_path / "ran"))
    path = tiny_gensim.compressed(data, tmp_path / name) if name.endswith(".gz") else tmp_path / name
    if isinstance(path, Path):
        path.write_bytes(data)
    with pytest.raises(ComponentError, match="a pickle"):
        GensimEmbedder(str(path)).embed(WORDS)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it begins like none of the formats"),
        (b"<html><body>not found</body></html>\n", "it begins like none of the formats"),
        (b"PK\x03\x04 a zip archive", "it begins like none of the formats"),
        (b"3 2\nmoon 1 2\n", "unexpected end of input"),
        (b"(lp0\n.", "it begins like none of the formats"),
    ],
)
def test_a_file_that_holds_no_vectors_is_named(data: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "vectors.txt"
    path.write_bytes(data)
    with pytest.raises(ComponentError, match=rf"cannot read vectors from .*vectors.txt': {reason}.*Formats: word2vec"):
        GensimEmbedder(str(path)).embed(WORDS)


def test_a_folder_and_a_missing_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(ComponentError, match="it is a folder"):
        GensimEmbedder(str(tmp_path)).embed(WORDS)
    for name in (str(tmp_path / "gone.txt"), "vectors.bin", "", "../outside", "http://127.0.0.1:9/vectors.txt"):
        with pytest.raises(ComponentError, match=r"there is no file .*; give the path of a file of vectors"):
            GensimEmbedder(name).embed(WORDS)


def test_what_was_downloaded_is_read_as_data_without_asking_the_network(kept: Path) -> None:
    tiny_gensim.data_dir(kept)
    (kept / tiny_gensim.PUBLISHED / "__init__.py").write_text("raise SystemExit('ran')")
    (kept / "information.json").unlink()
    rows = GensimEmbedder(tiny_gensim.PUBLISHED).embed(WORDS)
    np.testing.assert_allclose(rows, tiny_gensim.fasttext().wv[WORDS], atol=1e-6)


def test_a_name_is_downloaded_once_and_without_a_word(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from gensim import downloader

    served = tiny_gensim.data_dir(tmp_path / "served")
    (served / tiny_gensim.PUBLISHED / "__init__.py").write_text("raise SystemExit('ran')")
    listed = (served / "information.json").read_bytes()
    monkeypatch.setattr(downloader, "urlopen", lambda url: io.BytesIO(listed))
    monkeypatch.setattr(downloader, "DOWNLOAD_BASE_URL", served.as_uri())
    monkeypatch.setattr(downloader.urllib, "urlretrieve", retrieved)
    rows = GensimEmbedder(tiny_gensim.PUBLISHED).embed(WORDS)
    np.testing.assert_allclose(rows, tiny_gensim.fasttext().wv[WORDS], atol=1e-6)
    assert capfd.readouterr() == ("", "")
    shutil.rmtree(served)
    np.testing.assert_array_equal(GensimEmbedder(tiny_gensim.PUBLISHED).embed(WORDS), rows)


def test_an_unknown_name_gets_a_suggestion(kept: Path) -> None:
    kept.mkdir()
    (kept / "information.json").write_text(
        json.dumps({"corpora": {"text8": {}}, "models": {tiny_gensim.PUBLISHED: {}}})
    )
    with pytest.raises(ComponentError, match="did you mean 'fasttext-wiki-news-subwords-300'"):
        GensimEmbedder("fasttext-wiki-news-subword-300").embed(WORDS)
    for name in ("text8", "whatever"):
        with pytest.raises(ComponentError, match=r"neither a file nor a download .* gensim.downloader.info\(name_only"):
            GensimEmbedder(name).embed(WORDS)


def test_no_network_is_said_in_one_sentence(
    kept: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging, "lastResort", logging.StreamHandler())
    with pytest.raises(
        ComponentError, match=r"cannot download 'glove-twitter-25': .*Without a network give a file"
    ) as no:
        GensimEmbedder("glove-twitter-25").embed(WORDS)
    assert "\n" not in str(no.value)
    tiny_gensim.data_dir(kept)
    shutil.rmtree(kept / tiny_gensim.PUBLISHED)
    with pytest.raises(ComponentError, match=r"cannot download .*no network here"):
        GensimEmbedder(tiny_gensim.PUBLISHED).embed(WORDS)
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("gensim.downloader").level == logging.NOTSET


def test_the_name_must_be_given() -> None:
    with pytest.raises(ParameterError, match="model"):
        topicore.embedder("gensim")


def test_words_of_glove_may_hold_blanks(tmp_path: Path) -> None:
    path = tmp_path / "glove.txt"
    path.write_bytes(b"moon 1 2 3\n. . . 4 5 6\nmoon 7 8 9\nbr\xe9ad 1 1 1\nat me@example.org 7 8 9\n")
    np.testing.assert_array_equal(GensimEmbedder(str(path)).embed(["moon", "at"]), [[1, 2, 3], [0, 0, 0]])


def test_a_gz_of_text_is_sniffed_after_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "glove.txt.gz"
    path.write_bytes(gzip.compress(b"moon 1 2 3\nbread 4 5 6\n"))
    np.testing.assert_array_equal(GensimEmbedder(str(path)).embed(["bread"]), [[4, 5, 6]])
