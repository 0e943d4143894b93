"""Any scikit-learn clusterer or classifier as a clusterer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..components import Assignment, Clusterer, Labels, Matrix, State
from ..errors import InputError, ModelFileError, NotFittedError, ParameterError
from .batchwise import begun, learns_batchwise
from .estimators import decode, encode
from .native import careful, needs_classes, of_record, prepared, takes_sparse, type_name
from .numbering import codes_of, double, numbered, spread
from .specs_clustering import SKLEARN_CLUSTERER
from .wrapper import Wrapper

__all__ = ["SklearnClusterer"]


class SklearnClusterer(Wrapper, Clusterer):
    """Any scikit-learn clusterer or classifier.

    The object handed in is never changed: an unfitted copy is fitted. A classifier learns from the rows with a class in
    ``y``; these keep their class, and the others get what it predicts. Without ``predict`` the core lets the nearest
    training rows vote. Numbers of clusters and smallest sizes are lowered to what the rows allow. Whether ``predict``
    gives training rows their labels again is measured by ``fit_predict``, and in the spec from then on.

    Args:
        estimator: A record of the estimator, as ``config()`` of a wrapped one gives it.
        random_state: Seed where the estimator leaves its own open.
    """

    spec = SKLEARN_CLUSTERER

    methods = ("fit_predict", "predict")
    _fitted: Fitted | None

    def narrow(self, obj: Any, /) -> None:
        """What it can do: label new rows, take classes or sparse rows, give memberships, become data, learn by batches.

        Raises:
            ParameterError: It is a regressor.
        """
        from sklearn.base import is_regressor

        if is_regressor(obj):
            raise ParameterError(
                f"{type(obj).__name__} is a regressor: it predicts numbers, not clusters; hand in a clusterer, "
                "clusterer=KMeans(20), or a classifier, clusterer=LogisticRegression()"
            )
        classes = needs_classes(obj)
        self.spec = replace(  # type: ignore[misc]
            type(self).spec,
            persists=hasattr(obj, "predict") and type_name(obj) is None,
            inductive=hasattr(obj, "predict"),
            supervised=classes,
            sparse_input=takes_sparse(obj),
            soft=hasattr(obj, "predict_proba"),
            outliers=not classes,
            incremental=not classes and learns_batchwise(obj),
            predict_matches_fit=not classes,  # documents of known class keep it, whatever the classifier thinks
        )

    def fit_predict(self, x: Matrix, y: Labels | None = None, /) -> Assignment:
        """Labels (n,), with strengths and memberships where the estimator has ``predict_proba``.

        Raises:
            InputError: A classifier is given no class.
        """
        from threadpoolctl import threadpool_limits

        native = self.native()
        self.narrow(native)
        if needs_classes(native):
            return self._classified(native, x, y)
        estimator, rows = prepared(native, x, self.random_state), double(x)
        if spread(x) == 1:
            return self._keep(None, np.zeros(1, dtype=np.int64), x)
        joint = hasattr(estimator, "fit_predict")
        with threadpool_limits(1, user_api="openmp"):  # k-means adds up centres in the order its threads finish
            raw = estimator.fit_predict(rows) if joint else estimator.fit(rows).predict(rows)
        codes = codes_of(raw)
        found, labels = self._keep(estimator, codes, x), numbered(raw, codes)
        if self.spec.inductive:
            self._measured(bool((found.labels == labels).all()))
        return replace(found, labels=labels)

    def partial_fit(self, x: Matrix, /) -> Assignment:
        """Labels (n,) of one more batch: what the estimator then predicts, or its ``labels_``.

        Its labels are clusters 0, 1, ... in the order in which they first appear.

        Raises:
            InputError: The batch is too small for the clusters asked for, or there is nothing to go on from.
        """
        first = self._fitted is None
        fitted = Fitted(careful(self.native(), self.random_state), codes_of(np.empty(0))) if first else self._fitted
        if fitted is None or fitted.estimator is None:
            raise InputError("the clusterer was fitted on equal rows and learned nothing to go on from; fit it anew")
        estimator, rows = fitted.estimator, double(x)
        begun(estimator, rows, first=first)
        raw = codes_given(estimator, rows)
        codes = np.append(fitted.codes, np.setdiff1d(codes_of(raw), fitted.codes))
        self._fitted = Fitted(estimator, codes)
        return Assignment(labels=numbered(raw, codes))

    def _measured(self, matches: bool) -> None:
        self.spec = replace(self.spec, predict_matches_fit=matches)  # type: ignore[misc]

    def _classified(self, native: Any, x: Matrix, y: Labels | None) -> Assignment:
        classes = np.full(x.shape[0], -1, dtype=np.int64) if y is None else np.asarray(y, dtype=np.int64)
        known = np.flatnonzero(classes >= 0)
        if not len(known):
            raise InputError(
                f"{type(native).__name__} is a classifier and learns from classes, and none was given: "
                "fit(documents, y=classes), None where unknown"
            )
        codes = codes_of(classes)
        one = len(codes) == 1
        estimator = None if one else prepared(native, x, self.random_state).fit(double(x)[known], classes[known])
        found = self._keep(estimator, codes, x)
        labels = found.labels.copy()
        labels[known] = numbered(classes[known], codes)
        if found.strengths is None or found.memberships is None:
            return replace(found, labels=labels)
        found.strengths[known] = 1
        found.memberships[known] = np.eye(len(codes), dtype=np.float32)[labels[known]]
        return replace(found, labels=labels)

    def _keep(self, estimator: Any, codes: NDArray[np.int64], x: Matrix) -> Assignment:
        self._fitted = Fitted(estimator, codes)
        if not self.spec.inductive:
            return Assignment(labels=np.zeros(x.shape[0], dtype=np.int64))
        return self.predict(x)

    def predict(self, x: Matrix, /) -> Assignment:
        """What the estimator predicts, numbered as in ``fit_predict``."""
        if self._fitted is None:
            raise NotFittedError("clusterer 'sklearn' has not been fitted; call fit_predict(x) first")
        return self._fitted.predict(x, soft=self.spec.soft)

    def state(self) -> State | None:
        """The fitted estimator and its cluster numbers, where it predicts and can become data."""
        if self._fitted is None or not self.spec.inductive or self.external() is not None:
            return None
        estimator, codes = self._fitted.estimator, self._fitted.codes
        state = State() if estimator is None else encode(estimator)
        meta = {"predict_matches_fit": self.spec.predict_matches_fit}
        return state and replace(state, arrays={**state.arrays, "codes": codes}, meta={**state.meta, **meta})

    def restore(self, state: State, /) -> None:
        """Take up what ``state`` returned."""
        if "codes" not in state.arrays:
            raise ModelFileError("the state of clusterer 'sklearn' lacks array 'codes': the file is damaged")
        estimator = decode(state) if "estimator" in state.meta else None
        self._fitted = Fitted(estimator, state.arrays["codes"].astype(np.int64))
        self.narrow(of_record("clusterer", self.estimator) if estimator is None else estimator)
        self._measured(state.meta.get("predict_matches_fit", self.spec.predict_matches_fit) is True)


def codes_given(estimator: Any, rows: Any) -> NDArray[Any]:
    """What *estimator* says of the *rows* that it has just learned from."""
    if hasattr(estimator, "predict"):
        return np.asarray(estimator.predict(rows))
    last = estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator
    return np.asarray(last.labels_)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted estimator and which of its labels are clusters 0, 1, ...; without one, all rows are of cluster 0."""

    estimator: Any
    codes: NDArray[np.int64]

    def predict(self, x: Matrix, *, soft: bool) -> Assignment:
        """Labels, and where *soft* strengths and dense memberships."""
        if self.estimator is None:
            n = x.shape[0]
            ones = np.ones(n, dtype=np.float32)
            labels = np.zeros(n, dtype=np.int64)
            return Assignment(labels=labels, strengths=ones, memberships=ones[:, None].copy() if soft else None)
        rows = double(x)
        labels = numbered(self.estimator.predict(rows), self.codes)
        if not soft:
            return Assignment(labels=labels)
        shares = self.estimator.predict_proba(rows)
        columns = getattr(self.estimator, "classes_", np.arange(shares.shape[1]))
        shares = np.ascontiguousarray(shares[:, np.searchsorted(columns, self.codes)], dtype=np.float32)
        labels = np.where(labels < 0, shares.argmax(axis=1), labels)
        strengths = np.take_along_axis(shares, labels[:, None], axis=1)[:, 0].clip(0, 1)
        return Assignment(labels=labels, strengths=strengths, memberships=shares)
