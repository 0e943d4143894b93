"""A compatible chat server that nobody here wrote: ``transformers serve``, with a tiny Llama that says anything.

It lives in an environment of its own; ``TOPICORE_TRANSFORMERS`` is the path of its executable.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

import topicore
from topicore.errors import ComponentError
from topicore.llm import Message, Request
from topicore.testing import DOCUMENTS
from topicore_openai import OpenAILabel

TRANSFORMERS = os.environ.get("TOPICORE_TRANSFORMERS")
SETTINGS = {**os.environ, "DO_NOT_TRACK": "1", "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
ASKED = Request(messages=(Message(role="user", text="the striker scored"),), schema=None, max_output_tokens=5)

MODEL = """
import sys, torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

torch.manual_seed(0)
bytewise = Tokenizer(models.BPE())
bytewise.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
bytewise.decoder = decoders.ByteLevel()
alphabet = pre_tokenizers.ByteLevel.alphabet()
special = ["<s>", "</s>", "<pad>"]
trainer = trainers.BpeTrainer(vocab_size=300, special_tokens=special, initial_alphabet=alphabet, show_progress=False)
bytewise.train_from_iterator(["the striker scored two goals"], trainer)
tokenizer = PreTrainedTokenizerFast(tokenizer_object=bytewise, bos_token="<s>", eos_token="</s>", pad_token="<pad>")
tokenizer.chat_template = "{% for turn in messages %}{{ turn['role'] }}: {{ turn['content'] }}\\n{% endfor %}"
shape = dict(hidden_size=32, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=2)
special = dict(bos_token_id=0, eos_token_id=1, pad_token_id=2)
model = LlamaForCausalLM(LlamaConfig(vocab_size=len(tokenizer), max_position_embeddings=4096, **shape, **special))
model.generation_config = GenerationConfig(do_sample=False, **special)
model.save_pretrained(sys.argv[1])
tokenizer.save_pretrained(sys.argv[1])
"""

pytestmark = pytest.mark.skipif(TRANSFORMERS is None, reason="TOPICORE_TRANSFORMERS names no transformers executable")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the weights are."""
    made = str(tmp_path_factory.mktemp("llama"))
    interpreter = str(Path(TRANSFORMERS or "").with_name("python"))
    subprocess.run([interpreter, "-c", MODEL, made], env=SETTINGS, check=True, capture_output=True)
    return made


@pytest.fixture(scope="module")
def url(folder: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of the running server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    log = tmp_path_factory.mktemp("serve") / "log"
    command = [TRANSFORMERS or "", "serve", folder, "--host", "127.0.0.1", "--port", port]
    command += ["--device", "cpu", "--dtype", "float32"]
    with (
        log.open("wb") as out,
        subprocess.Popen(command, env=SETTINGS, cwd=log.parent, stdout=out, stderr=out) as server,
    ):
        try:
            wait(server, f"http://127.0.0.1:{port}/health", log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.terminate()


def wait(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Until the server answers at *address*."""
    for _ in range(240):
        assert server.poll() is None, log.read_text(errors="replace")[-2000:]
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError("the server does not start")


def test_the_answer_is_the_models_own(url: str, folder: str) -> None:
    reply = OpenAILabel(folder, base_url=url).answer(ASKED)
    assert isinstance(reply.text, str)
    assert (reply.refusal, reply.cut) == (None, True)
    assert (reply.input_tokens, reply.output_tokens) > (5, 0)
    assert reply.output_tokens == 5


def test_topics_have_labels_or_keep_their_words(url: str, folder: str) -> None:
    made = topicore.representation(
        "openai.label", model=folder, base_url=url, max_output_tokens=8, max_requests=20, document_length=20
    )
    clusterer = topicore.clusterer("kmeans", n_clusters=3)
    model = topicore.TopicModel(embedder="lsa", clusterer=clusterer, representation=made)
    with pytest.warns(UserWarning, match="left 3 of 3 topics with the words they had: .*no JSON object"):
        model.fit(DOCUMENTS)
    assert all(model.get_topic(topic) for topic in range(3))
    made = made.fresh(structured=False, prompt="[KEYWORDS]")
    assert isinstance(made.answer(ASKED).text, str)


def test_a_model_that_is_not_there_is_named(url: str) -> None:
    with pytest.raises(ComponentError, match=r"127.0.0.1:\d+ .*"):
        OpenAILabel("nowhere/nothing", base_url=url).answer(ASKED)
