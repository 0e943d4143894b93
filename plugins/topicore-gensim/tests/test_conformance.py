"""The promises of an embedder, kept by file and around each type of object."""

from __future__ import annotations

import tiny_gensim

from topicore.testing import conformance
from topicore_gensim import GensimEmbedder

test_file = conformance(
    lambda: GensimEmbedder(str(tiny_gensim.files() / "vectors.txt")), native=lambda: tiny_gensim.word2vec().wv
)
test_pickle = conformance(lambda: GensimEmbedder(str(tiny_gensim.files() / "words.kv"), allow_pickle=True))
test_word2vec = conformance(lambda: GensimEmbedder.from_native(tiny_gensim.word2vec()), native=tiny_gensim.word2vec)
test_fasttext = conformance(lambda: GensimEmbedder.from_native(tiny_gensim.fasttext()), native=tiny_gensim.fasttext)
test_subwords = conformance(lambda: GensimEmbedder(str(tiny_gensim.files() / "facebook.bin")))
test_doc2vec = conformance(lambda: GensimEmbedder.from_native(tiny_gensim.doc2vec()), native=tiny_gensim.doc2vec)
