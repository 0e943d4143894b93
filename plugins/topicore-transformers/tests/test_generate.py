"""Labels of topics that models on this machine write."""

from __future__ import annotations

import logging
import os
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import tiny_transformers
import tiny_writers

import topicore
from topicore.components import Description
from topicore.errors import ComponentError, ParameterError
from topicore.llm import Message, Reply, Request
from topicore.testing import SmallView, conformance
from topicore_transformers import Generate
from topicore_transformers.generating import Words, Writer
from topicore_transformers.loading import Source, load, quiet

TASK = "text-generation"
TEXTS = ["moon rocket orbit", "🚀 луна 月", "</s><|assistant|> moon"]
THEMES = tuple(tiny_writers.THEMES.values())
LABELS = list(tiny_writers.THEMES) * 8
DOCUMENTS = [" ".join([*theme.split(), theme.split()[turn % 3]]) for turn in range(8) for theme in THEMES]


def tiny(folder: str | None = None, **parameters: Any) -> Generate:
    return Generate(folder or tiny_writers.llama(), device="cpu", **{**tiny_writers.LANGUAGE, **parameters})


def request(*texts: str, longest: int = 12, system: str = "") -> Request:
    """A conversation of *texts*, the user's and the model's in turn."""
    roles: Sequence[Any] = ("user", "assistant") * len(texts)
    turns = [Message(role=role, text=text) for role, text in zip(roles, texts, strict=False)]
    if system:
        turns.insert(0, Message(role="system", text=system))
    return Request(messages=tuple(turns), schema=None, max_output_tokens=longest)


def handed_in(folder: str | None = None) -> Any:
    return tiny_transformers.pipeline(folder or tiny_writers.llama(), TASK)


def by_library(folder: str, prompt: str, longest: int, **settings: Any) -> str:
    """What ``generate`` itself adds to *prompt*."""
    import torch
    import transformers

    auto = transformers.AutoModelForSeq2SeqLM if folder == tiny_writers.t5() else transformers.AutoModelForCausalLM
    with quiet():
        model = auto.from_pretrained(folder)
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        read = tokenizer(prompt, return_tensors="pt")
        read.pop("token_type_ids", None)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(3)
            ids = model.generate(**read, max_new_tokens=longest, **settings)[0]
    new = ids if folder == tiny_writers.t5() else ids[read["input_ids"].shape[1] :]
    return str(tokenizer.decode(new, skip_special_tokens=True))


@pytest.mark.parametrize("folder", [tiny_writers.untaught, tiny_writers.t5])
@pytest.mark.parametrize("text", TEXTS)
def test_an_answer_is_what_the_model_writes_after_the_question(folder: Any, text: str) -> None:
    reply = tiny(folder()).answer(request(text))
    assert reply.text == by_library(folder(), text, 12, do_sample=False)
    assert (reply.output_tokens, reply.cut) == (12, True)
    assert tiny(folder()).answer(request(text)) == reply


def test_turns_go_through_the_template_for_chats() -> None:
    words = ["rocket", "moon", "orbit"]
    asked = tiny_writers.question(words)
    reply = tiny().answer(Request(messages=(asked,), schema=None, max_output_tokens=50))
    prompt = f"<|user|>{asked.text}</s><|assistant|>"
    assert reply.text == by_library(tiny_writers.llama(), prompt, 50, do_sample=False) == '{"label": "Space travel"}'
    read = len(handed_in().tokenizer(prompt)["input_ids"])
    assert reply == Reply(text=reply.text, input_tokens=read, output_tokens=reply.output_tokens)
    assert not reply.cut
    assert reply.output_tokens == 1 + len(handed_in().tokenizer(reply.text)["input_ids"])  # and the mark at its end


def test_a_conversation_reads_as_the_template_has_it() -> None:
    words = Words(handed_in().tokenizer)
    turns = request("a", "b", "c", system="s").messages
    read = words.tokenizer.decode(words.encoded(turns, {})["input_ids"][0])
    assert read == "<|system|>s</s><|user|>a</s><|assistant|>b</s><|user|>c</s><|assistant|>"
    words.tokenizer.chat_template = "{% if mood %}{{ mood }}{% endif %}" + tiny_writers.CHAT
    read = words.tokenizer.decode(words.encoded(turns[1:2], {"mood": "calm"})["input_ids"][0])
    assert read == "calm<|user|>a</s><|assistant|>"


def test_a_template_that_knows_no_system_gets_its_text_with_the_question() -> None:
    words = Words(handed_in().tokenizer)
    refusing = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}"
    words.tokenizer.chat_template = refusing + tiny_writers.CHAT
    read = words.tokenizer.decode(words.encoded(request("a", "b", "c", system="s").messages, {})["input_ids"][0])
    assert read == "<|user|>s\n\na</s><|assistant|>b</s><|user|>c</s><|assistant|>"
    words.tokenizer.chat_template = "{{ raise_exception('never') }}"
    with pytest.raises(Exception, match="never"):
        words.encoded(request("a").messages, {})


def test_answers_are_drawn_on_request_and_alike_for_a_seed() -> None:
    import torch

    folder, options = tiny_writers.untaught(), {"do_sample": True, "temperature": 2.0}
    before = torch.random.get_rng_state()
    drawn = tiny(folder, options=options, seed=3).answer(request("moon"))
    assert drawn.text == by_library(folder, "moon", 12, **options)
    assert tiny(folder, options=options, seed=3).answer(request("moon")) == drawn
    assert tiny(folder, options=options, seed=4).answer(request("moon")) != drawn
    assert tiny(folder).answer(request("moon")) != drawn
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize("strings", [":", ["nothing", 'l":']])
def test_an_answer_ends_where_it_is_told_to(strings: Any) -> None:
    asked = Request(messages=(tiny_writers.question(["moon"]),), schema=None, max_output_tokens=50)
    reply = tiny(options={"stop_strings": strings}).answer(asked)
    assert (reply.text, reply.cut) == ('{"label":', False)


def test_what_a_model_says_of_its_own_answers_is_heeded_or_does_no_harm() -> None:
    pipeline = handed_in()
    pipeline.model.generation_config.stop_strings = [":"]
    pipeline.model.generation_config.return_dict_in_generate = True
    asked = Request(messages=(tiny_writers.question(["moon"]),), schema=None, max_output_tokens=50)
    assert Generate.from_native(pipeline).answer(asked).text == '{"label":'


@pytest.mark.parametrize("folder", [tiny_writers.llama, tiny_writers.untaught, tiny_writers.t5])
def test_a_long_question_is_cut_in_its_middle(folder: Any) -> None:
    writer = tiny(folder())._writer()
    long = request("moon " * 3000 + "which topic?", longest=20, system="Be brief.")
    inputs = writer._fitting(long.messages, {}, 20)
    read = writer._words.tokenizer.decode(inputs["input_ids"][0], skip_special_tokens=True)
    room = writer._limit - (0 if writer._decodes else 20)
    assert 0.6 * room < inputs["input_ids"].shape[1] <= room
    if folder is not tiny_writers.t5:  # its pieces are words, and it knows few
        assert "Be brief." in read
        assert "\u2026" in read
        assert "which topic?" in read
    reply = tiny(folder()).answer(long)
    assert reply.input_tokens == inputs["input_ids"].shape[1]


def test_what_cannot_be_cut_to_fit_is_an_error() -> None:
    turns = tuple(Message(role="user", text="moon") for _ in range(600))
    with pytest.raises(ComponentError, match="has room for 512 tokens, too few for the question and an answer"):
        tiny(tiny_writers.llama()).answer(Request(messages=turns, schema=None, max_output_tokens=20))


def test_an_answer_takes_half_of_the_room_at_most() -> None:
    reply = tiny(tiny_writers.untaught()).answer(request("moon " * 1000, longest=100_000))
    assert reply.output_tokens is not None
    assert reply.input_tokens is not None
    assert reply.output_tokens <= 256
    assert reply.input_tokens <= 256


def test_texts_are_counted_and_cut_by_the_tokenizer_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topicore_transformers.generate.load", None)
    representation, tokenizer = tiny(), handed_in().tokenizer
    for text in ("", "the moon", "🚀🌕 луна", "x" * 1000):
        assert representation.count_tokens(text) == len(tokenizer(text, add_special_tokens=False)["input_ids"])
        short = representation.cut_tokens(text, 3)
        assert text.startswith(short)
        assert representation.count_tokens(short) <= 3
    assert representation.cut_tokens("the moon", 1000) == "the moon"
    cost = tiny().cost(SmallView())
    assert (cost.requests, cost.cached, cost.output_tokens) == (4, 0, 4 * 500)


def fitted(representation: Any) -> topicore.TopicModel:
    clusterer = topicore.clusterer("kmeans", n_clusters=4)
    return topicore.TopicModel(embedder="lsa", clusterer=clusterer, representation=representation).fit(DOCUMENTS)


def test_topics_are_called_what_the_model_writes(tmp_path: Path) -> None:
    name = f"transformers.generate:{tiny_writers.llama()}"
    model = fitted(["c-tf-idf", topicore.representation(name, device="cpu", **tiny_writers.LANGUAGE)])
    labels = [model.topic_labels_[topic] for topic in model.topics_]
    assert labels == LABELS
    plain = fitted("c-tf-idf")
    assert [model.get_topic(topic) for topic in range(4)] == [plain.get_topic(topic) for topic in range(4)]
    model.save(tmp_path / "model")
    again = topicore.load(tmp_path / "model")
    assert [again.topic_labels_[topic] for topic in again.topics_] == labels


def test_a_model_that_writes_nonsense_leaves_topics_their_words() -> None:
    plain = fitted("c-tf-idf")
    with pytest.warns(UserWarning, match=r"'transformers.generate' left 4 of 4 topics with the words they had"):
        model = fitted(["c-tf-idf", tiny(tiny_writers.untaught(), max_output_tokens=20)])
    assert [model.get_topic(topic) for topic in range(4)] == [plain.get_topic(topic) for topic in range(4)]
    assert model.topic_labels_ == plain.topic_labels_


def test_documents_are_shown_and_kept_for_inspection() -> None:
    representation = tiny(prompt=None, documents=2, document_length=3, keep_prompts=True, max_output_tokens=5)
    with pytest.warns(UserWarning, match="left 4 of 4 topics"):
        representation.describe(SmallView())
    asked = representation.prompts_[0]["messages"][-1]["text"]
    shown = asked.split("<document>\n")[1].split("\n</document>")[0].removesuffix(" \u2026")
    assert 0 < representation.count_tokens(shown) <= 3


def test_plain_text_is_enough_where_it_is_asked_for() -> None:
    found = tiny(tiny_writers.untaught(), structured=False, outputs=["summary"], max_output_tokens=6).describe(
        SmallView()
    )
    assert all(isinstance(description, Description) and description.summary for description in found.values())


def test_a_pipeline_is_not_changed() -> None:
    pipeline = handed_in(tiny_writers.untaught())
    tokenizer, model = pipeline.tokenizer, pipeline.model
    model.train()
    settings = model.generation_config.to_dict()
    before = repr(tokenizer), tokenizer.backend_tokenizer.to_str(), [part.training for part in model.modules()]
    reply = Generate.from_native(pipeline).answer(request("moon"))
    after = repr(tokenizer), tokenizer.backend_tokenizer.to_str(), [part.training for part in model.modules()]
    assert before == after
    assert model.generation_config.to_dict() == settings
    assert reply == tiny(tiny_writers.untaught()).answer(request("moon"))


def test_a_pipeline_is_recognised_and_saved_as_the_folder_it_is_from() -> None:
    found = topicore.representation(handed_in(), outputs=["summary"])
    assert isinstance(found, Generate)
    assert (found.external(), found.identity()) == (None, None)
    rebuilt = Generate(**found.config())
    assert (rebuilt.model, rebuilt.outputs) == (tiny_writers.llama(), ["summary"])
    assert found.fresh(keywords=3)._writer is found._writer
    with pytest.raises(ParameterError, match="device cannot change on a loaded pipeline"):
        topicore.representation(handed_in(), device="cpu")
    with pytest.raises(ParameterError, match="device cannot change on a loaded pipeline"):
        found.fresh(device="cpu")


def test_a_pipeline_of_unknown_origin_is_external() -> None:
    pipeline = handed_in()
    pipeline.model.name_or_path = ""
    found = Generate.from_native(pipeline, **tiny_writers.LANGUAGE)
    name = "transformers.pipelines.text_generation.TextGenerationPipeline"
    assert found.external() == found.fresh().external() == name
    model = fitted(["c-tf-idf", found])
    assert [model.topic_labels_[topic] for topic in model.topics_] == LABELS


def test_answers_are_kept_by_what_they_depend_on() -> None:
    known = tiny().identity()
    assert known == tiny(local_files_only=True, concurrency=2).identity()
    for other in (tiny(seed=1), tiny(precision="bfloat16"), tiny(tiny_writers.untaught())):
        assert other.identity() != known


def saved(place: Path) -> str:
    """The taught model in a folder of its own."""
    return str(shutil.copytree(tiny_writers.llama(), place))


def save_again(folder: str) -> None:
    """Leave *folder* as another save would."""
    weights = Path(folder) / "model.safetensors"
    os.utime(weights, ns=(0, weights.stat().st_mtime_ns + 1))


def cached(representation: Any, cache: Path) -> list[str]:
    """A label a document."""
    clusterer, chain = topicore.clusterer("kmeans", n_clusters=4), ["c-tf-idf", representation]
    model = topicore.TopicModel(embedder="lsa", clusterer=clusterer, representation=chain, cache=cache).fit(DOCUMENTS)
    return [model.topic_labels_[topic] for topic in model.topics_]


def test_a_model_that_is_saved_again_in_its_folder_is_another_one(tmp_path: Path) -> None:
    folder = saved(tmp_path / "model")
    before = tiny(folder).identity()
    assert tiny(folder).identity() == before
    save_again(folder)
    assert tiny(folder).identity() != before
    assert tiny("nowhere/at-all").identity() == tiny("nowhere/at-all").identity()


def test_a_model_that_is_loaded_stays_what_it_was_whatever_is_saved_later(tmp_path: Path) -> None:
    folder = saved(tmp_path / "model")
    loaded = tiny(folder)
    loaded.prepare()
    before = loaded.identity()
    save_again(folder)
    assert loaded.identity() == loaded.fresh().identity() == before != tiny(folder).identity()
    assert (
        loaded.fresh(precision="bfloat16", seed=1).identity() == tiny(folder, precision="bfloat16", seed=1).identity()
    )


def test_the_second_run_with_a_cache_asks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = cached(tiny(), tmp_path / "cache")
    monkeypatch.setattr(Writer, "reply", None)
    assert cached(tiny(), tmp_path / "cache") == first


def test_a_model_that_was_saved_again_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, own, asked = saved(tmp_path / "model"), Writer.reply, []
    monkeypatch.setattr(Writer, "reply", lambda self, *given: asked.append(1) or own(self, *given))
    first = cached(tiny(folder), tmp_path / "cache")
    save_again(folder)
    assert cached(tiny(folder), tmp_path / "cache") == first
    assert len(asked) == 8


def test_a_model_loads_once_and_answers_one_thread_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[str] = []

    def counted(source: Source, *purpose: Any, **parameters: Any) -> Any:
        loads.append(source.model)
        return load(source, *purpose, **parameters)

    monkeypatch.setattr("topicore_transformers.generate.load", counted)
    representation = tiny()
    found: list[Any] = []
    asked = Request(messages=(tiny_writers.question(["moon", "orbit", "rocket"]),), schema=None, max_output_tokens=30)
    threads = [threading.Thread(target=lambda: found.append(representation.answer(asked))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [found[0]] * 6
    representation.fresh(seed=7).answer(asked)
    assert len(loads) == 1
    representation.fresh(precision="bfloat16").prepare()
    assert len(loads) == 2


@pytest.mark.parametrize(("precision", "kept"), [("auto", "float32"), ("bfloat16", "bfloat16"), ("float16", "float16")])
def test_weights_are_of_the_type_asked_for(precision: str, kept: str) -> None:
    writer = tiny(tiny_writers.untaught(), precision=precision)._writer()
    assert {str(weight.dtype) for weight in writer._model.parameters()} == {f"torch.{kept}"}


def test_a_model_that_cannot_be_used_is_told_before_a_fit() -> None:
    with pytest.raises(ComponentError, match=r"'transformers.generate' cannot load 'nowhere/at-all': HF_HUB_OFFLINE"):
        fitted(tiny("nowhere/at-all"))
    with pytest.raises(ComponentError, match=r"cannot load .*clip.*CLIPConfig"):
        tiny(tiny_transformers.clip()).prepare()
    with pytest.raises(ComponentError, match=r"has no weights for \d+ parts of BertLMHeadModel"):
        tiny(tiny_transformers.bert()).prepare()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"precision": "int4"}, "precision must be"),
        ({"options": {"max_new_tokens": 3}}, "options cannot set 'max_new_tokens': set max_output_tokens="),
        ({"options": {"input_ids": [[1]]}}, "cannot set 'input_ids': the question is made of prompt="),
        ({"options": {"inputs": [[1]]}}, "cannot set 'inputs': the question is made of prompt="),
        ({"options": {"attention_mask": [[1]]}}, "cannot set 'attention_mask': the question is made of prompt="),
        ({"options": {"num_return_sequences": 2}}, "cannot set 'num_return_sequences': one answer is read"),
        ({"options": {"return_dict_in_generate": True}}, "cannot set 'return_dict_in_generate': the text of an answer"),
        ({"options": {"streamer": None}}, "cannot set 'streamer': answers are read whole"),
        ({"options": {"tokenizer": "x"}}, "cannot set 'tokenizer': the model's own goes along"),
        ({"options": {"token_healing": True}}, "cannot set 'token_healing'"),
        ({"options": {"generation_config": {}}}, "cannot set 'generation_config': give its parameters as options"),
        ({"options": {"custom_generate": "x/y"}}, "cannot set 'custom_generate': code that comes with a model is"),
        ({"options": {"trust_remote_code": True}}, "cannot set 'trust_remote_code': code that comes with a model is"),
        ({"options": {"cache_implementation": "paged"}}, "cannot set cache_implementation='paged'"),
        ({"options": {"chat_template_kwargs": 5}}, "chat_template_kwargs must map parameters .* got 5"),
        ({"outputs": ["title"]}, "outputs must be"),
        ({"modell": "x"}, "did you mean 'model'"),
    ],
)
def test_parameters_that_cannot_be_are_named(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        topicore.representation("transformers.generate:Qwen/Qwen3-0.6B", **parameters)


def test_an_option_that_the_model_does_not_know_is_told_of() -> None:
    with pytest.warns(UserWarning, match=r"left 4 of 4 topics.*temprature"):
        tiny(options={"temprature": 1}).describe(SmallView())


@pytest.mark.parametrize("folder", [tiny_writers.untaught, tiny_writers.t5, tiny_writers.llama])
def test_writing_is_silent(folder: Any, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    quiet_one, library = tiny(folder()), logging.getLogger("transformers")
    capfd.readouterr()
    library.addHandler(caplog.handler)  # it has a handler of its own, on the stderr that it found first
    try:
        quiet_one.answer(request("moon " * 1000))
    finally:
        library.removeHandler(caplog.handler)
    assert capfd.readouterr() == ("", "")
    assert not [record.getMessage() for record in caplog.records]


test_folder = conformance(tiny)
test_pipeline = conformance(lambda: Generate.from_native(handed_in(), **tiny_writers.LANGUAGE), native=handed_in)
