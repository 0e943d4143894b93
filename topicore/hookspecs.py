"""The hooks that a topicore plugin may implement.

A plugin is a module named by an entry point in the group ``topicore.v1``. The core imports it to
learn what the plugin offers, so importing it must be cheap: describe components here and implement
them in another module.

Installing a plugin changes nothing by itself. It adds names, and a name does something only when a
user writes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    import click

    from .components import Component
    from .specs import (
        ClustererSpec,
        EmbedderSpec,
        ExecutorSpec,
        Kind,
        ObserverSpec,
        ReducerSpec,
        RepresentationSpec,
        VectorizerSpec,
        WeightingSpec,
    )

hookspec = pluggy.HookspecMarker("topicore")
hookimpl = pluggy.HookimplMarker("topicore")


@hookspec
def topicore_embedders() -> Iterable[EmbedderSpec]:
    """Describe the embedders this plugin provides.

    Called once, the first time a name of this plugin is looked up or all plugins are listed. Return
    specs; do not import the backend::

        FLAIR = EmbedderSpec(
            name="flair",
            target="topicore_flair.embedder:FlairEmbedder",
            summary="Flair document and token embeddings.",
            argument="model",
            adapts=(NativeType("flair", "DocumentEmbeddings"),),
            requires=("flair",),
        )

        @hookimpl
        def topicore_embedders():
            return [FLAIR]

    Users then write ``embedder="flair:roberta-base"``, or pass a Flair object.
    """
    return ()


@hookspec
def topicore_reducers() -> Iterable[ReducerSpec]:
    """Describe the dimensionality reducers this plugin provides.

    ::

        @hookimpl
        def topicore_reducers():
            return [ReducerSpec(name="umap", target="topicore_umap.reducer:UmapReducer", summary="UMAP.")]
    """
    return ()


@hookspec
def topicore_clusterers() -> Iterable[ClustererSpec]:
    """Describe the clusterers this plugin provides.

    ::

        @hookimpl
        def topicore_clusterers():
            return [ClustererSpec(name="hdbscan", target="topicore_hdbscan.clusterer:Hdbscan", summary="HDBSCAN.")]
    """
    return ()


@hookspec
def topicore_vectorizers() -> Iterable[VectorizerSpec]:
    """Describe the vectorizers (documents to tokens, or to counts) this plugin provides.

    ::

        @hookimpl
        def topicore_vectorizers():
            return [VectorizerSpec(name="segment", target="topicore_segment.zh:Segment", summary="Chinese words.")]
    """
    return ()


@hookspec
def topicore_weightings() -> Iterable[WeightingSpec]:
    """Describe the weightings (topic-term counts to weights) this plugin provides.

    ::

        @hookimpl
        def topicore_weightings():
            return [WeightingSpec(name="acme", target="topicore_acme.weights:LogOdds", summary="Log odds.")]
    """
    return ()


@hookspec
def topicore_representations() -> Iterable[RepresentationSpec]:
    """Describe the topic representations this plugin provides.

    ::

        @hookimpl
        def topicore_representations():
            return [RepresentationSpec(name="acme.label", target="topicore_acme.label:Label", summary="A label.")]
    """
    return ()


@hookspec
def topicore_executors() -> Iterable[ExecutorSpec]:
    """Describe the executors (threads, Ray, Dask) this plugin provides. Provisional.

    ::

        @hookimpl
        def topicore_executors():
            return [ExecutorSpec(name="ray", target="topicore_ray.executor:Ray", summary="A Ray cluster.")]
    """
    return ()


@hookspec
def topicore_observers() -> Iterable[ObserverSpec]:
    """Describe the observers (progress bar, tracer, experiment log) this plugin provides. Provisional.

    ::

        @hookimpl
        def topicore_observers():
            return [ObserverSpec(name="mlflow", target="topicore_mlflow.observer:Run", summary="MLflow run.")]
    """
    return ()


@hookspec
def topicore_adapt(obj: object, kind: Kind) -> Component | None:
    """Wrap *obj* as a component of *kind*, or return None to pass.

    Most plugins need ``ComponentSpec.adapts`` instead. Implement this hook only when the class of *obj*
    does not tell what it is, and decide from its attributes: the core asks every plugin, so this must
    neither import the backend nor call *obj*. Two plugins that answer are an error::

        @hookimpl
        def topicore_adapt(obj, kind):
            if kind == "embedder" and getattr(obj, "acme_model", None):
                from .embedder import AcmeEmbedder
                return AcmeEmbedder.from_native(obj)
    """
    return None


@hookspec
def topicore_command(group: click.Group) -> None:
    """Add commands to *group*, which users reach as ``topicore NAMESPACE COMMAND``.

    The core imports the plugin only when its namespace is typed::

        @hookimpl
        def topicore_command(group):
            @group.command()
            def download(): ...
    """
