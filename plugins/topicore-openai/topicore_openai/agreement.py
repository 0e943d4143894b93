"""On which terms a server answers, found out by asking it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from topicore.errors import ComponentError, TopicoreError, TransientError
from topicore.llm import Request

from .terms import Form, Terms

_REFUSED = {400, 415, 422, 501}
"""Statuses of servers that do not take a parameter."""


@dataclass(frozen=True, slots=True)
class _Trial:
    """*request*, sent again without ``response_format`` after *error*, which did not say what was wrong."""

    request: Request
    error: TopicoreError
    forms: tuple[Form, ...]


class Agreement:
    """What one server takes; safe from several threads.

    A parameter that the server names is changed or left out. Where it names none, and has not yet answered in a form
    that was asked for, the request is tried once more without one: if that fails too, the form was not to blame, and
    others are sent with it again.
    """

    def __init__(self) -> None:
        self.settled = False
        """Whether requests need no longer go one at a time."""
        self._lock = Lock()
        self._terms: Terms | None = None
        self._formed = False
        self._trial: _Trial | None = None

    def terms(self, host: str) -> Terms:
        """On which terms to send the next request to *host*."""
        return self._terms or Terms.of(host)

    def answered(self, request: Request, own: Collection[str]) -> None:
        """Note that *request* was answered, for which the parameters *own* were chosen here."""
        with self._lock:
            self.settled = True
            self._formed = self._formed or "response_format" in own
            if self._tried(request):
                self._trial = None

    def refused(
        self, request: Request, terms: Terms, own: Collection[str], error: Any, found: TopicoreError
    ) -> TopicoreError:
        """What to raise where *request* was sent on *terms* and *error*, in our words *found*, came back.

        It is a TransientError where the request is to be sent again, on other terms.
        """
        status, words = getattr(error, "status_code", None), str(getattr(error, "body", None))
        with self._lock:
            better = terms.after(words, own) if status in _REFUSED else None
            if better is None and status in _REFUSED and "response_format" in own and not self._formed:
                better = self._without(request, terms, found)
            if better is not None:
                if self._terms in (None, terms):
                    self._terms = better
                return TransientError(f"{found} (asked in another way)", 0.0)
            self.settled = True
            passing = isinstance(found, TransientError) and status not in _REFUSED
            return found if passing or not self._tried(request) else self._ended(found)

    def _without(self, request: Request, terms: Terms, found: TopicoreError) -> Terms:
        if self._trial is None and self._terms in (None, terms):
            self._trial = _Trial(request, found, terms.forms)
        return replace(terms, forms=())

    def _tried(self, request: Request) -> bool:
        return self._trial is not None and self._trial.request is request

    def _ended(self, found: TopicoreError) -> TopicoreError:
        """What to raise after the trial, which ended in *found*: what was said before it."""
        if self._trial is None or self._terms is None:
            return found
        first, forms = self._trial.error, self._trial.forms
        self._trial, self._terms = None, replace(self._terms, forms=forms)
        return ComponentError(str(first)) if isinstance(first, TransientError) else first
