"""The preset "bertopic" beside BERTopic itself: same vectors, same seed, one run.

python benchmarks/peer.py --data DIR --corpus 20newsgroups --vectors vectors.npy
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from corpora import corpus, measures, words_of


def ours(documents: list[str], vectors: np.ndarray, seed: int) -> object:
    from topicore import TopicModel

    return TopicModel.preset("bertopic", embedder="precomputed", random_state=seed).fit(documents, embeddings=vectors)


def theirs(documents: list[str], vectors: np.ndarray, seed: int) -> object:
    from bertopic import BERTopic
    from sklearn.feature_extraction.text import CountVectorizer
    from umap import UMAP

    model = BERTopic(
        umap_model=UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed),
        vectorizer_model=CountVectorizer(stop_words="english"),
    )
    return model.fit(documents, embeddings=vectors)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--corpus", default="20newsgroups")
    parser.add_argument("--vectors", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--documents", type=int, default=None)
    options = parser.parse_args()
    documents, labels = corpus(options.data, options.corpus)
    documents, labels = documents[: options.documents], labels[: options.documents]
    vectors = np.load(options.vectors)[: options.documents]
    for title, make in (("BERTopic", theirs), ('topicore preset "bertopic"', ours)):
        start = time.process_time()
        model = make(documents, vectors, options.seed)
        spent = time.process_time() - start
        topics = [int(topic) for topic in model.topics_]  # type: ignore[attr-defined]
        found = measures(labels, topics, words_of(model), documents)
        print(title, {name: round(value, 4) for name, value in found.items()}, f"CPU {spent:.1f} s", flush=True)


if __name__ == "__main__":
    main()
