"""Devices that there are not, which is told before anything is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import tiny_transformers
import tiny_writers

from topicore.errors import ComponentError
from topicore_transformers import Generate, TransformersEmbedder, ZeroShot
from topicore_transformers.devices import best, devices, placed

COMPONENTS: dict[str, Callable[..., Any]] = {
    "embedder 'transformers'": lambda model, **given: TransformersEmbedder(model, **given).max_tokens,
    "representation 'transformers.zeroshot'": lambda model, **given: ZeroShot(model, ["moon"], **given).prepare(),
    "representation 'transformers.generate'": lambda model, **given: Generate(model, **given).prepare(),
}


@pytest.mark.parametrize("device", ["gpu", "cuda:99", "meta", ""])
@pytest.mark.parametrize("component", COMPONENTS)
def test_a_device_that_there_is_not_is_told_before_a_model_is_looked_for(component: str, device: str) -> None:
    with pytest.raises(ComponentError) as caught:
        COMPONENTS[component]("nowhere/at-all", device=device)
    said = str(caught.value)
    assert said.startswith(f"{component}: device={device!r} cannot be used here: ")
    assert f"torch finds {', '.join(devices())}; write device={devices()[0]!r}, or leave device out" in said
    assert "Check the name" not in said


def test_a_name_that_is_no_device_is_told_apart_from_one_that_is_not_here() -> None:
    with pytest.raises(ComponentError, match="device='gpu' cannot be used here: torch knows no device of this name"):
        placed("gpu", "it")
    with pytest.raises(ComponentError, match=r"device='cuda:99' cannot be used here: (?!torch knows no)"):
        placed("cuda:99", "it")


def test_devices_that_work_stay_as_they_are_named() -> None:
    assert (placed("cpu", "it"), placed("cpu:0", "it"), placed(None, "it")) == ("cpu", "cpu:0", best())


def test_every_accelerator_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topicore_transformers.devices.best", lambda: "cuda")
    monkeypatch.setattr("torch.cuda.device_count", lambda: 2)
    assert devices() == ["cuda:0", "cuda:1", "cpu"]
    with pytest.raises(ComponentError, match=r"torch finds cuda:0, cuda:1, cpu; write device='cuda:0', or leave"):
        placed("gpu", "it")


@pytest.mark.parametrize("component", COMPONENTS)
def test_a_model_that_does_not_fit_on_the_device_says_so(component: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Any, device: str) -> Any:
        raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 MiB. GPU 0 has")

    folders = (tiny_transformers.bert(), tiny_transformers.bert_nli(), tiny_writers.llama())
    monkeypatch.setattr("transformers.PreTrainedModel.to", full)
    advice = r"on device='cpu': CUDA out of memory; give another device, or a smaller model"
    with pytest.raises(ComponentError, match=rf"{component} cannot put '.*' {advice}"):
        COMPONENTS[component](dict(zip(COMPONENTS, folders, strict=True))[component], device="cpu")
