"""A folder of real distributions, a small core, and a set of plugins over both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from topicore.registry import PluginSet, using
from topicore.testing.site import Site

CORE_PLUGIN = """
from topicore.hookspecs import hookimpl
from topicore.specs import ClustererSpec, EmbedderSpec, NativeType, ReducerSpec

ESTIMATOR = (NativeType("sklearn", "BaseEstimator"),)
GRAPH = ClustererSpec(
    name="graph", target="small.parts:Graph", summary="A graph.", argument="neighbors",
    receives={"n_topics": "n_topics", "random_state": "random_state"},
)
SK_REDUCER = ReducerSpec(name="sklearn", target="small.parts:Reduced", summary="Any estimator.", adapts=ESTIMATOR)
SK_EMBEDDER = EmbedderSpec(name="sklearn", target="small.parts:Fitted", summary="Any estimator.", adapts=ESTIMATOR)
CALLABLE = EmbedderSpec(name="callable", target="small.parts:Function", summary="Any function.")
JOINT = EmbedderSpec(
    name="joint", target="small.parts:Joint", summary="Several side by side.",
    adapts=(NativeType("builtins", "list"), NativeType("builtins", "tuple")),
)

@hookimpl
def topicore_clusterers():
    return [GRAPH]

@hookimpl
def topicore_reducers():
    return [SK_REDUCER]

@hookimpl
def topicore_embedders():
    return [SK_EMBEDDER, CALLABLE, JOINT]
"""

CORE_PARTS = """
from __future__ import annotations

from typing import Annotated

import numpy as np
from topicore.components import Assignment, Clusterer, Embedder, Reducer
from topicore.specs import Range

from . import plugin


class Graph(Clusterer):
    spec = plugin.GRAPH

    def __init__(self, neighbors: Annotated[int, Range(1)] = 15, n_topics: int | None = None, random_state: int = 0):
        self.neighbors, self.n_topics, self.random_state = neighbors, n_topics, random_state

    def fit_predict(self, x, y=None, /):
        return Assignment(labels=np.zeros(len(x), dtype=np.int64))


class Wrapping:
    def __init__(self) -> None:
        self.wrapped = None

    @classmethod
    def from_native(cls, obj, /, **parameters):
        component = cls(**parameters)
        component.wrapped = obj
        return component

    def embed(self, texts, /, *, role="document"):
        return np.zeros((len(texts), 1), dtype=np.float32)


class Reduced(Wrapping, Reducer):
    spec = plugin.SK_REDUCER

    def fit_transform(self, x, y=None, /):
        return x


class Fitted(Wrapping, Embedder):
    spec = plugin.SK_EMBEDDER


class Function(Wrapping, Embedder):
    spec = plugin.CALLABLE


class Joint(Wrapping, Embedder):
    spec = plugin.JOINT
"""

TOY_PLUGIN = """
from topicore.hookspecs import hookimpl
from topicore.specs import EmbedderSpec, NativeType

TOY = EmbedderSpec(
    name="toy", target="{package}.parts:Toy", summary="Lengths of texts.", argument="model",
    adapts=(NativeType("toylib", "Model"),), aliases=("toy.old",), environment=("TOY_API_KEY",),
)

@hookimpl
def topicore_embedders():
    return [TOY]
"""

TOY_PARTS = """
from __future__ import annotations

from typing import Literal

import numpy as np
from topicore.components import Embedder

from .plugin import TOY


class Toy(Embedder):
    spec = TOY

    def __init__(self, model: str = "small", scale: float = 1.0, mode: Literal["a", "b"] = "a") -> None:
        self.model, self.scale, self.mode = model, scale, mode

    @classmethod
    def from_native(cls, obj, /, *, scale: float = 1.0) -> Toy:
        return cls(model="native", scale=scale)

    def embed(self, texts, /, *, role="document"):
        return np.array([[len(text) * self.scale] for text in texts], dtype=np.float32).reshape(-1, 1)
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path / "site").active() as folder:
        folder._write("small.plugin", CORE_PLUGIN, package=False)
        folder._write("small.parts", CORE_PARTS, package=False)
        folder._write("small", "", package=True)
        yield folder


@pytest.fixture
def toy(site: Site) -> Callable[..., None]:
    """Installs a small working plugin called "toy", by whatever distribution."""

    def install(distribution: str = "topicore-toy", version: str = "1.0", *, group: str = "topicore.v1") -> None:
        package = distribution.replace("-", "_")
        site.add(
            distribution,
            version,
            entry_points={group: {"toy": f"{package}.plugin"}},
            modules={f"{package}.plugin": TOY_PLUGIN.format(package=package), f"{package}.parts": TOY_PARTS},
        )

    return install


@pytest.fixture
def plug(site: Site) -> Callable[..., None]:
    """Installs a plugin called *name* whose module has this source."""

    def install(name: str, source: str, **more: str) -> None:
        module = f"topicore_{name.replace('-', '_')}"
        modules = {f"{module}.plugin": source, **{f"{module}.{key}": text for key, text in more.items()}}
        site.add(f"topicore-{name}", "1.0", entry_points={"topicore.v1": {name: f"{module}.plugin"}}, modules=modules)

    return install


@pytest.fixture
def scan(site: Site) -> Iterator[Callable[..., PluginSet]]:
    """Makes the set of plugins that lie in the site the current one, under these environment variables."""
    from contextlib import ExitStack

    with ExitStack() as stack:

        def make(**environ: str) -> PluginSet:
            return stack.enter_context(using(PluginSet.installed(environ, core="small.plugin")))

        yield make
