"""What a vectorizer promises: a list of words a document, or counts, read once and in order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from ...components import Rules
from .. import data
from ..check import Make, check, expect

_MANY = 20_000


def _tokens(component: Any, spec: Any) -> bool:
    return bool(spec.tokens)


def _counts(component: Any, spec: Any) -> bool:
    return not spec.tokens


@check("vectorizer/tokens", when=_tokens)
def tokens(make: Make, spec: Any) -> None:
    """One list of str a document, in order."""
    documents = data.texts()
    found = list(make().tokenize(documents))
    expect(len(found) == len(documents), f"tokenize gives {len(found)} lists for {len(documents)} documents")
    for words in found:
        expect(type(words) is list, f"tokenize gives a {type(words).__name__}; give a list of str a document")
        strange = [word for word in words if type(word) is not str or not word]
        expect(not strange, f"tokenize gives {strange[:3]}; tokens are str and not empty")


@check("vectorizer/lazy", when=_tokens)
def lazy(make: Make, spec: Any) -> None:
    """Documents are read while tokens are taken, not all at once."""
    read: list[int] = []

    def documents() -> Iterator[str]:
        for number in range(_MANY):
            read.append(number)
            yield "one word more"

    found = make().tokenize(documents())
    expect(isinstance(found, Iterator), f"tokenize gives a {type(found).__name__}; give an iterator (use yield)")
    next(found)
    expect(len(read) < _MANY, f"all {_MANY} documents were read before the first tokens came; yield as you go")


@check("vectorizer/iterator-input")
def iterator_input(make: Make, spec: Any) -> None:
    """Documents may be an iterator that can be read only once."""
    documents = data.texts()
    if spec.tokens:
        listed = [list(words) for words in make().tokenize(documents)]
        streamed = [list(words) for words in make().tokenize(iter(documents))]
        expect(streamed == listed, "an iterator of documents gives other tokens than a list; read it once, in order")
        return
    vectorizer = make()
    expect(vectorizer.fit_transform(iter(documents)).shape[0] == len(documents), "fit_transform reads documents twice")
    expect(vectorizer.transform(iter(documents)).shape[0] == len(documents), "transform reads documents twice")


@check("vectorizer/empty-doc")
def empty_doc(make: Make, spec: Any) -> None:
    """An empty document has no tokens, and keeps its place."""
    documents = ["", *data.sample(3), ""]
    if spec.tokens:
        found = [list(words) for words in make().tokenize(documents)]
        expect(len(found) == 5, f"tokenize gives {len(found)} lists for 5 documents, two of them empty")
        expect(not found[0] and not found[-1], f"an empty document has tokens {found[0] or found[-1]}")
        return
    counts = make().fit_transform(documents)
    expect(counts.shape[0] == 5, f"fit_transform gives {counts.shape[0]} rows for 5 documents, two of them empty")
    expect(abs(counts[[0, 4]]).sum() == 0, "an empty document has counts")


@check("vectorizer/stable", when=_tokens, flag="batch_invariant")
def stable(make: Make, spec: Any) -> None:
    """A document's tokens do not depend on the documents around it."""
    documents = data.sample()
    together = [list(words) for words in make().tokenize(documents)]
    alone = [list(words) for text in documents for words in make().tokenize([text])]
    expect(together == alone, "tokens depend on the other documents; tokenize each one by itself")


@check("vectorizer/rules", when=_tokens)
def rules(make: Make, spec: Any) -> None:
    """``rules`` gives Rules."""
    found = make().rules(Rules(stop_words=frozenset({"the"})))
    expect(isinstance(found, Rules), f"rules gives a {type(found).__name__}; return dataclasses.replace(defaults, ...)")
    low, high = found.ngram_range
    expect(1 <= low <= high, f"rules gives ngram_range={found.ngram_range}; give (fewest, most) words")


@check("vectorizer/counts", when=_counts)
def counts(make: Make, spec: Any) -> None:
    """Counts are CSR, a row a document, a column a term, integers from 0."""
    vectorizer, documents = make(), data.texts()
    fitted = vectorizer.fit_transform(documents)
    new = vectorizer.transform(data.sample(4))
    for method, found, rows in (("fit_transform", fitted, len(documents)), ("transform", new, 4)):
        expect(isinstance(found, csr_array), f"{method} gives a {type(found).__name__}; return scipy.sparse.csr_array")
        expect(found.shape[0] == rows, f"{method} gives {found.shape[0]} rows for {rows} documents")
        expect(np.issubdtype(found.dtype, np.integer), f"{method} gives {found.dtype}; counts are integers")
        expect(found.nnz == 0 or found.data.min() >= 0, f"{method} gives counts below 0")
        expect(found.shape[1] == fitted.shape[1], f"{method} gives {found.shape[1]} columns, not {fitted.shape[1]}")


@check("vectorizer/terms", when=_counts)
def terms(make: Make, spec: Any) -> None:
    """Terms are unique str, one a column."""
    vectorizer = make()
    columns = vectorizer.fit_transform(data.texts()).shape[1]
    found = list(vectorizer.terms)
    expect(all(type(term) is str for term in found), "terms are not all str")
    expect(len(found) == columns, f"there are {len(found)} terms and {columns} columns")
    expect(len(set(found)) == len(found), "terms are not unique")


@check("vectorizer/unseen-terms-ignored", when=_counts)
def unseen_terms_ignored(make: Make, spec: Any) -> None:
    """Documents of words never seen are counted over the same terms."""
    vectorizer = make()
    fitted = vectorizer.fit_transform(data.sample())
    found = vectorizer.transform(["qwxzv vzxwq", *data.sample(1)])
    expect(found.shape == (2, fitted.shape[1]), f"transform gives {found.shape} over {fitted.shape[1]} terms")


@check("vectorizer/transform-matches-fit", when=_counts)
def transform_matches_fit(make: Make, spec: Any) -> None:
    """``transform`` of the documents learned from gives their counts again."""
    vectorizer = make()
    fitted = vectorizer.fit_transform(data.texts())
    later = vectorizer.transform(data.texts())
    expect(fitted.shape == later.shape and abs(fitted - later).sum() == 0, "transform counts differently from fit")
