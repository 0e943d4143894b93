"""Sentence vectors of a corpus, written for the benchmarks that start from vectors.

python benchmarks/vectors.py --data DIR --corpus 20newsgroups --model MODEL_OR_FOLDER --out vectors.npy
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from corpora import corpus

import topicore


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--model", default="all-MiniLM-L6-v2")
    parser.add_argument("--precision", default="float32")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    documents, _ = corpus(options.data, options.corpus)
    embedder = topicore.embedder(f"sentence-transformers:{options.model}", precision=options.precision)
    np.save(options.out, topicore.embed(embedder, documents))


if __name__ == "__main__":
    main()
