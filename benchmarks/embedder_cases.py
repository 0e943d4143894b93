"""What the embedders are measured with: of each backend a native object, its library's best batch call, the peer's.

Models are all-MiniLM-L6-v2 where the library can load it, else those of the plugins' tests or ones made of the texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import numpy as np
from embedder_parts import (
    THREADS,
    Case,
    Setting,
    averaging_network,
    by_length,
    case,
    large_clip,
    pictures,
    served,
    tests,
    together,
    vectors_file,
    word2vec,
)

import topicore

FEW = 8
"""Texts in one pass, where large ones outgrow the caches of a processor: there often the library's best."""


def sentence_transformers(setting: Setting) -> Iterator[Case]:
    from sentence_transformers import SentenceTransformer

    texts = setting.texts
    model = SentenceTransformer(setting.minilm, device="cpu", local_files_only=True)
    encode = partial(model.encode, texts, show_progress_bar=False)
    library = {f"encode, {size}": partial(encode, batch_size=size) for size in (setting.batch_size, FEW)}
    yield case("all-MiniLM-L6-v2", model, texts, library, "_sentencetransformers:SentenceTransformerBackend")


def transformers(setting: Setting) -> Iterator[Case]:
    import torch
    from transformers.pipelines import pipeline

    texts, limit = setting.texts, 512
    pipe = pipeline("feature-extraction", model=setting.minilm, device="cpu")

    def padded(batch: list[str]) -> Any:
        given = pipe.tokenizer(batch, padding=True, truncation=True, max_length=limit, return_tensors="pt")
        with torch.inference_mode():
            hidden = pipe.model(**given).last_hidden_state
        mask = given["attention_mask"].unsqueeze(-1)
        return ((hidden * mask).sum(1) / mask.sum(1)).numpy()

    def piped(size: int) -> None:
        pipe(sorted(texts, key=len), batch_size=size, truncation=True, max_length=limit, return_tensors=True)

    library = {f"model, {size} sorted": partial(by_length, padded, texts, size) for size in (setting.batch_size, FEW)}
    pipes = {f"pipeline, {size} sorted": partial(piped, size) for size in (setting.batch_size, FEW)}
    peer = "_hftransformers:HFTransformerBackend"
    yield case("all-MiniLM-L6-v2", pipe, texts, {**library, **pipes}, peer)


def flair(setting: Setting) -> Iterator[Case]:
    from flair.data import Sentence
    from flair.embeddings import DocumentPoolEmbeddings, TransformerDocumentEmbeddings, WordEmbeddings

    def embedded(native: Any, batch: list[str]) -> Any:
        sentences = [Sentence(text) for text in batch]
        native.embed(sentences)
        rows = np.stack([sentence.embedding.detach().cpu().numpy() for sentence in sentences])
        for sentence in sentences:
            sentence.clear_embeddings()
        return rows

    peer = "_flair:FlairBackend"
    minilm = TransformerDocumentEmbeddings(setting.minilm, cls_pooling="mean", fine_tune=False)
    library = {
        f"embed, {size} sorted": partial(by_length, partial(embedded, minilm), setting.texts, size)
        for size in (setting.batch_size, FEW)
    }
    yield case("all-MiniLM-L6-v2", minilm, setting.texts, library, peer)
    with vectors_file(word2vec(setting.texts, 100).wv) as path:
        words = DocumentPoolEmbeddings([WordEmbeddings(path)], fine_tune_mode="none")
    library = {
        f"embed, {setting.batch_size}": partial(by_length, partial(embedded, words), setting.texts, setting.batch_size)
    }
    yield case("word vectors, 100", words, setting.texts, library, peer)


def spacy(setting: Setting) -> Iterator[Case]:
    tiny = tests("spacy", "tiny_spacy")
    peer = "_spacy:SpacyBackend"
    words = sorted({word for text in setting.texts for word in re.findall(r"\w+", text)})
    nlp = tiny.empty()
    from spacy.vectors import Vectors

    table = np.random.default_rng(0).normal(size=(len(words), 300)).astype(np.float32)
    nlp.vocab.vectors = Vectors(strings=nlp.vocab.strings, keys=words, data=table, name="random")
    many = [text for text in setting.many if nlp(text).has_vector]  # of others the peer asks a transformer
    library = {"nlp.pipe": lambda: np.stack([doc.vector for doc in nlp.pipe(many)])}
    yield case("word vectors, 300", nlp, many, library, peer)

    def means(trf: Any, size: int) -> Any:
        return np.stack([_mean(doc._.trf_data) for doc in trf.pipe(setting.texts, batch_size=size)])

    for package, made in (("spacy_curated_transformers", "curated"), ("spacy_transformers", "spacy_transformer")):
        if tiny.has(package):
            trf = tiny.load(getattr(tiny, made)(), exclude=["sentencizer"])
            library = {f"nlp.pipe, {size}": partial(means, trf, size) for size in (64, setting.batch_size)}
            yield case(f"tiny {package}", trf, setting.texts, library, peer)


def _mean(found: Any) -> Any:
    """The mean of the pieces that a transformer of spaCy read, without padding."""
    if hasattr(found, "last_hidden_layer_state"):
        return found.last_hidden_layer_state.dataXd.mean(0)
    return found.model_output.last_hidden_state[np.asarray(found.wordpieces.attention_mask, bool)].mean(0)


def gensim(setting: Setting) -> Iterator[Case]:
    """Texts of lower-case words between blanks, half of which the models were trained on: all cut them alike."""
    from gensim.models import Doc2Vec, FastText
    from gensim.models.doc2vec import TaggedDocument

    many = [" ".join(re.findall("[a-z0-9]+", text.lower())) or "empty" for text in setting.many]
    many = list(dict.fromkeys(many))
    sentences = [text.split() for text in many[::2]]

    def means(vectors: Any) -> Any:
        rows = np.zeros((len(many), vectors.vector_size), dtype=np.float32)
        for row, text in zip(rows, many, strict=True):
            words = [word for word in text.split() if word in vectors]
            if words:
                row[:] = vectors[words].mean(0)
        return rows

    common = {"workers": 1, "seed": 1, "epochs": 5}
    for title, vectors in (
        ("KeyedVectors, 300", word2vec(many[::2], 300).wv),
        ("FastText, 100, unknown words", FastText(sentences, vector_size=100, bucket=20_000, **common).wv),
    ):
        yield case(title, vectors, many, {"vectors[words].mean(0)": partial(means, vectors)}, "_gensim:GensimBackend")
    few = many[: len(setting.texts)]
    tagged = [TaggedDocument(words, [place]) for place, words in enumerate(sentences)]
    model = Doc2Vec(tagged, vector_size=100, **common)

    def inferred() -> None:
        for text in few:
            model.infer_vector(text.split())

    yield case("Doc2Vec, 100", model, few, {"infer_vector": inferred}, "_gensim:GensimBackend")


def use(setting: Setting) -> Iterator[Case]:
    texts, size, module = setting.many, 256, averaging_network()

    def batches() -> Any:
        return np.concatenate([module(texts[at : at + size]).numpy() for at in range(0, len(texts), size)])

    yield case("averaging network, 512", module, texts, {f"module, {size}": batches}, "_use:USEBackend")


def model2vec(setting: Setting) -> Iterator[Case]:
    """The token vectors of MiniLM with its tokenizer."""
    from model2vec import StaticModel
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    folder = Path(setting.minilm)
    (vectors,) = [
        table
        for name, table in load_file(folder / "model.safetensors").items()
        if name.endswith("word_embeddings.weight")
    ]
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    model = StaticModel(vectors, tokenizer, normalize=True)
    whole = partial(model.encode, setting.many, max_length=None, use_multiprocessing=False)
    cut = partial(model.encode, setting.many, use_multiprocessing=False)
    library = {"encode, whole texts": whole, "encode, 512 tokens": cut}
    yield case("token vectors, 384", model, setting.many, library, "_model2vec:Model2VecBackend")


def fastembed(setting: Setting) -> Iterator[Case]:
    from fastembed import TextEmbedding

    texts, size, title = setting.texts, setting.batch_size, "all-MiniLM-L6-v2"
    if setting.onnx:
        model = TextEmbedding(f"sentence-transformers/{title}", specific_model_path=str(setting.onnx), threads=1)
    else:
        title, texts = "tiny model", setting.many
        model = tests("fastembed", "tiny_fastembed").native(threads=1)

    def peer() -> Any:
        """Its ``__init__`` takes a name only, and downloads."""
        from bertopic.backend._fastembed import FastEmbedBackend

        made = FastEmbedBackend.__new__(FastEmbedBackend)
        made.embedding_model = model
        return made

    library = {
        f"embed, {size}": lambda: np.stack(list(model.embed(texts, batch_size=size))),
        f"embed, {size} sorted": partial(by_length, lambda batch: np.stack(list(model.embed(batch))), texts, size),
    }
    yield case(title, model, texts, library, peer)


def clip(setting: Setting) -> Iterator[Case]:
    """Towers of the published sizes, of random weights, with the tokenizer and the small images of the tests."""
    tiny = tests("clip", "tiny_clip")
    texts, images, size = setting.texts, pictures(setting.images, len(setting.texts)), setting.batch_size
    with TemporaryDirectory() as folder:
        large_clip(tiny.folder(), folder)
        model, embedder = tiny.native(folder), topicore.embedder(f"clip:{folder}")
        encode = partial(model.encode, batch_size=size, show_progress_bar=False)

        def peer() -> Any:
            from bertopic.backend._multimodal import MultiModalBackend

            return MultiModalBackend(model, batch_size=size)

        wrapped = [{"text": text} for text in texts]
        yield case("random, texts", embedder, texts, {f"encode, {size}": partial(encode, wrapped)}, peer)
        yield Case(
            "random, images",
            len(images),
            lambda: topicore.embed(embedder, images=images),
            {f"encode, {size}": partial(encode, [{"image": image} for image in images])},
            lambda: partial(peer().embed_images, images, verbose=False),
        )


def openai(setting: Setting) -> Iterator[Case]:
    from openai import OpenAI

    with served("openai", "tiny_openai", setting.base_url) as (url, key):
        name, size = ("all-MiniLM-L6-v2" if setting.base_url else "text-embedding-3-small"), setting.batch_size
        client = OpenAI(api_key=key, base_url=url)

        def request(batch: list[str]) -> Any:
            answer = client.embeddings.create(input=batch, model=name)
            return np.array([found.embedding for found in sorted(answer.data, key=lambda found: found.index)])

        def peer() -> Any:
            from bertopic.backend._openai import OpenAIBackend

            return OpenAIBackend(client, name, batch_size=size, generator_kwargs={})

        embedder = topicore.embedder(client, model=name, batch_size=size)
        calls = {f"create, {size}, {THREADS} threads": partial(together, request, setting.texts, size)}
        yield case("MiniLM on a server" if setting.base_url else "stand-in", embedder, setting.texts, calls, peer)


def cohere(setting: Setting) -> Iterator[Case]:
    from cohere import ClientV2

    with served("cohere", "tiny_cohere") as (url, key):
        client, size = ClientV2(key, base_url=url), 96
        common = {"model": "embed-v4.0", "input_type": "clustering"}

        def request(batch: list[str]) -> Any:
            answer = client.embed(texts=batch, embedding_types=["float"], truncate="END", **common)
            return np.array(answer.embeddings.float_)

        def peer() -> Any:
            """It speaks to the first version of the service only, which the server of the tests does not."""
            from bertopic.backend._cohere import CohereBackend

            first = SimpleNamespace(embed=lambda texts, **_: SimpleNamespace(embeddings=request(texts).tolist()))
            return CohereBackend(first, batch_size=size, embed_kwargs=dict(common))

        calls = {f"embed, {size}, {THREADS} threads": partial(together, request, setting.texts, size)}
        yield case("stand-in", topicore.embedder(client), setting.texts, calls, peer)


BACKENDS: dict[str, Callable[[Setting], Iterator[Case]]] = {
    "sentence-transformers": sentence_transformers,
    "transformers": transformers,
    "flair": flair,
    "spacy": spacy,
    "gensim": gensim,
    "use": use,
    "openai": openai,
    "cohere": cohere,
    "clip": clip,
    "model2vec": model2vec,
    "fastembed": fastembed,
}
