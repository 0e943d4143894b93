"""Promises that every kind makes, broken one by one by an embedder that learns."""

from __future__ import annotations

import os
import random
import sys
import warnings
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import pytest

from topicore.components import Embedder, Reducer, State
from topicore.errors import NotFittedError
from topicore.testing import run


class Shift(Embedder):
    """Letter counts less their mean: right in every way."""

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale
        self.mean: Any = None

    def fit(self, texts: Sequence[str], /) -> None:
        self.mean = self.rows(texts).mean(axis=0)

    def embed(self, texts: Sequence[str], /, *, role: str = "document") -> Any:
        if self.mean is None:
            raise NotFittedError("call fit before embed")
        return self.rows(texts) - self.mean

    def rows(self, texts: Sequence[str]) -> Any:
        shares = [[text.count(letter) / max(len(text), 1) for letter in "aeiou.前ا"] for text in texts]
        return np.array(shares, dtype=np.float32).reshape(len(texts), 8) * np.float32(self.scale)

    def state(self) -> State | None:
        return None if self.mean is None else State(arrays={"mean": self.mean}, strings={"letters": list("aeiou.前ا")})

    def restore(self, state: State, /) -> None:
        assert list(state.strings["letters"]) == list("aeiou.前ا")
        self.mean = state.arrays["mean"]


def test_a_right_component_keeps_every_promise(failed: Any) -> None:
    assert failed(Shift) == set()
    assert failed(lambda: Shift(scale=3)) == set()


class Noise(Shift):
    def embed(self, texts: Sequence[str], /, *, role: str = "document") -> Any:
        return super().embed(texts) + np.float32(1e-6) * np.random.default_rng().random(8, dtype=np.float32)


class Prints(Shift):
    def fit(self, texts: Sequence[str], /) -> None:
        super().fit(texts)
        print("fitted")


class WritesToStderr(Shift):
    def embed(self, texts: Sequence[str], /, *, role: str = "document") -> Any:
        print("100%", file=sys.stderr)
        return super().embed(texts)


class Warns(Shift):
    def embed(self, texts: Sequence[str], /, *, role: str = "document") -> Any:
        warnings.warn("no GPU found", stacklevel=2)
        return super().embed(texts)


class LowersInput(Shift):
    def fit(self, texts: Sequence[str], /) -> None:
        texts[:] = [text.lower() for text in texts]  # type: ignore[index]
        super().fit(texts)


class SeedsTheWorld(Shift):
    def fit(self, texts: Sequence[str], /) -> None:
        np.random.seed(0)
        super().fit(texts)


class SetsEnvironment(Shift):
    def fit(self, texts: Sequence[str], /) -> None:
        os.environ["TOKENIZERS_PARALLELISM"] = "false"
        super().fit(texts)


class DrawsFromTheWorld(Shift):
    def fit(self, texts: Sequence[str], /) -> None:
        random.random()
        super().fit(texts)


class SilencesEveryone(Shift):
    def embed(self, texts: Sequence[str], /, *, role: str = "document") -> Any:
        warnings.filterwarnings("ignore", category=UserWarning)
        return super().embed(texts)


class ChangesParameter(Shift):
    def __init__(self, scale: float = 1.0, limit: int | None = None) -> None:
        super().__init__(scale)
        self.limit = limit

    def fit(self, texts: Sequence[str], /) -> None:
        self.limit = len(texts)
        super().fit(texts)


class LearnsForAll(Shift):
    shared: ClassVar[dict[str, Any]] = {}

    def fit(self, texts: Sequence[str], /) -> None:
        super().fit(texts)
        self.shared["mean"] = self.mean

    def embed(self, texts: Sequence[str], /, *, role: str = "document") -> Any:
        if self.mean is None:
            raise NotFittedError("call fit before embed")
        return self.rows(texts) - self.shared["mean"]

    def restore(self, state: State, /) -> None:
        super().restore(state)
        self.shared["mean"] = self.mean


class ForgetsState(Shift):
    def restore(self, state: State, /) -> None:
        self.mean = np.round(state.arrays["mean"], 3)


class RestoresNothing(Shift):
    def restore(self, state: State, /) -> None: ...


class ObjectState(Shift):
    def state(self) -> State | None:
        return None if self.mean is None else State(arrays={"mean": np.array(list(map(str, self.mean)), dtype=object)})


class InfiniteMeta(Shift):
    def state(self) -> State | None:
        state = super().state()
        return state and State(arrays=state.arrays, strings=state.strings, meta={"best": float("inf")})


class NoState(Shift):
    def state(self) -> State | None:
        return None


class Untyped(Shift):
    def __init__(self, scale=1.0) -> None:  # type: ignore[no-untyped-def]
        super().__init__(scale)


class Everything(Shift):
    def __init__(self, scale: float = 1.0, **options: Any) -> None:
        super().__init__(scale)
        self.options = options

    def config(self) -> dict[str, Any]:
        return {"scale": self.scale}


class TakesKey(Shift):
    def __init__(self, scale: float = 1.0, api_key: str | None = None) -> None:
        super().__init__(scale)
        self.api_key = api_key


class Addressed(Shift):
    def __repr__(self) -> str:
        return object.__repr__(self)


class HoldsFunction(Shift):
    def __init__(self, scale: float = 1.0, split: Any = str.split) -> None:
        super().__init__(scale)
        self.split = split


class Doubles(Shift):
    def __init__(self, scale: float = 1.0) -> None:
        super().__init__(scale * 2)


class Hidden(Shift):
    extra = 0.0

    def rows(self, texts: Sequence[str]) -> Any:
        return super().rows(texts) * np.float32(1 + self.extra)


def hidden() -> Hidden:
    embedder = Hidden()
    embedder.extra = 1.0
    return embedder


class ReadsFile(Shift):
    def __init__(self, scale: float = 1.0) -> None:
        super().__init__(scale)
        with open(__file__) as file:
            file.read(1)


class LearnsMore(Shift):
    def partial_fit(self, texts: Sequence[str], /) -> None:
        self.fit(texts)


WRONG = [
    (Noise, {"component/deterministic"}),
    (Prints, {"component/no-output"}),
    (WritesToStderr, {"component/no-output"}),
    (Warns, {"component/no-output"}),
    (LowersInput, {"component/input-untouched"}),
    (SeedsTheWorld, {"component/caller-untouched"}),
    (SetsEnvironment, {"component/caller-untouched"}),
    (DrawsFromTheWorld, {"component/caller-untouched"}),
    (SilencesEveryone, {"component/caller-untouched"}),
    (ChangesParameter, {"component/config-unchanged"}),
    (LearnsForAll, {"component/fresh"}),
    (ForgetsState, {"component/state-roundtrip"}),
    (RestoresNothing, {"component/state-roundtrip"}),
    (ObjectState, {"component/state-is-numeric", "component/state-roundtrip"}),
    (InfiniteMeta, {"component/state-is-numeric", "component/state-roundtrip"}),
    (NoState, {"component/state-is-numeric", "component/state-roundtrip"}),
    (Untyped, {"component/parameters-typed"}),
    (Everything, {"component/no-var-args"}),
    (TakesKey, {"component/config-has-no-secret"}),
    (Addressed, {"component/repr"}),
    (Doubles, {"component/config-rebuilds", "component/fresh", "component/state-roundtrip"}),
    (hidden, {"component/config-rebuilds", "component/state-roundtrip"}),
    (ReadsFile, {"component/init-does-no-work"}),
]


@pytest.mark.parametrize(("make", "meant"), WRONG)
def test_a_broken_promise_fails_its_own_check(failed: Any, make: Any, meant: set[str]) -> None:
    assert failed(make) == meant


def test_a_live_object_as_parameter_fails_config_is_json(failed: Any) -> None:
    assert failed(HoldsFunction) >= {"component/config-is-json", "component/config-rebuilds"}


def test_what_is_not_declared_fails_flags(failed: Any) -> None:
    assert failed(LearnsMore, incremental=False) == {"component/flags-match-abilities"}


def test_what_is_declared_and_missing_fails_flags(failed: Any) -> None:
    assert "component/flags-match-abilities" in failed(Shift, incremental=True)


def test_an_uncontrolled_component_may_be_declared(failed: Any) -> None:
    assert failed(Noise, deterministic=False) == set()


def test_a_secret_from_the_environment_must_not_be_shown(failed: Any) -> None:
    class Keeps(Shift):
        def __init__(self, scale: float = 1.0, header: str = "") -> None:
            super().__init__(scale)
            self.header = os.environ.get("ACME_API_KEY", header)

    assert failed(Keeps, environment=("ACME_API_KEY",)) == {"component/config-has-no-secret"}


def test_partial_fit_must_repeat(failed: Any) -> None:
    class Forgetful(LearnsMore):
        def partial_fit(self, texts: Sequence[str], /) -> None:
            self.fit(texts)
            self.mean = self.mean + np.random.default_rng().random(8, dtype=np.float32)

    assert failed(LearnsMore) == set()
    assert failed(Forgetful) == {"component/partial-fit"}


def test_use_before_fitting_must_be_a_clear_error(failed: Any) -> None:
    class Mean(Reducer):
        def __init__(self) -> None:
            self.mean: Any = None

        def fit_transform(self, x: Any, y: Any = None, /) -> Any:
            self.mean = x.mean()
            return self.transform(x)

        def transform(self, x: Any, /) -> Any:
            return np.ascontiguousarray(x[:, :2] - self.mean, dtype=np.float32)

        def state(self) -> State | None:
            return None if self.mean is None else State(arrays={"mean": np.asarray(self.mean)})

        def restore(self, state: State, /) -> None:
            self.mean = state.arrays["mean"][()]

    assert failed(Mean) == {"component/unfitted-error"}


def test_the_report_says_what_to_do() -> None:
    report = str(run(Prints))
    assert "component/no-output: failed: it prints 'fitted\\n'" in report
