"""The ``sentence-transformers`` embedder."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np

from topicore.components import JSON, Embedder, FloatMatrix, Role
from topicore.errors import InputError, ParameterError
from topicore.specs import Range

from .batching import USUAL, batches
from .images import KINDS, Unreadable, picture, unreadable
from .loading import load, origin, precision, prompts, sees
from .plugin import SENTENCE_TRANSFORMERS

if TYPE_CHECKING:
    from typing_extensions import Self

PER_CALL = ("batch_size", "normalize", "prompt", "query_prompt", "on_error", "long_documents")
"""Parameters that a loaded model can still be given."""


class SentenceTransformerEmbedder(Embedder):
    """A sentence-transformers model. A text of blanks is an all-zero row.

    Args:
        model: The id of a published model, or the folder of a saved one.
        device: ``"cpu"``, ``"cuda"``, ``"mps"``, ...; None takes the best there is.
        batch_size: Texts or images in one pass through the model; None takes what suits the device and their length.
        backend: What computes; ``"onnx"`` and ``"openvino"`` need the extras of these names.
        precision: ``"bfloat16"`` saves time where the hardware computes in it, at two to three significant digits;
            ``"int8"`` (``"onnx"`` and ``"openvino"`` only) has the weights in a quarter of the memory.
            The last digits of both depend on the texts beside a text.
        normalize: Scale each row to length 1; many models do so anyway.
        truncate_dim: Keep only the first dimensions, for models trained for that.
        max_seq_length: Tokens of a text that are read; None is the model's own limit.
        long_documents: Texts of more tokens than that are cut, or split and their rows averaged.
        prompt: Text put before each document and word; None takes the model's own, "" none.
        query_prompt: Text put before each query; None takes the model's own, "" none.
        images: The model embeds images too (CLIP and its kin; sentence-transformers 5.4 or newer).
        on_error: An image that cannot be read is an error, or an all-zero row and a warning.
        revision: Branch, tag or commit of a published model.
        local_files_only: Never ask the network.
    """

    spec = SENTENCE_TRANSFORMERS

    def __init__(
        self,
        model: str = "all-MiniLM-L6-v2",
        device: str | None = None,
        batch_size: Annotated[int, Range(1)] | None = None,
        backend: Literal["torch", "onnx", "openvino"] = "torch",
        precision: Literal["float32", "bfloat16", "int8"] = "float32",
        normalize: bool = False,
        truncate_dim: Annotated[int, Range(1)] | None = None,
        max_seq_length: Annotated[int, Range(1)] | None = None,
        long_documents: Literal["truncate", "chunk"] = "truncate",
        prompt: str | None = None,
        query_prompt: str | None = None,
        images: bool = False,
        on_error: Literal["raise", "skip"] = "raise",
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
        self.long_documents = long_documents
        self.prompt = prompt
        self.query_prompt = query_prompt
        self.images = images
        self.on_error = on_error
        self.revision = revision
        self.local_files_only = local_files_only
        self._name = f"embedder {type(self).spec.name!r}"
        self._check()
        self.spec = replace(  # type: ignore[misc]
            type(self).spec,
            modalities=frozenset({"text", "image"} if images else {"text"}),
            batch_invariant=precision == "float32",
        )
        self._lock = Lock()
        self._loaded: Any = None
        self._counting: Any = None
        self._native = False
        self._external: str | None = None

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> Self:
        """An embedder around a ``SentenceTransformer``, on the device and with the weights that it has.

        Where the object tells what it was loaded from, a saved model names that; weights changed by hand since then
        do not show, so save such a model to a folder and load it from there.
        """
        if all(native.distance(type(obj)) is None for native in cls.spec.adapts):
            raise ParameterError(f"embedder {cls.spec.name!r} wraps a SentenceTransformer, not a {type(obj).__name__}")
        fixed = sorted(set(parameters) - set(PER_CALL))
        if fixed:
            raise ParameterError(
                f"embedder {cls.spec.name!r}: {', '.join(fixed)} cannot change on a loaded SentenceTransformer; "
                f"load it that way. {', '.join(PER_CALL)} can be given here"
            )
        source, numbers = origin(obj), precision(obj)
        limit = obj.max_seq_length
        prompt, query_prompt = prompts(obj)
        known = {
            **(source or {"model": type(obj).__name__}),
            "backend": getattr(obj, "backend", "torch"),
            "precision": numbers or "float32",
            "truncate_dim": obj.truncate_dim,
            "max_seq_length": int(limit) if limit and np.isfinite(limit) else None,
            "prompt": prompt,
            "query_prompt": query_prompt,
            "images": sees(obj),
        }
        embedder = cls(**{**known, **parameters})
        embedder._loaded, embedder._native = obj, True
        embedder._external = None if source else f"{type(obj).__module__}.{type(obj).__qualname__}"
        embedder.spec = replace(embedder.spec, batch_invariant=numbers == "float32")  # type: ignore[misc]
        return embedder

    def fresh(self, **parameters: Any) -> Self:
        """This embedder, which learns nothing; with *parameters*, another one (around the same live object)."""
        if not (parameters and self._native):
            return super().fresh(**parameters)
        return self.from_native(self._loaded, **{**{name: getattr(self, name) for name in PER_CALL}, **parameters})

    def external(self) -> str | None:
        return self._external

    def identity(self) -> Mapping[str, JSON] | None:
        """None around a live object: its weights may have changed since it was loaded."""
        return None if self._native else super().identity()

    def embed(self, texts: Sequence[str], /, *, role: Role = "document") -> FloatMatrix:
        """Rows (n, d) of *texts*; queries get the query prompt, documents and words the other one."""
        model = self._model()
        rows = np.zeros((len(texts), self._width(model)), dtype=np.float32)
        spoken = [place for place, text in enumerate(texts) if text.strip()]
        # a model with images opens a plain text that is a path or an address, whatever it was loaded for
        wrapped = sees(model)
        inputs = [{"text": texts[place]} if wrapped else texts[place] for place in spoken]
        prompt = self._prompt(model, role)
        lengths = [len(prompt) + len(texts[place]) for place in spoken]
        for chosen, size in batches(lengths, self.batch_size, model.device.type):
            found = self._encode(model, [inputs[place] for place in chosen], size, prompt=prompt)
            rows[[spoken[place] for place in chosen]] = found
        return rows

    def embed_images(self, images: Sequence[Any], /) -> FloatMatrix:
        """Rows (n, d) of Pillow images, uint8 arrays, or paths of files, opened one batch at a time.

        Raises:
            InputError: Some cannot be read, addresses among them; nothing is fetched. With ``on_error="skip"`` they
                have all-zero rows and a UserWarning counts them.
        """
        if not self.images:
            raise InputError(
                f"{self._name} embeds texts only with {self.model!r}; "
                "give images=True with a model that embeds images, such as clip-ViT-B-32"
            )
        model = self._model()
        rows = np.zeros((len(images), self._width(model)), dtype=np.float32)
        size = self.batch_size or USUAL
        failed: list[Unreadable] = []
        for start in range(0, len(images), size):
            seen = dict(_pictures(images, range(start, min(start + size, len(images))), failed))
            if seen and (self.on_error == "skip" or not failed):
                rows[list(seen)] = self._encode(model, [{"image": image} for image in seen.values()], size)
        if failed and self.on_error == "raise":
            raise InputError(f"{unreadable(failed)}; give {KINDS}, or on_error='skip' to go on without them")
        if failed:
            warnings.warn(f"{unreadable(failed)}; they have all-zero rows", stacklevel=2)
        return rows

    def count_tokens(self, texts: Sequence[str], /) -> list[int]:
        """Tokens of each document before it is cut, with its prompt and those that the model adds."""
        if not len(texts):
            return []
        model = self._model()
        with self._lock:
            if self._counting is None:  # a copy: counting without a limit would lift that of texts being embedded
                self._counting = copy.deepcopy(getattr(model.tokenizer, "backend_tokenizer", model.tokenizer))
            prompt = self._prompt(model, "document")
            whole = [f"{prompt}{text}" for text in texts]
            if hasattr(self._counting, "encode_batch"):
                self._counting.no_truncation()
                self._counting.no_padding()
                encode = getattr(self._counting, "encode_batch_fast", self._counting.encode_batch)
                return [len(found) for found in encode(whole)]
            return [len(ids) for ids in self._counting(whole, truncation=False, verbose=False)["input_ids"]]

    @property
    def max_tokens(self) -> int | None:
        """Tokens of one text that the model reads; loads the model."""
        limit = self._model().max_seq_length
        return int(limit) if limit and np.isfinite(limit) else None

    def _check(self) -> None:
        """Refuse what no backend can do."""
        if self.precision == "int8" and self.backend == "torch":
            raise ParameterError(f"{self._name}: precision='int8' needs backend='onnx' or backend='openvino'")
        if self.precision == "bfloat16" and self.backend == "onnx":
            raise ParameterError(f"{self._name}: precision='bfloat16' needs backend='torch' or backend='openvino'")
        if self.images and self.backend != "torch":
            raise ParameterError(f"{self._name}: images=True needs backend='torch'")

    def _model(self) -> Any:
        """The model, loaded by the first of all threads that ask."""
        with self._lock:
            if self._loaded is None:
                model = load(
                    self.model,
                    asking=self._name,
                    device=self.device,
                    backend=self.backend,
                    precision=self.precision,
                    truncate_dim=self.truncate_dim,
                    revision=self.revision,
                    local_files_only=self.local_files_only,
                )
                if self.images and not sees(model):
                    raise ParameterError(
                        f"{self._name}: {self.model!r} embeds no images here; use a model such as clip-ViT-B-32 with "
                        "sentence-transformers 5.4 or newer, or embedder 'sentence-transformers' for texts alone"
                    )
                if self.max_seq_length is not None:
                    model.max_seq_length = self.max_seq_length
                self._loaded = model
            return self._loaded

    def _prompt(self, model: Any, role: Role) -> str:
        document, query = prompts(model)
        own, kept = (self.query_prompt, query) if role == "query" else (self.prompt, document)
        return own if own is not None else kept or ""

    def _encode(self, model: Any, inputs: list[Any], size: int, prompt: str | None = None) -> FloatMatrix:
        found = model.encode(
            inputs,
            batch_size=size,
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


def _pictures(images: Sequence[Any], places: range, failed: list[Unreadable]) -> Iterator[tuple[int, Any]]:
    """The images at *places* that can be read; what is wrong with each of the others goes to *failed*."""
    for place in places:
        try:
            yield place, picture(images[place])
        except Unreadable as finding:
            failed.append(finding)
