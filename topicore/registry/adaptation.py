"""Recognising live objects of other libraries, without importing the libraries."""

from __future__ import annotations

import reprlib
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from ..errors import AmbiguousNameError, MissingPluginError, ParameterError, TopicoreError
from ..specs import Kind, NativeType
from .environment import PluginSet
from .kinds import classes
from .known import KNOWN, packages
from .loading import CORE, Plugin, one_line
from .lookup import Entry, owner
from .names import Name, article
from .parameters import checked
from .targets import component_class

if TYPE_CHECKING:
    from ..components import Component

__all__ = ["adapt"]

_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, partial)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A component whose spec, or whose line in the table of known plugins, names a type of the object.

    Args:
        distance: Steps up the MRO to that type.
        native: The type.
        kind: The kind of the component.
        namespace: The plugin.
        entry: The component, or None where only the table knows.
    """

    distance: int
    native: NativeType
    kind: Kind
    namespace: str
    entry: Entry | None = None


def adapt(plugins: PluginSet, kind: Kind, obj: object, parameters: Mapping[str, Any]) -> Component:
    """*obj* wrapped as a component of *kind*.

    The nearest type along the MRO of *obj* decides, over the specs of all plugins and the table of known plugins;
    then the plugins are asked through ``topicore_adapt``; then an embedder may be a plain callable, and a clusterer
    any object with ``partial_fit``.

    Raises:
        AmbiguousNameError: Two components are equally near, or two plugins answer.
        MissingPluginError: The plugin for this type is known and not installed.
        ParameterError: Nothing recognises *obj*, or a parameter does not fit.
    """
    match = _nearest(plugins, kind, type(obj))
    if match is not None and match.entry is None and plugins.rescan():
        match = _nearest(plugins, kind, type(obj))
    if match is not None:
        return _wrapped(match.entry or _not_installed(plugins, match), obj, parameters)
    answer = _answer(plugins, kind, obj)
    if answer is not None:
        return answer.fresh(**parameters) if parameters else answer
    for name, takes in _LAST_RESORTS.get(kind, {}).items():
        spec = plugins.core.spec(kind, name)
        if spec is not None and takes(obj):
            return _wrapped(Entry(spec=spec, plugin=plugins.core), obj, parameters)
    raise ParameterError(_unrecognised(plugins, kind, obj))


def _matches(plugins: PluginSet, cls: type) -> Iterator[Match]:
    loaded = plugins.loaded()
    for plugin in loaded:
        for spec in plugin.specs:
            for native in spec.adapts:
                distance = native.distance(cls)
                if distance is not None:
                    entry = Entry(spec=spec, plugin=plugin)
                    yield Match(distance=distance, native=native, kind=spec.kind, namespace=plugin.name, entry=entry)
    working = {plugin.name for plugin in loaded}
    for namespace, known in KNOWN.items():
        for kind, natives in known.natives.items() if namespace not in working else ():
            for native in natives:
                distance = native.distance(cls)
                if distance is not None:
                    yield Match(distance=distance, native=native, kind=kind, namespace=namespace)


def _nearest(plugins: PluginSet, kind: Kind, cls: type) -> Match | None:
    """The nearest match of *kind*; what is installed comes before what is known."""
    matches = sorted(_matches(plugins, cls), key=lambda match: (match.distance, match.entry is None))
    mine = [match for match in matches if match.kind == kind]
    if not mine:
        return None
    best = mine[0]
    _refuse_other_kinds(kind, best, matches)
    tied = {
        match.entry.qualified: match.entry
        for match in mine
        if match.distance == best.distance and match.entry is not None and best.entry is not None
    }
    if len(tied) > 1:
        names = ", ".join(sorted(tied))
        raise AmbiguousNameError(
            f"{_called(best.native)} can be wrapped by more than one {kind}: {names}; "
            f"settle it with TOPICORE_PREFER or TOPICORE_DISABLE, or build one of them yourself"
        )
    return best


def _refuse_other_kinds(kind: Kind, best: Match, matches: list[Match]) -> None:
    """Raise where the core's general wrappers would take what a plugin knows to be of another kind."""
    nearer = [match for match in matches if match.distance < best.distance and match.namespace != CORE]
    if best.namespace == CORE and nearer:
        kinds = " and ".join(dict.fromkeys(article(match.kind) for match in nearer))
        raise ParameterError(f"{kind}: {_called(nearer[0].native)} is {kinds}, not {article(kind)}")


def _not_installed(plugins: PluginSet, match: Match) -> Entry:
    """Raise the error for a type of a plugin that is not installed, broken, disabled or for another API."""
    purpose = f"to use {_called(match.native)} as {match.kind}"
    plugin = owner(plugins, Name.parse(match.namespace), purpose)
    if plugin is None:
        raise MissingPluginError(f"{purpose}: pip install {KNOWN[match.namespace].distribution}")
    raise ParameterError(f"{match.kind}: {plugin} does not wrap {_called(match.native)}")


def _wrapped(entry: Entry, obj: object, parameters: Mapping[str, Any]) -> Component:
    cls = component_class(entry)
    values = checked(entry.spec, (cls.from_native, cls.__init__), parameters)
    try:
        component = cls.from_native(obj, **values)
    except TopicoreError:
        raise
    except (TypeError, ValueError) as error:
        raise ParameterError(
            f"{entry.kind} {entry.name!r} cannot wrap {article(type(obj).__name__)}: {one_line(error)}"
        ) from error
    component.given = frozenset(values) | (component.given or frozenset())
    return component


def _answer(plugins: PluginSet, kind: Kind, obj: object) -> Component | None:
    """What the one plugin says that answers ``topicore_adapt``; a plugin that raises is broken from then on."""
    answers: list[tuple[Plugin, Component]] = []
    for plugin in plugins.loaded():
        try:
            ask = plugins.implementation(plugin, "topicore_adapt")
            answer = ask(obj=obj, kind=kind) if ask else None
            if answer is not None and not isinstance(answer, classes(kind)):
                raise TypeError(f"topicore_adapt returned {article(type(answer).__name__)} for {article(kind)}")
        except TopicoreError:
            raise
        except Exception as error:  # any plugin's own code
            plugins.spoil(plugin, error)
            continue
        if answer is not None:
            answers.append((plugin, answer))
    if len(answers) > 1:
        names = ", ".join(sorted(plugin.key for plugin, _ in answers))
        raise AmbiguousNameError(
            f"{article(type(obj).__name__)} is claimed as {kind} by more than one plugin: {names}; "
            f"settle it with TOPICORE_DISABLE, or build the component yourself"
        )
    return answers[0][1] if answers else None


def _is_plain_callable(obj: object) -> bool:
    return isinstance(obj, _FUNCTIONS) or (
        callable(obj) and not {base.__module__.partition(".")[0] for base in type(obj).__mro__} & packages()
    )


def _learns_batches(obj: object) -> bool:
    return not isinstance(obj, type) and callable(getattr(obj, "partial_fit", None))


_LAST_RESORTS: Mapping[Kind, Mapping[str, Callable[[object], bool]]] = {
    "embedder": {"callable": _is_plain_callable},
    "clusterer": {"incremental": _learns_batches},
}
"""The core's components that wrap what nobody else recognises."""


def _unrecognised(plugins: PluginSet, kind: Kind, obj: object) -> str:
    package = type(obj).__module__.partition(".")[0]
    called = _called(NativeType(package, type(obj).__qualname__)) if package != "builtins" else reprlib.repr(obj)
    bases = " or ".join(each.__name__ for each in classes(kind))
    broken = [f"{plugin} failed: {one_line(plugin.error)}" for plugin in plugins.plugins if plugin.status == "broken"]
    return "; ".join(
        [
            f"{called} cannot be used as {kind}: hand in a name, an object of a supported library, "
            f"or an instance of a subclass of topicore.components.{bases}",
            *broken,
        ]
    )


def _called(native: NativeType) -> str:
    return f"{article(native.package)} {native.qualname.rpartition('.')[2]}"
