"""How well labels fit texts, by a model of natural language inference (Yin, Hay & Roth 2019)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from topicore.components import FloatMatrix
from topicore.errors import ComponentError, ParameterError

from .reading import INPUTS, accepted, at_rest, limit, own, passes, room, uncached

ADVICE = "give a model of natural language inference, such as facebook/bart-large-mnli"


class Judge:
    """A model that tells whether a text entails a hypothesis, and a tokenizer of our own beside it.

    Args:
        model: A model that classifies sequences, of transformers or its kin, one of whose labels is entailment.
        tokenizer: Its tokenizer, which is copied.
        component: Kind and name of what uses it, for messages.
        shared: The model is in other hands too: it may be in training mode, and is left as it was.

    Raises:
        ComponentError: The model has no label for entailment, or does not read text.
    """

    def __init__(self, model: Any, tokenizer: Any, component: str, shared: bool) -> None:
        self._model = model
        self._component = component
        self._guard: AbstractContextManager[Any] = Lock() if shared else nullcontext()
        self._reading = Lock()  # of the tokenizer: its truncation is a state that threads would share
        self._entailment, self._contradiction = self._sides()
        if tokenizer is None:
            raise self._refused("it has no tokenizer")
        self._tokenizer = own(tokenizer)
        self._inputs = accepted(model, self._tokenizer)
        if not self._inputs:
            raise self._refused("it does not read text")
        self._limit = limit(model, self._tokenizer, None)

    def scores(
        self, texts: Sequence[str], hypotheses: Sequence[str], independent: bool, batch_size: int | None
    ) -> FloatMatrix:
        """(texts, hypotheses) in [0, 1]: how likely each is, or how the texts share themselves out among them.

        These are the scores of transformers' own pipeline. Texts are cut where they and the longest hypothesis are more
        than the model reads.

        Args:
            texts: What is known.
            hypotheses: What may follow from it.
            independent: Each is weighed against its contradiction, else against the others.
            batch_size: Pairs in one pass; None fills passes with as many tokens as suit the device.
        """
        logits = self._logits(texts, hypotheses, batch_size)
        entailed = logits[..., self._entailment]
        if independent or len(hypotheses) == 1:
            return _shares(np.stack([logits[..., self._contradiction], entailed], axis=-1))[..., 1]
        return _shares(entailed)

    def _logits(self, texts: Sequence[str], hypotheses: Sequence[str], batch_size: int | None) -> FloatMatrix:
        """(texts, hypotheses, labels). No pass holds padding, which not all architectures leave out of account."""
        import torch

        read = self._read(texts, hypotheses)
        lengths = [len(ids) for ids in read["input_ids"]]
        logits = np.zeros((len(lengths), int(self._model.config.num_labels)), dtype=np.float32)
        size = (
            batch_size if getattr(self._model.config, "pad_token_id", None) is not None else 1
        )  # models without padding refuse two
        for places in passes(lengths, size, room(self._model, size), alike=True):
            given = {
                name: torch.tensor([ids[place] for place in places], device=self._model.device)
                for name, ids in read.items()
            }
            with torch.no_grad(), self._guard, at_rest(self._model):
                found = self._model(**given, **uncached(self._model)).logits
            logits[places] = found.float().cpu().numpy()
        return logits.reshape(len(texts), len(hypotheses), -1)

    def _read(self, texts: Sequence[str], hypotheses: Sequence[str]) -> dict[str, list[list[int]]]:
        """What the model takes of every text with every hypothesis; only texts are cut."""
        pairs = [(text, hypothesis) for text in texts for hypothesis in hypotheses]
        with self._reading:
            self._check(hypotheses)
            found = self._tokenizer(
                [text for text, _ in pairs],
                [hypothesis for _, hypothesis in pairs],
                truncation="only_first" if self._limit else False,
                max_length=self._limit,
                return_attention_mask="attention_mask" in self._inputs,
                return_token_type_ids="token_type_ids" in self._inputs,
                verbose=False,
            )
        return {name: found[name] for name in INPUTS if name in found}

    def _check(self, hypotheses: Sequence[str]) -> None:
        """Refuse hypotheses that leave no room for a text."""
        if self._limit is None:
            return
        for hypothesis in hypotheses:
            used = len(self._tokenizer("", hypothesis, verbose=False)["input_ids"])
            if used >= self._limit:
                raise ParameterError(
                    f"{self._component}: {hypothesis[:40]!r}... leaves no room for a topic in the {self._limit} tokens "
                    "that the model reads; give shorter labels"
                )

    def _sides(self) -> tuple[int, int]:
        """The places of entailment and of contradiction among the labels.

        Where no label is called contradiction it is the first or last one, as transformers has it.
        """
        labels = {str(label).lower(): int(place) for label, place in self._model.config.label2id.items()}
        entailment = next((place for label, place in labels.items() if label.startswith("entail")), None)
        if entailment is None:
            raise self._refused(f"none of its labels is entailment ({', '.join(labels)})")
        other = next((place for label, place in labels.items() if label.startswith("contra")), None)
        return entailment, (-1 if entailment == 0 else 0) if other is None else other

    def _refused(self, reason: str) -> ComponentError:
        return ComponentError(f"{self._component} cannot use {type(self._model).__name__}: {reason}; {ADVICE}")


def _shares(logits: FloatMatrix) -> FloatMatrix:
    """Softmax over the last axis."""
    powers: NDArray[np.float32] = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: FloatMatrix = powers / powers.sum(axis=-1, keepdims=True)
    return shares
