"""Seconds and peak memory of ``TopicModel()`` on many documents: a corpus repeated with variations.

python benchmarks/large.py --data DIR [--documents 100000]
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path

from corpora import corpus, repeated


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--corpus", default="arxiv")
    parser.add_argument("--documents", type=int, default=100_000)
    options = parser.parse_args()
    documents = repeated(corpus(options.data, options.corpus)[0], options.documents)
    start = time.monotonic()
    from topicore import TopicModel

    stages: list[tuple[str, float]] = []
    model = TopicModel(
        observers=lambda event: (
            stages.append((event.stage, time.monotonic() - start)) if event.done == event.total else None
        )
    ).fit(documents)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{len(documents):,} documents: {time.monotonic() - start:.1f} s, "
        f"peak {peak:.2f} GB, {len(model.get_topics())} topics"
    )
    for stage, at in stages:
        print(f"  {stage:<10} done at {at:7.1f} s")


if __name__ == "__main__":
    main()
