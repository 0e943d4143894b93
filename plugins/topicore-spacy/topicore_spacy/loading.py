"""Loading a pipeline by the name of an installed package or by folder, and telling where a loaded one came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from importlib import metadata
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from warnings import catch_warnings, simplefilter

from topicore.errors import ComponentError, TopicoreError

from .pipes import TRANSFORMERS, Purpose

EXTRAS = {"curated_transformer": "transformers", "transformer": "spacy-transformers"}
CODE = "trust_remote_code"


def load(model: str, purpose: Purpose) -> Any:
    """A ``Language`` with the components that *purpose* chooses, loaded without a word on the device that is chosen.

    An installed package goes before a folder, as in spaCy. A package is imported only where its distribution says
    that it is a spaCy pipeline.

    Raises:
        ComponentError: It cannot be loaded; the message says what can be done.
    """
    with quiet():
        try:
            from spacy.util import load_config, load_model_from_path

            entry = _entry(model)
            folder = _package(entry) if entry else _folder(model, purpose)
            config = load_config(folder / "config.cfg")
            wanted = _wanted(model, config, purpose)
            if not entry:
                _refuse_code(model, config, [folder / name for name in wanted], purpose)
            return load_model_from_path(folder, exclude=[name for name in config["components"] if name not in wanted])
        except TopicoreError:
            raise
        except Exception as error:  # spaCy's, torch's, the file system's
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(" .")
            raise ComponentError(f"{purpose} cannot load {model!r}: {reason}") from error


def origin(nlp: Any) -> str | None:
    """The name of the package, or the folder, that *nlp* was loaded from; None where it does not tell."""
    if nlp.path is None or not (Path(nlp.path) / "config.cfg").is_file():
        return None
    path = Path(nlp.path).absolute()
    package = path.parent.name
    if _entry(package) and path.name.startswith(f"{package}-"):
        return package
    return str(path)


def version(model: str) -> str | None:
    """The version of the installed package *model*; None for a folder."""
    entry = _entry(model)
    return entry.dist.version if entry and entry.dist else None


def _entry(model: str) -> EntryPoint | None:
    return next(iter(entry_points(group="spacy_models", name=model)), None)


def _package(entry: EntryPoint) -> Path:
    """The data of an installed pipeline; the package is imported, as it may register functions of its own."""
    from spacy.util import get_model_meta

    home = Path(entry.load().__file__).parent
    meta = get_model_meta(home)
    return home / f"{meta['lang']}_{meta['name']}-{meta['version']}"


def _folder(model: str, purpose: Purpose) -> Path:
    folder = Path(model).absolute()
    if model and (folder / "config.cfg").is_file():
        return folder
    if model and folder.exists():
        raise ComponentError(
            f"{purpose} cannot load {model!r}: it is no folder of a spaCy pipeline, which has a config.cfg"
        )
    close = get_close_matches(model, entry_points(group="spacy_models").names, n=1)
    hint = f"Did you mean {close[0]!r}? " if close else ""
    raise ComponentError(
        f"{purpose} cannot load {model!r}: neither an installed spaCy pipeline nor a folder. {hint}"
        f"Install one with python -m spacy download {purpose.example}, or give the folder of a saved one "
        f"('{purpose.name}:path/to/folder')"
    )


def _wanted(model: str, config: Mapping[str, Any], purpose: Purpose) -> tuple[str, ...]:
    """The names of the components to load."""
    factories = {name: part.get("factory", "") for name, part in config["components"].items()}
    active = [name for name in config["nlp"]["pipeline"] if name not in config["nlp"].get("disabled", ())]
    chosen = purpose.choose(model, [(name, factories[name]) for name in active])
    transformers = [name for name in chosen if factories[name] in TRANSFORMERS]
    for name in transformers:
        package = TRANSFORMERS[factories[name]]
        if find_spec(package) is None:
            raise ComponentError(
                f"{purpose}: {model!r} needs {package.replace('_', '-')}, which is not installed: "
                f"pip install 'topicore-spacy[{EXTRAS[factories[name]]}]'"
            )
    if transformers:
        _refuse_old_torch(model, purpose)
    return chosen


def _refuse_code(model: str, config: Mapping[str, Any], folders: Sequence[Path], purpose: Purpose) -> None:
    """Raise where a folder asks transformers to run code: in its config, or in what a component saved."""
    files = [path for folder in folders for path in folder.glob("**/*") if path.is_file()]
    if CODE in str(config) or any(CODE.encode() in path.read_bytes() for path in files):
        raise ComponentError(
            f"{purpose}: {model!r} asks for {CODE}, and code that comes with a model is not run; "
            "if you trust it, load it with spaCy and hand in the object"
        )


@contextmanager
def quiet() -> Iterator[None]:
    """No note of what will change in other packages while a pipeline loads."""
    with catch_warnings():
        for category in (DeprecationWarning, FutureWarning):
            simplefilter("ignore", category)
        yield


def _refuse_old_torch(model: str, purpose: Purpose) -> None:
    """Raise where torch would unpickle the weights of a folder: before 2.6 a file could run code."""
    found = metadata.version("torch")
    if tuple(int(part) for part in found.split("+")[0].split(".")[:2] if part.isdigit()) < (2, 6):
        raise ComponentError(
            f"{purpose}: the weights of {model!r} are loaded safely by torch 2.6 and later only, and this is "
            f"{found}: pip install 'torch>=2.6'"
        )
