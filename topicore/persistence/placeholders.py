"""Stand-ins for components that could not be built: the topics can be read, and using them says what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn, cast

from scipy.sparse import csr_array

from ..components import (
    Clusterer,
    Component,
    Embedder,
    Labels,
    Matrix,
    Reducer,
    Representation,
    Role,
    TopicView,
    Vectorizer,
    Weighting,
)
from ..errors import TopicoreError
from ..specs import (
    ClustererSpec,
    ComponentSpec,
    EmbedderSpec,
    Kind,
    ReducerSpec,
    RepresentationSpec,
    VectorizerSpec,
    WeightingSpec,
)
from .record import Record

__all__ = ["Placeholder", "placeholder"]


class Placeholder(Component):
    """Stands for a component that could not be built, and raises the reason when it is used or fitted again.

    Saving the model again writes the component's record back as it was.

    Args:
        record: What the file says of the component.
        error: Why it could not be built.
    """

    def __init__(self, record: Record, error: TopicoreError) -> None:
        self.record = record
        self.error = error
        target = f"{__name__}:{type(self).__name__}"
        spec = _SPECS[record.kind](name=record.name, target=target, summary="Not built.")
        self.spec = record.narrowed(spec)  # type: ignore[misc]

    def refuse(self, *_: Any, **__: Any) -> NoReturn:
        """Raise the reason, as new."""
        raise type(self.error)(*self.error.args) from self.error

    def external(self) -> str | None:
        return self.record.external

    def config(self) -> dict[str, Any]:
        return dict(self.record.config)

    def fresh(self, **parameters: Any) -> NoReturn:
        self.refuse()

    def __repr__(self) -> str:
        return f"<{self.record}, not built: {self.error}>"


class MissingEmbedder(Placeholder, Embedder):
    """Embeddings that are given with a call are used as they are; anything else raises."""

    def learns(self) -> bool:
        return True

    def embed(self, texts: Sequence[str], /, *, role: Role = "document") -> NoReturn:
        self.refuse()

    def embed_images(self, images: Sequence[Any], /) -> NoReturn:
        self.refuse()


class MissingReducer(Placeholder, Reducer):
    """Raises when rows are to be reduced."""

    def fit_transform(self, x: Matrix, y: Labels | None = None, /) -> NoReturn:
        self.refuse()

    def transform(self, x: Matrix, /) -> NoReturn:
        self.refuse()


class MissingClusterer(Placeholder, Clusterer):
    """Raises when rows are to be labelled."""

    def fit_predict(self, x: Matrix, y: Labels | None = None, /) -> NoReturn:
        self.refuse()

    def predict(self, x: Matrix, /) -> NoReturn:
        self.refuse()


class MissingVectorizer(Placeholder, Vectorizer):
    """Raises when documents are to be read."""

    def tokenize(self, texts: Iterable[str], /) -> NoReturn:
        self.refuse()


class MissingWeighting(Placeholder, Weighting):
    """Raises when counts are to be weighed."""

    def fit_transform(self, counts: csr_array, terms: Sequence[str], /) -> NoReturn:
        self.refuse()

    def transform(self, counts: csr_array, /) -> NoReturn:
        self.refuse()


class MissingRepresentation(Placeholder, Representation):
    """Raises when topics are to be described anew; the descriptions that the file holds are there."""

    def describe(self, view: TopicView, /) -> NoReturn:
        self.refuse()


_SPECS: Mapping[Kind, type[ComponentSpec]] = {
    spec.kind: spec
    for spec in (EmbedderSpec, ReducerSpec, ClustererSpec, VectorizerSpec, WeightingSpec, RepresentationSpec)
}
_CLASSES: Mapping[Kind, type[Placeholder]] = {
    "embedder": MissingEmbedder,
    "reducer": MissingReducer,
    "clusterer": MissingClusterer,
    "vectorizer": MissingVectorizer,
    "weighting": MissingWeighting,
    "representation": MissingRepresentation,
}


def placeholder(record: Record, error: TopicoreError) -> Component:
    """A component of the record's kind that raises *error* when it is used."""
    return cast(Component, _CLASSES[record.kind](record, error))
