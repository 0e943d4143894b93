"""The promises of a vectorizer, for each way to name the languages."""

from __future__ import annotations

from topicore.testing import conformance
from topicore_segment import Segment

test_all = conformance(lambda: Segment())
test_one = conformance(lambda: Segment("ja", min_length=1, mode="A", form="surface", function_words=True))
