"""Embedders that learn a vector for each word of the corpus; a text is the sum of its words."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..components import Embedder, FloatMatrix, Role, State
from ..errors import NotFittedError
from ..tokens import Tokens, mark, tokenise
from .languages import settled
from .lexicon import Lexicon, bag, unit
from .words import stop_words_of, words

__all__ = ["WordVectors"]


class WordVectors(Embedder):
    """A row is the sum of (1 + log count) * word vector over the known words of a text, of unit length; else zeros."""

    min_df: int | None
    max_df: float
    language: str | None
    stop_words: str | Sequence[str] | None
    _lexicon: Lexicon | None = None
    _vectors: FloatMatrix | None = None

    @abstractmethod
    def learn(self, tokens: Tokens, lexicon: Lexicon, /) -> FloatMatrix:
        """(words, dim) vectors of the words in *lexicon*, weights included."""

    def fit(self, texts: Sequence[str], /) -> None:
        """Learn from texts, cut into words by the default rules."""
        self.fit_tokens(tokenise(words(texts)))

    def fit_tokens(self, tokens: Tokens, /) -> None:
        """Learn from the tokenised corpus."""
        language = settled(self.language, self.stop_words, tokens)
        own = mark(tokens.vocabulary, stop_words_of(language, self.stop_words))
        lexicon = Lexicon.of(replace(tokens, stop=tokens.stop | own), self.min_df, self.max_df)
        self._vectors = np.ascontiguousarray(self.learn(tokens, lexicon), dtype=np.float32)
        self._lexicon = lexicon

    def embed(self, texts: Sequence[str], /, *, role: Role = "document") -> FloatMatrix:
        """Unit rows (n, dim); zeros where no word is known."""
        return self.embed_tokens(tokenise(words(texts)), role=role)

    def embed_tokens(self, tokens: Tokens, /, *, role: Role = "document") -> FloatMatrix:
        """Unit rows (n, dim); zeros where no word is known."""
        if self._lexicon is None or self._vectors is None:
            raise NotFittedError(f"embedder {self.spec.name!r} learns from the corpus: call fit before embed")
        return unit(bag(tokens, self._lexicon) @ self._vectors)

    def state(self) -> State | None:
        """The words and their vectors."""
        if self._lexicon is None or self._vectors is None:
            return None
        return State(arrays={"vectors": self._vectors}, strings={"words": self._lexicon.words})

    def restore(self, state: State, /) -> None:
        """Take up what ``state`` returned."""
        self._lexicon = Lexicon(list(state.strings["words"]))
        self._vectors = np.ascontiguousarray(state.arrays["vectors"], dtype=np.float32)
