"""topicore: topic models from plugins.

Documents in, named topics out. The public names are loaded when they are first used: importing this
package loads the standard library and pluggy, nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .hookspecs import hookimpl

if TYPE_CHECKING:
    from .api import clusterer as clusterer
    from .api import dry_run as dry_run
    from .api import embed as embed
    from .api import embedder as embedder
    from .api import reducer as reducer
    from .api import representation as representation
    from .api import vectorizer as vectorizer
    from .api import weighting as weighting
    from .model import TopicModel as TopicModel
    from .model import load as load

__version__ = "0.1.0"

__all__ = [
    "TopicModel",
    "__version__",
    "clusterer",
    "dry_run",
    "embed",
    "embedder",
    "hookimpl",
    "load",
    "reducer",
    "representation",
    "vectorizer",
    "weighting",
]

_HOMES = {
    "TopicModel": "model",
    "load": "model",
    **dict.fromkeys(
        ("clusterer", "dry_run", "embed", "embedder", "reducer", "representation", "vectorizer", "weighting"), "api"
    ),
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'topicore' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
