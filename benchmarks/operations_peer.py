"""The operations as BERTopic 0.17.4 does them."""

from __future__ import annotations

import logging
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from bertopic import BERTopic
from bertopic.backend import BaseEmbedder
from bertopic.cluster import BaseCluster
from bertopic.dimensionality import BaseDimensionalityReduction
from bertopic.vectorizers import ClassTfidfTransformer
from operations_corpus import Case
from sklearn.feature_extraction.text import CountVectorizer

logging.getLogger("BERTopic").disabled = True


class ExactMean(ClassTfidfTransformer):
    """c-TF-IDF with the mean number of words a topic as it is; BERTopic cuts its decimals, which hides all else."""

    def fit(self, X: Any, multiplier: Any = None) -> ExactMean:  # noqa: N803
        frequency = np.asarray(X.sum(axis=0)).ravel()
        self._idf_diag = sp.diags(np.log1p(X.sum() / X.shape[0] / frequency), format="csr")
        return self


@dataclass
class Fitted:
    """A model of all documents, and models of the halves, which no operation changes."""

    model: Any
    halves: list[Any]

    def copy(self) -> Fitted:
        return Fitted(deepcopy(self.model), self.halves)


def new(case: Case) -> Any:
    """A fitted model that neither embeds nor clusters, and takes text as it is."""
    model = BERTopic(
        embedding_model=BaseEmbedder(),
        umap_model=BaseDimensionalityReduction(),
        hdbscan_model=BaseCluster(),
        vectorizer_model=CountVectorizer(),
        ctfidf_model=ExactMean(),
    )
    return model.fit(case.documents, embeddings=case.vectors, y=case.topics)


def fitted(case: Case) -> Fitted:
    return Fitted(new(case), [new(half) for half in case.halves()])


def fit(found: Fitted, case: Case) -> Any:
    return new(case)


def update(found: Fitted, case: Case, **changes: Any) -> Any:
    found.model.update_topics(case.documents, ctfidf_model=ExactMean(), **changes)
    return found.model


def update_assignments(found: Fitted, case: Case) -> Any:
    return update(found, case, topics=case.filled)


def update_stop_words(found: Fitted, case: Case) -> Any:
    return update(found, case, vectorizer_model=CountVectorizer(stop_words="english"))


def update_bigrams(found: Fitted, case: Case) -> Any:
    return update(found, case, vectorizer_model=CountVectorizer(ngram_range=(1, 2)))


def merge(found: Fitted, case: Case) -> Any:
    found.model.merge_topics(case.documents, [[topic, topic + 1] for topic in range(0, case.n_topics - 1, 2)])
    return found.model


def reduce(found: Fitted, case: Case) -> Any:
    found.model.reduce_topics(case.documents, nr_topics=case.n_topics // 2 + 1)  # it counts -1
    return found.model


def delete(found: Fitted, case: Case) -> Any:
    found.model.delete_topics([1, 3, 5])
    return found.model


def outliers(found: Fitted, case: Case, strategy: str) -> Any:
    given = {"embeddings": case.vectors} if strategy == "embeddings" else {}
    return found.model.reduce_outliers(case.documents, case.topics, strategy=strategy, **given)


def over_time(found: Fitted, case: Case, bins: int) -> Any:
    return found.model.topics_over_time(case.documents, case.stamps, nr_bins=bins)


def per_class(found: Fitted, case: Case) -> Any:
    return found.model.topics_per_class(case.documents, case.classes)


def hierarchy(found: Fitted, case: Case) -> Any:
    return found.model.hierarchical_topics(case.documents)


def distribution(found: Fitted, case: Case, tokens: bool) -> Any:
    return found.model.approximate_distribution(case.documents, calculate_tokens=tokens)


def merge_models(found: Fitted, case: Case) -> Any:
    return BERTopic.merge_models(found.halves)


ACCESSORS = {
    "get_topic_info": lambda model, case: model.get_topic_info(),
    "get_topic_freq": lambda model, case: model.get_topic_freq(),
    "get_document_info": lambda model, case: model.get_document_info(case.documents),
    "get_topics": lambda model, case: model.get_topics(),
    "get_topic": lambda model, case: model.get_topic(0),
    "get_representative_docs": lambda model, case: model.get_representative_docs(),
    "generate_topic_labels": lambda model, case: model.generate_topic_labels(),
    "topics_": lambda model, case: model.topics_,
    "probabilities_": lambda model, case: model.probabilities_,
    "topic_sizes_": lambda model, case: model.topic_sizes_,
    "c_tf_idf_": lambda model, case: model.c_tf_idf_,
    "topic_embeddings_": lambda model, case: model.topic_embeddings_,
}
