"""What a component can do, where it comes from, and which settings of the model reach it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from topicore import registry
from topicore.components import Clusterer, CountingVectorizer, Embedder, Reducer, Representation, Vectorizer


class Plain(Embedder):
    def embed(self, texts, /, *, role="document"):
        return np.ones((len(texts), 1), dtype=np.float32)


class Able(Plain):
    def fit_tokens(self, tokens, /):
        return None

    def embed_images(self, images, /):
        return np.ones((len(images), 1), dtype=np.float32)

    def partial_fit(self, texts, /):
        return None


class Flat(Reducer):
    def fit_transform(self, x, y=None, /):
        return x


class Groups(Clusterer):
    def fit_predict(self, x, y=None, /): ...

    def predict(self, x, /): ...

    def state(self): ...


class Words(Vectorizer):
    def tokenize(self, texts, /): ...


class Counts(CountingVectorizer):
    def fit_transform(self, documents, /): ...

    def transform(self, documents, /): ...

    def partial_fit(self, documents, /): ...

    terms = ()


class Says(Representation):
    def describe(self, view, /): ...


def test_a_users_own_class_is_read_off_its_methods():
    plain, able = registry.capabilities(Plain()), registry.capabilities(Able())
    assert (plain.kind, plain.trainable, plain.incremental, plain.modalities) == ("embedder", False, False, {"text"})
    assert (able.trainable, able.incremental, able.modalities) == (True, True, {"text", "image"})
    assert registry.capabilities(Flat()).inductive is False
    groups = registry.capabilities(Groups())
    assert (groups.inductive, groups.soft, groups.outliers, groups.persists) == (True, False, True, True)
    words, counts = registry.capabilities(Words()), registry.capabilities(Counts())
    assert (words.tokens, words.incremental) == (True, False)
    assert (counts.tokens, counts.incremental) == (False, True)
    assert registry.capabilities(Says()).kind == "representation"
    assert plain.name == "custom"
    assert plain.target.endswith(":Plain")
    assert dict(plain.receives) == {}


def test_a_class_defined_anywhere_has_a_valid_spec():
    class Local(Plain):
        pass

    Local.__module__ = "tests.some-odd place"
    assert registry.capabilities(Local()).target == "tests.some_odd_place:Local"


def test_a_registered_component_keeps_its_spec_and_may_narrow_it(scan):
    scan()
    graph = registry.build("clusterer", "graph")
    assert registry.capabilities(graph) is type(graph).spec
    graph.spec = replace(type(graph).spec, inductive=False)
    assert registry.capabilities(graph).inductive is False


def test_a_component_knows_its_entry(toy, scan):
    toy()
    scan()
    component = registry.build("embedder", "toy:large")
    entry = registry.registered(component)
    assert (entry.qualified, entry.argument) == ("topicore-toy/toy", None)
    assert registry.registered(registry.build("clusterer", "graph")).qualified == "topicore/graph"


def test_a_users_own_class_has_no_entry_nor_has_a_subclass_of_a_registered_one(toy, scan):
    toy()
    scan()
    mine = type("Mine", (type(registry.build("embedder", "toy")),), {})
    assert registry.registered(mine()) is None
    assert registry.registered(Plain()) is None


def test_of_two_distributions_the_one_that_built_it_is_meant(toy, scan):
    toy("topicore-toy")
    toy("acme-toy")
    scan()
    for distribution in ("topicore-toy", "acme-toy"):
        component = registry.build("embedder", f"{distribution}/toy")
        assert registry.registered(component).plugin.distribution == distribution


def test_settings_go_where_the_spec_says(scan):
    scan()
    graph = registry.build("clusterer", "graph")
    values = {"n_topics": 5, "random_state": 7, "language": "german"}
    assert registry.settings(graph, values) == {"n_topics": 5, "random_state": 7}
    assert graph.fresh(**registry.settings(graph, values)).n_topics == 5


def test_what_the_user_gave_wins_even_where_it_is_the_default(scan):
    scan()
    graph = registry.build("clusterer", "graph", random_state=0)
    assert registry.settings(graph, {"n_topics": 5, "random_state": 7}) == {"n_topics": 5}


def test_of_a_component_built_directly_what_differs_from_the_default_wins(scan):
    scan()
    graph = type(registry.build("clusterer", "graph"))(n_topics=3)
    assert graph.given is None
    assert registry.settings(graph, {"n_topics": 5, "random_state": 7}) == {"random_state": 7}


def test_a_users_own_class_receives_nothing():
    assert registry.settings(Plain(), {"n_topics": 5}) == {}


@pytest.mark.parametrize("kind", [None, "clusterer"])
def test_entries_are_everything_that_can_be_named(toy, scan, kind):
    toy()
    scan()
    names = [entry.qualified for entry in registry.entries(kind)]
    assert ("topicore-toy/toy" in names) is (kind is None)
    assert "topicore/graph" in names
