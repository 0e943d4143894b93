"""What the core's reducers and clusterers are called and can do; imports nothing heavy."""

from __future__ import annotations

from ..specs import ClustererSpec, NativeType, ReducerSpec, Setting

__all__ = [
    "AGGLOMERATIVE",
    "BISECTING_KMEANS",
    "CLUSTERERS",
    "GMM",
    "GRAPH",
    "IDENTITY",
    "INCREMENTAL",
    "INCREMENTAL_PCA",
    "KMEANS",
    "MANUAL",
    "MINIBATCH_KMEANS",
    "PCA",
    "REDUCERS",
    "SKLEARN_CLUSTERER",
    "SKLEARN_HDBSCAN",
    "SKLEARN_REDUCER",
    "SVD",
]

SEED: dict[Setting, str] = {"random_state": "random_state"}
K: dict[Setting, str] = {"n_topics": "n_clusters"}

SVD = ReducerSpec(
    name="svd",
    target="topicore.builtin.reducers:Svd",
    summary="Truncated SVD: the directions that explain most, without centring; takes sparse rows.",
    argument="n_components",
    persists=True,
    sparse_input=True,
    receives=SEED,
)
PCA = ReducerSpec(
    name="pca",
    target="topicore.builtin.reducers:Pca",
    summary="Principal components: the directions of most variance.",
    argument="n_components",
    persists=True,
    receives=SEED,
)
INCREMENTAL_PCA = ReducerSpec(
    name="incremental-pca",
    target="topicore.builtin.incremental_pca:IncrementalPca",
    summary="Principal components that learn batch by batch; takes sparse rows.",
    argument="n_components",
    persists=True,
    incremental=True,
    sparse_input=True,
)
IDENTITY = ReducerSpec(
    name="identity",
    target="topicore.builtin.reducers:Identity",
    summary="No reduction: rows are clustered as they are.",
    incremental=True,
    sparse_input=True,
)
SKLEARN_REDUCER = ReducerSpec(
    name="sklearn",
    target="topicore.builtin.sklearn_reducer:SklearnReducer",
    summary="Any scikit-learn transformer or pipeline.",
    adapts=(NativeType("sklearn", "BaseEstimator"),),
    persists=True,
    incremental=True,
    supervised=True,
    sparse_input=True,
    receives=SEED,
)

GRAPH = ClustererSpec(
    name="graph",
    semi_supervised=True,
    target="topicore.builtin.graph:Graph",
    summary="Communities of the exact nearest-neighbour graph (Leiden); finds the number of topics by itself.",
    argument="resolution",
    requires=("graspologic_native",),
    persists=True,
    sparse_input=True,
    outliers=True,
    soft=True,
    receives={"n_topics": "n_topics", "min_topic_size": "min_topic_size", "random_state": "random_state"},
)
KMEANS = ClustererSpec(
    name="kmeans",
    target="topicore.builtin.kmeans:KMeans",
    summary="k-means.",
    argument="n_clusters",
    persists=True,
    sparse_input=True,
    receives={**K, **SEED},
)
BISECTING_KMEANS = ClustererSpec(
    name="bisecting-kmeans",
    target="topicore.builtin.kmeans:BisectingKMeans",
    summary="k-means that splits one cluster after the other.",
    argument="n_clusters",
    persists=True,
    sparse_input=True,
    receives={**K, **SEED},
)
MINIBATCH_KMEANS = ClustererSpec(
    name="minibatch-kmeans",
    target="topicore.builtin.kmeans:MiniBatchKMeans",
    summary="k-means on random batches, for very many rows; learns batch by batch.",
    argument="n_clusters",
    persists=True,
    incremental=True,
    sparse_input=True,
    receives={**K, **SEED},
)
GMM = ClustererSpec(
    name="gmm",
    target="topicore.builtin.gmm:Gmm",
    summary="Gaussian mixture: each row belongs to each topic with a probability.",
    argument="n_components",
    persists=True,
    soft=True,
    receives={"n_topics": "n_components", **SEED},
)
AGGLOMERATIVE = ClustererSpec(
    name="agglomerative",
    target="topicore.builtin.agglomerative:Agglomerative",
    summary="Hierarchical clustering from the bottom up; memory grows with the square of the rows.",
    argument="n_clusters",
    inductive=False,
    receives=K,
)
SKLEARN_HDBSCAN = ClustererSpec(
    name="sklearn.hdbscan",
    target="topicore.builtin.hdbscan:SklearnHdbscan",
    summary="HDBSCAN of scikit-learn: dense regions are topics, the rest are outliers; labels new rows.",
    argument="min_cluster_size",
    persists=True,
    outliers=True,
    receives={"min_topic_size": "min_cluster_size"},
)
MANUAL = ClustererSpec(
    name="manual",
    target="topicore.builtin.manual:Manual",
    summary="The classes given as y are the topics.",
    inductive=False,
    supervised=True,
    sparse_input=True,
    outliers=True,
)
SKLEARN_CLUSTERER = ClustererSpec(
    name="sklearn",
    target="topicore.builtin.sklearn_clusterer:SklearnClusterer",
    summary="Any scikit-learn clusterer or classifier.",
    adapts=(NativeType("sklearn", "BaseEstimator"),),
    persists=True,
    incremental=True,
    sparse_input=True,
    outliers=True,
    receives=SEED,
)
INCREMENTAL = ClustererSpec(
    name="incremental",
    target="topicore.builtin.incremental:Incremental",
    summary="Any object with partial_fit and labels_: one that learns from streams.",
    incremental=True,
    sparse_input=True,
    outliers=True,
)

REDUCERS = (SVD, PCA, INCREMENTAL_PCA, IDENTITY, SKLEARN_REDUCER)
CLUSTERERS = (
    GRAPH,
    KMEANS,
    BISECTING_KMEANS,
    MINIBATCH_KMEANS,
    GMM,
    AGGLOMERATIVE,
    SKLEARN_HDBSCAN,
    MANUAL,
    SKLEARN_CLUSTERER,
    INCREMENTAL,
)
