"""What is installed is found without being imported, and found again when it changes."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from topicore import registry
from topicore.errors import MissingPluginError
from topicore.registry import PluginSet, current, using


def status(plugins: PluginSet) -> dict[str, str]:
    return {plugin.key: plugin.status for plugin in plugins.plugins}


def test_a_distribution_is_found_and_not_imported(toy, scan):
    toy()
    plugins = scan()
    (plugin,) = plugins.plugins
    assert (plugin.name, plugin.distribution, plugin.version) == ("toy", "topicore-toy", "1.0")
    assert (plugin.value, plugin.status) == ("topicore_toy.plugin", "found")
    assert "topicore_toy" not in sys.modules


def test_a_name_imports_its_own_plugin_and_no_other(toy, plug, scan):
    toy()
    plug("other", "")
    plugins = scan()
    registry.find("embedder", "toy")
    assert status(plugins) == {"topicore-other/other": "found", "topicore-toy/toy": "ok"}
    assert "topicore_other.plugin" not in sys.modules


def test_a_core_name_imports_no_plugin(toy, scan):
    toy()
    plugins = scan()
    registry.find("clusterer", "graph")
    assert status(plugins) == {"topicore-toy/toy": "found"}


def test_distribution_names_are_normalised(site, scan):
    site.add("Topicore_Loud.One", entry_points={"topicore.v1": {"loud": "loud"}}, modules={"loud": ""})
    (plugin,) = scan().plugins
    assert plugin.key == "topicore-loud-one/loud"


def test_of_two_copies_on_the_path_the_first_counts(toy, scan, tmp_path):
    from topicore.testing.site import Site

    toy(version="1.0")
    with Site(tmp_path / "first").active() as first:
        first.add("topicore-toy", "2.0", entry_points={"topicore.v1": {"toy": "topicore_toy.plugin"}})
        assert [plugin.version for plugin in scan().plugins] == ["2.0"]


def test_a_copy_without_entry_points_hides_the_one_behind_it(toy, scan, tmp_path):
    from topicore.testing.site import Site

    toy()
    with Site(tmp_path / "first").active() as first:
        first.add("topicore-toy", "2.0")
        assert scan().plugins == ()


def test_metadata_of_strangers_that_cannot_be_read_is_no_one_elses_problem(site, toy, scan):
    (site.add("stranger") / "entry_points.txt").write_text("[console_scripts]\nno equals sign\n")
    (site.add("binary") / "entry_points.txt").write_bytes(b"\xff\xfe topicore.v1")
    toy()
    assert [plugin.name for plugin in scan().plugins] == ["toy"]


def test_a_plugin_whose_metadata_cannot_be_read_is_broken(site, toy, scan):
    (site.add("topicore-torn") / "entry_points.txt").write_text("[topicore.v1]\nno equals sign\n")
    toy()
    assert status(scan()) == {"topicore-torn/torn": "broken", "topicore-toy/toy": "found"}


def test_a_plugin_installed_later_is_seen_before_it_is_called_missing(toy, scan):
    scan()
    with pytest.raises(LookupError):
        registry.find("embedder", "toy")
    toy()
    assert registry.find("embedder", "toy").plugin.version == "1.0"


def test_a_plugin_that_is_gone_is_forgotten_and_what_is_left_stays_loaded(site, toy, plug, scan):
    import shutil

    toy()
    plug("other", "")
    plugins = scan()
    loaded = plugins.load(plugins.owners("toy")[0])
    shutil.rmtree(next(site.path.glob("topicore_other-*.dist-info")))
    assert plugins.rescan()
    assert plugins.plugins == (loaded,)
    assert not plugins.rescan()


def test_an_upgraded_plugin_is_loaded_anew(site, toy, scan):
    import shutil

    toy(version="1.0")
    plugins = scan()
    plugins.load(plugins.plugins[0])
    shutil.rmtree(next(site.path.glob("*.dist-info")))
    site.add("topicore-toy", "1.1", entry_points={"topicore.v1": {"toy": "topicore_toy.plugin"}})
    plugins.rescan()
    assert [(plugin.version, plugin.status) for plugin in plugins.plugins] == [("1.1", "found")]
    assert plugins.load(plugins.plugins[0]).status == "ok"


def test_threads_that_ask_at_once_load_a_plugin_once(plug, scan):
    plug("slow", "import topicore_slow.count as count\ncount.times.append(1)\n", count="times = []")
    plugins = scan()
    barrier = threading.Barrier(4)

    def ask() -> None:
        barrier.wait()
        plugins.load(plugins.plugins[0])

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sys.modules["topicore_slow.count"].times == [1]


def test_using_puts_the_former_set_back(site):
    before = current()
    with using(PluginSet(core="small.plugin")) as plugins:
        assert current() is plugins
    assert current() is before


def test_a_set_without_discovery_knows_only_what_it_was_given(toy, site):
    toy()
    with using(PluginSet(core="small.plugin")), pytest.raises(LookupError):
        registry.find("embedder", "toy")
    with using(PluginSet(core="small.plugin")), pytest.raises(MissingPluginError):
        registry.find("embedder", "flair")


def test_importing_the_registry_loads_the_standard_library_and_pluggy():
    code = (
        "import sys; before = set(sys.modules); import topicore.registry;"
        "tops = {name.partition('.')[0] for name in set(sys.modules) - before};"
        "print(sorted(tops - sys.stdlib_module_names), 'importlib.metadata' in set(sys.modules) - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["['pluggy',", "'topicore']", "False"]


def test_listing_the_plugins_imports_descriptions_only():
    code = (
        "import sys, topicore.registry as r; r.plugins();"
        "print([name for name in ('numpy', 'scipy', 'sklearn', 'pandas') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
