"""Communities of a weighted graph: found by Leiden, then joined until none is too small and the number is right."""

from __future__ import annotations

import heapq
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ..components import Matrix
from .linkage import average_linkage

__all__ = ["Joining", "by_size", "leiden", "partition"]

Groups = NDArray[np.int64]


def leiden(graph: csr_array, resolution: float, seed: int | None) -> Groups:
    """(m,) the community of each node: Leiden with modularity (Traag, Waltman and van Eck 2019).

    Args:
        graph: (m, m) symmetric, float64, positive weights.
        resolution: More of it gives more communities.
        seed: The same seed gives the same communities.
    """
    m = graph.shape[0]
    if graph.nnz == 0:
        return np.arange(m, dtype=np.int64)
    import graspologic_native

    _, found = graspologic_native.leiden_csr(
        graph.indptr.astype(np.int64),
        graph.indices.astype(np.int32),
        graph.data,
        m,
        resolution=resolution,
        iterations=2,
        use_modularity=True,
        seed=seed,
        trials=1,
    )
    groups = np.empty(m, dtype=np.int64)
    groups[np.fromiter(found.keys(), np.int64, m)] = np.fromiter(found.values(), np.int64, m)
    return groups


def by_size(groups: Groups, copies: Groups) -> Groups:
    """*groups* numbered 0, 1, ... by size, largest first, ties by first node; -1 stays -1.

    Args:
        groups: (m,) any numbers, -1 for none.
        copies: (m,) how many documents each node stands for.
    """
    inside = np.flatnonzero(groups >= 0)
    _, first, compact = np.unique(groups[inside], return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    sizes = np.bincount(compact, weights=copies[inside], minlength=len(first))
    rank[np.lexsort((first, -sizes))] = np.arange(len(first))
    result = np.full(len(groups), -1, dtype=np.int64)
    result[inside] = rank[compact]
    return result


class Joining:
    """Groups that are joined pair by pair, those first that belong together most.

    Two groups belong together by the weight between them over the product of their volumes: the pair that modularity
    joins first as its resolution falls (Bonald et al. 2018, "Hierarchical graph clustering using node pair sampling").
    Ties go to the group with the smaller number; a joined group takes the next free number.

    Args:
        links: (g, g) symmetric weights between groups; the diagonal is ignored.
        volumes: (g,) what the weights are measured against.
        sizes: (g,) documents of each group.
    """

    def __init__(self, links: csr_array, volumes: NDArray[np.float64], sizes: Groups) -> None:
        self.links: dict[int, dict[int, float]] = {}
        for group in range(links.shape[0]):
            part = slice(links.indptr[group], links.indptr[group + 1])
            row = dict(zip(links.indices[part].tolist(), links.data[part].tolist(), strict=True))
            row.pop(group, None)
            self.links[group] = row
        self.volumes: list[float] = volumes.tolist()
        self.sizes: list[int] = sizes.tolist()
        self.parents = list(range(len(self.sizes)))

    def join(self, left: int, right: int) -> int:
        """Make one group of two, and return its number."""
        new = len(self.sizes)
        row = self.links.pop(left)
        for other, weight in self.links.pop(right).items():
            row[other] = row.get(other, 0.0) + weight
        row.pop(left, None)
        row.pop(right, None)
        for other, weight in row.items():
            theirs = self.links[other]
            theirs.pop(left, None)
            theirs.pop(right, None)
            theirs[new] = weight
        self.links[new] = row
        self.volumes.append(self.volumes[left] + self.volumes[right])
        self.sizes.append(self.sizes[left] + self.sizes[right])
        self.parents.append(new)
        self.parents[left] = self.parents[right] = new
        return new

    def affinity(self, left: int, right: int) -> float:
        """How much two groups belong together."""
        return self.links[left][right] / (self.volumes[left] * self.volumes[right])

    def absorb(self, limit: int) -> None:
        """Join each group smaller than *limit*, smallest first, with the one it belongs to most, if any."""
        heap = [(self.sizes[group], group) for group in self.links]
        heapq.heapify(heap)
        while heap and heap[0][0] < limit:
            _, group = heapq.heappop(heap)
            if self.links.get(group):
                best = max(self.links[group], key=lambda other: (self.affinity(group, other), -other))
                new = self.join(group, best)
                heapq.heappush(heap, (self.sizes[new], new))

    def reduce(self, count: int) -> None:
        """Join the pairs that belong together most until *count* groups are left, or no two are linked."""
        heap = [(-self.affinity(a, b), a, b) for a in self.links for b in self.links[a] if a < b]
        heapq.heapify(heap)
        while len(self.links) > count and heap:
            _, left, right = heapq.heappop(heap)
            if left in self.links and right in self.links:
                new = self.join(left, right)
                for other in self.links[new]:
                    heapq.heappush(heap, (-self.affinity(other, new), other, new))

    def drop(self, group: int) -> None:
        """Leave *group* out; it must have no links."""
        del self.links[group]

    def apply(self, groups: Groups) -> Groups:
        """*groups* (numbers of before any joining) as they are now, -1 where a group was left out."""
        now = np.array(self.parents, dtype=np.int64)
        for group in range(len(now) - 1, -1, -1):
            now[group] = now[now[group]]
        kept = np.fromiter(self.links, np.int64, len(self.links))
        return np.where(np.isin(now, kept), now, -1)[groups]


def joining(graph: csr_array, groups: Groups, copies: Groups) -> Joining:
    """The communities of *graph* ready to be joined; *groups* must be 0..g-1 without gaps."""
    m = len(groups)
    members = csr_array((np.ones(m), (groups, np.arange(m))))
    links = (members @ graph @ members.T).tocsr()
    links.sort_indices()
    sizes = np.bincount(groups, weights=copies).astype(np.int64)
    return Joining(links, np.maximum(links.sum(axis=1), np.finfo(float).tiny), sizes)


def large_enough(graph: csr_array, groups: Groups, copies: Groups, limit: int) -> Groups:
    """Communities of at least *limit* documents, or the largest where none is; the rest joined with them, or -1.

    A community too small that no edge leaves has nothing to join: it becomes -1.
    """
    groups = by_size(groups, copies)
    communities = joining(graph, groups, copies)
    communities.absorb(limit)
    kept = min(limit, max(communities.sizes[group] for group in communities.links))
    for group in [group for group in communities.links if communities.sizes[group] < kept]:
        communities.drop(group)
    return by_size(communities.apply(groups), copies)


def partition(
    graph: csr_array,
    copies: Groups,
    *,
    resolution: float,
    n_groups: int | None,
    limit: int,
    seed: int | None,
    sums: Callable[[Groups], Matrix],
) -> Groups:
    """(m,) the community of each node, by size, -1 for none.

    Args:
        graph: (m, m) symmetric, float64, positive weights.
        copies: (m,) how many documents each node stands for.
        resolution: Resolution of Leiden, where *n_groups* is None.
        n_groups: Exactly so many communities, at most m.
        limit: Fewest documents of a community; lowered where *n_groups* cannot be had otherwise.
        seed: Seed of Leiden.
        sums: The summed unit rows (g, d) of the nodes of each group; asked only to join what no edge links.
    """
    if n_groups is None:
        return large_enough(graph, leiden(graph, resolution, seed), copies, limit)
    groups = _at_least(graph, copies, resolution, n_groups, limit, seed)
    return _exactly(graph, groups, copies, n_groups, sums)


def _at_least(graph: csr_array, copies: Groups, resolution: float, count: int, limit: int, seed: int | None) -> Groups:
    """At least *count* communities, from a resolution little above what that takes."""
    raw: dict[float, Groups] = {}

    def at(value: float, fewest: int) -> Groups:
        if value not in raw:
            raw[value] = leiden(graph, value, seed)
        return large_enough(graph, raw[value], copies, fewest)

    limit = max(1, min(limit, int(copies.sum()) // count))
    while True:
        value, groups = resolution, at(resolution, limit)
        if groups.max() + 1 >= count:
            return _fewer(at, value, groups, count, limit)
        most = -1
        while most < groups.max() and value < 1e9:  # beyond its peak, more resolution only makes crumbs to absorb
            most = int(groups.max())
            value *= 2
            groups = at(value, limit)
            if groups.max() + 1 >= count:
                return _closer(at, value / 2, value, groups, count, limit)
        if limit == 1:
            return by_size(np.arange(len(copies)), copies)
        limit = max(1, limit // 2)


def _fewer(at: Callable[[float, int], Groups], high: float, groups: Groups, count: int, limit: int) -> Groups:
    """Lower the resolution from *high* as long as *count* communities remain."""
    for _ in range(6):
        if groups.max() + 1 == count:
            return groups
        lower = at(high / 2, limit)
        if lower.max() + 1 < count:
            return _closer(at, high / 2, high, groups, count, limit)
        high, groups = high / 2, lower
    return groups


def _closer(
    at: Callable[[float, int], Groups], low: float, high: float, groups: Groups, count: int, limit: int
) -> Groups:
    """Between a resolution that gives too few and one that gives enough, halve the way three times."""
    for _ in range(3):
        if groups.max() + 1 == count:
            break
        middle = float(np.sqrt(low * high))
        found = at(middle, limit)
        if found.max() + 1 < count:
            low = middle
        else:
            high, groups = middle, found
    return groups


def _exactly(graph: csr_array, groups: Groups, copies: Groups, count: int, sums: Callable[[Groups], Matrix]) -> Groups:
    """Join the best-connected communities until *count* are left; where no edge links them, the most similar ones."""
    inside = np.flatnonzero(groups >= 0)
    communities = joining(graph[inside][:, inside], groups[inside], copies[inside])
    communities.reduce(count)
    joined = groups.copy()
    joined[inside] = communities.apply(groups[inside])
    joined = by_size(joined, copies)
    if joined.max() + 1 > count:
        inside = np.flatnonzero(joined >= 0)
        sizes = np.bincount(joined[inside], weights=copies[inside]).astype(np.int64)
        joined[inside] = average_linkage(sums(joined), sizes, count)[joined[inside]]
    return by_size(joined, copies)
