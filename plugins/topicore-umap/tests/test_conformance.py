"""The promises of a reducer, kept by name, by object and on sparse rows."""

from __future__ import annotations

from topicore.testing import conformance
from topicore_umap import UmapReducer


def _native() -> object:
    from umap import UMAP

    return UMAP(n_neighbors=5, n_epochs=20, random_state=1)


test_umap = conformance(lambda: UmapReducer(n_epochs=20), native=_native)
test_umap_hellinger = conformance(lambda: UmapReducer(n_epochs=20, n_components=2, metric="hellinger"))
