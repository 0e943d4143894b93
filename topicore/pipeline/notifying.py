"""Who is told of progress."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from .. import registry
from ..components import Event, Observer

__all__ = ["listed", "notifier", "told"]

_LOG = logging.getLogger("topicore")


@contextmanager
def notifier(observers: Any) -> Iterator[Callable[[Event], None]]:
    """A function that tells all *observers* of an event; the work ends with a ``"done"`` event, also when it fails.

    An observer that raises is logged and left out.
    """
    tellers = [told(value) for value in listed(observers)]

    def notify(event: Event) -> None:
        for tell in list(tellers):
            try:
                tell(event)
            except Exception:
                _LOG.exception("an observer failed and is told no more")
                tellers.remove(tell)

    try:
        yield notify
    finally:
        notify(Event(stage="done", done=1, total=1))


def listed(observers: Any) -> list[Any]:
    """One observer, several, or none, as a list."""
    if observers is None:
        return []
    return list(observers) if isinstance(observers, (list, tuple)) else [observers]


def told(value: Any) -> Callable[[Event], None]:
    """The function that tells the observer that *value* names or is."""
    if callable(value) and not isinstance(value, Observer):
        return cast(Callable[[Event], None], value)
    return cast(Observer, registry.build("observer", value)).notify
