"""The ``sentence-transformers`` embedder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np

from topicore.components import Embedder, FloatMatrix, Role
from topicore.errors import InputError, ParameterError
from topicore.specs import Range

from .loading import load, origin, precision, prompts, sees
from .plugin import SENTENCE_TRANSFORMERS

if TYPE_CHECKING:
    from typing_extensions import Self

PER_CALL = ("batch_size", "normalize", "prompt", "query_prompt")
"""Parameters that a loaded model can still be given."""


class SentenceTransformerEmbedder(Embedder):
    """A sentence-transformers model. Texts longer than ``max_tokens`` are cut; a text of blanks is an all-zero row.

    Args:
        model: The id of a published model, or the folder of a saved one.
        device: ``"cpu"``, ``"cuda"``, ``"mps"``, ...; None takes the best there is.
        batch_size: Texts in one pass through the model.
        backend: What computes; ``"onnx"`` and ``"openvino"`` need the extras of sentence-transformers of these names.
        precision: ``"bfloat16"`` halves the memory and saves time where the hardware computes in it, at two to three
            significant digits; the last of them then depends on the texts beside a text.
        normalize: Scale each row to length 1; many models do so anyway.
        truncate_dim: Keep only the first dimensions, for models trained for that.
        max_seq_length: Tokens of a text that are read; None is the model's own limit.
        prompt: Text put before each document and word; None takes the model's own, "" none.
        query_prompt: Text put before each query; None takes the model's own, "" none.
        images: The model embeds images too (CLIP and its kin; sentence-transformers 5.4 or newer).
        revision: Branch, tag or commit of a published model.
        local_files_only: Never ask the network.
    """

    spec = SENTENCE_TRANSFORMERS

    def __init__(
        self,
        model: str = "all-MiniLM-L6-v2",
        device: str | None = None,
        batch_size: Annotated[int, Range(1)] = 32,
        backend: Literal["torch", "onnx", "openvino"] = "torch",
        precision: Literal["float32", "bfloat16"] = "float32",
        normalize: bool = False,
        truncate_dim: Annotated[int, Range(1)] | None = None,
        max_seq_length: Annotated[int, Range(1)] | None = None,
        prompt: str | None = None,
        query_prompt: str | None = None,
        images: bool = False,
        revision: str | None = None,
        local_files_only: bool = False,
    ) -> None:
        self.model = model
        self.device = device
        self.batch_size = batch_size
        self.backend = backend
        self.precision = precision
        self.normalize = normalize
        self.truncate_dim = truncate_dim
        self.max_seq_length = max_seq_length
        self.prompt = prompt
        self.query_prompt = query_prompt
        self.images = images
        self.revision = revision
        self.local_files_only = local_files_only
        self.spec = replace(  # type: ignore[misc]
            type(self).spec,
            modalities=frozenset({"text", "image"} if images else {"text"}),
            batch_invariant=precision == "float32",
        )
        self._lock = Lock()
        self._loaded: Any = None
        self._native = False
        self._external: str | None = None

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> Self:
        """An embedder around a ``SentenceTransformer``, on the device and with the weights that it has.

        Where the object tells what it was loaded from, a saved model names that; weights changed by hand since then
        do not show, so save such a model to a folder and load it from there.
        """
        fixed = sorted(set(parameters) - set(PER_CALL))
        if fixed:
            raise ParameterError(
                f"embedder 'sentence-transformers': {', '.join(fixed)} cannot change on a loaded SentenceTransformer; "
                f"load it that way. {', '.join(PER_CALL)} can be given here"
            )
        source = origin(obj)
        limit = obj.max_seq_length
        prompt, query_prompt = prompts(obj)
        known = {
            **(source or {"model": type(obj).__name__}),
            "backend": getattr(obj, "backend", "torch"),
            "precision": precision(obj) or "float32",
            "truncate_dim": obj.truncate_dim,
            "max_seq_length": int(limit) if limit and np.isfinite(limit) else None,
            "prompt": prompt,
            "query_prompt": query_prompt,
            "images": sees(obj),
        }
        embedder = cls(**{**known, **parameters})
        embedder._loaded, embedder._native = obj, True
        embedder._external = None if source else f"{type(obj).__module__}.{type(obj).__qualname__}"
        return embedder

    def fresh(self, **parameters: Any) -> Self:
        """This embedder, which learns nothing; with *parameters*, another one (around the same live object)."""
        if not (parameters and self._native):
            return super().fresh(**parameters)
        return self.from_native(self._loaded, **{**{name: getattr(self, name) for name in PER_CALL}, **parameters})

    def external(self) -> str | None:
        return self._external

    def embed(self, texts: Sequence[str], /, *, role: Role = "document") -> FloatMatrix:
        """Rows (n, d) of *texts*; queries get the query prompt, documents and words the other one."""
        model = self._model()
        rows = np.zeros((len(texts), self._width(model)), dtype=np.float32)
        spoken = [place for place, text in enumerate(texts) if text.strip()]
        if spoken:
            # a model with images opens a plain text that is a path or an address, whatever it was loaded for
            wrapped = sees(model)
            inputs = [{"text": texts[place]} if wrapped else texts[place] for place in spoken]
            rows[spoken] = self._encode(model, inputs, prompt=self._prompt(model, role))
        return rows

    def embed_images(self, images: Sequence[Any], /) -> FloatMatrix:
        """Rows (n, d) of Pillow images, arrays (height, width, channels), or paths of files; addresses are refused."""
        if not self.images:
            raise InputError(
                f"embedder 'sentence-transformers' embeds texts only with {self.model!r}; "
                "give images=True with a model that embeds images, such as clip-ViT-B-32"
            )
        model = self._model()
        if not len(images):
            return np.zeros((0, self._width(model)), dtype=np.float32)
        return self._encode(model, [{"image": _opened(image)} for image in images])

    def count_tokens(self, texts: Sequence[str], /) -> list[int]:
        """Tokens of each text before it is cut, with those that the model adds."""
        tokenizer = self._model().tokenizer
        if not len(texts):
            return []
        if hasattr(tokenizer, "encode_batch"):
            return [len(found.ids) for found in tokenizer.encode_batch(list(texts))]
        return [len(ids) for ids in tokenizer(list(texts), truncation=False, verbose=False)["input_ids"]]

    @property
    def max_tokens(self) -> int | None:
        """Tokens of one text that the model reads; loads the model."""
        limit = self._model().max_seq_length
        return int(limit) if limit and np.isfinite(limit) else None

    def _model(self) -> Any:
        """The model, loaded by the first of all threads that ask."""
        with self._lock:
            if self._loaded is None:
                model = load(
                    self.model,
                    device=self.device,
                    backend=self.backend,
                    precision=self.precision,
                    truncate_dim=self.truncate_dim,
                    revision=self.revision,
                    local_files_only=self.local_files_only,
                )
                if self.images and not sees(model):
                    raise ParameterError(
                        f"embedder 'sentence-transformers': images=True, but {self.model!r} embeds no images here; "
                        "leave it out, or use a model such as clip-ViT-B-32 with sentence-transformers 5.4 or newer"
                    )
                if self.max_seq_length is not None:
                    model.max_seq_length = self.max_seq_length
                self._loaded = model
            return self._loaded

    def _prompt(self, model: Any, role: Role) -> str:
        document, query = prompts(model)
        own, kept = (self.query_prompt, query) if role == "query" else (self.prompt, document)
        return own if own is not None else kept or ""

    def _encode(self, model: Any, inputs: list[Any], prompt: str | None = None) -> FloatMatrix:
        found = model.encode(
            inputs,
            batch_size=self.batch_size,
            show_progress_bar=False,
            normalize_embeddings=self.normalize,
            convert_to_numpy=True,
            **({} if prompt is None else {"prompt": prompt}),
        )
        return np.ascontiguousarray(found, dtype=np.float32)

    def _width(self, model: Any) -> int:
        # renamed in sentence-transformers 5.4
        width = getattr(model, "get_embedding_dimension", None) or model.get_sentence_embedding_dimension
        return int(width() or model.encode(["a"], show_progress_bar=False).shape[1])


def _opened(image: Any) -> Any:
    """An image that the model takes as it is, never an address to fetch."""
    if not isinstance(image, str) and not hasattr(image, "__fspath__"):
        return image
    from PIL import Image

    try:
        with Image.open(image) as opened:
            return opened.convert("RGB")
    except OSError as error:
        raise InputError(f"image {str(image)!r} is no file that Pillow can open; hand in paths or images") from error
