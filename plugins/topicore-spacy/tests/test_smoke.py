"""One model from a pipeline with word vectors: what every environment must be able to do."""

from __future__ import annotations

import numpy as np
import tiny_spacy

from topicore import TopicModel, clusterer


def test_a_topic_model_from_a_spacy_pipeline() -> None:
    embedder = f"spacy:{tiny_spacy.vectors()}"
    model = TopicModel(embedder=embedder, clusterer=clusterer("kmeans", n_clusters=4)).fit(tiny_spacy.documents())
    topics = np.array(model.topics_).reshape(-1, 4)
    assert (topics == topics[0]).all()
    assert len(set(topics[0].tolist())) == 4
