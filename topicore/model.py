"""TopicModel: a thin face over the pipeline and one immutable fitted state."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from .analysis import search, tables
from .components import FloatMatrix, Matrix
from .errors import InputError, NotFittedError, ParameterError
from .inputs import as_classes, as_documents, as_embeddings, as_images
from .persistence import load as load_state
from .persistence import save as save_state
from .pipeline import fit, predict
from .pipeline.cache import opened
from .pipeline.embedding import Work
from .pipeline.fitting import Corpus
from .pipeline.notifying import notifier
from .pipeline.predicting import embed_query
from .presets import preset
from .setup import check_names, checked_settings, chosen_components, described_pipeline, executor_of
from .state import MAIN, FittedState, TopicMapping

if TYPE_CHECKING:
    import pandas as pd
    from typing_extensions import Self

    from .persistence.saving import Extra

__all__ = ["TopicModel", "load"]


class TopicModel:
    """Finds topics in documents and says them in words.

    Args:
        embedder: Documents to rows: a name, a component, a library's own object, a function, or a list of
            these (side by side). Learned from the corpus by default, with nothing to download.
        reducer: Rows to fewer dimensions; None for none.
        clusterer: Rows to clusters.
        vectorizer: Documents to tokens and counts.
        weighting: Term counts of topics to term weights.
        representation: How topics read: one, a list (each refines the last), or a dict of aspects.
        n_topics: Exactly so many topics, -1 not counted; None lets the clusterer find the number.
        min_topic_size: Fewest documents of a topic.
        n_words: Words shown of a topic.
        language: Whose stop words are left out: an English name, an ISO code, ``"multilingual"`` or None.
        stop_words: A language or a list of words, instead of those of *language*.
        ngram_range: Fewest and most words of a term.
        probabilities: Whether ``probabilities_`` holds a column a topic, where the clusterer is soft.
        random_state: Seed of every component that takes one.
        cache: A file that keeps embeddings: each text is embedded once, also after a crash and by other processes.
        cache_key: What the embeddings are called in the cache, for an embedder that does not say what its rows
            depend on; change it when they change.
        executor: Where calls that wait for a network run. Provisional.
        observers: Who is told of progress: ``"progress"``, objects, functions of an event, or a list. Provisional.

    Raises:
        ParameterError: A value cannot be used.
        PluginError: A name leads nowhere; the message says what to type.
    """

    def __init__(
        self,
        *,
        embedder: Any = "ppmi",
        reducer: Any = None,
        clusterer: Any = "graph",
        vectorizer: Any = "count",
        weighting: Any = "c-tf-idf",
        representation: Any = "projection",
        n_topics: int | None = None,
        min_topic_size: int = 10,
        n_words: int = 10,
        language: str | None = "english",
        stop_words: str | Sequence[str] | None = None,
        ngram_range: Sequence[int] = (1, 1),
        probabilities: bool = False,
        random_state: int = 42,
        cache: str | Path | None = None,
        cache_key: str | None = None,
        executor: Any = "threads",
        observers: Any = None,
    ) -> None:
        self.embedder = embedder
        self.reducer = reducer
        self.clusterer = clusterer
        self.vectorizer = vectorizer
        self.weighting = weighting
        self.representation = representation
        self.n_topics = n_topics
        self.min_topic_size = min_topic_size
        self.n_words = n_words
        self.language = language
        self.stop_words = stop_words
        self.ngram_range = ngram_range
        self.probabilities = probabilities
        self.random_state = random_state
        self.cache = cache
        self.cache_key = cache_key
        self.executor = executor
        self.observers = observers
        self._state: FittedState | None = None
        self._check()

    @classmethod
    def preset(cls, name: str, **overrides: Any) -> Self:
        """A model by recipe: ``"semantic"`` or ``"bertopic"``; any parameter can be overridden."""
        return cls(**preset(name, overrides))

    @classmethod
    def _names(cls) -> list[str]:
        return [name for name in inspect.signature(cls.__init__).parameters if name != "self"]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The parameters as they were given; *deep* is there for scikit-learn and changes nothing."""
        return {name: getattr(self, name) for name in self._names()}

    def set_params(self, **parameters: Any) -> Self:
        """Change parameters; what is fitted stays until the next ``fit``."""
        names = self._names()
        for name in parameters:
            if name not in names:
                near = get_close_matches(name, names, n=1)
                hint = f"; did you mean {near[0]!r}?" if near else f"; parameters are {', '.join(names)}"
                raise ParameterError(f"TopicModel has no parameter {name!r}{hint}")
        changed = type(self)(**{**self.get_params(), **parameters})
        for name in parameters:
            setattr(self, name, getattr(changed, name))
        return self

    def _check(self) -> None:
        checked_settings(self.get_params())
        check_names(self.get_params())

    def __sklearn_clone__(self) -> Self:
        return type(self)(**self.get_params())

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import Tags, TargetTags

        return Tags(estimator_type="clusterer", target_tags=TargetTags(required=False))

    def __sklearn_is_fitted__(self) -> bool:
        return self._state is not None

    def __repr__(self) -> str:
        return described_pipeline(type(self).__name__, self.get_params(), self._state)

    def copy(self) -> Self:
        """A model of its own over the same state; nothing is copied, since the state never changes."""
        return self._with(self.get_params(), self._state)

    @classmethod
    def _with(cls, parameters: Mapping[str, Any], state: FittedState | None) -> Self:
        """A model with these parameters and this state, unchecked: a plugin it names may be missing here."""
        model = cls.__new__(cls)
        for name, parameter in inspect.signature(cls.__init__).parameters.items():
            if name != "self":
                setattr(model, name, parameters.get(name, parameter.default))
        model._state = state
        return model

    # fitting and predicting

    def fit(self, documents: Any = None, embeddings: Any = None, images: Any = None, y: Any = None) -> Self:
        """Find topics.

        Args:
            documents: Texts: a list, any iterable, or a column of a data frame; None with *images* alone.
            embeddings: (n, d) rows made before, dense or sparse, instead of the embedder's.
            images: One a document, None where it has none.
            y: A class a document for supervised and semi-supervised parts; -1 or None where unknown.

        Raises:
            InputError: Something given cannot be used; the fitted model stays as it was.
            ComponentError: A component failed or broke its contract.
        """
        parameters = self.get_params()
        settings = checked_settings(parameters)
        corpus = _corpus(documents, embeddings, images, y)
        components = chosen_components(parameters)
        with self._working() as work:
            self._state = fit(components, settings, corpus, work)
        return self

    def fit_transform(
        self, documents: Any = None, embeddings: Any = None, images: Any = None, y: Any = None
    ) -> tuple[list[int], NDArray[np.float32]]:
        """``fit``, and the topic and probability of each document."""
        self.fit(documents, embeddings, images, y)
        return self.topics_, self.probabilities_

    def transform(
        self, documents: Any = None, embeddings: Any = None, images: Any = None
    ) -> tuple[list[int], NDArray[np.float32]]:
        """The topic and probability of each of *documents* (one text or many), which the model may never have seen.

        A document's topic does not depend on the others of the call, and documents of the fit get their
        fitted topic, unless the spec of a plugin says otherwise.
        """
        state = self._fitted
        corpus = _corpus([documents] if isinstance(documents, str) else documents, embeddings, images, None)
        if corpus.embeddings is not None and corpus.embeddings.shape[1] != state.columns:
            found = corpus.embeddings.shape[1]
            raise InputError(f"embeddings has {found} columns, but the model was fitted on {state.columns}")
        with self._working() as work:
            found = predict(state, corpus.documents, corpus.embeddings, corpus.images, work)
        return found.labels.tolist(), self._shaped(found.strengths, found.memberships)

    def _shaped(self, strengths: Any, memberships: Any) -> NDArray[np.float32]:
        """(n,) strengths, or (n, topics) memberships where the model was fitted with ``probabilities=True``."""
        soft = self._fitted.settings.probabilities and memberships is not None
        return np.array(memberships.toarray() if soft else strengths, dtype=np.float32)

    @contextmanager
    def _working(self) -> Iterator[Work]:
        """What surrounds the work: who is told of it, where calls run, the cache."""
        with notifier(self.observers) as notify, opened(self.cache) as cache:
            yield Work(notify=notify, executor=executor_of(self.executor), cache=cache, cache_key=self.cache_key)

    @property
    def _fitted(self) -> FittedState:
        if self._state is None:
            raise NotFittedError("this TopicModel is not fitted: call fit(documents) first")
        return self._state

    # what fitting found

    @property
    def topics_(self) -> list[int]:
        """The topic of each document; -1 is an outlier."""
        return self._fitted.assignments.tolist()  # type: ignore[no-any-return]

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
        """Labels set by hand, in order of topic; None while there are none."""
        return None

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
        if state.documents is None:
            return {topic: [] for topic in state.index.topics}
        return {topic: tables.representative_documents(state, topic) for topic in state.index.topics}

    @property
    def representative_images_(self) -> dict[int, list[Any]] | None:
        """The images most like each topic, where there are images."""
        state = self._fitted
        if state.images is None:
            return None
        return {topic: tables.representative_images(state, topic) for topic in state.index.topics}

    # asking about topics

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

    def find_topics(self, search_term: str, top_n: int = 5) -> tuple[list[int], list[float]]:
        """The topics nearest to a text by embedding, and their cosines."""
        if not isinstance(search_term, str) or not search_term.strip():
            raise InputError(f"search_term must be a text with words, got {search_term!r}")
        with self._working() as work:
            row = embed_query(self._fitted, search_term, work)
        return search.nearest_topics(self._fitted, row, top_n)

    # on disk

    def save(self, path: str | Path, *, include: Sequence[Extra] = ()) -> None:
        """Write the model as JSON and safetensors to the folder *path*.

        Args:
            path: A new folder, or a saved model to replace.
            include: What else to keep: ``"documents"``, ``"tokens"``, ``"counts"``, ``"embeddings"``.

        Raises:
            ModelFileError: It cannot be written there, or a component cannot be saved.
        """
        save_state(self._fitted, path, include=include, parameters=self.get_params())

    @classmethod
    def load(cls, path: str | Path, *, partial: bool = False, **components: Any) -> Self:
        """Read a model that ``save`` wrote.

        Args:
            path: The folder.
            partial: Read the topics even where plugins are missing.
            **components: Live objects that could not be saved, such as ``embedder=obj``.

        Raises:
            ModelFileError: The folder is missing, damaged or foreign.
            MissingPluginError: The model needs a plugin that is not installed.
            ExternalComponentError: A live object has to be handed back.
        """
        state, parameters = load_state(path, partial=partial, **components)
        return cls._with(parameters, state)


def load(path: str | Path, *, partial: bool = False, **components: Any) -> TopicModel:
    """Read a model that ``TopicModel.save`` wrote; see ``TopicModel.load``."""
    return TopicModel.load(path, partial=partial, **components)


def _corpus(documents: Any, embeddings: Any, images: Any, y: Any) -> Corpus:
    """What a call was given, checked."""
    texts = None if documents is None else as_documents(documents)
    pictures = None if images is None else as_images(images, None if texts is None else len(texts))
    if texts is None and pictures is None and embeddings is None:
        raise InputError("give documents, images or embeddings")
    n = len(texts) if texts is not None else None if pictures is None else len(pictures)
    rows = None if embeddings is None else as_embeddings(embeddings, n)
    n = int(cast(Any, rows).shape[0]) if n is None else n
    codes, classes = (None, ()) if y is None else as_classes(y, n)
    return Corpus(documents=texts, embeddings=rows, images=pictures, codes=codes, classes=classes)
