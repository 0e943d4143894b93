"""What embedding would take."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lettering import SPEC, Lettering, Limited

import topicore

TEXTS = ["a b c", "d e", "a b c", "f", "g h i j", "k"]


class Billed(Limited):
    """At most three texts and five words a call."""

    spec = replace(SPEC, network=True, chunk_size=3, chunk_tokens=5)


def test_requests_are_those_that_a_run_would_make(tmp_path):
    planned, made = topicore.dry_run(Billed(), TEXTS), Billed()
    topicore.embed(made, TEXTS, cache=tmp_path / "cache")
    assert planned.requests == len(made.calls)
    assert (planned.texts, planned.distinct, planned.cached, planned.tokens) == (6, 5, 0, 11)
    again = topicore.dry_run(Billed(), [*TEXTS, "new one"], cache=tmp_path / "cache")
    assert (again.distinct, again.cached, again.requests, again.tokens) == (6, 5, 1, 2)
    assert str(again) == "7 texts (6 distinct, 5 cached): 1 request of about 2 tokens in all"


def test_nothing_is_embedded():
    embedder = Billed()
    topicore.dry_run(embedder, TEXTS)
    assert embedder.calls == []


def test_cut_texts_cost_what_is_read_and_split_ones_what_they_hold():
    long = "word " * 25
    with pytest.warns(UserWarning, match="one text is longer"):
        assert topicore.dry_run(Billed(), [long, "a"]).tokens == 11
    assert topicore.dry_run(Billed("chunk"), [long, "a"]).tokens == 26


def test_embedders_that_count_no_tokens_still_tell_requests():
    planned = topicore.dry_run(Lettering(), [str(number) for number in range(9)])
    assert (planned.requests, planned.tokens) == (3, None)
    assert str(planned) == "9 texts (9 distinct, 0 cached): 3 requests"


def test_parts_are_added_up_and_what_reads_tokens_asks_for_nothing():
    planned = topicore.dry_run([Billed(), "ppmi", Lettering()], TEXTS)
    alone = topicore.dry_run(Billed(), TEXTS)
    assert (planned.requests, planned.tokens) == (alone.requests + 2, alone.tokens)
    assert (planned.texts, planned.distinct) == (6, 5)
