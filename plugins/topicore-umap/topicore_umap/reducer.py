"""The ``umap`` reducer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from topicore.components import JSON, FloatMatrix, Labels, Matrix, Reducer, State
from topicore.errors import InputError, ModelFileError, NotFittedError, ParameterError
from topicore.specs import Range

from .layout import FEWEST, Layout, outskirts, quiet
from .plugin import UMAP
from .twins import Rows, Twins, is_sparse

if TYPE_CHECKING:
    from typing_extensions import Self

OWN = ("n_neighbors", "n_components", "min_dist", "metric", "n_epochs", "random_state", "low_memory")
REFUSED = {
    "densmap": "umap cannot place new documents with it",
    "output_dens": "it changes what umap returns",
    "transform_mode": "it changes what umap returns",
    "precomputed_knn": "it belongs to one set of documents",
}
SILENT = ("verbose", "tqdm_kwds", "n_jobs")


class UmapReducer(Reducer):
    """UMAP (McInnes, Healy & Melville 2018) by umap-learn.

    Args:
        n_neighbors: How many nearest rows make the neighbourhood of a row; more of them show larger structure.
        n_components: Dimensions of the result.
        min_dist: How close rows may lie; 0 lets clusters become dense.
        metric: Distance between the rows: ``"cosine"``, ``"hellinger"`` (for counts and TF-IDF), ``"euclidean"``, or
            another name that umap knows. New rows are placed faster under these three.
        n_epochs: Rounds of optimisation; None lets umap choose by the number of rows.
        random_state: The seed. None lays out in parallel and differently every time.
        low_memory: Find neighbours with less memory and more time.
        options: More parameters of ``umap.UMAP`` under umap's own names, such as ``{"spread": 1.5}``.
    """

    spec = UMAP

    def __init__(
        self,
        n_neighbors: Annotated[int, Range(2)] = 15,
        n_components: Annotated[int, Range(1)] = 5,
        min_dist: Annotated[float, Range(0.0)] = 0.0,
        metric: str = "cosine",
        n_epochs: Annotated[int, Range(1)] | None = None,
        random_state: int | None = 42,
        low_memory: bool = False,
        options: Mapping[str, JSON] | None = None,
    ) -> None:
        self.n_neighbors = n_neighbors
        self.n_components = n_components
        self.min_dist = min_dist
        self.metric = metric
        self.n_epochs = n_epochs
        self.random_state = random_state
        self.low_memory = low_memory
        self.options = options
        self._layout: Layout | None = None

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> Self:
        """An unfitted reducer with the parameters of a ``umap.UMAP``, which itself is left alone."""
        if type(obj).__name__ != "UMAP":
            raise ParameterError(
                f"reducer 'umap' takes a umap.UMAP; got {type(obj).__name__}, which learns more than a layout"
            )
        given = {name: _plain(name, value) for name, value in _changed(obj).items() if name not in SILENT}
        given.update(parameters)
        options = {name: given.pop(name) for name in sorted(set(given) - {*OWN, "options"})}
        if options:
            given["options"] = {**options, **(given.get("options") or {})}
        native = {name: _plain(name, getattr(obj, name)) for name in OWN}
        reducer = cls(**{**native, **given})
        # what the object has is what the user chose; a seed of None is umap's way of saying nothing
        reducer.given = frozenset(OWN) if reducer.random_state is not None else frozenset(OWN) - {"random_state"}
        return reducer

    def fit_transform(self, x: Matrix, y: Labels | None = None, /) -> FloatMatrix:
        """Lay out *x* (n, d); rows of one class in *y* are drawn together, -1 is no class.

        Equal rows get one place. Fewer than three rows all lie at the origin. A row that is near no other row (it
        shares no word with any, say) gets a place of its own outside.
        """
        rows = _rows(x)
        twins = Twins(rows)
        if rows.shape[0] < FEWEST:
            places = np.zeros((rows.shape[0], self.n_components), dtype=np.float32)
            curve = (1.0, 1.0)
        else:
            model = self._model(rows.shape[0])
            with quiet(), np.errstate(invalid="ignore"):
                model.fit(rows, None if y is None or (np.asarray(y) < 0).all() else np.asarray(y))
            curve = float(model._a), float(model._b)
            places = np.asarray(model.embedding_, dtype=np.float32)[twins.first]
            lost, ranks = np.unique(twins.first[~np.isfinite(places).all(axis=1)], return_inverse=True)
            places[~np.isfinite(places).all(axis=1)] = outskirts(places, len(lost))[ranks]
        self._layout = Layout(rows, places, curve, self._parameters())
        return np.array(places)

    def transform(self, x: Matrix, /) -> FloatMatrix:
        """Places of *x*: a row of the training rows gets its own place again, alone or among others."""
        layout = self._fitted()
        rows = _rows(x)
        if rows.shape[1] != layout.rows.shape[1]:
            raise InputError(
                f"reducer 'umap' was fitted on rows of {layout.rows.shape[1]} numbers; got {rows.shape[1]}"
            )
        if is_sparse(rows) != is_sparse(layout.rows):
            rows = csr_matrix(rows) if is_sparse(layout.rows) else rows.toarray()
        return layout.place(rows)

    def state(self) -> State | None:
        """The training rows, their places, and two numbers; no index, no code."""
        layout = self._layout
        if layout is None:
            return None
        arrays: dict[str, NDArray[Any]] = {"places": layout.places}
        if is_sparse(layout.rows):
            arrays |= {"data": layout.rows.data, "indices": layout.rows.indices, "indptr": layout.rows.indptr}
        else:
            arrays["rows"] = layout.rows
        return State(arrays=arrays, meta={"curve": list(layout.curve), "columns": int(layout.rows.shape[1])})

    def restore(self, state: State, /) -> None:
        """Take up a layout again; raises ModelFileError where its arrays do not belong together."""
        arrays, meta = state.arrays, cast("Mapping[str, Any]", state.meta)
        shape = len(arrays["places"]), int(meta["columns"])
        try:
            if "rows" in arrays:
                rows: Rows = np.ascontiguousarray(arrays["rows"], dtype=np.float32)
            else:
                rows = csr_matrix((arrays["data"], arrays["indices"], arrays["indptr"]), shape=shape)
                rows.check_format(full_check=True)
        except ValueError as error:
            raise ModelFileError(f"the saved rows of reducer 'umap' are damaged: {error}") from error
        places = np.ascontiguousarray(arrays["places"], dtype=np.float32)
        if rows.shape != shape or places.shape != (shape[0], self.n_components):
            raise ModelFileError(
                f"the saved layout of reducer 'umap' has places {places.shape} for rows {rows.shape}; "
                f"expected {self.n_components} columns and one place a row. Save the model again"
            )
        a, b = meta["curve"]
        self._layout = Layout(rows, places, (float(a), float(b)), self._parameters())

    def _fitted(self) -> Layout:
        if self._layout is None:
            raise NotFittedError("reducer 'umap' is not fitted; call fit_transform first")
        return self._layout

    def _parameters(self) -> dict[str, Any]:
        """The arguments of ``umap.UMAP``."""
        options = dict(self.options or {})
        for name, reason in REFUSED.items():
            if options.get(name):
                raise ParameterError(f"reducer 'umap' does not take the option {name!r}: {reason}")
        both = sorted(set(options) & set(OWN))
        if both:
            raise ParameterError(f"reducer 'umap' has {both} as parameters; give them there, not in options")
        if self.metric == "precomputed":
            raise ParameterError("reducer 'umap' needs rows, not distances; use metric 'cosine' or another by name")
        return {**{name: getattr(self, name) for name in OWN}, **options}

    def _model(self, n: int) -> Any:
        """An unfitted ``umap.UMAP`` for *n* rows; few rows start at random, where spectral would fail."""
        parameters = self._parameters()
        if n < self.n_components + 2:
            parameters["init"] = "random"
        with quiet():
            from umap import UMAP

            try:
                return UMAP(**parameters)
            except TypeError as error:
                raise ParameterError(f"umap.UMAP refuses the options of reducer 'umap': {error}") from error


def _rows(x: Matrix) -> Rows:
    """*x* as umap takes it; the caller's arrays are not touched."""
    if not is_sparse(x):
        return np.ascontiguousarray(x, dtype=np.float32)
    rows = csr_matrix(x, dtype=np.float32)
    if not rows.has_sorted_indices:
        rows = rows.sorted_indices()
    return rows


def _changed(obj: Any) -> dict[str, Any]:
    """The parameters of *obj* that are not umap's defaults."""
    import inspect

    defaults = {name: parameter.default for name, parameter in inspect.signature(type(obj)).parameters.items()}
    values = {name: getattr(obj, name) for name in defaults}
    return {name: value for name, value in values.items() if not _same(value, defaults[name])}


def _same(value: Any, default: Any) -> bool:
    return value is default or (type(value) is type(default) and bool(np.all(value == default)))


def _plain(name: str, value: Any) -> Any:
    """*value* as JSON has it; raises ParameterError for what cannot be written down."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, (bool, int, float, str)) or value is None:
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(name, item) for key, item in value.items()}
    raise ParameterError(
        f"umap.UMAP({name}={type(value).__name__}) cannot be written down and repeated; "
        "give numbers and names (an int as random_state, a metric by its name)"
    )
