"""UMAP beside all other plugins in one process."""

from __future__ import annotations

import topicore

THEMES = ("rocket orbit moon", "bread oven butter", "goal league match", "court judge jury")
DOCUMENTS = [f"{theme} {theme.split()[number % 3]} {number}" for number in range(15) for theme in THEMES]


def test_topics_are_found_in_a_reduced_space() -> None:
    reducer = topicore.reducer("umap", n_neighbors=8, n_epochs=50)
    model = topicore.TopicModel(embedder="lsa", reducer=reducer, clusterer=topicore.clusterer("kmeans", n_clusters=4))
    topics = model.fit(DOCUMENTS).topics_
    assert topics[:4] == topics[4:8] == topics[-4:]
    assert len(set(topics)) == 4
