"""Quality and cost of ``TopicModel()`` from raw text, a fresh process a seed; medians.

python benchmarks/quality.py --data DIR [--corpora 20newsgroups,bbc] [--seeds 5]
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

from corpora import SOURCES, corpus, measures, words_of


def one(data: Path, name: str, seed: int) -> None:
    """Fit in this process; seconds and memory are those before anything is measured."""
    from topicore import TopicModel

    documents, labels = corpus(data, name)
    model = TopicModel(random_state=seed).fit(documents)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cost = {
        "seconds": time.monotonic() - float(sys.argv[-1]),
        "CPU": usage.ru_utime + usage.ru_stime,
        "MB": usage.ru_maxrss / 1024,
    }
    print(json.dumps({**measures(labels, model.topics_, words_of(model), documents), **cost}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--corpora", default=",".join(SOURCES))
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    for name in options.corpora.split(","):
        runs = []
        for seed in range(options.seeds):
            command = [sys.executable, __file__, "one", str(options.data), name, str(seed), str(time.monotonic())]
            runs.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
        print(name, "median of", options.seeds, flush=True)
        for measure in runs[0]:
            values = [run[measure] for run in runs]
            spread = f"({min(values):.3f} to {max(values):.3f})"
            print(f"  {measure:<10} {statistics.median(values):9.3f}  {spread}", flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "one":
        one(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
    else:
        main()
