"""Everything topicore raises on purpose.

Each message says what was asked, what was found, and what to type next.
"""

from __future__ import annotations

__all__ = [
    "AmbiguousNameError",
    "BrokenPluginError",
    "ComponentError",
    "DisabledPluginError",
    "ExternalComponentError",
    "InputError",
    "MissingPluginError",
    "ModelFileError",
    "NotFittedError",
    "ParameterError",
    "PluginError",
    "TopicoreError",
    "TransientError",
    "UnknownNameError",
]


class TopicoreError(Exception):
    """The root of all errors that topicore raises on purpose."""


class InputError(TopicoreError, ValueError):
    """Documents, embeddings, labels or another argument of a call cannot be used."""


class ParameterError(TopicoreError, ValueError):
    """A component or the model has no such parameter, or the parameter cannot take this value."""


class NotFittedError(TopicoreError, ValueError, AttributeError):
    """Something that only a fitted model or component has was asked of an unfitted one."""


class ComponentError(TopicoreError):
    """A component raised, or returned something its kind does not allow."""


class TransientError(TopicoreError):
    """A remote component could not answer now, and may answer later.

    Args:
        message: What happened.
        retry_after: Seconds to wait before asking again, where the service said so.
    """

    def __init__(self, message: str = "", retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class PluginError(TopicoreError):
    """A name cannot be turned into a component."""


class UnknownNameError(PluginError, LookupError):
    """No installed or known plugin has this name."""


class MissingPluginError(PluginError, LookupError):
    """The plugin that owns a name, or a module it needs, is not installed."""


class BrokenPluginError(PluginError):
    """The plugin that owns a name failed to load."""


class AmbiguousNameError(PluginError, LookupError):
    """More than one distribution or component answers to a name or an object."""


class DisabledPluginError(PluginError, LookupError):
    """The plugin that owns a name is switched off by TOPICORE_DISABLE."""


class ModelFileError(TopicoreError, ValueError):
    """A saved model is missing, damaged, foreign, or cannot be written."""


class ExternalComponentError(ModelFileError):
    """A saved model needs a live object handed back, or a component cannot be saved."""
