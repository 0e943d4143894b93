"""How the tests of the kit ask which checks a component fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

import pytest

from topicore.registry import capabilities
from topicore.testing import run

Failed: TypeAlias = Callable[..., set[str]]


@pytest.fixture
def failed() -> Failed:
    """The checks that a component fails; *flags* are put into its spec."""

    def failed(make: Callable[[], Any], **flags: Any) -> set[str]:
        def build() -> Any:
            component = make()
            if flags:
                component.spec = replace(capabilities(component), **flags)
            return component

        return set(run(build).ids("failed"))

    return failed
