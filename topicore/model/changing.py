"""Changing the topics of a fitted model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..analysis import joining, labels, reducing, updating
from ..analysis.needed import aspects_among, assignments_of
from ..setup import changed_settings
from .face import Face

if TYPE_CHECKING:
    import pandas as pd
    from typing_extensions import Self

__all__ = ["Changing"]


class Changing(Face):
    """Methods that replace the state and return the model; the state before, and copies of the model, stay as they are.

    No method reads documents again, and none runs a representation that calls a model unless asked: a topic that is
    still what it was keeps what such a representation said, a new one has its words. ``documents=`` and
    ``embeddings=``, those of the fit, are for loaded models that were saved without them.
    """

    def update_topics(
        self,
        *,
        topics: Any = None,
        n_words: int | None = None,
        ngram_range: Sequence[int] | None = None,
        stop_words: str | Sequence[str] | None = None,
        vectorizer: Any = None,
        weighting: Any = None,
        representation: Any = None,
        documents: Any = None,
        embeddings: Any = None,
    ) -> Self:
        """Say topics otherwise, or assign documents by hand; what is not given is kept.

        Args:
            topics: A topic a document, -1 for none; ids are taken as they are. New documents then get their topic by a
                vote of the nearest documents.
            n_words: Words shown of a topic.
            ngram_range: Fewest and most words of a term.
            stop_words: A language or a list of words.
            vectorizer: Another one; documents are read again only where it cuts text in another way.
            weighting: Another one.
            representation: Another one, a chain, or a dict of aspects; it runs on all topics, even if it calls a model.
            documents: The documents of the fit, for a model that keeps none.
            embeddings: Their embeddings, for a model that keeps none.

        Raises:
            InputError: *topics* cannot be used, or something is needed that the model does not keep.
            ParameterError: A value cannot be used, or has no taker.
        """
        with self._working() as work:
            state = self._completed(
                work, documents, embeddings, rows=topics is not None or updating.needs_rows(representation)
            )
            given = {"n_words": n_words, "ngram_range": ngram_range, "stop_words": stop_words}
            self._state = updating.update_topics(
                state,
                work,
                settings=changed_settings(state.settings, given),
                assignments=None if topics is None else assignments_of(state, topics, new=True),
                vectorizer=vectorizer,
                weighting=weighting,
                representation=representation,
            )
        return self

    def describe_topics(
        self, aspects: str | Sequence[str] | None = None, *, documents: Any = None, embeddings: Any = None
    ) -> Self:
        """Run the representations again on all topics, also those that call a model.

        Args:
            aspects: Which aspects, such as ``"main"``; None for all.
            documents: The documents of the fit, for a model that keeps none.
            embeddings: Their embeddings, for a model that keeps none.

        Raises:
            InputError: There is no such aspect, or a representation needs what the model does not keep.
        """
        chains = aspects_among(self._fitted.components.representations, aspects)
        with self._working() as work:
            state = self._completed(work, documents, embeddings, rows=updating.needs_rows(chains))
            self._state = updating.describe_topics(state, work, chains)
        return self

    def dry_run(
        self,
        representation: Any = None,
        *,
        aspects: str | Sequence[str] | None = None,
        documents: Any = None,
        embeddings: Any = None,
    ) -> pd.DataFrame:
        """What ``update_topics`` or ``describe_topics`` would cost; no service is asked, and nothing changes.

        Columns are Aspect, Representation, Requests, Cached (topics that the model's ``cache`` has answers for),
        Input_Tokens (about) and Output_Tokens (at most), a row a representation that asks a language model.

        Args:
            representation: As for ``update_topics``; None for that of the model.
            aspects: As for ``describe_topics``; of *representation*, where one is given.
            documents: The documents of the fit, for a model that keeps none.
            embeddings: Their embeddings, for a model that keeps none.

        Raises:
            InputError: There is no such aspect, or something is needed that the model does not keep.
        """
        import pandas as pd

        with self._working() as work:
            state = self._completed(
                work, documents, embeddings, rows=updating.embeds_here(self._fitted, representation)
            )
            found = updating.costs(state, work, representation, aspects)
        columns = ["Aspect", "Representation", "Requests", "Cached", "Input_Tokens", "Output_Tokens"]
        rows = [(*names, one.requests, one.cached, one.input_tokens, one.output_tokens) for *names, one in found]
        table: pd.DataFrame = pd.DataFrame(rows, columns=columns)
        return table

    def merge_topics(self, topics_to_merge: Any, *, documents: Any = None, embeddings: Any = None) -> Self:
        """Make one topic of several.

        Args:
            topics_to_merge: Topic ids, or several lists of them.
            documents: As for ``update_topics``.
            embeddings: As for ``update_topics``.

        Raises:
            InputError: A topic does not exist, is -1, or is in two groups.
        """
        with self._working() as work:
            self._state = joining.merge_topics(self._completed(work, documents, embeddings), topics_to_merge, work)
        return self

    def delete_topics(self, topics_to_delete: Any, *, documents: Any = None, embeddings: Any = None) -> Self:
        """Make the documents of topics outliers.

        Args:
            topics_to_delete: A topic id, or several.
            documents: As for ``update_topics``.
            embeddings: As for ``update_topics``.

        Raises:
            InputError: A topic does not exist, or is -1.
        """
        with self._working() as work:
            self._state = joining.delete_topics(self._completed(work, documents, embeddings), topics_to_delete, work)
        return self

    def reduce_topics(
        self,
        n_topics: int | str = 20,
        *,
        use_ctfidf: bool = False,
        documents: Any = None,
        embeddings: Any = None,
    ) -> Self:
        """Merge the closest topics until *n_topics* are left, -1 not counted.

        Args:
            n_topics: How many (average linkage on cosine distances); with ``"auto"``, topics that HDBSCAN finds in one
                dense region are merged.
            use_ctfidf: Whether topics are compared by c-TF-IDF rather than by their embeddings.
            documents: As for ``update_topics``.
            embeddings: As for ``update_topics``.

        Raises:
            InputError: *n_topics* is neither a whole number of at least 1 nor ``"auto"``.
        """
        with self._working() as work:
            state = self._completed(work, documents, embeddings)
            self._state = reducing.reduce_topics(state, n_topics, work, use_ctfidf=use_ctfidf)
        return self

    def set_topic_labels(self, topic_labels: Sequence[str] | Mapping[int, str | None]) -> Self:
        """Call topics what you like.

        Args:
            topic_labels: A text a topic in order of topic (-1 first where there are outliers), or texts by topic id;
                in a dict, topics left out keep theirs and None takes a label away.

        Raises:
            InputError: Another number of labels than topics, an unknown topic, or a label that is no text.
        """
        self._state = labels.set_topic_labels(self._fitted, topic_labels)
        return self
