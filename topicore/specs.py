"""What a plugin says about its components, readable without importing them.

Specs are frozen, keyword-only records. They are checked when they are built, so that a typo is an
error with the plugin's name on it and not a surprise at fit time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, ClassVar, Literal, TypeAlias, get_args

__all__ = [
    "KINDS",
    "ClustererSpec",
    "ComponentSpec",
    "EmbedderSpec",
    "ExecutorSpec",
    "Kind",
    "Modality",
    "NativeType",
    "Need",
    "ObserverSpec",
    "Range",
    "ReducerSpec",
    "RepresentationSpec",
    "Setting",
    "VectorizerSpec",
    "WeightingSpec",
    "Yield",
]

Kind: TypeAlias = Literal[
    "embedder",
    "reducer",
    "clusterer",
    "vectorizer",
    "weighting",
    "representation",
    "executor",
    "observer",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

Modality: TypeAlias = Literal["text", "image"]
Need: TypeAlias = Literal["documents", "tokens", "embeddings", "embedder", "images"]
Yield: TypeAlias = Literal["terms", "label", "summary", "images"]
Setting: TypeAlias = Literal[
    "n_topics",
    "min_topic_size",
    "n_words",
    "language",
    "stop_words",
    "ngram_range",
    "random_state",
    "metric",
    "probabilities",
    "seed_words",
]
"""The settings of a model that a component may receive under a parameter of its own.

``seed_words`` are the words of the model's ``seed_topics``.
"""

_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*")
_TARGET = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class NativeType:
    """A third-party class, named so that it can be recognised without importing it.

    Args:
        package: Top-level package of the class, such as ``"spacy"``.
        qualname: The class's own name, such as ``"Language"``; outer classes and functions are ignored.
    """

    package: str
    qualname: str

    def distance(self, cls: type) -> int | None:
        """Steps up the MRO of *cls* to this type, or None when it is no ancestor."""
        for steps, base in enumerate(cls.__mro__):
            top = str(base.__module__).partition(".")[0]
            if top == self.package and base.__qualname__.rpartition(".")[2] == self.qualname:
                return steps
        return None


@dataclass(frozen=True, slots=True)
class Range:
    """Inclusive bounds of a number, for annotations: ``neighbors: Annotated[int, Range(1)]``."""

    low: float | None = None
    high: float | None = None

    def __contains__(self, value: float) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def __str__(self) -> str:
        if self.low is not None and self.high is not None:
            return f"between {self.low} and {self.high}"
        return f"at least {self.low}" if self.low is not None else f"at most {self.high}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentSpec:
    """What every kind of component declares.

    Args:
        name: The entry point's name, or that name, a dot and a word. Permanent once released: files contain it.
        target: ``"package.module:Class"``, imported on first use.
        summary: One line for listings.
        argument: The parameter that the text after ``:`` in a name goes to.
        adapts: Foreign classes that the component wraps (through its ``from_native``).
        requires: Top-level modules that the target needs, for diagnosis without importing them.
        environment: Environment variables that the component reads, credentials above all.
        aliases: Former names, still resolved with a DeprecationWarning.
        persists: Fitting leaves state that ``state()`` returns.
        deterministic: The same parameters and input give the same result.
        batch_invariant: The result for one row does not depend on the other rows of the call.
        receives: Settings of the model that the component takes, and under which of its own parameters.
    """

    kind: ClassVar[Kind]

    name: str
    target: str
    summary: str
    argument: str | None = None
    adapts: tuple[NativeType, ...] = ()
    requires: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    persists: bool = False
    deterministic: bool = True
    batch_invariant: bool = True
    receives: Mapping[Setting, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        where = f"{type(self).__name__} {self.name!r}"
        for name in (self.name, *self.aliases):
            if not _NAME.fullmatch(name):
                raise ValueError(f"{where}: {name!r} is no component name; use lower-case words joined by '-' or '.'")
        if not _TARGET.fullmatch(self.target):
            raise ValueError(f"{where}: target {self.target!r} is not of the form 'package.module:Class'")
        if not self.summary.strip() or "\n" in self.summary:
            raise ValueError(f"{where}: summary must be one line of text")
        unknown = sorted(set(self.receives) - set(get_args(Setting)))
        if unknown:
            raise ValueError(f"{where}: receives names unknown settings {unknown}; known: {sorted(get_args(Setting))}")
        object.__setattr__(self, "receives", MappingProxyType(dict(self.receives)))

    def __reduce__(self) -> tuple[Any, ...]:
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return _rebuilt, (type(self), {**values, "receives": dict(self.receives)})  # no proxy can be copied


def _rebuilt(cls: type[ComponentSpec], values: dict[str, Any]) -> ComponentSpec:
    return cls(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedderSpec(ComponentSpec):
    """An embedder: texts (or images) to rows.

    Args:
        modalities: What it embeds.
        trainable: It learns from the corpus before it embeds (``fit`` or ``fit_tokens``).
        incremental: It has ``partial_fit``.
        network: It calls a remote service: the core adds bounded threads and retries.
        chunk_size: Most texts the core hands over in one call.
        chunk_tokens: Most tokens in one call, counted by ``count_tokens``; None for no bound.
        neutral: Parameters that do not change the rows (``"batch_size"``, ``"device"``); the cache ignores them.
    """

    kind: ClassVar[Kind] = "embedder"

    modalities: frozenset[Modality] = frozenset({"text"})
    trainable: bool = False
    incremental: bool = False
    network: bool = False
    chunk_size: int = 4096
    chunk_tokens: int | None = None
    neutral: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReducerSpec(ComponentSpec):
    """A reducer: rows to fewer dimensions.

    Args:
        inductive: It has ``transform`` for new rows.
        incremental: It has ``partial_fit``.
        supervised: It uses ``y``.
        sparse_input: It takes a scipy CSR matrix as it is.
    """

    kind: ClassVar[Kind] = "reducer"

    inductive: bool = True
    incremental: bool = False
    supervised: bool = False
    sparse_input: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClustererSpec(ComponentSpec):
    """A clusterer: rows to labels.

    Args:
        inductive: It has ``predict`` for new rows; else the core votes among the nearest training rows.
        incremental: It has ``partial_fit``.
        supervised: It needs ``y``.
        semi_supervised: It uses ``y`` where some classes are known, and does without.
        sparse_input: It takes a scipy CSR matrix as it is.
        outliers: The label -1 may appear.
        soft: It gives memberships of each row in each cluster.
        predict_matches_fit: ``predict`` of the training rows gives the labels of ``fit_predict``.
    """

    kind: ClassVar[Kind] = "clusterer"

    inductive: bool = True
    incremental: bool = False
    supervised: bool = False
    semi_supervised: bool = False
    sparse_input: bool = False
    outliers: bool = False
    soft: bool = False
    predict_matches_fit: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorizerSpec(ComponentSpec):
    """A vectorizer: documents to tokens, or to counts.

    Args:
        tokens: It gives tokens; False for a ``CountingVectorizer``.
        incremental: It has ``partial_fit``.
    """

    kind: ClassVar[Kind] = "vectorizer"

    tokens: bool = True
    incremental: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightingSpec(ComponentSpec):
    """A weighting: topic-term counts to topic-term weights.

    Args:
        supervised: It uses labels or seed words beyond the counts.
    """

    kind: ClassVar[Kind] = "weighting"

    supervised: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RepresentationSpec(ComponentSpec):
    """A representation: how topics read.

    Args:
        needs: What the view must offer; an unmet need is an error before the fit starts.
        network: It calls a remote service.
        calls_model: It asks a model, here or elsewhere. Such a representation runs for the topics of a fit, and after
            that only when the user asks; so does one that is ``network`` or needs the ``"embedder"``.
        yields: Which parts of a Description it fills.
    """

    kind: ClassVar[Kind] = "representation"

    needs: frozenset[Need] = frozenset()
    network: bool = False
    calls_model: bool = False
    yields: frozenset[Yield] = frozenset({"terms"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutorSpec(ComponentSpec):
    """An executor: where calls run. Provisional: this kind may still change."""

    kind: ClassVar[Kind] = "executor"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObserverSpec(ComponentSpec):
    """An observer: who is told of progress. Provisional: this kind may still change."""

    kind: ClassVar[Kind] = "observer"
