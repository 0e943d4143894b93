"""The shared base of representations that ask a language model.

Part of the public face: a plugin derives from :class:`LanguageModel` and answers one :class:`Request`.
"""

from __future__ import annotations

from .model import LanguageModel
from .records import Message, Reply, Request

__all__ = ["LanguageModel", "Message", "Reply", "Request"]
