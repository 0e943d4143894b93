"""A plugin that breaks the rules is marked broken, says why when it is used, and harms no one else."""

from __future__ import annotations

import sys

import pytest

from topicore import registry
from topicore.errors import BrokenPluginError

SPEC = """
from topicore.hookspecs import hookimpl
from topicore.specs import EmbedderSpec, ReducerSpec

def spec(name, cls=EmbedderSpec, **more):
    return cls(name=name, target="nowhere:Class", summary="A component.", **more)

@hookimpl
def topicore_embedders():
"""

BROKEN = {
    "missing import": ("import no_such_backend", "ModuleNotFoundError: No module named 'no_such_backend'"),
    "exits": ("raise SystemExit(3)", "SystemExit: 3"),
    "misspelt hook": (
        "from topicore.hookspecs import hookimpl\n@hookimpl\ndef topicore_embeders(): return []",
        "AttributeError: there is no hook 'topicore_embeders'; did you mean 'topicore_embedders'?",
    ),
    "unmarked hook": (
        "def topicore_embedders(): return []",
        "TypeError: topicore_embedders is not marked as a hook; write @topicore.hookimpl above it",
    ),
    "unknown argument": (
        "from topicore.hookspecs import hookimpl\n@hookimpl\ndef topicore_adapt(obj, sort): return None",
        "Argument(s) {'sort'} are declared in the hookimpl but can not be found in the hookspec",
    ),
    "wrapper": (
        "from topicore.hookspecs import hookimpl\n@hookimpl(wrapper=True)\ndef topicore_embedders(): return (yield)",
        "TypeError: topicore_embedders is a hook wrapper; hooks of topicore describe, they do not wrap each other",
    ),
    "hook raises": (SPEC + "    raise RuntimeError('on\\nfire')", "RuntimeError: on fire"),
    "returns nothing": (
        SPEC + "    spec('bad')",
        "TypeError: topicore_embedders returned None; return a list of specs",
    ),
    "foreign namespace": (
        SPEC + "    return [spec('good')]",
        "ValueError: embedder 'good' must be called 'bad' or 'bad.NAME'",
    ),
    "foreign alias": (
        SPEC + "    return [spec('bad', aliases=('graph',))]",
        "ValueError: embedder 'graph' must be called 'bad' or 'bad.NAME'",
    ),
    "no namespace": (
        SPEC + "    return [spec('badly')]",
        "ValueError: embedder 'badly' must be called 'bad' or 'bad.NAME'",
    ),
    "wrong kind": (
        SPEC + "    return [spec('bad', ReducerSpec)]",
        "it must return EmbedderSpec records only",
    ),
    "twice": (SPEC + "    return [spec('bad'), spec('bad')]", "ValueError: embedder 'bad' is described twice"),
    "bad spec": (SPEC + "    return [spec('Bad')]", "is no component name; use lower-case words joined by '-' or '.'"),
}


@pytest.mark.parametrize("why", BROKEN)
def test_a_broken_plugin_raises_when_it_is_used_and_only_then(toy, plug, scan, why):
    source, reason = BROKEN[why]
    toy()
    plug("bad", source)
    plugins = scan()
    assert str(registry.build("embedder", "toy")) == "Toy()"
    for _ in range(2):
        with pytest.raises(BrokenPluginError) as caught:
            registry.find("embedder", "bad")
        assert str(caught.value).startswith("'bad' is provided by topicore-bad 1.0, which failed to load: ")
        assert reason in str(caught.value)
        assert "\n" not in str(caught.value)
    assert [each.condition for each in registry.plugins()] == ["ok", "broken", "ok"]
    assert not plugins.implementation(plugins.owners("bad")[0], "topicore_embedders")


def test_the_promised_message(plug, scan):
    plug("bad", "import no_such_backend")
    scan()
    with pytest.raises(BrokenPluginError) as caught:
        registry.build("embedder", "bad:argument")
    assert str(caught.value) == (
        "'bad' is provided by topicore-bad 1.0, which failed to load: "
        "ModuleNotFoundError: No module named 'no_such_backend'"
    )
    assert isinstance(caught.value.__cause__, ModuleNotFoundError)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("fit", "the entry point cannot be called 'fit': the command line reserves that word"),
        ("new-plugin", "the entry point cannot be called 'new-plugin': the command line reserves that word"),
        ("graph", "the entry point cannot be called 'graph': the core has components of that name"),
        ("Loud", "the entry point 'Loud' must be lower-case words joined by '-'"),
        ("a.b", "the entry point 'a.b' must be lower-case words joined by '-'"),
    ],
)
def test_a_name_that_is_taken_is_refused_before_import(site, scan, name, reason):
    site.add("topicore-thief", entry_points={"topicore.v1": {name: "thief"}}, modules={"thief": "raise SystemExit"})
    scan()
    core, thief = registry.plugins()
    assert (thief.condition, thief.detail) == ("broken", f"ValueError: {reason}")
    assert core.condition == "ok"
    assert "thief" not in sys.modules


def test_a_plugin_cannot_take_the_name_of_a_core_component(plug, scan):
    plug("graph", SPEC.replace("embedders", "clusterers") + "    return []")
    scan()
    assert registry.find("clusterer", "graph").plugin.name == "topicore"


def test_lazy_exports_of_a_plugin_module_are_not_touched(plug, scan):
    plug(
        "lazy",
        "def __dir__(): return ['Heavy', 'topicore_lazy']\n"
        "def __getattr__(name):\n"
        "    if name == 'topicore_lazy':\n"
        "        import topicore_lazy\n"
        "        return topicore_lazy\n"
        "    raise RuntimeError('the backend was imported')\n",
    )
    plugins = scan()
    assert plugins.load(plugins.plugins[0]).status == "ok"


def test_a_module_called_like_a_hook_is_no_hook(plug, scan):
    plug("tidy", "import topicore_tidy.more", more="")
    plugins = scan()
    assert plugins.load(plugins.plugins[0]).status == "ok"


def test_an_entry_point_may_name_an_attribute(site, scan):
    source = SPEC.replace("def topicore", "def topicore") + "    return [spec('deep')]\nclass Deep: pass\n"
    source += "Deep.topicore_embedders = staticmethod(topicore_embedders)\n"
    site.add(
        "topicore-deep", entry_points={"topicore.v1": {"deep": "deep_plugin:Deep"}}, modules={"deep_plugin": source}
    )
    scan()
    assert registry.find("embedder", "deep").spec.name == "deep"


def test_strict_raises_when_a_plugin_fails_to_load(toy, plug, scan):
    toy()
    plug("bad", "import no_such_backend")
    scan(TOPICORE_STRICT="1")
    registry.find("embedder", "toy")
    with pytest.raises(BrokenPluginError, match=r"'bad' is provided by topicore-bad 1.0, which failed to load"):
        registry.plugins()


def test_a_broken_core_does_not_take_the_plugins_with_it(toy, site):
    toy()
    from topicore.registry import PluginSet, using

    with using(PluginSet.installed({}, core="no_such_core")):
        with pytest.raises(
            BrokenPluginError, match=r"'graph' is provided by topicore .*No module named 'no_such_core'"
        ):
            registry.find("clusterer", "graph")
        assert registry.find("embedder", "toy").name == "toy"
