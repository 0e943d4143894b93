"""Timestamps as they come: dates, numbers or texts, read into one ordered column."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .slices import per_document, shown, whole

if TYPE_CHECKING:
    import pandas as pd

    Column = pd.Series[Any]
    Reader = Callable[[Column, str | None], Column]

__all__ = ["binned", "distinct", "instants"]

MOST_BINS = 100_000
"""As all bins are made, also those without documents."""


def instants(timestamps: Any, n: int, datetime_format: str | None = None) -> Column:
    """*timestamps*, one for each of *n* documents, as a column of datetimes or of numbers.

    Texts are read as ISO 8601 (``"2019"`` and ``"20190315"`` too), else in the format that the first one shows, with
    the month first where that is open; or as *datetime_format* says, which only texts need. No part of a date is
    ever taken from today.

    Raises:
        InputError: One is missing or cannot be read, they are of several types, or not *n*.
    """
    from pandas.api.types import infer_dtype

    if not (datetime_format is None or isinstance(datetime_format, str)):
        raise InputError(f"datetime_format must be a text such as '%d/%m/%Y', got {shown(datetime_format)}")
    column = per_document(timestamps, n, "timestamps")
    _refuse(column, column.isna().to_numpy(dtype=bool), "but every document needs a timestamp")
    if column.dtype == "category":
        column = column.astype(column.cat.categories.dtype)
    column = column.infer_objects()
    reader = READERS.get(infer_dtype(column, skipna=False))
    if reader is None:
        readers = [READERS.get(infer_dtype([value])) for value in column]
        other = np.array([each is None or each is not readers[0] for each in readers], dtype=bool)
        _refuse(column, other, "but timestamps are all dates, all numbers or all texts")
        raise InputError(f"timestamps must be dates, numbers or texts, got {column.dtype}")
    return reader(column, datetime_format)


def _refuse(column: Column, where: NDArray[np.bool_], why: str) -> None:
    """Raise an error that names the first place of *column* where *where* is true, if there is one."""
    if where.any():
        place = int(where.argmax())
        raise InputError(f"timestamps[{place}] is {shown(column.iloc[place])}, {why}")


def _numbers(column: Column, _: str | None) -> Column:
    import pandas as pd

    if column.dtype == object:
        raise InputError(f"timestamps go up to {column.max()}, which is too large; give smaller numbers or dates")
    dtype: Any = column.dtype
    numbers = pd.Series(column.to_numpy(dtype=getattr(dtype, "numpy_dtype", dtype)))
    _refuse(numbers, ~np.isfinite(numbers.to_numpy()), "but every document needs a finite timestamp")
    return numbers


def _dates(column: Column, _: str | None) -> Column:
    dates = _to_datetime(column)
    _refuse(
        column,
        dates.isna().to_numpy(),
        "which does not go with the first: its time zone is another, or it is out of range; "
        "pandas.to_datetime(timestamps, utc=True) brings dates to one time zone",
    )
    if dates.dt.unit in ("s", "ms"):
        dates = dates.dt.as_unit("us")  # bins can begin between two seconds
    return dates


def _periods(column: Column, _: str | None) -> Column:
    import pandas as pd

    return _dates(pd.Series(pd.PeriodIndex(column).to_timestamp()), None)


def _texts(column: Column, datetime_format: str | None) -> Column:
    from pandas.tseries.api import guess_datetime_format

    formats = [datetime_format]
    if datetime_format is None:
        wordy = ~column.str.contains(r"\d").to_numpy(dtype=bool)  # "now" would be another date in every run
        _refuse(column, wordy, "which is no date; give datetimes or numbers")
        formats = ["ISO8601", guess_datetime_format(str(column.iloc[0]))]
    attempts = [_to_datetime(column, format=each) for each in formats if each is not None]
    best = min(attempts, key=lambda dates: int(dates.isna().sum()))
    expected = f"the format {datetime_format!r}" if datetime_format else "ISO 8601 or the format of the first"
    _refuse(
        column,
        best.isna().to_numpy(),
        f"which cannot be read as a date in {expected}; say how dates are written, as in datetime_format='%d/%m/%Y', "
        "or give datetimes or numbers",
    )
    return _dates(best, None)


def _to_datetime(column: Column, **options: Any) -> Column:
    """*column* as datetimes, NaT where a value cannot be one."""
    import pandas as pd

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)  # how pandas 2 tells of different time zones in texts
            dates: Column = pd.to_datetime(column, errors="coerce", **options)
    except (ValueError, TypeError, OverflowError, FutureWarning) as error:
        raise InputError(
            f"timestamps cannot be read as dates: {error}. Where time zones differ, "
            "pandas.to_datetime(timestamps, utc=True) brings them to one"
        ) from None
    return dates


READERS: dict[str, Reader] = {
    "integer": _numbers,
    "floating": _numbers,
    "mixed-integer-float": _numbers,
    "datetime64": _dates,
    "datetime": _dates,
    "date": _dates,
    "period": _periods,
    "string": _texts,
}
"""How a column is read, by what pandas infers of its values."""


def distinct(column: Column) -> tuple[NDArray[np.int64], pd.Index[Any]]:
    """(n,) which of the distinct values each is, and these, ascending."""
    import pandas as pd

    groups, values = pd.factorize(column, sort=True)
    return groups.astype(np.int64), pd.Index(values)


def binned(column: Column, n_bins: int) -> tuple[NDArray[np.int64], pd.Index[Any]]:
    """(n,) which of the bins with values each value is in, and the left edges of these bins, ascending.

    *n_bins* bins of equal width, closed on the right, as ``pandas.cut`` makes them. The first edge is the smallest
    value, which is in the first bin.

    Raises:
        InputError: *n_bins* is no whole number of at least 1, or the values are too close for so many bins.
    """
    import pandas as pd

    n_bins = whole(n_bins, "n_bins")
    if n_bins > MOST_BINS:
        raise InputError(f"n_bins must be at most {MOST_BINS}, got {n_bins}; None keeps the timestamps themselves")
    if column.min() == column.max():
        return distinct(column)
    dtype: Any = column.dtype
    if dtype.kind in "iuf" and dtype.itemsize < 8:
        column = column.astype(np.float64)  # a range can be too wide for a small type
    low, high = column.min(), column.max()
    try:
        bins = pd.cut(column, bins=n_bins)
    except ValueError:
        raise InputError(
            f"n_bins={n_bins} are too many between {low} and {high}; give fewer, or None for the timestamps themselves"
        ) from None
    codes = np.maximum(bins.cat.codes.to_numpy(), 0)  # rounding can leave the smallest value out of its bin
    used, groups = np.unique(codes, return_inverse=True)
    edges: pd.Index[Any] = cast(Any, bins.cat.categories).left[used]
    return groups.astype(np.int64), edges.where(edges > low, low)
