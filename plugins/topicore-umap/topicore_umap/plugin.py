"""What this distribution offers, readable without importing umap."""

from __future__ import annotations

from topicore import hookimpl
from topicore.specs import NativeType, ReducerSpec

UMAP = ReducerSpec(
    name="umap",
    target="topicore_umap.reducer:UmapReducer",
    summary="UMAP: few dimensions that keep each row near its nearest neighbours.",
    adapts=(NativeType("umap", "UMAP"),),
    requires=("umap",),
    persists=True,
    supervised=True,
    sparse_input=True,
    receives={"random_state": "random_state", "metric": "metric"},
)


@hookimpl
def topicore_reducers() -> list[ReducerSpec]:
    """One reducer, ``umap``."""
    return [UMAP]
