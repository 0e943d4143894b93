"""Many questions at a time: retries, the budget, one repair an answer, and an end when a service is down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import partial
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING, Any

from ..components import Description
from ..errors import ComponentError, TopicoreError, TransientError
from ..pipeline.calling import Calls, Halt
from .answers import UnusableError, described
from .budget import Budget, SpentError
from .records import Message, Reply, Request

if TYPE_CHECKING:
    from .model import LanguageModel

__all__ = ["Answered", "Asking"]

FAILURES = 3
"""Topics in a row for which a service failed, after which no others are asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came of a question.

    Args:
        description: The answer, or None.
        texts: What the model wrote, the repaired answer last.
        problem: Why there is no description.
    """

    description: Description | None = None
    texts: tuple[str, ...] = ()
    problem: str | None = None


class Asking:
    """One run over the questions of *model*.

    Args:
        model: Who is asked.
    """

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._calls = Calls(model)
        self._budget = Budget(model.max_requests, model.max_tokens)
        self._slots = BoundedSemaphore(model.concurrency)
        self._halt = Halt()
        self._lock = Lock()
        self._row = 0
        self._down: str | None = None

    def run(self, requests: Mapping[int, Request], told: Callable[[int, Answered], None]) -> None:
        """Answer all *requests*; *told* hears of each topic's answer in the caller's thread, as they come.

        Twice as many threads as requests at a time: one that pauses before it tries again holds nobody up.
        """
        pool = ThreadPoolExecutor(max(1, min(len(requests), 2 * self._model.concurrency)))
        try:
            waiting: dict[Future[Answered], int] = {
                pool.submit(self._answered, request): topic for topic, request in requests.items()
            }
            for future in as_completed(waiting):
                told(waiting[future], future.result())
        finally:
            self._halt.end()
            pool.shutdown(wait=True, cancel_futures=True)

    def _answered(self, request: Request) -> Answered:
        """What came of one question; whatever goes wrong is the topic's problem alone."""
        if self._down is not None:
            return Answered(problem=self._down)
        try:
            answered = self._asked(request)
        except SpentError as error:
            return Answered(problem=str(error))
        except TopicoreError as error:
            self._failed(error)
            return Answered(problem=str(error))
        with self._lock:
            self._row = 0
        return answered

    def _failed(self, error: Exception) -> None:
        with self._lock:
            self._row += 1
            if self._row >= FAILURES and self._down is None:
                self._down = f"not asked, after {FAILURES} failures in a row, such as: {error}"
                self._halt.end()

    def _asked(self, request: Request) -> Answered:
        """The answer to *request*, repaired once where it cannot be used."""
        model = self._model
        texts: list[str] = []
        for last in (False, True):
            reply: Reply = self._calls.patient("a request", partial(self._sent, request), self._halt)
            text = (reply.text or "").strip()
            if reply.refusal is not None:
                return Answered(problem=f"the model refused: {reply.refusal:.200}", texts=tuple(texts))
            if not text:
                why = " (max_output_tokens were used up before it began)" if reply.cut else ""
                return Answered(problem=f"the answer is empty{why}", texts=tuple(texts))
            texts.append(text)
            try:
                return Answered(description=described(text, model.outputs, model.structured), texts=tuple(texts))
            except UnusableError as error:
                hint = "; it was cut: allow more max_output_tokens" if reply.cut else ""
                problem = f"{error}{hint}"
            if last or reply.cut:
                break
            turns = (Message(role="assistant", text=text), Message(role="user", text=model.correction(problem)))
            request = replace(request, messages=(*request.messages, *turns))
        return Answered(problem=problem, texts=tuple(texts))

    def _sent(self, request: Request) -> Reply:
        """One request, within the budget and with no more than ``concurrency`` others at the same time."""
        read = sum(self._model.count_tokens(message.text) for message in request.messages)
        with self._slots, self._budget.request(read + request.max_output_tokens) as taken:
            if self._down is not None:
                raise ComponentError(self._down)
            try:
                reply = self._checked(self._model.answer(request))
            except TransientError:
                taken.append(0)
                raise
            written = reply.output_tokens
            if written is None:
                written = self._model.count_tokens(reply.text or "")
            taken.append((read if reply.input_tokens is None else reply.input_tokens) + written)
            return reply

    def _checked(self, reply: Any) -> Reply:
        found = reply if isinstance(reply, Reply) else Reply(text=reply)
        if found.text is not None and not isinstance(found.text, str):
            raise ComponentError(f"{self._calls.name} must answer with a text or a Reply, gave {type(reply).__name__}")
        return found


def shown(problems: Sequence[tuple[int, str]]) -> str:
    """Which topics have which problem, the most frequent first, in one line."""
    by_problem: dict[str, list[int]] = {}
    for topic, problem in problems:
        by_problem.setdefault(problem, []).append(topic)
    ranked = sorted(by_problem.items(), key=lambda pair: -len(pair[1]))
    lines = [f"{_topics(topics)}: {problem}" for problem, topics in ranked[:3]]
    more = len(ranked) - len(lines)
    return "; ".join(lines) + (f"; and {more} more" if more else "")


def _topics(topics: Sequence[int]) -> str:
    some = ", ".join(map(str, sorted(topics)[:5])) + (", ..." if len(topics) > 5 else "")
    return f"topic{'s' if len(topics) > 1 else ''} {some}"
