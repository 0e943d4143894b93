"""The vectorizer in a topic model: mixed corpora, stop words, files, threads, and what is missing."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
import tiny_segment

import topicore
from topicore.errors import MissingPluginError, ParameterError
from topicore_segment import Segment


@pytest.fixture(scope="module")
def fitted() -> topicore.TopicModel:
    return topicore.TopicModel(vectorizer="segment", n_topics=8, random_state=0).fit(tiny_segment.documents())


def test_topics_of_a_mixed_corpus_are_made_of_words(fitted: topicore.TopicModel) -> None:
    shown = {word for terms in fitted.get_topics().values() for word, _ in terms}
    assert {"比赛", "蔬菜", "試合", "野菜", "ฟุตบอล", "ผัก", "football", "beef"} <= shown
    assert not {"的", "是", "の", "は", "และ", "the"} & shown
    assert fitted.language_ is not None
    assert set(fitted.language_.split("+")) == {"chinese", "japanese", "thai", "english"}


def test_stop_words_of_its_languages_are_found() -> None:
    for language in ("chinese", "japanese", "thai"):
        model = topicore.TopicModel(vectorizer="segment").fit(tiny_segment.documents(language))
        assert model.language_ == language


def test_numbers_alone_are_no_terms() -> None:
    texts = [f"{text} 2020 年 2021" for text in tiny_segment.documents("japanese")]
    model = topicore.TopicModel(vectorizer="segment", n_topics=2).fit(texts)
    assert not any(word.isdigit() for terms in model.get_topics().values() for word, _ in terms)


def test_a_loaded_model_cuts_new_documents_alike(fitted: topicore.TopicModel, tmp_path: Path) -> None:
    fitted.save(tmp_path / "model")
    again = topicore.load(tmp_path / "model")
    new = ["球员在体育场比赛", "牛肉と野菜の料理", "นักเตะในสนามกีฬา", "beef and vegetables"]
    assert list(again.transform(new)[0]) == list(fitted.transform(new)[0])
    assert set(again.transform(new)[0]) != {-1}


def test_parameters_are_saved(tmp_path: Path) -> None:
    vectorizer = topicore.vectorizer("segment:ja", mode="A", form="surface", min_length=1)
    model = topicore.TopicModel(vectorizer=vectorizer, n_topics=2).fit(tiny_segment.documents("japanese"))
    model.save(tmp_path / "model")
    again = topicore.load(tmp_path / "model").get_params()["vectorizer"]
    assert again.config() == vectorizer.config()


def test_topics_are_described_anew_by_pairs_of_words(fitted: topicore.TopicModel) -> None:
    fitted.update_topics(ngram_range=(1, 2))
    assert any(" " in word for terms in fitted.get_topics().values() for word, _ in terms)
    fitted.update_topics(ngram_range=(1, 1))


def test_what_cuts_alike_says_so() -> None:
    assert Segment("zh+ja+th").cuts_by() == Segment().cuts_by() == Segment("Thai+Japanese + chinese").cuts_by()
    assert Segment("zh").cuts_by() != Segment().cuts_by()
    assert Segment(mode="A").cuts_by() != Segment().cuts_by()


@pytest.mark.parametrize("language", ["ko", "", "zh+", "english"])
def test_an_unknown_language_is_told(language: str) -> None:
    with pytest.raises(ParameterError, match=r"language is one of 'zh', 'ja', 'th'"):
        Segment(language).tokenize([])


def test_an_unknown_mode_is_told() -> None:
    with pytest.raises(ParameterError, match="mode"):
        topicore.vectorizer("segment", mode="D")


def test_threads_share_one_vectorizer() -> None:
    vectorizer, texts = Segment(), tiny_segment.documents()
    alone = list(vectorizer.tokenize(texts))
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: list(vectorizer.tokenize(texts)), range(8)):
            assert found == alone


@pytest.mark.parametrize(
    ("code", "module", "text"),
    [("zh", "rjieba", "北京"), ("ja", "sudachidict_core", "東京へ"), ("th", "pythainlp", "ไทย")],
)
def test_a_missing_segmenter_is_told_by_the_first_text_that_needs_it(
    code: str, module: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(name: str) -> ModuleSpec | None:
        return None if name == module else importlib.util.find_spec(name)

    monkeypatch.setattr("topicore_segment.cutters.find_spec", found)
    words = Segment().tokenize(["plain words", text])
    assert next(words) == ["plain", "words"]
    with pytest.raises(MissingPluginError, match=rf"needs {module}.*pip install \"topicore-segment\[{code}\]\""):
        next(words)
    others = "+".join(other for other in ("zh", "ja", "th") if other != code)
    assert next(Segment(others).tokenize([text]))


def test_nothing_is_loaded_before_a_text_needs_it() -> None:
    script = (
        "import sys, topicore; v = topicore.vectorizer('segment'); list(v.tokenize(['plain words']));"
        "print(sorted({'rjieba', 'sudachipy', 'pythainlp'} & set(sys.modules)));"
        "list(v.tokenize(['北京天安门']));"
        "print(sorted({'rjieba', 'sudachipy', 'pythainlp'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "['rjieba']"]
    assert done.stderr == ""


def test_a_folder_that_thai_cannot_make_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    script = "import topicore; list(topicore.vectorizer('segment').tokenize(['ไทย']))"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHAINLP_")}
    environment = {**kept, "PYTHAINLP_DATA": str(tmp_path / "file" / "data")}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, env=environment)
    assert "ComponentError: vectorizer 'segment': PyThaiNLP cannot make its folder" in done.stderr
    assert "PYTHAINLP_READ_ONLY=1" in done.stderr
