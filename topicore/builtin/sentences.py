"""What a topic's own documents say of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated

import numpy as np

from ..components import Description, Representation, TopicView
from ..specs import Range
from . import plugin
from .keywords import select

__all__ = ["Representative", "sentences"]

LENGTHS = range(30, 301)
"""Characters of a sentence that says something and can be read at a glance."""

_END = re.compile(
    r"(?<=[.!?\u2026\u0964\u061f\u06d4])\s+|(?<=[.!?\u2026][\"')\]\u201d\u2019])\s+|(?<=[\u3002\uff01\uff1f])"
)
_BREAK = re.compile(r"\n\s*\n")
_ABBREVIATED = re.compile(r"(?:\b[^\W\d_]|\b(?:Mr|Mrs|Ms|Dr|Prof|St|vs|etc|e\.g|i\.e|No|Fig|al))\.$")


class Representative(Representation):
    """A summary of the topic's own sentences, the nearest to it in its most representative documents.

    A sentence's vector is the sum of those of its words, each the mean centred row of the documents that hold it: no
    sentence is embedded. The first is the nearest to the topic, each further one has the largest marginal relevance
    (see ``mmr``). Sentences of 30 to 300 characters are taken where there are any.

    Args:
        sentences: How many sentences a topic shows.
        documents: From how many representative documents they are.
        diversity: 0 for closeness alone, 1 for difference from the sentences before alone.
    """

    spec = plugin.REPRESENTATIVE

    def __init__(
        self,
        sentences: Annotated[int, Range(1)] = 2,
        documents: Annotated[int, Range(1)] = 10,
        diversity: Annotated[float, Range(0, 1)] = 0.1,
    ) -> None:
        self.sentences = sentences
        self.documents = documents
        self.diversity = diversity

    def describe(self, view: TopicView, /) -> Mapping[int, Description]:
        """The sentences of each topic, with an ellipsis between them; a topic without any is left out."""
        said = {topic: _said(view.texts(view.document_ids(topic, n=self.documents))) for topic in view.topics}
        vectors = view.text_embeddings([text for texts in said.values() for text in texts])
        ends = np.cumsum([len(texts) for texts in said.values()])
        described = {}
        for row, (topic, end) in enumerate(zip(view.topics, ends.tolist(), strict=True)):
            own = vectors[end - len(said[topic]) : end]
            chosen = select(own, own @ view.centres[row], self.sentences, self.diversity)
            if chosen:
                described[topic] = Description(summary=" \u2026 ".join(said[topic][place] for place in chosen))
        return described


def sentences(text: str) -> list[str]:
    """The sentences of *text*, white space within them ironed out.

    They end at a full stop, question mark or exclamation mark of any script that is followed by a space, which none
    needs after a Chinese or Japanese one, and at empty lines; not after initials and common abbreviations.
    """
    found: list[str] = []
    for paragraph in _BREAK.split(text):
        start = ""
        for piece in _END.split(paragraph):
            start = f"{start} {piece}".strip() if start else piece.strip()
            if not _ABBREVIATED.search(start):
                found.append(start)
                start = ""
        found.append(start)
    return [" ".join(sentence.split()) for sentence in found if sentence.strip()]


def _said(texts: Sequence[str]) -> list[str]:
    """The distinct sentences of *texts* in order: those of a good length, where there are any."""
    found = list(dict.fromkeys(sentence for text in texts for sentence in sentences(text)))
    return [sentence for sentence in found if len(sentence) in LENGTHS] or [_cut(sentence) for sentence in found]


def _cut(sentence: str) -> str:
    longest = LENGTHS[-1]
    return sentence if len(sentence) <= longest else sentence[: longest - 1].rstrip() + "\u2026"
