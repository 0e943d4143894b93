"""Whose stop words are left out: found in the documents, given by the user, and kept with the fitted model."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.feature_extraction.text import HashingVectorizer

import topicore
from topicore import TopicModel
from topicore.builtin.languages import languages_of
from topicore.builtin.words import words
from topicore.components import Vectorizer
from topicore.errors import ModelFileError, ParameterError
from topicore.tokens import tokenise

ABSTRACTS = Path(__file__).parents[2] / "docs" / "data" / "arxiv-cs.jsonl.gz"

TEXTS = {
    "german": [
        "Der Kapitän steht auf dem Schiff und sieht nach dem Hafen, obwohl es dunkel ist.",
        "Das Schiff liegt im Hafen, weil der Sturm auf dem Meer zu stark war.",
        "Die Bäckerin backt das Brot mit dem Mehl, das sie von der Mühle bekommen hat.",
        "Aus dem Mehl und der Hefe wird ein Teig, und daraus wird sowohl Brot als auch Kuchen.",
    ],
    "french": [
        "Le capitaine est sur le bateau et il regarde le port avec les marins.",
        "Le bateau reste dans le port parce que la tempête est trop forte pour les marins.",
        "La boulangère fait le pain avec de la farine qui vient du moulin.",
        "Avec la farine et la levure on prépare une pâte, et c'est ainsi que le pain est fait.",
    ],
    "spanish": [
        "El capitán está en el barco y mira hacia el puerto con los marineros.",
        "El barco se queda en el puerto porque la tormenta es muy fuerte para los marineros.",
        "La panadera hace el pan con la harina que viene del molino.",
        "Con la harina y la levadura se prepara una masa, y así es como se hace el pan.",
    ],
    "russian": [
        "Капитан стоит на корабле и смотрит на порт, который уже совсем близко.",
        "Корабль остаётся в порту, потому что шторм на море был слишком сильный.",
        "Женщина печёт хлеб из муки, которую она получила на мельнице.",
        "Из муки и дрожжей делают тесто, и из этого теста потом пекут хлеб.",
    ],
    "hindi": [
        "कप्तान जहाज़ पर खड़ा है और वह बंदरगाह की ओर देख रहा है।",
        "तूफ़ान के कारण जहाज़ बंदरगाह में ही रहता है क्योंकि समुद्र बहुत तेज़ है।",
        "वह औरत आटे से रोटी बनाती है जो उसने चक्की से लिया था।",
        "आटे और पानी को मिलाकर लोई बनती है और उसी से रोटी पकती है।",
    ],
    "bengali": [
        "নাবিক জাহাজ থেকে বন্দরের দিকে তাকিয়ে আছে এবং সে একা।",
        "ঝড়ের জন্য জাহাজ বন্দরের মধ্যে থাকে, কারণ সমুদ্র খুব উত্তাল।",
        "সে ময়দা দিয়ে রুটি তৈরি করে, যা সে কল থেকে পেয়েছে।",
        "ময়দা এবং জল দিয়ে রুটি হয় এবং তা সবার জন্য।",
    ],
    "arabic": [
        "يقف القبطان على السفينة وهو ينظر إلى الميناء من بعيد مع البحارة.",
        "تبقى السفينة في الميناء لأن العاصفة كانت قوية جدا على البحارة.",
        "تصنع المرأة الخبز من الدقيق الذي جاء من الطاحونة في هذا اليوم.",
        "من الدقيق و الخميرة يصنع العجين ثم الخبز و هذا هو كل شيء.",
    ],
}
SAY_NOTHING = {
    "german": "der das die dem auf und nach obwohl es ist im weil zu war mit sie von hat aus wird ein daraus sowohl",
    "french": "le la les est sur et il avec dans parce que trop pour fait de qui du on une ainsi",
    "spanish": "el la los está en hacia con se porque es muy para que del una así como",
    "russian": "на который уже совсем потому что был слишком из которую она этого потом",
    "hindi": "पर है और वह की ओर रहा के कारण में ही क्योंकि बहुत से जो उसने था को उसी",
    "bengali": "থেকে দিকে আছে এবং সে জন্য মধ্যে থাকে কারণ খুব দিয়ে করে যা তা হয়",
    "arabic": "على وهو إلى من مع في لأن كانت جدا الذي هذا ثم هو كل شيء",
}
ENGLISH = [
    "The captain is on the ship and he looks at the harbour with all of his sailors.",
    "The ship stays in the harbour because the storm is too strong for the sailors.",
    "The baker makes the bread with the flour that he has got from the mill.",
    "From the flour and the yeast she makes a dough, and then the bread is made of it.",
]
THEMES = [0, 0, 1, 1]


def found(texts: list[str]) -> list[str]:
    return languages_of(tokenise(words(texts)))


def told(texts: list[str], **parameters: Any) -> TopicModel:
    """A model with a topic for ships and one for bread, which shows all of their words."""
    vectorizer = parameters.pop("vectorizer", topicore.vectorizer("count", min_df=1))
    parts = {"clusterer": "manual", "representation": "c-tf-idf", "n_words": 100}
    return TopicModel(vectorizer=vectorizer, **parts, **parameters).fit(texts, y=THEMES * (len(texts) // 4))


def shown(model: TopicModel) -> set[str]:
    return {word for terms in model.topic_representations_.values() for word, _ in terms}


# finding


@pytest.mark.parametrize("language", TEXTS)
def test_topics_show_no_stop_words_of_the_language_of_the_documents(language):
    model = told(TEXTS[language])
    assert model.language_ == language
    assert not shown(model) & set(SAY_NOTHING[language].split())
    assert len(shown(model)) > 8


@pytest.mark.parametrize("language", TEXTS)
def test_each_sentence_is_in_one_language_or_too_short_to_tell(language):
    assert {tuple(found([text])) for text in TEXTS[language]} <= {(language,), ()}


def test_documents_in_two_languages_lose_the_stop_words_of_both():
    model = told(TEXTS["german"] + ENGLISH)
    assert set(model.language_.split("+")) == {"german", "english"}
    assert not shown(model) & {*SAY_NOTHING["german"].split(), *"the is on and he at with all of his".split()}
    assert {"schiff", "ship", "brot", "bread"} <= shown(model)


def test_documents_in_seven_languages():
    assert set(found([text for texts in TEXTS.values() for text in texts])) == set(TEXTS)


def test_a_language_of_few_documents_is_left_out():
    assert found(ENGLISH * 40 + TEXTS["german"][:1]) == ["english"]  # 1 of 161 documents, less than 3%
    assert found(ENGLISH * 5 + TEXTS["german"][:1]) == ["english", "german"]  # 1 of 21


def test_a_foreign_name_in_a_small_corpus_is_no_language():
    assert found([*ENGLISH * 3, "La Casa de las Flores", "Die Zeit"]) == ["english"]  # too few tokens to be sure


def test_a_technical_corpus_is_in_english_alone_and_has_the_topics_that_it_had():
    with gzip.open(ABSTRACTS, "rt", encoding="utf-8") as lines:
        papers = [json.loads(line) for line in lines]
    assert found([paper["title"] for paper in papers]) == ["english"]
    abstracts = [paper["abstract"] for paper in papers[:150]]
    model, english = TopicModel().fit(abstracts), TopicModel(language="english").fit(abstracts)
    assert model.language_ == "english"
    assert model.topics_ == english.topics_
    assert model.topic_representations_ == english.topic_representations_


@pytest.mark.parametrize(
    "texts",
    [
        ["", "   "],
        ["😀 🎉", "!!!"],
        ["17 42 1999", "3.14 2.71"],
        ["deep learning, neural networks", "graph theory, spectral clustering", "protein folding"],
        ["4f3a9c 77be01 d0c4ff", "a81b2e 9923fa 10cc7d"],
        ["自然语言处理是人工智能的一个重要领域。", "今天天气很好,我们去公园散步。"],
        ["これは日本語の文章です。", "科学者たちは新しい方法を発見しました。"],
    ],
    ids=["empty", "emoji", "numbers", "keywords", "hexadecimal", "Chinese", "Japanese"],
)
def test_text_without_stop_words_has_no_language(texts):
    assert found(texts) == []


def test_code_has_at_most_the_language_that_its_names_are_in():
    source = Path(topicore.__file__).read_text(encoding="utf-8")
    assert found(source.splitlines()) in ([], ["english"])


def test_documents_too_short_to_tell_tell_together():
    assert found(["the", "of", "and"]) == ["english"]
    assert found(["der hund", "die katze", "das haus"]) == ["german"]


def test_upper_case_tokens_tell_as_lower_case_ones():
    assert languages_of(tokenise([text.upper().split() for text in ENGLISH])) == ["english"]


def test_the_order_of_documents_does_not_matter_and_answers_repeat():
    texts = [text for pair in zip(ENGLISH, TEXTS["german"], TEXTS["russian"], strict=True) for text in pair]
    answers = {tuple(found(list(np.random.default_rng(seed).permutation(texts)))) for seed in range(5)}
    assert len(answers) == 1


def test_languages_that_take_turns_are_all_found_in_a_large_corpus():
    turns = [text for pair in zip(ENGLISH, TEXTS["german"], strict=True) for text in pair]
    assert set(found(turns * 1000)) == {"english", "german"}


# what the user says wins


def test_a_language_of_the_user_wins():
    model = told(TEXTS["german"], language="english")
    assert model.language_ == "english"
    assert {"der", "die", "das"} <= shown(model)


def test_several_languages_of_the_user():
    model = told(TEXTS["german"] + ENGLISH, language="de+english")
    assert not shown(model) & {"der", "die", "das", "the", "and"}


@pytest.mark.parametrize("language", [None, "multilingual"])
def test_no_language_leaves_all_words(language):
    assert {"der", "die", "das"} <= shown(told(TEXTS["german"], language=language))


def test_a_list_of_stop_words_wins_and_nothing_is_looked_for():
    model = told(TEXTS["german"], stop_words=["schiff"])
    assert "schiff" not in shown(model)
    assert {"der", "die"} <= shown(model)
    assert model.language_ == "auto"


def test_a_language_given_to_the_vectorizer_wins_over_what_is_found():
    vectorizer = topicore.vectorizer("count", min_df=1, language="english")
    assert {"der", "die"} <= shown(told(TEXTS["german"], vectorizer=vectorizer))


def test_a_vectorizer_of_auto_takes_what_the_model_says():
    vectorizer = topicore.vectorizer("count", min_df=1, language="auto")
    assert "der" not in shown(told(TEXTS["german"], vectorizer=vectorizer))
    assert {"der", "die"} <= shown(told(TEXTS["german"], vectorizer=vectorizer, language="english"))


def test_a_vectorizer_with_tokens_alone_leaves_out_what_is_found():
    class Split(Vectorizer):
        def tokenize(self, texts, /):
            return (text.lower().replace(",", "").replace(".", "").split() for text in texts)

    model = told(TEXTS["german"] * 2, vectorizer=Split())
    assert model.language_ == "german"
    assert not shown(model) & set(SAY_NOTHING["german"].split())


def test_auto_is_no_list_of_stop_words():
    with pytest.raises(ParameterError, match="'auto'"):
        TopicModel(stop_words="auto")


@pytest.mark.parametrize("language", ["german+klingon", "german+", "auto+german"])
def test_one_unknown_language_among_several_is_an_error(language):
    with pytest.raises(ParameterError, match="no stop words for the language"):
        TopicModel(language=language)


# what is shown


def test_the_representation_says_what_was_found():
    model = told(TEXTS["german"])
    assert "language        german, found in the documents" in repr(model)
    assert "language" not in repr(TopicModel())
    assert "language='german'" in repr(told(TEXTS["german"], language="german"))
    assert "found" not in repr(told(TEXTS["german"], language="german"))


def test_parameters_stay_as_they_were_given():
    model = told(TEXTS["german"])
    assert model.language == "auto"
    assert model.get_params()["language"] == "auto"


def test_a_new_fit_looks_anew():
    model = told(TEXTS["german"])
    assert model.fit(TEXTS["french"], y=THEMES).language_ == "french"


# what was found stays with the model


def test_a_loaded_model_uses_what_was_found(tmp_path):
    told(TEXTS["german"]).save(tmp_path / "model", include=["tokens", "documents"])
    again = topicore.load(tmp_path / "model")
    assert (again.language, again.language_) == ("auto", "german")
    again.update_topics(ngram_range=(1, 2))
    assert not shown(again) & set(SAY_NOTHING["german"].split())


def test_a_loaded_model_is_completed_under_the_same_stop_words(tmp_path):
    model = told(TEXTS["german"])
    model.save(tmp_path / "model")
    again = topicore.load(tmp_path / "model").update_topics(ngram_range=(1, 2), documents=TEXTS["german"])
    assert again.vocabulary_ == model.update_topics(ngram_range=(1, 2)).vocabulary_


def test_an_update_counts_under_the_same_stop_words():
    model = told(TEXTS["german"]).update_topics(vectorizer=topicore.vectorizer("count", min_df=1, ngram_range=(2, 2)))
    assert model.language_ == "german"
    assert not {word for term in shown(model) for word in term.split()} & set(SAY_NOTHING["german"].split())


def test_an_update_can_say_another_language():
    model = told(TEXTS["german"]).update_topics(stop_words="english")
    assert {"der", "die"} <= shown(model)


def test_new_documents_in_another_language_change_nothing():
    model = told(TEXTS["german"])
    model.transform(ENGLISH)
    assert model.language_ == "german"


def online(**parameters: Any) -> TopicModel:
    embedder = HashingVectorizer(n_features=64)
    return TopicModel(embedder=embedder, clusterer="minibatch-kmeans:2", n_words=100, **parameters)


def test_the_first_batch_says_the_language_of_all():
    model = online().partial_fit(TEXTS["german"]).partial_fit(ENGLISH)
    assert model.language_ == "german"
    assert not set(model.vocabulary_) & set(SAY_NOTHING["german"].split())
    assert "the" in model.vocabulary_


def test_a_batch_that_does_not_tell_leaves_it_to_the_next():
    model = online().partial_fit(["harbour captain", "flour yeast"])
    assert model.language_ == "auto"
    model.partial_fit(ENGLISH)
    assert model.language_ == "english"
    assert "the" not in model.vocabulary_


# embedders and hashed counts, which look for themselves


def test_word_vectors_leave_out_the_stop_words_of_their_corpus():
    for name in ("ppmi", "lsa"):
        embedder = topicore.embedder(name, min_df=1, max_df=1.0)
        embedder.fit(TEXTS["german"])
        assert not set(embedder._lexicon.words) & set(SAY_NOTHING["german"].split())


def test_hashed_counts_leave_out_the_stop_words_of_the_first_batch(tmp_path):
    vectorizer = topicore.vectorizer("hashing", n_features=4096)
    counts = vectorizer.fit_transform(TEXTS["german"])
    names = {vectorizer.terms[column] for column in counts.indices}
    assert not names & set(SAY_NOTHING["german"].split())
    vectorizer.partial_fit(ENGLISH)
    assert (vectorizer.transform(TEXTS["german"]) != counts).nnz == 0
    again = topicore.vectorizer("hashing", n_features=4096)
    again.restore(vectorizer.state())
    assert (again.transform(TEXTS["german"]) != counts).nnz == 0
    assert vectorizer.fit_transform(TEXTS["french"]).sum() < again.transform(TEXTS["french"]).sum()


def test_a_saved_model_with_hashed_counts_of_no_known_language_is_refused(tmp_path):
    model = online(vectorizer=topicore.vectorizer("hashing", n_features=64)).partial_fit(TEXTS["german"])
    model._state.components.vectorizer._settled = "klingon"
    model.save(tmp_path / "model")
    with pytest.raises(ModelFileError, match="cannot take up its state"):
        topicore.load(tmp_path / "model", embedder=HashingVectorizer(n_features=64))
