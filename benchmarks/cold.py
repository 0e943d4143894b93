"""CPU time of a cold process from given vectors: import, fit, words, transform of 1,000; in pairs.

python benchmarks/cold.py --data DIR --corpus 20newsgroups --vectors vectors.npy [--documents 5000] [--pairs 5]
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from corpora import corpus


def one(which: str, texts: Path, vectors: Path, n: int) -> None:
    import numpy as np

    documents, rows = json.loads(texts.read_text(encoding="utf-8")), np.load(vectors)[:n]
    if which == "topicore":
        from topicore import TopicModel

        model = TopicModel(embedder="precomputed").fit(documents, embeddings=rows)
    else:
        from bertopic import BERTopic

        model = BERTopic().fit(documents, embeddings=rows)
    model.get_topic_info()
    model.transform(documents[:1000], embeddings=rows[:1000])


def spent(arguments: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, __file__, "one", *arguments], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--corpus", default="20newsgroups")
    parser.add_argument("--vectors", required=True)
    parser.add_argument("--documents", type=int, default=5000)
    parser.add_argument("--pairs", type=int, default=5)
    options = parser.parse_args()
    documents, _ = corpus(Path(options.data), options.corpus)
    ratios = []
    with TemporaryDirectory() as folder:
        texts = Path(folder) / "texts.json"
        texts.write_text(json.dumps(documents[: options.documents]), encoding="utf-8")
        rest = [str(texts), options.vectors, str(options.documents)]
        for _ in range(options.pairs):
            light, heavy = spent(["topicore", *rest]), spent(["bertopic", *rest])
            ratios.append(heavy / light)
            print(f"topicore {light:.1f} CPU s, BERTopic {heavy:.1f} CPU s, ratio {heavy / light:.1f}", flush=True)
    print(f"median ratio {statistics.median(ratios):.1f}")


if __name__ == "__main__":
    if sys.argv[1] == "one":
        one(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]), int(sys.argv[5]))
    else:
        main()
