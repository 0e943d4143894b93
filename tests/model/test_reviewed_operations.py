"""Defects that a review of the operations found, each as a test."""

from __future__ import annotations

import numpy as np
import pytest

from tests.model.test_steering import Themes, zeroshot
from topicore import TopicModel, load
from topicore.components import Assignment, Clusterer, Description, Representation
from topicore.errors import InputError, ParameterError
from topicore.specs import ClustererSpec, RepresentationSpec


class Hard(Clusterer):
    """A clusterer whose spec is soft, but which gives memberships only now and then, as HDBSCAN does."""

    spec = ClustererSpec(name="hard", target="tests:Hard", summary="Hard.", soft=True)

    def fit_predict(self, x, y=None, /):
        return self.predict(x)

    def predict(self, x, /):
        return Assignment(labels=(np.arange(len(x)) % 2).astype(np.int64))


class Named(Representation):
    """Stands for a language model that gives a label and no words."""

    spec = RepresentationSpec(
        name="named", target="tests:Named", summary="Named.", calls_model=True, yields=frozenset({"label"})
    )

    def describe(self, view, /):
        return {topic: Description(label=f"label {topic}") for topic in view.topics}


def test_zero_shot_topics_with_a_clusterer_that_gives_no_memberships(documents: list[str]):
    model = zeroshot(clusterer=Hard()).fit(documents)
    assert "judge verdict" in model.topic_labels_.values()
    assert model.probabilities_.shape == (len(documents),)


def test_words_follow_an_update_where_a_model_gives_the_label(documents: list[str]):
    model = TopicModel(n_topics=4, representation=["projection", Named()]).fit(documents)
    word = model.get_topic(0)[0][0]
    model.update_topics(n_words=3)
    assert len(model.get_topic(0)) == 3
    model.update_topics(stop_words=[word])
    assert word not in dict(model.get_topic(0))
    assert model.topic_labels_[0] == "label 0"


def test_words_of_a_model_do_not_outlive_other_terms(documents: list[str]):
    model = TopicModel(n_topics=4, embedder="lsa", representation="keybert.embedded").fit(documents)
    word = model.get_topic(0)[0][0]
    assert len(model.copy().update_topics(n_words=3).get_topic(0)) == 3
    with pytest.warns(UserWarning, match="representation 'keybert.embedded' of aspect 'main' calls a model"):
        model.update_topics(stop_words=[word])
    assert word not in dict(model.get_topic(0))
    assert word not in dict(model.describe_topics().get_topic(0))


def test_a_loaded_model_shows_what_an_update_asks_for(documents: list[str], tmp_path):
    model = TopicModel(n_topics=4).fit(documents)
    word = model.get_topic(0)[0][0]
    model.save(tmp_path / "model")
    assert len(load(tmp_path / "model").update_topics(n_words=3).get_topic(0)) == 3
    with pytest.warns(UserWarning, match="needs what this model does not keep"):
        other = load(tmp_path / "model").update_topics(stop_words=[word], documents=documents)
    assert word not in dict(other.get_topic(0))
    rows = {"documents": documents, "embeddings": model.embeddings_}
    other = load(tmp_path / "model").update_topics(stop_words=[word], **rows)
    assert other.get_topics() == model.update_topics(stop_words=[word]).get_topics()


def test_a_loaded_merged_model_takes_its_documents(documents: list[str], tmp_path):
    rows = Themes().embed(documents)
    parts = [slice(0, 60), slice(60, None)]
    models = [TopicModel(n_topics=4).fit(documents[part], embeddings=rows[part]) for part in parts]
    TopicModel.merge_models(models).save(tmp_path / "model")
    table = load(tmp_path / "model").topics_over_time([1, 2] * 120, documents=documents)
    assert table["Frequency"].sum() == len(documents)
    with pytest.raises(InputError, match="not those that the model was fitted on, or not in their order"):
        load(tmp_path / "model").topics_over_time([1, 2] * 120, documents=documents[::-1])


def test_tokens_come_back_with_the_documents(documents: list[str], tmp_path):
    model = TopicModel(n_topics=4).fit(documents)
    model.save(tmp_path / "model", include=["documents", "counts"])
    found = load(tmp_path / "model").evaluate(documents=documents)
    assert found.totals == pytest.approx({**model.evaluate().totals, "Silhouette": float("nan")}, nan_ok=True)


def test_documents_of_a_deleted_label_are_outliers(documents: list[str], tmp_path):
    model = zeroshot(probabilities=True).fit(documents)
    gone = [topic for topic, label in model.topic_labels_.items() if label == "judge verdict"]
    model.delete_topics(gone)
    assert model.transform(documents)[0] == model.topics_
    model.save(tmp_path / "model")
    assert load(tmp_path / "model", embedder=Themes()).transform(documents)[0] == model.topics_


@pytest.mark.parametrize("clusterer", ["graph", "gmm"])
def test_strengths_agree_after_topics_beside_labels_were_merged(documents: list[str], clusterer: str):
    model = zeroshot(clusterer=clusterer, n_topics=6).fit(documents)
    model.merge_topics([0, 1]).reduce_topics(4)
    np.testing.assert_allclose(model.transform(documents)[1], model.probabilities_, atol=1e-5)


def test_deleting_a_topic_leaves_the_strengths_of_others_alone():
    from scipy.sparse import csr_array

    from topicore.builtin.neighbors import joined_strengths

    shares = csr_array(np.array([[0.5, 0.2], [0.1, 0.6], [0.4, 0.4]], dtype=np.float32))
    strengths, labels = np.array([0.9, 0.8, 0.7], dtype=np.float32), np.array([0, 1, -1])
    # topic 1 of three is deleted: the others are what they were
    found = joined_strengths(strengths, shares, labels, np.array([0, -1, 1]), 2)
    assert found.tolist() == pytest.approx([0.9, 0.8, 0])
    # topics 0 and 2 become one: its rows have their membership in it
    found = joined_strengths(strengths, shares, labels, np.array([0, 1, 0]), 2)
    assert found.tolist() == pytest.approx([0.5, 0.8, 0])


def test_other_embeddings_than_those_of_the_fit_are_noticed(documents: list[str], tmp_path):
    rows = Themes().embed(documents)
    model = TopicModel(n_topics=4).fit(documents, embeddings=rows)
    model.save(tmp_path / "model")
    given = {"topics": model.topics_, "documents": documents}
    load(tmp_path / "model").update_topics(**given, embeddings=rows)
    with pytest.raises(InputError, match="embeddings do not have the means"):
        load(tmp_path / "model").update_topics(**given, embeddings=np.roll(rows, 7, axis=0))
    with pytest.raises(InputError, match="documents are not those that this model was fitted on and keeps"):
        model.update_topics(ngram_range=(1, 2), documents=documents[::-1])


def test_merged_models_without_embeddings_say_how_they_predict(documents: list[str], tmp_path):
    rows = Themes().embed(documents)
    for place, part in enumerate([slice(0, 120), slice(120, None)]):
        TopicModel(n_topics=4).fit(documents[part], embeddings=rows[part]).save(tmp_path / f"{place}")
    with pytest.warns(UserWarning, match="new documents get the topic whose mean is nearest"):
        merged = TopicModel.merge_models([load(tmp_path / "0"), load(tmp_path / "1")])
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    centres = merged.topic_embeddings_ / np.linalg.norm(merged.topic_embeddings_, axis=1, keepdims=True)
    assert merged.transform(embeddings=rows)[0] == (unit @ centres.T).argmax(axis=1).tolist()


def test_classes_may_be_numpy_numbers_or_anything_hashable(documents: list[str]):
    numbers = list(np.arange(len(documents)) % 3)
    pairs = [("a", int(number)) for number in numbers]
    one, other = (TopicModel(clusterer="manual").fit(documents, y=y) for y in (numbers, pairs))
    assert one.topics_ == other.topics_


@pytest.mark.parametrize(
    "call",
    [
        lambda model: model.delete_topics([[1]]),
        lambda model: model.merge_topics([[[1]], [[2]]]),
        lambda model: model.merge_topics({1: 2, 2: 1}),
        lambda model: model.reduce_topics(np.array([1, 2])),
        lambda model: model.update_topics(topics=[[1], [1, 2]] * 120),
        lambda model: model.update_topics(topics=dict.fromkeys(range(240), 1)),
        lambda model: model.update_topics(topics=np.full(240, 2**63, dtype=np.uint64)),
        lambda model: model.approximate_distribution(stride=10**19),
        lambda model: model.describe_topics(5),
        lambda model: model.topics_over_time(list(range(240)), n_bins=10**9),
        lambda model: model.generate_topic_labels(separator=None),
        lambda model: model.get_document_info(metadata={"a": 5}),
        lambda model: model.get_document_info(metadata="abc"),
        lambda model: model.get_document_info(metadata={"Topic": [1] * 240}),
        lambda model: TopicModel.merge_models(model),
        lambda model: TopicModel.merge_models(None),
    ],
)
def test_odd_arguments_are_one_clear_error(call, documents: list[str]):
    model = TopicModel(n_topics=4).fit(documents)
    before = model._fitted
    with pytest.raises(InputError):
        call(model)
    assert model._fitted is before


def test_one_topic_in_an_array_is_one_topic(documents: list[str]):
    assert -1 in TopicModel(n_topics=4).fit(documents).delete_topics(np.array(1)).topics_


def test_documents_without_words_that_are_given_a_topic_are_told_of(documents: list[str]):
    model = TopicModel(n_topics=3).fit([*documents, "", "..."])
    with pytest.warns(UserWarning, match="2 documents of which the embedder knows nothing were given a topic"):
        model.update_topics(topics=[topic if topic >= 0 else 0 for topic in model.topics_])


def test_images_alone_are_no_main_aspect(documents: list[str]):
    class Shown(Named):
        spec = RepresentationSpec(
            name="shown", target="tests:Shown", summary="Shown.", calls_model=True, yields=frozenset({"images"})
        )

        def describe(self, view, /):
            return {topic: Description(images=("picture",)) for topic in view.topics}

    for main in (Shown(), ["mmr", Shown()]):
        with pytest.raises(ParameterError, match=r"representation 'shown' gives images, .*'images': 'shown'"):
            TopicModel(representation=main).fit(documents)
    model = TopicModel(representation={"main": "mmr", "images": Shown()}).fit(documents)
    assert model.get_topic(0, full=True)["images"] == ["picture"]
