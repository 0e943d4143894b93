"""The promises of an embedder, kept by folder, by name and by object."""

from __future__ import annotations

import tiny_fastembed

from topicore.testing import conformance
from topicore_fastembed import FastEmbedder

test_folder = conformance(lambda: FastEmbedder(tiny_fastembed.folder()), native=tiny_fastembed.native)
test_name = conformance(
    lambda: FastEmbedder(tiny_fastembed.NAME, folder=tiny_fastembed.folder(), batch_size=3, threads=1)
)
test_object = conformance(lambda: FastEmbedder.from_native(tiny_fastembed.native(), normalize=True))
