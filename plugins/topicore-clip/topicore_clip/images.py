"""The ``clip.images`` representation."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, sqrt
from typing import Annotated

from topicore.components import Description, Representation, TopicView
from topicore.specs import Range

from .choosing import Album
from .collage import collage
from .plugin import IMAGES

WIDEST = 3
"""How many times the longer side of a picture may be as long as the shorter one."""


class ClipImages(Representation):
    """The most representative images of each topic, as one collage.

    A description's ``images`` holds one Pillow image in RGB: all pictures of the topic, the most representative at the
    top left. Only the images that are shown are opened. A topic without any is left out. Works with every embedder
    that takes images.

    Args:
        images: How many pictures a topic shows, at most.
        height: Pixels of a collage from top to bottom; its width follows from its pictures.
        squares: Cut pictures to squares; else only those longer than three times their width.
        diversity: 0 for the most representative images, towards 1 for such that differ from each other.
    """

    spec = IMAGES

    def __init__(
        self,
        images: Annotated[int, Range(1, 100)] = 9,
        height: Annotated[int, Range(100, 10_000)] = 600,
        squares: bool = False,
        diversity: Annotated[float, Range(0, 1)] = 0.1,
    ) -> None:
        self.images = images
        self.height = height
        self.squares = squares
        self.diversity = diversity

    def describe(self, view: TopicView, /) -> Mapping[int, Description]:
        """A collage of each topic that has images that can be read; of the others one warning tells."""
        widest = 1 if self.squares else WIDEST
        album = Album(view, n=self.images, diversity=self.diversity, side=self._side, widest=widest)
        described = {}
        for topic in view.topics:
            pictures = album.pictures(topic)
            if pictures:
                described[topic] = Description(images=(collage(pictures, self.height),))
        album.tell(self.spec.name)
        return described

    def _side(self, many: int) -> int:
        """Pixels of the shorter side of the largest of so *many* pictures on a wall, about."""
        return ceil(self.height * min(1.0, 1.6 / sqrt(many)))
