"""Models run by ONNX Runtime or OpenVINO, exported on the way where the folder holds no such model."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from warnings import catch_warnings, simplefilter

from topicore.errors import MissingPluginError

FILES = {"onnx": "model.onnx", "openvino": "openvino_model.xml"}
"""What the library looks for, in the folder of a model or in one below it with the backend's name."""
QUANTISED = "int8"
NEEDED = {"onnx": ("onnxruntime", "optimum.onnxruntime"), "openvino": ("openvino", "nncf", "optimum.intel")}

LOGGERS = ("optimum", "nncf")


def require(asking: str, backend: str) -> None:
    """See that the libraries of *backend* are installed.

    Raises:
        MissingPluginError: One is not; the message says what to install.
    """
    missing = [module for module in NEEDED[backend] if not _installed(module)]
    if missing:
        raise MissingPluginError(
            f"{asking} with backend={backend!r} needs {' and '.join(missing)}: "
            f"pip install 'topicore-sentence-transformers[{backend}]'"
        )


def accelerated(model: str, backend: str, precision: str, *, plain: Callable[..., Any], **parameters: Any) -> Any:
    """A ``SentenceTransformer`` run by *backend*; what is exported lies in a temporary folder while it loads.

    A folder that holds an exported model is read as it is, and nothing is written there; any other model is loaded by
    *plain* first.
    """
    from sentence_transformers import SentenceTransformer

    with TemporaryDirectory(prefix="topicore-", ignore_cleanup_errors=True) as folder, quiet(backend):
        if _exported(Path(model), backend):
            source = model
        else:
            plain(model, **parameters).float().save_pretrained(folder, create_model_card=False)
            _export(folder, backend)
            source = folder
            parameters["revision"] = None
        settings: dict[str, Any] = {}
        if backend == "openvino":
            settings["ov_config"] = {"INFERENCE_PRECISION_HINT": "bf16" if precision == "bfloat16" else "f32"}
            settings["load_in_8bit"] = precision == "int8"
        found = SentenceTransformer(source, backend=backend, model_kwargs=settings, **parameters)
        if (backend, precision) == ("onnx", "int8"):
            parameters["revision"] = None
            source = f"{folder}/{QUANTISED}"
            settings = {"file_name": _quantised(found, source)}
            found = SentenceTransformer(source, backend=backend, model_kwargs=settings, **parameters)
    return found


def _exported(folder: Path, backend: str) -> bool:
    return any((place / FILES[backend]).is_file() for place in (folder, folder / backend))


def _export(folder: str, backend: str) -> None:
    """Export the model of a temporary *folder* into the folder below it where the library looks."""
    target = {"output": Path(folder) / backend, "task": "feature-extraction", "library_name": "transformers"}
    if backend == "onnx":
        from optimum.exporters.onnx import main_export

        main_export(folder, do_validation=False, local_files_only=True, **target)
    else:
        from optimum.exporters.openvino import main_export
        from optimum.intel.openvino import OVConfig

        main_export(folder, ov_config=OVConfig(dtype="fp32"), local_files_only=True, **target)


def _quantised(model: Any, folder: str) -> str:
    """Write *model*, an ONNX one, to a new *folder* with its matrices in int8, and give that file's name.

    Numbers in between are quantised as they come, so no texts are needed to calibrate. Unsigned weights are exact on
    processors without VNNI too, where signed ones overflow.
    """
    from sentence_transformers.backend import export_dynamic_quantized_onnx_model

    model.save_pretrained(folder, create_model_card=False)
    export_dynamic_quantized_onnx_model(model, "avx2", folder, file_suffix=QUANTISED)
    return f"onnx/{Path(FILES['onnx']).stem}_{QUANTISED}.onnx"


def _installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # not even the package it belongs to
        return False


@contextmanager
def quiet(backend: str) -> Iterator[None]:
    """No warning of tracing, no note below an error, and not the bar that compressing weights always draws."""
    from optimum.utils.logging import get_verbosity
    from rich import get_console

    for module in NEEDED[backend]:
        import_module(module)
    get_verbosity()  # like the imports before, this sets the level of a logger the first time
    console, loggers = get_console(), [logging.getLogger(name) for name in LOGGERS]
    drawn, levels = console.quiet, [logger.level for logger in loggers]
    with catch_warnings():
        simplefilter("ignore")
        console.quiet = True
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            console.quiet = drawn
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
