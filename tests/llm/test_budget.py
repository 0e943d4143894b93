"""The bound on what a run may ask for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from topicore.llm.budget import Budget, SpentError


def test_requests_are_counted_also_those_that_fail() -> None:
    budget = Budget(2, None)
    with budget.request(1):
        pass
    with pytest.raises(ZeroDivisionError), budget.request(1):
        raise ZeroDivisionError
    with pytest.raises(SpentError, match="max_requests=2"), budget.request(1):
        pass


def test_what_a_request_did_not_take_is_given_back() -> None:
    budget = Budget(None, 100)
    with budget.request(90) as taken:
        taken.append(10)
    with budget.request(90) as taken:
        taken.append(90)
    with pytest.raises(SpentError, match="max_tokens=100"), budget.request(1):
        pass


def test_a_request_that_may_fit_waits_for_those_under_way() -> None:
    budget, begun = Budget(None, 100), Barrier(2)

    def first() -> None:
        with budget.request(90) as taken:
            begun.wait(10)
            taken.append(10)

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(first)
        begun.wait(10)
        with budget.request(90):
            pass
        one.result(10)


def test_a_request_larger_than_the_budget_is_refused_at_once() -> None:
    with pytest.raises(SpentError), Budget(None, 10).request(11):
        pass
