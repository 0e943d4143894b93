"""What plugin authors and users can touch is documented."""

from __future__ import annotations

import re
from dataclasses import fields
from inspect import get_annotations
from pathlib import Path

import pytest

import topicore
from topicore import hookspecs, registry, specs, testing
from topicore.presets import PRESETS

DOCS = Path(__file__).parents[2] / "docs"
HOOKS = sorted(name for name in vars(hookspecs) if name.startswith("topicore_"))
SPECS = [getattr(specs, name) for name in specs.__all__ if name.endswith("Spec")]
FIELDS = [(cls.__name__, field.name) for cls in SPECS for field in fields(cls) if field.name in get_annotations(cls)]
SOURCES = [path.read_text(encoding="utf-8") for path in Path(topicore.__file__).parent.rglob("*.py")]
VARIABLES = sorted({name for source in SOURCES for name in re.findall(r"\bTOPICORE_[A-Z]+\b", source)})


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    """What *text* says under the heading *title*, up to the next heading of that level."""
    match = re.search(rf"^(#+) {re.escape(title)}\n(.*?)(?=^#{{1,2}} |\Z)", text, re.MULTILINE | re.DOTALL)
    assert match is not None, f"no section {title!r}"
    return match[2]


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_has_a_section_with_its_signature_and_an_example(hook: str) -> None:
    body = section(page("plugins/hooks.md"), f"`{hook}`")
    assert "@hookimpl" in body
    assert f"def {hook}(" in body


@pytest.mark.parametrize(("cls", "field"), FIELDS)
def test_every_field_of_a_spec_is_documented(cls: str, field: str) -> None:
    assert f"| `{field}` |" in section(page("plugins/hooks.md"), f"`{cls}`")


@pytest.mark.parametrize("variable", VARIABLES)
def test_every_environment_variable_is_documented(variable: str) -> None:
    assert f"`{variable}`" in page("command-line.md")


@pytest.mark.parametrize("check", [check.id for check in testing.ALL])
def test_every_check_is_documented(check: str) -> None:
    assert f"| `{check}` |" in page("plugins/testing.md")


def test_no_check_is_documented_that_does_not_exist() -> None:
    documented = set(re.findall(r"^\| `([a-z]+/[a-z0-9-]+)` \|", page("plugins/testing.md"), re.MULTILINE))
    assert documented == {check.id for check in testing.ALL}


@pytest.mark.parametrize("entry", [entry for entry in registry.entries() if entry.plugin.name == "topicore"], ids=str)
def test_every_component_of_the_core_is_documented(entry: registry.Entry) -> None:
    assert f"| `{entry.name}` |" in section(page("components.md"), f"{entry.kind.capitalize()}s")


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_every_preset_is_documented(preset: str) -> None:
    assert f'`"{preset}"`' in section(page("components.md"), "Presets")


def test_kit_version_is_the_one_of_the_page() -> None:
    assert f'kit="{testing.KIT}"' in page("plugins/testing.md")
