"""How texts reach a model: a tokenizer of our own, the model's limits, and passes of texts of like length."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
"""What tokenizers give that models of text take."""
TOKENS = {"cpu": 1024}
"""Tokens of one pass where no batch size is given: what keeps a processor busy leaves an accelerator idle."""
TOKENS_ELSEWHERE = 16384
UNBOUNDED = 10**20
"""Tokenizers without a limit say 1e30."""


def own(tokenizer: Any) -> Any:
    """A copy of *tokenizer* that can pad; what it pads with is masked, so any token will do."""
    ours = copy.deepcopy(tokenizer)
    if ours.pad_token_id is None:
        ours.pad_token = ours.eos_token or ours.unk_token or ours.convert_ids_to_tokens(0)
    return ours


def accepted(model: Any, tokenizer: Any) -> tuple[str, ...]:
    """Which of INPUTS *model* is to be given: those it takes, and types of tokens only where *tokenizer* means them.

    None of them for a model that does not read text.
    """
    parameters = inspect.signature(model.forward).parameters
    wrapper = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values())
    if "input_ids" not in parameters and not wrapper:
        return ()
    known = parameters if "input_ids" in parameters else INPUTS
    meant = {"input_ids", "attention_mask", *tokenizer.model_input_names}
    return tuple(name for name in INPUTS if name in known and name in meant)


def limit(model: Any, tokenizer: Any, asked: int | None) -> int | None:
    """Tokens of one text that *model* has positions for and *tokenizer* was made for; *asked* overrules the latter."""
    found = [asked or tokenizer.model_max_length, positions(model)]
    bounds = [int(bound) for bound in found if bound is not None and 0 < bound < UNBOUNDED]
    return min(bounds, default=None)


def positions(model: Any) -> int | None:
    """Tokens that *model* has positions for; models of RoBERTa's family start to count after their padding."""
    counted = [
        module.num_embeddings - module.padding_idx - 1
        for name, module in model.named_modules()
        if name.endswith("position_embeddings")
        and getattr(module, "padding_idx", None) is not None
        and hasattr(module, "num_embeddings")
    ]
    configured = getattr(model.config, "max_position_embeddings", None)
    return min([*counted, *([configured] if configured else [])], default=None)


def uncached(model: Any) -> dict[str, Any]:
    """Settings of a pass after which nothing is generated: nothing is kept for the next token."""
    return {"use_cache": False} if "use_cache" in inspect.signature(model.forward).parameters else {}


def room(model: Any, batch_size: int | None) -> int | None:
    """Most tokens of a pass where no batch size says how many texts it holds."""
    return None if batch_size else TOKENS.get(model.device.type, TOKENS_ELSEWHERE)


def passes(lengths: Sequence[int], batch_size: int | None, tokens: int | None, alike: bool) -> Iterator[list[int]]:
    """Places of the texts of each pass, the longest first, so that little is padded and memory is tested early.

    Args:
        lengths: Tokens of each text; texts without any are in no pass.
        batch_size: Most texts of a pass.
        tokens: Most tokens of a pass of several texts, padding included.
        alike: Texts of one pass have to be equally long.
    """
    order = sorted((place for place, length in enumerate(lengths) if length), key=lambda place: -lengths[place])
    now: list[int] = []
    for place in order:
        longest = lengths[now[0]] if now else 0
        full = len(now) == batch_size or (tokens is not None and (len(now) + 1) * longest > tokens)
        if now and (full or (alike and lengths[place] != longest)):
            yield now
            now = []
        now.append(place)
    if now:
        yield now


@contextmanager
def at_rest(model: Any) -> Iterator[None]:
    """No dropout meanwhile; modules that were in training are again in the end."""
    training = [module for module in model.modules() if module.training]
    for module in training:
        module.training = False
    try:
        yield
    finally:
        for module in training:
            module.training = True
