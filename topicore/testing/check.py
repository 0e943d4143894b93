"""What a check is: a plain function that raises AssertionError with advice, and when it applies."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from ..specs import KINDS, Kind
from .settings import kept

__all__ = ["Check", "Flag", "Make", "Skip", "When", "check", "expect"]

Flag: TypeAlias = Literal["deterministic", "batch_invariant"]


@dataclass(frozen=True, slots=True)
class Make:
    """Builds the component under test, anew at each call.

    Args:
        build: Gives a new component.
        native: Gives a live object that the component wraps, where the author handed one in.
    """

    build: Callable[[], Any]
    native: Callable[[], Any] | None = None

    def __call__(self) -> Any:
        return self.build()


When: TypeAlias = Callable[[Any, Any], bool]
"""Whether a check applies to a component and its spec."""


class Skip(Exception):  # noqa: N818 - not an error: the reason why a check says nothing about this component
    """A check cannot judge this component; the reason is reported and counted."""


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """One promise of a kind, held against one component.

    Args:
        id: ``kind/promise``, or ``component/promise`` where every kind makes it. Permanent once released.
        kinds: The kinds that it applies to.
        since: The kit that it came with.
        function: Raises AssertionError with advice when the promise is broken.
        when: Whether it applies to a component of its kind; else it is left out.
        flag: The field of the spec that waives the check when false; it then counts as skipped.
    """

    id: str
    kinds: tuple[Kind, ...]
    since: str
    function: Callable[[Make, Any], None]
    when: When | None = None
    flag: Flag | None = None

    @property
    def summary(self) -> str:
        """The promise in one line."""
        return (self.function.__doc__ or "").strip().partition("\n")[0]

    def applies(self, component: Any, spec: Any) -> bool:
        """Whether the promise is one that *component* makes."""
        return spec.kind in self.kinds and (self.when is None or self.when(component, spec))

    def __call__(self, make: Callable[[], Any], spec: Any) -> None:
        """Hold the component that *make* builds to the promise.

        Raises:
            AssertionError: The promise is broken, or the component raised on the way.
            Skip: The check cannot judge the component.
        """
        if self.flag and not getattr(spec, self.flag):
            raise Skip(f"the spec says {self.flag}=False")
        maker = make if isinstance(make, Make) else Make(make)
        try:
            with kept():
                warnings.simplefilter("ignore")
                self.function(maker, spec)
        except (AssertionError, Skip):
            raise
        except Exception as error:
            raise AssertionError(f"the component raised {type(error).__name__}: {error}") from error


def check(
    name: str,
    *,
    since: str = "0.1",
    kinds: tuple[Kind, ...] | None = None,
    when: When | None = None,
    flag: Flag | None = None,
) -> Callable[[Callable[[Make, Any], None]], Check]:
    """Turn a function into the check *name*, for the kind before the slash or for all of *kinds*."""
    prefix = name.partition("/")[0]
    own = kinds or tuple(kind for kind in KINDS if prefix in (kind, "component"))

    def mark(function: Callable[[Make, Any], None]) -> Check:
        return Check(id=name, kinds=own, since=since, function=function, when=when, flag=flag)

    return mark


def expect(condition: object, advice: str) -> None:
    """Raise AssertionError with *advice* unless *condition* is true; unlike ``assert``, also under ``python -O``."""
    if not condition:
        raise AssertionError(advice)
