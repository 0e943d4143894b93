"""Which images stand for a topic."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np
from PIL import Image

from topicore.components import TopicView

from .pictures import UnreadableError, picture

__all__ = ["Album"]

SPARE = 3
"""How many documents are looked at for each picture wanted, before variety is given up for more pictures."""
TRIES = 20
"""Most images that are opened for each picture wanted."""


class Album:
    """The pictures of topics, opened topic by topic.

    Documents without an image, images that cannot be read and pictures that a topic has already are passed over for
    the next most representative ones.

    Args:
        view: The model.
        n: Most pictures of a topic.
        diversity: 0 for the most representative ones, towards 1 for such that differ from each other.
        side: Pixels of a picture's shorter side, at most, where there are so many of them.
        widest: How many times its longer side may be as long.
    """

    def __init__(self, view: TopicView, *, n: int, diversity: float, side: Callable[[int], int], widest: int) -> None:
        self._view = view
        self._n = n
        self._diversity = diversity
        self._side = side
        self._widest = widest
        self._unread: list[UnreadableError] = []

    def pictures(self, topic: int) -> list[Image.Image]:
        """Different pictures of *topic*, the most representative first; none where it has none."""
        found: dict[tuple[int, int, bytes], tuple[Any, Image.Image]] = {}
        for image in islice(self._images(topic), TRIES * self._n):
            for shown in self._read(image, self._n):
                found.setdefault((*shown.size, shown.tobytes()), (image, shown))
            if len(found) == self._n:
                break
        many = len(found)
        if many and self._side(many) > self._side(self._n):
            return [shown for image, _ in found.values() for shown in self._read(image, many)]
        return [shown for _, shown in found.values()]

    def _read(self, image: Any, many: int) -> list[Image.Image]:
        """The picture of *image*, as one of so *many*; none where it cannot be read, which is kept in mind."""
        try:
            return [picture(image, self._side(many), self._widest)]
        except UnreadableError as error:
            self._unread.append(error)
            return []

    def _images(self, topic: int) -> Iterator[Any]:
        """The images of *topic* in the order in which they are wanted, each path or object once."""
        known: dict[Any, Any] = {}  # with the objects, whose ids are theirs while they live
        for place in self._places(topic):
            image = self._view.images([place])[0]
            key = os.fspath(image) if isinstance(image, (str, os.PathLike)) else id(image)
            if image is not None and key not in known:
                known[key] = image
                yield image

    def _places(self, topic: int) -> Iterator[int]:
        """Positions of *topic*'s documents: some that differ, then all of them, the most representative first."""
        if self._diversity:
            yield from self._view.document_ids(topic, n=SPARE * self._n, diversity=self._diversity)
        yield from self._view.document_ids(topic, n=int(np.count_nonzero(self._view.assignments == topic)))

    def tell(self, name: str) -> None:
        """Warn of the images that the representation *name* could not read, if any."""
        if self._unread:
            many = len(self._unread)
            warnings.warn(
                f"representation {name!r} passed over {many} image{'s' * (many > 1)} that cannot be read"
                f"{', the first of them' if many > 1 else ''}: {self._unread[0]}",
                stacklevel=3,
            )
