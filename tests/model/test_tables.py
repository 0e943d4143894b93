"""What the accessors of a fitted model say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from topicore import TopicModel
from topicore.errors import InputError


@pytest.fixture(scope="module")
def texts(documents):
    return [*documents, "", "!!"]


@pytest.fixture(scope="module")
def model(texts):
    return TopicModel().fit(texts)


def test_topic_info_has_a_row_a_topic_in_order(model, texts):
    info = model.get_topic_info()
    assert list(info.columns) == ["Topic", "Count", "Name", "Representation", "Representative_Docs"]
    assert info["Topic"].tolist() == [-1, 0, 1, 2, 3]
    assert info["Count"].tolist() == [2, *sorted(info["Count"][1:], reverse=True)]
    assert info["Count"].sum() == len(texts)
    assert info["Name"][1] == "_".join(["0", *info["Representation"][1][:4]])
    assert len(model.get_topic_info(2)) == 1


def test_topic_frequency_is_largest_first_and_takes_numpy_integers(model):
    table = model.get_topic_freq()
    assert table["Count"].is_monotonic_decreasing
    assert model.get_topic_freq(np.int64(0)) == table["Count"][0]


def test_document_info_has_a_row_a_document(model, texts):
    extra = pd.DataFrame({"id": range(len(texts))}, index=range(5, 5 + len(texts)))
    table = model.get_document_info(df=extra, metadata={"length": [len(text) for text in texts]})
    assert list(table.columns)[:3] == ["id", "Document", "Topic"]
    assert list(table.columns)[-1] == "length"
    assert table["Topic"].tolist() == model.topics_
    assert np.allclose(table["Probability"], model.probabilities_)
    assert table["Representative_document"].sum() == sum(map(len, model.representative_docs_.values()))
    with pytest.raises(InputError, match="length has 1 entries"):
        model.get_document_info(metadata={"length": [1]})
    with pytest.raises(InputError, match="documents has 2 entries"):
        model.get_document_info(documents=["a", "b"])


def test_representative_documents_are_the_nearest_to_their_topic(model, texts):
    rows = model.embeddings_ - model.embeddings_[:-2].mean(axis=0)
    for topic in (0, 1, 2, 3):
        inside = [place for place, found in enumerate(model.topics_) if found == topic]
        centre = rows[inside].mean(axis=0)
        cosines = {place: rows[place] @ centre / np.linalg.norm(rows[place]) for place in inside}
        best = sorted(inside, key=lambda place: -cosines[place])[:3]
        assert model.get_representative_docs(np.int64(topic)) == [texts[place] for place in best]


def test_fitted_attributes_agree_with_one_another(model, texts):
    topics = [-1, 0, 1, 2, 3]
    assert list(model.topic_sizes_) == topics
    assert model.c_tf_idf_.shape == (5, len(model.vocabulary_))
    assert model.topic_embeddings_.shape[0] == 5
    assert list(model.topic_labels_) == topics
    assert list(model.topic_representations_) == topics
    assert model.custom_labels_ is None
    assert model.representative_images_ is None
    assert model.topic_mapper_.get_mappings()[-1] == -1
    assert set(model.topic_mapper_.get_mappings().values()) == set(topics)
    rows = np.array(model.topics_)
    expected = model.embeddings_[rows == 2].mean(axis=0)
    assert np.allclose(model.topic_embeddings_[3], expected, atol=1e-6)


def test_the_plain_words_are_the_largest_weights(texts):
    model = TopicModel(representation="c-tf-idf", n_words=4).fit(texts)
    weights = model.c_tf_idf_.toarray()
    for row, topic in enumerate(sorted(model.get_topics())):
        terms = model.get_topic(topic)
        assert len(terms) == (4 if topic >= 0 else 0)
        assert [weight for _, weight in terms] == sorted(weights[row], reverse=True)[: len(terms)]
