"""Whether results are equal: each check says "yes", with the largest difference, or where and why not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from operations_corpus import Case
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.preprocessing import normalize

NEAR = 1e-6
"""Largest difference between numbers that are called equal."""


def same_model(theirs: Any, ours: Any, embeddings: bool = True) -> str:
    """Topics up to their numbers, vocabulary, weights, ten words a topic (ties aside) and topic embeddings."""
    rows = same_topics(theirs.topics_, ours.topics_)
    if rows is None:
        return f"NO: {disagreeing(theirs.topics_, ours.topics_):.2%} of documents in other topics"
    if list(theirs.vectorizer_model.get_feature_names_out()) != ours.vocabulary_:
        return "NO: another vocabulary"
    weights = abs(theirs.c_tf_idf_[rows] - ours.c_tf_idf_).max()
    place = {term: column for column, term in enumerate(ours.vocabulary_)}
    topics = sorted(ours.get_topics())
    peers = sorted(theirs.get_topics())
    pairs = [(words_of(theirs, peers[row]), words_of(ours, topic)) for row, topic in zip(rows, topics, strict=True)]
    unlike = differing(pairs, lambda row: ours.c_tf_idf_[[row]].toarray()[0], place)
    found = [verdict(weights, "weights"), "" if not unlike else f"NO: words of {unlike} topics"]
    if embeddings:
        found.append(verdict(np.abs(theirs.topic_embeddings_[rows] - ours.topic_embeddings_).max(), "embeddings"))
    return summed(found)


def after_fit(theirs: Any, ours: Any, *_: Any) -> str:
    return same_model(theirs, ours)


def after_update(theirs: Any, ours: Any, *_: Any) -> str:
    return same_model(theirs, ours, embeddings=False)


def after_assignments(theirs: Any, ours: Any, *_: Any) -> str:
    stale = len(theirs.topic_embeddings_) != len(ours.topic_embeddings_)
    return same_model(theirs, ours, embeddings=False) + (
        "; BERTopic keeps stale topic embeddings (its bug)" if stale else ""
    )


def after_delete(theirs: Any, ours: Any, *_: Any) -> str:
    same = same_topics(theirs.topics_, ours.topics_) is not None
    wrong = "; BERTopic drops the rows of other topics and weighs nothing anew (its bug)"
    return ("yes: topics" if same else "NO: topics") + wrong


def after_bigrams(theirs: Any, ours: Any, case: Case, *_: Any) -> str:
    """Counts are exact, and all that BERTopic counts beyond them spans two documents: one n-gram a joint."""
    state, native = ours._state, CountVectorizer(ngram_range=(1, 2))
    exact = native.fit_transform(case.documents)
    if list(native.get_feature_names_out()) != list(state.vocabulary) or (exact != state.counts).nnz:
        return "NO: counts are not those of scikit-learn"
    bags = pd.Series(case.documents).groupby(case.topics).agg(" ".join)
    joined = theirs.vectorizer_model.transform(bags)
    beyond = joined.sum() - state.topic_counts.sum()
    joints = len(case.documents) - len(bags)
    words = [(words_of(theirs, topic), words_of(ours, topic)) for topic in ours.get_topics()]
    alike = np.mean([len(set(a) & set(b)) / len(b) for a, b in words])
    counted = f"counts, and its {beyond} n-grams across documents (one a joint: {joints}) are left out"
    return f"{'yes' if beyond == joints else 'NO'}: {counted}; {alike:.0%} of words alike"


def of_labels(theirs: Any, ours: Any, case: Case, base: tuple[Any, Any], strategy: str) -> str:
    """Where labels differ, both topics must be equally like the document by BERTopic's own scores."""
    model = base[0].model
    differ = np.flatnonzero(np.asarray(theirs) != np.asarray(ours))
    if not len(differ):
        return "yes"
    texts = [case.documents[place] for place in differ]
    if strategy == "embeddings":
        scores = cosine_similarity(case.vectors[differ], model.topic_embeddings_[1:])
    elif strategy == "c-tf-idf":
        weights = model.ctfidf_model.transform(model.vectorizer_model.transform(texts))
        scores = cosine_similarity(weights, model.c_tf_idf_[1:])
    else:
        scores = model.approximate_distribution(texts, min_similarity=0)[0]
    gaps = [
        row[peer] - row[own] if min(peer, own) >= 0 else np.inf
        for row, peer, own in zip(scores, np.asarray(theirs)[differ], np.asarray(ours)[differ], strict=True)
    ]
    tied = int(np.sum(np.abs(gaps) < NEAR))
    word = "yes" if tied == len(differ) else f"NO: {len(differ) - tied} labels differ"
    return f"{word} ({tied} ties of {len(case.documents)} labels)"


def of_times(theirs: Any, ours: Any, case: Case, base: tuple[Any, Any], untuned: Any, bins: int) -> str:
    """Against our table without evolution tuning, which has no effect in BERTopic 0.17.4."""
    groups = pd.cut(pd.Series(case.stamps), bins=bins).cat.codes.to_numpy()
    present = np.unique(groups)
    masks = {rank: groups == code for rank, code in enumerate(present)}
    result = same_table(ranked(theirs, "Timestamp"), ranked(untuned, "Timestamp"), case, base[1].model, masks)
    return result + "; evolution tuning of BERTopic does nothing (its bug)"


def of_classes(theirs: Any, ours: Any, case: Case, base: tuple[Any, Any], *_: Any) -> str:
    classes = np.asarray(case.classes)
    masks = {name: classes == name for name in set(case.classes)}
    return same_table(
        theirs.rename(columns={"Class": "at"}), ours.rename(columns={"Class": "at"}), case, base[1].model, masks
    )


def ranked(table: Any, column: str) -> Any:
    """*table* with the rank of each time as the column ``at``: BERTopic's first edge is before the first document."""
    return table.assign(at=pd.factorize(pd.to_datetime(table[column]), sort=True)[0])


def same_table(theirs: Any, ours: Any, case: Case, model: Any, masks: dict[Any, np.ndarray]) -> str:
    key = ["at", "Topic"]
    both = theirs.merge(ours, on=key, how="outer", suffixes=("_peer", ""), indicator=True)
    if not (both["_merge"] == "both").all() or (both["Frequency"] != both["Frequency_peer"]).any():
        return "NO: other rows or frequencies"
    pairs = [(split(a, ", "), split(b, ", ")) for a, b in zip(both["Words_peer"], both["Words"], strict=True)]
    place = {term: column for column, term in enumerate(model.vocabulary_)}
    topics, shares = np.asarray(case.topics), normalize(model.c_tf_idf_, norm="l1")
    index = model._state.index

    def weights(row: int) -> np.ndarray:
        topic = int(both["Topic"][row])
        inside = masks[both["at"][row]] & (topics == topic)
        local = weighed(model, model._state.counts[inside].sum(axis=0))
        return local / local.sum() + shares[[index.row(topic)]].toarray()[0]

    unlike = differing(pairs, weights, place)
    return f"NO: words of {unlike} of {len(both)} rows" if unlike else f"yes: {len(both)} rows"


def of_tree(theirs: Any, ours: Any, case: Case, base: tuple[Any, Any], *_: Any) -> str:
    model = base[1].model
    state = model._state
    peers = {frozenset(row.Topics): row for row in theirs.itertuples()}
    own = {frozenset(row.Topics): row for row in ours.itertuples()}
    if set(peers) != set(own):
        return f"NO: {len(set(own) - set(peers))} of {len(own)} joints are others"
    groups = list(own)
    gap = max(abs(own[group].Distance - peers[group].Distance) for group in groups)
    pairs = [(split(peers[group].Parent_Name, "_"), split(own[group].Parent_Name, "_")) for group in groups]

    def weights(row: int) -> np.ndarray:
        rows = [state.index.row(topic) for topic in groups[row]]
        return weighed(model, state.topic_counts[rows].sum(axis=0))

    place = {term: column for column, term in enumerate(model.vocabulary_)}
    unlike = differing(pairs, weights, place)
    return summed([verdict(gap, "distances"), f"NO: {unlike} names" if unlike else ""])


def of_shares(theirs: Any, ours: Any, *_: Any) -> str:
    """The shares of documents, and of tokens where they were asked for."""
    found = [verdict(np.abs(theirs[0] - ours[0]).max(), "documents")]
    if ours[1] is not None:
        found.append(verdict(max(np.abs(a - b).max() for a, b in zip(theirs[1], ours[1], strict=True)), "tokens"))
    return summed(found)


def of_merged(theirs: Any, ours: Any, *_: Any) -> str:
    apart = disagreeing(theirs.topics_, ours.topics_)
    found = (
        "yes: topics"
        if not apart
        else f"{apart:.2%} of documents in other topics: BERTopic joins topics with -1 (its bug)"
    )
    return found + "; BERTopic joins no counts, weights or representative documents"


def same_topics(theirs: Sequence[int], ours: Sequence[int]) -> list[int] | None:
    """Their row of each of our topics, where both put the same documents together; else None."""
    pairs = sorted(set(zip(ours, theirs, strict=True)))
    own, peers = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    outliers = all((a < 0) == (b < 0) for a, b in pairs)
    if len(set(own)) < len(pairs) or len(set(peers)) < len(pairs) or not outliers:
        return None
    order = sorted(peers)
    return [order.index(peer) for peer in peers]


def disagreeing(theirs: Sequence[int], ours: Sequence[int]) -> float:
    """The share of documents outside the topic that most of ours in their topic are in."""
    table = pd.crosstab(np.asarray(ours), np.asarray(theirs))
    return 1 - float(table.max(axis=1).sum()) / len(ours)


def weighed(model: Any, counts: Any) -> np.ndarray:
    """(v,) counts of a group by what the fit learned."""
    row = np.asarray(counts, dtype=np.float64).ravel()
    return row / row.sum() * model._state.components.weighting.factors()


def words_of(model: Any, topic: int) -> list[str]:
    return [word for word, _ in model.get_topic(topic) if word]


def split(text: str, separator: str) -> list[str]:
    return [word for word in text.split(separator) if word]


def differing(
    pairs: Iterable[tuple[list[str], list[str]]], weights: Callable[[int], np.ndarray], place: dict[str, int]
) -> int:
    """How many lists of words differ by more than words of equal weight."""
    count = 0
    for row, (theirs, ours) in enumerate(pairs):
        if theirs != ours:
            of = weights(row)
            a, b = (np.sort(of[[place.get(word, 0) for word in words]]) for words in (theirs, ours))
            count += len(a) != len(b) or not np.allclose(a, b, rtol=1e-9, atol=0)
    return count


def verdict(difference: float, what: str) -> str:
    return f"{'' if difference <= NEAR else 'NO: '}{what} {difference:.0e}"


def summed(found: Sequence[str]) -> str:
    """One verdict of several."""
    parts = [part for part in found if part]
    wrong = [part for part in parts if part.startswith("NO")]
    return "; ".join(wrong) if wrong else f"yes: {', '.join(parts)}"
