"""The ``transformers.zeroshot`` representation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np

from topicore.components import Description, Representation, TopicView
from topicore.errors import ParameterError
from topicore.specs import Range

from .devices import placed
from .entailment import Judge
from .handed import found
from .loading import Once, Purpose, Source, load
from .plugin import ZEROSHOT

if TYPE_CHECKING:
    from typing_extensions import Self

PER_CALL = ("labels", "min_score", "multi_label", "hypothesis_template", "words", "batch_size")
"""Parameters that a loaded pipeline can still be given."""
PURPOSE = Purpose("representation 'transformers.zeroshot'", "zero-shot-classification", spared=lambda name: False)


class ZeroShot(Representation):
    """Those of the given labels that a topic's words entail, by a model of natural language inference.

    The words stay what they are. A topic that no label fits is left out, and so are the outliers.

    Args:
        model: The id of a published model, or the folder of a saved one.
        labels: What topics may be called.
        min_score: From which score a label fits: of one label, how likely it is; of several, its share among them,
            which is smaller the more there are.
        multi_label: Each label is judged by itself; a topic is called by all that fit, the best first.
        hypothesis_template: The sentence that a label makes where it takes the place of ``{}``.
        words: How many of the topic's words are judged.
        device: ``"cpu"``, ``"cuda"``, ``"mps"``, ...; None takes the best there is.
        batch_size: Pairs of a topic and a label in one pass through the model; None fills passes with as many tokens as
            suit the device.
        precision: ``"bfloat16"`` halves the memory and saves time where the hardware computes in it, at two to three
            significant digits.
        revision: Branch, tag or commit of a published model.
        local_files_only: Never ask the network.
    """

    spec = ZEROSHOT

    def __init__(
        self,
        model: str,
        labels: list[str],
        min_score: Annotated[float, Range(0, 1)] = 0.8,
        multi_label: bool = False,
        hypothesis_template: str = "This example is {}.",
        words: Annotated[int, Range(1)] = 10,
        device: str | None = None,
        batch_size: Annotated[int, Range(1)] | None = None,
        precision: Literal["float32", "bfloat16"] = "float32",
        revision: str | None = None,
        local_files_only: bool = False,
    ) -> None:
        _check(labels, hypothesis_template)
        self.model = model
        self.labels = labels
        self.min_score = min_score
        self.multi_label = multi_label
        self.hypothesis_template = hypothesis_template
        self.words = words
        self.device = device
        self.batch_size = batch_size
        self.precision = precision
        self.revision = revision
        self.local_files_only = local_files_only
        self._native: Any = None
        self._judge = Once(self._load)
        self._external: str | None = None

    @classmethod
    def from_native(cls, obj: Any, /, **parameters: Any) -> Self:
        """A representation around a zero-shot classification pipeline, on the device and with the weights that it has.

        Its tokenizer is copied, never set.
        """
        if "labels" not in parameters:
            raise ParameterError(
                f"{PURPOSE.component} needs the parameter 'labels': "
                "topicore.representation(pipeline, labels=['space', 'medicine'])"
            )
        known, external = found(obj, PURPOSE.component, parameters, PER_CALL)
        representation = cls(**{**known, **parameters})
        representation._native = obj
        representation._external = external
        return representation

    def fresh(self, **parameters: Any) -> Self:
        """An equal but for *parameters*, with the model that this one loads, or was given, where they allow it."""
        if self._native is not None and parameters:
            return self.from_native(self._native, **{**{name: getattr(self, name) for name in PER_CALL}, **parameters})
        made = super().fresh(**parameters)
        if not set(parameters) - set(PER_CALL):
            made._native, made._judge, made._external = self._native, self._judge, self._external
        return made

    def external(self) -> str | None:
        return self._external

    def prepare(self) -> None:
        """Load the model, so that a fit does not begin without it."""
        self._judge()

    def describe(self, view: TopicView, /) -> Mapping[int, Description]:
        """A label for each topic that one fits, several separated by commas, and an empty Description for others."""
        told = {topic: _words(view, topic, self.words) for topic in view.topics if topic >= 0}
        texts = {topic: text for topic, text in told.items() if text}
        if not texts:
            return {}
        hypotheses = [self.hypothesis_template.format(label) for label in self.labels]
        scores = self._judge().scores(list(texts.values()), hypotheses, self.multi_label, self.batch_size)
        described = {}
        for topic, row in zip(texts, scores, strict=True):
            order = np.argsort(-row, kind="stable")[: None if self.multi_label else 1]
            fitting = [self.labels[place].strip() for place in order if row[place] >= self.min_score]
            described[topic] = Description(label=", ".join(fitting) or None)
        return described

    def _load(self) -> Judge:
        if self._native is not None:
            model, tokenizer = self._native.model, self._native.tokenizer
        else:
            device = placed(self.device, PURPOSE.component)
            source = Source(self.model, self.revision, self.local_files_only)
            auto = "AutoModelForSequenceClassification"
            model, tokenizer = load(source, PURPOSE, auto, device=device, precision=self.precision)
        return Judge(model, tokenizer, PURPOSE.component, shared=self._native is not None)


def _words(view: TopicView, topic: int, n: int) -> str:
    return " ".join(word for word, _ in view.terms(topic, n=n)).strip()


def _check(labels: list[str], template: str) -> None:
    """Refuse labels that cannot be told apart or shown, and templates without a place for them."""
    where = PURPOSE.component
    shown = [label.strip() if isinstance(label, str) else "" for label in labels]
    if not shown or not all(shown) or isinstance(labels, str):
        raise ParameterError(f"{where}: labels must be a list of texts that are not empty, got {labels!r:.80}")
    broken = next((label for label in shown if len(label.splitlines()) > 1), None)
    if broken is not None:
        raise ParameterError(f"{where}: each label must be one line, got {broken!r:.80}")
    twice = next((label for place, label in enumerate(shown) if label in shown[:place]), None)
    if twice is not None:
        raise ParameterError(f"{where}: {twice!r} is among the labels twice")
    try:
        fine = template.format("\x1f").count("\x1f") > 0
    except (AttributeError, IndexError, KeyError, ValueError):
        fine = False
    if not fine:
        raise ParameterError(
            f"{where}: hypothesis_template must have {{}} where a label goes, and no other braces, got {template!r:.80}"
        )
