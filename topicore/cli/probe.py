"""What importing one component costs, measured in a process of its own and printed as JSON."""

from __future__ import annotations

import json
import os
import sys
import time


def memory() -> int | None:
    """Bytes that this process holds in memory, or None where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return None


def measure(kind: str, name: str) -> dict[str, object]:
    """Import the class of the component and report seconds, bytes, modules, and the error if there is one."""
    from .. import components  # noqa: F401  # every component needs it: not counted
    from ..errors import TopicoreError
    from ..registry import component_class, find

    modules, held, start = set(sys.modules), memory(), time.perf_counter()
    error = None
    try:
        component_class(find(kind, name))  # type: ignore[arg-type]  # the caller's own kind
    except TopicoreError as failure:
        error = str(failure)
    seconds, now = time.perf_counter() - start, memory()
    return {
        "seconds": seconds,
        "bytes": None if now is None or held is None else max(0, now - held),
        "modules": len(set(sys.modules) - modules),
        "error": error,
    }


def main() -> None:
    """Measure the component of kind ``argv[1]`` called ``argv[2]``; the last line printed is the report."""
    report = json.dumps(measure(sys.argv[1], sys.argv[2]))
    print("\n" + report)
