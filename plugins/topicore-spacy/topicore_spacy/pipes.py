"""Which components of a pipeline take part in a document's vector."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

TRANSFORMERS: Mapping[str, str] = {
    "curated_transformer": "spacy_curated_transformers",
    "transformer": "spacy_transformers",
}
"""Factories of transformers, and the packages that they come from."""

UNNEEDED = frozenset(
    "attribute_ruler beam_ner beam_parser doc_cleaner entity_linker entity_ruler future_entity_ruler lemmatizer "
    "morphologizer ner nn_labeller parser senter sentencizer span_finder span_ruler spancat spancat_singlelabel "
    "tagger textcat textcat_multilabel tok2vec trainable_lemmatizer".split()
)
"""spaCy's own factories that leave the tokens and their vectors as they are."""


@dataclass(frozen=True)
class Pipes:
    """The names of components by what they are to an embedder.

    Args:
        transformers: Those that give vectors to pieces of words.
        unneeded: Those of spaCy that change nothing here.
        others: Everything else: it may merge tokens, or give documents vectors of its own.
    """

    transformers: tuple[str, ...]
    unneeded: tuple[str, ...]
    others: tuple[str, ...]


def sorted_pipes(factories: Iterable[tuple[str, str]]) -> Pipes:
    """The components of a pipeline, from their names and factories."""
    found = list(factories)
    known = {*TRANSFORMERS, *UNNEEDED}
    return Pipes(
        tuple(name for name, factory in found if factory in TRANSFORMERS),
        tuple(name for name, factory in found if factory in UNNEEDED),
        tuple(name for name, factory in found if factory not in known),
    )
