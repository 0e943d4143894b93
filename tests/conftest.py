"""A small corpus with planted themes, the same in every run."""

from __future__ import annotations

import random

import pytest

THEMES = {
    "sea": "harbour sailor anchor tide vessel captain lighthouse cargo mast reef wave dock".split(),
    "oven": "flour butter yeast dough crust bake sugar vanilla whisk frosting loaf pastry".split(),
    "court": "judge verdict lawyer appeal jury witness statute plaintiff sentence testimony bail felony".split(),
    "sky": "telescope galaxy comet orbit planet nebula eclipse asteroid observatory satellite lunar star".split(),
}
FILLER = "the a of to and in is it that for on with".split()


def themed(n: int = 240, seed: int = 0) -> tuple[list[str], list[str]]:
    """*n* documents of 8 to 20 words, and the theme of each."""
    draw, names = random.Random(seed), sorted(THEMES)
    documents, labels = [], []
    for place in range(n):
        theme = names[place % len(names)]
        words = [
            draw.choice(THEMES[theme]) if draw.random() < 0.65 else draw.choice(FILLER)
            for _ in range(draw.randint(8, 20))
        ]
        documents.append(" ".join(words))
        labels.append(theme)
    return documents, labels


@pytest.fixture(scope="session")
def corpus() -> tuple[list[str], list[str]]:
    return themed()


@pytest.fixture(scope="session")
def documents(corpus: tuple[list[str], list[str]]) -> list[str]:
    return corpus[0]


@pytest.fixture(scope="session")
def labels(corpus: tuple[list[str], list[str]]) -> list[str]:
    return corpus[1]
