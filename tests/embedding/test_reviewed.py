"""Defects that a review found, none of which may come back."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from lettering import SPEC, Lettering, Limited
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline

import topicore
from topicore.errors import ComponentError, InputError, ParameterError, TransientError
from topicore.pipeline.cache import EmbeddingCache

FIRST = [f"{word} {other}" for word in ("moon", "rocket", "orbit") for other in ("bread", "oven", "moon")]
SECOND = [f"{word} {other}" for word in ("bread", "butter", "oven") for other in ("moon", "orbit", "bread")]


def pipeline(texts):
    return make_pipeline(TfidfVectorizer(), TruncatedSVD(2, random_state=0)).fit(texts)


def test_what_an_embedder_has_learned_is_part_of_its_name_in_the_cache(tmp_path):
    cache = tmp_path / "cache"
    for fitted in (pipeline(FIRST), pipeline(SECOND)):
        rows = topicore.embed(fitted, FIRST, cache=cache)
        np.testing.assert_allclose(rows, fitted.transform(FIRST), atol=1e-6)
        np.testing.assert_array_equal(rows, topicore.embed(fitted, FIRST, cache=cache))


def test_a_name_does_not_mix_the_rows_of_two_corpora(tmp_path):
    unfitted = make_pipeline(TfidfVectorizer(), TruncatedSVD(2, random_state=0))
    topicore.embed(unfitted, FIRST, cache=tmp_path / "cache", cache_key="mine")
    rows = topicore.embed(unfitted, FIRST + SECOND, cache=tmp_path / "cache", cache_key="mine")
    np.testing.assert_allclose(rows, topicore.embed(unfitted, FIRST + SECOND), atol=1e-6)


def test_splitting_is_another_name(tmp_path):
    long = " ".join(["aaaa bbbb"] * 12)
    with pytest.warns(UserWarning, match="one text is longer"):
        cut = topicore.embed(Limited(), [long], cache=tmp_path / "cache", cache_key="mine")
    split = topicore.embed(Limited("chunk"), [long], cache=tmp_path / "cache", cache_key="mine")
    assert not np.array_equal(cut, split)


def test_a_parameter_called_name_hides_nothing(tmp_path):
    class Named(Lettering):
        def __init__(self, name: str = "z") -> None:
            super().__init__()
            self.name = name

        def config(self):
            return {"name": self.name}

    class One(Named):
        spec = replace(SPEC, name="one")

    class Three(Named):
        spec = replace(SPEC, name="three")

        def embed(self, texts, /, *, role="document"):
            return super().embed(texts, role=role) * 3

    topicore.embed(One(), ["a"], cache=tmp_path / "cache")
    assert topicore.embed(Three(), ["a"], cache=tmp_path / "cache")[0, 0] == 3


def test_a_class_of_ones_own_has_no_identity_unless_it_gives_one(tmp_path):
    class Own(Lettering):
        identity = topicore.components.Embedder.identity

    with pytest.warns(UserWarning, match="its rows are not cached"):
        topicore.embed(Own(), ["a"], cache=tmp_path / "cache")


class Waiting(Lettering):
    """A service that is busy but for one text, which it refuses for good."""

    spec = replace(SPEC, network=True, chunk_size=1)

    def embed(self, texts, /, *, role="document"):
        if "bad" in texts:
            time.sleep(0.05)
            raise ComponentError("refused")
        raise TransientError("busy", retry_after=30)


def test_an_error_for_good_does_not_wait_for_the_pauses_of_others():
    start = time.monotonic()
    with pytest.raises(ComponentError, match=r"refused|gave up"):
        topicore.embed(Waiting(), ["a", "b", "bad", "c"])
    assert time.monotonic() - start < 15


def test_what_is_in_flight_when_another_call_fails_is_kept(tmp_path):
    begun = threading.Event()

    class Slow(Lettering):
        spec = replace(SPEC, network=True, chunk_size=1)

        def embed(self, texts, /, *, role="document"):
            if "bad" in texts:
                begun.wait(5)
                raise ComponentError("refused")
            begun.set()
            time.sleep(0.2)
            return super().embed(texts, role=role)

    with pytest.raises(ComponentError, match="document 1: refused"):
        topicore.embed(Slow(), ["a", "bad"], cache=tmp_path / "cache")
    again = Lettering()
    topicore.embed(again, ["a"], cache=tmp_path / "cache")
    assert again.calls == []


def test_many_may_make_one_cache_at_once(tmp_path):
    for round_ in range(20):
        with ThreadPoolExecutor(8) as pool:
            made = list(pool.map(lambda _, path=tmp_path / str(round_): EmbeddingCache(path), range(8)))
        for cache in made:
            cache.close()


def test_an_embedder_of_two_roles_is_asked_once():
    embedder = Lettering()
    topicore.embed({"document": embedder, "query": embedder, "word": Lettering()}, ["a", "b"])
    assert embedder.asked == ["a", "b"]
    assert topicore.dry_run({"document": embedder, "word": Lettering()}, ["a", "b"]).requests == 1


def test_an_image_that_changes_meanwhile_is_not_kept_under_its_new_content(tmp_path):
    picture = tmp_path / "picture"
    picture.write_bytes(b"old")

    class Seeing(Lettering):
        spec = replace(SPEC, modalities=frozenset({"text", "image"}))

        def embed_images(self, images, /):
            rows = np.array([[len(Path(image).read_bytes())] * 9 for image in images], dtype=np.float32)
            picture.write_bytes(b"a much newer one")
            return rows

    topicore.embed(Seeing(), images=[picture], cache=tmp_path / "cache")
    assert topicore.embed(Seeing(), images=[picture], cache=tmp_path / "cache")[0, 0] == len(b"a much newer one")


def test_one_picture_is_embedded_once():
    class Seeing(Lettering):
        spec = replace(SPEC, modalities=frozenset({"text", "image"}))

        def embed_images(self, images, /):
            self.calls.append(images)
            return np.array([[len(image)] * 9 for image in images], dtype=np.float32)

    embedder = Seeing()
    rows = topicore.embed(embedder, images=["a", "bb", "a", "a"])
    assert embedder.calls == [["a", "bb"]]
    assert rows[:, 0].tolist() == [1, 2, 1, 1]


@pytest.mark.parametrize("rows", [[[1.0], [2.0, 3.0]], [["a"], ["b"]], {"a": 1}, np.ones((2, 2)) * 1j, [[None], [1]]])
def test_rows_that_are_none_are_one_error_that_names_the_documents(rows):
    class Odd(Lettering):
        def embed(self, texts, /, *, role="document"):
            return rows

    with pytest.raises(ComponentError, match=r"embedder 'lettering'.* documents 0 to 1"):
        topicore.embed(Odd(), ["a", "b"])


def test_tokens_have_to_be_counted_for_every_text():
    class Short(Limited):
        def count_tokens(self, texts, /):
            return [1]

    with pytest.raises(ComponentError, match="counted tokens of 1 texts, not of 2"):
        topicore.embed(Short(), ["a " * 30, "b " * 30])


@pytest.mark.parametrize("out", ["", "a\0b", 5, b"rows.npy", "."])
def test_an_out_that_cannot_be_is_refused_before_the_work(out):
    embedder = Lettering()
    with pytest.raises(InputError, match="out"):
        topicore.embed(embedder, ["a"], out=out)
    assert embedder.calls == []


@pytest.mark.parametrize(("cache", "key"), [("a\0b", None), ("rows.db", ""), ("rows.db", 7)])
def test_a_cache_or_name_that_cannot_be_is_refused(cache, key, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ParameterError, match=r"cache(_key)?"):
        topicore.embed(Lettering(), ["a"], cache=cache, cache_key=key)


def test_a_name_of_sqlites_own_is_a_file_like_any_other(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    topicore.embed(Lettering(), ["a"], cache=":memory:")
    again = Lettering()
    topicore.embed(again, ["a"], cache=":memory:")
    assert again.calls == []


def test_damaged_rows_are_made_again(tmp_path):
    topicore.embed(Lettering(), ["a", "b", "c"], cache=tmp_path / "cache")
    cache = EmbeddingCache(tmp_path / "cache")
    keys = [key for (key,) in cache._connection.execute("SELECT key FROM rows")]
    cache._connection.execute("UPDATE rows SET row = x'010203' WHERE key = ?", (keys[0],))
    nan = np.full(9, np.nan, np.float32).tobytes()
    cache._connection.execute("UPDATE rows SET row = ? WHERE key = ?", (nan, keys[1]))
    cache.close()
    rows = topicore.embed(Lettering(), ["a", "b", "c"], cache=tmp_path / "cache")
    np.testing.assert_array_equal(rows, Lettering().embed(["a", "b", "c"]))


def test_a_dry_run_makes_no_file(tmp_path):
    topicore.dry_run(Lettering(), ["a"], cache=tmp_path / "cache")
    assert list(tmp_path.iterdir()) == []
