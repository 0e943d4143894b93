"""The vectors of a text's tokens to one row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from torch import Tensor

Pooling: TypeAlias = Literal["mean", "max", "cls", "last"]


def mean(hidden: Tensor, mask: Tensor) -> Tensor:
    """The mean of each text's tokens; *hidden* (n, tokens, width), *mask* (n, tokens, 1), 1 where there is a token."""
    return (hidden * mask).sum(1) / mask.sum(1)


def maximum(hidden: Tensor, mask: Tensor) -> Tensor:
    """The largest value of each dimension among each text's tokens."""
    return hidden.masked_fill(mask == 0, float("-inf")).amax(1)


def first(hidden: Tensor, mask: Tensor) -> Tensor:
    """The first token, which is where models like BERT put what they know of a whole text."""
    return hidden[:, 0]


def last(hidden: Tensor, mask: Tensor) -> Tensor:
    """The last token, the only one that has seen the whole text in models that read from left to right."""
    at = (mask.sum(1) - 1).unsqueeze(-1).expand(-1, -1, hidden.shape[-1])
    return hidden.gather(1, at).squeeze(1)


POOLINGS: Mapping[Pooling, Callable[[Tensor, Tensor], Tensor]] = {
    "mean": mean,
    "max": maximum,
    "cls": first,
    "last": last,
}
