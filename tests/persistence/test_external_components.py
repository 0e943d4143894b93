"""Live objects and classes of one's own: handed back at load, or refused at save."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array

import topicore
from topicore.components import (
    Assignment,
    Clusterer,
    Description,
    Embedder,
    Reducer,
    Representation,
    State,
    TopicView,
    Vectorizer,
    Weighting,
)
from topicore.errors import ComponentError, ExternalComponentError
from topicore.model import TopicModel
from topicore.persistence import inspect

WORDS = "sailor anchor flour butter judge jury galaxy orbit harbour dough verdict comet".split()


def hits(texts: Sequence[str]) -> np.ndarray[Any, Any]:
    """How often each of WORDS is in each text."""
    return np.array([[text.count(word) for word in WORDS] for text in texts], dtype=np.float32)


class Hits(Embedder):
    def embed(self, texts: Sequence[str], /, *, role: str = "document") -> Any:
        return hits(texts)


class Centred(Embedder):
    """Learns, and can say what."""

    mean: np.ndarray[Any, Any] | None = None

    def fit(self, texts: Sequence[str], /) -> None:
        self.mean = hits(texts).mean(axis=0)

    def embed(self, texts: Sequence[str], /, *, role: str = "document") -> Any:
        assert self.mean is not None
        return hits(texts) - self.mean

    def state(self) -> State | None:
        return None if self.mean is None else State(arrays={"mean": self.mean})

    def restore(self, state: State, /) -> None:
        self.mean = state.arrays["mean"]


class Spaces(Vectorizer):
    def tokenize(self, texts: Iterable[str], /) -> Iterator[list[str]]:
        for text in texts:
            yield text.split()


class Plain(Weighting):
    def fit_transform(self, counts: csr_array, terms: Sequence[str], /) -> csr_array:
        return self.transform(counts)

    def transform(self, counts: csr_array, /) -> csr_array:
        return csr_array(counts, dtype=np.float64)


class Shout(Representation):
    def describe(self, view: TopicView, /) -> Mapping[int, Description]:
        return {topic: Description(label=f"TOPIC {topic}!") for topic in view.topics}


class Largest(Clusterer):
    """The largest column."""

    def fit_predict(self, x: Any, y: Any = None, /) -> Assignment:
        self.found = np.unique(x.argmax(axis=1))
        return self.predict(x)

    def predict(self, x: Any, /) -> Assignment:
        return Assignment(labels=np.searchsorted(self.found, x.argmax(axis=1)).astype(np.int64))


class LargestKept(Largest):
    def state(self) -> State | None:
        return State(arrays={"found": self.found})

    def restore(self, state: State, /) -> None:
        self.found = state.arrays["found"]


class Halves(Reducer):
    def fit_transform(self, x: Any, y: Any = None, /) -> Any:
        return self.transform(x)

    def transform(self, x: Any, /) -> Any:
        return x[:, ::2]


def saved_model(documents: list[str], path: Path, **parameters: Any) -> TopicModel:
    model = TopicModel(**parameters).fit(documents)
    model.save(path / "model")
    return model


EMBEDDERS = {
    "function": (hits, "hits"),
    "class": (Hits(), "Hits"),
    "class that learns": (Centred(), "Centred"),
}


@pytest.mark.parametrize("case", EMBEDDERS)
def test_an_external_embedder_is_handed_back(case: str, documents: list[str], tmp_path: Path) -> None:
    embedder, name = EMBEDDERS[case]
    model = saved_model(documents, tmp_path, embedder=embedder)
    message = rf"embedder .*\.{name}, .*hand it back with load\(path, embedder=obj\)"
    with pytest.raises(ExternalComponentError, match=message):
        TopicModel.load(tmp_path / "model")
    loaded = TopicModel.load(tmp_path / "model", embedder=embedder)
    assert loaded.transform(documents)[0] == model.topics_


def test_what_is_handed_back_is_not_changed(documents: list[str], tmp_path: Path) -> None:
    saved_model(documents, tmp_path, embedder=Centred())
    mine = Centred()
    loaded = TopicModel.load(tmp_path / "model", embedder=mine)
    assert mine.mean is None
    assert loaded._fitted.components.embedder is not mine


def test_a_joint_embedder_takes_its_external_part_back_in_a_list(documents: list[str], tmp_path: Path) -> None:
    joint = topicore.embedder([hits, "ppmi"], weights=[1, 0.5])
    model = saved_model(documents, tmp_path, embedder=joint)
    with pytest.raises(ExternalComponentError, match=r"load\(path, embedder=\[obj, 'ppmi'\]\)"):
        TopicModel.load(tmp_path / "model")
    loaded = TopicModel.load(tmp_path / "model", embedder=[hits, "ppmi"])
    embedder: Any = loaded._fitted.components.embedder
    assert embedder.weights == [1, 0.5]
    expected, found = model.transform(documents), loaded.transform(documents)
    assert found[0] == expected[0]
    np.testing.assert_array_equal(found[1], expected[1])


@pytest.mark.parametrize("handed", [[hits], hits])
def test_a_joint_embedder_needs_all_its_parts(handed: Any, documents: list[str], tmp_path: Path) -> None:
    saved_model(documents, tmp_path, embedder=[hits, "ppmi"])
    with pytest.raises(ExternalComponentError, match=r"made of 2 parts \(.*hits, 'ppmi'\): hand back a list"):
        TopicModel.load(tmp_path / "model", embedder=handed)


def test_an_embedder_without_state_may_be_replaced_and_one_with_state_may_not(
    documents: list[str], tmp_path: Path
) -> None:
    model = saved_model(documents, tmp_path)
    with pytest.raises(ExternalComponentError, match="was fitted with embedder 'ppmi', whose state is in the file"):
        TopicModel.load(tmp_path / "model", embedder=hits)
    again = TopicModel.load(tmp_path / "model", embedder="ppmi")
    assert again.transform(documents)[0] == model.topics_


@pytest.mark.parametrize(("kind", "component"), [("vectorizer", Spaces()), ("weighting", Plain())])
def test_an_own_vectorizer_or_weighting_is_handed_back(
    kind: str, component: Any, documents: list[str], tmp_path: Path
) -> None:
    model = saved_model(documents, tmp_path, **{kind: component})
    name = type(component).__name__
    with pytest.raises(ExternalComponentError, match=rf"{kind} .*\.{name}, .*load\(path, {kind}=obj\)"):
        TopicModel.load(tmp_path / "model")
    loaded = TopicModel.load(tmp_path / "model", **{kind: component})
    assert loaded.transform(documents)[0] == model.topics_


def test_an_own_representation_is_missed_only_when_it_is_used(documents: list[str], tmp_path: Path) -> None:
    model = saved_model(documents, tmp_path, representation=["projection", Shout()])
    loaded = TopicModel.load(tmp_path / "model")
    assert loaded.topic_labels_ == model.topic_labels_
    assert loaded.transform(documents)[0] == model.topics_
    with pytest.raises(ExternalComponentError, match=r"representation .*\.Shout"):
        loaded.fit(documents)
    with pytest.raises(ExternalComponentError, match=r"load\(path, representation=\{'main': obj\}\)"):
        loaded.describe_topics(documents=documents)
    handed = TopicModel.load(tmp_path / "model", representation=["projection", Shout()])
    assert handed.fit(documents).topic_labels_ == model.topic_labels_


def test_an_aspect_is_handed_back_alone(documents: list[str], tmp_path: Path) -> None:
    model = saved_model(documents, tmp_path, representation={"main": "projection", "loud": Shout()})
    loaded = TopicModel.load(tmp_path / "model")
    with pytest.raises(ExternalComponentError, match=r"load\(path, representation=\{'loud': obj\}\)"):
        loaded.describe_topics("loud")
    handed = TopicModel.load(tmp_path / "model", representation={"loud": Shout(), "new": "mmr"})
    assert list(handed.representation) == ["main", "loud", "new"]
    handed.fit(documents)
    assert handed.get_topics() == model.get_topics()
    assert handed.topic_aspects_["loud"] == model.topic_aspects_["loud"]


@pytest.mark.parametrize(("kind", "component"), [("clusterer", Largest()), ("reducer", Halves())])
def test_a_clusterer_or_reducer_that_would_be_lost_is_refused_before_anything_is_written(
    kind: str, component: Any, documents: list[str], tmp_path: Path
) -> None:
    model = TopicModel(embedder=hits, **{kind: component}).fit(documents)
    message = rf"{kind} .*cannot be saved.*Ways out: .*state\(\) and restore\(\)"
    with pytest.raises(ExternalComponentError, match=message):
        model.save(tmp_path / "folder" / "model")
    assert list(tmp_path.iterdir()) == []


def test_an_own_clusterer_with_a_state_is_handed_back(documents: list[str], tmp_path: Path) -> None:
    model = saved_model(documents, tmp_path, embedder="lsa", clusterer=LargestKept())
    with pytest.raises(ExternalComponentError, match=r"load\(path, clusterer=obj\)"):
        TopicModel.load(tmp_path / "model")
    loaded = TopicModel.load(tmp_path / "model", clusterer=LargestKept())
    assert loaded.transform(documents)[0] == model.transform(documents)[0]


def test_topics_of_a_model_with_an_external_embedder_can_be_read_without_it(
    documents: list[str], tmp_path: Path
) -> None:
    model = saved_model(documents, tmp_path, embedder=hits)
    loaded = TopicModel.load(tmp_path / "model", partial=True)
    assert loaded.get_topics() == model.get_topics()
    assert loaded.transform(documents, embeddings=hits(documents))[0] == model.topics_
    with pytest.raises(ExternalComponentError, match="embedder=obj"):
        loaded.transform(documents)
    loaded.save(tmp_path / "again")
    again = TopicModel.load(tmp_path / "again", embedder=hits)
    assert again.transform(documents)[0] == model.topics_


def test_an_external_record_names_a_type_and_no_parameters(documents: list[str], tmp_path: Path) -> None:
    saved_model(documents, tmp_path, embedder=Hits())
    record = json.loads((tmp_path / "model" / "embedder.json").read_text())
    assert record["external"] == f"{__name__}.Hits"
    assert (record["config"], record["distribution"]) == ({}, None)
    assert inspect(tmp_path / "model")["hand_back"] == ["embedder"]


@pytest.mark.parametrize("value", [object(), float("inf"), {1: 2}])
def test_a_parameter_that_is_no_json_is_named(value: Any, documents: list[str], tmp_path: Path) -> None:
    from topicore.builtin.graph import Graph

    model = TopicModel().fit(documents)
    clusterer: Any = model._fitted.components.clusterer
    assert isinstance(clusterer, Graph)
    clusterer.resolution = value
    with pytest.raises(ExternalComponentError, match=r"clusterer 'graph' cannot be saved: its parameter resolution"):
        model.save(tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (State(arrays={"a": np.array([object()])}), "array 'a' is object"),
        (State(arrays={"a": np.array(["text"])}), "array 'a' is <U4"),
        (State(strings={"s": ["x", 1]}), "strings 's' hold int"),  # type: ignore[list-item]
        (State(meta={"m": [float("nan")]}), r"meta\['m'\]\[0\] is nan"),
    ],
)
def test_a_state_that_no_file_can_hold_is_named(
    state: State, message: str, documents: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = TopicModel(embedder=Centred()).fit(documents)
    monkeypatch.setattr(Centred, "state", lambda self: state)
    with pytest.raises(ComponentError, match=message):
        model.save(tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


def test_any_state_comes_back(documents: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = State(
        arrays={
            "scalar": np.array(3.5),
            "empty": np.zeros((0, 4), dtype=np.int16),
            "strided": np.arange(12, dtype=np.int64).reshape(3, 4).T,
            "big-endian": np.arange(3, dtype=">f4"),
            "flags": np.array([True, False]),
            "same": np.arange(2),
        },
        strings={"same": ["", "\udc80", "naïve", "足球", ""], "none": []},
        meta={"b": {"c": [1, None, "x"]}, "a": (1, 2)},
        version=3,
    )
    seen: list[State] = []
    model = TopicModel(embedder=Centred()).fit(documents)
    monkeypatch.setattr(Centred, "state", lambda self: state)
    monkeypatch.setattr(Centred, "restore", lambda self, given: seen.append(given))
    model.save(tmp_path / "model")
    TopicModel.load(tmp_path / "model", embedder=Centred())
    (found,) = seen
    assert sorted(found.arrays) == sorted(state.arrays)
    for name, array in state.arrays.items():
        assert found.arrays[name].dtype == array.dtype.newbyteorder("=")
        assert found.arrays[name].flags.writeable
        np.testing.assert_array_equal(found.arrays[name], array)
        assert found.arrays[name].shape == array.shape
    assert found.strings == state.strings
    assert (found.meta, found.version) == ({"b": {"c": [1, None, "x"]}, "a": [1, 2]}, 3)
