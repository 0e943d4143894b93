"""A fitted model to a folder of JSON and safetensors."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Literal, TypeAlias

from .. import __version__
from ..components import JSON
from ..errors import InputError, ModelFileError
from ..state import MAIN, FittedState, Online, Settings, Steering
from .arrays import state_arrays, write_tensors
from .files import FORMAT, Draft, replacing
from .plain import NotJSONError, plain
from .record import Record, write_record
from .recording import record_of
from .topics import write_topics

__all__ = ["Extra", "save"]

Extra: TypeAlias = Literal["documents", "tokens", "counts", "embeddings"]
EXTRAS: tuple[Extra, ...] = ("documents", "tokens", "counts", "embeddings")


def save(
    state: FittedState,
    path: str | os.PathLike[str],
    *,
    include: Sequence[Extra] = (),
    parameters: Mapping[str, Any],
) -> None:
    """Write *state* to the folder *path*: a new one, an empty one, or a saved model to replace.

    Two saves of one model are equal byte for byte. Images are never stored. What cannot be saved is refused before
    anything is written, and a failure while writing leaves what was there.

    Args:
        state: The model.
        path: The folder.
        include: What else to keep: documents (the few that represent topics, where the model learned batch by batch),
            tokens, document-term counts, embeddings.
        parameters: The constructor's parameters; those that are no JSON are taken from the components at load.

    Raises:
        ExternalComponentError: A component cannot be saved; the message names the ways out.
        InputError: *include* names what there is not.
        ModelFileError: It cannot be written there.
    """
    wanted = _included(state, include)
    records = {role: _records(state, role) for role in ("embedder", "reducer", "clusterer", "vectorizer", "weighting")}
    chains = {aspect: [record_of(link) for link in chain] for aspect, chain in state.components.representations.items()}
    settings = _settings(state.settings)
    with replacing(path) as draft:
        components: dict[str, JSON] = {
            role: draft.json(f"{role}.json", write_record(draft, record, role))
            for role, record in records.items()
            if record is not None
        }
        components["representation"] = _write_chains(draft, chains)
        manifest: dict[str, JSON] = {
            "format": FORMAT,
            "topicore": __version__,
            "versions": dict(state.versions),
            "components": components,
            "settings": settings,
            "parameters": _parameters(parameters),
            "model": write_topics(draft, state),
            "predictor": _write_predictor(draft, state),
            "votes": state.votes,
            "steering": _write_steering(draft, state.steering),
            "online": _write_online(draft, state.online, texts="documents" in wanted),
            "include": _write_extras(draft, state, wanted),
            "columns": state.columns,
            "documents": state.n_documents,
            "topics": len(state.index.real),
        }
        draft.manifest(manifest)


def _records(state: FittedState, role: str) -> Record | None:
    component = getattr(state.components, role)
    return None if component is None else record_of(component)


def _included(state: FittedState, include: Sequence[Extra]) -> list[Extra]:
    """The *include*, checked, in the order of writing."""
    names = [include] if isinstance(include, str) else list(include)
    unknown = [name for name in names if name not in EXTRAS]
    if unknown:
        raise InputError(f"include has {unknown[0]!r}; a saved model can hold {', '.join(EXTRAS)}")
    represented = state.online is not None and any(map(bool, state.online.texts))
    for name in names:
        if getattr(state, name) is None and not (name == "documents" and represented):
            raise InputError(f"include has {name!r}, but this model keeps no {name}")
    return [name for name in EXTRAS if name in names]


def _settings(settings: Settings) -> JSON:
    try:
        return {field.name: plain(getattr(settings, field.name), field.name) for field in fields(settings)}
    except NotJSONError as error:
        raise ModelFileError(f"the setting {error}") from error


def _parameters(parameters: Mapping[str, Any]) -> JSON:
    """The *parameters* that JSON can hold; a mapping would lose its order, and is left to the components.

    Nor is the cache kept: what a model read from a file writes to is for its new user to say.
    """
    kept: dict[str, JSON] = {}
    for name, value in parameters.items():
        if not isinstance(value, Mapping) and name not in ("cache", "cache_key"):
            try:
                kept[name] = plain(value, name)
            except NotJSONError:
                continue
    return kept


def _write_chains(draft: Draft, chains: Mapping[str, list[Record]]) -> str:
    """Write the representations, the main aspect first, as a list that keeps their order."""
    written: list[JSON] = []
    for number, (aspect, chain) in enumerate(chains.items()):
        stems = [f"representation.{number}.{place}" for place in range(len(chain))]
        links: list[JSON] = [write_record(draft, link, stem) for link, stem in zip(chain, stems, strict=True)]
        written.append({"aspect": aspect, "main": aspect == MAIN, "chain": links})
    return draft.json("representation.json", written)


def _write_predictor(draft: Draft, state: FittedState) -> JSON:
    if state.predictor is None:
        return None
    learned = state.predictor.state()
    file = write_tensors(draft, "predictor.safetensors", state_arrays(learned))
    return {"file": file, "version": learned.version, "meta": dict(learned.meta)}


def _write_steering(draft: Draft, steering: Steering | None) -> JSON:
    if steering is None:
        return None
    rows = {"seeds": steering.seeds, "mean": steering.mean, "labels": steering.labels, "topics": steering.topics}
    arrays = {name: array for name, array in rows.items() if array is not None}
    return {"file": write_tensors(draft, "steering.safetensors", arrays), "min_similarity": steering.min_similarity}


def _write_online(draft: Draft, online: Online | None, *, texts: bool) -> JSON:
    """What learning batch by batch goes on from; the few texts it keeps only where documents are asked for."""
    if online is None:
        return None
    arrays = {"sums": online.sums, "seen": online.seen, "exemplars": online.exemplars, "rows": online.rows}
    return {
        "file": write_tensors(draft, "online.safetensors", arrays),
        "next_topic": online.next_topic,
        "texts": draft.json("online.json", list(online.texts)) if texts else None,
    }


def _write_extras(draft: Draft, state: FittedState, wanted: Sequence[Extra]) -> dict[str, JSON]:
    """Write what was asked for beyond the topics; returns which file holds what."""
    written: dict[str, JSON] = {}
    if "documents" in wanted and state.documents is not None:
        written["documents"] = draft.lines("documents.jsonl.gz", state.documents)
    if "tokens" in wanted and state.tokens is not None:
        tokens = state.tokens
        arrays = {"ids": tokens.ids, "offsets": tokens.offsets, "stop": tokens.stop}
        written["tokens"] = write_tensors(draft, "tokens.safetensors", arrays)
        written["token_vocabulary"] = draft.json("tokens.json", list(tokens.vocabulary))
    for name in ("counts", "embeddings"):
        if name in wanted:
            written[name] = write_tensors(draft, f"{name}.safetensors", {name: getattr(state, name)})
    return written
