"""How good topics are: a table of them, and the figures of the whole model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .. import registry
from ..components import Event, Vectorizer
from ..errors import InputError
from ..pipeline.reading import rules_of
from ..state import MAIN, FittedState
from .coherence import coherence as coherences
from .coherence import measures_of
from .needed import tokens_of
from .separation import silhouettes
from .slices import whole
from .stability import stability

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Evaluation", "diversity", "evaluate", "inverted_rbo"]

Floats = NDArray[np.float64]

PERSISTENCE = 0.9
"""The weight of a rank in rank-biased overlap, relative to the one above it; the usual value."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Evaluation:
    """How good topics are. What cannot be said is NaN.

    Args:
        topics: A row a topic without -1: Topic, Count, Name, and a column a measure.
        totals: By name: numbers of topics and documents, sizes, the share of outliers; for each measure the mean over
            topics, for Silhouette that over documents; Inverted_RBO.
    """

    topics: pd.DataFrame
    totals: Mapping[str, float]

    def __repr__(self) -> str:
        wide = max(map(len, self.totals))
        lines = [
            f"{name:<{wide}}  {value:>8{',d' if isinstance(value, int) else '.3f'}}"
            for name, value in self.totals.items()
        ]
        return "\n".join([*lines, "", self.topics.to_string(index=False, float_format="{:.3f}".format)])


def evaluate(
    state: FittedState,
    *,
    n_words: int = 10,
    coherence: str | Iterable[str] = ("npmi", "c_v"),
    window: int | str | None = None,
    seeds: int | None = None,
    aspect: str = MAIN,
    notify: Callable[[Event], None] = lambda _: None,
) -> Evaluation:
    """Measure the topics of *state*.

    Args:
        state: The fitted state.
        n_words: Words of a topic that are looked at, or those that it shows where they are fewer.
        coherence: Measures of coherence: "npmi", "c_v", "uci", "umass", or none.
        window: Tokens of the windows in which words meet; None for those that belong to each measure, "document" for
            whole documents.
        seeds: With how many other seeds to cluster again, to see which topics come back; None for none.
        aspect: Whose words.
        notify: Who is told of progress.

    Raises:
        InputError: An argument cannot be used, or something is needed that the model does not keep.
    """
    words, index = _words(state, aspect, whole(n_words, "n_words")), state.index
    sizes = index.sizes[index.ids >= 0]
    again = None if seeds is None else whole(seeds, "seeds")
    measured: dict[str, Floats] = _coherence(state, words, coherence, window, aspect)
    measured["Diversity"] = diversity(words)
    totals = {name: _mean(values) for name, values in measured.items()}
    shown = [word for topic in words for word in topic]
    totals["Diversity"] = len(set(shown)) / len(shown) if shown else np.nan
    totals["Inverted_RBO"] = inverted_rbo(words)
    measured["Silhouette"], totals["Silhouette"] = _silhouette(state)
    if again is not None:
        found = stability(state, again, n_words, notify)
        measured |= {"Stability": found.documents, "Word_stability": found.words}
        totals |= {"Stability": _mean(found.documents), "Word_stability": _mean(found.words)}
        totals["Stability_AMI"] = found.agreement
    return Evaluation(topics=_table(state, sizes, measured), totals={**_sizes(state, sizes), **totals})


def diversity(topics: Sequence[Sequence[str]]) -> Floats:
    """(topics,) the mean over words of 1 / the topics that show it (topic uniqueness, Nan et al. 2019).

    Where topics show equally many words, the mean over topics is the share of distinct words among all that are shown
    (topic diversity, Dieng et al. 2020). NaN for a topic without words.
    """
    times = Counter(word for topic in topics for word in topic)
    return np.array([sum(1 / times[word] for word in topic) / len(topic) if topic else np.nan for topic in topics])


def inverted_rbo(topics: Sequence[Sequence[str]]) -> float:
    """1 - the mean extrapolated rank-biased overlap of two topics (Webber et al. 2010; Bianchi et al. 2021).

    1 where no word is in two topics, 0 where all topics are one list; NaN for fewer than two topics, or no words. The
    words that a shorter list lacks are not shared.
    """
    depth = max(map(len, topics), default=0)
    if len(topics) < 2 or not depth:
        return float("nan")
    times: Counter[str] = Counter()
    shared, agreement = 0, []
    for rank in range(depth):
        for topic in topics:
            if rank < len(topic):
                shared += times[topic[rank]]
                times[topic[rank]] += 1
        agreement.append(shared / (rank + 1))
    weights = PERSISTENCE ** np.arange(1, depth + 1)
    overlap = agreement[-1] * weights[-1] + (1 - PERSISTENCE) / PERSISTENCE * float(weights @ agreement)
    return float(1 - overlap / (len(topics) * (len(topics) - 1) / 2))


def _words(state: FittedState, aspect: str, n_words: int) -> list[list[str]]:
    """The best words of each topic without -1, each once."""
    if aspect not in state.descriptions:
        raise InputError(f"there is no aspect {aspect!r}; aspects are {', '.join(state.descriptions)}")
    described = state.descriptions[aspect]
    terms = [dict.fromkeys(term for term, _ in described[topic].terms or ()) for topic in state.index.real]
    return [list(each)[:n_words] for each in terms]


def _coherence(
    state: FittedState,
    words: Sequence[Sequence[str]],
    names: str | Iterable[str],
    window: int | str | None,
    aspect: str,
) -> dict[str, Floats]:
    chosen = measures_of(names)
    if not chosen:
        return {}
    if words and not any(words):
        raise InputError(
            f"aspect {aspect!r} shows no words whose coherence could be measured (labels and summaries are none); "
            "name another aspect, or leave coherence out with coherence=()"
        )
    vectorizer = state.components.vectorizer
    if not isinstance(vectorizer, Vectorizer):
        name = registry.capabilities(vectorizer).name
        raise InputError(
            f"coherence is counted in windows of tokens, and vectorizer {name!r} gives counts alone; "
            "fit with vectorizer='count', or leave coherence out with coherence=()"
        )
    return coherences(words, tokens_of(state), rules_of(vectorizer, state.settings), chosen, window)


def _silhouette(state: FittedState) -> tuple[Floats, float]:
    """The mean silhouette of the documents of each topic, and of all that are in one; NaN without embeddings."""
    n = len(state.index.real)
    if state.embeddings is None:
        return np.full(n, np.nan), float("nan")
    places = state.index.places(state.assignments)
    found = silhouettes(state.embeddings, places, n)
    inside = places >= 0
    sums = np.bincount(places[inside], found[inside], minlength=n)
    return sums / np.bincount(places[inside], minlength=n), _mean(found)


def _table(state: FittedState, sizes: NDArray[np.int64], measured: Mapping[str, Floats]) -> pd.DataFrame:
    import pandas as pd

    topics = state.index.real
    columns: dict[str, Any] = {"Topic": np.array(topics, dtype=np.int64), "Count": sizes.copy()}
    columns["Name"] = pd.Series([state.label(topic) for topic in topics], dtype=object)
    table: pd.DataFrame = pd.DataFrame({**columns, **measured})
    return table


def _sizes(state: FittedState, sizes: NDArray[np.int64]) -> dict[str, float]:
    return {
        "Documents": state.n_documents,
        "Topics": len(sizes),
        "Outlier_share": 1 - int(sizes.sum()) / state.n_documents,
        "Smallest": int(sizes.min()) if len(sizes) else 0,
        "Median_size": float(np.median(sizes)) if len(sizes) else 0.0,
        "Largest": int(sizes.max()) if len(sizes) else 0,
    }


def _mean(values: Floats) -> float:
    """The mean of those that are there; NaN for none."""
    there = values[~np.isnan(values)]
    return float(there.mean()) if len(there) else float("nan")
