"""Which components of a pipeline take part in a document's vector, and which in the tags of its words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from topicore.errors import ComponentError

Named: TypeAlias = Sequence[tuple[str, str]]
"""The names of a pipeline's active components and their factories, in order."""

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

TAGGING = frozenset(("attribute_ruler", "morphologizer", "tagger", "tok2vec"))
"""Those of them that tag words, or that these listen to."""

PARTS = frozenset(("attribute_ruler", "morphologizer"))
"""Those of them that give parts of speech, the first from the tags of a tagger."""


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """What a pipeline is loaded for.

    Args:
        kind: The kind of the component that asks for it.
        name: The component's name.
        example: A published pipeline that serves.
        choose: The names of the components to load, from the pipeline's name and its active components; it may raise.
    """

    kind: str
    name: str
    example: str
    choose: Callable[[str, Named], tuple[str, ...]]

    def __str__(self) -> str:
        return f"{self.kind} {self.name!r}"


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


def for_vectors(exclude: Sequence[str] = ()) -> Purpose:
    """Rows of documents: the transformers alone, none of *exclude*."""

    def choose(model: str, active: Named) -> tuple[str, ...]:
        pipes = sorted_pipes(pair for pair in active if pair[0] not in exclude)
        if pipes.others:
            factories = dict(active)
            unknown = ", ".join(f"{name!r} (of {factories[name]!r})" for name in pipes.others)
            raise ComponentError(
                f"embedder 'spacy': {model!r} has components that may change vectors, which are not loaded by name: "
                f"{unknown}. Leave them out with exclude={list(pipes.others)!r}, "
                "or load the pipeline with spaCy and hand in the object"
            )
        return pipes.transformers

    return Purpose(kind="embedder", name="spacy", example="en_core_web_md", choose=choose)


def for_tags(*, everything: bool) -> Purpose:
    """Tags of words: what ``tagging`` names; all that is active where *everything* is asked for."""

    def choose(model: str, active: Named) -> tuple[str, ...]:
        return tuple(name for name, _ in active) if everything else tagging(active)

    return Purpose(kind="representation", name="spacy.pos", example="en_core_web_sm", choose=choose)


def tagging(active: Named) -> tuple[str, ...]:
    """The names of the components that tag words.

    spaCy's own taggers need no parser, entity recogniser or lemmatizer. A component of others may build on any that
    goes before it, so that all run where there is one.
    """
    if sorted_pipes(active).others:
        return tuple(name for name, _ in active)
    return tuple(name for name, factory in active if factory in TAGGING or factory in TRANSFORMERS)


def gives_parts(active: Named) -> bool:
    """Whether a component may give words a part of speech: one that is made for it, or one of others."""
    return bool(sorted_pipes(active).others) or any(factory in PARTS for _, factory in active)
