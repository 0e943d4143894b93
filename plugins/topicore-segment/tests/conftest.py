"""PyThaiNLP would make a folder in the home of whoever runs the tests."""

from __future__ import annotations

import os

os.environ.setdefault("PYTHAINLP_READ_ONLY", "1")
