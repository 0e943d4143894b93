"""The promises of a clusterer, kept by name and by object."""

from __future__ import annotations

from topicore.testing import conformance
from topicore_hdbscan import HdbscanClusterer


def _native() -> object:
    from hdbscan import HDBSCAN

    return HDBSCAN(min_cluster_size=8, min_samples=3)


test_hdbscan = conformance(lambda: HdbscanClusterer(probabilities=True), native=_native)
