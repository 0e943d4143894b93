"""What an embedder promises: one float32 row a text, whatever the text and whoever its neighbours."""

from __future__ import annotations

import inspect
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ...components import Embedder, overrides
from ...errors import InputError, NotFittedError
from .. import data
from ..check import Make, check, expect
from ..drive import fit

_TOLERANCE = 1e-4
_LONG = 100_000
_DISCARD = 9
"""A port where nobody listens."""


def _reads(component: Any, spec: Any) -> bool:
    return "text" in spec.modalities


@check("embedder/rows", when=_reads)
def rows(make: Make, spec: Any) -> None:
    """One row a text: float32, C order, finite; CSR where rows are sparse."""
    texts = data.sample()
    found = _fitted(make, spec).embed(texts)
    if isinstance(found, csr_array):
        expect(found.dtype == np.float32, f"embed gives sparse {found.dtype}; return rows.astype(np.float32)")
        found = np.ascontiguousarray(found.toarray())
    expect(isinstance(found, np.ndarray), f"embed gives a {type(found).__name__}; return a numpy array")
    expect(found.ndim == 2, f"embed gives shape {found.shape}; return one row a text")
    expect(len(found) == len(texts), f"embed gives {len(found)} rows for {len(texts)} texts")
    expect(found.dtype == np.float32, f"embed gives {found.dtype}; return rows.astype(np.float32)")
    expect(found.flags.c_contiguous, "embed gives rows in another order than C; return np.ascontiguousarray(rows)")
    expect(np.isfinite(found).all(), "embed gives rows with NaN or infinity")


@check("embedder/empty-list", when=_reads)
def empty_list(make: Make, spec: Any) -> None:
    """No texts give a matrix of no rows, as wide as ever."""
    embedder = _fitted(make, spec)
    width = _embed(embedder, data.sample(2)).shape[1]
    found = _embed(embedder, [])
    expect(found.shape == (0, width), f"embed([]) gives shape {found.shape}; return (0, {width})")


@check("embedder/empty-text", when=_reads)
def empty_text(make: Make, spec: Any) -> None:
    """Texts of nothing have rows too, all zero at worst."""
    _same_width(make, spec, ["", " ", "\n\t"])


@check("embedder/unicode", when=_reads)
def unicode_text(make: Make, spec: Any) -> None:
    """Any script, emoji, control characters and combining marks are read."""
    _same_width(make, spec, [text for text in data.texts()[-20:] if text.strip()])


@check("embedder/long-text", when=_reads)
def long_text(make: Make, spec: Any) -> None:
    """A text of 100,000 characters is read, or cut short, without an error."""
    words = "The telescope saw a distant galaxy full of young stars. "
    _same_width(make, spec, [(words * (_LONG // len(words) + 1))[:_LONG], "x" * _LONG])


@check("embedder/batch-invariant", when=_reads, flag="batch_invariant")
def batch_invariant(make: Make, spec: Any) -> None:
    """A text's row does not depend on the other texts of the call."""
    embedder, texts = _fitted(make, spec), data.sample()
    together = _embed(embedder, texts)
    alone = np.concatenate([_embed(embedder, [text]) for text in texts])
    _expect_near(together, alone, "rows depend on what else is in the batch; fix it, or declare batch_invariant=False")


@check("embedder/order", when=_reads)
def order(make: Make, spec: Any) -> None:
    """Rows come in the order of the texts."""
    embedder, texts = _fitted(make, spec), data.sample()
    forwards, backwards = _embed(embedder, texts), _embed(embedder, texts[::-1])
    _expect_near(forwards, backwards[::-1], "rows do not come in the order of the texts")


@check("embedder/duplicates-equal", when=_reads)
def duplicates_equal(make: Make, spec: Any) -> None:
    """Equal texts have equal rows, and every one of them has one."""
    embedder = _fitted(make, spec)
    first, second, third = data.sample(3)
    found = _embed(embedder, [first, second, first, third, second])
    expect(len(found) == 5, f"embed gives {len(found)} rows for 5 texts, 3 of them distinct; return a row for each")
    _expect_near(found[:2], found[[2, 4]], "equal texts in one call have different rows")


@check("embedder/roles", when=_reads)
def roles(make: Make, spec: Any) -> None:
    """Documents, queries and words embed into one space."""
    embedder = _fitted(make, spec)
    widths = {}
    for role in ("document", "query", "word"):
        found = _dense(embedder.embed(data.sample(3), role=role))
        expect(np.isfinite(found).all(), f"embed(texts, role={role!r}) gives NaN or infinity")
        expect(len(found) == 3, f"embed(3 texts, role={role!r}) gives {len(found)} rows")
        widths[role] = found.shape[1:]
    expect(len(set(widths.values())) == 1, f"roles differ in width: {widths}; they must share one space")


@check("embedder/constant-dim", when=_reads)
def constant_dim(make: Make, spec: Any) -> None:
    """Rows are as wide in every call."""
    embedder, texts = _fitted(make, spec), data.sample()
    widths = {_embed(embedder, batch).shape[1] for batch in (texts, texts[:1], texts[3:5], ["a"], texts * 3)}
    expect(len(widths) == 1, f"rows have different widths in different calls: {sorted(widths)}")


@check("embedder/fit-required", when=lambda component, spec: spec.trainable and component.learns())
def fit_required(make: Make, spec: Any) -> None:
    """A trainable embedder says that it is not fitted instead of embedding with nothing."""
    embedder = make().fresh()
    try:
        embedder.embed(data.sample(2))
    except NotFittedError:
        return
    except Exception as error:
        raise AssertionError(f"embed before fit raises {type(error).__name__}; raise NotFittedError") from error
    raise AssertionError("embed before fit gives rows; raise NotFittedError, or declare trainable=False")


def _takes_tokens(component: Any, spec: Any) -> bool:
    return overrides(component, Embedder, "fit_tokens") or overrides(component, Embedder, "embed_tokens")


@check("embedder/tokens", when=_takes_tokens)
def takes_tokens(make: Make, spec: Any) -> None:
    """``fit_tokens`` and ``embed_tokens`` come together, and give a finite row a document."""
    embedder = make()
    both = overrides(embedder, Embedder, "fit_tokens") and overrides(embedder, Embedder, "embed_tokens")
    expect(both, "fit_tokens and embed_tokens come together; implement the other one too")
    expect(spec.trainable, "an embedder with fit_tokens is trainable; declare trainable=True")
    tokens = data.tokens()
    embedder.fit_tokens(tokens)
    found = np.asarray(embedder.embed_tokens(tokens))
    expect(found.shape[:-1] == (len(tokens),), f"embed_tokens gives {found.shape} for {len(tokens)} documents")
    expect(found.dtype == np.float32, f"embed_tokens gives {found.dtype}; return rows.astype(np.float32)")
    expect(np.isfinite(found).all(), "embed_tokens gives rows with NaN or infinity")
    other = np.asarray(embedder.embed_tokens(data.tokens(["unheard of", "", *data.sample(3)])))
    expect(other.shape == (5, found.shape[1]), f"embed_tokens of 5 documents over other words gives {other.shape}")


@check("embedder/images", when=lambda component, spec: "image" in spec.modalities)
def images(make: Make, spec: Any) -> None:
    """One row an image: float32, finite, in the space of the texts."""
    embedder, pictures = _fitted(make, spec), data.images()
    found = embedder.embed_images(pictures)
    expect(isinstance(found, np.ndarray), f"embed_images gives a {type(found).__name__}; return a numpy array")
    expect(found.shape[:-1] == (len(pictures),), f"embed_images gives {found.shape} for {len(pictures)} images")
    expect(found.dtype == np.float32, f"embed_images gives {found.dtype}; return rows.astype(np.float32)")
    expect(np.isfinite(found).all(), "embed_images gives rows with NaN or infinity")
    if "text" in spec.modalities:
        width = _embed(embedder, data.sample(2)).shape[1]
        expect(found.shape[1] == width, f"images are {found.shape[1]} wide and texts {width}; share one space")


@check("embedder/unreadable-images", since="0.2", when=lambda component, spec: "image" in spec.modalities)
def unreadable_images(make: Make, spec: Any) -> None:
    """A file that is no image is an InputError with its name, or a row of zeros."""
    embedder = _fitted(make, spec)
    try:
        found = np.asarray(embedder.embed_images([__file__]))
    except InputError as error:
        expect(Path(__file__).name in str(error), f"the error about {__file__} does not name it: {error}")
    except Exception as error:
        raise AssertionError(f"an unreadable image raises {type(error).__name__}; raise an InputError") from error
    else:
        expect(found.shape[:-1] == (1,) and not found.any(), "an unreadable image has a row that is not all zeros")


@check("embedder/plain-text", since="0.2", when=_reads)
def plain_text(make: Make, spec: Any) -> None:
    """Texts that read like addresses, paths or missing values are texts: nothing is opened or fetched."""
    asked: list[Any] = []
    connect = socket.socket.connect

    def watched(self: Any, address: Any) -> Any:
        if isinstance(address, tuple) and address[1:2] == (_DISCARD,):
            asked.append(address)
            raise ConnectionRefusedError("a text was taken for an address")
        return connect(self, address)

    texts = [f"http://127.0.0.1:{_DISCARD}/a.png", f"https://127.0.0.1:{_DISCARD}/a.png", "data:image/png;base64,AAAA"]
    with mock.patch.object(socket.socket, "connect", watched):
        _same_width(make, spec, [*texts, __file__, "None", "nan", "null", "-1", "word " * 600])
    expect(not asked, "a text that reads like an address was fetched; hand it over as text")


@check("embedder/threads", since="0.2", when=_reads, flag="deterministic")
def threads(make: Make, spec: Any) -> None:
    """Calls from several threads at once give what they give one after the other."""
    embedder, texts = _fitted(make, spec), data.sample()
    batches = [texts[place:] + texts[:place] for place in range(len(texts))]
    alone = [_embed(embedder, batch) for batch in batches]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda batch: _embed(embedder, batch), batches * 2))
    for found, expected in zip(together, alone * 2, strict=True):
        _expect_near(found, expected, "rows differ when several threads call; lock what cannot be shared")


@check("embedder/identity", since="0.2")
def identity(make: Make, spec: Any) -> None:
    """What the rows depend on is JSON, the same for two equal embedders; neutral parameters exist and are not in it."""
    first, second = make().identity(), make().identity()
    unknown = set(spec.neutral) - set(inspect.signature(type(make())).parameters)
    expect(not unknown, f"spec.neutral names {sorted(unknown)}, which are no parameters")
    if first is None:
        return
    try:
        json.dumps(first)
    except TypeError as error:
        raise AssertionError(f"identity() is not JSON: {error}") from error
    expect(
        first == second, "two equal embedders have different identities; leave out what changes from one to the next"
    )
    kept = sorted(set(spec.neutral) & set(first))
    expect(not kept, f"identity() holds {kept}, which spec.neutral says changes no row")


@check("embedder/limits", since="0.2", when=lambda component, spec: overrides(component, Embedder, "count_tokens"))
def limits(make: Make, spec: Any) -> None:
    """Tokens are counted over whole texts, and the limit is a number of them or None."""
    embedder = _fitted(make, spec)
    limit = embedder.max_tokens
    expect(limit is None or (isinstance(limit, int) and limit > 0), f"max_tokens is {limit!r}; return an int or None")
    sentence = "The telescope saw a distant galaxy. "
    counted = list(embedder.count_tokens([sentence, sentence * 50, sentence * 1000]))
    expect(len(counted) == 3, f"count_tokens gives {len(counted)} numbers for 3 texts")
    expect(counted[0] < counted[1] < counted[2], f"longer texts do not have more tokens: {counted}; count whole texts")
    expect(list(embedder.count_tokens([])) == [], "count_tokens([]) gives something; return an empty list")


def _fitted(make: Make, spec: Any) -> Any:
    embedder = make()
    fit(embedder, spec)
    return embedder


def _embed(embedder: Any, texts: list[str]) -> NDArray[np.float64]:
    """Rows of *texts* as dense float64, so that only ``embedder/rows`` speaks of dtypes."""
    found = _dense(embedder.embed(texts))
    expect(found.ndim == 2, f"embed({len(texts)} texts) gives shape {found.shape}; return one row a text")
    return found


def _dense(rows: Any) -> NDArray[np.float64]:
    return np.asarray(rows.toarray() if isinstance(rows, csr_array) else rows, dtype=np.float64)


def _same_width(make: Make, spec: Any, texts: list[str]) -> None:
    embedder = _fitted(make, spec)
    width = _embed(embedder, data.sample(2)).shape[1]
    found = _embed(embedder, texts)
    expect(found.shape == (len(texts), width), f"embed of {len(texts)} such texts gives {found.shape}, width {width}")
    bad = [repr(text[:40]) for text, row in zip(texts, found, strict=True) if not np.isfinite(row).all()]
    expect(not bad, f"rows of {', '.join(bad)} have NaN or infinity; return zeros where nothing is known")


def _expect_near(first: NDArray[np.float64], second: NDArray[np.float64], advice: str) -> None:
    """Equal within 1e-4 of a unit row, or of the longest row where rows are longer."""
    expect(first.shape == second.shape, f"{advice} (shapes {first.shape} and {second.shape})")
    longest = max(1.0, float(np.linalg.norm(first, axis=1).max(initial=0)))
    gap = float(np.abs(first - second).max(initial=0))
    expect(gap <= _TOLERANCE * longest, f"{advice} (rows differ by up to {gap:.2g})")
