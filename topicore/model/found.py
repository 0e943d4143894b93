"""What fitting found, and questions about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ..analysis import tables
from ..components import FloatMatrix, Matrix
from ..inputs import as_documents
from ..state import MAIN, TopicMapping
from .face import Face

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Found"]


class Found(Face):
    """Topics, words, labels and documents of a fitted model."""

    @property
    def topics_(self) -> list[int]:
        """The topic of each document; -1 is an outlier."""
        return self._fitted.assignments.tolist()  # type: ignore[no-any-return]

    @property
    def language_(self) -> str | None:
        """Whose stop words are left out: with ``language="auto"`` what the documents are in, several joined by ``+``.

        ``"auto"`` stays where no language was found, and where none was looked for: with ``stop_words``, without
        documents, or with a vectorizer that cuts and counts documents by itself.
        """
        return self._fitted.settings.language

    @property
    def probabilities_(self) -> NDArray[np.float32]:
        """(n,) how strongly each document is in its topic, or (n, topics without -1) with ``probabilities=True``."""
        return self._shaped(self._fitted.strengths, self._fitted.memberships)

    @property
    def topic_sizes_(self) -> Counter[int]:
        """Documents of each topic."""
        index = self._fitted.index
        return Counter(dict(zip(index.topics, index.sizes.tolist(), strict=True)))

    @property
    def topic_mapper_(self) -> TopicMapping:
        """Which topic each cluster of the clusterer became."""
        return TopicMapping(self._fitted.mapping)

    @property
    def topic_representations_(self) -> dict[int, list[tuple[str, float]]]:
        """(term, weight) pairs of each topic."""
        return {topic: tables.topic_terms(self._fitted, topic) for topic in self._fitted.index.topics}

    @property
    def topic_aspects_(self) -> dict[str, dict[int, Any]]:
        """What each further aspect says of each topic: terms with weights, or a label or summary."""
        aspects = {name: topics for name, topics in self._fitted.descriptions.items() if name != MAIN}
        return {
            name: {topic: tables.said(description) for topic, description in topics.items()}
            for name, topics in aspects.items()
        }

    @property
    def topic_labels_(self) -> dict[int, str]:
        """A name for each topic: its id and best words, or its label or class."""
        return {topic: self._fitted.label(topic) for topic in self._fitted.index.topics}

    @property
    def custom_labels_(self) -> list[str] | None:
        """What each topic is called, in order of topic, once a label was set by hand; None before."""
        state = self._fitted
        return [state.label(topic) for topic in state.index.topics] if state.custom else None

    @property
    def c_tf_idf_(self) -> csr_array:
        """(topics, terms) weights; rows in order of topic, -1 first where there are outliers."""
        return csr_array(self._fitted.weights, copy=True)

    @property
    def vocabulary_(self) -> list[str]:
        """The terms, in the order of the columns of ``c_tf_idf_``."""
        return list(self._fitted.vocabulary)

    @property
    def topic_embeddings_(self) -> FloatMatrix:
        """(topics, d) mean embedding of each topic's documents; rows in order of topic, -1 first."""
        return np.array(self._fitted.topic_embeddings)

    @property
    def embeddings_(self) -> Matrix | None:
        """(n, d) embeddings of the fitted documents, read-only; None where a loaded model has none."""
        return self._fitted.embeddings

    @property
    def representative_docs_(self) -> dict[int, list[str]]:
        """The documents most like each topic, best first; empty where the model keeps no documents."""
        state = self._fitted
        if not tables.has_texts(state):
            return {topic: [] for topic in state.index.topics}
        return {topic: tables.representative_documents(state, topic) for topic in state.index.topics}

    @property
    def representative_images_(self) -> dict[int, list[Any]] | None:
        """The images most like each topic, where there are images."""
        state = self._fitted
        if state.images is None:
            return None
        return {topic: tables.representative_images(state, topic) for topic in state.index.topics}

    def get_topics(self, full: bool = False) -> dict[Any, Any]:
        """(term, weight) pairs of every topic; with *full*, for each aspect (``"Main"`` first)."""
        return {"Main": self.topic_representations_, **self.topic_aspects_} if full else self.topic_representations_

    def get_topic(self, topic: int, full: bool = False) -> Any:
        """(term, weight) pairs of *topic*; with *full*, what each aspect says (``"Main"`` first).

        Raises:
            InputError: There is no such topic.
        """
        terms = tables.topic_terms(self._fitted, topic)
        if not full:
            return terms
        return {"Main": terms, **{name: topics[topic] for name, topics in self.topic_aspects_.items()}}

    def get_topic_info(self, topic: int | None = None) -> pd.DataFrame:
        """Topic, Count, Name, Representation, further aspects and Representative_Docs, a row a topic."""
        return tables.topic_info(self._fitted, topic)

    def get_topic_freq(self, topic: int | None = None) -> Any:
        """Topic and Count, largest first; or the count of one topic."""
        return tables.topic_frequency(self._fitted) if topic is None else self._fitted.index.size(topic)

    def get_document_info(
        self,
        *,
        documents: Any = None,
        df: pd.DataFrame | None = None,
        metadata: Mapping[str, Sequence[Any]] | None = None,
    ) -> pd.DataFrame:
        """A row a fitted document with its topic, probability and words; *df* first, *metadata* last."""
        texts = None if documents is None else as_documents(documents)
        return tables.document_info(self._fitted, texts, df, metadata)

    def get_representative_docs(self, topic: int | None = None) -> Any:
        """The documents most like *topic*, best first, or those of every topic."""
        return self.representative_docs_ if topic is None else tables.representative_documents(self._fitted, topic)
