"""Real models of several architectures with random weights, built in a second each; no network."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from topicore_transformers.loading import quiet

WORDS = "moon rocket orbit bread oven flour goal league match court judge jury the of and a in".split()
POSITIONS = 64
SIZES = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
_KEPT = TemporaryDirectory(prefix="tiny-transformers-", ignore_cleanup_errors=True)


@cache
def bert() -> str:
    """Folder of a two-layer BERT, 32 wide, 64 tokens."""
    with quiet():
        from transformers import BertConfig, BertModel

        tokenizer = _wordpieces(["input_ids", "token_type_ids", "attention_mask"])
        config = BertConfig(vocab_size=len(tokenizer), max_position_embeddings=POSITIONS, **SIZES)
        return _saved("bert", _seeded(BertModel, config), tokenizer)


@cache
def distilbert(name: str = "distilbert") -> str:
    """Folder of a DistilBERT whose tokenizer also gives token types, which the model does not take."""
    with quiet():
        from transformers import DistilBertConfig, DistilBertModel

        tokenizer = _wordpieces(["input_ids", "token_type_ids", "attention_mask"])
        sizes = {"dim": 32, "hidden_dim": 64, "n_layers": 2, "n_heads": 2}
        config = DistilBertConfig(vocab_size=len(tokenizer), max_position_embeddings=POSITIONS, **sizes)
        return _saved(name, _seeded(DistilBertModel, config), tokenizer)


@cache
def roberta() -> str:
    """Folder of a RoBERTa that is set to 66 positions, of which 64 can be used; its tokenizer has no limit."""
    with quiet():
        from transformers import RobertaConfig, RobertaModel

        tokenizer = _bytes(["<s>", "<pad>", "</s>", "<unk>"], {"bos_token": "<s>", "pad_token": "<pad>"}, ends=True)
        places = {"pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2, "type_vocab_size": 1}
        config = RobertaConfig(vocab_size=len(tokenizer), max_position_embeddings=POSITIONS + 2, **places, **SIZES)
        return _saved("roberta", _seeded(RobertaModel, config), tokenizer)


@cache
def gpt2() -> str:
    """Folder of a GPT-2: it reads from left to right, and its tokenizer neither pads nor marks the ends."""
    with quiet():
        from transformers import GPT2Config, GPT2Model

        tokenizer = _bytes(["<|endoftext|>"], {"eos_token": "<|endoftext|>"}, ends=False)
        sizes = {"n_embd": 32, "n_layer": 2, "n_head": 2, "n_positions": POSITIONS}
        config = GPT2Config(vocab_size=len(tokenizer), bos_token_id=0, eos_token_id=0, **sizes)
        return _saved("gpt2", _seeded(GPT2Model, config), tokenizer)


@cache
def t5() -> str:
    """Folder of a T5, encoder and decoder."""
    with quiet():
        from transformers import T5Config, T5Model

        tokenizer = _wordpieces(["input_ids", "attention_mask"])
        sizes = {"d_model": 32, "d_kv": 16, "d_ff": 64, "num_layers": 2, "num_heads": 2}
        config = T5Config(vocab_size=len(tokenizer), decoder_start_token_id=0, **sizes)
        return _saved("t5", _seeded(T5Model, config), tokenizer)


@cache
def fnet() -> str:
    """Folder of an FNet, which mixes tokens by Fourier transforms and knows no mask."""
    with quiet():
        from transformers import FNetConfig, FNetModel

        tokenizer = _wordpieces(["input_ids", "token_type_ids"])
        sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2}
        config = FNetConfig(vocab_size=len(tokenizer), max_position_embeddings=POSITIONS, **sizes)
        return _saved("fnet", _seeded(FNetModel, config), tokenizer)


@cache
def clip() -> str:
    """Folder of a CLIP, which wants an image with each text."""
    with quiet():
        from transformers import CLIPConfig, CLIPModel

        sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
        tokenizer = _wordpieces(["input_ids", "attention_mask"])
        text = {**sizes, "vocab_size": len(tokenizer), "bos_token_id": 2, "eos_token_id": 3, "pad_token_id": 0}
        vision = {**sizes, "image_size": 32, "patch_size": 8}
        return _saved("clip", _seeded(CLIPModel, CLIPConfig(text_config=text, vision_config=vision)), tokenizer)


NLI = ("contradiction", "neutral", "entailment")


@cache
def bert_nli(labels: tuple[str, ...] = NLI) -> str:
    """Folder of a BERT that judges pairs of texts, with opinions as strong as they are random."""
    with quiet():
        from transformers import BertConfig, BertForSequenceClassification

        tokenizer = _wordpieces(["input_ids", "token_type_ids", "attention_mask"])
        config = BertConfig(vocab_size=len(tokenizer), max_position_embeddings=POSITIONS, **SIZES, **_labels(labels))
        model = _seeded(BertForSequenceClassification, config)
        model.classifier.weight.data *= 100
        return _saved(f"bert-nli-{'-'.join(labels)}", model, tokenizer)


@cache
def bart_nli() -> str:
    """Folder of a BART that judges pairs of texts at the last ``</s>``."""
    with quiet():
        from transformers import BartConfig, BartForSequenceClassification

        special = ["<s>", "<pad>", "</s>", "<unk>"]
        tokenizer = _bytes(special, {"bos_token": "<s>", "pad_token": "<pad>", "eos_token": "</s>"}, ends=True)
        ends = {"pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2, "decoder_start_token_id": 2}
        heads = {f"{side}_attention_heads": 2 for side in ("encoder", "decoder")}
        sizes = {"d_model": 32, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64, "encoder_layers": 1, "decoder_layers": 1}
        length = {"max_position_embeddings": 256}
        config = BartConfig(vocab_size=len(tokenizer), **ends, **heads, **sizes, **length, **_labels(NLI))
        model = _seeded(BartForSequenceClassification, config)
        model.classification_head.out_proj.weight.data *= 1000
        return _saved("bart-nli", model, tokenizer)


@cache
def gpt2_nli() -> str:
    """Folder of a GPT-2 that judges pairs of texts; neither it nor its tokenizer knows of padding."""
    with quiet():
        from transformers import GPT2Config, GPT2ForSequenceClassification

        tokenizer = _bytes(["<|endoftext|>"], {"eos_token": "<|endoftext|>"}, ends=False)
        sizes = {"n_embd": 32, "n_layer": 2, "n_head": 2, "n_positions": 256}
        config = GPT2Config(vocab_size=len(tokenizer), bos_token_id=0, eos_token_id=0, **sizes, **_labels(NLI))
        return _saved("gpt2-nli", _seeded(GPT2ForSequenceClassification, config), tokenizer)


def pipeline(folder: str, task: str = "feature-extraction", **parameters: Any) -> Any:
    """The library's own pipeline with the model in *folder*."""
    with quiet():
        from transformers.pipelines import pipeline

        return pipeline(task, model=folder, device="cpu", **parameters)


def _labels(names: tuple[str, ...]) -> dict[str, Any]:
    return {"id2label": dict(enumerate(names)), "label2id": {name: place for place, name in enumerate(names)}}


def _seeded(kind: Any, config: Any) -> Any:
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return kind(config)


def _wordpieces(inputs: list[str]) -> Any:
    """Words of WORDS, letters for all others, a mark at each end of a text."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    letters = "abcdefghijklmnopqrstuvwxyz"
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS, *letters, *(f"##{letter}" for letter in letters)]
    vocabulary = {piece: place for place, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    ends = [("[CLS]", 2), ("[SEP]", 3)]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=ends
    )
    marks = {"unk_token": "[UNK]", "pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    length = {"model_max_length": POSITIONS, "model_input_names": inputs}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **length, **marks)


def _bytes(special: list[str], marks: dict[str, str], ends: bool) -> Any:
    """Any text by its bytes, after *special* tokens."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    pieces = [*special, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    tokenizer = Tokenizer(models.BPE({piece: place for place, piece in enumerate(pieces)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    if ends:
        around = [("<s>", 0), ("</s>", 2)]
        tokenizer.post_processor = processors.TemplateProcessing(
            single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=around
        )
    names = ["input_ids", "attention_mask"]
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_input_names=names, **marks)


def _saved(name: str, model: Any, tokenizer: Any) -> str:
    folder = str(Path(_KEPT.name) / name)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
