"""Each document is tokenised once in fit, and never again by what derives from it."""

from __future__ import annotations

from topicore import TopicModel
from topicore.components import Vectorizer
from topicore.counts import count
from topicore.tokens import Rules


class Counting(Vectorizer):
    """Cuts at spaces, and remembers how often it was asked for each text."""

    seen: list[str] = []

    def tokenize(self, texts, /):
        for text in texts:
            self.seen.append(text)
            yield text.split()


def test_fit_reads_each_document_once_and_accessors_not_at_all(documents):
    Counting.seen.clear()
    model = TopicModel(vectorizer=Counting()).fit(documents)
    assert Counting.seen == documents
    model.get_topic_info()
    model.get_document_info()
    model.get_topics(full=True)
    model.get_representative_docs()
    assert model.topics_
    assert model.probabilities_ is not None
    assert Counting.seen == documents


def test_another_ngram_range_is_counted_without_reading(documents):
    Counting.seen.clear()
    model = TopicModel(vectorizer=Counting()).fit(documents)
    _, terms = count(model._state.tokens, Rules(ngram_range=(1, 3), stop_words=frozenset({"the"})))
    assert max(term.count(" ") for term in terms) == 2
    assert Counting.seen == documents


def test_transform_reads_each_new_document_once(documents):
    model = TopicModel(vectorizer=Counting()).fit(documents)
    Counting.seen.clear()
    model.transform(documents[:7])
    assert Counting.seen == documents[:7]


def test_the_default_pipeline_reads_once(documents, monkeypatch):
    from topicore.builtin import vectorizers

    read = []
    original = vectorizers.words

    def counted(texts):
        def passed():
            for text in texts:
                read.append(text)
                yield text

        return original(passed())

    monkeypatch.setattr(vectorizers, "words", counted)
    monkeypatch.setattr(
        "topicore.builtin.wordvectors.words", lambda texts: (_ for _ in ()).throw(AssertionError("read again"))
    )
    TopicModel().fit(documents)
    assert read == documents
