"""The promises of an embedder, kept by folder and by object."""

from __future__ import annotations

import tiny_use

from topicore.testing import conformance
from topicore_use import UseEmbedder

test_folder = conformance(lambda: UseEmbedder(tiny_use.folder()), native=tiny_use.native)
test_object = conformance(lambda: UseEmbedder.from_native(tiny_use.native(), batch_size=3))
test_signature = conformance(lambda: UseEmbedder(tiny_use.folder("signature"), normalize=True))
