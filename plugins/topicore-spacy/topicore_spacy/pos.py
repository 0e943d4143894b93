"""The ``spacy.pos`` representation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any

from topicore.components import Description, Representation, TopicView
from topicore.errors import ParameterError
from topicore.specs import Range

from . import patterns as known
from .choosing import POOL, chosen
from .loading import load, origin
from .pipes import for_tags, sorted_pipes
from .plugin import POS
from .tagging import Tagger, plain

if TYPE_CHECKING:
    from typing_extensions import Self


class PartOfSpeech(Representation):
    """The words of a topic that match patterns of parts of speech where its own documents use them.

    A word stays where at least half of its occurrences match in the documents that are read: the most representative
    ones of the topic, those first that hold a word not seen in others yet. Words keep their order and weights; a word
    that none of these documents holds goes. A topic of which no word would stay keeps all that it had.

    Args:
        model: The name of an installed spaCy pipeline, or the folder of a saved one.
        patterns: What words may be, in the form of spaCy's ``Matcher``; by default nouns and names, alone or after
            adjectives and other nouns, and single adjectives.
        candidates: How many of the topic's best words take part; at least the model's ``n_words`` do.
        documents: How many documents of the topic are read.
    """

    spec = POS

    def __init__(
        self,
        model: str = "en_core_web_sm",
        patterns: list[list[dict[str, Any]]] | None = None,
        candidates: Annotated[int, Range(1)] = 50,
        documents: Annotated[int, Range(1)] = 20,
    ) -> None:
        if patterns is not None:
            known.check(patterns)
        self.model = model
        self.patterns = patterns
        self.candidates = candidates
        self.documents = documents
        self._lock = Lock()
        self._native: Any = None
        self._external: str | None = None
        self._loaded: Tagger | None = None

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> Self:
        """A representation around a ``Language``, with the components that are active in it; it is not changed.

        Where it was loaded from a package or folder, a saved model names that; what was changed since then does not
        show, but for components of others.
        """
        if "model" in parameters:
            raise ParameterError("representation 'spacy.pos' around a Language takes no model; it is one")
        pipes = sorted_pipes((name, obj.get_pipe_meta(name).factory) for name in obj.pipe_names)
        source = None if pipes.others else origin(obj)
        made = cls(source or f"{obj.meta['lang']}_{obj.meta['name']}", **parameters)
        made._native = obj
        made._external = None if source else f"{type(obj).__module__}.{type(obj).__qualname__}"
        made._loaded = made._around(obj)
        return made

    def fresh(self, **parameters: Any) -> Self:
        """This representation, which learns nothing; with *parameters*, another one (around the same live object)."""
        if not parameters:
            return self
        if self._native is None:
            return super().fresh(**parameters)
        own = {name: value for name, value in self.config().items() if name != "model"}
        return self.from_native(self._native, **{**own, **parameters})

    def external(self) -> str | None:
        return self._external

    def prepare(self) -> None:
        """Load the pipeline, so that a fit does not begin without it."""
        self._tagger()

    def describe(self, view: TopicView, /) -> Mapping[int, Description]:
        """The words that stay, as many as there are; topics of which none would stay are left out."""
        words = {topic: view.terms(topic, n=max(self.candidates, view.n_words)) for topic in view.topics}
        readers = self._readers(view, words)
        terms = {text: {term for topic in topics for term, _ in words[topic]} for text, topics in readers.items()}
        balance: dict[tuple[int, str], int] = defaultdict(int)
        for text, counts in self._tagger().judged(terms):
            for topic in readers[text]:
                for term, (matching, uses) in counts.items():
                    balance[topic, term] += 2 * matching - uses
        kept = {
            topic: tuple(pair for pair in pairs if balance.get((topic, pair[0]), -1) >= 0)
            for topic, pairs in words.items()
        }
        return {topic: Description(terms=pairs) for topic, pairs in kept.items() if pairs}

    def _readers(self, view: TopicView, words: Mapping[int, Sequence[tuple[str, float]]]) -> Mapping[str, list[int]]:
        """The topics that each distinct text is read for."""
        found: dict[str, list[int]] = defaultdict(list)
        for topic, pairs in words.items():
            texts = view.texts(view.document_ids(topic, n=max(POOL, self.documents)))
            for text in chosen(list(map(plain, texts)), [term for term, _ in pairs], self.documents):
                found[text].append(topic)
        return found

    def _tagger(self) -> Tagger:
        """What tags texts, loaded by the first of all threads that ask."""
        with self._lock:
            if self._loaded is None:
                self._loaded = self._around(load(self.model, for_tags(everything=self._asks_more)))
            return self._loaded

    def _around(self, nlp: Any) -> Tagger:
        return Tagger(nlp, self._wanted, everything=self._asks_more)

    @property
    def _wanted(self) -> Sequence[known.Pattern]:
        return known.DEFAULT if self.patterns is None else self.patterns

    @property
    def _asks_more(self) -> bool:
        """Whether patterns ask for more than letters and tags."""
        return bool(known.asked(self._wanted) & known.FURTHER)
