"""A captioner that has learned to name four colours, made in seconds; no network."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import tiny_clip

from topicore_clip.captioning import quiet

CAPTIONS = ("a bowl of red soup", "a dog on green grass", "a ship on the blue sea", "a hill of white snow")
"""What it says of the kinds of picture."""
_SIZES = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
_KEPT = TemporaryDirectory(prefix="tiny-captioners-", ignore_cleanup_errors=True)


@cache
def vision_and_text() -> str:
    """Folder of a ViT with a GPT-2, trained."""
    place = Path(_KEPT.name) / "vit-gpt2"
    with quiet():
        from transformers import GPT2Config, VisionEncoderDecoderConfig, VisionEncoderDecoderModel, ViTConfig

        words = _tokenizer(place)
        marks = {"bos_token_id": words.bos_token_id, "eos_token_id": words.eos_token_id}
        text = GPT2Config(n_embd=32, n_layer=1, n_head=2, vocab_size=len(words), n_positions=40, **marks)
        vision = ViTConfig(**_SIZES, image_size=32, patch_size=16)
        config = VisionEncoderDecoderConfig.from_encoder_decoder_configs(vision, text)
        config.decoder_start_token_id, config.pad_token_id = words.bos_token_id, words.pad_token_id
        config.eos_token_id = words.eos_token_id
        model = VisionEncoderDecoderModel(config)
        _train(model, _processor(place), words)
        model.save_pretrained(place)
    return str(place)


@cache
def blip() -> str:
    """Folder of a BLIP of random weights."""
    place = Path(_KEPT.name) / "blip"
    with quiet():
        import torch
        from transformers import BlipConfig, BlipForConditionalGeneration

        torch.manual_seed(1)
        words = _tokenizer(place)
        _processor(place)
        marks = {"bos_token_id": words.bos_token_id, "eos_token_id": words.eos_token_id, "sep_token_id": 1}
        text = {**_SIZES, **marks, "vocab_size": len(words), "pad_token_id": 0, "encoder_hidden_size": 32}
        vision = {**_SIZES, "image_size": 32, "patch_size": 16}
        BlipForConditionalGeneration(BlipConfig(text_config=text, vision_config=vision)).save_pretrained(place)
    return str(place)


@cache
def git() -> str:
    """Folder of a GIT of random weights."""
    place = Path(_KEPT.name) / "git"
    with quiet():
        import torch
        from transformers import GitConfig, GitForCausalLM

        torch.manual_seed(1)
        words = _tokenizer(place)
        _processor(place)
        marks = {"bos_token_id": words.bos_token_id, "eos_token_id": words.eos_token_id, "pad_token_id": 0}
        vision = {**_SIZES, "image_size": 32, "patch_size": 16}
        GitForCausalLM(GitConfig(vision_config=vision, **_SIZES, **marks, vocab_size=len(words))).save_pretrained(place)
    return str(place)


@cache
def talker() -> str:
    """Folder of a GIT with a template for chats, as models have that answer questions."""
    place = Path(_KEPT.name) / "talker"
    shutil.copytree(git(), place)
    with quiet():
        words = _tokenizer(place)
        words.chat_template = "{% for message in messages %}{{ message.content }}{% endfor %}"
        words.save_pretrained(place)
    return str(place)


def _tokenizer(place: Path) -> Any:
    """One token a word, in the folder *place*."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    known = ["[PAD]", "[END]", "[START]", "[UNK]", *sorted({word for caption in CAPTIONS for word in caption.split()})]
    words = Tokenizer(models.WordLevel({word: number for number, word in enumerate(known)}, unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    marks = {"pad_token": "[PAD]", "eos_token": "[END]", "bos_token": "[START]", "unk_token": "[UNK]"}
    found = PreTrainedTokenizerFast(tokenizer_object=words, **marks)
    found.save_pretrained(place)
    return found


def _processor(place: Path) -> Any:
    from transformers import ViTImageProcessor

    found = ViTImageProcessor(size={"height": 32, "width": 32})
    found.save_pretrained(place)
    return found


def _train(model: Any, processor: Any, words: Any) -> None:
    """Teach *model* the captions of the kinds of picture."""
    import torch

    dice = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for _, weights in sorted(model.named_parameters()):
            if weights.dim() > 1:
                weights.normal_(std=0.1, generator=dice)
    pixels = processor(images=tiny_clip.pictures(4), return_tensors="pt")["pixel_values"]
    texts = [f"{caption} {words.eos_token}" for caption in CAPTIONS]
    labels = words(texts, return_tensors="pt", padding=True)["input_ids"]
    labels[labels == words.pad_token_id] = -100
    steps = torch.optim.Adam(model.parameters(), lr=0.005)
    model.eval()
    for _ in range(120):
        loss = model(pixel_values=pixels, labels=labels).loss
        steps.zero_grad()
        loss.backward()
        steps.step()
