"""What this distribution offers, readable without importing any-llm."""

from __future__ import annotations

from topicore import hookimpl
from topicore.specs import NativeType, RepresentationSpec

LABEL = RepresentationSpec(
    name="any-llm.label",
    target="topicore_any_llm.label:AnyLLMLabel",
    summary="Labels, summaries and keywords from a language model of any provider that any-llm knows.",
    argument="model",
    adapts=(NativeType("any_llm", "AnyLLM"),),
    requires=("any_llm",),
    deterministic=False,
    needs=frozenset({"documents"}),
    yields=frozenset({"label", "summary", "terms"}),
    network=True,
    calls_model=True,
)


@hookimpl
def topicore_representations() -> list[RepresentationSpec]:
    """One representation, ``any-llm.label``."""
    return [LABEL]
