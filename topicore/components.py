"""The kinds of component, and the values they exchange with the core.

A plugin subclasses one kind and writes its one to three abstract methods. Everything else (batching,
progress, retries, checks, counting, numbering) belongs to the core. ``__init__`` is the schema of a
component: every parameter is a JSON value kept unchanged under its own name, there is no ``*args`` or
``**kwargs``, there are no secrets, and no work is done before first use.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from .errors import ParameterError
from .specs import (
    ClustererSpec,
    ComponentSpec,
    EmbedderSpec,
    ExecutorSpec,
    ObserverSpec,
    ReducerSpec,
    RepresentationSpec,
    VectorizerSpec,
    WeightingSpec,
)
from .tokens import Rules, Tokens

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = [
    "JSON",
    "Assignment",
    "Clusterer",
    "Component",
    "Cost",
    "CountingVectorizer",
    "Description",
    "Embedder",
    "Event",
    "Executor",
    "FloatMatrix",
    "Labels",
    "Matrix",
    "Observer",
    "Reducer",
    "Representation",
    "Role",
    "Rules",
    "State",
    "Tokens",
    "TopicView",
    "Vectorizer",
    "Weighting",
    "overrides",
]

Role: TypeAlias = Literal["document", "query", "word"]
JSON: TypeAlias = "None | bool | int | float | str | Sequence[JSON] | Mapping[str, JSON]"
FloatMatrix: TypeAlias = NDArray[np.float32]
"""Rows in C order, float32, finite."""
Labels: TypeAlias = NDArray[np.int64]
"""One integer a row; -1 is no cluster."""
Matrix: TypeAlias = "FloatMatrix | csr_array"

A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What fitting a component learned: arrays, lists of strings, and the little JSON that explains them.

    Args:
        arrays: Numeric or boolean numpy arrays, no object arrays.
        strings: Lists of strings (vocabularies), stored as bytes and offsets.
        meta: Small JSON: numbers, texts, and lists and mappings of them.
        version: Raised by the component when the layout of its state changes.
    """

    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    strings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    meta: Mapping[str, JSON] = field(default_factory=dict)
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Which cluster each row went to, how strongly, and how it is shared.

    Args:
        labels: (n,) int64; -1 for no cluster, else 0..k-1, in ``fit_predict`` without gaps.
        strengths: (n,) float32 in [0, 1], or None where the clusterer has no such notion.
        memberships: (n, k) float32, dense or CSR, rows summing to at most 1, when ``spec.soft``.
    """

    labels: Labels
    strengths: NDArray[np.float32] | None = None
    memberships: Matrix | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """How one topic reads. What is left out stays as the previous link of the chain had it.

    Args:
        terms: (term, weight) pairs, best first.
        label: One line.
        summary: A few sentences.
        images: Paths or image objects, such as one collage.
    """

    terms: tuple[tuple[str, float], ...] | None = None
    label: str | None = None
    summary: str | None = None
    images: tuple[Any, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a representation would ask of the model behind it.

    Args:
        requests: Requests, where each is answered at once, and no more than its budget allows.
        cached: Topics whose answers are known already.
        input_tokens: About how many tokens would be read.
        output_tokens: How many tokens could be written at most.
    """

    requests: int
    cached: int
    input_tokens: int
    output_tokens: int

    def __str__(self) -> str:
        requests = f"{self.requests:,} request{'' if self.requests == 1 else 's'} ({self.cached:,} answered before)"
        return f"{requests}: about {self.input_tokens:,} tokens in, at most {self.output_tokens:,} out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One step of long work.

    Args:
        stage: What is being done, such as ``"embed"``.
        done: Units finished.
        total: Units in all, or None where unknown.
        detail: More for a person to read.
    """

    stage: str
    done: int
    total: int | None = None
    detail: str = ""


def overrides(component: object, kind: type, method: str) -> bool:
    """Whether the class of *component* has a *method* of its own rather than that of *kind*."""
    return getattr(type(component), method, None) is not getattr(kind, method, None)


class Component(ABC):
    """A named, configurable, optionally fitted part of a topic model."""

    spec: ClassVar[ComponentSpec]
    """Set by plugins to the very object that their hook returns. A user's own class needs none."""

    given: frozenset[str] | None = None
    """The parameters that the user gave, where the registry built it; the model's settings fill the others."""

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> Self:
        """Wrap a live object of one of the types in ``spec.adapts``."""
        raise ParameterError(f"{cls.__name__} does not wrap objects; got {type(obj).__name__}")

    def config(self) -> dict[str, Any]:
        """The arguments that build an equal component: the attributes named like the parameters of ``__init__``."""
        config = {}
        for name in inspect.signature(type(self)).parameters:
            try:
                config[name] = getattr(self, name)
            except AttributeError:
                raise ParameterError(
                    f"{type(self).__name__} keeps no attribute {name!r}; store each parameter of __init__ "
                    "under its own name, or override config()"
                ) from None
        return config

    def external(self) -> str | None:
        """The type of the live object that ``config()`` cannot rebuild, or None when it can rebuild everything."""
        return None

    def parts(self) -> tuple[Component, ...]:
        """The components that this one is made of; ``config()`` leaves them out."""
        return ()

    def with_parts(self, parts: Sequence[Component], /) -> Self:
        """An unfitted component with the same parameters, made of *parts*."""
        raise ParameterError(f"{type(self).__name__} is not made of other components")

    def fresh(self, **parameters: Any) -> Self:
        """An unfitted component with the same parameters but for *parameters*.

        A component made of parts or around a foreign object overrides this; foreign estimators are cloned.
        """
        return type(self)(**{**self.config(), **parameters})

    def state(self) -> State | None:
        """What fitting learned, or None when there is nothing to keep."""
        return None

    def restore(self, state: State, /) -> None:
        """Put back what ``state`` returned, of this or an older ``State.version``."""
        raise NotImplementedError(f"{type(self).__name__} cannot restore a state")

    def __repr__(self) -> str:
        parameters = inspect.signature(type(self).__init__).parameters
        shown = [repr(part) for part in self.parts()]
        for name, parameter in parameters.items():
            value = getattr(self, name, parameter.default)
            if name != "self" and not (value is parameter.default or repr(value) == repr(parameter.default)):
                shown.append(f"{name}={value!r}")
        return f"{type(self).__name__}({', '.join(shown)})"


class Embedder(Component):
    """Texts in, one float32 row per text out.

    ``embed`` is all that most embedders write::

        class Lengths(Embedder):
            def embed(self, texts, /, *, role="document"):
                return np.array([[len(text)] for text in texts], dtype=np.float32)
    """

    spec: ClassVar[EmbedderSpec]

    long_documents: Literal["truncate", "chunk"] = "truncate"
    """What the core does with texts of more than ``max_tokens``: warn that they are cut, or split and average them.

    An embedder with a limit takes it as a parameter of ``__init__`` and leaves the work to the core.
    """

    @abstractmethod
    def embed(self, texts: Sequence[str], /, *, role: Role = "document") -> FloatMatrix:
        """Rows (n, d), float32, C order, finite, in the order of *texts*; (0, d) for no texts.

        A text of which nothing is known is an all-zero row: the core leaves it out of every topic.
        """

    def embed_images(self, images: Sequence[Any], /) -> FloatMatrix:
        """Rows (n, d) in the space of the texts, when ``"image"`` is in ``spec.modalities``.

        Images are paths, Pillow images, or whatever else the embedder says it takes. One that cannot be read is an
        InputError that names it, or an all-zero row where the embedder was told to skip such images.
        """
        raise NotImplementedError(f"{type(self).__name__} embeds no images")

    def fit(self, texts: Sequence[str], /) -> None:
        """Learn from the corpus, when ``spec.trainable``. The default has nothing to learn."""

    def fit_tokens(self, tokens: Tokens, /) -> None:
        """Learn from the tokenised corpus instead of its text; comes with ``embed_tokens``."""
        raise NotImplementedError(f"{type(self).__name__} takes no tokens")

    def embed_tokens(self, tokens: Tokens, /, *, role: Role = "document") -> FloatMatrix:
        """Rows of documents that are tokenised already, over any vocabulary."""
        raise NotImplementedError(f"{type(self).__name__} takes no tokens")

    def partial_fit(self, texts: Sequence[str], /) -> None:
        """Learn from one more batch, when ``spec.incremental``."""
        raise NotImplementedError(f"{type(self).__name__} cannot learn batch by batch")

    def fit_parts(self, rows: Sequence[FloatMatrix], /) -> None:
        """Learn from the rows that each of ``parts_for("document")`` gave for the corpus."""
        raise NotImplementedError(f"{type(self).__name__} has no parts")

    def parts_for(self, role: Role, /) -> tuple[Component, ...]:
        """Those of ``parts()`` whose rows ``combine`` makes one row a text of, for texts of this *role*."""
        return self.parts()

    def combine(self, rows: Sequence[FloatMatrix], /) -> FloatMatrix:
        """One row a text from the rows that each of ``parts_for(role)`` gave."""
        raise NotImplementedError(f"{type(self).__name__} has no parts")

    def count_tokens(self, texts: Sequence[str], /) -> Sequence[int]:
        """Tokens of each whole text as the backend counts them, or a good guess where only a service could count.

        Used for ``spec.chunk_tokens``, for ``max_tokens``, and for telling what a dry run would cost.
        """
        raise NotImplementedError(f"{type(self).__name__} counts no tokens")

    @property
    def max_tokens(self) -> int | None:
        """Tokens of one text that the backend reads, counted as ``count_tokens`` does; None for no limit."""
        return None

    def identity(self) -> Mapping[str, JSON] | None:
        """What the rows depend on besides the text and its role, as the cache keys them; None where unknown.

        By default the parameters but for ``spec.neutral``, of an embedder that learns nothing and can be rebuilt from
        them. Around a live object, which may have changed since it was loaded, it is None. A key ``"version"`` stands
        in for the version of the plugin, where rows do not depend on that. The core adds what ``state()`` holds.
        """
        if self.learns() or self.external() is not None or getattr(type(self), "spec", None) is None:
            return None
        return {name: value for name, value in self.config().items() if name not in self.spec.neutral}

    def learns(self) -> bool:
        """Whether the rows depend on a corpus seen before: the class has a ``fit`` of its own."""
        return any(overrides(self, Embedder, method) for method in ("fit", "fit_tokens", "fit_parts", "partial_fit"))

    def fresh(self, **parameters: Any) -> Self:
        """An unfitted equal; an embedder that learns nothing is shared as it is, with the model it has loaded."""
        return super().fresh(**parameters) if parameters or self.learns() else self


class Reducer(Component):
    """Rows in, rows of fewer dimensions out."""

    spec: ClassVar[ReducerSpec]

    @abstractmethod
    def fit_transform(self, x: Matrix, y: Labels | None = None, /) -> FloatMatrix:
        """Learn from *x* (n, d) and return (n, k) float32. *y* holds classes, -1 where unknown."""

    def transform(self, x: Matrix, /) -> FloatMatrix:
        """Rows (n, k) of new *x* (n, d), when ``spec.inductive``."""
        raise NotImplementedError(f"{type(self).__name__} cannot reduce new rows")

    def partial_fit(self, x: Matrix, /) -> None:
        """Learn from one more batch, when ``spec.incremental``."""
        raise NotImplementedError(f"{type(self).__name__} cannot learn batch by batch")


class Clusterer(Component):
    """Rows in, a label a row out."""

    spec: ClassVar[ClustererSpec]

    @abstractmethod
    def fit_predict(self, x: Matrix, y: Labels | None = None, /) -> Assignment:
        """Learn from *x* (n, d) and label it. *y* holds classes 0..c-1, -1 where unknown."""

    def predict(self, x: Matrix, /) -> Assignment:
        """Labels of new rows, when ``spec.inductive``; ids as in ``fit_predict``."""
        raise NotImplementedError(f"{type(self).__name__} cannot label new rows")

    def partial_fit(self, x: Matrix, /) -> Assignment:
        """Learn from one more batch and label it, when ``spec.incremental``."""
        raise NotImplementedError(f"{type(self).__name__} cannot learn batch by batch")


class Vectorizer(Component):
    """Documents in, lists of tokens out. Ids, n-grams, stop words, limits and counts are the core's.

    ``tokenize`` is all that a vectorizer writes::

        class Spaces(Vectorizer):
            def tokenize(self, texts):
                for text in texts:
                    yield text.split()
    """

    spec: ClassVar[VectorizerSpec]

    @abstractmethod
    def tokenize(self, texts: Iterable[str], /) -> Iterator[list[str]]:
        """The tokens of each text, in order, lazily: one list a text."""

    decay: float = 0.0
    """The share of all counts that each batch of ``partial_fit`` forgets; the core does it."""

    delete_min_df: float | None = None
    """Terms of a smaller total are forgotten after each batch of ``partial_fit``; the core does it."""

    def rules(self, defaults: Rules, /) -> Rules:
        """Which terms are counted; *defaults* come from the model's stop words and n-gram range."""
        return defaults

    def cuts_by(self) -> JSON:
        """What ``tokenize`` depends on: two of a class that say the same cut text alike. None where that is unknown.

        By it the core knows that documents need not be read again for other stop words, n-grams or limits.
        """
        return None


class CountingVectorizer(Component):
    """A vectorizer that has counts but no tokens (hashing, foreign ones).

    What needs tokens (another n-gram range, windows, ``ppmi``) is then one clear error.
    """

    spec: ClassVar[VectorizerSpec]

    decay: float = 0.0
    """The share of all counts that each batch of ``partial_fit`` forgets; the core does it."""

    @abstractmethod
    def fit_transform(self, documents: Iterable[str], /) -> csr_array:
        """Counts (n documents, v terms), CSR, integers, of the documents that the terms are learned from."""

    @abstractmethod
    def transform(self, documents: Iterable[str], /) -> csr_array:
        """Counts of new documents over the same terms; unknown terms are left out."""

    @property
    @abstractmethod
    def terms(self) -> Sequence[str]:
        """The v terms in column order, unique."""

    def partial_fit(self, documents: Iterable[str], /) -> csr_array:
        """Counts of one more batch, when ``spec.incremental``; columns stay, and new ones may follow them."""
        raise NotImplementedError(f"{type(self).__name__} cannot learn batch by batch")


class Weighting(Component):
    """Topic-term counts in, topic-term weights out; both (t, v) CSR."""

    spec: ClassVar[WeightingSpec]

    @abstractmethod
    def fit_transform(self, counts: csr_array, terms: Sequence[str], /) -> csr_array:
        """Learn from the *counts* of all topics over *terms*, and weigh them."""

    @abstractmethod
    def transform(self, counts: csr_array, /) -> csr_array:
        """Weigh other rows over the same terms with what ``fit_transform`` learned."""

    def factors(self) -> NDArray[np.float64] | None:
        """(v,) by which a row's counts are multiplied, up to one factor for the whole row.

        None where weights are not of that form.
        """
        return None


class TopicView(Protocol):
    """The read-only window on a model that a representation is given; never the model."""

    @property
    def topics(self) -> Sequence[int]:
        """Topic ids in order, -1 first where there are outliers."""

    @property
    def vocabulary(self) -> Sequence[str]:
        """The v terms in column order."""

    @property
    def counts(self) -> csr_array:
        """(t, v) term counts, a row per id in ``topics``."""

    @property
    def weights(self) -> csr_array:
        """(t, v) term weights, a row per id in ``topics``."""

    @property
    def assignments(self) -> Labels:
        """(n,) the topic id of each document."""

    @property
    def embeddings(self) -> Matrix | None:
        """(n, d) document embeddings."""

    @property
    def tokens(self) -> Tokens | None:
        """The words of the n documents in their order, stop words among them."""

    @property
    def topic_embeddings(self) -> FloatMatrix:
        """(t, d) mean embedding of each topic's documents."""

    @property
    def centres(self) -> FloatMatrix:
        """(t, d') unit rows to compare with ``word_embeddings``: the mean centred row of each topic's documents."""

    @property
    def n_words(self) -> int:
        """How many words a topic is to show."""

    def terms(self, topic: int, /, n: int = 30) -> Sequence[tuple[str, float]]:
        """The best *n* terms of *topic* from the previous link of the chain, best first."""

    def word_embeddings(self, terms: Sequence[str], /) -> FloatMatrix:
        """(m, d') projected word vectors, unit rows: the mean centred row of the documents that hold each term.

        Terms of several words that are not in ``vocabulary`` are those of the documents that hold all of their words.
        """

    def text_embeddings(self, texts: Sequence[str], /) -> FloatMatrix:
        """(m, d') projected vectors of any texts, unit rows; zero where no word is known.

        Each is the sum over its words of the mean centred row of the documents that hold the word.
        """

    def document_embeddings(self, ids: Sequence[int], /) -> FloatMatrix:
        """(m, d') the centred rows of the documents at these positions, to compare with ``word_embeddings``."""

    def document_ids(self, topic: int, /, n: int = 4, diversity: float = 0.0) -> Sequence[int]:
        """Positions of *topic*'s documents, most representative first; *diversity* in [0, 1] trades for variety."""

    def texts(self, ids: Sequence[int], /) -> Sequence[str]:
        """The documents at these positions."""

    def images(self, ids: Sequence[int], /) -> Sequence[Any]:
        """The images at these positions; None where there is none."""

    def embed(self, texts: Sequence[str], /, role: Role = "document") -> FloatMatrix:
        """Rows of *texts* from the model's embedder, in the space of ``embeddings``."""

    def recall(self, keys: Sequence[bytes], /) -> Mapping[bytes, str]:
        """The texts that ``remember`` put into the model's cache under *keys*; none where the model has no cache."""

    def remember(self, key: bytes, text: str, /) -> None:
        """Keep *text* in the model's cache, where it has one, under a *key* made of all that it depends on."""

    def notify(self, event: Event, /) -> None:
        """Tell the model's observers of a step of long work."""


class Representation(Component):
    """How topics read: words, labels, summaries."""

    spec: ClassVar[RepresentationSpec]

    @abstractmethod
    def describe(self, view: TopicView, /) -> Mapping[int, Description]:
        """A Description a topic; topics left out keep what they had, and an empty one says that nothing was found."""

    def prepare(self) -> None:
        """Raise what would keep ``describe`` from working, such as a missing key, before a fit begins.

        The default has nothing to find out.
        """

    def cost(self, view: TopicView, /) -> Cost | None:
        """What ``describe`` would ask of a model, without asking; None where that costs nothing."""
        return None


class Executor(Component):
    """Where independent calls run. Provisional: this kind may still change."""

    spec: ClassVar[ExecutorSpec]

    @abstractmethod
    def map(self, function: Callable[[A], B], items: Iterable[A], /) -> Iterator[B]:
        """``function`` of each item, in the order of the items, lazily; exceptions propagate."""


class Observer(Component):
    """Who is told of progress. Provisional: this kind may still change."""

    spec: ClassVar[ObserverSpec]

    @abstractmethod
    def notify(self, event: Event, /) -> None:
        """Take note of *event*; must not raise."""
