"""The promises of an embedder, kept in both layouts of a model, and those of the representations."""

from __future__ import annotations

import tiny_captioner
import tiny_clip

from topicore.testing import conformance
from topicore_clip import ClipCaptions, ClipEmbedder, ClipImages

test_folder = conformance(lambda: ClipEmbedder(tiny_clip.folder(), device="cpu"))
test_published = conformance(lambda: ClipEmbedder(tiny_clip.published(), device="cpu", on_error="skip"))
test_bfloat16 = conformance(lambda: ClipEmbedder(tiny_clip.folder(), device="cpu", precision="bfloat16"))
test_images = conformance(ClipImages)
test_captions = conformance(lambda: ClipCaptions(tiny_captioner.vision_and_text(), device="cpu"))
