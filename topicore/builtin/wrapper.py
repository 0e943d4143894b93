"""What the wrappers of live scikit-learn estimators have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from ..components import Component
from ..specs import Range
from .estimators import describe
from .native import of_record, type_name, unfitted

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["Wrapper"]


class Wrapper(Component):
    """Keeps an unfitted copy of the estimator, or the record it is built from, and never changes what was handed in."""

    methods: ClassVar[tuple[str, ...]]
    """The estimator must have one of these."""

    def __init__(
        self, estimator: Mapping[str, Any] | None = None, *, random_state: Annotated[int, Range(0)] | None = 42
    ) -> None:
        self.estimator = estimator
        self.random_state = random_state
        self._native: Any = None
        self._fitted: Any = None

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> Self:
        """Wrap an estimator; what it has learned before is not used.

        Raises:
            ParameterError: *obj* cannot be a component of this kind.
        """
        copy = unfitted(cls.spec.kind, obj, *cls.methods)
        component = cls(describe(copy), **parameters)
        component._native = copy
        component.narrow(copy)
        return component

    @abstractmethod
    def narrow(self, obj: Any, /) -> None:
        """Fit the spec of this component to what *obj* can do."""

    def native(self) -> Any:
        """The unfitted estimator."""
        return of_record(self.spec.kind, self.estimator) if self._native is None else self._native

    def fresh(self, **parameters: Any) -> Self:
        """An unfitted equal around a copy of the same object."""
        if self._native is None or "estimator" in parameters:
            return super().fresh(**parameters)
        return type(self).from_native(self._native, **{"random_state": self.random_state, **parameters})

    def external(self) -> str | None:
        """The type of the wrapped object, where it cannot become data."""
        return None if self._native is None else type_name(self._native)
