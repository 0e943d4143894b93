"""The classes that the user gave, as topics."""

from __future__ import annotations

import numpy as np

from ..components import Assignment, Clusterer, Labels, Matrix
from ..errors import InputError
from .numbering import codes_of, numbered
from .specs_clustering import MANUAL

__all__ = ["Manual"]


class Manual(Clusterer):
    """Takes the classes given as ``y`` for topics, -1 for none.

    It cannot label new rows: the core lets the nearest training rows vote.
    """

    spec = MANUAL

    def __init__(self) -> None: ...

    def fit_predict(self, x: Matrix, y: Labels | None = None, /) -> Assignment:
        """The classes as labels, numbered without gaps.

        Raises:
            InputError: *y* is missing or has another length than *x*.
        """
        if y is None:
            raise InputError(
                "clusterer 'manual' takes its topics from y, and none was given: fit(documents, y=classes)"
            )
        classes = np.asarray(y)
        if classes.shape != (x.shape[0],):
            raise InputError(f"y has shape {classes.shape}, but there are {x.shape[0]} rows: give one class a document")
        return Assignment(labels=numbered(classes, codes_of(classes)))
