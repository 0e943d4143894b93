"""The preset "semantic" on given sentence vectors, beside each of its two parts alone.

python benchmarks/semantic.py --data DIR --corpus 20newsgroups --vectors vectors.npy [--seeds 5]
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from corpora import corpus, measures, words_of

import topicore
from topicore import TopicModel


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--corpus", default="20newsgroups")
    parser.add_argument("--vectors", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    documents, labels = corpus(options.data, options.corpus)
    vectors = np.load(options.vectors)
    row = {text: place for place, text in enumerate(documents)}

    def sentences(texts: Sequence[str]) -> np.ndarray:
        return vectors[[row[text] for text in texts]]

    joined = topicore.embedder([sentences, "ppmi"], weights=[1.0, 0.7])
    for title, embedder in (("semantic", joined), ("sentence vectors alone", sentences), ("ppmi alone", "ppmi")):
        runs = []
        for seed in range(options.seeds):
            model = TopicModel.preset("semantic", embedder=embedder, random_state=seed).fit(documents)
            runs.append(measures(labels, model.topics_, words_of(model), documents))
        print(title, {name: round(statistics.median(run[name] for run in runs), 3) for name in runs[0]}, flush=True)


if __name__ == "__main__":
    main()
