"""Names become components; targets are imported on first use and held to what the spec promises."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from topicore import registry
from topicore.components import Embedder, Reducer
from topicore.errors import BrokenPluginError, MissingPluginError, ParameterError

PLUGIN = """
from topicore.hookspecs import hookimpl
from topicore.specs import EmbedderSpec

SPEC = EmbedderSpec(name="odd", target="topicore_odd.parts:Odd", summary="Odd.", requires={requires!r})

@hookimpl
def topicore_embedders():
    return [SPEC]
"""


class Lengths(Embedder):
    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale

    def embed(self, texts, /, *, role="document"):
        return np.ones((len(texts), 1), dtype=np.float32)


def test_a_name_is_built_with_argument_and_parameters(toy, scan):
    toy()
    scan()
    component = registry.build("embedder", "toy:large", scale=2)
    assert (component.model, component.scale, component.mode) == ("large", 2, "a")
    assert component.given == {"model", "scale"}
    assert registry.build("embedder", "toy").given == frozenset()


def test_finding_a_component_does_not_import_its_target(toy, scan):
    toy()
    scan()
    entry = registry.find("embedder", "toy")
    assert "topicore_toy.parts" not in sys.modules
    assert registry.component_class(entry).spec is entry.spec


def test_an_argument_for_a_number_is_read_as_one(scan):
    scan()
    assert registry.build("clusterer", "graph:7").neighbors == 7
    with pytest.raises(ParameterError, match="clusterer 'graph': neighbors must be an int at least 1, got 'few'"):
        registry.build("clusterer", "graph:few")


def test_an_argument_goes_somewhere_once(toy, scan):
    toy()
    scan()
    with pytest.raises(ParameterError, match="embedder 'toy' got 'model' twice: 'a' after ':' and 'b'"):
        registry.build("embedder", "toy:a", model="b")
    with pytest.raises(ParameterError, match="embedder 'joint' takes nothing after ':', got 'x'"):
        registry.build("embedder", "joint:x")


def test_a_component_is_returned_as_it_is(scan):
    scan()
    mine = Lengths()
    assert registry.build("embedder", mine) is mine
    assert mine.given is None


@pytest.mark.parametrize(
    ("kind", "value", "parameters", "message"),
    [
        ("reducer", Lengths(), {}, "reducer: Lengths is an embedder, not a reducer"),
        ("embedder", Lengths, {}, "embedder: Lengths is a class; hand in an instance, Lengths(...)"),
        (
            "embedder",
            Lengths(),
            {"scale": 2.0},
            "embedder: Lengths is built already; give scale where you build it, Lengths(...)",
        ),
        (
            "reducer",
            42,
            {},
            "42 cannot be used as reducer: hand in a name, an object of a supported library, "
            "or an instance of a subclass of topicore.components.Reducer",
        ),
    ],
)
def test_what_is_no_component_of_the_kind_is_refused(scan, kind, value, parameters, message):
    scan()
    with pytest.raises(ParameterError) as caught:
        registry.build(kind, value, **parameters)
    assert str(caught.value) == message


def odd(plug, parts: str, requires: tuple[str, ...] = ()) -> None:
    plug("odd", PLUGIN.format(requires=requires), parts="from topicore.components import Embedder, Reducer\n" + parts)


def test_a_missing_module_is_named_with_its_install_line(plug, scan):
    odd(plug, "import no_such_backend", requires=("no_such_backend",))
    scan()
    with pytest.raises(MissingPluginError) as caught:
        registry.build("embedder", "odd")
    assert str(caught.value) == (
        "embedder 'odd' from topicore-odd 1.0 needs the module 'no_such_backend', which is not installed: "
        "pip install no-such-backend"
    )
    assert registry.plugins()[1].condition == "backend missing"


def test_the_project_of_a_module_may_be_called_otherwise(plug, scan, monkeypatch):
    for module in ("umap", "PIL"):
        monkeypatch.setitem(sys.modules, module, None)
    odd(plug, "", requires=("umap", "PIL"))
    scan()
    with pytest.raises(
        MissingPluginError,
        match="needs the modules 'umap' and 'PIL', which are not installed: pip install umap-learn pillow",
    ):
        registry.build("embedder", "odd")


BAD_TARGETS = {
    "cannot be imported: ModuleNotFoundError: No module named 'no_such_backend'": "import no_such_backend",
    "cannot be imported: ZeroDivisionError: division by zero": "1 / 0",
    "cannot be imported: AttributeError": "",
    "is not a subclass of topicore.components.Embedder": "class Odd(Reducer): pass",
    "leaves out embed": "class Odd(Embedder): pass",
    "has no spec": "class Odd(Embedder):\n    def embed(self, texts): ...",
    "has another spec ('odd') than the one that the hook returns": (
        "from dataclasses import replace\nfrom .plugin import SPEC\n"
        "class Odd(Embedder):\n    spec = replace(SPEC, trainable=True)\n    def embed(self, texts): ..."
    ),
}


@pytest.mark.parametrize("reason", BAD_TARGETS)
def test_a_target_that_breaks_its_promise_is_named_with_its_plugin(toy, plug, scan, reason):
    toy()
    odd(plug, BAD_TARGETS[reason])
    scan()
    with pytest.raises(BrokenPluginError) as caught:
        registry.build("embedder", "odd")
    assert str(caught.value).startswith("embedder 'odd' from topicore-odd 1.0 ")
    assert reason in str(caught.value)
    assert registry.build("embedder", "toy").scale == 1.0


def test_a_constructor_that_refuses_is_a_parameter_error(plug, scan):
    odd(
        plug,
        "from .plugin import SPEC\nclass Odd(Embedder):\n    spec = SPEC\n"
        "    def __init__(self): raise ValueError('not today')\n    def embed(self, texts): ...",
    )
    scan()
    with pytest.raises(ParameterError, match="embedder 'odd' cannot be built: ValueError: not today"):
        registry.build("embedder", "odd")


def test_a_vectorizer_may_count_or_tokenise():
    from topicore.components import CountingVectorizer, Vectorizer
    from topicore.registry.kinds import classes, kind_of

    assert classes("vectorizer") == (Vectorizer, CountingVectorizer)
    assert kind_of(Lengths) == "embedder"
    assert kind_of(Reducer) == "reducer"
    assert kind_of(int) is None
