"""A bound on what a run may ask of a service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from ..errors import TopicoreError

__all__ = ["Budget", "SpentError"]


class SpentError(TopicoreError):
    """The budget does not allow one more request."""


class Budget:
    """Requests and tokens left, shared by the threads of a run.

    A request is let through when its tokens, the most that it can take, still fit; what it did not take is given back
    once it is answered.

    Args:
        requests: The most requests, repeated ones too; None for any number.
        tokens: The most tokens, read and written together; None for any number.
    """

    def __init__(self, requests: int | None, tokens: int | None) -> None:
        self._requests, self._tokens = requests, tokens
        self._sent = self._used = self._flying = 0
        self._settled = Condition()

    @contextmanager
    def request(self, tokens: int) -> Iterator[list[int]]:
        """Around a request of at most *tokens*; the caller puts what it really took into the list.

        Raises:
            SpentError: It does not fit.
        """
        self._reserve(tokens)
        taken: list[int] = []
        try:
            yield taken
        finally:
            with self._settled:
                self._flying -= 1
                if taken:
                    self._used += taken[-1] - tokens
                self._settled.notify_all()

    def _reserve(self, tokens: int) -> None:
        with self._settled:
            if self._requests is not None and self._sent >= self._requests:
                raise SpentError(f"max_requests={self._requests} allow no further request")
            while self._tokens is not None and self._used + tokens > self._tokens:
                if not self._flying:
                    raise SpentError(f"max_tokens={self._tokens} allow no further request")
                self._settled.wait()
                if self._requests is not None and self._sent >= self._requests:
                    raise SpentError(f"max_requests={self._requests} allow no further request")
            self._sent += 1
            self._flying += 1
            self._used += tokens
