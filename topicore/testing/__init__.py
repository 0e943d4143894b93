"""The conformance kit: one line a component holds it to the promises of its kind.

In a plugin's tests::

    from topicore.testing import conformance
    from topicore_flair.embedder import FlairEmbedder

    test_flair = conformance(lambda: FlairEmbedder.from_native(tiny()), kit="0.3")

Anywhere else, ``print(topicore.testing.run(FlairEmbedder))``. Checks never set parameters they guess: all
comes from the function given. Every check carries the kit it came with, so that ``kit=`` keeps new
checks from reddening what was green; ids are permanent.
"""

from __future__ import annotations

from .check import Check, Skip
from .checks import ALL
from .corpus import DOCUMENTS
from .kit import KIT, applicable, conformance, run
from .report import Outcome, Report
from .site import Site
from .view import SmallView

__all__ = [
    "ALL",
    "DOCUMENTS",
    "KIT",
    "Check",
    "Outcome",
    "Report",
    "Site",
    "Skip",
    "SmallView",
    "applicable",
    "conformance",
    "run",
]
