"""TopicModel: parameters, fitting, predicting, saving."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from ..analysis.merging import merge_models
from ..errors import InputError, ParameterError
from ..inputs import as_classes, as_documents, as_embeddings, as_images
from ..persistence import load as load_state
from ..persistence import save as save_state
from ..pipeline import begin, fit, go_on, predict
from ..pipeline.fitting import Corpus
from ..presets import preset
from ..setup import check_names, checked_settings, chosen_components, described_pipeline
from ..state import FittedState
from .changing import Changing
from .found import Found
from .looking import Looking

if TYPE_CHECKING:
    from typing_extensions import Self

    from ..persistence.saving import Extra

__all__ = ["TopicModel", "load"]


class TopicModel(Found, Changing, Looking):
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
        language: Whose stop words are left out: an English name, an ISO code, several joined by ``+``,
            ``"multilingual"`` or None for no list; ``"auto"`` for those that the documents are in.
        stop_words: A language or a list of words, instead of those of *language*.
        ngram_range: Fewest and most words of a term.
        seed_topics: Guided topics: lists of words. Documents nearest to one are pulled to it before they are clustered.
        zeroshot_topics: Labels: documents near enough to one are its topic, and the others are clustered.
        zeroshot_min_similarity: From which cosine; sentence models give .3 to .7 for what a person would call related.
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
        language: str | None = "auto",
        stop_words: str | Sequence[str] | None = None,
        ngram_range: Sequence[int] = (1, 1),
        seed_topics: Sequence[Sequence[str]] | None = None,
        zeroshot_topics: Sequence[str] | None = None,
        zeroshot_min_similarity: float = 0.7,
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
        self.seed_topics = seed_topics
        self.zeroshot_topics = zeroshot_topics
        self.zeroshot_min_similarity = zeroshot_min_similarity
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

        A language model that fails leaves topics with their words. Ctrl-C while topics are described leaves a fitted
        model with plain words; ``describe_topics`` goes on.

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
            self._state = fit(components, settings, corpus, work, interrupted=partial(setattr, self, "_state"))
        return self

    def fit_transform(
        self, documents: Any = None, embeddings: Any = None, images: Any = None, y: Any = None
    ) -> tuple[list[int], NDArray[np.float32]]:
        """``fit``, and the topic and probability of each document."""
        self.fit(documents, embeddings, images, y)
        return self.topics_, self.probabilities_

    def partial_fit(self, documents: Any = None, embeddings: Any = None, images: Any = None, y: Any = None) -> Self:
        """Learn from one more batch of documents: the first one of a new model, or more after ``fit``.

        Embedder, reducer and clusterer must be able to learn batch by batch, or learn nothing. ``topics_`` holds the
        topics of all documents so far. New clusters become topics with new ids, and ids never change. The documents
        are not kept, but for the few that represent each topic. Representations that call a model, or need
        all documents, do not run.

        Args:
            documents: As for ``fit``.
            embeddings: As for ``fit``.
            images: As for ``fit``.
            y: Must be None; it is there for scikit-learn.

        Raises:
            InputError: Something given cannot be used; the fitted model stays as it was.
            ParameterError: A part cannot learn batch by batch; the message names all of them, and what to use instead.
            ComponentError: A component failed or broke its contract; the fitted model stays as it was.
        """
        if y is not None:
            raise InputError("partial_fit takes no y: classes are learned by fit alone")
        corpus = _corpus(documents, embeddings, images, None)
        parameters = self.get_params()
        with self._working() as work:
            if self._state is None:
                self._state = begin(chosen_components(parameters), checked_settings(parameters), corpus, work)
            else:
                self._state = go_on(self._state, corpus, work)
        return self

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

    @classmethod
    def merge_models(cls, models: Sequence[TopicModel], min_similarity: float = 0.7) -> Self:
        """One model of several that were fitted in one embedding space.

        Topics of the first model keep their ids. A topic of another model joins the topic that it is most like, where
        the cosine of their embeddings is at least *min_similarity*, and else is a new topic. Outliers stay outliers,
        counts are summed, and no model is changed.

        Args:
            models: Fitted models, two or more.
            min_similarity: The cosine from which topics are one.

        Raises:
            InputError: Fewer than two models, or models of different embedding spaces.
        """
        if isinstance(models, TopicModel) or not isinstance(models, Iterable):
            raise InputError(f"models must be a list of TopicModels, got {type(models).__name__}")
        wrong = [model for model in models if not isinstance(model, TopicModel)]
        if wrong:
            raise InputError(f"models must be TopicModels, got {type(wrong[0]).__name__}")
        states = [model._fitted for model in models]
        state = merge_models(states, min_similarity=min_similarity)
        return cls._with(models[0].get_params(), state)

    # on disk

    def save(self, path: str | Path, *, include: Sequence[Extra] = ()) -> None:
        """Write the model as JSON and safetensors to the folder *path*.

        Args:
            path: A new folder, or a saved model to replace.
            include: What else to keep: ``"documents"``, ``"tokens"``, ``"counts"``, ``"embeddings"``. A model that
                learned batch by batch has of these the few documents that represent its topics.

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
