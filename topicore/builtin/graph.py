"""The default clusterer: exact nearest neighbours by cosine, and the communities of their graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ..components import Assignment, Clusterer, Labels, Matrix, State
from ..errors import InputError, ModelFileError, NotFittedError
from ..specs import Range
from .communities import partition
from .neighbors import LEAST, NeighborVote, nearest
from .rows import csr, distinct, is_sparse, matrix_arrays, matrix_from, occupied, unit
from .specs_clustering import GRAPH

__all__ = ["Graph"]


class Graph(Clusterer):
    """Communities of the neighbour graph (Leiden): finds the number of topics by itself, leaves few outliers out.

    Equal rows are one node. A document's memberships are the shares of its neighbours' topics, its strength the share
    of its own. All-zero rows are -1; so are groups smaller than ``min_topic_size`` that no edge links to any other.
    New rows are labelled by ``NeighborVote``; those of training get exactly what fitting gave them.

    Args:
        neighbors: Nearest rows that each row is linked to; fewer where there are fewer rows.
        resolution: More of it gives more topics: .3, 1, 3, 10 give about 7, 20, 44, 125 on 10,000 posts.
        n_topics: Exactly so many topics; None lets ``resolution`` decide.
        min_topic_size: Documents that a topic has at least. Smaller groups join the one they are linked to best.
            Lowered where nothing, or not ``n_topics``, would remain otherwise.
        random_state: Seed of Leiden.
    """

    spec = GRAPH

    def __init__(
        self,
        *,
        neighbors: Annotated[int, Range(1)] = 15,
        resolution: Annotated[float, Range(1e-9)] = 1.0,
        n_topics: Annotated[int, Range(1)] | None = None,
        min_topic_size: Annotated[int, Range(1)] = 10,
        random_state: Annotated[int, Range(0)] | None = 42,
    ) -> None:
        self.neighbors = neighbors
        self.resolution = resolution
        self.n_topics = n_topics
        self.min_topic_size = min_topic_size
        self.random_state = random_state
        self._fitted: tuple[NeighborVote, csr_array, NDArray[np.int64]] | None = None

    def fit_predict(self, x: Matrix, y: Labels | None = None, /) -> Assignment:
        """Labels by size, ties by first document; strengths (n,) and memberships (n, k) CSR.

        Where *y* gives classes, rows of one class are also linked to the nearest of their class, and links between
        classes are cut; communities may still join classes through rows of unknown class.

        Raises:
            InputError: ``n_topics`` is more than there are distinct rows.
        """
        rows = unit(x)
        known = np.flatnonzero(occupied(rows))
        first, kinds = distinct(rows[known])
        nodes = np.full(rows.shape[0], -1, dtype=np.int64)
        nodes[known] = kinds
        kept = known[first]
        rows = rows[kept]
        copies = np.bincount(kinds, minlength=len(first))
        graph = neighbor_graph(rows, self.neighbors)
        if y is not None:
            graph = told(graph, rows, np.asarray(y)[kept], self.neighbors)
        labels = self._communities(graph, rows, copies)
        strengths, memberships = shares(graph, labels)
        vote = NeighborVote(x[kept], labels, strengths, memberships, neighbors=self.neighbors)
        self._fitted = vote, graph, nodes
        return _spread(nodes, labels, strengths, memberships)

    def _communities(self, graph: csr_array, rows: Matrix, copies: NDArray[np.int64]) -> Labels:
        if self.n_topics is not None and self.n_topics > len(copies):
            raise InputError(
                f"n_topics={self.n_topics} was asked, but there are only {len(copies)} distinct documents with "
                f"a vector; ask for at most {len(copies)}, or give more documents"
            )
        if len(copies) == 0:
            return np.empty(0, dtype=np.int64)

        def sums(groups: NDArray[np.int64]) -> Matrix:
            inside = np.flatnonzero(groups >= 0)
            members = csr_array(
                (copies[inside].astype(float), (groups[inside], inside)), shape=(groups.max() + 1, len(groups))
            )
            total: Matrix = members @ rows
            return total

        return partition(
            graph.astype(np.float64),
            copies,
            resolution=self.resolution,
            n_groups=self.n_topics,
            limit=self.min_topic_size,
            seed=self.random_state,
            sums=sums,
        )

    def predict(self, x: Matrix, /) -> Assignment:
        """Labels of new rows by the vote of the nearest training rows."""
        return self._parts()[0].predict(x)

    @property
    def graph(self) -> csr_array:
        """(m, m) symmetric float32 cosines of neighbours, a node per distinct row that is not all-zero."""
        return self._parts()[1]

    @property
    def nodes(self) -> NDArray[np.int64]:
        """(n,) the node of each training row in ``graph``, -1 for all-zero rows."""
        return self._parts()[2]

    def _parts(self) -> tuple[NeighborVote, csr_array, NDArray[np.int64]]:
        if self._fitted is None:
            raise NotFittedError("clusterer 'graph' has not been fitted; call fit_predict(x) first")
        return self._fitted

    def state(self) -> State | None:
        """The voters, the graph and the node of each training row."""
        if self._fitted is None:
            return None
        vote, graph, nodes = self._fitted
        voters = vote.state()
        arrays: dict[str, NDArray[Any]] = {**voters.arrays, **matrix_arrays("graph", graph), "nodes": nodes}
        return State(arrays=arrays, meta=voters.meta)

    def restore(self, state: State, /) -> None:
        """Take up what ``state`` returned.

        Raises:
            ModelFileError: The state is damaged.
        """
        arrays: Mapping[str, NDArray[Any]] = state.arrays
        graph, nodes = matrix_from("graph", arrays), arrays.get("nodes")
        if graph is None or nodes is None or not is_sparse(graph) or graph.shape[0] != graph.shape[1]:
            raise ModelFileError("the state of clusterer 'graph' lacks its graph: the file is damaged")
        self._fitted = NeighborVote.from_state(state), graph, nodes.astype(np.int64)


def neighbor_graph(rows: Matrix, neighbors: int) -> csr_array:
    """(m, m) symmetric float32 graph of distinct unit *rows*: cosines of neighbours, at least 0.001.

    Two rows are linked when either is among the *neighbors* nearest of the other.
    """
    m = rows.shape[0]
    k = min(neighbors, m - 1)
    if k < 1:
        return csr(csr_array((m, m)))
    found, squares = nearest(rows, rows, k + 1)
    others = found[:, 1:]  # the rows are distinct, so each finds itself first
    weights = np.clip(1 - squares[:, 1:] / 2, LEAST, None)
    ends = np.arange(0, m * k + 1, k)
    graph = csr_array((weights.ravel().astype(np.float32), others.ravel().astype(np.int32), ends), shape=(m, m))
    graph.sort_indices()
    graph = csr_array(graph.maximum(graph.T))
    graph.sort_indices()
    return graph


def told(graph: csr_array, rows: Matrix, classes: Labels, neighbors: int) -> csr_array:
    """*graph* with the links that (m,) *classes* forbid cut, and rows linked to the nearest of their class."""
    owner = np.repeat(np.arange(len(classes)), np.diff(graph.indptr))
    apart = (classes[owner] >= 0) & (classes[graph.indices] >= 0) & (classes[owner] != classes[graph.indices])
    graph = csr_array((np.where(apart, 0, graph.data), graph.indices, graph.indptr), shape=graph.shape)
    graph.eliminate_zeros()
    for one in np.unique(classes[classes >= 0]):
        members = np.flatnonzero(classes == one)
        own = neighbor_graph(rows[members], neighbors).tocoo()
        links = (own.data, (members[own.coords[0]], members[own.coords[1]]))
        graph = csr(graph.maximum(csr_array(links, shape=graph.shape)))
    graph.sort_indices()
    return graph


def shares(graph: csr_array, labels: Labels) -> tuple[NDArray[np.float32], csr_array]:
    """Strengths (m,) and memberships (m, k) CSR of nodes: the share of each topic in the weights of a node's edges.

    A node whose own topic does not lead among its neighbours (communities are decided on the whole graph) counts
    itself with what it takes to lead. Nodes of no topic have no membership.
    """
    m, k = len(labels), int(labels.max(initial=-1)) + 1
    inside = np.flatnonzero(labels >= 0)
    own = csr_array((np.ones(len(inside)), (inside, labels[inside])), shape=(m, k))
    weights = csr_array(graph.astype(np.float64) @ own)
    weights.sum_duplicates()
    total = graph.sum(axis=1).astype(np.float64)
    mine = np.asarray(weights.multiply(own).sum(axis=1)).ravel()
    rivals = csr_array(weights - weights.multiply(own))
    rival = rivals.max(axis=1).toarray().ravel() if k else np.zeros(m)
    lift = np.where(mine > rival, 0, 1.01 * rival - mine)
    lift[total == 0] = 1
    lift[labels < 0] = 0
    weights = csr_array(weights + own.multiply(lift[:, None]))
    scale = np.where(labels < 0, 0, 1 / np.where(total + lift > 0, total + lift, 1))
    memberships = csr(weights.multiply(scale[:, None]))
    memberships.data = np.minimum(memberships.data, np.float32(1))
    memberships.eliminate_zeros()
    memberships.sort_indices()
    strengths = np.minimum((mine + lift) * scale, 1).astype(np.float32)
    return strengths, memberships


def _spread(
    nodes: NDArray[np.int64], labels: Labels, strengths: NDArray[np.float32], memberships: csr_array
) -> Assignment:
    """What nodes were given, for each row; rows without a node get -1 and nothing."""
    known = nodes >= 0
    all_labels = np.full(len(nodes), -1, dtype=np.int64)
    all_labels[known] = labels[nodes[known]]
    all_strengths = np.zeros(len(nodes), dtype=np.float32)
    all_strengths[known] = strengths[nodes[known]]
    picks = csr_array(
        (np.ones(known.sum(), dtype=np.float32), (np.flatnonzero(known), nodes[known])), shape=(len(nodes), len(labels))
    )
    return Assignment(labels=all_labels, strengths=all_strengths, memberships=csr_array(picks @ memberships))
