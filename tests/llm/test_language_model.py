"""The base of language-model representations, under a model that a test writes."""

from __future__ import annotations

import json
import sqlite3
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Barrier, Lock, Timer
from threading import Event as ThreadEvent
from typing import Any, ClassVar

import numpy as np
import pytest

import topicore
from topicore import TopicModel
from topicore.components import Embedder, Event
from topicore.errors import ComponentError, InputError, ParameterError, TransientError
from topicore.llm import LanguageModel, Message, Reply, Request

GOOD = '{"label": "A fine topic"}'
Answer = Callable[[Request], Any]


@dataclass(eq=False, repr=False)
class Told(LanguageModel):
    """Answers as the test says; counts what it is asked."""

    model: str = "small"

    reserved: ClassVar[dict[str, str]] = {"model": "write model="}
    said: ClassVar[Answer] = staticmethod(lambda request: GOOD)
    asked: ClassVar[list[Request]] = []
    lock: ClassVar[Any] = Lock()

    def identity(self) -> dict[str, Any] | None:
        return None if self.external() else {"model": self.model}

    def answer(self, request: Request, /) -> Reply | str | None:
        with self.lock:
            self.asked.append(request)
        return type(self).said(request)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Callable[..., type[Told]]:
    """The class, answering with what is given, or as the function that is given."""

    def made(said: Any = GOOD) -> type[Told]:
        monkeypatch.setattr(Told, "said", staticmethod(said if callable(said) else lambda request: said))
        monkeypatch.setattr(Told, "asked", [])
        return Told

    return made


@pytest.fixture(scope="module")
def fitted() -> TopicModel:
    """Twenty topics of three documents, and two outliers."""
    documents = [f"word{topic} thing{topic} common number{place}" for topic in range(20) for place in range(3)]
    labels = [topic for topic in range(20) for _ in range(3)]
    model = TopicModel(clusterer="manual")
    return model.fit([*documents, "stray one", "stray two"], y=[*labels, -1, -1])


def labels_of(model: TopicModel) -> list[str | None]:
    """What the aspect ``label`` says of each topic that is none of the outliers."""
    return [model._state.descriptions["label"][topic].label for topic in range(20)]


def labelled(model: TopicModel, representation: Any) -> list[str | None]:
    return labels_of(model.copy().update_topics(representation={"label": representation}))


def test_each_topic_is_asked_about_with_its_own_words_and_documents(fitted, told):
    found = labelled(fitted, told()())
    assert found == ["A fine topic"] * 20
    assert len(Told.asked) == 20
    for topic in range(20):
        asked = [request.prompt for request in Told.asked if f"thing{topic} " in request.prompt]
        assert len(asked) == 1
        assert asked[0].count("<document>\nword") == 3
        assert f"word{topic}," in asked[0]
    system, user = Told.asked[0].messages
    assert (system.role, user.role) == ("system", "user")
    assert Told.asked[0].schema["required"] == ["label"]


def test_outliers_are_not_asked_about(fitted, told):
    labelled(fitted, told()())
    assert not [request for request in Told.asked if "stray" in request.prompt]


def test_the_prompt_is_the_users_own(fitted, told):
    labelled(fitted, told()(prompt="Name this: [KEYWORDS]", system_prompt="", keywords=2))
    (message,) = Told.asked[0].messages
    first, *_ = message.text.split("\n")
    assert first.startswith("Name this: ")
    assert len(first.split(", ")) == 2
    assert "<document>" not in message.text


def test_a_prompt_without_documents_needs_none(fitted, told, tmp_path):
    fitted.save(tmp_path / "model")
    loaded = topicore.load(tmp_path / "model")
    assert labelled(loaded, told()(documents=0)) == ["A fine topic"] * 20
    with pytest.raises(InputError, match="needs documents"):
        labelled(loaded, told()())


def test_words_come_from_the_link_before(fitted, told):
    class Own(topicore.components.Representation):
        def describe(self, view):
            return {topic: topicore.components.Description(terms=(("mine", 1.0),)) for topic in view.topics}

    fitted.copy().update_topics(representation={"label": [Own(), told()(documents=0)]})
    assert all("apart from the others: mine" in request.prompt for request in Told.asked)


@pytest.mark.parametrize(("unit", "shown"), [("words", "alpha beta …"), ("characters", "al …"), ("tokens", "alpha …")])
def test_documents_are_cut(told, unit, shown):
    model = TopicModel(clusterer="manual").fit(["alpha beta gamma delta"] * 3, y=[0] * 3)
    model.update_topics(representation=told()(length_unit=unit, document_length=2))
    assert f"<document>\n{shown}\n</document>" in Told.asked[0].prompt


def test_tokens_are_those_of_the_plugin_where_it_has_a_tokenizer(fitted, told):
    class Counted(told()):
        def cut_tokens(self, text: str, limit: int, /) -> str:
            return text[:limit]

    labelled(fitted, Counted(document_length=7))
    assert "<document>\nword1 t …\n</document>" in "".join(request.prompt for request in Told.asked)


def test_several_outputs_fill_several_parts(fitted, told):
    answer = '{"label": "L", "summary": "All of it.", "keywords": ["k", "m"]}'
    model = fitted.copy()
    model.update_topics(representation={"told": told(answer)(outputs=["label", "summary", "keywords"])})
    assert model.get_topic(3, full=True)["told"] == "L: All of it."
    assert model._state.descriptions["told"][3].terms == (("k", 1.0), ("m", 1.0))


def test_a_label_of_the_main_aspect_names_the_topic(fitted, told):
    model = fitted.copy().update_topics(representation=told()())
    assert model.get_topic_info(0)["Name"].tolist() == ["A fine topic"]


def test_what_may_pass_is_asked_again(fitted, told):
    failed: set[str] = set()

    def said(request):
        if request.prompt not in failed:
            failed.add(request.prompt)
            raise TransientError("busy", retry_after=0.001)
        return GOOD

    assert labelled(fitted, told(said)()) == ["A fine topic"] * 20
    assert len(Told.asked) == 40


def test_an_unusable_answer_is_repaired_once(fitted, told):
    def said(request):
        return GOOD if len(request.messages) == 4 else "no idea"

    assert labelled(fitted, told(said)()) == ["A fine topic"] * 20
    repaired = [request.messages for request in Told.asked if len(request.messages) == 4]
    assert len(repaired) == 20
    assert repaired[0][2] == Message(role="assistant", text="no idea")
    assert "holds no JSON object" in repaired[0][3].text


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("no idea", "holds no JSON object"),
        ("", "the answer is empty"),
        (None, "the answer is empty"),
        (Reply(text=None), "the answer is empty"),
        (Reply(text="", cut=True), "max_output_tokens were used up"),
        (Reply(text="{", cut=True), "allow more max_output_tokens"),
        (Reply(text=None, refusal="I will not"), "the model refused: I will not"),
        (7, "must answer with a text or a Reply of texts, gave int"),
    ],
)
def test_a_topic_without_an_answer_keeps_its_words(fitted, told, said, why):
    with pytest.warns(UserWarning, match="left 20 of 20 topics with the words they had") as seen:
        assert labelled(fitted, told(said)()) == [None] * 20
    assert why in str(seen[0].message)
    assert len(seen) == 1


def test_only_the_topics_without_an_answer_are_named(fitted, told):
    def said(request):
        return Reply(text=None, refusal="no") if "word7 " in request.prompt else GOOD

    with pytest.warns(UserWarning, match="left 1 of 20 topics .*: topic 7: the model refused: no"):
        found = labelled(fitted, told(said)())
    assert [topic for topic, label in enumerate(found) if label is None] == [7]


def test_an_error_of_the_plugin_is_the_topics_alone(fitted, told):
    def said(request):
        if "word7 " in request.prompt:
            raise KeyError("choices")
        return GOOD

    with pytest.warns(UserWarning, match="left 1 of 20 .*KeyError"):
        assert labelled(fitted, told(said)()).count(None) == 1


def test_a_service_that_is_down_is_soon_left_alone(fitted, told):
    def said(request):
        raise ComponentError("the key is not accepted")

    with pytest.warns(UserWarning, match="left 20 of 20 .*3 failures in a row.*the key is not accepted"):
        labelled(fitted, told(said)(concurrency=1))
    assert len(Told.asked) == 3


def test_labels_of_before_survive_a_service_that_is_down(fitted, told):
    model = fitted.copy().update_topics(representation={"label": told()()})
    told("nothing")
    with pytest.warns(UserWarning, match="left 20 of 20"):
        model.describe_topics("label")
    assert labels_of(model) == ["A fine topic"] * 20


def test_words_of_before_stay_where_the_same_chain_is_asked_again(fitted, told):
    first = told('{"label": "A fine topic", "keywords": ["fine", "topic"]}')(outputs=["label", "keywords"])
    model = fitted.copy().update_topics(representation={"label": first})
    told("nothing")
    with pytest.warns(UserWarning, match="left 20 of 20 topics with the words they had"):
        model.describe_topics("label")
    assert labels_of(model) == ["A fine topic"] * 20
    assert [word for word, _ in model._state.descriptions["label"][0].terms] == ["fine", "topic"]


def test_another_representation_keeps_labels_that_it_fails_to_give_and_no_words(fitted, told):
    model = fitted.copy().update_topics(representation={"label": ["phrases", told()()]})
    told("nothing")
    with pytest.warns(UserWarning, match="left 20 of 20"):
        model.update_topics(representation={"label": ["mmr", Told(outputs=["label", "keywords"])]})
    assert labels_of(model) == ["A fine topic"] * 20
    mmr = fitted.copy().update_topics(representation="mmr")
    assert model._state.descriptions["label"][0].terms == mmr._state.descriptions["main"][0].terms
    model.update_topics(representation={"label": "mmr"})
    assert labels_of(model) == [None] * 20


def test_a_fit_is_not_lost_for_a_plugin_that_fails(told):
    class Miscounting(told()):
        def count_tokens(self, text: str, /) -> int:
            raise RuntimeError("no tokenizer")

    documents = [f"word{topic} thing{topic}" for topic in range(2) for _ in range(3)]
    model = TopicModel(clusterer="manual", representation={"main": "mmr", "label": Miscounting()})
    with pytest.warns(UserWarning, match="no tokenizer; the topics keep .* describe_topics"):
        model.fit(documents, y=[0, 0, 0, 1, 1, 1])
    assert len(model.get_topic(0)) == 2
    with pytest.raises(ComponentError, match="no tokenizer"):
        model.describe_topics("label")


def test_an_interrupt_while_topics_are_labelled_leaves_a_fitted_model(told):
    def interrupt(event: Event) -> None:
        if event.stage == "label":
            raise KeyboardInterrupt

    documents = [f"word{topic} thing{topic}" for topic in range(2) for _ in range(3)]
    model = TopicModel(clusterer="manual", representation={"label": told()()}, observers=interrupt)
    with pytest.raises(KeyboardInterrupt):
        model.fit(documents, y=[0, 0, 0, 1, 1, 1])
    assert [len(model.get_topic(topic)) for topic in (0, 1)] == [2, 2]
    assert model.representative_docs_[0]
    model.observers = None
    model.describe_topics()
    assert model.get_topic(0, full=True)["label"] == "A fine topic"


def test_after_an_interrupt_nothing_more_is_asked_and_what_came_is_kept(fitted, told, tmp_path):
    fitted = fitted.copy()
    fitted.cache = tmp_path / "cache.db"
    given_up = ThreadEvent()

    def said(request):
        assert len(Told.asked) <= 2 or given_up.wait(10)
        return GOOD

    def interrupt(event: Event) -> None:
        if event.stage == "label" and event.done == 1:
            Timer(0.2, given_up.set).start()
            raise KeyboardInterrupt

    fitted.observers = interrupt
    with pytest.raises(KeyboardInterrupt):
        labelled(fitted, told(said)(concurrency=4))
    asked = len(Told.asked)
    assert asked <= 6
    fitted.observers = None
    assert fitted.dry_run({"label": Told()})["Cached"].tolist() == [asked]


def test_never_more_requests_at_a_time_than_allowed(fitted, told):
    three, inside, most, lock = Barrier(3), [0], [0], Lock()

    def said(request):
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        if len(Told.asked) <= 18:
            three.wait(10)  # breaks where fewer than three come together
        with lock:
            inside[0] -= 1
        return GOOD

    assert labelled(fitted, told(said)(concurrency=3)) == ["A fine topic"] * 20
    assert most == [3]


def test_the_budget_of_requests_holds_with_retries_and_repairs(fitted, told):
    def said(request):
        if len(Told.asked) % 3 == 0:
            raise TransientError("busy", retry_after=0.001)
        return "no idea" if len(Told.asked) % 5 == 0 else GOOD

    with pytest.warns(UserWarning, match="max_requests=10 allow no further request"):
        labelled(fitted, told(said)(max_requests=10))
    assert len(Told.asked) == 10


def test_the_budget_of_tokens_counts_what_the_service_says(fitted, told):
    reply = Reply(text=GOOD, input_tokens=90, output_tokens=10)
    with pytest.warns(UserWarning, match="max_tokens=1500 allow no further request"):
        found = labelled(fitted, told(reply)(max_tokens=1500, max_output_tokens=100, concurrency=1))
    assert 5 <= 20 - found.count(None) == len(Told.asked) <= 15


def test_a_second_run_with_the_same_cache_asks_nothing(fitted, told, tmp_path):
    fitted = fitted.copy()
    fitted.cache = tmp_path / "cache.db"
    assert labelled(fitted, told()()) == labelled(fitted, told()()) == ["A fine topic"] * 20
    assert not Told.asked
    labelled(fitted, Told(options={"temperature": 0}))
    assert len(Told.asked) == 20
    labelled(fitted, Told(model="large"))
    assert len(Told.asked) == 40
    labelled(fitted, Told(concurrency=9, max_requests=100, keep_prompts=True))
    assert len(Told.asked) == 40


def test_answers_that_are_no_use_are_not_kept(fitted, told, tmp_path):
    fitted = fitted.copy()
    fitted.cache = tmp_path / "cache.db"
    with pytest.warns(UserWarning, match="left 20"):
        labelled(fitted, told("no idea")())
    assert labelled(fitted, told()()) == ["A fine topic"] * 20
    with sqlite3.connect(tmp_path / "cache.db") as file:
        assert {text for (text,) in file.execute("SELECT text FROM answers")} == {GOOD}
    file.close()


def test_a_class_of_ones_own_keeps_nothing_unless_it_has_an_identity(fitted, told, tmp_path):
    @dataclass(eq=False, repr=False)
    class Own(LanguageModel):
        def answer(self, request: Request, /) -> str:
            return json.dumps({"label": request.prompt[-3:]})

    fitted = fitted.copy()
    fitted.cache = tmp_path / "cache.db"
    for _ in range(2):
        assert fitted.dry_run(Own())["Cached"].tolist() == [0]
        labelled(fitted, Own())


def test_a_damaged_cache_costs_requests_and_no_labels(fitted, told, tmp_path):
    fitted = fitted.copy()
    fitted.cache = tmp_path / "cache.db"
    labelled(fitted, told()())
    with sqlite3.connect(tmp_path / "cache.db") as file:
        file.execute("UPDATE answers SET text = CAST(x'FF7B' AS TEXT)")
    file.close()
    assert labelled(fitted, told()()) == ["A fine topic"] * 20
    assert len(Told.asked) == 20
    with sqlite3.connect(tmp_path / "cache.db") as file:
        file.execute("DROP TABLE answers")
        file.execute("CREATE TABLE answers (other INTEGER)")
    file.close()
    with pytest.warns(UserWarning, match="cannot be read|keeps nothing more"):
        assert labelled(fitted, told()()) == ["A fine topic"] * 20


def test_an_answer_that_no_file_can_hold_is_kept_as_it_can(fitted, told, tmp_path):
    fitted = fitted.copy()
    fitted.cache = tmp_path / "cache.db"
    found = labelled(fitted, told('{"label": "half \ud83d a sign"}')())
    assert found == labelled(fitted, told()()) == ["half ? a sign"] * 20


def test_without_an_identity_nothing_is_kept(fitted, told, tmp_path):
    fitted = fitted.copy()
    fitted.cache = tmp_path / "cache.db"
    for _ in range(2):
        labelled(fitted, told().from_native(object()))
        assert len(Told.asked) == 20


def test_the_dry_run_says_what_it_costs_and_asks_nothing(fitted, told, tmp_path):
    fitted = fitted.copy()
    fitted.cache = tmp_path / "cache.db"
    representation = {"main": "keybert", "label": told()(max_output_tokens=50)}
    (row,) = fitted.dry_run(representation).to_dict("records")
    assert not Told.asked
    assert (row["Aspect"], row["Requests"], row["Cached"], row["Output_Tokens"]) == ("label", 20, 0, 1000)
    fitted.update_topics(representation=representation)
    sent = sum(Told().count_tokens(turn.text) for request in Told.asked for turn in request.messages)
    assert row["Input_Tokens"] == sent
    assert fitted.dry_run(aspects="label")[["Requests", "Cached", "Input_Tokens"]].values.tolist() == [[0, 20, 0]]
    assert fitted.dry_run(aspects="main").empty
    assert fitted.dry_run({"main": "mmr", "new": Told()}, aspects="main").empty
    with pytest.raises(InputError, match="there is no aspect 'label'; aspects are main, new"):
        fitted.dry_run({"main": "mmr", "new": Told()}, aspects="label")


def test_the_dry_run_knows_the_budget(fitted, told):
    def cost(**budget: int) -> list[int]:
        table = fitted.dry_run(told()(max_output_tokens=50, **budget))
        return table[["Requests", "Input_Tokens", "Output_Tokens"]].values.tolist()[0]

    requests, read, written = cost()
    assert (requests, written) == (20, 1000)
    assert cost(max_requests=5)[::2] == [5, 250]
    assert cost(max_tokens=read + 100) == [20, read, 100]


def test_the_dry_run_embeds_nothing(told, tmp_path):
    class Counting(Embedder):
        embedded = 0

        def embed(self, texts, /, *, role="document"):
            Counting.embedded += len(texts)
            return np.array([[len(text), 1.0] for text in texts], dtype=np.float32)

    documents = [f"{'word' * place} thing" for place in range(1, 7)]
    fitted = TopicModel(embedder=Counting(), clusterer="manual").fit(documents, y=[0, 0, 0, 1, 1, 1])
    fitted.save(tmp_path / "model", include=["documents"])
    loaded = topicore.load(tmp_path / "model", embedder=Counting())
    Counting.embedded = 0
    assert loaded.dry_run({"label": told()(documents=0)})["Requests"].tolist() == [2]
    with pytest.raises(InputError, match=r"needs embeddings, .*; pass those of the fit: embeddings="):
        loaded.dry_run({"label": told()()})
    rows = Counting().embed(documents)
    Counting.embedded = 0
    assert loaded.dry_run({"label": told()()}, embeddings=rows)["Requests"].tolist() == [2]
    assert Counting.embedded == 0


def test_a_model_that_keeps_texts_and_rows_needs_nothing_more(fitted, told, tmp_path):
    fitted.save(tmp_path / "model", include=["documents", "embeddings"])
    assert labelled(topicore.load(tmp_path / "model"), told()()) == ["A fine topic"] * 20


def test_the_cost_is_told_before_the_first_request(fitted, told):
    events: list[tuple[Event, int]] = []
    fitted = fitted.copy()
    fitted.observers = lambda event: events.append((event, len(Told.asked)))
    labelled(fitted, told()())
    label = [(event, asked) for event, asked in events if event.stage == "label"]
    first, asked = label[0]
    assert (first.done, first.total, asked) == (0, 20, 0)
    assert first.detail.startswith("20 requests (0 answered before): about ")
    assert [event.done for event, _ in label] == list(range(21))


def test_prompts_show_the_last_run_and_what_was_asked_in_it(fitted, told):
    told(lambda request: GOOD if len(request.messages) > 2 else "no idea")
    kept = Told(keep_prompts=True, max_requests=2, concurrency=1)
    with pytest.warns(UserWarning, match="left 19 of 20"):
        labelled(fitted, kept)
    ((topic, shown),) = kept.prompts_.items()
    assert [turn["role"] for turn in shown["messages"]] == ["system", "user", "assistant", "user"]
    assert shown["answers"] == ["no idea", GOOD]
    with pytest.warns(UserWarning, match="left 20 of 20"):
        labelled(fitted, replace(kept, max_requests=0))
    told("no idea")
    with pytest.warns(UserWarning, match="left 20 of 20"):
        labelled(fitted, kept)
    assert kept.prompts_[topic]["answers"] == ["no idea", "no idea"]


def test_errors_are_told_in_one_line_without_keys(fitted, told):
    def said(request):
        raise ComponentError("refused: Bearer sk-abcdefghijklmnopqrstuvwxyz123456\n" + "z" * 100_000)

    with pytest.warns(UserWarning, match="left 20 of 20") as seen:
        labelled(fitted, told(said)())
    message = str(seen[0].message)
    assert "sk-abc" not in message
    assert len(message) < 2000


def test_some_topics_that_fail_amid_others_do_not_end_a_run(fitted, told):
    def said(request):
        if any(f"word{topic} " in request.prompt for topic in (7, 8, 9, 10)):
            raise ComponentError("the prompt is too long")
        return GOOD

    with pytest.warns(UserWarning, match="left 4 of 20"):
        assert labelled(fitted, told(said)(concurrency=1)).count(None) == 4


def test_outliers_take_no_label_of_a_deleted_topic(told):
    documents = [f"word{topic} thing{topic}" for topic in range(3) for _ in range(3)]
    model = TopicModel(clusterer="manual").fit(documents, y=[0, 0, 0, 1, 1, 1, 2, 2, 2])
    model.update_topics(representation={"label": told()()})
    model.delete_topics(2)
    assert model._state.descriptions["label"][-1].label is None
    assert model._state.descriptions["label"][0].label == "A fine topic"


def test_prompts_are_kept_only_on_request(fitted, told):
    without, kept = told()(), Told(keep_prompts=True)
    labelled(fitted, without)
    labelled(fitted, kept)
    assert without.prompts_ == {}
    assert set(kept.prompts_) == set(range(20))
    assert "word7" in kept.prompts_[7]["messages"][1]["text"]
    assert kept.prompts_[7]["answers"] == [GOOD]


def test_the_keys_of_an_answer_hold_no_prompt(fitted, told, tmp_path):
    fitted = fitted.copy()
    fitted.cache = tmp_path / "cache.db"
    labelled(fitted, told()())
    assert b"word7" not in Path(tmp_path / "cache.db").read_bytes()


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"outputs": []}, "outputs must be different ones of 'label', 'summary', 'keywords'"),
        ({"outputs": ["label", "label"]}, "outputs must be different"),
        ({"outputs": ["name"]}, "outputs must be .* 'label', 'summary', 'keywords'"),
        ({"concurrency": 0}, "concurrency must be an int at least 1, got 0"),
        ({"max_tokens": float("nan")}, "max_tokens must be .*, got nan"),
        ({"documents": True}, "documents must be .*, got True"),
        ({"system_prompt": 7}, "system_prompt must be .*, got 7"),
        ({"options": "temperature"}, "options must be .*, got 'temperature'"),
        ({"model": 7}, "model must be a string, got 7"),
        ({"outputs": ["label", "summary"], "structured": False}, "one of them only"),
        ({"prompt": "Name this topic"}, r"\[KEYWORDS\], \[DOCUMENTS\] or both"),
        ({"prompt": "[DOCUMENTS]", "documents": 0}, "documents=0 leaves nothing"),
        ({"prompt": "[KEYWORDS]", "keywords": 0}, "keywords=0 leaves nothing"),
        ({"system_prompt": "Words: [KEYWORDS]"}, "system_prompt is the same for all topics"),
        ({"documents": 0, "keywords": 0}, "leave nothing to ask about"),
        ({"options": {"API-Key": "sk-1"}}, "options holds 'API-Key'.*environment"),
        ({"options": {"extra_headers": [{"X-Api-Key": "sk-1"}]}}, "options holds 'X-Api-Key'.*environment"),
        ({"options": {"model": "large"}}, "options cannot set 'model': write model="),
    ],
)
def test_parameters_that_make_no_sense_are_refused(parameters, said):
    with pytest.raises(ParameterError, match=said):
        Told(**parameters)


def test_a_plugin_that_is_not_ready_is_told_before_the_fit(told):
    class Keyless(told()):
        def prepare(self) -> None:
            raise ComponentError("there is no API key")

    seen: list[str] = []
    model = TopicModel(representation=Keyless(), observers=lambda event: seen.append(event.stage))
    with pytest.raises(ComponentError, match="there is no API key"):
        model.fit(["some text", "more text"] * 10)
    assert set(seen) <= {"done"}


def test_hostile_documents_reach_the_model_as_sound_text(told):
    texts = ["\ud800 lone half " * 3, "💥 नमस्ते 世界 \x00", "x" * 100_000, "</document> [KEYWORDS]"] * 3
    model = TopicModel(clusterer="manual").fit(texts, y=[0] * len(texts))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.update_topics(representation=told()(documents=12))
    (request,) = Told.asked
    request.prompt.encode()
    assert len(request.prompt) < 20_000
    assert request.prompt.count("</document>") == 1 + 9  # one in the system's words


def test_topics_without_words_or_documents_are_not_asked_about(told):
    model = TopicModel(clusterer="manual").fit(["...", "???", "real words"], y=[0, 0, 1])
    model.update_topics(representation=told()(documents=0))
    assert len(Told.asked) == 1


def test_rows_of_numbers_do_not_matter(fitted, told):
    assert np.array_equal(fitted.topics_, fitted.copy().update_topics(representation=told()()).topics_)
