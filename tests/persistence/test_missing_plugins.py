"""Models of plugins that are missing, replaced, upgraded or broken."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from topicore.errors import BrokenPluginError, MissingPluginError, ModelFileError, UnknownNameError
from topicore.model import TopicModel
from topicore.persistence import inspect
from topicore.registry import PluginSet, using
from topicore.testing.site import Site

PLUGIN = """
from topicore import hookimpl
from topicore.specs import EmbedderSpec, ClustererSpec

LETTERS = EmbedderSpec(
    name="acme", target="{module}.parts:Letters", summary="Letters.", argument="first", trainable=True, persists=True
)
FIRST = ClustererSpec(name="acme.first", target="{module}.parts:First", summary="First column.", inductive=False)

@hookimpl
def topicore_embedders():
    return [LETTERS]

@hookimpl
def topicore_clusterers():
    return [FIRST]
"""
PARTS = """
import numpy as np
from topicore.components import Assignment, Clusterer, Embedder, State
from . import plugin

class Letters(Embedder):
    spec = plugin.LETTERS

    def __init__(self, first: str = "a", scale: float = 1.0):
        self.first, self.scale, self.mean = first, scale, None

    def fit(self, texts, /):
        self.mean = self._rows(texts).mean(axis=0)

    def _rows(self, texts):
        letters = [chr(ord(self.first) + place) for place in range(26)]
        return np.array([[text.count(letter) for letter in letters] for text in texts], dtype=np.float32)

    def embed(self, texts, /, *, role="document"):
        return (self._rows(texts) - self.mean) * np.float32(self.scale)

    def state(self):
        return State(arrays={{"mean": self.mean}}, version={version})

    def restore(self, state, /):
        if state.version > {version}:
            raise ValueError("too new")
        self.mean = state.arrays["mean"]

class First(Clusterer):
    spec = plugin.FIRST

    def fit_predict(self, x, y=None, /):
        return Assignment(labels=(x[:, 0] > 0).astype(np.int64))
"""


def add(site: Site, distribution: str = "acme-topics", version: str = "1.0", *, state: int = 1) -> None:
    module = distribution.replace("-", "_")
    site.add(
        distribution,
        version,
        entry_points={"topicore.v1": {"acme": f"{module}.plugin"}},
        modules={
            f"{module}.plugin": PLUGIN.format(module=module),
            f"{module}.parts": PARTS.format(version=state),
        },
    )


@pytest.fixture
def saved(tmp_path: Path, documents: list[str]) -> Path:
    """A model of a plugin that is then uninstalled."""
    site = Site(tmp_path / "before")
    add(site)
    with site.active(), using(PluginSet.installed({})):
        TopicModel(embedder="acme:a", clusterer="acme.first").fit(documents).save(tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture
def site(tmp_path: Path, saved: Path) -> Iterator[Site]:
    """What is installed when the model is loaded; nothing yet."""
    site = Site(tmp_path / "after")
    with site.active(), using(PluginSet.installed({})):
        yield site


def test_a_missing_plugin_is_named_with_its_distribution(saved: Path, site: Site) -> None:
    message = r"this model needs embedder 'acme' \(from acme-topics 1.0\), .*: pip install acme-topics$"
    with pytest.raises(MissingPluginError, match=message):
        TopicModel.load(saved)


def test_a_plugin_that_is_known_and_missing_is_named_with_its_install_line(saved: Path, site: Site) -> None:
    from topicore.persistence.rebuilding import component_of
    from topicore.persistence.record import Record

    record = Record(
        kind="reducer",
        name="umap",
        distribution="topicore-umap",
        version="1.0",
        abilities={},
        external=None,
        config={},
        given=None,
        state=None,
    )
    with using(PluginSet()), pytest.raises(MissingPluginError, match="pip install topicore-umap"):
        component_of(record)


def test_topics_can_be_read_without_the_plugin(saved: Path, site: Site, documents: list[str]) -> None:
    model = TopicModel.load(saved, partial=True)
    assert len(model.topics_) == len(documents)
    assert len(model.get_topic_info()) == len(model.get_topics())
    assert "pip install acme-topics" in repr(model._fitted.components.embedder)
    with pytest.raises(MissingPluginError, match="pip install acme-topics"):
        model.transform(documents)
    with pytest.raises(UnknownNameError, match="acme"):
        model.fit(documents)


def test_the_vote_of_neighbours_needs_no_clusterer(saved: Path, site: Site) -> None:
    model = TopicModel.load(saved, partial=True)
    rows = model._fitted.predictor.rows
    topics, _ = model.transform(embeddings=rows)
    assert set(topics) <= set(model.topics_)


def test_saving_a_partial_model_loses_nothing(saved: Path, site: Site, tmp_path: Path, documents: list[str]) -> None:
    TopicModel.load(saved, partial=True).save(tmp_path / "again")
    for file in saved.iterdir():
        assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes(), file.name
    add(site)
    assert TopicModel.load(tmp_path / "again").transform(documents)[0] == TopicModel.load(saved).topics_


def test_a_plugin_is_found_as_soon_as_it_is_installed(saved: Path, site: Site, documents: list[str]) -> None:
    with pytest.raises(MissingPluginError):
        TopicModel.load(saved)
    add(site)
    assert TopicModel.load(saved).transform(documents)[0] == TopicModel.load(saved).topics_


def test_another_version_is_fine(saved: Path, site: Site, documents: list[str]) -> None:
    add(site, version="2.5", state=2)
    assert TopicModel.load(saved).transform(documents)[0] == TopicModel.load(saved).topics_


def test_another_distribution_is_a_warning(saved: Path, site: Site, documents: list[str]) -> None:
    add(site, "better-acme", "0.3")
    with pytest.warns(UserWarning, match=r"saved with acme-topics 1.0, and is loaded with better-acme 0.3") as caught:
        model = TopicModel.load(saved)
    assert len(caught) == 2
    assert model.transform(documents)[0] == model.topics_


def test_of_two_distributions_the_one_that_saved_is_taken(saved: Path, site: Site, documents: list[str]) -> None:
    add(site, "better-acme")
    add(site, "acme-topics")
    model = TopicModel.load(saved)
    assert type(model._fitted.components.embedder).__module__ == "acme_topics.parts"


def test_a_state_that_the_installed_version_cannot_read_names_both(
    saved: Path, tmp_path: Path, documents: list[str]
) -> None:
    newer, older = Site(tmp_path / "newer"), Site(tmp_path / "older")
    add(newer, version="2.0", state=2)
    add(older, version="1.0", state=1)
    with newer.active(), using(PluginSet.installed({})):
        TopicModel(embedder="acme").fit(documents).save(tmp_path / "new")
    message = r"embedder 'acme' cannot take up its state of version 2: .*acme-topics 2.0\).* with acme-topics 1.0"
    with older.active(), using(PluginSet.installed({})), pytest.raises(ModelFileError, match=message):
        TopicModel.load(tmp_path / "new")


def test_a_parameter_that_the_installed_version_lacks_is_named(saved: Path, site: Site) -> None:
    site.add(
        "acme-topics",
        "3.0",
        entry_points={"topicore.v1": {"acme": "acme_topics.plugin"}},
        modules={
            "acme_topics.plugin": PLUGIN.format(module="acme_topics"),
            "acme_topics.parts": PARTS.format(version=1).replace("scale", "factor"),
        },
    )
    with pytest.raises(ModelFileError, match=r"'acme' as it was saved \(from acme-topics 1.0\).*no parameter 'scale'"):
        TopicModel.load(saved)


def test_a_broken_plugin_is_said_to_be_broken(saved: Path, site: Site) -> None:
    site.add(
        "acme-topics",
        entry_points={"topicore.v1": {"acme": "acme_topics.plugin"}},
        modules={"acme_topics.plugin": "import no_such_module"},
    )
    with pytest.raises(BrokenPluginError, match="no_such_module"):
        TopicModel.load(saved)
    assert TopicModel.load(saved, partial=True).get_topics()


def test_what_a_model_needs_is_known_without_its_plugin(saved: Path, site: Site) -> None:
    assert inspect(saved)["needs"] == {"acme-topics": "1.0", "topicore": inspect(saved)["topicore"]}
