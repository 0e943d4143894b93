"""Damaged, forged and foreign files: one clear error each, and nothing run."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import pickle
import shutil
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
from sklearn.pipeline import make_pipeline

from topicore.errors import ExternalComponentError, ModelFileError, TopicoreError
from topicore.model import TopicModel
from topicore.persistence import inspect, load

JSON_FILES = [
    "clusterer.json",
    "embedder.json",
    "representation.json",
    "tokens.json",
    "topicore.json",
    "topics.json",
    "vectorizer.json",
    "vocabulary.json",
    "weighting.json",
]
OTHERS = [
    "clusterer.safetensors",
    "counts.safetensors",
    "documents.jsonl.gz",
    "embedder.safetensors",
    "embeddings.safetensors",
    "tokens.safetensors",
    "topics.safetensors",
    "weighting.safetensors",
]


def forge(model: Path, name: str, content: bytes) -> None:
    """Replace a file and its entry in the manifest, as someone would who means harm."""
    (model / name).write_bytes(content)
    manifest = json.loads((model / "topicore.json").read_text())
    manifest["files"][name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    forge_manifest(model, manifest)


def forge_manifest(model: Path, manifest: Any) -> None:
    if isinstance(manifest, dict):
        rest = {key: value for key, value in manifest.items() if key != "seal"}
        manifest = {**rest, "seal": hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()}
    (model / "topicore.json").write_text(json.dumps(manifest))


def forge_json(model: Path, name: str, change: Callable[[Any], Any]) -> None:
    value = json.loads((model / name).read_text())
    value = change(value) or value
    if name == "topicore.json":
        forge_manifest(model, value)
    else:
        forge(model, name, json.dumps(value).encode())


def forge_tensors(model: Path, name: str, **arrays: Any) -> None:
    tensors = load_file(model / name)
    tensors.update({key: np.ascontiguousarray(array) for key, array in arrays.items() if array is not None})
    forge(model, name, save({key: array for key, array in tensors.items() if arrays.get(key, array) is not None}))


def put(*keys: Any, value: Any) -> Callable[[Any], None]:
    """A change of one value deep in JSON."""

    def change(where: Any) -> None:
        for key in keys[:-1]:
            where = where[key]
        where[keys[-1]] = value

    return change


# damage


@pytest.mark.parametrize("name", JSON_FILES + OTHERS)
def test_a_missing_file_is_named(name: str, saved: Path) -> None:
    (saved / name).unlink()
    with pytest.raises(ModelFileError, match=name.replace(".", r"\.")):
        load(saved)


@pytest.mark.parametrize("name", JSON_FILES + OTHERS)
@pytest.mark.parametrize("share", [0, 0.5, 0.99])
def test_a_file_cut_short_is_named(name: str, share: float, saved: Path) -> None:
    content = (saved / name).read_bytes()
    (saved / name).write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ModelFileError, match=name.replace(".", r"\.")):
        load(saved)


@pytest.mark.parametrize("name", JSON_FILES + OTHERS)
def test_a_flipped_bit_is_noticed(name: str, saved: Path) -> None:
    content = (saved / name).read_bytes()
    for place in np.linspace(0, len(content) - 2, 6).astype(int):
        flipped = bytearray(content)
        flipped[place] ^= 0x10
        (saved / name).write_bytes(flipped)
        with pytest.raises(ModelFileError):
            load(saved)


@pytest.mark.filterwarnings("ignore:.* was saved with:UserWarning")
@pytest.mark.parametrize("name", JSON_FILES)
def test_forged_json_never_ends_in_another_error(name: str, saved: Path) -> None:
    """Each value in turn is replaced by one of another type; what loads is still a state."""
    original = json.loads((saved / name).read_text())

    def places(value: Any, depth: int = 0) -> list[tuple[Any, ...]]:
        if depth == 4:
            return []
        keys = list(value) if isinstance(value, dict) else range(min(len(value), 2)) if isinstance(value, list) else []
        return [(key, *rest) for key in keys for rest in [(), *places(value[key], depth + 1)]]

    for keys in places(original):
        for value in (None, -7, "x" * 9, [], {"a": 1}, 10**40):
            (saved / name).write_text(json.dumps(original))
            forge_json(saved, name, put(*keys, value=value))
            for read in (load, inspect):
                with suppress(TopicoreError):
                    read(saved)
    forge_json(saved, name, lambda _: original)
    load(saved)


@pytest.mark.parametrize("name", JSON_FILES)
@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"NaN", b"{", b"[" * 100_000, b"{" + b'"a":{' * 5000, b"null", b"7"]
)
def test_what_is_no_json_of_ours_is_refused(name: str, content: bytes, saved: Path) -> None:
    if name == "topicore.json":
        (saved / name).write_bytes(content)
    else:
        forge(saved, name, content)
    with pytest.raises(ModelFileError, match=name.replace(".", r"\.")):
        load(saved)


# tensors


@pytest.mark.parametrize(
    "arrays",
    [
        {"assignments": np.zeros(240, dtype=np.float32)},
        {"assignments": np.zeros((240, 1), dtype=np.int64)},
        {"assignments": np.zeros(239, dtype=np.int64)},
        {"assignments": np.full(240, 99)},
        {"assignments": None},
        {"mapping": np.array([99])},
        {"mapping": np.array([0.5])},
        {"strengths": np.zeros(240, dtype=bool)},
        {"topic_embeddings": np.zeros((2, 2), dtype=np.float32)},
        {"topic_embeddings": np.zeros(4, dtype=np.complex64)},
        {"weights.shape": np.array([2, 10**15])},
        {"weights.shape": np.array([-1, 3])},
        {"weights.data": np.zeros(3)},
        {"weights.indices": np.zeros(1, dtype=np.int32)},
        {"weights.indptr": np.zeros(2, dtype=np.int64)},
        {"memberships.shape": np.array([240, 1])},
    ],
    ids=lambda arrays: next(iter(arrays)),
)
def test_tensors_of_another_kind_or_shape_are_refused(arrays: dict[str, Any], saved: Path) -> None:
    forge_tensors(saved, "topics.safetensors", **arrays)
    with pytest.raises(ModelFileError, match=r"topics\.safetensors holds|topics\.safetensors lacks"):
        load(saved)


@pytest.mark.parametrize("part", ["weights", "topic_counts", "memberships"])
@pytest.mark.parametrize("value", [-1, 2**31 - 1])
def test_columns_outside_of_a_matrix_are_refused(part: str, value: int, saved: Path) -> None:
    indices = load_file(saved / "topics.safetensors")[f"{part}.indices"].copy()
    indices[0] = value
    forge_tensors(saved, "topics.safetensors", **{f"{part}.indices": indices})
    with pytest.raises(ModelFileError, match=f"holds no matrix under '{part}'"):
        load(saved)


@pytest.mark.parametrize("ends", [[0, 5, 3], [1, 2], [0, 10**12], [], [-1, 4]])
def test_strings_with_wrong_offsets_are_refused(ends: list[int], saved: Path) -> None:
    forge_tensors(saved, "embedder.safetensors", **{"offsets/words": np.array(ends, dtype=np.int64)})
    with pytest.raises(ModelFileError, match=r"embedder\.safetensors holds no texts under 'words'"):
        load(saved)


@pytest.mark.parametrize(
    ("name", "arrays"),
    [
        ("embedder.safetensors", {"arrays/vectors": None}),
        ("embedder.safetensors", {"bytes/words": None, "offsets/words": None}),
        ("clusterer.safetensors", {"arrays/labels": None}),
        ("clusterer.safetensors", {"arrays/labels": np.full(240, 10**6)}),
        ("clusterer.safetensors", {"arrays/graph.indptr": np.zeros(1, dtype=np.int64)}),
        ("weighting.safetensors", {"arrays/idf": None}),
    ],
    ids=lambda value: value if isinstance(value, str) else next(iter(value)),
)
def test_a_state_that_does_not_fit_its_component_is_refused(name: str, arrays: dict[str, Any], saved: Path) -> None:
    forge_tensors(saved, name, **arrays)
    with pytest.raises(ModelFileError):
        load(saved)


@pytest.mark.parametrize(
    "arrays", [{"ids": np.array([10**6])}, {"offsets": np.zeros(241, dtype=np.int64)}, {"stop": np.zeros(3, bool)}]
)
def test_tokens_that_do_not_fit_are_refused(arrays: dict[str, Any], saved: Path) -> None:
    forge_tensors(saved, "tokens.safetensors", **arrays)
    with pytest.raises(ModelFileError, match=r"tokens\.safetensors"):
        load(saved)


def header(tensors: Any, size: int | None = None, data: bytes = b"") -> bytes:
    text = tensors if isinstance(tensors, bytes) else json.dumps(tensors).encode()
    return struct.pack("<Q", len(text) if size is None else size) + text + data


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff" * 8,
        header({}, size=2**63),
        header({}, size=99_000_000),
        header(b"{not json"),
        header({"assignments": {"dtype": "I64", "shape": [2**40], "data_offsets": [0, 2**43]}}),
        header({"assignments": {"dtype": "I64", "shape": [1], "data_offsets": [0, 8]}}),
        header({"assignments": {"dtype": "I64", "shape": [9], "data_offsets": [0, 8]}}, data=b"\0" * 8),
        header({"assignments": {"dtype": "BF16", "shape": [1], "data_offsets": [0, 2]}}, data=b"\0" * 2),
        header({"assignments": {"dtype": "F8_E4M3", "shape": [1], "data_offsets": [0, 1]}}, data=b"\0"),
        pickle.dumps({"assignments": 1}),
    ],
    ids=["empty", "short", "endless", "long", "no json", "huge", "no data", "small", "bfloat", "float8", "pickle"],
)
def test_a_forged_safetensors_header_is_refused(content: bytes, saved: Path) -> None:
    forge(saved, "topics.safetensors", content)
    with pytest.raises(ModelFileError, match=r"topics\.safetensors"):
        load(saved)


# documents


@pytest.mark.parametrize(
    "content",
    [
        b"plain text",
        gzip.compress(b'"one"\n'),
        gzip.compress(b'"one"\n' * 241),
        gzip.compress(b"7\n" * 240),
        gzip.compress(b'"one"\n' * 240)[:-9],
        gzip.compress(b"[" * 90_000),
    ],
    ids=["no gzip", "too few", "too many", "no text", "cut short", "nested"],
)
def test_documents_that_are_no_lines_of_text_are_refused(content: bytes, saved: Path) -> None:
    forge(saved, "documents.jsonl.gz", content)
    with pytest.raises(ModelFileError, match=r"documents\.jsonl\.gz"):
        load(saved)


# names and code


@pytest.mark.parametrize(
    "name", ["../../embedder.safetensors", "/etc/embedder.safetensors", "C:\\x\\embedder.safetensors"]
)
def test_of_a_path_only_the_last_part_counts(name: str, saved: Path) -> None:
    shutil.copy(saved / "weighting.safetensors", saved.parent / "embedder.safetensors")
    forge_json(saved, "embedder.json", put("state", "file", value=name))
    load(saved)


@pytest.mark.parametrize("name", ["../secret.json", "..", ".", "", "/", None, 7, ["embedder.json"], {}])
def test_a_file_outside_of_the_folder_is_never_opened(name: Any, saved: Path) -> None:
    (saved.parent / "secret.json").write_text("{}")
    forge_json(saved, "topicore.json", put("components", "embedder", value=name))
    with pytest.raises(ModelFileError, match=r"topicore\.json lists no file"):
        load(saved)


@pytest.mark.parametrize(
    "name", ["os", "os:system", "topicore.builtin.ppmi:Ppmi", "topicore/ppmi", "a b", "", None, "../x"]
)
def test_a_name_is_looked_up_and_never_imported(name: Any, saved: Path) -> None:
    forge_json(saved, "embedder.json", put("name", value=name))
    with pytest.raises(TopicoreError):
        load(saved)


def test_a_record_of_another_kind_is_refused(saved: Path) -> None:
    shutil.copy(saved / "weighting.json", saved / "copy.json")
    forge(saved, "embedder.json", (saved / "copy.json").read_bytes())
    with pytest.raises(ModelFileError, match="no record of a component of kind 'embedder'"):
        load(saved)


def test_parameters_that_the_component_does_not_take_are_refused(saved: Path) -> None:
    forge_json(saved, "embedder.json", put("config", "window", value="rm -rf"))
    with pytest.raises(ModelFileError, match=r"embedder 'ppmi' as it was saved .*window"):
        load(saved)


@pytest.fixture
def pipeline(documents: list[str], tmp_path: Path) -> Path:
    embedder = make_pipeline(TfidfVectorizer(), TruncatedSVD(8, random_state=0))
    TopicModel(embedder=embedder).fit(documents).save(tmp_path / "pipeline")
    return tmp_path / "pipeline"


@pytest.mark.parametrize("key", ["os.system", "subprocess.Popen", "sklearn.pipeline.make_pipeline", "builtins.eval"])
def test_an_estimator_outside_of_the_table_is_refused(key: str, pipeline: Path) -> None:
    def forged(record: Any) -> None:
        record["state"]["meta"]["estimator"]["class"] = key

    forge_json(pipeline, "embedder.json", forged)
    with pytest.raises(ModelFileError):
        load(pipeline)


# other folders


def test_a_file_that_denies_that_something_was_handed_in_is_not_believed(documents: list[str], tmp_path: Path) -> None:
    model = TopicModel(embedder=lambda texts: [[len(text), 1.0] for text in texts]).fit(documents)
    model.save(tmp_path / "model")
    forge_json(tmp_path / "model", "embedder.json", put("external", value=None))
    with pytest.raises(ExternalComponentError, match="hand it back"):
        load(tmp_path / "model")


def test_a_newer_format_says_to_upgrade(saved: Path) -> None:
    forge_json(saved, "topicore.json", lambda manifest: {**manifest, "format": 2, "topicore": "9.0"})
    message = r"was saved by topicore 9.0 in format 2, and this topicore reads format 1: pip install --upgrade topicore"
    for read in (load, inspect):
        with pytest.raises(ModelFileError, match=message):
            read(saved)


def test_a_folder_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"there is no model at .*nothing"):
        load(tmp_path / "nothing")


def test_a_pickle_is_never_read(tmp_path: Path) -> None:
    (tmp_path / "model.pkl").write_bytes(pickle.dumps({}))
    with pytest.raises(ModelFileError, match=r"is a file; .*pickles are never read"):
        load(tmp_path / "model.pkl")


def test_a_folder_of_bertopic_is_recognised(tmp_path: Path) -> None:
    (tmp_path / "topics.json").write_text("{}")
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelFileError, match=r"has no topicore\.json; it looks like a model of BERTopic"):
        load(tmp_path)


def test_an_empty_folder_holds_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"holds no topicore model: it has no topicore\.json$"):
        inspect(tmp_path)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser can read everything")
def test_a_file_that_may_not_be_read_is_named(saved: Path) -> None:
    (saved / "embedder.json").chmod(0)
    with pytest.raises(ModelFileError, match=r"embedder\.json cannot be read: Permission denied"):
        load(saved)


@pytest.fixture
def online(documents: list[str], tmp_path: Path) -> Path:
    model = TopicModel(embedder=HashingVectorizer(n_features=64), clusterer="minibatch-kmeans:4")
    model.partial_fit(documents[:100]).save(tmp_path / "online", include=["documents"])
    return tmp_path / "online"


@pytest.mark.parametrize(
    "arrays",
    [
        {"sums": np.zeros((4, 63))},
        {"sums": np.zeros((4, 64), dtype=np.int64)},
        {"seen": np.zeros(3, dtype=bool)},
        {"exemplars": np.arange(95, 107)},
        {"exemplars": np.zeros(12, dtype=np.int64)},
        {"exemplars": np.arange(5)},
        {"rows.shape": np.array([12, 63])},
    ],
)
def test_sums_that_do_not_fit_are_refused(arrays: dict[str, Any], online: Path) -> None:
    forge_tensors(online, "online.safetensors", **arrays)
    with pytest.raises(ModelFileError):
        load(online)


@pytest.mark.parametrize("value", [3, -1, "4", None])
def test_a_next_topic_that_is_taken_is_refused(value: Any, online: Path) -> None:
    forge_json(online, "topicore.json", put("online", "next_topic", value=value))
    with pytest.raises(ModelFileError):
        load(online)


@pytest.mark.parametrize("texts", [["a"], {"a": 1}, [1] * 12])
def test_texts_that_do_not_fit_are_refused(texts: Any, online: Path) -> None:
    forge_json(online, "online.json", lambda _: texts)
    with pytest.raises(ModelFileError):
        load(online)
