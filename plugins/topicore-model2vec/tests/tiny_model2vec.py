"""Static models, small enough to be built at once, without distilling and without a network."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from topicore_model2vec.loading import quiet

THEMES = (
    ("moon", "rocket", "orbit"),
    ("bread", "oven", "flour"),
    ("goal", "league", "match"),
    ("judge", "court", "law"),
)
"""Words of one theme have vectors near each other."""
WIDTH = 16
_KEPT = TemporaryDirectory(prefix="tiny-model2vec-", ignore_cleanup_errors=True)


def static_model(**parameters: Any) -> Any:
    """A ``StaticModel`` of the words of THEMES and of single letters, 16 wide; other characters are unknown."""
    with quiet():
        from model2vec import StaticModel
        from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

        letters = "abcdefghijklmnopqrstuvwxyz"
        words = [word for theme in THEMES for word in theme]
        pieces = ["[PAD]", "[UNK]", *words, *letters, *(f"##{letter}" for letter in letters)]
        tokenizer = Tokenizer(models.WordPiece({piece: at for at, piece in enumerate(pieces)}, unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.Lowercase()
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        random = np.random.default_rng(0)
        vectors = random.normal(scale=0.05, size=(len(pieces), WIDTH))
        centres = random.normal(size=(len(THEMES), WIDTH))
        for place, word in enumerate(words):
            vectors[pieces.index(word)] += centres[place // len(THEMES[0])]
        dtype = parameters.pop("dtype", np.float32)
        return StaticModel(vectors.astype(dtype), tokenizer, **{"normalize": True, **parameters})


@cache
def folder(dtype: str = "float32") -> str:
    """Folder of that model as model2vec saves it."""
    path = Path(_KEPT.name) / dtype
    model = static_model(dtype=np.dtype(dtype))
    with quiet():
        model.save_pretrained(path)
    return str(path)


def documents() -> list[str]:
    """Twenty-eight texts, seven about each theme in turn."""
    endings = ("", " a", " b", " c", " d", " e", " f")
    return [" ".join(theme) + ending for ending in endings for theme in THEMES]
