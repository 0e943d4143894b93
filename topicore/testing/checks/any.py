"""What every component promises by its spec, its signature and its imports."""

from __future__ import annotations

import importlib
import inspect
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import Any
from unittest import mock

from ...components import Clusterer, Component, Embedder, Reducer, overrides
from ..check import Make, Skip, check, expect

_SECRET = re.compile(
    r"(?:.*_)?(?:api_?key|access_?key|secret(?:_?key)?|password|passwd|passphrase|credentials?)"
    r"|(?:(?:.*_)?(?:auth|access|api|bearer|refresh|hf|user)_)?token"
)
_LONGEST_SUMMARY = 100
_MOST_MODULES = 100

_LIGHT = """
import sys
before = set(sys.modules)
for name in sys.argv[2:]:
    __import__(name)
allowed = {"topicore", "pluggy", sys.argv[1], *sys.stdlib_module_names}
loaded = {name.partition(".")[0] for name in set(sys.modules) - before} - allowed
print(*sorted(name for name in loaded if "cython" not in name))
"""


@check("component/light-import")
def light_import(make: Make, spec: Any) -> None:
    """Importing the plugin's description and package loads no backend."""
    package, dot, _ = _own_spec(make).target.partition(":")[0].partition(".")
    if not dot:
        raise Skip(f"target {spec.target!r} lies in no package")
    modules = [package, *([found] if (found := _description(spec)) else [])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", _LIGHT, package, *modules]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    expect(done.returncode == 0, f"importing {' and '.join(modules)} fails:\n{done.stderr.strip()}")
    heavy = done.stdout.split()
    expect(not heavy, f"importing {' and '.join(modules)} loads {', '.join(heavy)}; import it where it is used")


@check("component/described")
def described(make: Make, spec: Any) -> None:
    """The plugin's hook returns the very spec that the class carries."""
    own = _own_spec(make)
    found = _description(own)
    if found is None:
        raise Skip(f"no plugin description found for {own.name!r}: no entry point, and no plugin.py by the target")
    hook = f"topicore_{own.kind}s"
    implementation = getattr(importlib.import_module(found), hook, None)
    expect(implementation is not None, f"{found} has no {hook}(); return {own.name!r} from it")
    offered = list(implementation())  # type: ignore[misc]
    expect(
        any(record is own for record in offered),
        f"{found}.{hook}() does not return the spec of {_class(make)}; write `spec = ...` with the same object",
    )


@check("component/target-resolves")
def target_resolves(make: Make, spec: Any) -> None:
    """The target of the spec is the component's class."""
    own = _own_spec(make)
    module, _, name = own.target.partition(":")
    try:
        target = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise AssertionError(f"target {own.target!r} cannot be imported: {error}") from error
    built = _class(make)
    expect(
        inspect.isclass(target) and issubclass(built, target),
        f"target {own.target!r} is not {built.__module__}:{built.__qualname__}",
    )


@check("component/summary")
def summary(make: Make, spec: Any) -> None:
    """The summary fits in a listing."""
    text = _own_spec(make).summary
    expect(text == text.strip(), f"the summary {text!r} begins or ends with blanks")
    expect(len(text) <= _LONGEST_SUMMARY, f"the summary has {len(text)} characters; listings have {_LONGEST_SUMMARY}")


@check("component/flags-match-abilities")
def flags_match_abilities(make: Make, spec: Any) -> None:
    """What the spec declares is what the class implements."""
    component = make()
    own = getattr(type(component), "spec", spec)
    for flag, declared, able in (*_abilities(component, own), *_optional(component, own)):
        expect(able or not declared, f"the spec declares {flag}, but the class does not implement it")
    for flag, declared, able in _abilities(component, own):
        expect(declared or not able, f"the class implements what {flag} stands for; declare it in the spec")
    for flag, declared, able in _abilities(component, spec):
        expect(able or not declared, f"the spec of this object declares {flag}, but the class does not implement it")


@check("component/spec-parameters")
def spec_parameters(make: Make, spec: Any) -> None:
    """The parameters that the spec names exist."""
    known = _parameters(_class(make))
    named = {"argument": spec.argument, **{f"receives[{setting!r}]": name for setting, name in spec.receives.items()}}
    for field, name in named.items():
        expect(name is None or name in known, f"{field} is {name!r}, and __init__ takes {sorted(known)}")


@check("component/no-var-args")
def no_var_args(make: Make, spec: Any) -> None:
    """Every parameter is named: no ``*args``, no ``**kwargs``."""
    for name, parameter in _parameters(_class(make)).items():
        named = parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY)
        expect(named, f"parameter {name!r} cannot be given by name; spell the parameters out, or take one mapping")


@check("component/parameters-typed")
def parameters_typed(make: Make, spec: Any) -> None:
    """Every parameter has a type, by which the registry checks what users write."""
    bare = [name for name, parameter in _parameters(_class(make)).items() if parameter.annotation is parameter.empty]
    expect(not bare, f"parameters without a type: {', '.join(bare)}; annotate them in __init__")


@check("component/init-does-no-work")
def init_does_no_work(make: Make, spec: Any) -> None:
    """Building from parameters opens no file and no connection and imports little."""
    component = make()
    if external := component.external():
        raise Skip(f"wraps a live {external} that config() cannot rebuild")
    config = component.config()
    before = set(sys.modules)
    with (
        mock.patch("builtins.open", _refuse("opens a file")),
        mock.patch("io.open", _refuse("opens a file")),
        mock.patch("socket.socket.connect", _refuse("opens a connection")),
        mock.patch("socket.getaddrinfo", _refuse("looks up a host")),
        mock.patch("subprocess.Popen", _refuse("starts a process")),
    ):
        type(component)(**config)
    imported = len(set(sys.modules) - before)
    expect(imported < _MOST_MODULES, f"__init__ imports {imported} modules; import the backend on first use")


@check("component/config-has-no-secret")
def config_has_no_secret(make: Make, spec: Any) -> None:
    """No parameter holds a secret: what ``config()`` returns is written to files."""
    names = [name for name in _parameters(_class(make)) if _SECRET.fullmatch(name.lower())]
    expect(not names, f"parameters {names} look like secrets; take the name of an environment variable, or a client")
    secret = "s3cret-of-the-conformance-kit"
    variables = {name: secret for name in spec.environment if _SECRET.fullmatch(name.lower())}
    with mock.patch.dict(os.environ, variables):
        component = make()
        shown = json.dumps(component.config(), default=repr) + repr(component)
    expect(secret not in shown, f"config() or repr() shows the value of {' or '.join(variables)}")


@check("component/repr")
def representable(make: Make, spec: Any) -> None:
    """``repr`` is one line that names the class, the same for equal components."""
    component, equal = make(), make()
    shown = repr(component)
    expect("\n" not in shown, f"repr has more than one line: {shown!r}")
    expect(_class(make).__name__ in shown, f"repr does not name the class: {shown!r}")
    expect(shown == repr(equal), f"repr differs between equal components: {shown!r}; leave addresses out")


def _class(make: Make) -> type[Component]:
    return type(make())


def _own_spec(make: Make) -> Any:
    """The spec that the class carries, as its plugin's hook returns it."""
    try:
        return _class(make).spec
    except AttributeError:
        raise Skip("the class has no spec; a plugin's class needs one") from None


def _parameters(cls: type) -> dict[str, inspect.Parameter]:
    return dict(inspect.signature(cls).parameters)


def _refuse(what: str) -> Any:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError(f"__init__ {what}; do that on first use")

    return refuse


def _description(spec: Any) -> str | None:
    """The module of the plugin's hooks: by entry point, else the nearest ``plugin.py`` above the target."""
    namespace = spec.name.partition(".")[0]
    package = spec.target.partition(":")[0].partition(".")[0]
    for entry in entry_points(group="topicore.v1", name=namespace):
        if entry.module.partition(".")[0] == package:
            return entry.module
    return next((name for name in _nearby(spec.target.partition(":")[0]) if _exists(name)), None)


def _nearby(module: str) -> Iterator[str]:
    while module := module.rpartition(".")[0]:
        yield f"{module}.plugin"


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _abilities(component: Component, spec: Any) -> Iterator[tuple[str, bool, bool]]:
    """(flag, what the spec declares, what the class implements); the two are the same thing."""
    yield "persists", spec.persists, _has(component, Component, "state") and _has(component, Component, "restore")
    if spec.kind == "embedder":
        yield "trainable", spec.trainable, _has(component, Embedder, "fit", "fit_tokens", "fit_parts")
        yield "incremental", spec.incremental, _has(component, Embedder, "partial_fit")
        yield "modalities={'image'}", "image" in spec.modalities, _has(component, Embedder, "embed_images")
    if spec.kind == "reducer":
        yield "inductive", spec.inductive, _has(component, Reducer, "transform")
        yield "incremental", spec.incremental, _has(component, Reducer, "partial_fit")
    if spec.kind == "clusterer":
        yield "inductive", spec.inductive, _has(component, Clusterer, "predict")
        yield "incremental", spec.incremental, _has(component, Clusterer, "partial_fit")


def _optional(component: Component, spec: Any) -> Iterator[tuple[str, bool, bool]]:
    """As ``_abilities``, for what a class may also implement without declaring it."""
    wraps = getattr(type(component).from_native, "__func__", None)
    yield "adapts", bool(spec.adapts), wraps is not getattr(Component.from_native, "__func__", None)
    if spec.kind == "embedder":
        yield "chunk_tokens", spec.chunk_tokens is not None, _has(component, Embedder, "count_tokens")


def _has(component: Component, kind: type, *methods: str) -> bool:
    return any(overrides(component, kind, method) for method in methods)
