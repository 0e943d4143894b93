"""CLIP models of random weights, built in a second, and images to look at; no network."""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from PIL import Image

from topicore_clip.captioning import quiet

WIDTH = 24
"""Numbers of a row."""
TOKENS = 77
"""Of a text that the models read."""
COLOURS = ((230, 30, 20), (20, 210, 30), (20, 30, 240), (250, 250, 250))
"""What the kinds of picture look like."""
_KEPT = TemporaryDirectory(prefix="tiny-clips-", ignore_cleanup_errors=True)


@cache
def folder() -> str:
    """Folder of a model as transformers saves it."""
    place = Path(_KEPT.name) / "plain"
    place.mkdir()
    with quiet():
        import torch
        from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPProcessor

        tokenizer = _tokenizer(place)
        sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
        marks = {name: getattr(tokenizer, name) for name in ("bos_token_id", "eos_token_id", "pad_token_id")}
        text = {**sizes, **marks, "vocab_size": len(tokenizer), "max_position_embeddings": TOKENS}
        vision = {**sizes, "image_size": 32, "patch_size": 8}
        model = CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=WIDTH))
        dice = torch.Generator().manual_seed(0)
        with torch.no_grad():  # what a library draws differs between its versions; images outweigh texts
            for name, weights in sorted(model.named_parameters()):
                if weights.dim() > 1:
                    weights.normal_(std=0.01 if name.startswith("text_projection") else 0.1, generator=dice)
        pixels = CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
        for part in (model, CLIPProcessor(image_processor=pixels, tokenizer=tokenizer), pixels):
            part.save_pretrained(place)
    return str(place)


@cache
def published() -> str:
    """Folder of the same model in the layout of the published clip-ViT-B-32."""
    place = Path(_KEPT.name) / "published"
    shutil.copytree(folder(), place / "0_CLIPModel")
    module = {"idx": 0, "name": "0", "path": "0_CLIPModel", "type": "sentence_transformers.models.CLIPModel"}
    (place / "modules.json").write_text(json.dumps([module]), encoding="utf-8")
    settings = {"__version__": {"sentence_transformers": "2.0.0"}}
    (place / "config_sentence_transformers.json").write_text(json.dumps(settings), encoding="utf-8")
    return str(place)


@cache
def texts_only() -> str:
    """Folder of a BERT, which sees no images."""
    place = str(Path(_KEPT.name) / "texts-only")
    with quiet():
        from tokenizers import Tokenizer, models
        from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

        words = Tokenizer(models.WordLevel({"[PAD]": 0, "[UNK]": 1}, unk_token="[UNK]"))
        marks = {"unk_token": "[UNK]", "pad_token": "[PAD]"}
        PreTrainedTokenizerFast(tokenizer_object=words, model_max_length=64, **marks).save_pretrained(place)
        sizes = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 1}
        BertModel(BertConfig(vocab_size=2, max_position_embeddings=64, **sizes)).save_pretrained(place)
    return place


def native(place: str) -> Any:
    """The model in the folder *place* as the library loads it."""
    with quiet():
        from sentence_transformers import SentenceTransformer

        return SentenceTransformer(place, device="cpu", local_files_only=True)


def picture(kind: int, seed: int = 0) -> Image.Image:
    """40 by 30 pixels: noise around the colour of this *kind*."""
    noise = np.random.default_rng(seed).integers(-15, 16, size=(30, 40, 3))
    return Image.fromarray((np.array(COLOURS[kind]) + noise).clip(0, 255).astype(np.uint8))


def pictures(n: int) -> list[Image.Image]:
    """*n* pictures, their kinds in turn."""
    return [picture(place % len(COLOURS), place) for place in range(n)]


def _tokenizer(place: Path) -> Any:
    """One token a letter, and a mark at each end of a text."""
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import CLIPTokenizerFast

    letters = sorted(ByteLevel.alphabet())
    pieces = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    places = {piece: number for number, piece in enumerate(pieces)}
    (place / "vocab.json").write_text(json.dumps(places), encoding="utf-8")
    (place / "merges.txt").write_text("#version: 0.2\n", encoding="utf-8")
    return CLIPTokenizerFast.from_pretrained(place, model_max_length=TOKENS)
