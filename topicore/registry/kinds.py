"""Which classes belong to which kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..specs import Kind

if TYPE_CHECKING:
    from ..components import Component

__all__ = ["classes", "kind_of"]


def classes(kind: Kind) -> tuple[type[Component], ...]:
    """The abstract classes of *kind*; a vectorizer may be either of two."""
    from .. import components

    table: dict[Kind, tuple[type[Component], ...]] = {
        "embedder": (components.Embedder,),
        "reducer": (components.Reducer,),
        "clusterer": (components.Clusterer,),
        "vectorizer": (components.Vectorizer, components.CountingVectorizer),
        "weighting": (components.Weighting,),
        "representation": (components.Representation,),
        "executor": (components.Executor,),
        "observer": (components.Observer,),
    }
    return table[kind]


def kind_of(cls: type) -> Kind | None:
    """The kind that *cls* is of, or None."""
    from ..specs import KINDS

    return next((kind for kind in KINDS if issubclass(cls, classes(kind))), None)
