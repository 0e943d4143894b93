"""Topics that the user asks for: zero-shot labels, seed topics, classes."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import adjusted_mutual_info_score

import topicore
from tests.conftest import THEMES
from topicore import TopicModel
from topicore.components import Embedder
from topicore.errors import InputError, ParameterError


class Themes(Embedder):
    """The share of each theme among the words of a text: a space that one can compute by hand."""

    def embed(self, texts, /, *, role="document"):
        rows = np.zeros((len(texts), len(THEMES) + 1), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            words = text.split()
            for column, theme in enumerate(sorted(THEMES)):
                row[column] = sum(word in THEMES[theme] for word in words)
            row[-1] = 0.25 * len(words)
        return rows


def zeroshot(**parameters) -> TopicModel:
    labels = ["judge verdict", "flour butter"]
    return TopicModel(embedder=Themes(), **{"zeroshot_topics": labels, "zeroshot_min_similarity": 0.9, **parameters})


def test_labels_claim_the_documents_that_are_near_enough(documents: list[str]):
    model = zeroshot().fit(documents)
    rows, labels = Themes().embed(documents), Themes().embed(["judge verdict", "flour butter"])
    unit = [x / np.linalg.norm(x, axis=1, keepdims=True) for x in (rows, labels)]
    cosines = unit[0] @ unit[1].T
    named = {label: topic for topic, label in model.topic_labels_.items() if topic >= 0}
    for topic, row in zip(model.topics_, cosines, strict=True):
        best = int(row.argmax())
        claimed = row[best] >= 0.9
        assert (topic == named[["judge verdict", "flour butter"][best]]) == claimed
        assert claimed or model.topic_labels_[topic] not in ("judge verdict", "flour butter")


def test_the_strength_of_a_claimed_document_is_its_cosine(documents: list[str]):
    model = zeroshot(probabilities=True).fit(documents)
    topic = next(topic for topic, label in model.topic_labels_.items() if label == "judge verdict")
    rows, label = Themes().embed(documents), Themes().embed(["judge verdict"])[0]
    place = model.topics_.index(topic)
    cosine = rows[place] @ label / np.linalg.norm(rows[place]) / np.linalg.norm(label)
    expected = np.zeros(model.probabilities_.shape[1])
    expected[topic] = cosine
    np.testing.assert_allclose(model.probabilities_[place], expected, atol=1e-6)


def test_labels_are_kept_where_all_documents_match(documents: list[str]):  # the peer's trap 12
    themes = [" ".join(words[:3]) for words in THEMES.values()]
    model = TopicModel(embedder=Themes(), zeroshot_topics=themes, zeroshot_min_similarity=-1.0).fit(documents)
    assert sorted(model.topic_labels_.values()) == sorted(themes)
    assert model.transform(documents)[0] == model.topics_
    assert model.transform(["loaf loaf"])[0] == [model.find_topics("loaf", top_n=1)[0][0]]


def test_topics_are_numbered_without_holes_after_merging_labelled_ones(documents: list[str]):  # the peer's trap 13
    model = zeroshot().fit(documents)
    named = sorted(topic for topic, label in model.topic_labels_.items() if label in ("judge verdict", "flour butter"))
    model.merge_topics(named)
    assert sorted(model.get_topics()) == sorted(set(model.topics_))
    assert [topic for topic in model.get_topics() if topic >= 0] == list(range(len(model._fitted.index.real)))
    assert model.topic_embeddings_.shape[0] == len(model.get_topics())
    assert [label for label in model.topic_labels_.values() if " / " in label] in (
        ["judge verdict / flour butter"],
        ["flour butter / judge verdict"],
    )
    assert model.transform(documents)[0] == model.topics_


def test_labels_survive_whatever_is_done_to_topics(documents: list[str], tmp_path):  # the peer's trap 14
    model = TopicModel(zeroshot_topics=["judge verdict"], zeroshot_min_similarity=0.5, n_topics=5).fit(documents)

    def labelled(model: TopicModel) -> int:
        return sum("judge verdict" in label for label in model.topic_labels_.values())

    assert labelled(model) == 1
    for change in (
        lambda: model.update_topics(ngram_range=(1, 2)),
        lambda: model.update_topics(representation="mmr"),
        lambda: model.update_topics(topics=model.topics_),
        lambda: model.reduce_topics(3),
        lambda: model.update_topics(topics=model.reduce_outliers(strategy="embeddings")),
        lambda: model.reduce_topics(1),
    ):
        change()
        assert labelled(model) == 1
        model.save(tmp_path / "model")
        assert topicore.load(tmp_path / "model").topic_labels_ == model.topic_labels_


def test_zero_shot_models_predict_the_same_after_a_load(documents: list[str], tmp_path):
    model = TopicModel(zeroshot_topics=["judge verdict", "flour butter"], zeroshot_min_similarity=0.5).fit(documents)
    assert model.transform(documents)[0] == model.topics_
    one_by_one = [model.transform([text])[0][0] for text in documents[:40]]
    assert one_by_one == model.topics_[:40]
    model.save(tmp_path / "model")
    assert topicore.load(tmp_path / "model").transform(documents)[0] == model.topics_


def test_n_topics_counts_topics_of_labels(documents: list[str]):
    model = zeroshot(n_topics=5).fit(documents)
    assert len(model._fitted.index.real) == 5
    with pytest.raises(InputError, match="n_topics=2 is too few: 2 zero-shot topics found documents"):
        zeroshot(n_topics=2).fit(documents)


def test_a_label_that_no_document_is_near_is_no_topic(documents: list[str]):
    model = TopicModel(embedder=Themes(), zeroshot_topics=["flour butter", "judge flour anchor telescope"])
    model.set_params(zeroshot_min_similarity=0.95).fit(documents)
    assert "judge flour anchor telescope" not in model.topic_labels_.values()


def test_labels_that_find_no_document_are_a_warning_that_says_what_would(documents: list[str]):
    with pytest.warns(UserWarning, match=r"the nearest has a cosine of 0\.\d{3}, and zeroshot_min_similarity is 0\.99"):
        model = zeroshot(zeroshot_topics=["judge flour anchor comet"], zeroshot_min_similarity=0.99).fit(documents)
    assert "judge flour anchor comet" not in model.topic_labels_.values()


def test_a_label_of_unknown_words_is_a_warning(documents: list[str]):
    with pytest.warns(UserWarning, match=r"knows no word of zeroshot_topics \['quasar'\]"):
        TopicModel(zeroshot_topics=["quasar", "judge verdict"], zeroshot_min_similarity=0.5).fit(documents)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"zeroshot_topics": []}, "zeroshot_topics must be a list of texts"),
        ({"zeroshot_topics": "sea"}, "zeroshot_topics must be a list of texts"),
        ({"zeroshot_topics": ["sea", ""]}, "holds '', which is no text with words"),
        ({"zeroshot_topics": ["sea", "sea"]}, "holds one text twice"),
        ({"zeroshot_topics": ["sea"], "zeroshot_min_similarity": 2}, "must be a cosine between -1 and 1, got 2"),
        ({"seed_topics": ["sea", "sky"]}, "seed_topics must be a list of lists of words"),
        ({"seed_topics": [["sea"], [3]]}, r"seed_topics\[1\] holds 3, which is no text"),
    ],
)
def test_labels_and_seeds_that_cannot_be_used_are_refused_at_once(parameters: dict, message: str):
    with pytest.raises(ParameterError, match=message):
        TopicModel(**parameters)


@pytest.mark.parametrize("parameters", [{"zeroshot_topics": ["sea"]}, {"seed_topics": [["sea"]]}])
def test_given_embeddings_alone_cannot_be_steered_by_words(parameters: dict, documents: list[str]):
    with pytest.raises(InputError, match="are embedded like documents, but only embeddings= were given"):
        TopicModel(**parameters).fit(documents, embeddings=Themes().embed(documents))


def test_seed_topics_pull_documents_a_quarter_of_the_way():
    from topicore.pipeline.steering import pulled
    from topicore.state import Steering

    seeds, mean = np.array([[0, 1]], dtype=np.float32), np.array([1, 0.1], dtype=np.float32)
    rows = np.array([[3, 4], [4, 0.5]], dtype=np.float32)
    moved = pulled(Steering(seeds=seeds, mean=mean), rows)
    # (3, 4) is nearer to (0, 1): 0.75 * (3, 4) + 0.25 * 5 * (0, 1); (4, 0.5) is nearer to the mean
    np.testing.assert_allclose(moved, [[2.25, 4.25], [4, 0.5]], atol=1e-6)


def test_sparse_rows_are_pulled_like_dense_ones():
    from scipy.sparse import csr_array

    from topicore.pipeline.steering import pulled
    from topicore.state import Steering

    draw = np.random.default_rng(0)
    rows = (draw.random((20, 6)) * (draw.random((20, 6)) > 0.5)).astype(np.float32) + np.eye(20, 6, dtype=np.float32)
    steering = Steering(seeds=np.eye(2, 6, dtype=np.float32), mean=rows.mean(axis=0))
    np.testing.assert_allclose(pulled(steering, csr_array(rows)).toarray(), pulled(steering, rows), atol=1e-6)


def test_guided_modelling_leaves_the_callers_embeddings_alone(documents: list[str]):  # the peer's trap 15
    rows = Themes().embed(documents)
    before = rows.copy()
    model = TopicModel(embedder=Themes(), seed_topics=[["judge", "jury"], ["flour"]]).fit(documents, embeddings=rows)
    np.testing.assert_array_equal(rows, before)
    np.testing.assert_array_equal(model.embeddings_, before)
    assert model.transform(documents)[0] == model.topics_


def test_seed_words_weigh_twice(documents: list[str]):
    plain = TopicModel(representation="c-tf-idf", embedder=Themes(), clusterer="kmeans", n_topics=4)
    guided = TopicModel(**{**plain.get_params(), "seed_topics": [["judge"], ["flour"]]})
    seeded = topicore.weighting("c-tf-idf", seed_words=["judge", "flour"])
    guided.fit(documents)
    again = TopicModel(**{**plain.get_params(), "weighting": seeded}).fit(documents, y=None)
    again.update_topics(topics=guided.topics_)
    assert dict(again.get_topic(0)) == pytest.approx(dict(guided.get_topic(0)))


def test_some_known_classes_pull_the_rest_along():
    draw = np.random.default_rng(1)
    rows = np.vstack([draw.normal(0, 1, (80, 4)) + 1.2 * (np.arange(4) == theme) for theme in range(3)])
    rows = np.hstack([rows, 3 * np.ones((240, 1))]).astype(np.float32)
    classes = np.repeat(np.arange(3), 80)
    some = np.where(draw.random(240) < 0.5, classes, -1)
    texts = [f"word{place} text" for place in range(240)]
    alone = TopicModel(n_topics=3).fit(texts, embeddings=rows)
    told = TopicModel(n_topics=3).fit(texts, embeddings=rows, y=some)
    unknown = some < 0
    better, worse = (
        adjusted_mutual_info_score(classes[unknown], np.array(model.topics_)[unknown]) for model in (told, alone)
    )
    assert better > worse + 0.05
    assert told.transform(texts, embeddings=rows)[0] == told.topics_


def test_all_classes_unknown_is_no_supervision(documents: list[str]):
    assert TopicModel().fit(documents, y=[-1] * len(documents)).topics_ == TopicModel().fit(documents).topics_


def test_classes_that_no_part_uses_are_a_warning(documents: list[str], labels: list[str]):
    with pytest.warns(UserWarning, match="y has no effect: no class is used by clusterer 'kmeans'"):
        TopicModel(clusterer="kmeans").fit(documents, y=labels)


def test_supervised_and_manual_topics_are_called_by_their_classes(documents: list[str], labels: list[str]):
    for clusterer in ("manual", LogisticRegression()):
        model = TopicModel(clusterer=clusterer).fit(documents, y=labels)
        assert sorted(model.topic_labels_.values()) == sorted(set(labels))
        assert [model.topic_labels_[topic] for topic in model.topics_] == labels
        model.merge_topics([0, 1])
        assert any(" / " in label for label in model.topic_labels_.values())
