"""Runs the steps of a topic model: text to tokens, rows, clusters, counts, weights and words."""

from .embedding import Embedding
from .fitting import fit
from .online import begin, go_on
from .predicting import predict
from .resolving import resolve

__all__ = ["Embedding", "begin", "fit", "go_on", "predict", "resolve"]
