"""Representations, executors and observers that break one promise fail the check of that promise."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pytest

from topicore.components import Description, Event, Executor, Observer, Representation


class Best(Representation):
    """The best words and a label: right in every way."""

    def describe(self, view: Any, /) -> Mapping[int, Description]:
        found = {}
        for topic in view.topics:
            words = tuple(view.terms(topic, view.n_words))
            if words:
                found[topic] = Description(terms=words, label=" ".join(word for word, _ in words[:3]))
        return found


class Serial(Executor):
    def map(self, function: Callable[[Any], Any], items: Iterable[Any], /) -> Iterator[Any]:
        return map(function, items)


class Quiet(Observer):
    def notify(self, event: Event, /) -> None: ...


BOTH = {"yields": frozenset({"terms", "label"})}


@pytest.mark.parametrize(("make", "flags"), [(Best, BOTH), (Serial, {}), (Quiet, {})])
def test_right_components_keep_every_promise(failed: Any, make: Any, flags: dict[str, Any]) -> None:
    assert failed(make, **flags) == set()


class Invents(Best):
    def describe(self, view: Any, /) -> Any:
        return {**super().describe(view), 99: Description(label="more")}


class Empties(Best):
    def describe(self, view: Any, /) -> Any:
        return {**super().describe(view), 0: Description(terms=(), label="none")}


class Repeats(Best):
    def describe(self, view: Any, /) -> Any:
        return {
            topic: Description(terms=(item.terms or ()) * 2, label="x")
            for topic, item in super().describe(view).items()
        }


class Lines(Best):
    def describe(self, view: Any, /) -> Any:
        return {0: Description(terms=(("a", 1.0),), label="one\ntwo")}


class Clears(Best):
    def describe(self, view: Any, /) -> Any:
        found = super().describe(view)
        view.weights.data[:] = 0
        return found


class Peeks(Best):
    def describe(self, view: Any, /) -> Any:
        return super().describe(view) if len(view.embeddings) else {}


class PeeksSilently(Best):
    def describe(self, view: Any, /) -> Any:
        with contextlib.suppress(RuntimeError):
            view.texts([0])
        return super().describe(view)


class NeedsWords(Best):
    def describe(self, view: Any, /) -> Any:
        for topic in view.topics:
            view.terms(topic)[0]
        return super().describe(view)


class Swallows(Serial):
    def map(self, function: Any, items: Any, /) -> Any:
        for item in items:
            try:
                yield function(item)
            except Exception:
                yield None


class Wraps(Serial):
    def map(self, function: Any, items: Any, /) -> Any:
        for item in items:
            try:
                yield function(item)
            except Exception as error:
                raise RuntimeError("a worker failed") from error


class Eager(Serial):
    def map(self, function: Any, items: Any, /) -> Any:
        return iter([function(item) for item in items])


class Counts(Quiet):
    def notify(self, event: Event, /) -> None:
        if event.total is not None and event.done > event.total:
            raise ValueError("more than all")


WRONG = [
    (Invents, {"representation/topics-known", "representation/empty-topic"}, BOTH),
    (Empties, {"representation/terms-nonempty"}, BOTH),
    (Repeats, {"representation/terms-nonempty"}, BOTH),
    (Lines, {"representation/label-is-one-line"}, BOTH),
    (Clears, {"representation/view-readonly"}, BOTH),
    (Peeks, {"representation/needs-declared"}, BOTH),
    (PeeksSilently, {"representation/needs-declared"}, BOTH),
    (NeedsWords, {"representation/empty-topic"}, BOTH),
    (Best, {"representation/yields"}, {}),
    (Best, {"representation/yields"}, {"yields": frozenset({"terms", "label", "summary"})}),
    (Swallows, {"executor/exception-propagates"}, {}),
    (Wraps, {"executor/exception-propagates"}, {}),
    (Eager, {"executor/lazy"}, {}),
    (Counts, {"observer/never-raises"}, {}),
]


@pytest.mark.parametrize(("make", "meant", "flags"), WRONG)
def test_a_broken_promise_fails_its_own_check(failed: Any, make: Any, meant: set[str], flags: dict[str, Any]) -> None:
    assert failed(make, **flags) == meant


def test_results_out_of_order_fail_order(failed: Any) -> None:
    class Backwards(Serial):
        def map(self, function: Any, items: Any, /) -> Any:
            items = list(items) if isinstance(items, range) else items
            return map(function, items[::-1] if isinstance(items, list) and len(items) == 40 else items)

    assert failed(Backwards) == {"executor/order"}


def test_a_declared_need_may_be_used(failed: Any) -> None:
    assert failed(Peeks, needs=frozenset({"embeddings"}), **BOTH) == set()
