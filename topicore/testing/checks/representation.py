"""What a representation promises: readable topics, from what its spec asks for and nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ...components import Description
from ..check import Make, check, expect
from ..view import SmallView


@check("representation/topics-known")
def topics_known(make: Make, spec: Any) -> None:
    """Descriptions are given by topic id, of topics that there are."""
    view = SmallView(frozen=False)
    found = make().describe(view)
    expect(isinstance(found, Mapping), f"describe gives a {type(found).__name__}; return {{topic: Description(...)}}")
    strange = [topic for topic in found if topic not in view.topics]
    expect(not strange, f"describe gives topics {strange}; there are {list(view.topics)}")
    wrong = {type(item).__name__ for item in found.values() if not isinstance(item, Description)}
    expect(not wrong, f"describe gives {', '.join(sorted(wrong))}; give a Description a topic")
    expect(found, "describe gives no topic at all")


@check("representation/yields")
def yields(make: Make, spec: Any) -> None:
    """Descriptions fill the parts that the spec yields, and no others."""
    filled = {
        part
        for item in make().describe(SmallView(frozen=False)).values()
        for part in ("terms", "label", "summary", "images")
        if getattr(item, part) is not None
    }
    undeclared, missing = sorted(filled - spec.yields), sorted(spec.yields - filled)
    expect(not undeclared, f"descriptions fill {undeclared}; add that to yields in the spec")
    expect(not missing, f"the spec yields {missing}, and no description fills it")


@check("representation/terms-nonempty")
def terms_nonempty(make: Make, spec: Any) -> None:
    """Terms, where given, are different words with finite weights, at least one of them."""
    for topic, item in make().describe(SmallView(frozen=False)).items():
        if item.terms is None:
            continue
        where = f"topic {topic}"
        expect(len(item.terms) > 0, f"{where} has no terms; leave the topic out, or terms=None")
        for pair in item.terms:
            shaped = isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], str)
            expect(shaped, f"{where} has the term {pair!r}; give (word, weight) pairs")
            expect(pair[0].strip(), f"{where} has a blank term")
            weighed = isinstance(pair[1], float) and math.isfinite(pair[1])
            expect(weighed, f"{where}: {pair!r} has no finite float weight")
        words = [word for word, _ in item.terms]
        expect(len(set(words)) == len(words), f"{where} has a term twice: {words}")


@check("representation/label-is-one-line")
def label_is_one_line(make: Make, spec: Any) -> None:
    """Labels, where given, are one line of text."""
    for topic, item in make().describe(SmallView(frozen=False)).items():
        if item.label is not None:
            expect(isinstance(item.label, str) and item.label.strip(), f"topic {topic} has the label {item.label!r}")
            expect(len(item.label.splitlines()) == 1, f"the label of topic {topic} has several lines: {item.label!r}")
            expect(item.label == item.label.strip(), f"the label of topic {topic} has blanks around it: {item.label!r}")


@check("representation/view-readonly")
def view_readonly(make: Make, spec: Any) -> None:
    """The view is only read: its arrays cannot be written to."""
    make().describe(SmallView())


@check("representation/needs-declared")
def needs_declared(make: Make, spec: Any) -> None:
    """Only what the spec needs is used."""
    view = SmallView(spec.needs, frozen=False)
    try:
        make().describe(view)
    except Exception as error:
        if not view.undeclared:
            raise
        raise AssertionError(f"it uses {view.undeclared[0]!r}; add that to needs in the spec") from error
    expect(not view.undeclared, f"it tries {', '.join(map(repr, view.undeclared))}; add that to needs in the spec")


@check("representation/empty-topic")
def empty_topic(make: Make, spec: Any) -> None:
    """A topic whose documents hold no words breaks nothing."""
    view = SmallView(frozen=False, empty_topic=True)
    strange = set(make().describe(view)) - set(view.topics)
    expect(not strange, f"describe gives topics {sorted(strange)}; there are {list(view.topics)}")
