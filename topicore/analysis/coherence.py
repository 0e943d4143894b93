"""How well words go together, from the windows of the corpus that hold them: the measures of Röder et al. (2015).

Values are those of gensim's ``CoherenceModel`` for the same tokens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..components import Rules, Tokens
from ..errors import InputError
from .cooccurrence import Seen, occurrences

__all__ = ["MEASURES", "Measure", "coherence", "measures_of"]

Floats = NDArray[np.float64]

EPSILON = 1e-12
"""The probability that every pair has at least, so that logarithms exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A measure of coherence.

    Args:
        column: What it is called in tables.
        window: Tokens of a window; None for whole documents, whatever is asked for.
        of: From (k, k) shares of windows that hold both of two words, in the order of the words, to a number.
    """

    column: str
    window: int | None
    of: Callable[[Floats], float]


def _pmi(shares: Floats) -> Floats:
    """(k, k) log of how much more often words are together than by chance."""
    alone = np.diag(shares)
    found: Floats = np.log((shares + EPSILON) / np.outer(alone, alone))
    return found


def _npmi(shares: Floats) -> Floats:
    """(k, k) PMI by its greatest value (Bouma 2009); about 1 for a word and itself."""
    found: Floats = _pmi(shares) / -np.log(shares + EPSILON)
    return found


def _of_pairs(values: Floats) -> float:
    """The mean over pairs of a word and one in front of it."""
    return float(values[np.tril_indices(len(values), -1)].mean())


def npmi(shares: Floats) -> float:
    """Mean NPMI of the pairs; gensim's ``c_npmi``."""
    return _of_pairs(_npmi(shares))


def uci(shares: Floats) -> float:
    """Mean PMI of the pairs (Newman et al. 2010); gensim's ``c_uci``."""
    return _of_pairs(_pmi(shares))


def umass(shares: Floats) -> float:
    """Mean log-probability of a word given one in front of it (Mimno et al. 2011); gensim's ``u_mass``."""
    return _of_pairs(np.log((shares + EPSILON) / np.diag(shares)))


def c_v(shares: Floats) -> float:
    """Mean cosine of the NPMI vector of each word over all words with the sum of these vectors; gensim's ``c_v``."""
    vectors = _npmi(shares)
    whole = vectors.sum(axis=0)
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(whole)
    return float((vectors @ whole / np.where(lengths > 0, lengths, np.nan)).mean())


MEASURES = {
    "npmi": Measure(column="NPMI", window=10, of=npmi),
    "c_v": Measure(column="C_v", window=110, of=c_v),
    "uci": Measure(column="UCI", window=10, of=uci),
    "umass": Measure(column="UMass", window=None, of=umass),
}


def measures_of(names: str | Iterable[str]) -> list[Measure]:
    """The measures of these *names*, or of one.

    Raises:
        InputError: There is no such measure.
    """
    if not isinstance(names, Iterable):
        raise InputError(f"coherence must be names of measures ({_known()}), got {names!r}")
    given = [names] if isinstance(names, str) else list(names)
    for name in given:
        if not isinstance(name, str) or name not in MEASURES:
            raise InputError(f"there is no coherence {name!r}; there are {_known()}")
    return [MEASURES[name] for name in dict.fromkeys(given)]


def _known() -> str:
    return ", ".join(map(repr, MEASURES))


def coherence(
    topics: Sequence[Sequence[str]],
    tokens: Tokens,
    rules: Rules,
    measures: Sequence[Measure],
    window: int | str | None = None,
) -> dict[str, Floats]:
    """How coherent the words of each of *topics* are.

    Words that are in no document count for nothing; a topic of fewer than two others has no value (NaN).

    Args:
        topics: The words of each, best first.
        tokens: The documents.
        rules: Which tokens are dropped before windows slide.
        measures: Which.
        window: Tokens of a window; None for those that belong to each measure, "document" for whole documents.

    Returns:
        (topics,) values for the name of each measure's column.

    Raises:
        InputError: *window* cannot be used.
    """
    sizes = {measure.column: _size(measure, window) for measure in measures}
    words = list(dict.fromkeys(word for topic in topics for word in topic))
    found = occurrences(words, tokens, rules)
    there = np.bincount(found.words, minlength=len(words)) > 0
    number = {word: place for place, word in enumerate(words) if there[place]}
    sets = [np.array([number[word] for word in dict.fromkeys(topic) if word in number], dtype=int) for topic in topics]
    seen = {size: found.seen(sets, size) for size in set(sizes.values())}
    return {measure.column: _values(measure, seen[sizes[measure.column]]) for measure in measures}


def _values(measure: Measure, seen: Seen) -> Floats:
    values = [measure.of(counts / seen.windows) if len(counts) > 1 else np.nan for counts in seen.together]
    return np.array(values, dtype=np.float64)


def _size(measure: Measure, window: int | str | None) -> int | None:
    if window == "document" or measure.window is None:
        return None
    if window is None:
        return measure.window
    if not isinstance(window, (int, np.integer)) or isinstance(window, bool) or window < 2:
        raise InputError(f"window must be a whole number of at least 2, or 'document', got {window!r}")
    return int(window)
