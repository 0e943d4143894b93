"""The kit runs, counts, and is pinned; nothing is silent."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from topicore.components import Embedder
from topicore.errors import ParameterError
from topicore.registry import capabilities
from topicore.testing import ALL, applicable, kit, run

pytest_plugins = ["pytester"]


class Lengths(Embedder):
    def embed(self, texts: Sequence[str], /, *, role: str = "document") -> Any:
        return np.array([[len(text), text.count(" ")] for text in texts], dtype=np.float32).reshape(len(texts), 2)


class Doubles(Lengths):
    def embed(self, texts: Sequence[str], /, *, role: str = "document") -> Any:
        return super().embed(texts).astype(np.float64)


def test_ids_are_unique_and_begin_with_their_kind() -> None:
    ids = [check.id for check in ALL]
    assert len(set(ids)) == len(ids)
    for check in ALL:
        kind = check.id.partition("/")[0]
        assert kind == "component" or check.kinds == (kind,)


def test_every_check_says_in_one_line_what_is_promised() -> None:
    assert [check.id for check in ALL if not check.summary.endswith(".")] == []


def test_the_headline_counts_everything() -> None:
    found = run(Lengths)
    passed, skipped = len(found.ids("passed")), len(found.ids("skipped"))
    assert passed + skipped == len(found.outcomes)
    assert str(found).splitlines()[0] == f"Lengths embedder: {passed} passed, {skipped} skipped (kit 0.3)"
    assert all(f"  {name}: skipped: " in str(found) for name in found.ids("skipped"))


def test_expected_failures_are_counted_apart() -> None:
    found = run(Doubles, expected_failures={"embedder/rows": "the library gives doubles"})
    assert found.ok
    assert ", 1 expected failure, " in found.headline
    assert "embedder/rows: expected failure: the library gives doubles" in str(found)


def test_a_failure_is_not_ok() -> None:
    found = run(Doubles)
    assert not found.ok
    assert ", 1 failed, " in found.headline
    assert "return rows.astype(np.float32)" in str(found)


def test_an_expected_failure_that_passes_is_a_failure() -> None:
    found = run(Lengths, expected_failures={"embedder/rows": "no longer true"})
    assert not found.ok
    assert found.ids("unexpected pass") == ("embedder/rows",)
    assert "take it out of expected_failures" in str(found)


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("embedder/row", "did you mean 'embedder/rows'"),
        ("nonsense", "its checks are component/light-import"),
        ("reducer/shape", "not run on this component"),
        ("embedder/images", "not run on this component"),
    ],
)
def test_unknown_expected_failures_are_errors(name: str, advice: str) -> None:
    with pytest.raises(ParameterError, match=advice):
        run(Lengths, expected_failures={name: "?"})


def test_what_the_spec_waives_is_skipped_with_the_reason() -> None:
    def make() -> Any:
        embedder: Any = Lengths()
        embedder.spec = replace(capabilities(embedder), deterministic=False, batch_invariant=False)
        return embedder

    found = {outcome.id: outcome for outcome in run(make).outcomes}
    assert found["component/deterministic"].reason == "the spec says deterministic=False"
    assert found["embedder/batch-invariant"].reason == "the spec says batch_invariant=False"
    assert found["component/deterministic"].status == found["embedder/batch-invariant"].status == "skipped"


def test_a_pinned_kit_leaves_newer_checks_out_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    newer = replace(ALL[-1], id="embedder/newer", kinds=("embedder",), since="0.10")
    monkeypatch.setattr(kit, "ALL", (*ALL, newer))
    monkeypatch.setattr(kit, "KIT", "0.10")
    component = Lengths()
    spec = capabilities(component)
    assert newer in applicable(component, spec, "0.10")
    assert newer not in applicable(component, spec, "0.9")
    found = run(Lengths, kit="0.2")
    assert found.newer == ("embedder/newer",)
    assert found.headline.endswith("(kit 0.2; 1 newer check not run)")


@pytest.mark.parametrize(("version", "advice"), [("7.0", "there is no kit '7.0' yet"), ("new", "give a version")])
def test_a_kit_that_is_not_there_is_an_error(version: str, advice: str) -> None:
    with pytest.raises(ParameterError, match=advice):
        run(Lengths, kit=version)


def test_checks_are_called_as_plain_functions() -> None:
    rows = next(check for check in ALL if check.id == "embedder/rows")
    rows(Lengths, capabilities(Lengths()))
    with pytest.raises(AssertionError, match="float64"):
        rows(Doubles, capabilities(Doubles()))


def test_what_the_component_raises_is_a_failed_check() -> None:
    class Broken(Lengths):
        def embed(self, texts: Sequence[str], /, *, role: str = "document") -> Any:
            raise OSError("no disk")

    rows = next(check for check in ALL if check.id == "embedder/rows")
    with pytest.raises(AssertionError, match="the component raised OSError: no disk") as caught:
        rows(Broken, capabilities(Broken()))
    assert isinstance(caught.value.__cause__, OSError)


def test_the_kit_needs_no_pytest_until_it_is_asked_for_a_test() -> None:
    code = "import sys, topicore.testing; sys.exit('pytest' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


CONFORMANCE = """
import numpy as np
from topicore.components import Embedder
from topicore.testing import conformance

class Lengths(Embedder):
    def embed(self, texts, /, *, role="document"):
        return np.array([[len(text)] for text in texts], dtype=np.{dtype}).reshape(len(texts), 1)

test_lengths = conformance(Lengths, {options})
"""


def outcomes(pytester: pytest.Pytester, dtype: str, options: str) -> tuple[dict[str, int], str]:
    pytester.makepyfile(CONFORMANCE.format(dtype=dtype, options=options))
    found = pytester.runpytest_inprocess("-v", "-rs", "-p", "no:cacheprovider")
    return found.parseoutcomes(), found.stdout.str()


def test_one_line_is_a_parametrised_test(pytester: pytest.Pytester) -> None:
    counts, printed = outcomes(pytester, "float32", "kit='0.2'")
    report = run(Lengths)
    assert counts == {"passed": len(report.ids("passed")), "skipped": len(report.ids("skipped"))}
    assert "test_lengths[embedder/rows] PASSED" in printed
    assert "the class has no spec" in printed


def test_failures_carry_their_advice(pytester: pytest.Pytester) -> None:
    counts, printed = outcomes(pytester, "float64", "")
    assert counts["failed"] == 1
    assert "AssertionError: embed gives float64; return rows.astype(np.float32)" in printed


def test_expected_failures_are_xfailed(pytester: pytest.Pytester) -> None:
    counts, _ = outcomes(pytester, "float64", "expected_failures={'embedder/rows': 'doubles'}")
    assert counts["xfailed"] == 1
    assert "failed" not in counts


def test_expected_failures_are_strict(pytester: pytest.Pytester) -> None:
    counts, printed = outcomes(pytester, "float32", "expected_failures={'embedder/rows': 'doubles'}")
    assert counts["failed"] == 1
    assert "[XPASS(strict)] doubles" in printed


def test_a_misspelt_expected_failure_stops_collection(pytester: pytest.Pytester) -> None:
    counts, printed = outcomes(pytester, "float32", "expected_failures={'embedder/row': 'doubles'}")
    assert counts == {"errors": 1}
    assert "did you mean 'embedder/rows'?" in printed
