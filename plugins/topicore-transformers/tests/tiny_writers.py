"""Real models that write, trained offline in seconds or not at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import tiny_transformers

from topicore.llm import Message
from topicore_transformers.loading import quiet

THEMES = {
    "Space travel": "moon rocket orbit",
    "Baking bread": "bread oven flour",
    "Team sports": "goal league match",
    "Law courts": "court judge jury",
}
CHAT = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}</s>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
ROOM = 512
STEPS = 80
LANGUAGE: dict[str, Any] = {"system_prompt": "", "prompt": "Words: [KEYWORDS]", "documents": 0, "keywords": 3}
"""The questions that the chat model was taught."""
FORM = (
    "Answer with one JSON object and nothing else. Its keys:\n"
    '- "label": a name for the topic in two to six words, in the language of the documents'
)


@cache
def llama() -> str:
    """Folder of a two-layer Llama with a template for chats that answers as JSON what words are about."""
    with quiet():
        import torch
        from transformers import LlamaConfig, LlamaForCausalLM

        tokenizer = _learned([*map(_row, _lessons(0)), "Answer with JSON"])
        tokenizer.chat_template = CHAT
        sizes = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4}
        marks = {"bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 2}
        config = LlamaConfig(vocab_size=len(tokenizer), max_position_embeddings=ROOM, **sizes, **marks)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            model = LlamaForCausalLM(config)
            _taught(model, tokenizer)
        return tiny_transformers._saved("llama", model, tokenizer)


@cache
def untaught() -> str:
    """Folder of a Llama without a template, with random weights, and with settings for sampling of its own."""
    with quiet():
        from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM

        tokenizer = _learned(["moon rocket orbit", FORM])
        sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
        config = LlamaConfig(vocab_size=len(tokenizer), max_position_embeddings=ROOM, eos_token_id=1, **sizes)
        model = tiny_transformers._seeded(LlamaForCausalLM, config)
        drawn = {"do_sample": True, "temperature": 0.6, "top_k": 20, "top_p": 0.95, "max_length": 20}
        model.generation_config = GenerationConfig(eos_token_id=[1, 0], **drawn)
        return tiny_transformers._saved("untaught", model, tokenizer)


@cache
def t5() -> str:
    """Folder of a T5 with random weights, encoder and decoder."""
    with quiet():
        from transformers import T5Config, T5ForConditionalGeneration

        tokenizer = tiny_transformers._wordpieces(["input_ids", "attention_mask"])
        sizes = {"d_model": 32, "d_kv": 16, "d_ff": 64, "num_layers": 1, "num_heads": 2}
        marks = {"decoder_start_token_id": 0, "pad_token_id": 0, "eos_token_id": 3}
        config = T5Config(vocab_size=len(tokenizer), **marks, **sizes)
        return tiny_transformers._saved(
            "t5-writer", tiny_transformers._seeded(T5ForConditionalGeneration, config), tokenizer
        )


def question(words: Sequence[str]) -> Message:
    """What is asked about *words* with the settings in LANGUAGE."""
    return Message(role="user", text=f"Words: {', '.join(words)}\n\n{FORM}")


def _lessons(seed: int) -> list[tuple[str, str]]:
    import random

    order = random.Random(seed)
    found = []
    for label, words in THEMES.items():
        mixed = words.split()
        order.shuffle(mixed)
        found.append((question(mixed).text, json.dumps({"label": label})))
    return found


def _row(lesson: tuple[str, str]) -> str:
    return f"<|user|>{lesson[0]}</s><|assistant|>{lesson[1]}</s>"


def _taught(model: Any, tokenizer: Any) -> None:
    """Only the answers are learned."""
    import torch

    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    model.train()
    for step in range(STEPS):
        rows = tokenizer([_row(lesson) for lesson in _lessons(step)], return_tensors="pt", padding=True)
        ids, read = rows["input_ids"], rows["attention_mask"]
        answer = (ids == tokenizer.convert_tokens_to_ids("<|assistant|>")).cumsum(1).bool() & read.bool()
        model(input_ids=ids, attention_mask=read, labels=ids.masked_fill(~answer, -100)).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    model.eval()


def _learned(texts: Sequence[str]) -> Any:
    """A tokenizer of any text by its bytes, with longer pieces for what is in *texts*."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<s>", "</s>", "<pad>", "<|user|>", "<|assistant|>", "<|system|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=500, show_progress=False, special_tokens=special, initial_alphabet=alphabet
    )
    tokenizer.train_from_iterator(texts, trainer)
    marks = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>"}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=ROOM, **marks)
