"""Topics and documents as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from typing import TYPE_CHECKING, Any

import numpy as np

from ..components import Description
from ..errors import InputError
from ..state import MAIN, FittedState

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "document_info",
    "documents_of",
    "has_texts",
    "representative_documents",
    "said",
    "topic_frequency",
    "topic_info",
    "topic_terms",
]


def topic_terms(state: FittedState, topic: int, aspect: str = MAIN) -> list[tuple[str, float]]:
    """(term, weight) pairs of *topic* under *aspect*, best first."""
    state.index.row(topic)
    return list(state.descriptions[aspect][topic].terms or ())


def said(description: Description) -> Any:
    """What an aspect says of a topic: its images, or its label and summary, else its (term, weight) pairs."""
    if description.images is not None:
        return list(description.images)
    return ": ".join(filter(None, (description.label, description.summary))) or list(description.terms or ())


def _cell(description: Description) -> Any:
    """What an aspect says of a topic, terms without their weights."""
    found = said(description)
    plain = description.images is None and not (description.summary or description.label)
    return [term for term, _ in found] if plain else found


def topic_info(state: FittedState, topic: int | None = None) -> pd.DataFrame:
    """A row a topic in order of id: Topic, Count, Name, Representation, each further aspect, Representative_Docs."""
    import pandas as pd

    topics = state.index.topics if topic is None else [state.index.topics[state.index.row(topic)]]
    columns: dict[str, list[Any]] = {
        "Topic": topics,
        "Count": [state.index.size(each) for each in topics],
        "Name": [state.label(each) for each in topics],
        "Representation": [[term for term, _ in topic_terms(state, each)] for each in topics],
    }
    for aspect, described in state.descriptions.items():
        if aspect != MAIN:
            columns[aspect] = [_cell(described[each]) for each in topics]
    if has_texts(state):
        columns["Representative_Docs"] = [representative_documents(state, each) for each in topics]
    if state.images is not None:
        columns["Representative_Images"] = [representative_images(state, each) for each in topics]
    table: pd.DataFrame = pd.DataFrame(columns)
    return table


def topic_frequency(state: FittedState) -> pd.DataFrame:
    """Topic and Count, largest first."""
    import pandas as pd

    order = np.lexsort((state.index.ids, -state.index.sizes))
    table: pd.DataFrame = pd.DataFrame({"Topic": state.index.ids[order], "Count": state.index.sizes[order]})
    return table


def representative_documents(state: FittedState, topic: int) -> list[str]:
    """The documents most like *topic*, best first."""
    state.index.row(topic)
    places = state.representative[topic]
    if state.documents is None and state.online is not None and has_texts(state):
        kept = dict(zip(state.online.exemplars.tolist(), state.online.texts, strict=True))
        return [text for text in map(kept.get, places) if text is not None]
    texts = documents_of(state)
    return [texts[place] for place in places]


def has_texts(state: FittedState) -> bool:
    """Whether the model keeps its documents, or, where it learned batch by batch, some that represent topics."""
    return state.documents is not None or (state.online is not None and any(map(bool, state.online.texts)))


def representative_images(state: FittedState, topic: int, n: int = 3) -> list[Any]:
    """The images of the documents most like *topic*, then of its first documents; at most *n*."""
    images = state.images or ()
    places = [*state.representative[topic], *np.flatnonzero(state.assignments == topic).tolist()]
    shown = [place for place in dict.fromkeys(places) if images[place] is not None]
    return [images[place] for place in shown[:n]]


def documents_of(state: FittedState) -> Sequence[str]:
    """The documents that the model keeps.

    Raises:
        InputError: It keeps none.
    """
    if state.documents is None:
        raise InputError(
            "this model keeps no documents; pass documents=, or save it with include=['documents'] to load it with them"
        )
    return state.documents


def document_info(
    state: FittedState,
    documents: Sequence[str] | None = None,
    df: pd.DataFrame | None = None,
    metadata: Mapping[str, Sequence[Any]] | None = None,
) -> pd.DataFrame:
    """A row a document: Document, Topic, Name, Representation, Top_n_words, Probability, Representative_document.

    Where there are images, a column Image follows Document, or stands in for it. Columns of *df* come first and those
    of *metadata* last.

    Raises:
        InputError: *documents*, *df* or *metadata* has another length than the fitted documents.
    """
    import pandas as pd

    texts = documents_of(state) if documents is None and state.images is None else documents or state.documents
    items = {name: values for name, values in (("Document", texts), ("Image", state.images)) if values is not None}
    n = state.n_documents
    extra = _columns(metadata)
    for what, found in (("documents", texts), ("df", df), *extra.items()):
        if found is not None and len(found) != n:
            raise InputError(f"{what} has {len(found)} entries, but the model was fitted on {n} documents")
    if df is not None and not isinstance(df, pd.DataFrame):
        raise InputError(f"df must be a pandas data frame, got {type(df).__name__}")
    info = topic_info(state).drop(columns="Count")
    info["Top_n_words"] = [" - ".join(words) for words in info["Representation"]]
    rows = info.iloc[state.index.rows(state.assignments)].reset_index(drop=True)
    table: pd.DataFrame = pd.DataFrame() if df is None else df.reset_index(drop=True).copy()
    clash = [name for name in (*items, *rows.columns) if name in table.columns]
    if clash:
        raise InputError(f"df has a column {clash[0]!r}, which the table brings itself; rename it")
    for name, values in items.items():
        table[name] = pd.Series(list(values), dtype=object)
    for name in rows.columns:
        table[name] = rows[name]
    table["Probability"] = state.strengths
    clash = [name for name in extra if name in table.columns]
    if clash:
        raise InputError(f"metadata has {clash[0]!r}, which the table has already; rename it")
    best = np.zeros(n, dtype=bool)
    best[[place for places in state.representative.values() for place in places]] = True
    table["Representative_document"] = best
    for name, values in extra.items():
        table[name] = list(values)
    return table


def _columns(metadata: Any) -> dict[str, Any]:
    """*metadata* as columns by name."""
    if metadata is not None and not isinstance(metadata, Mapping):
        raise InputError(f"metadata must be a dict of lists, got {metadata!r:.60}")
    for name, values in (metadata or {}).items():
        if isinstance(values, (str, bytes)) or not isinstance(values, Sized):
            raise InputError(f"metadata[{name!r}] must be a list with one value a document, got {values!r:.60}")
    return dict(metadata or {})
