"""What precision and backend of sentence-transformers cost on a processor: seconds, and how far the rows move.

python benchmarks/precision.py --data DIR --model MODEL_OR_FOLDER [--corpus 20newsgroups] [--documents 600] [--rounds 3]

Every choice embeds the same documents in turn, in several rounds, after a few to warm up; the best round counts. CPU
seconds are those of all threads. Choices whose libraries are not installed are left out. "sorted 32" is the library's
own ``encode`` with its default batches.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from corpora import corpus

import topicore
from topicore.errors import MissingPluginError

CHOICES: dict[str, dict[str, Any]] = {
    "torch float32": {},
    "torch float32, batches of 8": {"batch_size": 8},
    "torch float32, batches of 32": {"batch_size": 32},
    "torch bfloat16": {"precision": "bfloat16"},
    "onnx float32": {"backend": "onnx"},
    "onnx int8": {"backend": "onnx", "precision": "int8"},
    "openvino float32": {"backend": "openvino"},
    "openvino bfloat16": {"backend": "openvino", "precision": "bfloat16"},
    "openvino int8": {"backend": "openvino", "precision": "int8"},
}


def embedders(model: str, some: list[str]) -> dict[str, Any]:
    """What embeds, by the names of the choices; each has its model loaded."""
    found = {}
    for name, parameters in CHOICES.items():
        embedder = topicore.embedder(f"sentence-transformers:{model}", device="cpu", **parameters)
        try:
            embedder.embed(some)
        except MissingPluginError as error:
            print(f"without {name}: {error}", flush=True)
        else:
            found[name] = embedder
    return found


def measured(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """CPU seconds, wall seconds and the result."""
    cpu, wall = time.process_time(), time.perf_counter()
    result = work()
    return time.process_time() - cpu, time.perf_counter() - wall, result


def neighbours(rows: Any) -> Any:
    """(n, 10) the nearest other rows of each unit row."""
    near = rows @ rows.T
    np.fill_diagonal(near, -2)
    return np.argsort(-near, axis=1)[:, :10]


def unit(rows: Any) -> Any:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--corpus", default="20newsgroups")
    parser.add_argument("--model", default="all-MiniLM-L6-v2")
    parser.add_argument("--documents", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    documents, _ = corpus(options.data, options.corpus)
    documents = random.Random(0).sample(documents, min(options.documents, len(documents)))
    chosen = embedders(options.model, documents[:16])
    library = chosen["torch float32"]._model()
    works: dict[str, Callable[[], Any]] = {
        "the library, sorted 32": lambda: library.encode(documents, show_progress_bar=False)
    }
    for name, embedder in chosen.items():
        works[name] = lambda embedder=embedder: embedder.embed(documents)  # type: ignore[misc]
    best: dict[str, tuple[float, float]] = {}
    rows: dict[str, Any] = {}
    for number in range(options.rounds):
        for name, work in works.items():
            cpu, wall, result = measured(work)
            seconds = best.get(name, (np.inf, np.inf))
            best[name] = (min(cpu, seconds[0]), min(wall, seconds[1]))
            rows[name] = unit(result)
        print(f"round {number + 1} of {options.rounds}", flush=True)
    exact, first = rows["torch float32"], best["torch float32"]
    near = neighbours(exact)
    print(f"{len(documents)} documents of {options.corpus}, mean {np.mean([len(d) for d in documents]):.0f} characters")
    print("| choice | CPU s | wall s | documents/s | times as fast (CPU, wall) | cosine mean, least | 10-NN kept |")
    for name, (cpu, wall) in best.items():
        cosines = (rows[name] * exact).sum(axis=1)
        kept = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(near, neighbours(rows[name]), strict=True)])
        print(
            f"| {name} | {cpu:.1f} | {wall:.1f} | {len(documents) / wall:.0f} | {first[0] / cpu:.2f}, "
            f"{first[1] / wall:.2f} | {cosines.mean():.4f}, {cosines.min():.4f} | {kept:.3f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
