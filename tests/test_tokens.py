"""Text becomes flat ids once."""

from __future__ import annotations

import numpy as np

from topicore.tokens import Tokens, tokenise


def test_ids_follow_first_use_and_offsets_the_documents():
    tokens = tokenise([["b", "a", "b"], [], ["c", "a"]])
    assert list(tokens.vocabulary) == ["b", "a", "c"]
    assert tokens.ids.tolist() == [0, 1, 0, 2, 1]
    assert tokens.ids.dtype == np.int32
    assert tokens.offsets.tolist() == [0, 3, 3, 5]
    assert tokens.owners().tolist() == [0, 0, 0, 2, 2]
    assert len(tokens) == 3


def test_stop_words_are_a_mask_and_every_token_is_kept():
    tokens = tokenise([["the", "cat"], ["the", "dog"]], frozenset({"the"}))
    assert tokens.stop.tolist() == [True, False, False]
    assert tokens.ids.tolist() == [0, 1, 0, 2]
    again = tokens.with_stop_words(frozenset({"dog"}))
    assert again.stop.tolist() == [False, False, True]
    assert again.ids is tokens.ids


def test_documents_are_read_one_at_a_time():
    asked = []

    def lists():
        for place in range(3):
            asked.append(place)
            yield [str(place)]

    assert len(tokenise(lists())) == 3
    assert asked == [0, 1, 2]


def test_the_vocabulary_is_kept_by_tokens_with_other_stop_words():
    tokens = tokenise([["b", "a"]])
    assert tokens.with_stop_words(frozenset({"a"})).vocabulary is tokens.vocabulary


def test_any_sequence_can_be_the_vocabulary():
    tokens = Tokens(ids=np.array([0], np.int32), offsets=np.array([0, 1]), vocabulary=["a"], stop=np.array([False]))
    assert tokens.vocabulary == ["a"]
