"""NPMI and diversity of the words that each representation gives the same topics: one row of docs/components.md.

python benchmarks/representations.py --data DIR --corpus bbc [--resolution 5] [--vectors vectors.npy]
    [--tagger en_core_web_sm]
"""

from __future__ import annotations

import argparse
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from corpora import coherence, corpus, diversity, words_of

import topicore
from topicore import TopicModel
from topicore.errors import TopicoreError

NAMES = ("c-tf-idf", "projection", "keybert", "mmr")


def tagged(model: str) -> dict[str, Any]:
    """What needs a tagger, where topicore-spacy is there."""
    if find_spec("topicore_spacy") is None:
        print("spacy.pos: topicore-spacy is not installed", flush=True)
        return {}
    pos = topicore.representation("spacy.pos", model=model)
    return {"spacy.pos": pos, "projection, spacy.pos": ["projection", pos]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--corpus", default="20newsgroups")
    parser.add_argument("--resolution", type=float, default=1.0)
    parser.add_argument("--vectors", type=Path, help="rows of the corpus; ppmi where none are given")
    parser.add_argument("--tagger", default="en_core_web_sm", help="a spaCy pipeline, by name or folder")
    options = parser.parse_args()
    documents, _ = corpus(options.data, options.corpus)
    given = {} if options.vectors is None else {"embeddings": np.load(options.vectors)}
    clusterer = topicore.clusterer("graph", resolution=options.resolution)
    model = TopicModel(embedder="ppmi", clusterer=clusterer, representation="c-tf-idf").fit(documents, **given)
    state = model._state  # the counts of the model's own terms
    print(options.corpus, options.vectors or "ppmi", len(words_of(model)), "topics", flush=True)
    for title, representation in {**{name: name for name in NAMES}, **tagged(options.tagger)}.items():
        start = time.perf_counter()
        try:
            words = words_of(model.copy().update_topics(representation=representation))
        except TopicoreError as error:
            print(f"  {title:<22} {error}", flush=True)
            continue
        seconds = time.perf_counter() - start
        found = coherence(words, state.counts, list(state.vocabulary)), diversity(words)
        print(f"  {title:<22} {found[0]:.2f} / {found[1]:.2f}  {seconds:6.2f} s", flush=True)


if __name__ == "__main__":
    main()
