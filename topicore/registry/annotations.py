"""Which values an annotation of a parameter admits, for JSON-like annotations."""

from __future__ import annotations

import types
import typing
from collections import abc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

from ..specs import Range
from .names import article

__all__ = ["Rule", "hints", "rule"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a value must be.

    Args:
        text: In words, to follow "must be".
        admits: Whether a value is that.
    """

    text: str
    admits: Callable[[Any], bool]


def hints(function: Callable[..., Any]) -> dict[str, Any]:
    """The annotations of *function*'s parameters, without those that cannot be resolved."""
    function = getattr(function, "__func__", function)
    try:
        written = dict(getattr(function, "__annotations__", {}))
    except NameError:  # annotations that are evaluated when asked for, and hold a name for type checkers only
        return {}
    found = {}
    for name, annotation in written.items():
        holder = types.SimpleNamespace(__annotations__={name: annotation})
        try:
            found[name] = typing.get_type_hints(holder, getattr(function, "__globals__", {}), include_extras=True)[name]
        except Exception:  # a name imported for type checkers only, or anything else an annotation may hold
            continue
    return found


def rule(annotation: Any) -> Rule | None:
    """The rule for *annotation*, or None where anything goes."""
    origin = typing.get_origin(annotation) or annotation
    try:
        if origin in _PLAIN:
            return _PLAIN[origin]
        if origin in _MADE:
            return _MADE[origin](typing.get_args(annotation))
    except TypeError:  # not hashable
        return None
    if isinstance(annotation, type) and annotation not in (object, Any):
        return Rule(article(annotation.__name__), lambda value: _is_instance(value, annotation))
    return None


def _is_instance(value: Any, cls: type) -> bool:
    try:
        return isinstance(value, cls)
    except TypeError:  # a protocol or a typed dictionary, which have no instances to ask about
        return True


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool) or (type(value).__module__ == "numpy" and type(value).__name__ in ("bool", "bool_"))


def _union(options: tuple[Any, ...]) -> Rule | None:
    rules = [rule(option) for option in options]
    known = [each for each in rules if each is not None]
    if len(known) < len(rules):
        return None
    texts = list(dict.fromkeys(each.text for each in known))
    return Rule(" or ".join(texts), lambda value: any(each.admits(value) for each in known))


def _literal(options: tuple[Any, ...]) -> Rule:
    shown = ", ".join(map(repr, options))
    text = f"one of {shown}" if len(options) > 1 else shown
    return Rule(text, lambda value: any(isinstance(value, type(option)) and value == option for option in options))


def _annotated(arguments: tuple[Any, ...]) -> Rule | None:
    base, *extras = arguments
    if typing.get_origin(base) in _UNIONS:
        pairs = [(option, *extras) for option in typing.get_args(base)]
        return _union(tuple(typing.cast(Any, typing.Annotated)[pair] for pair in pairs))
    inner = rule(base)
    ranges = [extra for extra in extras if isinstance(extra, Range)]
    if inner not in (_PLAIN[int], _PLAIN[float]) or inner is None or not ranges:
        return inner
    admits = inner.admits
    text = " and ".join(map(str, ranges))
    return Rule(f"{inner.text} {text}", lambda value: admits(value) and all(value in bound for bound in ranges))


def _items(name: str, *classes: type) -> Callable[[tuple[Any, ...]], Rule]:
    def make(arguments: tuple[Any, ...]) -> Rule:
        inner = rule(arguments[0]) if len(set(arguments) - {...}) == 1 else None
        length = len(arguments) if name == "tuple" and arguments and ... not in arguments else None

        def admits(value: Any) -> bool:
            if not isinstance(value, classes) or isinstance(value, (str, bytes)):
                return False
            items: Any = value
            fits = inner is None or all(inner.admits(item) for item in items)
            return fits and (length is None or len(items) == length)

        size = f" of {length}" if length else ""
        each = f", each {inner.text}" if inner else ""
        return Rule(f"a sequence{size}{each}" if name != "set" else f"a set{each}", admits)

    return make


def _mapping(arguments: tuple[Any, ...]) -> Rule:
    keys, values = (rule(arguments[0]), rule(arguments[1])) if len(arguments) == 2 else (None, None)

    def admits(value: Any) -> bool:
        return (
            isinstance(value, Mapping)
            and (keys is None or all(map(keys.admits, value)))
            and (values is None or all(map(values.admits, value.values())))
        )

    return Rule("a mapping" + (f" from {keys.text} to {values.text}" if keys and values else ""), admits)


_UNIONS = (typing.Union, types.UnionType)
_PLAIN: dict[Any, Rule] = {
    int: Rule("an int", lambda value: isinstance(value, Integral) and not _is_bool(value)),
    float: Rule("a number", lambda value: isinstance(value, Real) and not _is_bool(value)),
    bool: Rule("True or False", _is_bool),
    str: Rule("a string", lambda value: isinstance(value, str)),
    type(None): Rule("None", lambda value: value is None),
    abc.Callable: Rule("a callable", callable),
}
_SEQUENCE = _items("sequence", abc.Sequence)
_SET = _items("set", abc.Set, list, tuple)
_MADE: dict[Any, Callable[[tuple[Any, ...]], Rule | None]] = {
    **dict.fromkeys(_UNIONS, _union),
    typing.Literal: _literal,
    typing.Annotated: _annotated,
    abc.Sequence: _SEQUENCE,
    list: _SEQUENCE,
    tuple: _items("tuple", list, tuple),
    abc.Set: _SET,
    set: _SET,
    frozenset: _SET,
    abc.Iterable: _items("iterable", abc.Iterable),
    abc.Collection: _items("collection", abc.Collection),
    abc.Mapping: _mapping,
    dict: _mapping,
}
