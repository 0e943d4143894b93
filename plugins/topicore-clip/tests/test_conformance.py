"""The promises of an embedder, kept in both layouts of a model."""

from __future__ import annotations

import tiny_clip

from topicore.testing import conformance
from topicore_clip import ClipEmbedder

test_folder = conformance(lambda: ClipEmbedder(tiny_clip.folder(), device="cpu"))
test_published = conformance(lambda: ClipEmbedder(tiny_clip.published(), device="cpu", on_error="skip"))
test_bfloat16 = conformance(lambda: ClipEmbedder(tiny_clip.folder(), device="cpu", precision="bfloat16"))
