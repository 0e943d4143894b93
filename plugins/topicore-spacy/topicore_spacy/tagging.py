"""Terms in tagged texts: where they are, and whether the words there match a pattern."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from topicore.errors import ComponentError

from .patterns import Pattern, asked, refusal
from .pipes import gives_parts, tagging
from .reading import LONGEST_WORD, lock_of, same_draws

LONGEST = 16_000
"""Characters that are read of a text: a topic shows in its beginning, and Japanese tokenizers take 49,149 bytes."""

TOLD = ("POS", "TAG", "MORPH", "LEMMA", "DEP")
"""Attributes that no word has where the component that gives them is missing."""

_WITHOUT_END = re.compile(rf"\S{{{LONGEST_WORD}}}(?=\S)")
_JOINTS = str.maketrans(dict.fromkeys("-_\u2010\u2011", " "))
_JOINERS = "\u200c\u200d"


class Tagger:
    """A pipeline that tells which words of texts match patterns.

    Args:
        nlp: The ``Language``; it is not changed.
        patterns: Those of a spaCy ``Matcher``.
        everything: Whether all of its active components run, and not only those that tag.

    Raises:
        ParameterError: spaCy cannot use *patterns*.
        ComponentError: They ask for parts of speech, and nothing in *nlp* gives any.
    """

    def __init__(self, nlp: Any, patterns: Sequence[Pattern], *, everything: bool) -> None:
        from spacy.errors import MatchPatternError
        from spacy.matcher import Matcher
        from spacy.tokenizer import Tokenizer
        from spacy.tokens import Doc

        self._nlp = nlp
        self._matcher = Matcher(nlp.vocab, validate=True)
        try:
            self._matcher.add("pos", [list(pattern) for pattern in patterns])
            self._matcher(Doc(nlp.vocab, words=["word"]), allow_missing=True)  # tells of unregistered extensions
        except (MatchPatternError, ValueError, TypeError, KeyError, AttributeError, re.error) as error:
            raise refusal(f"are refused by spaCy: {' '.join(str(error).split()).rstrip('.')}") from error
        self._asked = [name for name in TOLD if name in asked(patterns)]
        active = [(name, nlp.get_pipe_meta(name).factory) for name in nlp.pipe_names]
        self._unused = [] if everything else [name for name, _ in active if name not in tagging(active)]
        if "POS" in self._asked and type(nlp.tokenizer) is Tokenizer and not gives_parts(active):
            raise self._untagged(["POS"])

    def judged(self, terms: Mapping[str, Iterable[str]], /) -> Iterator[tuple[str, dict[str, tuple[int, int]]]]:
        """Each text with how often its *terms* match a pattern, and how often they occur in it; in any order.

        Texts are read once each, the keys of *terms* as ``plain`` gives them; no parsed text is kept.

        Raises:
            ComponentError: The pipeline gives no word of any text what the patterns ask for.
        """
        limit = min(LONGEST, self._nlp.max_length)
        texts = sorted((text for text in terms if text), key=len)
        missing = set(self._asked)
        with lock_of(self._nlp), same_draws():
            docs = self._nlp.pipe((text[:limit] for text in texts), disable=self._unused)
            for text, doc in zip(texts, docs, strict=True):
                missing = {name for name in missing if not doc.has_annotation(name)}
                yield text, self._counts(doc, terms[text])
        if missing and texts:
            raise self._untagged(sorted(missing))

    def _counts(self, doc: Any, terms: Iterable[str]) -> dict[str, tuple[int, int]]:
        flat = folded(doc.text)
        edges = {edge for token in doc for edge in (token.idx, token.idx + len(token))}
        found = {}
        for term in terms:
            spans = [doc.char_span(*place, alignment_mode="expand") for place in places(folded(term), flat, edges)]
            verdicts = [self._matches(span) for span in spans if not any(map(_is_address, span))]
            if verdicts:
                found[term] = (sum(verdicts), len(verdicts))
        return found

    def _matches(self, span: Any) -> bool:
        """Whether a pattern matches the words of *span*, all of them; hyphens between them are no words."""
        words = [token for token in span if any(map(_in_word, token.text))]
        if 0 < len(words) < len(span):
            span = _joined(words)
        return any(end - start == len(span) for _, start, end in self._matcher(span, allow_missing=True))

    def _untagged(self, missing: list[str]) -> ComponentError:
        nlp, given = self._nlp, "POS" in missing
        needed = "a morphologizer, or a tagger and an attribute_ruler" if given else "the components that give it"
        active = ", ".join(name for name in nlp.pipe_names if name not in self._unused) or "none"
        return ComponentError(
            f"representation 'spacy.pos': '{nlp.meta['lang']}_{nlp.meta['name']}' gives words no "
            f"{' and no '.join(missing)}, which the patterns ask for; it needs {needed}, and what runs of it is: "
            f"{active}. Load a pipeline that has them, such as en_core_web_sm, without excluding them"
        )


def plain(text: str) -> str:
    """*text* composed (NFC), with single blanks as white space, and with blanks in words beyond any length."""
    encodable = text.encode("utf-8", "replace").decode("utf-8")  # spaCy takes no lone surrogates
    ironed = " ".join(unicodedata.normalize("NFC", encodable).split())
    return _WITHOUT_END.sub(r"\g<0> ", ironed)


def folded(text: str) -> str:
    """*text* in lower case, letter by letter, with blanks for the hyphens and underscores that join words."""
    lower = text.lower()
    if len(lower) != len(text):  # a capital that becomes two letters would shift all that follow
        lower = "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
    return lower.translate(_JOINTS)


def places(term: str, text: str, edges: set[int]) -> Iterator[tuple[int, int]]:
    """(start, end) wherever *term* is in *text* between the ends of words, or between *edges*."""
    start = text.find(term) if term.strip() else -1
    while start >= 0:
        end = start + len(term)
        if (start in edges or _is_edge(text, start)) and (end in edges or _is_edge(text, end)):
            yield start, end
        start = text.find(term, start + 1)


def _is_edge(text: str, place: int) -> bool:
    """Whether no word goes on from before *place* to after it."""
    return not (0 < place < len(text) and _in_word(text[place - 1]) and _in_word(text[place]))


def _in_word(letter: str) -> bool:
    return letter.isalnum() or letter in _JOINERS or unicodedata.category(letter)[0] == "M"


def _is_address(token: Any) -> bool:
    """Whether *token* is an e-mail or web address, whose parts are no words of the text."""
    return bool(token.like_email or token.like_url)


def _joined(words: Sequence[Any]) -> Any:
    """A document of nothing but *words*, with their tags."""
    from spacy.tokens import Doc

    return Doc(
        words[0].vocab,
        words=[token.text for token in words],
        pos=[token.pos_ for token in words],
        tags=[token.tag_ for token in words],
        morphs=[str(token.morph) for token in words],
        lemmas=[token.lemma_ for token in words],
    )
