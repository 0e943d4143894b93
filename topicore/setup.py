"""What a model does with its parameters before and around the work."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, cast

import numpy as np

from . import registry
from .builtin.vectorizers import ngram_pair
from .builtin.words import automatic, language_codes
from .components import Component, Executor
from .errors import ParameterError, PluginError
from .pipeline import resolve
from .pipeline.notifying import listed, told
from .pipeline.resolving import aspects_of
from .specs import Kind
from .state import Components, FittedState, Settings

__all__ = [
    "changed_settings",
    "check_names",
    "checked_settings",
    "chosen_components",
    "described_pipeline",
    "executor_of",
]

_KINDS: tuple[Kind, ...] = ("embedder", "reducer", "clusterer", "vectorizer", "weighting", "representation")


def checked_settings(parameters: Mapping[str, Any]) -> Settings:
    """The settings among *parameters*.

    Raises:
        ParameterError: One cannot take its value.
    """
    values = {field.name: parameters[field.name] for field in fields(Settings)}
    for name, low in (("n_topics", 1), ("min_topic_size", 1), ("n_words", 1), ("random_state", 0)):
        if values[name] is not None or name != "n_topics":
            values[name] = _whole(name, values[name], low)
    if str(values["probabilities"]) not in ("True", "False"):
        raise ParameterError(f"probabilities must be True or False, got {values['probabilities']!r}")
    values["probabilities"] = bool(values["probabilities"])
    values["ngram_range"] = ngram_pair(values["ngram_range"])
    if values["language"] is not None and not isinstance(values["language"], str):
        raise ParameterError(f"language must be a name, an ISO code or None, got {values['language']!r}")
    if not automatic(values["language"]):
        language_codes(values["language"])
    values["stop_words"] = _stop_words(values["stop_words"])
    values["seed_topics"] = _seed_topics(values["seed_topics"])
    values["zeroshot_topics"] = _labels(values["zeroshot_topics"], "zeroshot_topics")
    values["zeroshot_min_similarity"] = _share("zeroshot_min_similarity", values["zeroshot_min_similarity"])
    return Settings(**values)


def changed_settings(settings: Settings, given: Mapping[str, Any]) -> Settings:
    """*settings* with those of *given* that are not None.

    Raises:
        ParameterError: One cannot take its value.
    """
    values = {field.name: getattr(settings, field.name) for field in fields(Settings)}
    return checked_settings({**values, **{name: value for name, value in given.items() if value is not None}})


def _whole(name: str, value: Any, low: int) -> int:
    """*value* as a plain int of at least *low*; numpy's integers are fine, truth values are not."""
    try:
        number = operator.index(value)
    except TypeError:
        number = low - 1
    if isinstance(value, bool) or number < low:
        raise ParameterError(f"{name} must be a whole number of at least {low}, got {value!r}")
    return number


def _stop_words(words: Any) -> str | tuple[str, ...] | None:
    if isinstance(words, str):
        language_codes(words)
        return words
    if words is None:
        return None
    if not isinstance(words, (list, tuple, set, frozenset)) or not all(isinstance(word, str) for word in words):
        raise ParameterError(f"stop_words must be a language or a list of words, got {words!r}")
    return tuple(sorted(words) if isinstance(words, (set, frozenset)) else words)


def _seed_topics(topics: Any) -> tuple[tuple[str, ...], ...] | None:
    """Lists of words, one a topic."""
    if topics is None:
        return None
    if not isinstance(topics, (list, tuple)) or any(isinstance(words, str) for words in topics):
        raise ParameterError(f"seed_topics must be a list of lists of words, one a topic, got {topics!r:.80}")
    return tuple(_labels(words, f"seed_topics[{place}]") or () for place, words in enumerate(topics))


def _labels(labels: Any, name: str) -> tuple[str, ...] | None:
    if labels is None:
        return None
    if not isinstance(labels, (list, tuple)) or not labels:
        raise ParameterError(f"{name} must be a list of texts with at least one, got {labels!r:.80}")
    wrong = [label for label in labels if not isinstance(label, str) or not label.strip()]
    if wrong or len(set(labels)) < len(labels):
        what = f"holds {wrong[0]!r}, which is no text with words" if wrong else "holds one text twice"
        raise ParameterError(f"{name} {what}")
    return tuple(labels)


def _share(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)) or not -1 <= value <= 1:
        raise ParameterError(f"{name} must be a cosine between -1 and 1, got {value!r}")
    return float(value)


def chosen_components(parameters: Mapping[str, Any]) -> Components:
    """The components that *parameters* name.

    Raises:
        PluginError: A name leads nowhere.
        ParameterError: A value is no component of its kind.
    """
    return resolve({kind: parameters[kind] for kind in _KINDS})


def check_names(parameters: Mapping[str, Any]) -> None:
    """Refuse names among *parameters* that lead nowhere; nothing is imported but plugin descriptions.

    Raises:
        PluginError: A name leads nowhere.
    """
    for kind in _KINDS:
        for value in _named(kind, parameters[kind]):
            registry.find(kind, value)
    registry.build("executor", parameters["executor"] or "serial")
    for observer in listed(parameters["observers"]):
        told(observer)


def _named(kind: Kind, value: Any) -> list[str]:
    """The names in *value*: itself, or those in a list or dict of representations or embedders."""
    values = list(aspects_of(value).values()) if kind == "representation" else [value]
    flat = [part for entry in values for part in (entry if isinstance(entry, (list, tuple)) else [entry])]
    return [part for part in flat if isinstance(part, str)]


def executor_of(value: Any) -> Executor:
    """The executor that *value* names or is."""
    return cast(Executor, registry.build("executor", value or "serial"))


def described_pipeline(title: str, parameters: Mapping[str, Any], state: FittedState | None) -> str:
    """The resolved pipeline, a line a part with its distribution and version, then what differs from the defaults."""
    rows: list[tuple[str, str, str]] = []
    for kind in _KINDS:
        value = parameters[kind]
        if kind == "representation":
            for aspect, chain in aspects_of(value).items():
                links = chain if isinstance(chain, (list, tuple)) else [chain]
                rows += [(kind if aspect == "main" else f"  {aspect}", *_told(kind, link)) for link in links]
        elif value is None:
            rows.append((kind, "none", ""))
        else:
            rows.append((kind, *_told(kind, value)))
    wide = max(len(shown) for _, shown, _ in rows)
    lines = [f"  {label:<15} {shown:<{wide}}  {source}".rstrip() for label, shown, source in rows]
    defaults = Settings()
    changed = [
        f"{field.name}={parameters[field.name]!r}"
        for field in fields(Settings)
        if _plain(parameters[field.name]) != _plain(getattr(defaults, field.name))
    ]
    if changed:
        lines.append("  settings        " + ", ".join(changed))
    if state is not None and automatic(parameters["language"]) and not automatic(state.settings.language):
        lines.append(f"  language        {state.settings.language}, found in the documents")
    lines.append("  state           " + ("not fitted" if state is None else _summary(state)))
    return "\n".join([f"{title}(", *lines, ")"])


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value


def _told(kind: Kind, value: Any) -> tuple[str, str]:
    """How a part is written, and where it comes from."""
    try:
        if isinstance(value, str):
            entry = registry.find(kind, value)
            return value, f"{entry.plugin.distribution} {entry.plugin.version}"
        component = registry.build(kind, value)
    except (PluginError, ParameterError) as error:
        return str(value), f"({error})"
    found = registry.registered(component)
    source = f"{found.plugin.distribution} {found.plugin.version}" if found else type(component).__module__
    return _written(component), source


def _written(component: Component) -> str:
    name = registry.capabilities(component).name if registry.registered(component) else ""
    text = repr(component)
    return f"{name}: {text}" if name and not text.lower().startswith(name) else text


def _summary(state: FittedState) -> str:
    outliers = state.index.size(-1) if -1 in state.index.topics else 0
    share = outliers / state.n_documents
    return f"{state.n_documents:,} documents, {len(state.index.real)} topics, {share:.1%} outliers"
