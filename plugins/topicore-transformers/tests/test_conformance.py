"""The promises of an embedder, kept by folder and by pipeline, for each sort of architecture."""

from __future__ import annotations

import tiny_transformers

from topicore.testing import conformance
from topicore_transformers import TransformersEmbedder


def _tiny(**parameters: object) -> TransformersEmbedder:
    return TransformersEmbedder(tiny_transformers.bert(), device="cpu", **parameters)  # type: ignore[arg-type]


test_folder = conformance(_tiny, native=lambda: tiny_transformers.pipeline(tiny_transformers.bert()))
test_pipeline = conformance(
    lambda: TransformersEmbedder.from_native(tiny_transformers.pipeline(tiny_transformers.roberta()), batch_size=8)
)
test_left_to_right = conformance(lambda: TransformersEmbedder(tiny_transformers.gpt2(), pooling="last", device="cpu"))
test_bfloat16 = conformance(lambda: _tiny(precision="bfloat16"))
