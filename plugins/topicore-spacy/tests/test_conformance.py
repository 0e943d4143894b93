"""The promises of both kinds of component, kept by folder and around objects."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
import tiny_spacy

from topicore.testing import conformance
from topicore_spacy import PartOfSpeech, SpacyEmbedder


@cache
def _blank() -> Any:
    return tiny_spacy.blank()


@cache
def _curated() -> Any:
    return tiny_spacy.load(tiny_spacy.curated())


@cache
def _spacy_transformer() -> Any:
    return tiny_spacy.load(tiny_spacy.spacy_transformer())


test_vectors = conformance(
    lambda: SpacyEmbedder(tiny_spacy.vectors()), native=lambda: tiny_spacy.load(tiny_spacy.vectors())
)
test_object = conformance(lambda: SpacyEmbedder.from_native(_blank()), native=_blank)
test_parts_of_speech = conformance(
    lambda: PartOfSpeech(tiny_spacy.tagger()), native=lambda: tiny_spacy.load(tiny_spacy.tagger())
)
if tiny_spacy.has("spacy_curated_transformers"):
    test_curated = conformance(lambda: SpacyEmbedder.from_native(_curated(), batch_size=4), native=_curated)
if tiny_spacy.has("spacy_transformers"):
    test_spacy_transformers = conformance(lambda: SpacyEmbedder.from_native(_spacy_transformer(), batch_size=4))
else:

    @pytest.mark.skip(reason="spacy-transformers is not installed: it needs transformers before 4.53.3")
    def test_spacy_transformers() -> None:
        """Stands for the checks that run where spacy-transformers is."""
