"""scikit-learn's clone and parameters, presets, settings on their way to components, observers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.cluster import KMeans

import topicore
from topicore import TopicModel
from topicore.components import Embedder
from topicore.errors import ParameterError, PluginError, TransientError


def test_clone_shares_live_objects_and_forgets_the_fit(documents):
    def lengths(texts):
        return np.array([[len(text), 1.0] for text in texts])

    model = TopicModel(embedder=lengths, n_topics=2).fit(documents)
    twin = clone(model)
    assert twin.embedder is lengths
    assert twin.n_topics == 2
    assert not twin.__sklearn_is_fitted__()


def test_parameters_are_what_was_given():
    clusterer = KMeans(3)
    model = TopicModel(clusterer=clusterer, ngram_range=[1, 2])
    assert model.get_params()["clusterer"] is clusterer
    assert model.get_params()["ngram_range"] == [1, 2]
    assert model.set_params(n_topics=4) is model
    assert model.n_topics == 4
    with pytest.raises(ParameterError, match="no parameter 'topics'; did you mean 'n_topics'"):
        model.set_params(topics=4)
    with pytest.raises(ParameterError):
        model.set_params(n_topics=-4)
    assert model.n_topics == 4


def test_a_value_given_to_the_component_wins_over_the_setting(documents):
    own = TopicModel(clusterer=topicore.clusterer("kmeans", n_clusters=2), n_topics=5).fit(documents)
    assert len(own.get_topics()) == 2
    routed = TopicModel(clusterer=topicore.clusterer("kmeans"), n_topics=5).fit(documents)
    assert len(routed.get_topics()) == 5


def test_the_seed_reaches_components_and_parts_of_components(documents):
    model = TopicModel(embedder=["ppmi", "lsa"], random_state=7).fit(documents)
    assert [part.random_state for part in model._state.components.embedder.parts()] == [7, 7]
    assert model._state.components.clusterer.random_state == 7


def test_stop_words_and_ngrams_reach_the_words(documents):
    model = TopicModel(stop_words=["galaxy"], ngram_range=(1, 2)).fit(documents)
    assert "galaxy" not in model.vocabulary_
    assert any(" " in term for term in model.vocabulary_)


def test_presets_name_what_is_missing_and_take_overrides(documents):
    with pytest.raises(PluginError, match="pip install topicore-sentence-transformers"):
        TopicModel.preset("semantic")
    with pytest.raises(ParameterError, match="no preset named 'classic'; presets are 'bertopic', 'semantic'"):
        TopicModel.preset("classic")
    model = TopicModel.preset("semantic", embedder="lsa", n_topics=4)
    assert len(model.fit(documents).get_topics()) == 4


def test_observers_hear_of_every_stage_and_a_broken_one_is_left_out(documents, caplog):
    stages = []

    def broken(event):
        raise RuntimeError("no")

    TopicModel(observers=[broken, lambda event: stages.append(event.stage)]).fit(documents)
    assert list(dict.fromkeys(stages)) == ["read", "learn", "cluster", "weigh", "describe", "done"]
    assert "observer failed" in caplog.text


def test_nothing_is_printed(documents, capfd):
    TopicModel(observers="progress").fit(documents).transform(documents[:3])
    assert capfd.readouterr() == ("", "")


class Flaky(Embedder):
    """Fails twice before each answer, as a busy service does."""

    calls = 0

    def embed(self, texts, /, *, role="document"):
        type(self).calls += 1
        if self.calls % 3:
            raise TransientError("busy", retry_after=0)
        return np.array([[len(text), 1.0] for text in texts], dtype=np.float32)


def test_what_may_pass_is_tried_again():
    assert topicore.embed(Flaky(), ["a", "bb"]).tolist() == [[1, 1], [2, 1]]


def test_two_processes_with_other_hash_seeds_give_the_same_topics_words_and_bytes(documents, tmp_path):
    script = """
import hashlib, json, sys
from pathlib import Path
from topicore import TopicModel
documents = json.loads(Path(sys.argv[1]).read_text())
model = TopicModel(representation={"main": "projection", "plain": ["c-tf-idf", "mmr"]}).fit(documents)
model.save(sys.argv[2], include=["documents", "tokens", "counts", "embeddings"])
print(model.topics_, model.get_topics(full=True))
for path in sorted(Path(sys.argv[2]).iterdir()):
    print(path.name, hashlib.sha256(path.read_bytes()).hexdigest())
"""
    import json

    (tmp_path / "documents.json").write_text(json.dumps(documents))
    printed = []
    for seed in ("1", "2"):
        command = [sys.executable, "-c", script, str(tmp_path / "documents.json"), str(tmp_path / f"model{seed}")]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        root = Path(topicore.__file__).parents[1]
        environment["PYTHONPATH"] = str(root)
        run = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
        printed.append(run.stdout)
    assert printed[0] == printed[1]
    assert "topicore.json" in printed[0]


@pytest.mark.parametrize("given", [True, False], ids=["given", "embedded"])
def test_sparse_shares_bring_the_hellinger_metric_to_a_reducer_that_takes_one(documents, given):
    from sklearn.feature_extraction.text import TfidfVectorizer

    from topicore.components import Reducer
    from topicore.specs import ReducerSpec

    seen = []

    class Metric(Reducer):
        spec = ReducerSpec(
            name="metric",
            target="tests:Metric",
            summary="Takes a metric.",
            sparse_input=True,
            receives={"metric": "metric"},
        )

        def __init__(self, metric: str = "cosine") -> None:
            self.metric = metric

        def fit_transform(self, x, y=None, /):
            seen.append(self.metric)
            return x[:, :5].toarray() if hasattr(x, "toarray") else x[:, :5]

        def transform(self, x, /):
            return self.fit_transform(x)

    rows = TfidfVectorizer().fit_transform(documents)
    if given:
        TopicModel(reducer=Metric()).fit(documents, embeddings=rows)
    else:
        TopicModel(reducer=Metric(), embedder=TfidfVectorizer()).fit(documents)
    TopicModel(reducer=Metric()).fit(documents, embeddings=rows.toarray())
    assert seen == ["hellinger", "cosine"]
