"""ONNX models, small enough to be written down at once, with the tokenizer they need; no torch and no network."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

NAME = "sentence-transformers/all-MiniLM-L6-v2"
SOURCE = "Qdrant/all-MiniLM-L6-v2-onnx"
"""A name that fastembed knows (mean pooling, unit rows), and the repository that it loads it from."""
THEMES = (
    ("moon", "rocket", "orbit"),
    ("bread", "oven", "flour"),
    ("goal", "league", "match"),
    ("judge", "court", "law"),
)
"""Words of one theme have vectors near each other."""
WIDTH, LIMIT = 16, 64
_KEPT = TemporaryDirectory(prefix="tiny-fastembed-", ignore_cleanup_errors=True)


TASKS = "jinaai/jina-embeddings-v3"
"""A name under which fastembed tells the model what the rows are for."""


@cache
def folder(kind: str = "tokens") -> str:
    """Folder of a model, 16 wide, that reads 64 tokens.

    It gives the vectors of its tokens, or their mean ("pooled"), or vectors that know of a task ("tasks").
    """
    path = Path(_KEPT.name) / kind
    write(path, "onnx/model.onnx" if kind == "tasks" else "model.onnx", kind)
    return str(path)


def write(path: Path, file: str = "model.onnx", kind: str = "tokens") -> None:
    """Write the graph as *file*, and what belongs to its tokenizer, below *path*."""
    (path / file).parent.mkdir(parents=True, exist_ok=True)
    pieces = _pieces()
    (path / file).write_bytes(_graph(_vectors(pieces), kind))
    _tokenizer(pieces).save(str(path / "tokenizer.json"))
    marks = {"unk_token": "[UNK]", "pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    (path / "tokenizer_config.json").write_text(json.dumps({**marks, "model_max_length": LIMIT}))
    (path / "special_tokens_map.json").write_text(json.dumps(marks))
    (path / "config.json").write_text(json.dumps({"pad_token_id": 0}))


def sentence_files(path: Path, mode: object, normalize: bool) -> None:
    """Write into *path* what sentence-transformers says of pooling and normalising."""
    modules = [("", "Transformer"), ("1_Pooling", "Pooling"), *([("2_Normalize", "Normalize")] if normalize else [])]
    kinds = [{"path": folder, "type": f"sentence_transformers.models.{kind}"} for folder, kind in modules]
    (path / "modules.json").write_text(json.dumps(kinds))
    (path / "1_Pooling").mkdir(exist_ok=True)
    (path / "1_Pooling" / "config.json").write_text(json.dumps({"include_prompt": True, **dict(mode)}))  # type: ignore[call-overload]


def cached(path: Path) -> None:
    """Lay the model into the cache folder *path*, as if SOURCE had been downloaded."""
    entry = path / f"models--{SOURCE.replace('/', '--')}"
    write(entry / "snapshots" / "0123")
    (entry / "refs").mkdir()
    (entry / "refs" / "main").write_text("0123")


def native(name: str = NAME, kind: str = "tokens", **parameters: Any) -> Any:
    """A ``TextEmbedding`` of the tiny model under a *name* that fastembed knows."""
    from fastembed import TextEmbedding

    return TextEmbedding(name, specific_model_path=folder(kind), **parameters)


def documents() -> list[str]:
    """Twenty-eight texts, seven about each theme in turn."""
    endings = ("", " a", " b", " c", " d", " e", " f")
    return [" ".join(theme) + ending for ending in endings for theme in THEMES]


def _pieces() -> list[str]:
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = [word for theme in THEMES for word in theme]
    return ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *words, *letters, *(f"##{letter}" for letter in letters)]


def _vectors(pieces: list[str]) -> Any:
    random = np.random.default_rng(0)
    vectors = random.normal(scale=0.05, size=(len(pieces), WIDTH))
    centres = random.normal(size=(len(THEMES), WIDTH))
    for place, theme in enumerate(THEMES):
        for word in theme:
            vectors[pieces.index(word)] += centres[place]
    return vectors.astype(np.float32)


def _graph(vectors: Any, kind: str) -> bytes:
    """Bytes of a graph that looks the ids up in *vectors*."""
    from onnx import TensorProto, helper, numpy_helper

    def ids(name: str) -> Any:
        return helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])

    inputs = [ids("input_ids"), ids("attention_mask")]
    nodes = [helper.make_node("Gather", ["vectors", "input_ids"], ["last_hidden_state"])]
    out = ("last_hidden_state", ["batch", "length", WIDTH])
    if kind == "pooled":
        nodes.append(helper.make_node("ReduceMean", ["last_hidden_state"], ["pooled"], axes=[1], keepdims=0))
        out = ("pooled", ["batch", WIDTH])
    elif kind == "tasks":
        inputs.append(helper.make_tensor_value_info("task_id", TensorProto.INT64, []))
        nodes.append(helper.make_node("Cast", ["task_id"], ["task"], to=TensorProto.FLOAT))
        nodes.append(helper.make_node("Add", ["last_hidden_state", "task"], ["moved"]))
        out = ("moved", ["batch", "length", WIDTH])
    outputs = [helper.make_tensor_value_info(out[0], TensorProto.FLOAT, out[1])]
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, [numpy_helper.from_array(vectors, "vectors")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    return bytes(model.SerializeToString())


def _tokenizer(pieces: list[str]) -> Any:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.WordPiece({piece: at for at, piece in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return tokenizer
