"""Names: their grammar, and what each kind of wrong name is answered with."""

from __future__ import annotations

import pytest

from topicore import registry
from topicore.errors import MissingPluginError, UnknownNameError
from topicore.registry.known import KNOWN
from topicore.registry.names import RESERVED, Name


@pytest.mark.parametrize(
    ("text", "distribution", "name", "argument"),
    [
        ("flair", None, "flair", None),
        ("flair:roberta-base", None, "flair", "roberta-base"),
        ("spacy.pos", None, "spacy.pos", None),
        ("use:https://tfhub.dev/x/4", None, "use", "https://tfhub.dev/x/4"),
        ("acme-flair/flair:a/b:c", "acme-flair", "flair", "a/b:c"),
        ("Acme_Flair/flair", "acme-flair", "flair", None),
        ("toy:", None, "toy", ""),
    ],
)
def test_the_grammar(text, distribution, name, argument):
    parsed = Name.parse(text)
    assert (parsed.distribution, parsed.name, parsed.argument) == (distribution, name, argument)


def test_the_first_word_is_the_namespace():
    assert Name.parse("acme/spacy.pos:en").namespace == "spacy"


def test_a_name_leads_to_spec_plugin_and_argument(toy, scan):
    toy()
    scan()
    entry = registry.find("embedder", "toy:large:1")
    assert (entry.name, entry.kind, entry.argument) == ("toy", "embedder", "large:1")
    assert (entry.qualified, str(entry)) == ("topicore-toy/toy", "embedder 'toy' from topicore-toy 1.0")


def test_a_qualified_name_leads_to_that_distribution(toy, scan):
    toy()
    scan()
    assert registry.find("embedder", "Topicore_Toy/toy").qualified == "topicore-toy/toy"
    assert registry.find("clusterer", "topicore/graph").qualified == "topicore/graph"


def test_a_former_name_still_works_with_a_warning(toy, scan):
    toy()
    scan()
    with pytest.warns(DeprecationWarning, match=r"embedder 'toy\.old' is now called 'toy'"):
        assert registry.find("embedder", "toy.old").name == "toy"


MESSAGES = [
    ("embedder", "flair:roberta-base", "embedder 'flair' is not installed: pip install topicore-flair"),
    ("embedder", "tooy", "no embedder named 'tooy'. Did you mean 'toy'? Installed: callable, joint, sklearn, toy"),
    (
        "embedder",
        "all-MiniLM-L6-v2",
        "'all-MiniLM-L6-v2' is not a component name; did you mean 'sentence-transformers:all-MiniLM-L6-v2'?",
    ),
    (
        "embedder",
        "BAAI/bge-base-en-v1.5",
        "'BAAI/bge-base-en-v1.5' is not a component name; did you mean 'sentence-transformers:BAAI/bge-base-en-v1.5'?",
    ),
    (
        "embedder",
        "text-embedding-3-small",
        "'text-embedding-3-small' is not a component name; did you mean 'openai:text-embedding-3-small'?",
    ),
    ("embedder", "en_core_web_md", "'en_core_web_md' is not a component name; did you mean 'spacy:en_core_web_md'?"),
    (
        "embedder",
        "https://tfhub.dev/google/universal-sentence-encoder/4",
        "'https://tfhub.dev/google/universal-sentence-encoder/4' is not a component name; "
        "did you mean 'use:https://tfhub.dev/google/universal-sentence-encoder/4'?",
    ),
    ("reducer", "UMAP", "no reducer named 'UMAP'. Did you mean 'umap'? (pip install topicore-umap) Installed: sklearn"),
    (
        "embedder",
        "Flairr",
        "no embedder named 'Flairr'. Did you mean 'flair'? (pip install topicore-flair) "
        "Installed: callable, joint, sklearn, toy",
    ),
    ("reducer", "a/b", "no reducer named 'a/b'. Installed: sklearn"),
    ("reducer", "graph", "no reducer named 'graph'. 'graph' is a clusterer. Installed: sklearn"),
    (
        "embedder",
        "umap",
        "no embedder named 'umap'. topicore-umap provides a reducer. Installed: callable, joint, sklearn, toy",
    ),
    ("embedder", "toy.no", "no embedder named 'toy.no'. Did you mean 'toy'? Installed: callable, joint, sklearn, toy"),
    ("weighting", "bm25", "no weighting named 'bm25'. Installed: none"),
    ("embedder", "acme/toy", "embedder 'acme/toy' is not installed; there is 'topicore-toy/toy'"),
    ("embedder", "toy:", "embedder 'toy:' has nothing after ':'; write 'toy' or 'toy:ARGUMENT'"),
]


@pytest.mark.parametrize(("kind", "text", "message"), MESSAGES, ids=[text for _, text, _ in MESSAGES])
def test_a_wrong_name_is_told_what_to_type_next(toy, scan, kind, text, message):
    toy()
    scan()
    with pytest.raises((UnknownNameError, MissingPluginError)) as caught:
        registry.build(kind, text)
    assert str(caught.value) == message


def test_every_known_plugin_says_how_to_install_it(scan):
    scan()
    for namespace, known in KNOWN.items():
        for kind in known.kinds:
            with pytest.raises(MissingPluginError) as caught:
                registry.find(kind, namespace)
            assert str(caught.value) == f"{kind} {namespace!r} is not installed: pip install {known.distribution}"


def test_no_known_plugin_has_a_reserved_name():
    assert not RESERVED & set(KNOWN)
