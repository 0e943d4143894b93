"""Embedders of the tests: a row is a text's letters, and every call is remembered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from topicore.components import Embedder
from topicore.specs import EmbedderSpec

SPEC = EmbedderSpec(name="lettering", target="lettering:Lettering", summary="Letters.", chunk_size=4)
ROLES = {"document": 1, "query": 2, "word": 3}


class Lettering(Embedder):
    """Shares of the letters a to h, and the role; blank texts are zeros."""

    spec = SPEC

    def __init__(self, model: str = "letters", batch_size: int = 8) -> None:
        self.model = model
        self.batch_size = batch_size
        self.calls: list[list[str]] = []

    def embed(self, texts: Sequence[str], /, *, role: Any = "document") -> Any:
        self.calls.append(list(texts))
        rows = [[text.count(letter) for letter in "abcdefgh"] + [ROLES[role] * bool(text.strip())] for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), 9)

    def identity(self) -> Any:
        return {name: value for name, value in self.config().items() if name not in self.spec.neutral}

    @property
    def asked(self) -> list[str]:
        """All texts asked for, in order."""
        return [text for call in self.calls for text in call]


class Limited(Lettering):
    """Reads ten words of a text, counting them."""

    def __init__(self, long_documents: str = "truncate") -> None:
        super().__init__()
        self.long_documents = long_documents

    def embed(self, texts: Sequence[str], /, *, role: Any = "document") -> Any:
        return super().embed([" ".join(text.split()[:10]) for text in texts], role=role)

    def count_tokens(self, texts: Sequence[str], /) -> list[int]:
        return [len(text.split()) for text in texts]

    @property
    def max_tokens(self) -> int:
        return 10
