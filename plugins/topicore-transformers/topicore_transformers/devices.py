"""Where a model computes: the device that was asked for, tried before anything is loaded, or the best there is."""

from __future__ import annotations

from topicore.errors import ComponentError


def placed(asked: str | None, component: str) -> str:
    """The device *asked*, from which a number could be read back, or the best there is for None.

    Args:
        asked: What the user gave as ``device``.
        component: Kind and name of the component, for messages.

    Raises:
        ComponentError: torch cannot use it here; the message says what it can use.
    """
    if asked is None:
        return best()
    problem = _problem(asked)
    if problem:
        found = devices()
        raise ComponentError(
            f"{component}: device={asked!r} cannot be used here: {problem}. torch finds {', '.join(found)}; "
            f"write device={found[0]!r}, or leave device out for the best there is"
        )
    return asked


def best() -> str:
    """The kind of accelerator that torch finds, or the processor."""
    import torch

    accelerator = getattr(torch, "accelerator", None)  # torch 2.6
    if accelerator is not None:
        return str(accelerator.current_accelerator().type) if accelerator.is_available() else "cpu"
    return "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"


def devices() -> list[str]:
    """The devices that torch finds, the processor last."""
    import torch

    kind = best()
    many = 0 if kind == "cpu" else getattr(torch, kind).device_count()
    return [*(f"{kind}:{number}" for number in range(many)), "cpu"]


def first_line(error: Exception) -> str:
    """What *error* says, without the pages that torch may add."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(" .")


def _problem(name: str) -> str:
    """Why torch cannot compute on the device *name*, or an empty text."""
    import torch

    try:
        device = torch.device(name)
    except Exception:  # the message lists all devices there are anywhere
        return "torch knows no device of this name"
    try:
        torch.zeros(1, device=device).item()
    except Exception as error:  # each backend's own
        return first_line(error).partition(". ")[0]
    return ""
