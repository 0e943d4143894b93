"""Providers of any-llm: found by name, made with the key of their own environment variable."""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from topicore.errors import ComponentError, MissingPluginError, ParameterError
from topicore.services import Address

_NAMED = re.compile(r"\s*([A-Za-z0-9_-]+)\s*[:/]\s*(.*\S)\s*", re.DOTALL)
_ALIKE = 0.88
"""How like a parameter a misspelt one is (``difflib``). Of names that providers have, Groq's 'reasoning_format' comes
nearest to one that means something else: 0.875, and 'top_k' 0.8."""


def parts(model: str) -> tuple[str, str]:
    """The provider and its own name of the model in ``provider:model`` or ``provider/model``.

    Raises:
        ParameterError: It is neither.
    """
    found = _NAMED.fullmatch(model)
    if found is None:
        raise ParameterError(
            f"representation 'any-llm.label': model={model!r} does not name a provider; write 'PROVIDER:MODEL', "
            "such as 'any-llm.label:openai:gpt-4o-mini' or 'any-llm.label:ollama:llama3.2'"
        )
    return found[1].lower(), found[2]


def provider_class(provider: str) -> Any:
    """The class of any-llm for *provider*.

    Raises:
        ParameterError: any-llm knows no such provider.
        MissingPluginError: It needs packages that are not installed.
    """
    from any_llm import AnyLLM
    from any_llm.exceptions import UnsupportedProviderError

    try:
        found = AnyLLM.get_provider_class(provider)
    except UnsupportedProviderError:
        known = sorted(AnyLLM.get_supported_providers())
        close = get_close_matches(provider, known, n=1, cutoff=0.7)
        hint = f"did you mean {close[0]!r}?" if close else f"any-llm knows {', '.join(known)}"
        raise ParameterError(f"representation 'any-llm.label': there is no provider {provider!r}; {hint}") from None
    except ImportError as error:
        raise _missing(provider, error) from None
    if found.MISSING_PACKAGES_ERROR is not None:
        raise _missing(provider, found.MISSING_PACKAGES_ERROR)
    return found


def spelled(options: Iterable[str]) -> None:
    """Refuse names of *options* that are all but one of any-llm's own parameters.

    Others it does not know may be the provider's, which takes them as they are.

    Raises:
        ParameterError: A name is misspelt.
    """
    from any_llm import AnyLLM

    parameters = inspect.signature(AnyLLM.acompletion).parameters.values()
    known = [one.name for one in parameters if one.kind is one.KEYWORD_ONLY]
    for name in options:
        close = [] if name in known else get_close_matches(name.lower(), known, n=1, cutoff=_ALIKE)
        if close:
            raise ParameterError(
                f"representation 'any-llm.label': options: any-llm knows no parameter {name!r}; "
                f"did you mean {close[0]!r}?"
            )


def address(kind: Any, base_url: str | None) -> Address | None:
    """Where a provider of *kind* sends requests, as far as ``base_url`` or its environment variable say."""
    if base_url is not None:
        return Address.parse(base_url)
    name = kind.ENV_API_BASE_NAME
    url = os.environ.get(name, "").strip() if name else ""
    try:
        return Address.parse(url, str(name)) if url else None
    except ParameterError:
        return None  # some providers take a bare host there


def connected(provider: str, base_url: str | None) -> Any:
    """The provider, with the key of its environment variable; nothing is sent. This machine needs no key.

    Raises:
        ComponentError: There is no key, or its client cannot be made.
    """
    from any_llm import AnyLLM
    from any_llm.exceptions import MissingApiKeyError

    kind = provider_class(provider)
    settings: dict[str, Any] = {"unified_exceptions": True}
    if base_url is not None:
        settings["api_base"] = base_url
    if kind.MAX_RETRIES_SUPPORT != "unsupported":
        settings["max_retries"] = 0
    found = address(kind, base_url)
    try:
        return AnyLLM.create(provider, **settings)
    except MissingApiKeyError as error:
        if found is None or not found.loopback:
            raise ComponentError(
                f"there is no API key for provider {provider!r}: set the environment variable {error.env_var_name}, or "
                "hand in a provider that has one: topicore.representation(any_llm.AnyLLM.create(...), model='...')"
            ) from None
    except ImportError as error:
        raise _missing(provider, error) from None
    return AnyLLM.create(provider, api_key="none", **settings)


def secrets(provider: Any) -> tuple[str, ...]:
    """What *provider* proves itself with, to be kept out of messages."""
    found = (os.environ.get(provider.ENV_API_KEY_NAME, ""), getattr(getattr(provider, "client", None), "api_key", ""))
    return tuple(secret for secret in found if isinstance(secret, str) and len(secret) > 4)


def _missing(provider: str, error: ImportError) -> MissingPluginError:
    return MissingPluginError(
        f"any-llm needs further packages for provider {provider!r}: pip install 'any-llm-sdk[{provider}]' ({error})"
    )
