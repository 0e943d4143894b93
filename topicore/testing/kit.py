"""Runs the checks of a component's kind, under pytest or without it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from ..errors import ParameterError
from .check import Check, Make, Skip
from .checks import ALL
from .report import Outcome, Report

__all__ = ["KIT", "applicable", "conformance", "run"]

KIT = "0.3"
"""The newest kit; checks that come later have a higher ``since``."""


def run(
    make: Callable[[], Any],
    *,
    expected_failures: Mapping[str, str] | None = None,
    kit: str = KIT,
    native: Callable[[], Any] | None = None,
) -> Report:
    """Hold a component to every check of its kind, without pytest.

    Args:
        make: Builds the component anew, small and offline.
        expected_failures: Reasons by id of the checks that are known to fail; one that passes is a failure.
        kit: The kit to be held to; checks that came later are counted and not run.
        native: Gives a live object of a type that the component adapts.

    Raises:
        ParameterError: An expected failure is no check of this component, or there is no such kit.
    """
    maker = Make(make, native)
    component, spec = _subject(maker)
    expected = dict(expected_failures or {})
    checks = applicable(component, spec, kit)
    _refuse_unknown(expected, checks)
    newer = [check.id for check in applicable(component, spec, KIT) if check not in checks]
    outcomes = tuple(_outcome(check, maker, spec, expected.get(check.id)) for check in checks)
    return Report(subject=f"{_name(component, spec)} {spec.kind}", kit=kit, outcomes=outcomes, newer=tuple(newer))


def conformance(
    make: Callable[[], Any],
    *,
    expected_failures: Mapping[str, str] | None = None,
    kit: str = KIT,
    native: Callable[[], Any] | None = None,
) -> Callable[..., None]:
    """A parametrised pytest test that holds a component to every check of its kind::

        test_flair = conformance(
            lambda: FlairEmbedder.from_native(tiny()),
            expected_failures={"embedder/batch-invariant": "padding changes the last decimals; flair#1234"},
            kit="0.1",
        )

    Arguments are those of ``run``. Each check is a test of its own, such as ``test_flair[embedder/rows]``;
    expected failures are strict.
    """
    import pytest

    maker = Make(make, native)
    component, spec = _subject(maker)
    expected = dict(expected_failures or {})
    checks = applicable(component, spec, kit)
    _refuse_unknown(expected, checks)

    def mark(check: Check) -> Any:
        reason = expected.get(check.id)
        marks = [pytest.mark.xfail(reason=reason, raises=AssertionError, strict=True)] if reason is not None else []
        return pytest.param(check, id=check.id, marks=marks)

    def test(check: Check) -> None:
        try:
            check(maker, spec)
        except Skip as skip:
            pytest.skip(str(skip))

    test.__doc__ = f"{_name(component, spec)} keeps the promises of {spec.kind} components (kit {kit})."
    parametrised: Callable[..., None] = pytest.mark.parametrize("check", [mark(check) for check in checks])(test)
    return parametrised


def applicable(component: Any, spec: Any, kit: str = KIT) -> tuple[Check, ...]:
    """The checks that *component* is held to under *kit*."""
    newest = _version(kit)
    if newest > _version(KIT):
        raise ParameterError(f"there is no kit {kit!r} yet; this topicore has {KIT!r}")
    return tuple(check for check in ALL if _version(check.since) <= newest and check.applies(component, spec))


def _outcome(check: Check, make: Make, spec: Any, expected: str | None) -> Outcome:
    try:
        check(make, spec)
    except Skip as skip:
        return Outcome(id=check.id, status="skipped", reason=str(skip))
    except AssertionError as error:
        if expected is not None:
            return Outcome(id=check.id, status="expected failure", reason=expected)
        return Outcome(id=check.id, status="failed", reason=str(error))
    if expected is not None:
        advice = "it passes now; take it out of expected_failures"
        return Outcome(id=check.id, status="unexpected pass", reason=advice)
    return Outcome(id=check.id, status="passed")


def _subject(make: Make) -> tuple[Any, Any]:
    from ..registry import capabilities

    component = make()
    return component, capabilities(component)


def _name(component: Any, spec: Any) -> str:
    return spec.name if hasattr(type(component), "spec") else type(component).__name__


def _refuse_unknown(expected: Iterable[str], checks: Iterable[Check]) -> None:
    known = [check.id for check in checks]
    for name in expected:
        if name in known:
            continue
        if any(check.id == name for check in ALL):
            raise ParameterError(f"expected_failures names {name!r}, which is not run on this component; take it out")
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"its checks are {', '.join(known)}"
        raise ParameterError(f"expected_failures names {name!r}, and there is no such check; {hint}")


def _version(kit: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in kit.split("."))
    except ValueError:
        raise ParameterError(f"kit is {kit!r}; give a version such as {KIT!r}") from None
