"""Models of LangChain's providers, made by name; each finds its key in its own environment variable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from topicore.errors import ComponentError, MissingPluginError, ParameterError
from topicore.services import redacted

from .secrets import secrets


def chat_model(model: str, **settings: Any) -> Any:
    """The chat model ``provider:name``; nothing is sent.

    Raises:
        MissingPluginError: ``langchain``, or the provider's package, is not installed.
        ParameterError: LangChain knows no such provider.
        ComponentError: It cannot be made, for want of a key for instance.
    """
    return _made("representation 'langchain.label'", "langchain.chat_models", "init_chat_model", model, settings)


def embeddings(model: str) -> Any:
    """The Embeddings ``provider:name``; nothing is sent. Raises as ``chat_model`` does."""
    return _made("embedder 'langchain'", "langchain.embeddings", "init_embeddings", model, {})


def _made(where: str, module: str, function: str, model: str, settings: dict[str, Any]) -> Any:
    if not all(part.strip() for part in model.partition(":")):
        raise ParameterError(f"{where}: model={model!r} does not name a provider; write 'PROVIDER:MODEL'")
    try:
        return _factory(module, function)(model, **settings)
    except MissingPluginError:
        raise
    except ImportError as error:
        raise MissingPluginError(f"{where}: {model!r} needs a package of its provider: {_words(error)}") from None
    except ValueError as error:
        words = _words(error)
        if "provider" in words.lower():
            raise ParameterError(f"{where}: {model!r}: {words}") from None
        raise ComponentError(f"{where}: LangChain cannot make {model!r}: {words}") from None
    except Exception as error:
        raise ComponentError(
            f"{where}: LangChain cannot make {model!r}; is the environment variable of its key set? {_words(error)}"
        ) from None


def _factory(module: str, function: str) -> Callable[..., Any]:
    from importlib import import_module

    try:
        return getattr(import_module(module), function)  # type: ignore[no-any-return]
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "langchain":
            raise
        raise MissingPluginError(
            "models by name need langchain besides langchain-core: pip install 'topicore-langchain[names]'; "
            "or hand in the object"
        ) from None


def _words(error: Exception) -> str:
    return redacted(str(error), secrets(None))
