"""The grammar of component names: ``[distribution/]name[:argument]``."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["NAMESPACE", "RESERVED", "Name", "article", "canonical", "closest", "spell"]

NAMESPACE = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
"""What an entry point may be called: lower-case words joined by ``-``."""

# fmt: off
RESERVED = frozenset({
    "benchmark", "cache", "cluster", "compare", "config", "core", "demo", "docs", "embed", "evaluate",
    "export", "fit", "help", "hub", "import", "info", "inspect", "label", "load", "merge", "new-plugin",
    "plot", "plugins", "predict", "presets", "pull", "push", "report", "save", "search", "serve", "show",
    "topicore", "topics", "transform", "update", "version",
})
# fmt: on
"""Words of the command line, present and to come; no plugin can be called so."""


@dataclass(frozen=True, slots=True)
class Name:
    """A component name as a user wrote it, taken apart but not looked up.

    Args:
        text: The whole string.
        distribution: What stands before the first ``/``, normalised; None without one.
        name: The component's name.
        argument: Everything after the first ``:``, untouched; None without one.
    """

    text: str
    distribution: str | None
    name: str
    argument: str | None

    @classmethod
    def parse(cls, text: str, /) -> Name:
        """Take *text* apart; any string can be."""
        head, colon, argument = text.partition(":")
        distribution, slash, name = head.partition("/")
        return cls(
            text=text,
            distribution=canonical(distribution) if slash else None,
            name=name if slash else head,
            argument=argument if colon else None,
        )

    @property
    def head(self) -> str:
        """The text without its argument."""
        return self.text.partition(":")[0]

    @property
    def namespace(self) -> str:
        """The entry point that the name leads to."""
        return self.name.partition(".")[0]


def canonical(distribution: str) -> str:
    """A distribution's name as package indexes compare it: ``Topicore_Flair`` is ``topicore-flair``."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def spell(name: str) -> str:
    """*name* with case and ``_`` ironed out, for comparing."""
    return name.lower().replace("_", "-")


def closest(word: str, options: Iterable[str], likeness: float = 0.6) -> str | None:
    """The one of *options* that *word* was probably meant to be; *likeness* in [0, 1] is how near it must come."""
    spelt = {spell(option): option for option in sorted(options, reverse=True)}
    found = difflib.get_close_matches(spell(word), sorted(spelt), n=1, cutoff=likeness)
    return spelt[found[0]] if found else None


def article(noun: str) -> str:
    """*noun* with "a" or "an" before it."""
    return f"{'an' if noun[:1].lower() in 'aeio' and noun else 'a'} {noun}"
