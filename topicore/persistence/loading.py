"""A fitted model from its folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from ..builtin.neighbors import NeighborVote
from ..builtin.space import Space
from ..components import Tokens
from ..errors import ModelFileError
from ..pipeline.resolving import aspects_of, chain_of, named_aspects
from ..specs import Kind
from ..state import Components, FittedState, Online, Settings, Steering, TopicIndex
from .arrays import read_state, read_tensors
from .files import MANIFEST, Folder, damaged, entry
from .rebuilding import component_of
from .record import read_record
from .topics import read_topics

__all__ = ["load"]

ROLES: tuple[Kind, ...] = ("embedder", "reducer", "clusterer", "vectorizer", "weighting")


def load(
    path: str | os.PathLike[str],
    *,
    embedder: object = None,
    reducer: object = None,
    clusterer: object = None,
    vectorizer: object = None,
    weighting: object = None,
    representation: object = None,
    partial: bool = False,
) -> tuple[FittedState, dict[str, Any]]:
    """Read the model that ``save`` wrote to the folder *path*: its fitted state, and its constructor's parameters.

    Components are found by kind and name among what is installed; nothing is imported by a name in a file, nothing is
    installed, and nothing in a file is run.

    Args:
        path: The folder.
        embedder: The live object, where the model was fitted with one that no file can hold; a list for a joint one.
        reducer: As *embedder*, for a class of your own with ``state()`` and ``restore()``.
        clusterer: As *reducer*.
        vectorizer: As *embedder*.
        weighting: As *embedder*.
        representation: How topics are described from now on: a dict for these aspects alone, anything else for all of
            them. The descriptions in the file stay as they are.
        partial: Read the topics even where a component cannot be built. A placeholder stands for it and raises the
            reason when it is used, so ``transform`` fails where it needs the component and everything else works.

    Returns:
        The state, without documents, tokens, counts and embeddings that were not included, and never with images; and
        the parameters, with the fitted components for those that were live objects.

    Raises:
        ExternalComponentError: A live object has to be handed back; the message says how.
        MissingPluginError: A plugin is not installed.
        ModelFileError: The folder is missing, damaged, foreign, or of a newer format.
    """
    folder = Folder.open(path)
    handed = {
        "embedder": embedder,
        "reducer": reducer,
        "clusterer": clusterer,
        "vectorizer": vectorizer,
        "weighting": weighting,
        "representation": representation,
    }
    try:
        state = _state(folder, handed, partial)
        return state, _parameters(folder, state, handed)
    except RecursionError as error:
        raise damaged(MANIFEST, "or a file beside it nests too deep") from error
    except OSError as error:
        raise ModelFileError(f"{folder.path} cannot be read: {error}") from error


def _state(folder: Folder, handed: Mapping[str, Any], partial: bool) -> FittedState:
    manifest = folder.manifest
    n, columns = entry(manifest, "documents", int, MANIFEST), entry(manifest, "columns", int, MANIFEST)
    topics = read_topics(folder, n, columns)
    versions = entry(manifest, "versions", dict, MANIFEST)
    extras = _extras(folder, n, len(topics["vocabulary"]), columns)
    return FittedState(
        settings=_settings(entry(manifest, "settings", dict, MANIFEST)),
        components=_components(folder, handed, partial),
        predictor=_predictor(folder),
        votes=entry(manifest, "votes", bool, MANIFEST),
        steering=_steering(folder, columns, topics["index"]),
        online=_online(folder, n, columns, topics),
        columns=columns,
        versions={str(name): str(version) for name, version in versions.items()},
        space=None if "embeddings" not in extras else Space(extras["embeddings"]),
        **topics,
        **extras,
    )


def _settings(written: Mapping[str, Any]) -> Settings:
    """The settings that this version has; later ones may have more."""
    known = {field.name: written[field.name] for field in fields(Settings) if field.name in written}
    plain: dict[str, Any] = {name: _tuples(value) for name, value in known.items()}
    return Settings(**plain)


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _components(folder: Folder, handed: Mapping[str, Any], partial: bool) -> Components:
    files = entry(folder.manifest, "components", dict, MANIFEST)
    parts: dict[str, Any] = {"reducer": None}
    for role in ROLES:
        if role in files:
            record = read_record(folder, folder.json(files[role]), role, f"{role}.json")
            parts[role] = component_of(record, handed[role], partial=partial)
        elif role != "reducer":
            raise damaged(MANIFEST, f"names no {role}")
    return Components(**parts, representations=_representations(folder, files, handed["representation"], partial))


def _representations(folder: Folder, files: Mapping[str, Any], handed: Any, partial: bool) -> dict[str, Any]:
    if handed is not None and not isinstance(handed, Mapping):
        return {aspect: chain_of(chain) for aspect, chain in aspects_of(handed).items()}
    own = {} if handed is None else {aspect: chain_of(chain) for aspect, chain in named_aspects(handed).items()}
    file = "representation.json"
    written = folder.json(files.get("representation"))
    if not isinstance(written, list) or not all(isinstance(aspect, dict) for aspect in written):
        raise damaged(file, "is no list of aspects")
    chains = {entry(aspect, "aspect", str, file): entry(aspect, "chain", list, file) for aspect in written}
    saved = {
        aspect: tuple(
            component_of(read_record(folder, link, "representation", file), aspect=aspect, partial=partial)
            for link in chain
        )
        for aspect, chain in chains.items()
        if aspect not in own
    }
    return {aspect: own[aspect] if aspect in own else saved[aspect] for aspect in {**chains, **own}}


def _predictor(folder: Folder) -> NeighborVote | None:
    written = folder.manifest.get("predictor")
    if written is None:
        return None
    if not isinstance(written, dict):
        raise damaged(MANIFEST, "is not as topicore writes it: 'predictor' must be an object")
    version, meta = entry(written, "version", int, MANIFEST), entry(written, "meta", dict, MANIFEST)
    state = read_state(folder, written.get("file"), version=version, meta=meta)
    try:
        return NeighborVote.from_state(state)
    except (AttributeError, IndexError, TypeError, ValueError) as error:
        raise damaged("predictor.safetensors", f"holds no neighbour vote ({error})") from error


def _steering(folder: Folder, columns: int, index: TopicIndex) -> Steering | None:
    written = folder.manifest.get("steering")
    if written is None:
        return None
    if not isinstance(written, dict):
        raise damaged(MANIFEST, "is not as topicore writes it: 'steering' must be an object")
    tensors = read_tensors(folder, written.get("file"))
    seeds = tensors.take("seeds", "f", None, columns) if "seeds" in tensors.arrays else None
    labels = tensors.take("labels", "f", None, columns) if "labels" in tensors.arrays else None
    topics = tensors.take("topics", "i", 0 if labels is None else len(labels)).astype(np.int64, copy=False)
    if not np.isin(topics[topics >= 0], index.ids).all():
        raise damaged(tensors.file, "holds zero-shot topics that do not exist")
    return Steering(
        seeds=seeds,
        mean=None if seeds is None else tensors.take("mean", "f", columns),
        labels=labels,
        topics=topics,
        min_similarity=entry(written, "min_similarity", float, MANIFEST),
    )


def _online(folder: Folder, n: int, columns: int, topics: Mapping[str, Any]) -> Online | None:
    written = folder.manifest.get("online")
    if written is None:
        return None
    if not isinstance(written, dict):
        raise damaged(MANIFEST, "is not as topicore writes it: 'online' must be an object")
    index, mapping = topics["index"], topics["mapping"]
    tensors = read_tensors(folder, written.get("file"))
    exemplars = tensors.take("exemplars", "i", None).astype(np.int64, copy=False)
    if len(exemplars) and (exemplars[0] < 0 or exemplars[-1] >= n or (np.diff(exemplars) <= 0).any()):
        raise damaged(tensors.file, "holds representative documents that do not exist")
    next_topic = entry(written, "next_topic", int, MANIFEST)
    if next_topic <= max(index.topics, default=-1):
        raise damaged(MANIFEST, f"gives the next topic the id {next_topic}, which is taken")
    texts: Any = [None] * len(exemplars) if written.get("texts") is None else folder.json(written["texts"])
    fits = isinstance(texts, list) and len(texts) == len(exemplars)
    if not fits or not all(text is None or isinstance(text, str) for text in texts):
        raise damaged("online.json", "is no list with a text for each representative document")
    return Online(
        sums=tensors.take("sums", "f", len(index), columns).astype(np.float64, copy=False),
        next_topic=next_topic,
        seen=tensors.take("seen", "b", len(mapping)),
        exemplars=exemplars,
        texts=tuple(texts),
        rows=tensors.matrix("rows", "f", len(exemplars), columns),
    )


def _extras(folder: Folder, n: int, v: int, columns: int) -> dict[str, Any]:
    """What was included beyond the topics."""
    files = entry(folder.manifest, "include", dict, MANIFEST)
    extras: dict[str, Any] = {}
    if "documents" in files:
        extras["documents"] = folder.lines(files["documents"], n)
    if "tokens" in files:
        extras["tokens"] = _tokens(folder, files, n)
    if "counts" in files:
        extras["counts"] = read_tensors(folder, files["counts"]).sparse("counts", "if", n, v)
    if "embeddings" in files:
        extras["embeddings"] = read_tensors(folder, files["embeddings"]).matrix("embeddings", "f", n, columns)
    return extras


def _tokens(folder: Folder, files: Mapping[str, Any], n: int) -> Tokens:
    vocabulary = folder.json(files.get("token_vocabulary"))
    if not isinstance(vocabulary, list) or not all(isinstance(token, str) for token in vocabulary):
        raise damaged("tokens.json", "is no list of tokens")
    tensors = read_tensors(folder, files["tokens"])
    ids = tensors.take("ids", "i", None).astype(np.int32, copy=False)
    offsets = tensors.take("offsets", "i", n + 1).astype(np.int64, copy=False)
    inside = not len(ids) or (ids.min() >= 0 and ids.max() < len(vocabulary))
    if not inside or offsets[0] != 0 or offsets[-1] != len(ids) or (np.diff(offsets) < 0).any():
        raise damaged(tensors.file, "holds tokens that do not fit their documents or their vocabulary")
    return Tokens(ids=ids, offsets=offsets, vocabulary=vocabulary, stop=tensors.take("stop", "b", len(vocabulary)))


def _parameters(folder: Folder, state: FittedState, handed: Mapping[str, Any]) -> dict[str, Any]:
    """The constructor's parameters: as they were written, or the component where that was no JSON or was handed in."""
    components = state.components
    fitted = {role: getattr(components, role) for role in ROLES}
    fitted["representation"] = {aspect: list(chain) for aspect, chain in components.representations.items()}
    parameters = dict(entry(folder.manifest, "parameters", dict, MANIFEST))
    if isinstance(parameters.get("ngram_range"), list):
        parameters["ngram_range"] = tuple(parameters["ngram_range"])
    for role, component in fitted.items():
        if role not in parameters or handed[role] is not None:
            parameters[role] = component
    return parameters
