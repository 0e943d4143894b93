"""How a loaded module is called: by itself, or through one of its signatures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from topicore.errors import ComponentError, ParameterError

Call: TypeAlias = Callable[[list[str]], NDArray[np.float32]]

SIGNATURES = ("default", "serving_default")
OUTPUTS = ("default", "outputs", "sentence_embedding", "pooled_output")
"""Names by which modules call their signature, and the one row a text among what it gives."""


def calling(module: Any, signature: str | None) -> tuple[Call, int]:
    """A function from texts to rows, and the width of a row, found by calling it with one text.

    Raises:
        ComponentError: The module gives no row of floats a text.
        ParameterError: The module has no such *signature*.
    """
    import tensorflow as tf

    run = _by_itself(module) if signature is None and callable(module) else _by_signature(module, signature)

    def call(texts: list[str]) -> NDArray[np.float32]:
        # a call that fails on its input leaves the function locked for other threads: hand over a tensor of strings
        tensor = tf.constant([text.encode("utf-8", "replace") for text in texts], dtype=tf.string)
        found: NDArray[np.float32] = np.asarray(_rows(run(tensor)), dtype=np.float32)
        return found

    try:
        row = call(["a"])
    except (ComponentError, ParameterError):
        raise
    except Exception as error:  # whatever the module's graph raises
        raise ComponentError(f"{_refusal(module)}: it raises {type(error).__name__} for one") from error
    if row.ndim != 2 or len(row) != 1:
        raise ComponentError(f"{_refusal(module)}: it gives shape {row.shape} for one")
    return call, row.shape[1]


def _by_itself(module: Any) -> Callable[[Any], Any]:
    """The call of *module*, which must take a list of texts."""
    inner = getattr(module, "_func", module)
    known = getattr(getattr(inner, "__call__", None), "concrete_functions", ())  # noqa: B004 - its functions, not whether it has any
    taken = [function.structured_input_signature for function in known]
    if taken and not any(len(given) == 1 and _is_text(given[0]) for given, _ in taken):
        raise ComponentError(f"{_refusal(module)}: it takes {taken[0][0]}")
    return module  # type: ignore[no-any-return]


def _by_signature(module: Any, name: str | None) -> Callable[[Any], Any]:
    """The signature *name* of *module*, or its default, as a function of one tensor."""
    signatures: Mapping[str, Any] = getattr(module, "signatures", None) or {}
    found = next((key for key in ((name,) if name else SIGNATURES) if key in signatures), None)
    if found is None:
        listed = ", ".join(sorted(signatures)) or "none"
        raise ParameterError(
            f"embedder 'use': the module has no signature {name or 'default'!r}, its signatures are: {listed}; "
            "give one as signature=, or leave signature out for a module that is called by itself"
        )
    function = signatures[found]
    _, inputs = function.structured_input_signature
    texts = [key for key, tensor in inputs.items() if _is_text(tensor)]
    if len(inputs) != 1 or not texts:
        raise ComponentError(f"{_refusal(module)}: its signature {found!r} takes {dict(inputs)}")
    return lambda tensor: function(**{texts[0]: tensor})


def _is_text(tensor: Any) -> bool:
    return getattr(getattr(tensor, "dtype", None), "name", None) == "string" and tensor.shape.rank in (None, 1)


def _rows(found: Any) -> Any:
    """The rows in what a call gave: itself, the only entry of a mapping, or the one of a usual name."""
    if not isinstance(found, Mapping):
        return found
    name = next((key for key in OUTPUTS if key in found), next(iter(found)) if len(found) == 1 else None)
    if name is None:
        raise ComponentError(
            f"embedder 'use': the module gives {', '.join(sorted(found))}, and none is called {' or '.join(OUTPUTS)}; "
            "wrap it in a function that gives one row a text, and hand that in as embedder"
        )
    return found[name]


def _refusal(module: Any) -> str:
    return f"embedder 'use': this {type(module).__name__} does not turn each text of a list into a row of floats"
