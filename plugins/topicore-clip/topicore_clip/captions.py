"""The ``clip.captions`` representation."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any
from unicodedata import category

from topicore.components import Description, Representation, TopicView
from topicore.errors import ComponentError
from topicore.specs import Range

from .captioning import Captioner, load
from .choosing import Album
from .plugin import CAPTIONS

if TYPE_CHECKING:
    from typing_extensions import Self

SIDE = 384
"""Pixels of the shorter side that captioning models look at, at most."""
WIDEST = 3


class ClipCaptions(Representation):
    """What a captioning model says of each topic's most representative images.

    The summary is the captions, the most representative image's first. The words are those that a larger share of the
    topic's captions has than of the others' captions, weighed by the difference; so topics of images alone have words.
    One that fails leaves topics what they had, and a warning says why; one that cannot be had is told before a fit.

    Args:
        model: The id of a published model, or the folder of a saved one, that captions images without being asked
            anything: BLIP, GIT, or a vision encoder with a text decoder.
        images: How many images a topic has captioned, at most.
        diversity: 0 for the most representative images, towards 1 for such that differ from each other.
        device: ``"cpu"``, ``"cuda"``, ``"mps"``, ...; None takes the best there is.
        batch_size: Images in one pass through the model.
        revision: Branch, tag or commit of a published model.
        local_files_only: Never ask the network.
    """

    spec = CAPTIONS

    def __init__(
        self,
        model: str,
        images: Annotated[int, Range(1, 100)] = 9,
        diversity: Annotated[float, Range(0, 1)] = 0.1,
        device: str | None = None,
        batch_size: Annotated[int, Range(1)] = 16,
        revision: str | None = None,
        local_files_only: bool = False,
    ) -> None:
        self.model = model
        self.images = images
        self.diversity = diversity
        self.device = device
        self.batch_size = batch_size
        self.revision = revision
        self.local_files_only = local_files_only
        self._lock = Lock()
        self._loaded: Captioner | None = None

    def fresh(self, **parameters: Any) -> Self:
        """This one, which learns nothing, with the model that it has loaded; with *parameters*, another one."""
        return super().fresh(**parameters) if parameters else self

    def prepare(self) -> None:
        """Load the model, so that a fit does not begin without it."""
        self._captioner()

    def describe(self, view: TopicView, /) -> Mapping[int, Description]:
        """Summary and words of each topic of which an image has a caption."""
        album = Album(view, n=self.images, diversity=self.diversity, side=lambda many: SIDE, widest=WIDEST)
        said: dict[int, list[str]] = {topic: [] for topic in view.topics}
        try:
            self._caption(album, said)
        except ComponentError as error:
            warnings.warn(f"{error}; topics keep what they had", stacklevel=2)
        album.tell(self.spec.name)
        words = _words(said)
        return {
            topic: Description(
                summary=" \u2026 ".join(dict.fromkeys(texts)), terms=words[topic][: view.n_words] or None
            )
            for topic, texts in said.items()
            if texts
        }

    def _caption(self, album: Album, said: Mapping[int, list[str]]) -> None:
        """Append to *said* the captions of each topic's images, which are opened as batches need them."""
        shown = ((topic, picture) for topic in said for picture in album.pictures(topic))
        while batch := list(islice(shown, self.batch_size)):
            captions = self._captioner().captions([picture for _, picture in batch])
            for (topic, _), caption in zip(batch, captions, strict=True):
                if caption:
                    said[topic].append(caption)

    def _captioner(self) -> Captioner:
        """The model, loaded by the first of all threads that ask."""
        with self._lock:
            if self._loaded is None:
                self._loaded = load(
                    self.model,
                    device=self.device,
                    revision=self.revision,
                    local_files_only=self.local_files_only,
                )
            return self._loaded


def _words(said: Mapping[int, Sequence[str]]) -> dict[int, tuple[tuple[str, float], ...]]:
    """(word, weight) pairs of each topic, best first.

    A word's weight is the share of the topic's captions that have it less its share of the captions of other topics.
    Words that are not at least twice as common in the topic are left out: such as "a" and "of", in every language.
    A topic without others to compare it with has none.
    """
    found = {topic: Counter(word for text in texts for word in set(_split(text))) for topic, texts in said.items()}
    everywhere = sum(found.values(), Counter[str]())
    captions = sum(map(len, said.values()))
    words: dict[int, tuple[tuple[str, float], ...]] = dict.fromkeys(said, ())
    for topic, counts in found.items():
        own, others = len(said[topic]), captions - len(said[topic])
        if own and others:
            shares = {word: (many / own, (everywhere[word] - many) / others) for word, many in counts.items()}
            told = [(word, here - there) for word, (here, there) in shares.items() if here >= 2 * there]
            words[topic] = tuple(sorted(told, key=lambda pair: (-pair[1], pair[0])))
    return words


def _split(text: str) -> list[str]:
    """The lower-case words between blanks, without what is no letter, mark or number at their ends."""
    words = (_stripped(word) for word in text.lower().split())
    return [word for word in words if word]


def _stripped(word: str) -> str:
    inside = [place for place, sign in enumerate(word) if category(sign)[0] in "LMN"]
    return word[inside[0] : inside[-1] + 1] if inside else ""
