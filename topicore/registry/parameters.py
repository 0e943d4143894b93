"""Checks the parameters of a component against the signature of its class, before it is built."""

from __future__ import annotations

import inspect
import reprlib
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import ParameterError
from ..specs import ComponentSpec
from .annotations import hints, rule
from .names import closest

__all__ = ["checked", "schema", "with_argument"]

_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
_SECRETS = ("key", "token", "secret", "password", "credential")


def schema(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """The parameters of *function* after its first one that can be given by name, and ``**`` as ``"**"``.

    The first one is ``self`` of ``__init__``, or the object of ``from_native``.
    """
    if function is object.__init__:
        return {}
    _, *parameters = inspect.signature(function).parameters.values()
    anything = inspect.Parameter.VAR_KEYWORD
    return {
        "**" if parameter.kind is anything else parameter.name: parameter
        for parameter in parameters
        if parameter.kind in (*_NAMED, anything)
    }


def with_argument(
    spec: ComponentSpec, init: Callable[..., Any], argument: str | None, given: Mapping[str, Any]
) -> dict[str, Any]:
    """*given* and the text after ``:`` under the parameter that the *spec* names for it.

    A parameter that takes numbers and no text gets the number that the text spells.
    """
    if argument is None:
        return dict(given)
    where = f"{spec.kind} {spec.name!r}"
    if spec.argument is None:
        raise ParameterError(f"{where} takes nothing after ':', got {argument!r}")
    if spec.argument in given:
        raise ParameterError(
            f"{where} got {spec.argument!r} twice: {argument!r} after ':' and {reprlib.repr(given[spec.argument])}"
        )
    return {spec.argument: _spelt(hints(init).get(spec.argument), argument), **given}


def checked(spec: ComponentSpec, functions: tuple[Callable[..., Any], ...], given: Mapping[str, Any]) -> dict[str, Any]:
    """*given*, with numpy scalars as plain numbers, fit to be passed on.

    Args:
        spec: The component, for messages.
        functions: What the parameters go to; the next one counts where the one before takes any name.
        given: The parameters.

    Raises:
        ParameterError: A name is unknown, a value has the wrong type, or a required parameter is missing.
    """
    where = f"{spec.kind} {spec.name!r}"
    known: dict[str, inspect.Parameter] = {}
    written: dict[str, Any] = {}
    for function in functions:
        known = {**schema(function), **known}
        written = {**hints(function), **written}
        if "**" not in schema(function):
            known.pop("**", None)
            break
    for name in given:
        if name not in known and "**" not in known:
            raise ParameterError(f"{where} has no parameter {name!r}" + _advice(spec, name, tuple(known)))
    values = {name: _plain(value) for name, value in given.items()}
    for name, value in values.items():
        expected = rule(written[name]) if name in written else None
        if expected is not None and not expected.admits(value):
            raise ParameterError(f"{where}: {name} must be {expected.text}, got {reprlib.repr(value)}")
    for name, parameter in schema(functions[0]).items():
        if name != "**" and parameter.default is parameter.empty and name not in values:
            after = f"write '{spec.name}:{name.upper()}' or " if name == spec.argument else ""
            raise ParameterError(f"{where} needs the parameter {name!r}: {after}pass {name}=...")
    return values


def _advice(spec: ComponentSpec, name: str, known: tuple[str, ...]) -> str:
    if spec.environment and any(word in name.lower() for word in _SECRETS):
        variables = " or ".join(spec.environment)
        return f"; secrets are no parameters: set the environment variable {variables}, or hand in a client"
    meant = closest(name, known)
    if meant is not None:
        return f"; did you mean {meant!r}?"
    return f"; it has {', '.join(known)}" if known else "; it has none"


def _plain(value: Any) -> Any:
    """A numpy scalar as the Python number it holds, anything else as it is."""
    scalar = type(value).__module__ == "numpy" and getattr(value, "shape", None) == ()
    return value.item() if scalar else value


def _spelt(annotation: Any, text: str) -> Any:
    expected = rule(annotation) if annotation is not None else None
    if expected is None or expected.admits(text):
        return text
    for number in (int, float):
        try:
            value = number(text)
        except ValueError:
            continue
        if expected.admits(value):
            return value
    return text
