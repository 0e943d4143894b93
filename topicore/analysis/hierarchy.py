"""Which topics are alike: joined two at a time until one is left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse

from ..components import FloatMatrix
from ..counts import best_columns
from ..errors import InputError
from ..pipeline.checking import guarded, weighed
from ..state import MAIN, FittedState

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["hierarchical_topics", "topic_tree"]

Distances: TypeAlias = NDArray[np.float64]
Node: TypeAlias = tuple[int, str, float]
"""The id and name of a topic or joint, and the distance at which it is joined."""

COLUMNS = (
    "Parent_ID",
    "Parent_Name",
    "Topics",
    *(f"Child_{side}_{what}" for side in ("Left", "Right") for what in ("ID", "Name")),
    "Distance",
)

TOP = -1
"""Stands for the line above all others of a tree; outliers are in no tree."""

ROUNDING = 1e-3
"""What a given distance may be off by, as a part of the largest: angles between equal float32 rows are nearly that."""

TINY = 1e-6
"""What it may be off by in any case: 1 - cosine of parallel float32 rows is that far from 0."""

NUMBERS = 1 << 22
"""Most term weights of joined topics held at once."""

LONGEST = 100
"""Characters of a name that a tree shows."""


def hierarchical_topics(
    state: FittedState,
    *,
    use_ctfidf: bool = True,
    linkage_function: Callable[[Any], Any] | None = None,
    distance_function: Callable[[Any], Any] | None = None,
    n_words: int = 5,
) -> pd.DataFrame:
    """A row a joint: Parent_ID, Parent_Name, Topics, Child_Left_ID, Child_Left_Name, the same of Right, Distance.

    Topics (without -1) are joined by Ward's linkage on the distance 1 - cosine, the leaves in their best order.
    Parents get the ids after the largest topic id in the order in which they are made, and the last one comes first.
    Ids are texts; Topics are numbers, those of all topics below. A topic is named by the first words that it shows; a
    joint by its heaviest terms, where its topics are counted as one and the weighting stays as it was fitted. No
    representation is run. With fewer than two topics there are no rows.

    Args:
        state: A fitted model; neither its documents nor their counts are needed.
        use_ctfidf: Compare the term weights of topics; else their mean embeddings.
        linkage_function: Condensed distances (k * (k - 1) / 2,) to the linkage (k - 1, 4); both as in
            ``scipy.cluster.hierarchy``.
        distance_function: The (k, ...) rows of the topics, CSR weights or embeddings, to distances: square with
            zeros on the diagonal, or condensed.
        n_words: Words of a name.

    Raises:
        InputError: A function gives something else, or *n_words* is no positive whole number.
    """
    _check_arguments(linkage_function, distance_function, n_words)
    topics = np.array(state.index.real, dtype=np.int64)
    rows, count = state.index.rows(topics), len(topics)
    if count < 2:
        return _table([], [], [], np.empty((0, 4)))
    vectors: Any = state.weights[rows] if use_ctfidf else state.topic_embeddings[rows]
    condensed = _cosine(vectors) if distance_function is None else _condensed(distance_function(vectors), count)
    linkage = _linkage((linkage_function or _ward)(condensed), count)
    groups = _groups(linkage, count)
    parents = int(topics[-1]) + 1 + np.arange(count - 1)
    names = [_topic_name(state, topic, n_words) for topic in topics.tolist()]
    names += _parent_names(state, state.topic_counts[rows], linkage, n_words)
    return _table([*topics.tolist(), *parents.tolist()], names, [topics[group].tolist() for group in groups], linkage)


def _check_arguments(linkage_function: Any, distance_function: Any, n_words: Any) -> None:
    for name, function in (("linkage_function", linkage_function), ("distance_function", distance_function)):
        if function is not None and not callable(function):
            raise InputError(f"{name} must be a function, got {function!r}; None is the default one")
    if not isinstance(n_words, (int, np.integer)) or isinstance(n_words, bool) or n_words < 1:
        raise InputError(f"n_words must be a whole number of at least 1, got {n_words!r}")


def _cosine(vectors: csr_array | FloatMatrix) -> Distances:
    """Condensed 1 - cosine of the rows, never negative; a row of zeros is at 1 from all others."""
    x: Any = vectors.astype(np.float64)
    products = _dense(x @ x.T)
    lengths = np.sqrt(np.diagonal(products))
    scale = np.where(lengths > 0, lengths, 1)
    distances: Distances = np.clip(1 - products / (scale[:, None] * scale), 0, None)[np.triu_indices(len(scale), 1)]
    return distances


def _dense(matrix: Any) -> Distances:
    sparse: Any = matrix
    return np.array(sparse.toarray() if issparse(matrix) else matrix, dtype=np.float64)


def _condensed(given: Any, count: int) -> Distances:
    """What a distance function of the user gave for *count* topics, condensed and never negative.

    Raises:
        InputError: Shape or numbers are not those of distances.
    """
    try:
        found = _dense(given)
    except (TypeError, ValueError) as error:
        raise InputError(f"distance_function must give an array of numbers: {error}") from None
    pairs = count * (count - 1) // 2
    if found.shape not in ((count, count), (pairs,)):
        raise InputError(
            f"distance_function gave shape {found.shape} for {count} topics; "
            f"give distances of shape ({count}, {count}), or condensed ({pairs},)"
        )
    if not np.isfinite(found).all():
        raise InputError("distance_function gave NaN or infinite numbers")
    slack = max(ROUNDING * float(np.abs(found).max()), TINY)
    if found.ndim == 2:
        if np.abs(np.diagonal(found)).max() > slack:
            raise InputError("distance_function gave no zeros on the diagonal; give distances, not similarities")
        if np.abs(found - found.T).max() > slack:
            raise InputError("distance_function gave a matrix that is not symmetric")
        found = found[np.triu_indices(count, 1)]
    if found.min() < -slack:
        raise InputError(f"distance_function gave negative distances, down to {found.min():g}")
    return found.clip(0)


def _ward(condensed: Distances) -> Any:
    from scipy.cluster.hierarchy import linkage

    return linkage(condensed, "ward", optimal_ordering=True)


def _linkage(given: Any, count: int) -> NDArray[np.float64]:
    """What a linkage function gave for *count* topics, checked.

    Raises:
        InputError: It is no linkage of so many topics.
    """
    from scipy.cluster.hierarchy import is_valid_linkage

    try:
        found = np.array(given, dtype=np.float64)
        if found.shape != (count - 1, 4):
            raise ValueError(f"its shape is {found.shape}, not ({count - 1}, 4)")
        if not np.isfinite(found).all() or (found[:, :2] % 1).any():
            raise ValueError("it holds NaN, infinite numbers or broken ids")
        is_valid_linkage(found, throw=True)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"linkage_function gave no linkage of {count} topics ({error}); give what scipy.cluster.hierarchy.linkage "
            "gives for the condensed distances"
        ) from None
    return found


def _groups(linkage: NDArray[np.float64], count: int) -> list[list[int]]:
    """The places of the topics below each joint, ascending."""
    groups = [[place] for place in range(count)]
    for left, right in linkage[:, :2].astype(np.int64).tolist():
        groups.append(sorted(groups[left] + groups[right]))
    return groups[count:]


def _topic_name(state: FittedState, topic: int, n_words: int) -> str:
    words = [term for term, _ in (state.descriptions[MAIN][topic].terms or ())[:n_words]]
    return "_".join(words) if words else state.label(topic)


def _parent_names(state: FittedState, counts: csr_array, linkage: NDArray[np.float64], n_words: int) -> list[str]:
    """The heaviest terms of each joint; the *counts* (k, v) of a joint are the sum of those of its two sides."""
    from scipy.sparse import vstack

    sums = {place: counts[[place]] for place in range(counts.shape[0])}
    step = max(1, NUMBERS // max(1, counts.shape[1]))
    names: list[str] = []
    held: list[csr_array] = []
    for joint, (left, right) in enumerate(linkage[:, :2].astype(np.int64).tolist(), counts.shape[0]):
        sums[joint] = sums.pop(left) + sums.pop(right)
        held.append(sums[joint])
        if len(held) == step or len(sums) == 1:
            for columns, _ in best_columns(_weights(state, csr_array(vstack(held, format="csr"))), n_words):
                names.append("_".join([state.vocabulary[column] for column in columns.tolist()]))
            held = []
    return names


def _weights(state: FittedState, counts: csr_array) -> csr_array:
    """*counts* of other groups of documents, weighed as the topics of the model were."""
    weighting = state.components.weighting
    counts.sort_indices()
    return weighed(guarded(weighting, lambda: weighting.transform(counts)), counts)


def _table(
    ids: Sequence[int], names: Sequence[str], below: Sequence[list[int]], linkage: NDArray[np.float64]
) -> pd.DataFrame:
    """The joints of *linkage*, the last first; *ids* and *names* are those of topics, then of parents."""
    import pandas as pd

    def texts(values: Iterable[Any]) -> pd.Series[str]:
        return pd.Series([str(value) for value in values], dtype=str)

    parents = range(len(ids) - 1, len(ids) - 1 - len(linkage), -1)
    left, right = linkage[::-1, :2].astype(np.int64).T.tolist()
    columns: list[Any] = [texts(ids[place] for place in parents), texts(names[place] for place in parents)]
    columns.append(pd.Series(list(below[::-1]), dtype=object))
    for children in (left, right):
        columns += [texts(ids[place] for place in children), texts(names[place] for place in children)]
    columns.append(linkage[::-1, 2].copy())
    table: pd.DataFrame = pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))
    return table


def topic_tree(table: pd.DataFrame, *, max_distance: float | None = None, tight_layout: bool = False) -> str:
    """*table*, or some of its rows, as lines of text::

        .
        ├─sea_reef_tide_wave_ship
        │    ├─■──reef_coral_fish_dive_tide ── Topic: 3
        │    └─■──ship_harbour_anchor_crew_mast ── Topic: 0
        └─■──oven_dough_bread_flour_yeast ── Topic: 1

    A square is a topic of the model; the other lines are joints of what is below them.

    Args:
        table: What ``hierarchical_topics`` gives.
        max_distance: Topics that are first joined at this distance or beyond are shown as ``O``: they are like no
            other. None shows all.
        tight_layout: Indent less.

    Raises:
        InputError: *table* is no hierarchy of topics.
    """
    limit = np.inf if max_distance is None else max_distance
    if isinstance(limit, bool) or not isinstance(limit, Real) or limit != limit:
        raise InputError(f"max_distance must be a number or None, got {max_distance!r}")
    below, topics = _read(table)
    gap = " " if tight_layout else " " * 4
    lines, waiting = ["."], _branches(below[TOP], "")
    while waiting:
        (node, name, distance), indent, is_last = waiting.pop()
        text = name[:LONGEST]
        if node in topics:
            text = f"■──{text} ── Topic: {node}" if distance < limit else "O"
        lines.append(f"{indent}{'└' if is_last else '├'}─{text}")
        waiting += _branches(below.get(node, []), indent + (" " if is_last else "│") + gap)
    return "\n".join([*lines, ""])


def _branches(nodes: Sequence[Node], indent: str) -> list[tuple[Node, str, bool]]:
    """*nodes* with their indent and whether they are the last, the first of them at the end."""
    return [(node, indent, place == 0) for place, node in enumerate(reversed(nodes))]


def _read(table: Any) -> tuple[dict[int, list[Node]], set[int]]:
    """What is below each joint of *table*, and below ``TOP``; and which ids are those of topics.

    Raises:
        InputError: *table* is no hierarchy of topics.
    """
    missing = [name for name in COLUMNS if name not in getattr(table, "columns", ())]
    if missing:
        raise InputError(f"table must be what hierarchical_topics() gives; it has no column {missing[0]!r}")
    below: dict[int, list[Node]] = {TOP: []}
    names: dict[int, str] = {}
    try:
        rows = list(zip(*(table[name] for name in COLUMNS), strict=True))
        for parent, name, _, left, left_name, right, right_name, distance in rows:
            names[int(parent)] = str(name)
            pair = ((int(left), left_name), (int(right), right_name))
            below[int(parent)] = [(node, str(called), float(distance)) for node, called in pair]
        topics = {int(topic) for row in rows for topic in row[2]}
    except (TypeError, ValueError) as error:
        raise InputError(f"table must be what hierarchical_topics() gives; its values are others ({error})") from None
    joined = [node for nodes in below.values() for node, _, _ in nodes]
    above = all(node < parent for parent, nodes in below.items() for node, _, _ in nodes)
    if len(names) < len(rows) or len(set(joined)) < len(joined) or not above:
        raise InputError(
            "table is no hierarchy: each id must have one row as a parent, and one parent with a larger id"
        )
    tops = [parent for parent in sorted(names, reverse=True) if parent not in joined]
    below[TOP] = below[tops[0]] if len(tops) == 1 else [(top, names[top], np.inf) for top in tops]
    return below, topics
