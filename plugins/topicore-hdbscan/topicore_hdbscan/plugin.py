"""What this distribution offers, readable without importing hdbscan."""

from __future__ import annotations

from topicore import hookimpl
from topicore.specs import ClustererSpec, NativeType

HDBSCAN = ClustererSpec(
    name="hdbscan",
    target="topicore_hdbscan.clusterer:HdbscanClusterer",
    summary="HDBSCAN: dense regions are clusters, sparse ones outliers.",
    adapts=(NativeType("hdbscan", "HDBSCAN"),),
    requires=("hdbscan",),
    persists=True,
    outliers=True,
    soft=True,
    receives={"min_topic_size": "min_cluster_size", "probabilities": "probabilities"},
)


@hookimpl
def topicore_clusterers() -> list[ClustererSpec]:
    """One clusterer, ``hdbscan``."""
    return [HDBSCAN]
