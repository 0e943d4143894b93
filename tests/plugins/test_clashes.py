"""Two owners of one name, switched-off plugins, and plugins for another major version of the hooks."""

from __future__ import annotations

import sys

import pytest

from topicore import registry
from topicore.errors import AmbiguousNameError, BrokenPluginError, DisabledPluginError


def test_a_clash_is_nothing_until_the_name_is_used(toy, plug, scan):
    toy("topicore-toy")
    toy("acme-toy")
    plug("fine", "")
    plugins = scan()
    registry.find("clusterer", "graph")
    assert {plugin.status for plugin in plugins.plugins} == {"found"}
    with pytest.raises(AmbiguousNameError) as caught:
        registry.build("embedder", "toy:small")
    assert str(caught.value) == (
        "'toy' is provided by more than one distribution; pick one: acme-toy/toy, topicore-toy/toy"
    )
    assert "acme_toy" not in sys.modules


def test_a_qualified_name_settles_a_clash(toy, scan):
    toy("topicore-toy")
    toy("acme-toy")
    scan()
    assert type(registry.build("embedder", "acme-toy/toy")).__module__ == "acme_toy.parts"
    assert type(registry.build("embedder", "topicore-toy/toy")).__module__ == "topicore_toy.parts"


def test_a_preference_settles_a_clash(toy, scan):
    toy("topicore-toy")
    toy("acme-toy")
    scan(TOPICORE_PREFER="other=x, toy=Acme_Toy")
    assert registry.find("embedder", "toy").qualified == "acme-toy/toy"
    assert registry.find("embedder", "topicore-toy/toy").qualified == "topicore-toy/toy"
    assert [(each.condition, each.detail) for each in registry.plugins()[1:]] == [
        ("ok", ""),
        ("ok", "as topicore-toy/toy: TOPICORE_PREFER settles on acme-toy"),
    ]


def test_a_preference_for_what_is_not_installed_settles_nothing(toy, scan):
    toy("topicore-toy")
    toy("acme-toy")
    scan(TOPICORE_PREFER="toy=third-toy")
    with pytest.raises(AmbiguousNameError):
        registry.find("embedder", "toy")


def test_disabling_one_distribution_settles_a_clash(toy, scan):
    toy("topicore-toy")
    toy("acme-toy")
    scan(TOPICORE_DISABLE="acme-toy")
    assert registry.find("embedder", "toy").qualified == "topicore-toy/toy"


def test_a_clash_is_listed_as_ambiguous(toy, scan):
    toy("topicore-toy")
    toy("acme-toy")
    scan()
    listed = registry.plugins()[1:]
    assert [each.condition for each in listed] == ["ambiguous", "ambiguous"]
    assert listed[0].detail == "write acme-toy/toy or topicore-toy/toy"


def test_a_disabled_plugin_is_never_imported(toy, plug, scan):
    toy()
    plug("x", "raise RuntimeError")
    scan(TOPICORE_DISABLE="y, x")
    with pytest.raises(DisabledPluginError) as caught:
        registry.build("embedder", "x")
    assert str(caught.value) == "embedder 'x': plugin 'x' is disabled by TOPICORE_DISABLE"
    assert [each.condition for each in registry.plugins()] == ["ok", "ok", "disabled"]
    assert "topicore_x" not in sys.modules
    assert registry.find("embedder", "toy").name == "toy"


@pytest.mark.parametrize(("group", "update"), [("topicore.v2", "topicore"), ("topicore.v0", "topicore-toy")])
def test_a_plugin_for_another_major_version_says_which_and_what_to_do(toy, plug, scan, group, update):
    toy(group=group)
    plug("fine", "")
    scan()
    with pytest.raises(BrokenPluginError) as caught:
        registry.build("embedder", "toy")
    assert str(caught.value) == (
        f"embedder 'toy': plugin 'toy' from topicore-toy 1.0 is written for topicore's plugin API {group[-2:]}, "
        f"and this topicore has v1: pip install --upgrade {update}"
    )
    assert [each.condition for each in registry.plugins()] == ["ok", "ok", "other API"]
    assert "topicore_toy" not in sys.modules


def test_a_plugin_may_be_written_for_two_major_versions(site, scan):
    source = "from topicore.hookspecs import hookimpl"
    groups = {"topicore.v1": {"both": "both"}, "topicore.v2": {"both": "no_such_module"}}
    site.add("topicore-both", entry_points=groups, modules={"both": source})
    plugins = scan()
    assert [(plugin.api, plugin.value) for plugin in plugins.plugins] == [(1, "both")]
    assert [each.condition for each in registry.plugins()] == ["ok", "ok"]


def test_other_groups_are_not_ours(site, scan):
    site.add("topicore-odd", entry_points={"topicore.vx": {"odd": "odd"}, "topicore.v1.extra": {"odd": "odd"}})
    assert scan().plugins == ()
