"""The scikit-learn classes that may be written to a file and built from one."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ..errors import ModelFileError

__all__ = ["class_of", "key_of"]

CLASSES = {
    "sklearn.cluster": (
        "AgglomerativeClustering",
        "AffinityPropagation",
        "BisectingKMeans",
        "DBSCAN",
        "HDBSCAN",
        "KMeans",
        "MeanShift",
        "MiniBatchKMeans",
        "OPTICS",
        "SpectralClustering",
    ),
    "sklearn.decomposition": (
        "FactorAnalysis",
        "FastICA",
        "IncrementalPCA",
        "LatentDirichletAllocation",
        "MiniBatchNMF",
        "NMF",
        "PCA",
        "TruncatedSVD",
    ),
    "sklearn.feature_extraction.text": ("CountVectorizer", "HashingVectorizer", "TfidfTransformer", "TfidfVectorizer"),
    "sklearn.feature_selection": ("VarianceThreshold",),
    "sklearn.linear_model": ("LogisticRegression", "Perceptron", "RidgeClassifier", "SGDClassifier"),
    "sklearn.manifold": ("MDS", "SpectralEmbedding", "TSNE"),
    "sklearn.mixture": ("BayesianGaussianMixture", "GaussianMixture"),
    "sklearn.naive_bayes": ("BernoulliNB", "ComplementNB", "GaussianNB", "MultinomialNB"),
    "sklearn.neighbors": ("KNeighborsClassifier", "NearestCentroid"),
    "sklearn.pipeline": ("FeatureUnion", "Pipeline"),
    "sklearn.preprocessing": (
        "Binarizer",
        "FunctionTransformer",
        "LabelBinarizer",
        "MaxAbsScaler",
        "MinMaxScaler",
        "Normalizer",
        "PowerTransformer",
        "QuantileTransformer",
        "RobustScaler",
        "StandardScaler",
    ),
    "sklearn.random_projection": ("GaussianRandomProjection", "SparseRandomProjection"),
    "sklearn.svm": ("LinearSVC", "SVC"),
}
TABLE = {f"{module}.{name}": (module, name) for module, names in CLASSES.items() for name in names}
KEYS = {name: key for key, (_, name) in TABLE.items()}


def class_of(key: object) -> type[Any]:
    """The class under *key*.

    Raises:
        ModelFileError: The table has no such key.
    """
    if not isinstance(key, str) or key not in TABLE:
        raise ModelFileError(
            f"{key!r} is no scikit-learn estimator that topicore builds from a file; known: {', '.join(TABLE)}"
        )
    module, name = TABLE[key]
    cls: type[Any] = getattr(import_module(module), name)
    return cls


def key_of(cls: type[Any]) -> str | None:
    """The key of exactly this class (no subclass), or None where the table does not hold it."""
    key = KEYS.get(cls.__name__)
    if key is None or cls.__module__.partition(".")[0] != "sklearn":
        return None
    return key if class_of(key) is cls else None
