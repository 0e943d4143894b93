"""What a run of the kit found, countable and printable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["Outcome", "Report", "Status"]

Status: TypeAlias = Literal["passed", "failed", "expected failure", "unexpected pass", "skipped"]

_BAD: tuple[Status, ...] = ("failed", "unexpected pass")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one check ended.

    Args:
        id: The check's.
        status: ``"unexpected pass"`` is a failure: the check passes and is listed as expected to fail.
        reason: Advice, or why it was skipped or expected to fail; empty for a pass.
    """

    id: str
    status: Status
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How a component did; ``print(report)`` shows the counts, then whatever did not simply pass.

    Args:
        subject: Name and kind of the component.
        kit: The version of the kit that it was held to.
        outcomes: One a check, in the order of the run.
        newer: Ids of checks that apply and came with later kits; they did not run.
    """

    subject: str
    kit: str
    outcomes: tuple[Outcome, ...]
    newer: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing failed, and everything expected to fail did."""
        return not any(outcome.status in _BAD for outcome in self.outcomes)

    def ids(self, status: Status) -> tuple[str, ...]:
        """The checks that ended with *status*."""
        return tuple(outcome.id for outcome in self.outcomes if outcome.status == status)

    @property
    def headline(self) -> str:
        """One line: ``flair embedder: 21 passed, 1 expected failure, 0 skipped (kit 0.1)``."""
        failed, unexpected = len(self.ids("failed")), len(self.ids("unexpected pass"))
        expected = len(self.ids("expected failure"))
        parts = [f"{len(self.ids('passed'))} passed"]
        parts += [f"{failed} failed"] if failed else []
        parts += [f"{unexpected} unexpected pass{'es' * (unexpected != 1)}"] if unexpected else []
        parts += [f"{expected} expected failure{'s' * (expected != 1)}"] if expected else []
        parts += [f"{len(self.ids('skipped'))} skipped"]
        later = f"; {len(self.newer)} newer check{'s' * (len(self.newer) != 1)} not run" if self.newer else ""
        return f"{self.subject}: {', '.join(parts)} (kit {self.kit}{later})"

    def __str__(self) -> str:
        told = [outcome for outcome in self.outcomes if outcome.status != "passed"]
        return "\n".join([self.headline, *(f"  {told_.id}: {told_.status}: {told_.reason}" for told_ in told)])
