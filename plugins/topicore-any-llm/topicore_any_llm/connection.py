"""A provider's requests, on an event loop that lasts as long as its client."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from inspect import isawaitable
from threading import Lock, Thread
from typing import Any
from weakref import finalize

_CLOSERS = ("close", "aclose")


class Connection:
    """A provider made for a name, with a loop of its own, which ends and closes the client when nobody needs it.

    Clients of the SDKs keep connections that belong to one loop, and any-llm never closes them.

    Args:
        provider: The provider.
    """

    def __init__(self, provider: Any) -> None:
        self.provider = provider
        self._loop = asyncio.new_event_loop()
        Thread(target=_running, args=(self._loop,), name="topicore-any-llm", daemon=True).start()
        finalize(self, _end, getattr(provider, "client", None), self._loop, os.getpid())

    def completion(self, timeout: float | None, **settings: Any) -> Any:
        """What the provider answers; safe from several threads.

        Raises:
            TimeoutError: It took more than *timeout* seconds.
        """
        waited = asyncio.wait_for(self.provider.acompletion(**settings), timeout)
        return asyncio.run_coroutine_threadsafe(waited, self._loop).result()


class Handed:
    """A live provider that was handed in; its client stays on the loop that any-llm gave it.

    Args:
        provider: The provider.
    """

    def __init__(self, provider: Any) -> None:
        self.provider = provider

    def completion(self, timeout: float | None, **settings: Any) -> Any:
        """What the provider answers; *timeout* is left out where it takes none for a request."""
        if timeout is not None and self.provider.TIMEOUT_SUPPORT != "unsupported":
            settings["timeout"] = timeout
        return self.provider.completion(**settings)


class Process:
    """What one process holds of a representation: a fork has a loop's memory, and a lock's state, but no thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._connection: Connection | Handed | None = None

    def connection(self, make: Callable[[], Connection | Handed]) -> Connection | Handed:
        """What *make* makes for the first of all threads that ask."""
        with self._lock:
            if self._connection is None:
                self._connection = make()
            return self._connection


def _running(loop: asyncio.AbstractEventLoop) -> None:
    try:
        loop.run_forever()
    finally:
        loop.close()


def _end(client: Any, loop: asyncio.AbstractEventLoop, process: int) -> None:
    if os.getpid() != process:  # a fork of it: the loop runs on in the parent, and never here
        return
    with suppress(RuntimeError):
        asyncio.run_coroutine_threadsafe(_closed(client, loop), loop)


async def _closed(client: Any, loop: asyncio.AbstractEventLoop) -> None:
    """Close *client*, or the transport that it keeps, and end the loop."""
    for held in (client, getattr(client, "_client", None)):
        close = next((getattr(held, name) for name in _CLOSERS if callable(getattr(held, name, None))), None)
        if close is not None:
            with suppress(Exception):
                done = close()
                if isawaitable(done):
                    await done
            break
    await asyncio.sleep(0)  # transports end one turn after they are closed
    loop.stop()
