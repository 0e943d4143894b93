"""The labelled corpora, and measures of topics on them."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import numpy as np
import scipy.sparse as sp

SOURCES = {
    "20newsgroups": ("20newsgroups/20newsgroups.jsonl.gz", "text", "label"),
    "bbc": ("bbc_news/bbc_news.jsonl.gz", "text", "label"),
    "arxiv": ("arxiv_cs/arxiv_cs.jsonl.gz", "abstract", "category"),
    "titles": ("arxiv_cs/arxiv_cs.jsonl.gz", "title", "category"),
}


def corpus(data: Path, name: str) -> tuple[list[str], list[str]]:
    """Documents (empty ones dropped) and labels."""
    path, text, label = SOURCES[name]
    with gzip.open(data / path, "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row[text].strip()]
    return [row[text] for row in rows], [row[label] for row in rows]


def repeated(documents: list[str], n: int, seed: int = 0) -> list[str]:
    """*n* documents: the given ones, then variations of them with a tenth of the words left out."""
    draw = random.Random(seed)
    made = list(documents[:n])
    while len(made) < n:
        words = documents[len(made) % len(documents)].split()
        made.append(" ".join(word for word in words if draw.random() > 0.1))
    return made


def coherence(words: list[list[str]], counts: sp.csr_array, vocabulary: list[str]) -> float:
    """Mean NPMI of the word pairs of topics by document co-occurrence in the same corpus; -1 for pairs never met."""
    place = {term: column for column, term in enumerate(vocabulary)}
    presence = sp.csc_array(counts, dtype=np.float64)
    presence.data[:] = 1
    n = presence.shape[0]
    scores = []
    for topic in words:
        columns = [place[word] for word in topic if word in place]
        together = (presence[:, columns].T @ presence[:, columns]).toarray() / n
        alone = np.diag(together)
        for i in range(len(columns)):
            for j in range(i):
                p = together[i, j]
                scores.append(-1.0 if p == 0 else 1.0 if p == 1 else np.log(p / (alone[i] * alone[j])) / -np.log(p))
    return float(np.mean(scores))


def diversity(words: list[list[str]]) -> float:
    """Share of distinct words among all words shown."""
    shown = [word for topic in words for word in topic]
    return len(set(shown)) / max(len(shown), 1)


def counted(documents: list[str]) -> tuple[sp.csr_array, list[str]]:
    """Counts that measure every model alike: English stop words out, words of two letters or more."""
    from sklearn.feature_extraction.text import CountVectorizer

    vectorizer = CountVectorizer(stop_words="english", min_df=2)
    counts = vectorizer.fit_transform(documents)
    return sp.csr_array(counts), list(vectorizer.get_feature_names_out())


def measures(labels: list[str], topics: list[int], words: list[list[str]], documents: list[str]) -> dict[str, float]:
    """AMI with the labels, NPMI and diversity of ten words, topics, and the share of outliers."""
    from sklearn.metrics import adjusted_mutual_info_score

    counts, vocabulary = counted(documents)
    return {
        "AMI": float(adjusted_mutual_info_score(labels, topics)),
        "NPMI": coherence(words, counts, vocabulary),
        "diversity": diversity(words),
        "topics": len(words),
        "outliers": float(np.mean(np.asarray(topics) < 0)),
    }


def words_of(model: object) -> list[list[str]]:
    """Ten words of each topic but -1."""
    return [[word for word, _ in terms][:10] for topic, terms in model.get_topics().items() if topic != -1]  # type: ignore[attr-defined]
