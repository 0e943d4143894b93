"""Texts to rows through embeddings of flair: passes of like lengths, one at a time."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from topicore.components import FloatMatrix

if TYPE_CHECKING:
    from torch import Tensor

Pooling: TypeAlias = Literal["cls", "mean", "max", "min"]

CHARACTERS = {"cpu": 4096}
"""Characters of one pass where no batch size is given: what keeps a processor busy leaves an accelerator idle."""
CHARACTERS_ELSEWHERE = 65536
PER_TOKEN = 6
"""About as many characters as a token has at most, in the mean of a long text."""
UNBOUNDED = 10**20
"""Tokenizers without a limit say 1e30."""
NOTHING = re.compile(r"[\s\u200b\u200c\ufe0f\ufeff\u2028\u2029\x81\x8d\x8f\x90]*")
"""Texts of which flair keeps no token."""


class Encoder:
    """Embeddings of flair, read one pass after the other; threads wait for each other.

    Args:
        embeddings: ``DocumentEmbeddings`` or ``TokenEmbeddings``; they are not changed.
        pooling: What becomes of the vectors of a text's tokens; None takes flair's own vector of the text.
    """

    def __init__(self, embeddings: Any, pooling: Pooling | None) -> None:
        self._embeddings = reading(embeddings)
        self._row = embedding if pooling is None else POOLINGS[pooling]
        self._lock = Lock()
        self.width = int(embeddings.embedding_length)
        parts = transformers(self._embeddings)
        self._alone = padding_is_read(embeddings, parts)
        cutting: Any = min(filter(bound, parts), key=lambda part: bound(part) or 0, default=None)
        self.limit = bound(cutting) if cutting else None
        self._tokenizer = copy.deepcopy(cutting.tokenizer) if cutting else None
        self._around = 2 if cutting and cutting.context_length and cutting.use_context_separator else 0

    def rows(self, texts: Sequence[str], batch_size: int | None) -> FloatMatrix:
        """Rows (n, width) of *texts*; a text without a token is an all-zero row."""
        import flair

        rows = np.zeros((len(texts), self.width), dtype=np.float32)
        longest = PER_TOKEN * self.limit if self.limit else None
        lengths = [0 if NOTHING.fullmatch(text) else min(len(text), longest or len(text)) for text in texts]
        device = flair.device.type if self.limit else ""  # where nothing is padded, long passes cost nothing
        budget = None if batch_size else CHARACTERS.get(device, CHARACTERS_ELSEWHERE)
        for places in passes(lengths, 1 if self._alone else batch_size, budget):
            read = [(place, found) for place in places if len(found := sentence(texts[place]))]
            if read:
                rows[[place for place, _ in read]] = self._pass([found for _, found in read])
        return rows

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text before it is cut, with those that are added; words where no model has a limit."""
        words = [[] if NOTHING.fullmatch(text) else [token.text for token in sentence(text)] for text in texts]
        if self._tokenizer is None or not words:
            return [len(some) for some in words]
        with self._lock:
            found = self._tokenizer(words, is_split_into_words=True, padding=False, truncation=False, verbose=False)
        return [len(ids) + self._around for ids in found["input_ids"]]

    def _pass(self, sentences: list[Any]) -> FloatMatrix:
        import torch

        with self._lock, torch.no_grad(), at_rest(self._embeddings):
            self._embeddings.embed(sentences)
            found = torch.stack([self._row(some) for some in sentences]).float().cpu().numpy()
        for some in sentences:
            some.clear_embeddings()
        return np.asarray(found, dtype=np.float32)


def sentence(text: str) -> Any:
    """*text* in flair's tokens, with no context: texts of one pass have nothing to do with each other."""
    from flair.data import Sentence

    found = Sentence(text)
    Sentence.set_context_for_sentences([found])
    return found


def embedding(sentence: Any) -> Tensor:
    """Flair's own vector of a text."""
    found: Tensor = sentence.embedding
    return found


def mean(sentence: Any) -> Tensor:
    """The mean of the vectors of all tokens, as ``DocumentPoolEmbeddings`` has it; so are the next two."""
    return _tokens(sentence).mean(0)


def maximum(sentence: Any) -> Tensor:
    """The largest value of each dimension."""
    return _tokens(sentence).amax(0)


def minimum(sentence: Any) -> Tensor:
    """The smallest value of each dimension."""
    return _tokens(sentence).amin(0)


POOLINGS: Mapping[Pooling, Callable[[Any], Tensor]] = {"mean": mean, "max": maximum, "min": minimum}


def _tokens(sentence: Any) -> Tensor:
    import torch

    return torch.stack([token.get_embedding() for token in sentence])


def reading(embeddings: Any) -> Any:
    """What to read with: *embeddings*, or a twin of a transformer, with its weights and a tokenizer of its own.

    The twin can pad, pads on the right (flair's means and last tokens expect that), and cuts what is longer than the
    model has positions for. Where flair takes the first token of long texts, which it cuts into windows, the rows of
    the texts after them in a pass would be those of other windows: the first window is all that such a twin reads.
    """
    from flair.embeddings.transformer import TransformerBaseEmbeddings

    if not isinstance(embeddings, TransformerBaseEmbeddings):
        return embeddings
    twin = object.__new__(type(embeddings))
    twin.__dict__.update(embeddings.__dict__)
    twin.tokenizer = tokenizer = copy.deepcopy(embeddings.tokenizer)
    tokenizer.padding_side = "right"
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
    first = embeddings.document_embedding and embeddings.cls_pooling == "cls" and embeddings.initial_cls_token
    if first and not embeddings.token_embedding:
        twin.allow_long_sentences, twin.stride = False, 0
    limits = [limit for limit in (tokenizer.model_max_length, positions(embeddings)) if limit and limit < UNBOUNDED]
    if limits and not twin.allow_long_sentences:
        tokenizer.model_max_length, twin.truncate = int(min(limits)), True
    return twin


def transformers(embeddings: Any) -> list[Any]:
    """The transformers among the parts of *embeddings*."""
    from flair.embeddings.transformer import TransformerBaseEmbeddings

    return [part for part in embeddings.modules() if isinstance(part, TransformerBaseEmbeddings)]


def padding_is_read(embeddings: Any, parts: Sequence[Any]) -> bool:
    """Whether rows would depend on the longest text beside them: convolutions, and transformers without a mask."""
    from flair.embeddings import DocumentCNNEmbeddings

    unmasked = any("attention_mask" not in part.tokenizer.model_input_names for part in parts)
    return unmasked or isinstance(embeddings, DocumentCNNEmbeddings)


def bound(part: Any) -> int | None:
    """Tokens of one text that a transformer of flair reads; None where it reads all of it."""
    return int(part.tokenizer.model_max_length) if part.truncate and not part.allow_long_sentences else None


def positions(embeddings: Any) -> int | None:
    """Tokens that a transformer has positions for; models of RoBERTa's family start to count after their padding."""
    counted = [
        module.num_embeddings - module.padding_idx - 1
        for name, module in embeddings.named_modules()
        if name.endswith("position_embeddings")
        and getattr(module, "padding_idx", None) is not None
        and hasattr(module, "num_embeddings")
    ]
    config = getattr(getattr(embeddings, "model", None), "config", None)
    configured = getattr(config, "max_position_embeddings", None)
    return min([*counted, *([configured] if configured else [])], default=None)


def passes(lengths: Sequence[int], batch_size: int | None, budget: int | None) -> Iterator[list[int]]:
    """Places of the texts of each pass, the longest first, so that little is padded and memory is tested early.

    Args:
        lengths: Length of each text; texts of length 0 are in no pass.
        batch_size: Most texts of a pass.
        budget: Most length of a pass of several texts, padding included.
    """
    order = sorted((place for place, length in enumerate(lengths) if length), key=lambda place: -lengths[place])
    now: list[int] = []
    for place in order:
        full = len(now) == batch_size or (budget is not None and (len(now) + 1) * lengths[(now or [place])[0]] > budget)
        if now and full:
            yield now
            now = []
        now.append(place)
    if now:
        yield now


@contextmanager
def at_rest(embeddings: Any) -> Iterator[None]:
    """No dropout meanwhile; modules in training are so again in the end, with the gradients that some would drop."""
    training = [module for module in embeddings.modules() if module.training]
    gradients = [(parameter, parameter.grad) for parameter in embeddings.parameters() if parameter.grad is not None]
    for module in training:
        module.training = False
    try:
        yield
    finally:
        for module in training:
            module.training = True
        for parameter, gradient in gradients:
            parameter.grad = gradient
