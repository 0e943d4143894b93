"""The ``clip`` embedder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from topicore.errors import ParameterError
from topicore.specs import Range
from topicore_sentence_transformers import SentenceTransformerEmbedder

from .plugin import CLIP

if TYPE_CHECKING:
    from typing_extensions import Self


class ClipEmbedder(SentenceTransformerEmbedder):
    """A CLIP model: texts and images become rows of one space. A text of blanks is an all-zero row.

    Images are paths of files, Pillow images of any mode, or uint8 arrays (height, width) or (height, width, channels).

    Args:
        model: The id of a published model, or the folder of a saved one.
        device: ``"cpu"``, ``"cuda"``, ``"mps"``, ...; None takes the best there is.
        batch_size: Texts or images in one pass through the model; None takes what suits the device and their length.
        precision: ``"bfloat16"`` saves time where the hardware computes in it, at two to three significant digits,
            the last of which depends on the texts beside a text.
        normalize: Scale each row to length 1.
        on_error: An image that cannot be read is an error, or an all-zero row and a warning.
        long_documents: Texts of more tokens than the model reads (77 mostly) are cut, or split and their rows averaged.
        revision: Branch, tag or commit of a published model.
        local_files_only: Never ask the network.
    """

    spec = CLIP

    def __init__(
        self,
        model: str = "clip-ViT-B-32",
        device: str | None = None,
        batch_size: Annotated[int, Range(1)] | None = None,
        precision: Literal["float32", "bfloat16"] = "float32",
        normalize: bool = False,
        on_error: Literal["raise", "skip"] = "raise",
        long_documents: Literal["truncate", "chunk"] = "truncate",
        revision: str | None = None,
        local_files_only: bool = False,
    ) -> None:
        super().__init__(
            model,
            device=device,
            batch_size=batch_size,
            precision=precision,
            normalize=normalize,
            long_documents=long_documents,
            images=True,
            on_error=on_error,
            revision=revision,
            local_files_only=local_files_only,
        )

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> Self:
        """Refuse: a loaded model belongs to the embedder ``sentence-transformers``, which sees that it takes images."""
        raise ParameterError(
            f"embedder 'clip' loads a model by name or folder; hand in the {type(obj).__name__} itself, "
            "embedder=model: topicore-sentence-transformers wraps it"
        )
