"""The signature of a component is its schema: names and types are checked before it is built."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
import pytest

from topicore.errors import ParameterError
from topicore.registry.parameters import checked
from topicore.specs import EmbedderSpec, Range

if TYPE_CHECKING:
    from nowhere import Unresolvable

OPENAI = EmbedderSpec(name="openai", target="a.b:C", summary="x", argument="model", environment=("OPENAI_API_KEY",))


class Remote:
    def __init__(
        self, model: str, batch_size: Annotated[int, Range(1)] = 64, *, timeout: float | None = None
    ) -> None: ...

    @classmethod
    def from_native(cls, client: object, /, *, model: str, **parameters: Any) -> Remote: ...


class Everything:
    def __init__(
        self,
        whole: int = 0,
        number: float = 0.0,
        share: Annotated[float, Range(0, 1)] = 0.5,
        most: Annotated[int | None, Range(high=9)] = None,
        text: str = "",
        flag: bool = False,
        choice: Literal["a", "b"] = "a",
        mixed: int | Literal["auto"] | None = None,
        words: Sequence[str] = (),
        names: list[str] | None = None,
        pair: tuple[int, int] = (1, 1),
        many: tuple[int, ...] = (),
        options: Mapping[str, Any] = {},
        table: dict[str, int] | None = None,
        group: frozenset[str] = frozenset(),
        call: Callable[[str], str] | None = None,
        later: Unresolvable | None = None,
        anything: Any = None,
        untyped=None,
        path: slice | None = None,
    ) -> None: ...


def check(**given: Any) -> dict[str, Any]:
    return checked(OPENAI, (Everything.__init__,), given)


GOOD = {
    "whole": [0, -3, np.int64(3)],
    "number": [1, 1.5, np.float32(1.5), np.int8(1)],
    "share": [0, 1, 0.25],
    "most": [None, 9, -1],
    "text": ["", "x"],
    "flag": [True, np.bool_(False)],
    "choice": ["b"],
    "mixed": [3, "auto", None],
    "words": [[], ["a"], ("a", "b")],
    "names": [None, ["a"]],
    "pair": [(1, 2), [1, 2]],
    "many": [(), [1, 2, 3]],
    "options": [{}, {"a": object()}],
    "table": [None, {"a": 1}],
    "group": [{"a"}, frozenset(), ["a"]],
    "call": [None, str.lower],
    "later": [1, object()],
    "anything": [1, object()],
    "untyped": [1, object()],
    "path": [None, slice(1)],
}

BAD = [
    ("whole", 1.0, "whole must be an int, got 1.0"),
    ("whole", True, "whole must be an int, got True"),
    ("whole", None, "whole must be an int, got None"),
    ("whole", np.float64(2.0), "whole must be an int, got 2.0"),
    ("number", "1", "number must be a number, got '1'"),
    ("number", False, "number must be a number, got False"),
    ("share", 1.5, "share must be a number between 0 and 1, got 1.5"),
    ("share", float("nan"), "share must be a number between 0 and 1, got nan"),
    ("most", 10, "most must be an int at most 9 or None, got 10"),
    ("text", 1, "text must be a string, got 1"),
    ("flag", 1, "flag must be True or False, got 1"),
    ("choice", "c", "choice must be one of 'a', 'b', got 'c'"),
    ("mixed", "some", "mixed must be an int or 'auto' or None, got 'some'"),
    ("words", "abc", "words must be a sequence, each a string, got 'abc'"),
    ("words", [1], "words must be a sequence, each a string, got [1]"),
    ("pair", (1,), "pair must be a sequence of 2, each an int, got (1,)"),
    ("options", [1], "options must be a mapping, got [1]"),
    ("table", {"a": "b"}, "table must be a mapping from a string to an int or None, got {'a': 'b'}"),
    ("call", 3, "call must be a callable or None, got 3"),
    ("path", 3, "path must be a slice or None, got 3"),
]


@pytest.mark.parametrize(("name", "values"), GOOD.items(), ids=list(GOOD))
def test_values_that_fit_pass(name, values):
    for value in values:
        assert check(**{name: value})[name] == value


@pytest.mark.parametrize(("name", "value", "message"), BAD, ids=[f"{name}-{value!r}" for name, value, _ in BAD])
def test_values_that_do_not_fit_are_told_what_would(name, value, message):
    with pytest.raises(ParameterError) as caught:
        check(**{name: value})
    assert str(caught.value) == f"embedder 'openai': {message}"


def test_numpy_scalars_become_plain_numbers():
    values = check(whole=np.int64(3), number=np.float32(0.5), flag=np.bool_(True))
    assert [type(value) for value in values.values()] == [int, float, bool]


def test_a_long_value_is_shortened():
    with pytest.raises(ParameterError) as caught:
        check(whole="x" * 10_000)
    assert len(str(caught.value)) < 120


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"batchsize": 8}, "embedder 'openai' has no parameter 'batchsize'; did you mean 'batch_size'?"),
        ({"zzz": 8}, "embedder 'openai' has no parameter 'zzz'; it has model, batch_size, timeout"),
        (
            {"api_key": "sk"},
            "embedder 'openai' has no parameter 'api_key'; secrets are no parameters: "
            "set the environment variable OPENAI_API_KEY, or hand in a client",
        ),
        ({}, "embedder 'openai' needs the parameter 'model': write 'openai:MODEL' or pass model=..."),
        ({"model": "m", "batch_size": 0}, "embedder 'openai': batch_size must be an int at least 1, got 0"),
    ],
)
def test_names_are_checked(given, message):
    with pytest.raises(ParameterError) as caught:
        checked(OPENAI, (Remote.__init__,), given)
    assert str(caught.value) == message


def test_a_wrapper_takes_its_own_parameters_and_those_of_the_class():
    functions = (Remote.from_native, Remote.__init__)
    assert checked(OPENAI, functions, {"model": "m", "timeout": 3}) == {"model": "m", "timeout": 3}
    with pytest.raises(ParameterError, match="timeout must be a number or None"):
        checked(OPENAI, functions, {"model": "m", "timeout": "3"})
    with pytest.raises(ParameterError, match="has no parameter 'client'; it has model, batch_size, timeout"):
        checked(OPENAI, functions, {"client": 1})
    with pytest.raises(ParameterError, match="needs the parameter 'model'"):
        checked(OPENAI, functions, {})


def test_a_class_without_parameters_takes_none():
    class Bare:
        pass

    assert checked(OPENAI, (Bare.__init__,), {}) == {}
    with pytest.raises(ParameterError, match="embedder 'openai' has no parameter 'x'; it has none"):
        checked(OPENAI, (Bare.__init__,), {"x": 1})


def test_the_promised_message(toy, scan):
    from topicore import registry

    toy()
    scan()
    with pytest.raises(ParameterError, match=r"^clusterer 'graph': neighbors must be an int at least 1, got 0$"):
        registry.build("clusterer", "graph", neighbors=0)
    with pytest.raises(ParameterError, match=r"^embedder 'toy' has no parameter 'scal'; did you mean 'scale'\?$"):
        registry.build("embedder", "toy", scal=1)
