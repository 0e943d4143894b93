"""Every operation of topicore beside BERTopic's: seconds, processor seconds, peak memory, and whether results agree.

python benchmarks/operations.py --data DIR [--sizes 2000 10000 50000] [--only over-time] [--no-memory]
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is imported; the same for both
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("TQDM_DISABLE", "1")

import argparse
import gc
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import log
from pathlib import Path
from statistics import median
from typing import Any

import operations_equal as equal
import operations_ours as ours
import operations_peer as peer
from operations_corpus import Case, cases
from operations_memory import peak

WARM = 500
"""Documents on which every operation is called before, so that imports and caches are warm."""

AT = 10_000
"""The size that the targets are for."""


@dataclass(frozen=True)
class Operation:
    """One operation of both libraries.

    Args:
        name: What it is called.
        peer: BERTopic's, of a copy of the fitted models and a case.
        ours: That of topicore.
        check: Whether the two results are equal, in words.
        target: How many times faster it has to be.
        memory: The largest part of BERTopic's peak memory that it may take.
    """

    name: str
    peer: Callable[[Any, Case], Any]
    ours: Callable[[Any, Case], Any]
    check: Callable[..., str]
    target: float | None = None
    memory: float | None = None


def _outliers(strategy: str) -> Operation:
    return Operation(
        f"reduce_outliers, {strategy}",
        lambda found, case: peer.outliers(found, case, strategy),
        lambda found, case: ours.outliers(found, case, strategy),
        lambda *given: equal.of_labels(*given, strategy),
        4,
    )


def _over_time(bins: int) -> Operation:
    def check(theirs: Any, own: Any, case: Case, base: Any) -> str:
        untuned = ours.over_time(base[1], case, bins, evolution=False)
        return equal.of_times(theirs, own, case, base, untuned, bins)

    return Operation(
        f"topics_over_time, {bins} bins",
        lambda found, case: peer.over_time(found, case, bins),
        lambda found, case: ours.over_time(found, case, bins),
        check,
        90,
    )


def _distribution(name: str, own: Callable[[Any, Case, bool], Any], tokens: bool) -> Operation:
    return Operation(
        f"approximate_distribution{', tokens' if tokens else ''}{name}",
        lambda found, case: peer.distribution(found, case, tokens),
        lambda found, case: own(found, case, tokens),
        equal.of_shares,
        15 if tokens else 25,
        0.2,
    )


OPERATIONS = [
    Operation("fit after clustering, text and all", peer.fit, ours.fit, equal.after_fit, 3.5),
    Operation("fit after clustering, tokens at hand", peer.fit, ours.fit_tokens, equal.after_fit, 20),
    Operation("update_topics, weights alone", peer.update, ours.update_weights, equal.after_update, 45),
    Operation(
        "update_topics, other topics", peer.update_assignments, ours.update_assignments, equal.after_assignments, 45
    ),
    Operation(
        "update_topics, 1-grams counted anew", peer.update_stop_words, ours.update_stop_words, equal.after_update, 45
    ),
    Operation("update_topics, 1-2-grams", peer.update_bigrams, ours.update_bigrams, equal.after_bigrams, 25),
    Operation("merge_topics, in pairs", peer.merge, ours.merge, equal.after_fit, 45),
    Operation("reduce_topics, to half", peer.reduce, ours.reduce, equal.after_fit, 45),
    Operation("delete_topics, 3", peer.delete, ours.delete, equal.after_delete),
    *map(_outliers, ("c-tf-idf", "embeddings", "distributions")),
    *map(_over_time, (20, 100)),
    Operation("topics_per_class, 58 classes", peer.per_class, ours.per_class, equal.of_classes, 60),
    Operation("hierarchical_topics", peer.hierarchy, ours.hierarchy, equal.of_tree, 12),
    _distribution("", ours.distribution, False),
    _distribution("", ours.distribution, True),
    _distribution(", texts read", ours.distribution_of_texts, False),
    _distribution(", texts read", ours.distribution_of_texts, True),
    Operation("merge_models, of halves", peer.merge_models, ours.merge_models, equal.of_merged),
]


@dataclass
class Clock:
    """Wall and processor seconds of the runs of one library."""

    enough: float
    least: int
    most: int
    wall: list[float] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)

    def goes_on(self) -> bool:
        """Whether another run is worth its time."""
        return len(self.wall) < self.least or (len(self.wall) < self.most and sum(self.wall) < self.enough)

    def run(self, call: Callable[[Any, Case], Any], base: Any, case: Case) -> Any:
        """One run on a copy that is made before."""
        copy = base.copy()
        gc.collect()
        wall, spent = time.perf_counter(), time.process_time()
        result = call(copy, case)
        self.spent.append(time.process_time() - spent)
        self.wall.append(time.perf_counter() - wall)
        return result


def raced(operation: Operation, base: tuple[Any, Any], case: Case) -> tuple[list[Clock], list[Any]]:
    """Both libraries by turns in this process: the clocks, and the last result of each."""
    clocks = [Clock(enough=3, least=1, most=5), Clock(enough=2, least=3, most=15)]
    results: list[Any] = [None, None]
    calls = (operation.peer, operation.ours)
    while any(clock.goes_on() for clock in clocks):
        for side, clock in enumerate(clocks):
            if clock.goes_on():
                results[side] = None
                results[side] = clock.run(calls[side], base[side], case)
    return clocks, results


HEADER = (
    f"{'operation':<46}{'n':>7}{'peer s':>9}{'ours s':>9}{'wall':>8}{'CPU':>8}  {'target':<11}"
    f"{'peer MB':>8}{'ours MB':>8}  equal?"
)


def line(operation: Operation, n: int, clocks: Sequence[Clock], memory: Sequence[float | None], found: str) -> str:
    theirs, own = (median(clock.wall) for clock in clocks)
    ratio = theirs / own
    spent = median(clocks[0].spent) / max(median(clocks[1].spent), 1e-9)
    target = (
        "" if operation.target is None or n != AT else f">={operation.target:g} {marked(ratio >= operation.target)}"
    )
    sizes = "".join(f"{'-' if size is None else f'{size:.1f}':>8}" for size in memory)
    if operation.memory is not None and n == AT and None not in memory:
        sizes += f" <={operation.memory:g} {marked(memory[1] <= operation.memory * memory[0])}"  # type: ignore[operator]
    slow = "" if clocks[1].wall[0] < 1.5 * own else f"; first call {clocks[1].wall[0]:.3f} s"
    return (
        f"{operation.name:<46}{n:>7,}{theirs:>9.3f}{own:>9.4f}{ratio:>7.1f}x{spent:>7.1f}x  {target:<11}{sizes}"
        f"  {found}{slow}"
    )


def marked(met: bool) -> str:
    return "met" if met else "MISSED"


def accessors(n: int, base: tuple[Any, Any], case: Case) -> None:
    """Milliseconds of each accessor, the median of five calls."""
    print(f"\n{'accessor':<46}{'n':>7}{'peer ms':>9}{'ours ms':>9}   target < 100 ms")
    for name, own in ours.ACCESSORS.items():
        spent = []
        for model, call in ((base[0].model, peer.ACCESSORS[name]), (base[1].model, own)):
            runs = []
            for _ in range(5):
                start = time.perf_counter()
                call(model, case)
                runs.append(1000 * (time.perf_counter() - start))
            spent.append(median(runs))
        print(f"{name:<46}{n:>7,}{spent[0]:>9.2f}{spent[1]:>9.2f}   {marked(spent[1] < 100)}", flush=True)


def exponents(seconds: dict[str, dict[int, float]], numbers: dict[int, int]) -> None:
    """How the time of topicore grows between the two largest sizes; 1 is linear in the counts that are not zero."""
    small, large = sorted(numbers)[-2:]
    growth = log(numbers[large] / numbers[small])
    print(f"\nexponents from {small:,} to {large:,} documents ({numbers[small]:,} to {numbers[large]:,} counts)")
    print(f"{'':<46}{'by documents':>14}{'by counts':>11}")
    print(f"{'counts that are not zero':<46}{growth / log(large / small):>14.2f}{1:>11.2f}")
    for name, at in seconds.items():
        rise = log(at[large] / at[small])
        print(f"{name:<46}{rise / log(large / small):>14.2f}{rise / growth:>11.2f}")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=[2_000, AT, 50_000])
    parser.add_argument("--only", nargs="+", default=[""], help="parts of names of operations")
    parser.add_argument("--no-memory", action="store_true")
    options = parser.parse_args()
    chosen = [each for each in OPERATIONS if any(part in each.name for part in options.only)]
    say("making vectors")
    corpora = cases(options.data, [WARM, *sorted(options.sizes)])
    small = next(corpora)
    say("warming up")
    warm = (peer.fitted(small), ours.fitted(small))
    for operation in chosen:
        operation.peer(warm[0].copy(), small)
        operation.ours(warm[1].copy(), small)
    seconds: dict[str, dict[int, float]] = {each.name: {} for each in chosen}
    numbers: dict[int, int] = {}
    print(HEADER)
    for case in corpora:
        n = len(case.documents)
        say(f"{n:,} documents: fitting")
        base = (peer.fitted(case), ours.fitted(case))
        gc.collect()
        gc.freeze()  # so that collecting before each run is quick
        numbers[n] = int(base[1].model._state.counts.nnz)
        for operation in chosen:
            say(f"{n:,} documents: {operation.name}")
            clocks, results = raced(operation, base, case)
            seconds[operation.name][n] = median(clocks[1].wall)
            found = operation.check(*results, case, base)
            del results
            memory = [
                None if options.no_memory else peak(call, (warm[side], small), (base[side], case))
                for side, call in enumerate((operation.peer, operation.ours))
            ]
            print(line(operation, n, clocks, memory, found), flush=True)
    if len(numbers) > 1:
        exponents(seconds, numbers)
    accessors(n, base, case)


if __name__ == "__main__":
    main()
