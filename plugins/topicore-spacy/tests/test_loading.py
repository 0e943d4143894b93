"""Pipelines by name and by folder: what is imported and loaded, what is refused, and what the refusal says."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_spacy

import topicore
from topicore.errors import ComponentError, InputError, ParameterError
from topicore_spacy import SpacyEmbedder, loading
from topicore_spacy.loading import load
from topicore_spacy.pipes import for_vectors

TEXTS = ["moon rocket", "bread in the oven"]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for packages."""
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("en_tiny_md", "evil_pipeline"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return tmp_path


@pytest.fixture
def package(site: Path) -> Path:
    """An installed pipeline, ``en_tiny_md``."""
    tiny_spacy.installed(site, "en_tiny_md")
    importlib.invalidate_caches()
    return site / "en_tiny_md"


def test_an_installed_pipeline_is_loaded_by_its_name(package: Path) -> None:
    embedder = SpacyEmbedder("en_tiny_md")
    expected = SpacyEmbedder(tiny_spacy.vectors()).embed(TEXTS)
    np.testing.assert_array_equal(embedder.embed(TEXTS), expected)
    assert embedder.identity() == {"model": "en_tiny_md", "exclude": None, "pipeline": "1.2.3"}


def test_an_object_of_an_installed_pipeline_knows_its_name(package: Path) -> None:
    from spacy.util import load_model

    embedder = SpacyEmbedder.from_native(load_model("en_tiny_md"))
    assert (embedder.model, embedder.external()) == ("en_tiny_md", None)
    np.testing.assert_array_equal(SpacyEmbedder(**embedder.config()).embed(TEXTS), embedder.embed(TEXTS))


def test_a_package_that_is_no_pipeline_is_not_imported(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_spacy.installed(site, "evil_pipeline", announced=False)
    importlib.invalidate_caches()
    with pytest.raises(ComponentError, match="neither an installed spaCy pipeline nor a folder"):
        SpacyEmbedder("evil_pipeline").embed(TEXTS)
    monkeypatch.chdir(site)
    with pytest.raises(ComponentError, match=r"no folder of a spaCy pipeline, which has a config.cfg"):
        SpacyEmbedder("evil_pipeline").embed(TEXTS)
    assert not (site / "evil_pipeline" / "imported").exists()
    assert "evil_pipeline" not in sys.modules


def test_an_object_from_a_folder_is_rebuilt_from_its_config(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(tiny_spacy.vectors()).parent)
    embedder = SpacyEmbedder.from_native(tiny_spacy.load("vectors"), batch_size=4)
    assert embedder.config() == {"model": tiny_spacy.vectors(), "exclude": None, "batch_size": 4}
    np.testing.assert_array_equal(SpacyEmbedder(**embedder.config()).embed(TEXTS), embedder.embed(TEXTS))


def test_an_object_that_was_put_together_is_external() -> None:
    embedder = SpacyEmbedder.from_native(tiny_spacy.blank())
    assert (embedder.external(), embedder.identity()) == ("spacy.lang.en.English", None)


def test_a_pipeline_loads_once_and_only_with_what_vectors_need(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[Any] = []

    def kept(model: str, purpose: Any) -> Any:
        loaded.append(load(model, purpose))
        return loaded[-1]

    monkeypatch.setattr("topicore_spacy.embedder.load", kept)
    embedder = SpacyEmbedder(tiny_spacy.vectors())
    assert loaded == []
    embedder.embed(TEXTS)
    embedder.embed(TEXTS)
    assert [nlp.component_names for nlp in loaded] == [[]]


def test_a_transformer_is_loaded_and_what_follows_it_is_not() -> None:
    nlp = load(tiny_spacy.transformer(), for_vectors())
    assert len(nlp.component_names) == 1
    with pytest.raises(InputError, match="neither word vectors nor an active transformer"):
        SpacyEmbedder(tiny_spacy.transformer(), exclude=nlp.component_names).embed(TEXTS)


def test_components_of_others_are_left_out_by_name_or_refused() -> None:
    from spacy.language import Language

    @Language.component("tiny_stranger")
    def stranger(doc: Any) -> Any:
        raise AssertionError("it was run")

    nlp = tiny_spacy.blank()
    nlp.add_pipe("tiny_stranger", name="merge")
    folder = tiny_spacy.saved(nlp, "stranger")
    with pytest.raises(
        ComponentError, match=r"'merge' \(of 'tiny_stranger'\).*exclude=\['merge'\], or load the pipeline"
    ):
        SpacyEmbedder(folder).embed(TEXTS)
    excluding = SpacyEmbedder(folder, exclude=["merge", "tagger"])
    np.testing.assert_array_equal(excluding.embed(TEXTS), SpacyEmbedder.from_native(tiny_spacy.blank()).embed(TEXTS))
    nlp.disable_pipe("merge")
    assert SpacyEmbedder(tiny_spacy.saved(nlp, "stranger-off")).embed(TEXTS).any()


@pytest.mark.parametrize("place", ["config.cfg", "transformer/model"])
def test_a_folder_that_asks_to_run_its_code_is_refused(place: str, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(loading, "find_spec", lambda package: package)
    nlp = tiny_spacy.blank()
    nlp.to_disk(tmp_path)
    config = tmp_path / "config.cfg"
    component = '[components.transformer]\nfactory = "transformer"\n'
    if place == "config.cfg":
        component += '\n[components.transformer.model]\ntokenizer_config = {"trust\\u005fremote_code": true}\n'
    written = config.read_text(encoding="utf-8").replace("pipeline = []", 'pipeline = ["transformer"]')
    config.write_text(written.replace("[components]\n", f"[components]\n\n{component}"), encoding="utf-8")
    if place == "transformer/model":
        (tmp_path / "transformer").mkdir()
        (tmp_path / place).write_bytes(b"\x81\xb1trust_remote_code\xc3")
    with pytest.raises(ComponentError, match="asks for trust_remote_code, and code that comes with a model is not run"):
        SpacyEmbedder(str(tmp_path)).embed(TEXTS)


def test_a_missing_transformer_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "find_spec", lambda package: None)
    with pytest.raises(
        ComponentError, match=r"needs spacy-.*transformers, .*: pip install 'topicore-spacy\[.*transformers\]'"
    ):
        SpacyEmbedder(tiny_spacy.transformer()).embed(TEXTS)


def test_a_name_that_leads_nowhere_says_what_to_do(package: Path, tmp_path: Path) -> None:
    for name in ("en_core_web_md", str(tmp_path / "gone"), "", "json"):
        with pytest.raises(ComponentError, match=r"cannot load .* python -m spacy download en_core_web_md, or give"):
            SpacyEmbedder(name).embed(TEXTS)
    with pytest.raises(ComponentError, match=r"Did you mean 'en_tiny_md'\?"):
        SpacyEmbedder("en_tinny_md").embed(TEXTS)


def test_a_damaged_folder_is_named(tmp_path: Path) -> None:
    tiny_spacy.blank().to_disk(tmp_path)
    (tmp_path / "config.cfg").write_text("[nlp\n", encoding="utf-8")
    with pytest.raises(ComponentError, match="embedder 'spacy' cannot load"):
        SpacyEmbedder(str(tmp_path)).embed(TEXTS)
    (tmp_path / "config.cfg").write_text("[paths]\n", encoding="utf-8")
    with pytest.raises(ComponentError, match="embedder 'spacy' cannot load"):
        SpacyEmbedder(str(tmp_path)).embed(TEXTS)


def test_the_name_must_be_given() -> None:
    with pytest.raises(ParameterError, match="model"):
        topicore.embedder("spacy")
