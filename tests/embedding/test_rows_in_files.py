"""Rows that live in a file."""

from __future__ import annotations

import numpy as np
import pytest
from lettering import Lettering
from sklearn.feature_extraction.text import TfidfVectorizer

import topicore
from topicore import TopicModel
from topicore.errors import ComponentError, InputError

TEXTS = [letter * n for n in range(1, 8) for letter in "abc"] + ["a", "bb"]


@pytest.mark.parametrize("embedder", [Lettering(), [Lettering("one"), Lettering("two")], "lsa"])
def test_rows_are_mapped_from_the_file_and_equal_those_in_memory(tmp_path, embedder):
    rows = topicore.embed(embedder, TEXTS, out=tmp_path / "rows.npy")
    assert isinstance(rows, np.memmap)
    np.testing.assert_array_equal(rows, topicore.embed(embedder, TEXTS))
    np.testing.assert_array_equal(np.load(tmp_path / "rows.npy"), rows)
    assert [file.name for file in tmp_path.iterdir()] == ["rows.npy"]


def test_the_cache_and_the_file_work_together(tmp_path):
    topicore.embed(Lettering(), TEXTS[:5], cache=tmp_path / "cache")
    rows = topicore.embed(Lettering(), TEXTS, cache=tmp_path / "cache", out=tmp_path / "rows.npy")
    np.testing.assert_array_equal(rows, Lettering().embed(TEXTS))


def test_a_model_is_fitted_on_rows_from_a_file(tmp_path):
    rows = topicore.embed(Lettering(), TEXTS, out=tmp_path / "rows.npy")
    clusterer = topicore.clusterer("kmeans", n_clusters=3)
    fitted = TopicModel(clusterer=clusterer).fit(TEXTS, embeddings=rows)
    assert fitted.topics_ == TopicModel(clusterer=clusterer).fit(TEXTS, np.array(rows)).topics_


def test_a_failed_run_leaves_what_was_there(tmp_path):
    class Failing(Lettering):
        def embed(self, texts, /, *, role="document"):
            if self.calls:
                raise RuntimeError("gone")
            return super().embed(texts, role=role)

    (tmp_path / "rows.npy").write_bytes(b"before")
    with pytest.raises(ComponentError):
        topicore.embed(Failing(), TEXTS, out=tmp_path / "rows.npy")
    assert (tmp_path / "rows.npy").read_bytes() == b"before"
    assert len(list(tmp_path.iterdir())) == 1


def test_places_that_cannot_be_written_and_sparse_rows_are_refused(tmp_path):
    embedder = Lettering()
    with pytest.raises(InputError, match="cannot be written"):
        topicore.embed(embedder, TEXTS, out=tmp_path / "no" / "such" / "folder.npy")
    assert embedder.calls == []
    with pytest.raises(InputError, match="sparse"):
        topicore.embed(TfidfVectorizer(token_pattern=r"\w+"), TEXTS, out=tmp_path / "rows.npy")
    assert list(tmp_path.iterdir()) == []
