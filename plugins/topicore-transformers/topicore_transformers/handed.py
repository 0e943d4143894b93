"""What a pipeline that was handed in tells of itself."""

from __future__ import annotations

import os
from collections.abc import Collection
from typing import Any

from topicore.errors import ParameterError


def found(
    pipeline: Any, component: str, given: Collection[str], changeable: Collection[str]
) -> tuple[dict[str, Any], str | None]:
    """The parameters that *pipeline* was loaded with, and its type where these do not load the same again.

    Args:
        pipeline: The live object.
        component: Kind and name of what wraps it, for messages.
        given: Names of the parameters that the user gave beside it.
        changeable: Names of those that a loaded pipeline can still be given.

    Raises:
        ParameterError: One was given that cannot change any more, or the pipeline is not of PyTorch.
    """
    fixed = sorted(set(given) - set(changeable))
    if fixed:
        raise ParameterError(
            f"{component}: {', '.join(fixed)} cannot change on a loaded pipeline; load it that way. "
            f"{', '.join(changeable)} can be given here"
        )
    if getattr(pipeline, "framework", "pt") != "pt":
        raise ParameterError(f"{component} takes pipelines of PyTorch; load it with framework='pt'")
    source = origin(pipeline)
    known = source or {"model": type(pipeline.model).__name__}
    external = None if source else f"{type(pipeline).__module__}.{type(pipeline).__qualname__}"
    return {**known, "precision": precision(pipeline.model) or "float32"}, external


def origin(pipeline: Any) -> dict[str, Any] | None:
    """The model id or folder, and the revision, that *pipeline* was loaded from; None where it does not tell.

    A model that was trained here, runs code of its own, carries adapters, or has another number type than float32 or
    bfloat16 is not what its name gives.
    """
    model = pipeline.model
    name = getattr(model, "name_or_path", None)
    if not name or getattr(pipeline.tokenizer, "name_or_path", None) != name or precision(model) is None:
        return None
    adapted = getattr(model, "_hf_peft_config_loaded", False)
    trained = any(parameter.grad is not None for parameter in model.parameters())
    if adapted or trained or not type(model).__module__.startswith("transformers."):
        return None
    return {"model": name, "revision": None if os.path.isdir(name) else getattr(model.config, "_commit_hash", None)}


def precision(model: Any) -> str | None:
    """``"float32"`` or ``"bfloat16"`` where all weights are of that type, else None."""
    types = {str(parameter.dtype).removeprefix("torch.") for parameter in model.parameters()}
    return types.pop() if types in ({"float32"}, {"bfloat16"}) else None
