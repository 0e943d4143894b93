"""Coherence of ``model.evaluate()`` beside gensim's ``CoherenceModel``: whether values are equal, and seconds.

python benchmarks/evaluation.py --data DIR [--corpora 20newsgroups,bbc] [--topics 100]
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
from corpora import SOURCES, corpus, words_of

MEASURES = {"npmi": "c_npmi", "c_v": "c_v", "uci": "c_uci", "umass": "u_mass"}


def texts_of(model: Any) -> list[list[str]]:
    """The tokens that coherence is counted on, as gensim takes them."""
    from topicore.pipeline.reading import rules_of

    state = model._state
    tokens, rules = state.tokens, rules_of(state.components.vectorizer, state.settings)
    dropped = tokens.vocabulary.among(rules.stop_words) | (tokens.vocabulary.numeric & (not rules.numbers))
    words = list(tokens.vocabulary)
    documents = np.split(tokens.ids, tokens.offsets[1:-1])
    return [[words[token] for token in ids[~dropped[ids]].tolist()] for ids in documents]


def theirs(model: Any, measure: str) -> tuple[list[float], float]:
    """gensim's value of each topic, and its seconds, without those of making its dictionary."""
    from gensim.corpora import Dictionary
    from gensim.models import CoherenceModel

    texts, topics = texts_of(model), words_of(model)
    dictionary = Dictionary(texts)
    bags = [dictionary.doc2bow(text) for text in texts]
    given = {"topics": topics, "texts": texts, "corpus": bags, "dictionary": dictionary, "topn": 10, "processes": 1}
    start = time.perf_counter()
    values = CoherenceModel(**given, coherence=MEASURES[measure]).get_coherence_per_topic()
    return values, time.perf_counter() - start


def main() -> None:
    from topicore import TopicModel

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--corpora", default=",".join(SOURCES))
    parser.add_argument("--topics", type=int, default=100)
    options = parser.parse_args()
    for name in options.corpora.split(","):
        documents, _ = corpus(options.data, name)
        model = TopicModel(clusterer="kmeans", n_topics=options.topics).fit(documents)
        start = time.perf_counter()
        model.evaluate()
        seconds = time.perf_counter() - start
        print(f"{name}: {len(documents):,} documents, {options.topics} topics, evaluate() in {seconds:.2f} s")
        for measure in MEASURES:
            start = time.perf_counter()
            found = model.evaluate(coherence=measure)
            seconds = time.perf_counter() - start
            expected, longer = theirs(model, measure)
            apart = np.abs(found.topics.iloc[:, 3].to_numpy() - expected).max()
            print(
                f"  {measure:<6} {seconds:7.2f} s, gensim {longer:7.2f} s, largest difference {apart:.1e}", flush=True
            )


if __name__ == "__main__":
    main()
