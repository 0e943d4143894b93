"""What the wrappers of scikit-learn objects ask of them, without changing them."""

from __future__ import annotations

from typing import Any

from ..components import Matrix
from ..errors import ParameterError
from .estimators import build, describe, seeded
from .numbering import spread

__all__ = ["SIZES", "careful", "needs_classes", "of_record", "prepared", "takes_sparse", "type_name", "unfitted"]

SIZES = ("n_clusters", "n_components")
"""Parameters that cannot be more than there are distinct rows."""

FLOORS = ("min_samples", "min_cluster_size")
"""Parameters that cannot be more than there are rows."""

COPIES = ("copy", "copy_X", "copy_x")
"""Parameters that let an estimator write into the rows, which are not its own, or warn of a new default (HDBSCAN)."""


def unfitted(kind: str, obj: Any, *methods: str) -> Any:
    """An unfitted copy of a live *obj* that has one of these *methods*.

    Raises:
        ParameterError: It is a class, or has none of them.
    """
    from sklearn.base import clone

    if isinstance(obj, type):
        raise ParameterError(f"give an instance, not the class: {kind}={obj.__name__}()")
    if not any(hasattr(obj, method) for method in methods):
        wanted = " or ".join(f"{method}()" for method in methods)
        raise ParameterError(f"a scikit-learn {kind} needs {wanted}; {type(obj).__name__} has none")
    return clone(obj)


def of_record(kind: str, record: Any) -> Any:
    """The unfitted estimator that *record* describes.

    Raises:
        ParameterError: There is no record.
        ModelFileError: It is not one of ``estimators.describe``.
    """
    if record is None:
        raise ParameterError(f"{kind} 'sklearn' wraps an object: hand the estimator itself in, {kind}=KMeans(20) or so")
    return build(record)


def type_name(obj: Any) -> str | None:
    """The type of a live *obj* that cannot become data, or None when it can."""
    return None if describe(obj) is not None else f"{type(obj).__module__}.{type(obj).__qualname__}"


def takes_sparse(obj: Any) -> bool:
    """Whether *obj* says that it takes sparse rows."""
    from sklearn.utils import get_tags

    return bool(get_tags(obj).input_tags.sparse)


def needs_classes(obj: Any) -> bool:
    """Whether *obj* cannot be fitted without ``y``."""
    from sklearn.utils import get_tags

    return bool(get_tags(obj).target_tags.required)


def prepared(obj: Any, x: Matrix, random_state: int | None) -> Any:
    """An unfitted copy of *obj* that leaves *x* as it is, its seeds set and its sizes lowered to what *x* allows."""
    copy = careful(obj, random_state)
    limits = dict.fromkeys(SIZES, spread(x)) | dict.fromkeys(FLOORS, x.shape[0])
    changed: dict[str, int] = {}
    for name, value in copy.get_params(deep=True).items():
        limit = limits.get(name.rpartition("__")[2])
        if limit is not None and type(value) is int and value > limit:
            changed[name] = limit
    return copy.set_params(**changed)


def careful(obj: Any, random_state: int | None) -> Any:
    """An unfitted copy of *obj* that leaves the rows it is given as they are, its seeds set."""
    copy = seeded(obj, random_state)
    given = copy.get_params(deep=True).items()
    rash = [name for name, value in given if name.rpartition("__")[2] in COPIES and (value is False or value == "warn")]
    return copy.set_params(**dict.fromkeys(rash, True))
