"""One fit by name, beside whatever else is loaded."""

from __future__ import annotations

import tiny_segment

import topicore


def test_chinese_topics_are_made_of_words() -> None:
    model = topicore.TopicModel(vectorizer="segment:zh", n_topics=2).fit(tiny_segment.documents("chinese"))
    topics = model.topics_[:6]
    assert len(set(topics[:3])) == len(set(topics[3:])) == 1
    assert topics[0] != topics[3]
    assert {"比赛", "球队", "球员"} <= {word for word, _ in model.get_topic(topics[0])}
