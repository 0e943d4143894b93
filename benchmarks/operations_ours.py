"""The operations as topicore does them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from operations_corpus import Case
from sklearn.feature_extraction.text import CountVectorizer

from topicore import TopicModel
from topicore.pipeline.reading import recount


@dataclass
class Fitted:
    """A model of all documents, and models of the halves, which no operation changes."""

    model: TopicModel
    halves: list[TopicModel]

    def copy(self) -> Fitted:
        return Fitted(self.model.copy(), self.halves)


def new(case: Case) -> TopicModel:
    """A fitted model of given vectors and topics, with words by weight alone."""
    model = TopicModel(
        embedder="precomputed",
        clusterer="manual",
        vectorizer=CountVectorizer(),
        representation="c-tf-idf",
        language=None,
    )
    return model.fit(case.documents, embeddings=case.vectors, y=case.topics)


def fitted(case: Case) -> Fitted:
    return Fitted(new(case), [new(half) for half in case.halves()])


def fit(found: Fitted, case: Case) -> TopicModel:
    return new(case)


def fit_tokens(found: Fitted, case: Case) -> TopicModel:
    """The whole fit, but for text: where it would be read, the tokens at hand are counted."""
    state: Any = found.model._state
    with patch(
        "topicore.pipeline.fitting.read",
        lambda components, settings, *_: recount(components.vectorizer, settings, state.tokens),
    ):
        return new(case)


def update_weights(found: Fitted, case: Case) -> TopicModel:
    return found.model.update_topics(weighting="c-tf-idf")


def update_assignments(found: Fitted, case: Case) -> TopicModel:
    return found.model.update_topics(topics=case.filled)


def update_stop_words(found: Fitted, case: Case) -> TopicModel:
    return found.model.update_topics(vectorizer=CountVectorizer(stop_words="english"))


def update_bigrams(found: Fitted, case: Case) -> TopicModel:
    return found.model.update_topics(vectorizer=CountVectorizer(ngram_range=(1, 2)))


def merge(found: Fitted, case: Case) -> TopicModel:
    return found.model.merge_topics([[topic, topic + 1] for topic in range(0, case.n_topics - 1, 2)])


def reduce(found: Fitted, case: Case) -> TopicModel:
    return found.model.reduce_topics(case.n_topics // 2)


def delete(found: Fitted, case: Case) -> TopicModel:
    return found.model.delete_topics([1, 3, 5])


def outliers(found: Fitted, case: Case, strategy: Any) -> list[int]:
    return found.model.reduce_outliers(strategy=strategy)


def over_time(found: Fitted, case: Case, bins: int, evolution: bool = True) -> Any:
    return found.model.topics_over_time(case.stamps, n_bins=bins, evolution_tuning=evolution)


def per_class(found: Fitted, case: Case) -> Any:
    return found.model.topics_per_class(case.classes)


def hierarchy(found: Fitted, case: Case) -> Any:
    return found.model.hierarchical_topics()


def distribution(found: Fitted, case: Case, tokens: bool) -> Any:
    return found.model.approximate_distribution(calculate_tokens=tokens)


def distribution_of_texts(found: Fitted, case: Case, tokens: bool) -> Any:
    return found.model.approximate_distribution(documents=case.documents, calculate_tokens=tokens)


def merge_models(found: Fitted, case: Case) -> TopicModel:
    return TopicModel.merge_models(found.halves)


ACCESSORS = {
    "get_topic_info": lambda model, case: model.get_topic_info(),
    "get_topic_freq": lambda model, case: model.get_topic_freq(),
    "get_document_info": lambda model, case: model.get_document_info(),
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
