"""Many questions at a time: retries, the budget, one repair an answer, and an end when a service is down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import partial
from math import ceil
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING, Any

from ..components import Description
from ..errors import ComponentError, TopicoreError, TransientError
from ..pipeline.calling import Calls, Halt
from ..services import redacted
from .answers import UnusableError, described
from .budget import Budget, SpentError
from .prompts import sound
from .records import Message, Reply, Request

if TYPE_CHECKING:
    from .model import LanguageModel

__all__ = ["Answered", "Asking"]

LONGEST_SENT_BACK = 4000
"""Characters of an unusable answer that the model is shown again."""
FAILURES, FAILURES_LATER = 3, 10
"""Topics in a row for which a service failed, after which no others are asked about: from the start, and once it has
answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came of a question.

    Args:
        description: The answer, or None.
        messages: The conversation that was sent last; none where nothing was.
        texts: What the model wrote, the repaired answer last.
        problem: Why there is no description.
    """

    description: Description | None = None
    messages: tuple[Message, ...] = ()
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
        self._row, self._most = 0, FAILURES
        self._scale = 1.0  # how much more the service counts than was estimated
        self._down: str | None = None

    def run(self, requests: Mapping[int, Request], told: Callable[[int, Answered], None]) -> None:
        """Answer all *requests*; *told* hears of each topic's answer in the caller's thread, as they come.

        Twice as many threads as requests at a time: one that pauses before it tries again holds nobody up.
        """
        pool = ThreadPoolExecutor(max(1, min(len(requests), 2 * self._model.concurrency)))
        waiting: dict[Future[Answered], int] = {}
        try:
            waiting.update((pool.submit(self._answered, request), topic) for topic, request in requests.items())
            for future in as_completed(tuple(waiting)):
                told(waiting.pop(future), future.result())
        finally:
            self._halt.end()
            pool.shutdown(wait=True, cancel_futures=True)
            for future, topic in waiting.items():  # given up: what was on its way is kept
                if future.done() and not future.cancelled():
                    told(topic, future.result())

    def _answered(self, request: Request) -> Answered:
        """What came of one question; whatever goes wrong is the topic's problem alone."""
        if self._down is not None:
            return Answered(problem=self._down)
        answered = Answered()
        try:
            for heard in self._asked(request):
                answered = heard
        except SpentError as error:
            return replace(answered, problem=str(error))
        except Exception as error:
            problem = redacted(str(error) if isinstance(error, TopicoreError) else f"{self._calls.name}: {error!r}")
            self._failed(problem)
            return replace(answered, messages=answered.messages or request.messages, problem=problem)
        with self._lock:
            self._row, self._most = 0, FAILURES_LATER
        return answered

    def _failed(self, problem: str) -> None:
        with self._lock:
            self._row += 1
            if self._row >= self._most and self._down is None:
                self._down = f"not asked, after {self._row} failures in a row, such as: {problem}"
                self._halt.end()

    def _asked(self, request: Request) -> Iterator[Answered]:
        """What came of *request*, and then of a second one where the answer cannot be used."""
        model = self._model
        texts: tuple[str, ...] = ()
        for last in (False, True):
            reply: Reply = self._calls.patient("a request", partial(self._sent, request), self._halt)
            text = (reply.text or "").strip()
            heard = Answered(messages=request.messages, texts=texts)
            if reply.refusal is not None:
                yield replace(heard, problem=f"the model refused: {redacted(reply.refusal)}")
                return
            if not text:
                why = " (max_output_tokens were used up before it began)" if reply.cut else ""
                yield replace(heard, problem=f"the answer is empty{why}")
                return
            texts = (*texts, text)
            try:
                found = described(text, model.outputs, model.structured)
            except UnusableError as error:
                problem = f"{error}; it was cut: allow more max_output_tokens" if reply.cut else str(error)
                yield replace(heard, texts=texts, problem=problem)
            else:
                yield replace(heard, texts=texts, description=found)
                return
            if last or reply.cut:
                return
            turns = (
                Message(role="assistant", text=text[:LONGEST_SENT_BACK]),
                Message(role="user", text=model.correction(problem)),
            )
            request = replace(request, messages=(*request.messages, *turns))

    def _sent(self, request: Request) -> Reply:
        """One request, within the budget and with no more than ``concurrency`` others at the same time."""
        estimated = sum(self._model.count_tokens(message.text) for message in request.messages)
        read = ceil(estimated * self._scale)
        with self._slots, self._budget.request(read + request.max_output_tokens) as taken:
            if self._halt.over:
                raise ComponentError(self._down or "the run was given up")
            try:
                reply = self._checked(self._model.answer(request))
            except TransientError:
                taken.append(0)
                raise
            written = reply.output_tokens
            if written is None:
                written = self._model.count_tokens(reply.text or "")
            if reply.input_tokens is not None and estimated:
                with self._lock:
                    self._scale = max(self._scale, reply.input_tokens / estimated)
            taken.append((read if reply.input_tokens is None else reply.input_tokens) + written)
            return reply

    def _checked(self, reply: Any) -> Reply:
        found = reply if isinstance(reply, Reply) else Reply(text=reply)
        wrong = [part for part in (found.text, found.refusal) if not isinstance(part, (str, type(None)))]
        if wrong:
            raise ComponentError(
                f"{self._calls.name} must answer with a text or a Reply of texts, gave {type(wrong[0]).__name__}"
            )
        return replace(found, text=None if found.text is None else sound(found.text), refusal=found.refusal or None)


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
