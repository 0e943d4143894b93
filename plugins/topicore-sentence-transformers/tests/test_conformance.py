"""The promises of an embedder, kept by folder, by object, with images and with published weights."""

from __future__ import annotations

from typing import Any

import tiny_sentence_transformers as tiny_models

from topicore.testing import conformance
from topicore_sentence_transformers import SentenceTransformerEmbedder


def _native(folder: str) -> Any:
    from sentence_transformers import SentenceTransformer

    from topicore_sentence_transformers.loading import quiet

    with quiet():
        return SentenceTransformer(folder, device="cpu", local_files_only=True)


def _tiny() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(tiny_models.sentence_transformer(), device="cpu")


test_folder = conformance(_tiny, native=lambda: _native(tiny_models.sentence_transformer()))
test_object = conformance(
    lambda: SentenceTransformerEmbedder.from_native(_native(tiny_models.sentence_transformer()), batch_size=8)
)
test_images = conformance(lambda: SentenceTransformerEmbedder(tiny_models.clip(), device="cpu", images=True))
test_bfloat16 = conformance(
    lambda: SentenceTransformerEmbedder(tiny_models.sentence_transformer(), device="cpu", precision="bfloat16")
)
