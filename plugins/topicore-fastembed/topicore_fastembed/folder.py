"""A model from a folder that fastembed knows no name for: any ONNX graph with its tokenizer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastembed.common.model_description import DenseModelDescription, ModelSource, PoolingType
from fastembed.text.custom_text_embedding import CustomTextEmbedding, PostprocessingConfig

from topicore.errors import ComponentError

POOLINGS = {
    "mean": PoolingType.MEAN,
    "mean_tokens": PoolingType.MEAN,
    "cls": PoolingType.CLS,
    "cls_token": PoolingType.CLS,
    "last_token": PoolingType.LAST_TOKEN,
    "lasttoken": PoolingType.LAST_TOKEN,
}
"""How rows of tokens become one row, by our names and by those of sentence-transformers, old and new."""

STEPS = ("Transformer", "Pooling", "Normalize")
"""The modules of a sentence-transformers folder that can be done here."""


def from_folder(folder: Path, pooling: str | None, options: Mapping[str, Any]) -> Any:
    """The model in *folder*, pooled and normalised as its sentence-transformers files say; by the mean where none do.

    The registry of fastembed, which is one for the whole process, is left alone: the class made here knows one model.

    Raises:
        ComponentError: There is no ONNX file, or more than one, or a step that fastembed does not have.
    """
    said, normalized = _recipe(folder, pooling)
    name = str(folder)
    described = DenseModelDescription(
        model=name,
        sources=ModelSource(hf=name),
        model_file=_graph(folder),
        description="",
        license="",
        size_in_GB=0,
        dim=0,
    )

    class FolderModel(CustomTextEmbedding):  # type: ignore[misc]
        SUPPORTED_MODELS = [described]  # noqa: RUF012 - as the parent has it
        POSTPROCESSING_MAPPING = {name: PostprocessingConfig(pooling=POOLINGS[said], normalization=normalized)}  # noqa: RUF012

        def _pool(self, embeddings: Any, attention_mask: Any = None) -> Any:
            # a graph that pools by itself gives one row a text
            return embeddings if embeddings.ndim == 2 else super()._pool(embeddings, attention_mask)

    return FolderModel(name, specific_model_path=name, **options)


def _graph(folder: Path) -> str:
    """The ONNX file of *folder*, relative to it."""
    files = [path.relative_to(folder).as_posix() for place in ("*.onnx", "onnx/*.onnx") for path in folder.glob(place)]
    for usual in ("model.onnx", "onnx/model.onnx"):
        if usual in files:
            return usual
    if len(files) != 1:
        found = ", ".join(sorted(files)) or "none"
        raise ComponentError(
            f"embedder 'fastembed' looks for model.onnx or onnx/model.onnx in the folder {str(folder)!r}, or for one "
            f"other ONNX file, and finds {found}; export the model to ONNX, or keep one file there"
        )
    return files[0]


def _recipe(folder: Path, pooling: str | None) -> tuple[str, bool]:
    """How rows of tokens are pooled, and whether rows are normalised."""
    modules = _json(folder / "modules.json") or []
    steps = {str(module["type"]).rpartition(".")[2]: Path(module["path"]).name for module in modules}
    other = [step for step in steps if step not in STEPS]
    if other:
        raise ComponentError(
            f"embedder 'fastembed': the model in {str(folder)!r} has a step {other[0]!r}, which fastembed does not do; "
            "use topicore-sentence-transformers for it"
        )
    normalized = "Normalize" in steps
    if pooling is not None or "Pooling" not in steps:
        return pooling or "mean", normalized
    config = _json(folder / steps["Pooling"] / "config.json") or {}
    chosen = [key.removeprefix("pooling_mode_") for key, value in config.items() if value is True]
    said = config.get("pooling_mode") or "+".join(key for key in chosen if key != "include_prompt")
    if said not in POOLINGS:
        raise ComponentError(
            f"embedder 'fastembed': the model in {str(folder)!r} pools by {said!r}, which fastembed does not do; "
            "give pooling='mean', 'cls' or 'last_token', or use topicore-sentence-transformers for it"
        )
    return said, normalized


def _json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
