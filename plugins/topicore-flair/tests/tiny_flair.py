"""Real embeddings of flair, tiny, built in a second each; no network."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from topicore_flair.silence import quiet

THEMES = ("moon rocket orbit", "bread oven flour", "goal league match", "court judge jury")
WORDS = [*" ".join(THEMES).split(), *"the of and a in".split()]
DOCUMENTS = [" ".join([*theme.split(), theme.split()[turn % 3]]) for turn in range(8) for theme in THEMES]
POSITIONS = 64
SIZES = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
_KEPT = TemporaryDirectory(prefix="tiny-flair-", ignore_cleanup_errors=True)


@cache
def bert(limit: int | None = POSITIONS) -> str:
    """Folder of a two-layer BERT, 32 wide, 64 positions; *limit* is what its tokenizer knows of that."""
    with quiet():
        from tokenizers import Tokenizer, models, pre_tokenizers, processors
        from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

        letters = "abcdefghijklmnopqrstuvwxyz"
        pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS, *letters, *(f"##{letter}" for letter in letters)]
        vocabulary = {piece: place for place, piece in enumerate(dict.fromkeys(pieces))}
        tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        ends = [("[CLS]", 2), ("[SEP]", 3)]
        tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
        marks = {"unk_token": "[UNK]", "pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
        length = {"model_max_length": limit} if limit else {}
        wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, **length, **marks)
        config = BertConfig(vocab_size=len(vocabulary), max_position_embeddings=POSITIONS, **SIZES)
        return _saved(f"bert{limit}", _seeded(BertModel, config), wrapped)


@cache
def roberta() -> str:
    """Folder of a RoBERTa that is set to 66 positions, of which 64 can be used; its tokenizer has no limit."""
    with quiet():
        from transformers import RobertaConfig, RobertaModel

        marks = {"bos_token": "<s>", "cls_token": "<s>", "pad_token": "<pad>", "eos_token": "</s>"}
        tokenizer = _bytes(["<s>", "<pad>", "</s>", "<unk>"], marks, ends=True)
        places = {"pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2, "type_vocab_size": 1}
        config = RobertaConfig(vocab_size=len(tokenizer), max_position_embeddings=POSITIONS + 2, **places, **SIZES)
        return _saved("roberta", _seeded(RobertaModel, config), tokenizer)


@cache
def gpt2() -> str:
    """Folder of a GPT-2: its tokenizer has nothing to pad with, so flair alone cannot read texts with it."""
    with quiet():
        from transformers import GPT2Config, GPT2Model

        tokenizer = _bytes(["<|endoftext|>"], {"eos_token": "<|endoftext|>"}, ends=False)
        sizes = {"n_embd": 32, "n_layer": 2, "n_head": 2, "n_positions": POSITIONS}
        config = GPT2Config(vocab_size=len(tokenizer), bos_token_id=0, eos_token_id=0, **sizes)
        return _saved("gpt2", _seeded(GPT2Model, config), tokenizer)


def transformer(folder: str, **parameters: Any) -> Any:
    """Flair's own embeddings of a text with the model in *folder*."""
    with quiet():
        from flair.embeddings import TransformerDocumentEmbeddings

        return TransformerDocumentEmbeddings(folder, **parameters)


def token_transformer(folder: str, **parameters: Any) -> Any:
    """Flair's own embeddings of tokens with the model in *folder*."""
    with quiet():
        from flair.embeddings import TransformerWordEmbeddings

        return TransformerWordEmbeddings(folder, **parameters)


def words(name: str = "vectors.txt") -> Any:
    """Flair's own word embeddings from a file."""
    with quiet():
        from flair.embeddings import WordEmbeddings

        return WordEmbeddings(vectors(name))


def pool(*parts: Any, **parameters: Any) -> Any:
    """Flair's own mean of embeddings of tokens; it takes *parts* over."""
    with quiet():
        from flair.embeddings import DocumentPoolEmbeddings

        return DocumentPoolEmbeddings(list(parts), **parameters)


@cache
def _vectors() -> Path:
    with quiet():
        from gensim.models import KeyedVectors

        folder = Path(_KEPT.name) / "vectors"
        folder.mkdir()
        found = keyed(KeyedVectors(16))
        found.save_word2vec_format(str(folder / "vectors.txt"))
        found.save_word2vec_format(str(folder / "vectors.bin"), binary=True)
        found.save_word2vec_format(str(folder / "glove.txt"), write_header=False)
        found.save(str(folder / "vectors.kv"))
        return folder


def vectors(name: str) -> str:
    """Path of the same vectors as ``vectors.txt``, ``vectors.bin``, ``glove.txt`` or the pickle ``vectors.kv``."""
    return str(_vectors() / name)


def keyed(empty: Any) -> Any:
    """An *empty* ``KeyedVectors`` with the words of each theme side by side."""
    import numpy as np

    draw = np.random.default_rng(0)
    centres = draw.normal(size=(len(THEMES), empty.vector_size))
    themed = [centres[place] + 0.1 * draw.normal(size=(3, empty.vector_size)) for place in range(len(THEMES))]
    rows = np.vstack([*themed, 0.1 * draw.normal(size=(5, empty.vector_size))]).astype(np.float32)
    empty.add_vectors(WORDS, rows)
    return empty


def own(embeddings: Any, text: str) -> Any:
    """(d,) what flair gives for one text."""
    import torch
    from flair.data import Sentence

    found = Sentence(text)
    with torch.no_grad():
        embeddings.embed([found])
    return found.embedding.cpu().numpy()


def _seeded(kind: Any, config: Any) -> Any:
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return kind(config)


def _bytes(special: list[str], marks: dict[str, str], ends: bool) -> Any:
    """Any text by its bytes, after *special* tokens."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    pieces = [*special, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    tokenizer = Tokenizer(models.BPE({piece: place for place, piece in enumerate(pieces)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    if ends:
        around = [("<s>", 0), ("</s>", 2)]
        tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=around)
    names = ["input_ids", "attention_mask"]
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_input_names=names, **marks)


def _saved(name: str, model: Any, tokenizer: Any) -> str:
    folder = str(Path(_KEPT.name) / name)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
