"""The promises of an embedder, kept by folder and by object."""

from __future__ import annotations

from importlib.metadata import version

import tiny_model2vec

from topicore.testing import conformance
from topicore_model2vec import Model2VecEmbedder

test_folder = conformance(lambda: Model2VecEmbedder(tiny_model2vec.folder()), native=tiny_model2vec.static_model)
test_object = conformance(lambda: Model2VecEmbedder.from_native(tiny_model2vec.static_model(), batch_size=8))
test_half_precision = conformance(
    lambda: Model2VecEmbedder(tiny_model2vec.folder("float16")),
    expected_failures=(
        {"embedder/batch-invariant": "unknown texts of a batch turn its rows from float16 to float64 before 0.10"}
        if tuple(map(int, version("model2vec").split(".")[:2])) < (0, 10)
        else None
    ),
)
