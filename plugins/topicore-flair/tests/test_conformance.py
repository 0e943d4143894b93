"""The promises of an embedder, kept by name, by file and by object."""

from __future__ import annotations

import tiny_flair

from topicore.testing import conformance
from topicore_flair import FlairEmbedder

test_folder = conformance(
    lambda: FlairEmbedder(tiny_flair.bert()), native=lambda: tiny_flair.transformer(tiny_flair.bert())
)
test_words = conformance(
    lambda: FlairEmbedder(tiny_flair.vectors("vectors.txt"), kind="word"), native=lambda: tiny_flair.words()
)
test_document_embeddings = conformance(
    lambda: FlairEmbedder.from_native(tiny_flair.transformer(tiny_flair.roberta(), cls_pooling="mean"), batch_size=8)
)
test_token_embeddings = conformance(
    lambda: FlairEmbedder.from_native(tiny_flair.token_transformer(tiny_flair.bert()), pooling="max")
)
