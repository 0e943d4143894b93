"""Different embedders for documents, for queries and for words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, get_args

from ..components import Component, Embedder, FloatMatrix, Role
from ..errors import ParameterError
from . import plugin

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["ByRole"]


class ByRole(Embedder):
    """One embedder for documents, others for words or queries; a role that has none of its own goes to documents'.

    Made from a dict: ``topicore.embedder({"document": "sentence-transformers:all-MiniLM-L6-v2", "word": "ppmi"})``.
    What compares the rows of two roles, as ``find_topics`` and ``keybert.embedded`` do, needs embedders of one space.

    Args:
        roles: The role of each part.
    """

    spec = plugin.BY_ROLE

    def __init__(self, roles: Sequence[str] = ()) -> None:
        known = get_args(Role)
        if unknown := [role for role in roles if role not in known]:
            raise ParameterError(f"embedder 'by-role' has no role {unknown[0]!r}; roles are {', '.join(known)}")
        self.roles = roles
        self._parts: tuple[Embedder, ...] = ()

    @classmethod
    def from_native(cls, obj: Mapping[str, Any], /, **parameters: Any) -> Self:
        """Take the embedder of each role from a dict, given by name or as objects."""
        from ..registry import build

        if parameters:
            raise ParameterError(f"embedder 'by-role' takes no {', '.join(parameters)}; give it to one of its parts")
        if "document" not in obj:
            raise ParameterError(f"embedder 'by-role' needs an embedder for 'document', got {sorted(map(str, obj))}")
        return cls(list(obj)).with_parts([build("embedder", part) for part in obj.values()])

    def with_parts(self, parts: Sequence[Component], /) -> Self:
        """An embedder with the same roles of these *parts*."""
        if len(parts) != len(self.roles):
            raise ParameterError(f"embedder 'by-role' has {len(self.roles)} roles but {len(parts)} parts")
        found = type(self)(self.roles)
        found._parts = tuple(part for part in parts if isinstance(part, Embedder))
        return found

    def parts(self) -> tuple[Component, ...]:
        return self._parts

    def parts_for(self, role: Role, /) -> tuple[Component, ...]:
        return (self._part(role),)

    def fresh(self, **parameters: Any) -> Self:
        return type(self)(**{**self.config(), **parameters}).with_parts([part.fresh() for part in self._parts])

    def learns(self) -> bool:
        return any(part.learns() for part in self._parts)

    def fit(self, texts: Sequence[str], /) -> None:
        """Fit the parts that learn."""
        for part in self._parts:
            if part.learns():
                part.fit(texts)

    def fit_parts(self, rows: Sequence[FloatMatrix], /) -> None:
        """There is nothing to learn but what the parts have learned."""

    def embed(self, texts: Sequence[str], /, *, role: Role = "document") -> FloatMatrix:
        """Rows (n, d) of the part for *role*."""
        return self._part(role).embed(texts, role=role)

    def combine(self, rows: Sequence[FloatMatrix], /) -> FloatMatrix:
        """The rows of the one part that was asked."""
        return rows[0]

    def _part(self, role: Role) -> Embedder:
        if not self._parts:
            raise ParameterError("embedder 'by-role' is made from a dict: {'document': ..., 'word': ...}")
        named = list(self.roles)
        return self._parts[named.index(role if role in named else "document")]
