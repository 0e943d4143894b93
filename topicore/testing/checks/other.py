"""What executors and observers promise. Provisional, as the kinds are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from ...components import Event
from ..check import Make, check, expect

_MANY = 10_000


class _Broken(Exception):  # noqa: N818 - raised on purpose, to see it arrive
    pass


@check("executor/order")
def order(make: Make, spec: Any) -> None:
    """Results come in the order of the items, one each."""
    found = list(make().map(_slower_when_early, range(40)))
    expect(found == [number * number for number in range(40)], f"results are not in the order of the items: {found}")
    expect(list(make().map(_slower_when_early, [])) == [], "no items give results")


@check("executor/exception-propagates")
def exception_propagates(make: Make, spec: Any) -> None:
    """What the function raises reaches the caller."""
    try:
        list(make().map(_break_at_three, range(6)))
    except _Broken:
        return
    except Exception as error:
        raise AssertionError(f"an exception of the function arrives as {type(error).__name__}") from error
    raise AssertionError("an exception of the function does not arrive")


@check("executor/lazy")
def lazy(make: Make, spec: Any) -> None:
    """Items are taken as results are; the rest of a long stream waits."""
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(_MANY):
            taken.append(number)
            yield number

    found = make().map(_square, items())
    expect(isinstance(found, Iterator), f"map gives a {type(found).__name__}; give an iterator")
    expect(list(islice(found, 3)) == [0, 1, 4], "the first results are not those of the first items")
    expect(len(taken) < _MANY, f"all {_MANY} items were taken for three results; take some, wait, take more")


@check("observer/never-raises")
def never_raises(make: Make, spec: Any) -> None:
    """Any event is taken, in any order."""
    observer = make()
    events = [
        Event(stage="embed", done=5, total=10),
        Event(stage="embed", done=2, total=10),
        Event(stage="never heard of", done=0),
        Event(stage="cluster", done=7, total=3, detail="more than all\nof them"),
        Event(stage="", done=0, total=0, detail="\N{SNOWMAN}"),
        Event(stage="embed", done=10, total=10),
    ]
    for event in events:
        observer.notify(event)


def _square(number: int) -> int:
    return number * number


def _slower_when_early(number: int) -> int:
    spent = sum(range(20_000 if number < 20 else 0))
    return number * number + 0 * spent


def _break_at_three(number: int) -> int:
    if number == 3:
        raise _Broken
    return number
