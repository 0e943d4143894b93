"""Objects of other libraries are recognised along their MRO, and their libraries are never imported for it."""

from __future__ import annotations

from functools import partial

import pytest

from topicore import registry
from topicore.errors import (
    AmbiguousNameError,
    BrokenPluginError,
    DisabledPluginError,
    MissingPluginError,
    ParameterError,
)


def foreign(package: str, *names: str) -> type:
    """A class with the last of *names*, each derived from the one before, as a library of that name would have it."""
    cls: type = object
    for name in names:
        top, _, rest = name.rpartition(":")
        cls = type(rest, (cls,), {"__module__": f"{top or package}.deep.inside"})
    return cls


UMAP = foreign("umap", "sklearn:BaseEstimator", "UMAP")
PCA = foreign("sklearn", "BaseEstimator", "PCA")
MODEL = foreign("toylib", "Model")


def wrap(kind: str, name: str, package: str, qualname: str, hook: str = "") -> str:
    return (
        "from topicore.hookspecs import hookimpl\n"
        "from topicore.specs import EmbedderSpec, NativeType, ReducerSpec\n"
        f"SPEC = {kind.capitalize()}Spec(name={name!r}, target='topicore_toy.parts:Toy', summary='x',\n"
        f"    adapts=(NativeType({package!r}, {qualname!r}),))\n"
        f"@hookimpl\ndef topicore_{kind}s(): return [SPEC]\n{hook}"
    )


def test_an_object_of_a_declared_type_is_wrapped(toy, scan):
    toy()
    scan()
    component = registry.build("embedder", MODEL(), scale=3)
    assert (type(component).__name__, component.model, component.scale) == ("Toy", "native", 3)
    assert component.given == {"scale"}


def test_subclasses_of_a_declared_type_are_recognised_wherever_they_live(toy, scan):
    toy()
    scan()
    mine = type("Mine", (MODEL,), {})
    assert type(registry.build("embedder", mine())).__name__ == "Toy"


def test_parameters_of_a_wrapper_are_checked(toy, scan):
    toy()
    scan()
    with pytest.raises(ParameterError, match="embedder 'toy' has no parameter 'scal'; did you mean 'scale'"):
        registry.build("embedder", MODEL(), scal=3)


@pytest.mark.parametrize(
    ("kind", "cls", "message"),
    [
        (
            "embedder",
            foreign("spacy", "Language", "English"),
            "to use a spacy Language as embedder: pip install topicore-spacy",
        ),
        ("reducer", UMAP, "to use a umap UMAP as reducer: pip install topicore-umap"),
        (
            "clusterer",
            foreign("hdbscan", "sklearn:BaseEstimator", "HDBSCAN"),
            "to use a hdbscan HDBSCAN as clusterer: pip install topicore-hdbscan",
        ),
        (
            "embedder",
            foreign("gensim", "Word2Vec", "Doc2Vec"),
            "to use a gensim Doc2Vec as embedder: pip install topicore-gensim",
        ),
        (
            "embedder",
            foreign("openai", "OpenAI", "AzureOpenAI"),
            "to use an openai OpenAI as embedder: pip install topicore-openai",
        ),
        (
            "embedder",
            foreign("tensorflow", "_UserObject"),
            "to use a tensorflow _UserObject as embedder: pip install topicore-use",
        ),
    ],
)
def test_a_known_type_without_its_plugin_says_what_to_install(scan, kind, cls, message):
    scan()
    with pytest.raises(MissingPluginError) as caught:
        registry.build(kind, cls())
    assert str(caught.value) == message


def test_a_type_of_another_kind_is_not_some_estimator(scan):
    scan()
    with pytest.raises(ParameterError, match=r"^embedder: a umap UMAP is a reducer, not an embedder$"):
        registry.build("embedder", UMAP())


def test_any_other_estimator_goes_to_the_core(scan):
    scan()
    assert type(registry.build("reducer", PCA())).__name__ == "Reduced"
    assert type(registry.build("embedder", PCA())).__name__ == "Fitted"


def test_a_plugin_installed_later_takes_what_was_known(toy, plug, scan):
    scan()
    with pytest.raises(MissingPluginError):
        registry.build("embedder", foreign("flair", "DocumentEmbeddings")())
    plug("flair", wrap("embedder", "flair", "flair", "DocumentEmbeddings"))
    toy()
    with pytest.raises(BrokenPluginError, match="has another spec"):
        registry.build("embedder", foreign("flair", "DocumentEmbeddings")())


def test_another_plugin_may_wrap_a_known_type(plug, scan):
    plug("acme", wrap("reducer", "acme", "umap", "UMAP"))
    scan()
    with pytest.raises(BrokenPluginError, match="reducer 'acme' from topicore-acme"):
        registry.build("reducer", UMAP())


def test_a_known_type_whose_plugin_is_broken_or_disabled_says_so(plug, scan):
    plug("umap", "import no_such_backend")
    scan()
    with pytest.raises(BrokenPluginError, match=r"'umap' is provided by topicore-umap 1.0, which failed to load"):
        registry.build("reducer", UMAP())
    scan(TOPICORE_DISABLE="umap")
    with pytest.raises(DisabledPluginError, match="to use a umap UMAP as reducer: plugin 'umap' is disabled"):
        registry.build("reducer", UMAP())


def test_the_nearest_type_wins(toy, plug, scan):
    toy()
    plug("base", wrap("embedder", "base", "elsewhere", "Base"))
    scan()
    derived = foreign("toylib", "elsewhere:Base", "Model")
    assert type(registry.build("embedder", derived())).__name__ == "Toy"


def test_two_answers_of_equal_distance_are_an_error(toy, plug, scan):
    toy()
    plug("rival", wrap("embedder", "rival", "toylib", "Model"))
    scan()
    with pytest.raises(AmbiguousNameError) as caught:
        registry.build("embedder", MODEL())
    assert str(caught.value) == (
        "a toylib Model can be wrapped by more than one embedder: topicore-rival/rival, topicore-toy/toy; "
        "settle it with TOPICORE_PREFER or TOPICORE_DISABLE, or build one of them yourself"
    )
    scan(TOPICORE_DISABLE="rival")
    assert type(registry.build("embedder", MODEL())).__name__ == "Toy"


def test_lists_and_tuples_are_several_embedders(scan):
    scan()
    for value in ([1, 2], (1, 2)):
        component = registry.build("embedder", value)
        assert (type(component).__name__, component.wrapped) == ("Joint", value)
    with pytest.raises(ParameterError, match=r"cannot be used as reducer"):
        registry.build("reducer", [1, 2])


def test_functions_and_unknown_callables_are_embedders(scan):
    class Local:
        def __call__(self, texts):
            return texts

    scan()
    for value in (lambda texts: texts, len, "".join, partial(len), Local()):
        component = registry.build("embedder", value)
        assert (type(component).__name__, component.wrapped) == ("Function", value)
    with pytest.raises(ParameterError, match="cannot be used as reducer"):
        registry.build("reducer", len)


def test_a_callable_of_a_known_library_is_not_guessed_at(scan):
    scan()
    encoder = foreign("sentence_transformers", "CrossEncoder")
    encoder.__call__ = lambda self, texts: texts
    with pytest.raises(ParameterError, match=r"^a sentence_transformers CrossEncoder cannot be used as embedder: "):
        registry.build("embedder", encoder())


ADAPT = """
@hookimpl
def topicore_adapt({arguments}):
    if getattr(obj, "answers_to", None) in ("{name}", "both"):
        from topicore_toy.parts import Toy
        return Toy("{name}")
"""


class Duck:
    def __init__(self, answers_to: str) -> None:
        self.answers_to = answers_to


def adapter(name: str, arguments: str = "obj, kind") -> str:
    return "from topicore.hookspecs import hookimpl\n" + ADAPT.format(name=name, arguments=arguments)


def test_plugins_are_asked_after_the_types(toy, plug, scan):
    toy()
    plug("one", adapter("one"))
    plug("two", adapter("two", "obj"))
    scan()
    assert registry.build("embedder", Duck("one")).model == "one"
    assert registry.build("embedder", Duck("two"), scale=2).config() == {"model": "two", "scale": 2, "mode": "a"}
    with pytest.raises(AmbiguousNameError) as caught:
        registry.build("embedder", Duck("both"))
    assert str(caught.value) == (
        "a Duck is claimed as embedder by more than one plugin: topicore-one/one, topicore-two/two; "
        "settle it with TOPICORE_DISABLE, or build the component yourself"
    )


def test_a_plugin_that_raises_or_answers_nonsense_is_broken_and_asked_no_more(toy, plug, scan):
    toy()
    plug("crash", "from topicore.hookspecs import hookimpl\n@hookimpl\ndef topicore_adapt(obj): 1 / 0")
    plug("odd", "from topicore.hookspecs import hookimpl\n@hookimpl\ndef topicore_adapt(obj): return 3")
    plug("one", adapter("one"))
    scan()
    assert registry.build("embedder", Duck("one")).model == "one"
    with pytest.raises(ParameterError) as caught:
        registry.build("embedder", Duck("none"))
    assert "topicore-crash 1.0 failed: ZeroDivisionError: division by zero" in str(caught.value)
    assert "topicore-odd 1.0 failed: TypeError: topicore_adapt returned an int for an embedder" in str(caught.value)
