"""Looking at the topics of a fitted model from other sides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..analysis import distribution, evaluation, hierarchy, labels, outliers, over_time, per_class, search
from ..analysis.evaluation import Evaluation
from ..errors import InputError
from ..inputs import as_documents
from ..pipeline.predicting import embed_image, embed_query
from ..pipeline.reading import tokenised
from ..state import MAIN
from .face import Face

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Looking"]


class Looking(Face):
    """Methods that answer with tables and arrays and change nothing.

    Counts come from the fit, and no model is asked. ``documents=``, those of the fit, is for loaded models that were
    saved without them.
    """

    def topics_over_time(
        self,
        timestamps: Any,
        *,
        topics: Sequence[int] | None = None,
        n_bins: int | None = None,
        datetime_format: str | None = None,
        evolution_tuning: bool = True,
        global_tuning: bool = True,
        n_words: int = 5,
        documents: Any = None,
    ) -> pd.DataFrame:
        """Topic, Words, Frequency and Timestamp: how often each topic is, and how it reads, at each time.

        Args:
            timestamps: One a document: dates, numbers, or texts that are either.
            topics: Only these topics.
            n_bins: Join times into so many spans of equal width.
            datetime_format: How texts are read, as for ``pandas.to_datetime``.
            evolution_tuning: Average the words of a topic with those of the time before.
            global_tuning: Average the words of a topic with its words over all time.
            n_words: Words of a topic.
            documents: The documents of the fit, for a model that keeps none.

        Raises:
            InputError: *timestamps* or another argument cannot be used.
        """
        return over_time.topics_over_time(
            self._looked_at(documents),
            timestamps,
            topics=topics,
            n_bins=n_bins,
            datetime_format=datetime_format,
            evolution_tuning=evolution_tuning,
            global_tuning=global_tuning,
            n_words=n_words,
        )

    def topics_per_class(
        self,
        classes: Any,
        *,
        topics: Sequence[int] | None = None,
        global_tuning: bool = True,
        n_words: int = 5,
        documents: Any = None,
    ) -> pd.DataFrame:
        """Topic, Words, Frequency and Class: how often each topic is, and how it reads, in each class of documents.

        Args:
            classes: One a document; documents with None are left out.
            topics: Only these topics.
            global_tuning: Average the words of a topic with its words over all classes.
            n_words: Words of a topic.
            documents: The documents of the fit, for a model that keeps none.

        Raises:
            InputError: *classes* or another argument cannot be used.
        """
        state = self._looked_at(documents)
        return per_class.topics_per_class(state, classes, topics=topics, global_tuning=global_tuning, n_words=n_words)

    def hierarchical_topics(
        self,
        *,
        use_ctfidf: bool = True,
        linkage_function: Callable[[Any], Any] | None = None,
        distance_function: Callable[[Any], Any] | None = None,
        n_words: int = 5,
    ) -> pd.DataFrame:
        """The tree of topics, a row a join: parent and children with their names, the topics below, the distance.

        Args:
            use_ctfidf: Compare topics by c-TF-IDF; else by their embeddings.
            linkage_function: From condensed distances to a scipy linkage; Ward's by default.
            distance_function: From rows to distances; cosine by default.
            n_words: Words of a name.

        Raises:
            InputError: A function gives what cannot be used.
        """
        return hierarchy.hierarchical_topics(
            self._fitted,
            use_ctfidf=use_ctfidf,
            linkage_function=linkage_function,
            distance_function=distance_function,
            n_words=n_words,
        )

    @staticmethod
    def get_topic_tree(hier_topics: pd.DataFrame, max_distance: float | None = None, tight_layout: bool = False) -> str:
        """The table of ``hierarchical_topics`` as a tree to print."""
        return hierarchy.topic_tree(hier_topics, max_distance=max_distance, tight_layout=tight_layout)

    def approximate_distribution(
        self,
        *,
        documents: Any = None,
        window: int = 4,
        stride: int = 1,
        min_similarity: float = 0.1,
        padding: bool = False,
        calculate_tokens: bool = False,
    ) -> tuple[NDArray[np.float32], list[NDArray[np.float32]] | None]:
        """How much of each document is about each topic, from windows of words.

        Args:
            documents: Any texts (one or many); None for those of the fit.
            window: Tokens of a window.
            stride: Tokens from one window to the next.
            min_similarity: Windows less like a topic than this cosine do not count for it.
            padding: Whether there are smaller windows at both ends.
            calculate_tokens: Whether to give the topics of each token, too.

        Returns:
            (n, topics without -1) rows that sum to 1, or to 0 where no window is like a topic; and for each document
            (tokens, topics without -1), or None.

        Raises:
            InputError: An argument cannot be used.
        """
        state = self._fitted
        texts = None if documents is None else as_documents([documents] if isinstance(documents, str) else documents)
        found = distribution.approximate_distribution(
            state,
            None if texts is None else tokenised(state, texts),
            window=window,
            stride=stride,
            min_similarity=min_similarity,
            padding=padding,
            calculate_tokens=calculate_tokens,
        )
        return found.documents, found.tokens

    def reduce_outliers(
        self,
        topics: Any = None,
        *,
        strategy: Literal["distributions", "probabilities", "c-tf-idf", "embeddings"] = "distributions",
        threshold: float = 0.0,
        share: float | None = None,
        probabilities: Any = None,
        embeddings: Any = None,
        distribution: Mapping[str, Any] | None = None,
        documents: Any = None,
    ) -> list[int]:
        """A topic a document, outliers in the topic that is most like them; ``update_topics(topics=...)`` takes it.

        Args:
            topics: A topic a document; those of the model by default.
            strategy: What is compared: windows of words, memberships, words, or embeddings.
            threshold: Outliers less like any topic than this stay outliers.
            share: Instead of a threshold: at most this share of all documents is left, and the most unlike are.
            probabilities: (n, topics without -1) for "probabilities"; the model's own by default.
            embeddings: (n, d) for "embeddings"; the model's own by default.
            distribution: Arguments of ``approximate_distribution`` for "distributions".
            documents: The documents of the fit, for a model that keeps none.

        Raises:
            InputError: An argument cannot be used, or something is needed that the model does not keep.
        """
        return outliers.reduce_outliers(
            self._looked_at(documents, rows=strategy == "embeddings" and embeddings is None),
            topics=topics,
            strategy=strategy,
            threshold=threshold,
            share=share,
            probabilities=probabilities,
            embeddings=embeddings,
            distribution=distribution,
        )

    def generate_topic_labels(
        self,
        n_words: int = 3,
        topic_prefix: bool = True,
        word_length: int | None = None,
        separator: str = "_",
        aspect: str | None = None,
    ) -> list[str]:
        """A label a topic in order of topic, from its best words; ``set_topic_labels`` takes them.

        Args:
            n_words: How many words.
            topic_prefix: Whether the topic id comes first.
            word_length: Most characters of a word.
            separator: What stands between the parts.
            aspect: Whose words, or label; None for the main ones.

        Raises:
            InputError: There is no such aspect, or a number is too small.
        """
        return labels.generate_topic_labels(
            self._fitted,
            n_words=n_words,
            topic_prefix=topic_prefix,
            word_length=word_length,
            separator=separator,
            aspect=aspect,
        )

    def find_topics(
        self, search_term: str | None = None, image: Any = None, top_n: int = 5
    ) -> tuple[list[int], list[float]]:
        """The topics nearest to a text, or to an image, by embedding, and their cosines.

        Raises:
            InputError: Neither or both were given, or the embedder cannot embed it.
        """
        if (search_term is None) == (image is None):
            raise InputError("find_topics takes a search_term or an image: give one of them")
        if image is None and (not isinstance(search_term, str) or not search_term.strip()):
            raise InputError(f"search_term must be a text with words, got {search_term!r}")
        with self._working() as work:
            if image is not None:
                row = embed_image(self._fitted, image, work)
            else:
                row = embed_query(self._fitted, str(search_term), work)
        return search.nearest_topics(self._fitted, row, top_n)

    def evaluate(
        self,
        *,
        n_words: int = 10,
        coherence: str | Iterable[str] = ("npmi", "c_v"),
        window: int | Literal["document"] | None = None,
        seeds: int | None = None,
        aspect: str = MAIN,
        documents: Any = None,
        embeddings: Any = None,
    ) -> Evaluation:
        """How good the topics are: ``.topics``, a table with a row a topic, and ``.totals``, the figures of the model.

        Coherence (equal to gensim's), diversity, inverted rank-biased overlap, silhouette, sizes, share of outliers.

        Args:
            n_words: Words of a topic that are looked at.
            coherence: Measures of coherence: "npmi", "c_v", "uci", "umass"; an empty list for none.
            window: Tokens of the windows in which words meet; None for those that belong to each measure (10 for NPMI,
                110 for C_v), "document" for whole documents.
            seeds: Cluster so many times again, with other seeds on the same embeddings, and tell which topics come
                back.
            aspect: Whose words.
            documents: The documents of the fit, for a model that keeps none.
            embeddings: Their embeddings, for a model that keeps none; without, Silhouette is NaN.

        Raises:
            InputError: An argument cannot be used, or something is needed that the model does not keep.
        """
        with self._working() as work:
            return evaluation.evaluate(
                self._completed(work, documents, embeddings),
                n_words=n_words,
                coherence=coherence,
                window=window,
                seeds=seeds,
                aspect=aspect,
                notify=work.notify,
            )
