"""Texts to rows through a model and its tokenizer: passes of like lengths, and means that leave padding out."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from topicore.components import FloatMatrix
from topicore.errors import ComponentError

from .reading import INPUTS, accepted, at_rest, limit, own, passes, room, uncached

if TYPE_CHECKING:
    from torch import Tensor

    Pool: TypeAlias = Callable[[Tensor, Tensor], Tensor]
    Read: TypeAlias = Mapping[str, Sequence[Sequence[int]]]


class Encoder:
    """A model that gives a vector a token, and a tokenizer of our own beside it.

    Args:
        model: A model of transformers, or of its kin; the encoder of one that has both.
        tokenizer: Its tokenizer. A copy is used: padding, truncation and marks are set on it.
        max_seq_length: Tokens of a text that are read; None is the limit of model and tokenizer.
        shared: The model is in other hands too: it may be in training mode, and is left as it was.

    Raises:
        ComponentError: The model does not read text, or gives something else than a vector a token.
    """

    def __init__(self, model: Any, tokenizer: Any, max_seq_length: int | None, shared: bool) -> None:
        if tokenizer is None:
            raise _refused(model, "it has no tokenizer")
        self._model = backbone(model)
        self._tokenizer = own(tokenizer)
        self._inputs = accepted(self._model, self._tokenizer)
        if not self._inputs:
            raise _refused(model, f"it takes {', '.join(inspect.signature(self._model.forward).parameters)}")
        self._reading = Lock()  # of the tokenizer: its truncation is a state that threads would share
        self._guard: AbstractContextManager[Any] = Lock() if shared else nullcontext()
        self.limit = limit(self._model, self._tokenizer, max_seq_length)
        self.width = self._probed(model)

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text before it is cut, with those that the tokenizer adds."""
        return [len(ids) for ids in self._read(texts, None)["input_ids"]] if len(texts) else []

    def rows(
        self, texts: Sequence[str], pool: Callable[[Tensor, Tensor], Tensor], batch_size: int | None
    ) -> FloatMatrix:
        """Rows (n, width) of texts, which are cut at the limit; a text without a token is an all-zero row."""
        rows = np.zeros((len(texts), self.width), dtype=np.float32)
        read = self._read(texts, self.limit) if len(texts) else {"input_ids": []}
        lengths = [len(ids) for ids in read["input_ids"]]
        alike = "attention_mask" not in self._inputs  # such a model would read the padding
        for places in passes(lengths, batch_size, room(self._model, batch_size), alike):
            rows[places] = self._pass(places, read, lengths, pool)
        return rows

    def _pass(
        self,
        places: list[int],
        read: Read,
        lengths: list[int],
        pool: Pool,
    ) -> FloatMatrix:
        import torch

        inputs = self._padded(places, read, lengths)
        mask = inputs["attention_mask"]
        with torch.no_grad(), self._guard, at_rest(self._model):
            given = {name: value for name, value in inputs.items() if name in self._inputs}
            hidden = states(self._model(**given, **uncached(self._model)))
        if hidden.shape[:2] != mask.shape:
            raise _refused(self._model, f"it gives {tuple(hidden.shape)} for {tuple(mask.shape)} tokens")
        return np.asarray(pool(hidden.float(), mask.unsqueeze(-1)).cpu().numpy(), dtype=np.float32)

    def _padded(self, places: list[int], read: Read, lengths: list[int]) -> dict[str, Tensor]:
        """What the model takes of the texts at *places*, padded on the right: positions then count from the start."""
        import torch

        fill = {"input_ids": self._tokenizer.pad_token_id, "token_type_ids": self._tokenizer.pad_token_type_id}
        shape = len(places), max(lengths[place] for place in places)
        filled = {name: np.full(shape, fill[name], dtype=np.int64) for name in read}
        filled["attention_mask"] = np.zeros(shape, dtype=np.int64)
        for row, place in enumerate(places):
            filled["attention_mask"][row, : lengths[place]] = 1
            for name, ids in read.items():
                filled[name][row, : lengths[place]] = ids[place]
        return {name: torch.from_numpy(values).to(self._model.device) for name, values in filled.items()}

    def _read(self, texts: Sequence[str], limit: int | None) -> Read:
        with self._reading:
            found = self._tokenizer(
                list(texts),
                truncation=limit is not None,
                max_length=limit,
                return_attention_mask=False,
                return_token_type_ids="token_type_ids" in self._inputs,
                verbose=False,
            )
        return {name: found[name] for name in INPUTS if name in found}

    def _probed(self, model: Any) -> int:
        """The width of a row, found by making one."""
        widths: list[int] = []

        def noted(hidden: Tensor, mask: Tensor) -> Tensor:
            widths.append(int(hidden.shape[-1]))
            return hidden[:, 0]

        try:
            read = self._read(["a"], self.limit)
            self._pass([0], read, [len(read["input_ids"][0])], noted)
        except ComponentError:
            raise
        except Exception as error:  # whatever the model makes of a text
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise _refused(model, f"{type(error).__name__}: {reason}") from error
        return widths[0]


def backbone(model: Any) -> Any:
    """The part of *model* that reads: without a head, and without a decoder beside it."""
    if getattr(model.config, "is_encoder_decoder", False):
        return model.get_encoder()
    return getattr(model, "base_model", model)


def states(output: Any) -> Tensor:
    """The last hidden states (texts, tokens, width) in what a model returned."""
    found: Tensor | None = getattr(output, "last_hidden_state", None)
    return output[0] if found is None else found


def _refused(model: Any, reason: str) -> ComponentError:
    return ComponentError(
        f"embedder 'transformers' cannot embed texts with {type(model).__name__}: {reason}. "
        "Give a model of text that has a vector for each token, such as distilbert-base-cased"
    )
