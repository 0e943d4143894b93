"""Labels of topics by zero-shot classification, from models that are named or handed in."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_transformers

import topicore
from topicore.components import Description, Embedder
from topicore.errors import ComponentError, ParameterError
from topicore.testing import SmallView, conformance
from topicore_transformers import ZeroShot
from topicore_transformers.entailment import Judge
from topicore_transformers.loading import Source, load

TASK = "zero-shot-classification"
LABELS = ["the moon", "bread", "a league of judges", "🚀", "луна {}"]
TEXTS = ["moon rocket orbit", "goal", "court judge jury of the league", "🌕 月 хлеб", "bread " * 30]
TEMPLATE = "This example is {}."
MODELS = [tiny_transformers.bert_nli, tiny_transformers.bart_nli, tiny_transformers.gpt2_nli]
THEMES = ("moon rocket orbit", "bread oven flour", "goal league match", "court judge jury")
DOCUMENTS = [" ".join([*theme.split(), theme.split()[turn % 3]]) for turn in range(8) for theme in THEMES]


def tiny(folder: str | None = None, **parameters: Any) -> ZeroShot:
    given = {"labels": LABELS, "min_score": 0.0, **parameters}
    return ZeroShot(folder or tiny_transformers.bert_nli(), device="cpu", **given)


def handed_in(folder: str | None = None) -> Any:
    return tiny_transformers.pipeline(folder or tiny_transformers.bert_nli(), TASK)


class Lengths(Embedder):
    def embed(self, texts: Any, /, *, role: Any = "document") -> Any:
        return np.array([[len(text), 1] for text in texts], dtype=np.float32)


def judge(pipeline: Any) -> Judge:
    return Judge(pipeline.model, pipeline.tokenizer, "it", shared=False)


def by_pipeline(pipeline: Any, texts: list[str], labels: list[str], **parameters: Any) -> Any:
    """(texts, labels) the scores of the library itself, in the order of *labels*."""
    rows = []
    for text in texts:
        found = pipeline(text, candidate_labels=labels, **parameters)
        scores = dict(zip(found["labels"], found["scores"], strict=True))
        rows.append([scores[label] for label in labels])
    return np.array(rows)


def expected(pipeline: Any, view: Any, min_score: float, multi_label: bool) -> dict[int, Description]:
    """What the pipeline itself says of the ten best words of each topic."""
    described = {}
    for topic in [topic for topic in view.topics if topic >= 0]:
        words = " ".join(word for word, _ in view.terms(topic, n=10))
        found = pipeline(words, candidate_labels=LABELS, multi_label=multi_label)
        pairs = zip(found["labels"], found["scores"], strict=True)
        fitting = [label for label, score in pairs if score >= min_score]
        described[topic] = Description(label=", ".join(fitting if multi_label else fitting[:1]) or None)
    return described


@pytest.mark.parametrize("folder", MODELS)
@pytest.mark.parametrize("independent", [False, True])
def test_scores_are_those_of_the_library_itself(folder: Callable[[], str], independent: bool) -> None:
    pipeline = handed_in(folder())
    hypotheses = [TEMPLATE.format(label) for label in LABELS]
    for batch_size in (None, 1, 3):
        scores = judge(pipeline).scores(TEXTS, hypotheses, independent, batch_size)
        by_library = by_pipeline(pipeline, TEXTS, LABELS, multi_label=independent)
        np.testing.assert_allclose(scores, by_library, atol=1e-5)
    alone = by_pipeline(pipeline, TEXTS, LABELS[:1])
    np.testing.assert_allclose(judge(pipeline).scores(TEXTS, hypotheses[:1], independent, None), alone, atol=1e-5)


def test_a_score_is_the_share_of_entailment_in_what_the_model_gives() -> None:
    import torch

    pipeline = handed_in()
    hypotheses = ["This is bread.", "This is a goal of the league."]
    logits = []
    for hypothesis in hypotheses:
        with torch.no_grad():
            logits.append(
                pipeline.model(**pipeline.tokenizer("moon", hypothesis, return_tensors="pt")).logits[0].numpy()
            )
    likely = [np.exp(row[2]) / (np.exp(row[0]) + np.exp(row[2])) for row in logits]
    np.testing.assert_allclose(judge(pipeline).scores(["moon"], hypotheses, True, None)[0], likely, atol=1e-5)
    shares = np.exp([row[2] for row in logits])
    np.testing.assert_allclose(
        judge(pipeline).scores(["moon"], hypotheses, False, None)[0], shares / shares.sum(), atol=1e-5
    )


@pytest.mark.parametrize(
    ("labels", "places"),
    [
        (("contradiction", "neutral", "entailment"), (2, 0)),
        (("ENTAILMENT", "NEUTRAL", "CONTRADICTION"), (0, 2)),
        (("entailment", "not_entailment"), (0, -1)),
        (("neutral", "entailment", "contradiction"), (1, 2)),
    ],
)
def test_entailment_and_contradiction_are_found_by_name(labels: tuple[str, ...], places: tuple[int, int]) -> None:
    found = judge(handed_in(tiny_transformers.bert_nli(labels)))
    assert (found._entailment, found._contradiction) == places


@pytest.mark.parametrize("multi_label", [False, True])
@pytest.mark.parametrize("min_score", [0.0, 0.4, 0.6])
def test_topics_are_called_by_the_labels_that_fit(multi_label: bool, min_score: float) -> None:
    view = SmallView()
    wanted = expected(handed_in(), view, min_score, multi_label)
    assert tiny(multi_label=multi_label, min_score=min_score).describe(view) == wanted
    assert (
        ZeroShot.from_native(handed_in(), labels=LABELS, multi_label=multi_label, min_score=min_score).describe(view)
        == wanted
    )
    assert -1 not in wanted


def test_a_topic_that_no_label_fits_has_none() -> None:
    found = tiny(min_score=1.0, labels=["bread", "moon", "goal"]).describe(SmallView())
    assert set(found) == {topic for topic in SmallView().topics if topic >= 0}
    assert set(found.values()) == {Description()}


def test_labels_of_before_do_not_outlive_labels_that_do_not_fit() -> None:
    documents = ["rocket moon orbit", "rocket moon crew", "bread oven flour", "bread oven yeast"]
    model = topicore.TopicModel(embedder="lsa", clusterer="manual", representation={"label": tiny(min_score=0.0)})
    model.fit(documents, y=[0, 0, 1, 1])
    named = model.topic_aspects_["label"]
    assert isinstance(named[0], str)
    model.update_topics(representation={"label": tiny(min_score=1.0, labels=["bread", "moon", "goal"])})
    assert not isinstance(model.topic_aspects_["label"][0], str)


def test_only_so_many_words_are_judged() -> None:
    seen: list[str] = []

    class Words(SmallView):
        def terms(self, topic: int, /, n: int = 30) -> Any:
            seen.append(f"{topic}: {n}")
            return super().terms(topic, n=n)

    tiny(words=3).describe(Words())
    assert seen == ["0: 3", "1: 3", "2: 3", "3: 3"]


def test_a_topic_without_words_is_left_out_and_no_topics_ask_no_model() -> None:
    class Nothing(SmallView):
        def terms(self, topic: int, /, n: int = 30) -> Any:
            return ()

    assert ZeroShot("nowhere/at-all", LABELS).describe(Nothing()) == {}
    found = tiny().describe(SmallView(frozen=False, empty_topic=True))
    assert sorted(found) == [0, 1, 2, 3]


def test_words_are_cut_and_labels_are_not() -> None:
    pipeline = handed_in()
    long = ["moon " * 500, "x" * 100_000]
    hypotheses = [TEMPLATE.format(label) for label in LABELS]
    scores = judge(pipeline).scores(long, hypotheses, True, None)
    np.testing.assert_allclose(scores, by_pipeline(pipeline, long, LABELS, multi_label=True), atol=1e-5)
    with pytest.raises(ParameterError, match=r"leaves no room for a topic in the 64 tokens.*shorter labels"):
        tiny(labels=["bread", "moon " * 70]).describe(SmallView())


def test_a_pipeline_is_not_changed() -> None:
    pipeline = handed_in(tiny_transformers.gpt2_nli())
    tokenizer, model = pipeline.tokenizer, pipeline.model
    model.train()
    before = repr(tokenizer), tokenizer.backend_tokenizer.to_str(), [part.training for part in model.modules()]
    found = ZeroShot.from_native(pipeline, labels=LABELS, min_score=0.0).describe(SmallView())
    after = repr(tokenizer), tokenizer.backend_tokenizer.to_str(), [part.training for part in model.modules()]
    assert before == after
    assert found == tiny(tiny_transformers.gpt2_nli()).describe(SmallView())


def test_a_model_loads_once_for_all_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[str] = []

    def counted(source: Source, *purpose: Any, **parameters: Any) -> Any:
        loads.append(source.model)
        return load(source, *purpose, **parameters)

    monkeypatch.setattr("topicore_transformers.zeroshot.load", counted)
    representation = tiny()
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(representation.describe(SmallView()))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    representation.fresh().describe(SmallView())
    representation.fresh(words=2).prepare()
    assert len(loads) == 1
    assert found == [found[0]] * 4
    representation.fresh(precision="bfloat16").prepare()
    assert len(loads) == 2


def test_a_model_that_judges_no_entailment_is_refused() -> None:
    with pytest.raises(ComponentError, match=r"none of its labels is entailment \(bad, good\).*bart-large-mnli"):
        tiny(tiny_transformers.bert_nli(("bad", "good"))).describe(SmallView())
    with pytest.raises(ComponentError, match="has no weights for 2 parts of BertForSequenceClassification"):
        tiny(tiny_transformers.bert()).describe(SmallView())
    with pytest.raises(ComponentError, match=r"'transformers.zeroshot' cannot load 'nowhere/at-all': HF_HUB_OFFLINE"):
        tiny("nowhere/at-all").describe(SmallView())


def test_a_fit_does_not_begin_without_the_model() -> None:
    seen: list[str] = []

    class Seen(Lengths):
        def embed(self, texts: Any, /, *, role: Any = "document") -> Any:
            seen.extend(texts)
            return super().embed(texts)

    with pytest.raises(ComponentError, match="cannot load 'nowhere/at-all'"):
        topicore.TopicModel(embedder=Seen(), representation=tiny("nowhere/at-all")).fit(DOCUMENTS)
    assert seen == []


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"labels": []}, "labels must be a list of texts that are not empty"),
        ({"labels": ["moon", " "]}, "labels must be a list of texts that are not empty"),
        ({"labels": "moon"}, "labels must be"),
        ({"labels": ["moon", 3]}, "labels must be"),
        ({"labels": ["moon", "bread", "moon "]}, "'moon' is among the labels twice"),
        ({"labels": ["moon\nbread"]}, "each label must be one line"),
        ({"hypothesis_template": "This is so."}, "hypothesis_template must have {} where a label goes"),
        ({"hypothesis_template": "This is {label}."}, "hypothesis_template must have {} where a label goes"),
        ({"hypothesis_template": "This is {"}, "hypothesis_template must have {} where a label goes"),
        ({"min_score": 2}, "min_score must be"),
        ({"words": 0}, "words must be"),
        ({"lables": ["moon"]}, "did you mean 'labels'"),
    ],
)
def test_parameters_that_cannot_be_are_named(parameters: dict[str, Any], message: str) -> None:
    given = {"labels": ["moon"], **parameters}
    with pytest.raises(ParameterError, match=message):
        topicore.representation("transformers.zeroshot:facebook/bart-large-mnli", **given)


def test_labels_are_asked_for() -> None:
    with pytest.raises(ParameterError, match="needs the parameter 'labels'"):
        topicore.representation("transformers.zeroshot:facebook/bart-large-mnli")
    with pytest.raises(
        ParameterError, match=r"needs the parameter 'labels': topicore.representation\(pipeline, labels="
    ):
        topicore.representation(handed_in())
    with pytest.raises(ParameterError, match="device cannot change on a loaded pipeline"):
        topicore.representation(handed_in(), labels=LABELS, device="cpu")


def test_pipelines_are_told_apart_by_what_they_do() -> None:
    found = topicore.representation(handed_in(), labels=LABELS)
    assert isinstance(found, ZeroShot)
    with pytest.raises(ParameterError, match="ZeroShotClassificationPipeline cannot be used as embedder"):
        topicore.embedder(handed_in())
    with pytest.raises(ParameterError, match="FeatureExtractionPipeline cannot be used as representation"):
        topicore.representation(tiny_transformers.pipeline(tiny_transformers.bert()))


def fitted(representation: Any) -> topicore.TopicModel:
    clusterer = topicore.clusterer("kmeans", n_clusters=4)
    return topicore.TopicModel(embedder="lsa", clusterer=clusterer, representation=representation).fit(DOCUMENTS)


def test_topics_keep_their_words_and_get_labels(tmp_path: Path) -> None:
    name = f"transformers.zeroshot:{tiny_transformers.bert_nli()}"
    given = {"labels": LABELS, "min_score": 0.0, "device": "cpu"}
    plain = fitted("c-tf-idf")
    model = fitted(["c-tf-idf", topicore.representation(name, **given)])
    for topic in range(4):
        assert model.get_topic(topic) == plain.get_topic(topic)
    labels = [model.topic_labels_[topic] for topic in range(4)]
    assert set(labels) <= set(LABELS)
    model.save(tmp_path / "model")
    again = topicore.load(tmp_path / "model")
    assert [again.topic_labels_[topic] for topic in range(4)] == labels


def test_a_pipeline_is_saved_as_the_folder_it_is_from() -> None:
    found = ZeroShot.from_native(handed_in(), labels=LABELS, words=4)
    assert found.external() is None
    rebuilt = ZeroShot(**found.config())
    assert (rebuilt.model, rebuilt.words, rebuilt.labels) == (tiny_transformers.bert_nli(), 4, LABELS)
    assert found.fresh(words=3)._native is found._native
    with pytest.raises(ParameterError, match="precision cannot change on a loaded pipeline"):
        found.fresh(precision="bfloat16")


def test_a_pipeline_of_unknown_origin_is_external(tmp_path: Path) -> None:
    pipeline = handed_in()
    pipeline.model.name_or_path = ""
    found = ZeroShot.from_native(pipeline, labels=LABELS, min_score=0.0)
    assert found.external() == "transformers.pipelines.zero_shot_classification.ZeroShotClassificationPipeline"
    model = fitted(["c-tf-idf", found])
    model.save(tmp_path / "model")
    assert topicore.load(tmp_path / "model").get_topic(0) == model.get_topic(0)


def test_describing_is_silent(capfd: pytest.CaptureFixture[str]) -> None:
    folder = tiny_transformers.bert_nli()
    capfd.readouterr()
    tiny(folder).describe(SmallView())
    assert capfd.readouterr() == ("", "")


test_folder = conformance(tiny, native=None)
test_several_labels = conformance(lambda: tiny(tiny_transformers.bart_nli(), multi_label=True))
test_pipeline = conformance(lambda: ZeroShot.from_native(handed_in(), labels=LABELS, min_score=0.0))
