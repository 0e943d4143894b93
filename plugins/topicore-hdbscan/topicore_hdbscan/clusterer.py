"""The ``hdbscan`` clusterer."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from topicore.components import JSON, Assignment, Clusterer, Labels, Matrix, State
from topicore.errors import InputError, ModelFileError, NotFittedError, ParameterError
from topicore.specs import Range

from .clustering import Clustering, quiet
from .plugin import HDBSCAN

if TYPE_CHECKING:
    from typing_extensions import Self

OWN = ("min_cluster_size", "min_samples", "metric", "cluster_selection_method", "cluster_selection_epsilon")
METRICS = (
    "euclidean",
    "l2",
    "manhattan",
    "l1",
    "cityblock",
    "chebyshev",
    "infinity",
    "braycurtis",
    "canberra",
    "hamming",
)
"""Metrics under which hdbscan can look up new rows."""
IGNORED = ("prediction_data", "branch_detection_data", "memory")
FEWEST = 4
"""Two clusters of two rows: below this there is nothing to find."""
FIELDS = ("parent", "child", "lambda_val", "child_size")
EDGE = np.dtype([("parent", np.intp), ("child", np.intp), ("lambda_val", np.float64), ("child_size", np.intp)])


class HdbscanClusterer(Clusterer):
    """HDBSCAN (Campello, Moulavi & Sander 2013) by hdbscan.

    Args:
        min_cluster_size: Rows that make a cluster.
        min_samples: Rows that make a dense place; more of them leave more outliers. None is ``min_cluster_size``.
        metric: Distance between the rows, one of METRICS.
        cluster_selection_method: ``"eom"`` for the most persistent clusters, ``"leaf"`` for the finest.
        cluster_selection_epsilon: Clusters closer than this are one.
        probabilities: Also give memberships of each row in each cluster.
        options: More parameters of ``hdbscan.HDBSCAN`` under its own names, such as ``{"alpha": 1.5}``.
    """

    spec = HDBSCAN

    def __init__(
        self,
        min_cluster_size: Annotated[int, Range(2)] = 10,
        min_samples: Annotated[int, Range(1)] | None = None,
        metric: str = "euclidean",
        cluster_selection_method: Literal["eom", "leaf"] = "eom",
        cluster_selection_epsilon: Annotated[float, Range(0.0)] = 0.0,
        probabilities: bool = False,
        options: Mapping[str, JSON] | None = None,
    ) -> None:
        self.min_cluster_size = min_cluster_size
        self.min_samples = min_samples
        self.metric = metric
        self.cluster_selection_method = cluster_selection_method
        self.cluster_selection_epsilon = cluster_selection_epsilon
        self.probabilities = probabilities
        self.options = options
        self._clustering: Clustering | None = None

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> Self:
        """An unfitted clusterer with the parameters of an ``hdbscan.HDBSCAN``, which itself is left alone."""
        if type(obj).__name__ != "HDBSCAN":
            raise ParameterError(
                f"clusterer 'hdbscan' takes an hdbscan.HDBSCAN; got {type(obj).__name__}, which learns more than that"
            )
        native = {name: _plain(name, getattr(obj, name)) for name in OWN}
        options = {name: _plain(name, value) for name, value in _changed(obj).items() if name not in (*OWN, *IGNORED)}
        options |= parameters.pop("options", None) or {}
        clusterer = cls(**{**native, "options": options or None, **parameters})
        clusterer.given = frozenset(OWN)  # what the object has is what the user chose
        return clusterer

    def fit_predict(self, x: Matrix, y: Labels | None = None, /) -> Assignment:
        """Find the dense regions of *x* (n, d). *y* is not used.

        hdbscan looks at ``2 * min_samples`` neighbours to label a new row, so ``min_samples`` relaxes to half the rows.
        """
        rows = np.ascontiguousarray(x)
        parameters = self._parameters(len(rows))
        if len(rows) < FEWEST:
            labels = np.full(len(rows), -1, dtype=np.int64)
            clustering = Clustering(rows, np.zeros(0, EDGE), labels, np.zeros(len(rows), np.float32), parameters)
        else:
            with quiet():
                model = _build(parameters).fit(rows)
            clustering = Clustering(
                rows,
                np.asarray(model._condensed_tree).astype(EDGE),
                np.asarray(model.labels_, dtype=np.int64),
                np.clip(np.nan_to_num(model.probabilities_), 0, 1).astype(np.float32),
                parameters,
            )
        self._clustering = clustering
        memberships = clustering.memberships.copy() if self.probabilities else None
        return Assignment(
            labels=clustering.labels.copy(), strengths=clustering.strengths.copy(), memberships=memberships
        )

    def predict(self, x: Matrix, /) -> Assignment:
        """Labels of *x*: a training row keeps its own, a new one joins the cluster it would have fallen into."""
        clustering = self._clustering
        if clustering is None:
            raise NotFittedError("clusterer 'hdbscan' is not fitted; call fit_predict first")
        rows = np.ascontiguousarray(x)
        if rows.shape[1] != clustering.rows.shape[1]:
            raise InputError(
                f"clusterer 'hdbscan' was fitted on rows of {clustering.rows.shape[1]} numbers; got {rows.shape[1]}"
            )
        labels, strengths, memberships = clustering.look_up(rows, self.probabilities)
        return Assignment(
            labels=np.asarray(labels, dtype=np.int64),
            strengths=np.asarray(strengths, dtype=np.float32),
            memberships=memberships,
        )

    def state(self) -> State | None:
        """The training rows, their labels and strengths, and the condensed tree; no index, no code."""
        clustering = self._clustering
        if clustering is None:
            return None
        tree = {name: np.ascontiguousarray(clustering.tree[name]) for name in FIELDS}
        arrays = {"rows": clustering.rows, "labels": clustering.labels, "strengths": clustering.strengths, **tree}
        return State(arrays=arrays)

    def restore(self, state: State, /) -> None:
        """Take up a clustering again; raises ModelFileError where its arrays do not belong together."""
        arrays = state.arrays
        rows, labels = np.ascontiguousarray(arrays["rows"]), np.asarray(arrays["labels"], dtype=np.int64)
        tree: NDArray[Any] = np.zeros(len(arrays["parent"]), EDGE)
        edges = all(arrays[name].shape == tree.shape for name in FIELDS)
        if rows.ndim != 2 or not edges or labels.shape != (len(rows),) or arrays["strengths"].shape != (len(rows),):
            raise ModelFileError("the saved arrays of clusterer 'hdbscan' differ in length; save it again")
        for name in FIELDS:
            tree[name] = arrays[name]
        least = np.concatenate([tree["child"], tree["parent"] - len(rows), labels + 1])
        most = np.concatenate([tree["child"] - 2 * len(rows), tree["parent"] - 2 * len(rows), labels - len(rows)])
        if (least < 0).any() or (most >= 0).any():
            raise ModelFileError("the saved tree of clusterer 'hdbscan' points outside of its rows; save it again")
        strengths = np.asarray(arrays["strengths"], dtype=np.float32)
        self._clustering = Clustering(rows, tree, labels, strengths, self._parameters(len(rows)))

    def _parameters(self, n: int) -> dict[str, Any]:
        """The arguments of ``hdbscan.HDBSCAN`` for *n* rows."""
        if self.metric not in METRICS:
            hint = "; for cosine, normalise the rows and use 'euclidean'" if self.metric == "cosine" else ""
            raise ParameterError(
                f"clusterer 'hdbscan' has no metric {self.metric!r}; pick one of {', '.join(METRICS)}{hint}"
            )
        options = dict(self.options or {})
        taken = sorted(set(options) & {*OWN, *IGNORED})
        if taken:
            raise ParameterError(f"clusterer 'hdbscan' sets {taken} itself; they cannot be options")
        own = {name: getattr(self, name) for name in OWN}
        own["min_samples"] = max(1, min(self.min_samples or self.min_cluster_size, n // 2))
        return {"core_dist_n_jobs": 1, **own, **options}


def _build(parameters: Mapping[str, Any]) -> Any:
    """An ``hdbscan.HDBSCAN``; raises ParameterError where it knows no such parameter."""
    from hdbscan import HDBSCAN

    unknown = sorted(set(parameters) - set(inspect.signature(HDBSCAN).parameters))
    if unknown:
        raise ParameterError(f"hdbscan.HDBSCAN has no parameter {', '.join(unknown)}; check options")
    return HDBSCAN(**parameters)


def _changed(obj: Any) -> dict[str, Any]:
    """The parameters of *obj* that are not hdbscan's defaults."""
    parameters = inspect.signature(type(obj)).parameters.values()
    named = [(each.name, each.default) for each in parameters if each.kind is not inspect.Parameter.VAR_KEYWORD]
    changed = {name: getattr(obj, name) for name, default in named if getattr(obj, name) != default}
    return {**changed, **obj._metric_kwargs}


def _plain(name: str, value: Any) -> Any:
    """*value* as JSON has it; raises ParameterError for what cannot be written down."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, (bool, int, float, str)) or value is None:
        return value
    raise ParameterError(
        f"hdbscan.HDBSCAN({name}={type(value).__name__}) cannot be written down and repeated; "
        "give numbers and names (a metric by its name)"
    )
