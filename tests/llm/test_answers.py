"""From what a language model writes to a description."""

from __future__ import annotations

import json

import pytest

from topicore.llm.answers import UnusableError, described

ALL = ("label", "summary", "keywords")


@pytest.mark.parametrize(
    "text",
    [
        '{"label": "Space flight"}',
        '```json\n{"label": "Space flight"}\n```',
        'Sure! Here it is:\n{"label": "Space flight"}\nAnything else?',
        '<think>{"label": "no"} or rather...</think>{"label": "Space flight"}',
        'perhaps {"label": "no"}? No.</think>\n{"label": "Space flight"}',
        '[THINK]{"label": "no"}[/THINK]{"label": "Space flight"}',
        '<|channel|>analysis<|message|>{"label": 1}<|end|><|channel|>final<|message|>{"label": "Space flight"}',
        '{"label": "Space flight"}<think>I hope so</think>',
        '{"label": "..."} is the form, so: {"label": "Space flight"}',
        '{"result": {"topic": {"label": "Space flight"}}}',
        r"With \frac{a}{b} " * 60 + '{"label": "Space flight"}',
        '{"reasoning": {"deep": 1}} {"Label": "Space flight"}',
        '{"LABEL": "  \\"Space\\n flight.\\" "}',
        '{broken {\'label\': 1} {"label": "**Space flight**"}',
    ],
)
def test_a_label_is_found_in_what_surrounds_it(text: str) -> None:
    assert described(text, ["label"], True).label == "Space flight"


def test_all_outputs_are_read() -> None:
    found = described('{"label": "A", "summary": "B\\n\\nc.", "keywords": ["x", " y  z ", "x", "", "--"]}', ALL, True)
    assert (found.label, found.summary) == ("A", "B c.")
    assert found.terms == (("x", 1.0), ("y z", 1.0))


def test_keywords_may_be_one_text_with_commas() -> None:
    assert described('{"keywords": "x, y"}', ["keywords"], True).terms == (("x", 1.0), ("y", 1.0))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Space flight", "holds no JSON object with 'label'"),
        ('{"labels": "Space flight"}', "holds no JSON object"),
        ('{"label": "Space fl', "holds no JSON object"),
        ('{"label": null}', "the label is no text"),
        ('{"label": ["Space"]}', "the label is no text"),
        ('{"label": " \\u200b-- "}', "the label is empty"),
        ('{"label": "' + "long " * 40 + '"}', "199 characters, of which at most 120"),
        ('<think>{"label": "Space flight"', "holds no JSON object"),
        ('{"label": 1} or rather <think>{"label": "Space flight"}</think>', "the label is no text"),
        ("<think>" * 100_000, "holds no JSON object"),
        ("[" * 100_000, "holds no JSON object"),
        ('{"a":' * 100_000, "holds no JSON object"),
    ],
)
def test_what_is_no_label_says_why(text: str, reason: str) -> None:
    with pytest.raises(UnusableError, match=reason):
        described(text, ["label"], True)


def test_a_missing_output_is_named() -> None:
    with pytest.raises(UnusableError, match="lacks 'summary', 'keywords'"):
        described('{"label": "A"}', ALL, True)


@pytest.mark.parametrize("keywords", ["[]", '[""]', "[1]", "null", '{"a": 1}', '""'])
def test_keywords_that_are_none_are_refused(keywords: str) -> None:
    with pytest.raises(UnusableError, match="keywords"):
        described(f'{{"keywords": {keywords}}}', ["keywords"], True)


@pytest.mark.parametrize(
    "text",
    [
        "Space flight",
        ' "Space flight." ',
        "topic: Space flight",
        "**Label:** Space flight",
        "```\nSpace flight\n```",
        "It is\nspace.</think>Space flight",
        "\u201cSpace flight\u201d",
    ],
)
def test_plain_text_is_a_label(text: str) -> None:
    assert described(text, ["label"], False).label == "Space flight"


def test_plain_text_of_several_lines_is_no_label() -> None:
    with pytest.raises(UnusableError, match="has 2 lines"):
        described("Here is a label:\nSpace flight", ["label"], False)


def test_plain_keywords_are_lines_or_a_list_with_commas() -> None:
    expected = (("space", 1.0), ("moon", 1.0))
    assert described("1. space\n2. moon\n", ["keywords"], False).terms == expected
    assert described("Keywords: space, moon", ["keywords"], False).terms == expected
    assert described("Here they are:\n- space\n- moon", ["keywords"], False).terms == expected
    assert described('["space", "moon"]', ["keywords"], False).terms == expected
    assert described("空间、月球，火箭", ["keywords"], False).terms == (("空间", 1.0), ("月球", 1.0), ("火箭", 1.0))


def test_keywords_are_readable() -> None:
    answer = '{"keywords": ["a\\u0000b", "x\\u200by", "\\ud83d", "\\"quoted\\"", "' + "long" * 50 + '"]}'
    assert [word for word, _ in described(answer, ["keywords"], True).terms or ()] == ["a b", "xy", "quoted"]


def test_plain_whitespace_is_soon_seen_to_be_nothing() -> None:
    with pytest.raises(UnusableError, match="no keywords"):
        described("  \n" * 100_000, ["keywords"], False)


@pytest.mark.parametrize(
    "label",
    ["'90s music", "C*", "U.S. politics in the U.S.", "__init__ methods", "[Analysis] pieces", "Uses of <think> marks"],
)
def test_signs_that_belong_to_a_label_stay(label: str) -> None:
    assert described(json.dumps({"label": label}), ["label"], True).label == label
    assert described(f'{{"label": "\\"{label}\\""}}', ["label"], True).label == label


def test_labels_of_any_script_are_kept() -> None:
    for label in ("अंतरिक्ष", "宇宙飛行", "🚀 полёты", "می\u200cخواهم", "क्\u200dष", "👩\u200d🚀 mission"):
        assert described(f'{{"label": "{label}"}}', ["label"], True).label == label
