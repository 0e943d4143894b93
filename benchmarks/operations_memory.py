"""Peak memory of one call, in a process of its own."""

from __future__ import annotations

import ctypes
import gc
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["peak"]


def peak(call: Callable[[Any, Any], Any], small: tuple[Any, Any], given: tuple[Any, Any]) -> float | None:
    """Megabytes by which ``call(*given)`` raises the memory of a process at most, its result counted in; Linux alone.

    A fork of this process calls it once on the *small* models and case, so that code is in memory, and then forgets
    its peak so far.
    """
    if not Path("/proc/self/clear_refs").exists():
        return None
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what is free here would hide what the call takes
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, str(_measured(call, small, given)).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        found = answer.read()
    os.waitpid(child, 0)
    return float(found) if found else None


def _measured(call: Callable[[Any, Any], Any], small: tuple[Any, Any], given: tuple[Any, Any]) -> float:
    call(small[0].copy(), small[1])
    copy = given[0].copy()
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")
    before = _status("VmRSS")
    result = call(copy, given[1])
    after = _status("VmHWM")
    del result
    return max(after - before, 0) / 1024


def _status(name: str) -> int:
    """A line of the status of this process, in kilobytes."""
    found = re.search(rf"{name}:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) if found else 0
