"""What is a word, in each language and between them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import topicore
from topicore_segment import Segment


def cut(text: str, language: str = "auto", **parameters: object) -> list[str]:
    return next(topicore.vectorizer(f"segment:{language}", **parameters).tokenize([text]))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("我爱北京的天安门。", ["我", "北京", "的", "天安门"]),
        ("國家經濟發展", ["國家", "經濟", "發展"]),
        ("佢哋喺香港食飯", ["香港", "食飯"]),
        ("東京都知事は大学へ行った。", ["東京", "都知事", "は", "大学", "へ"]),
        ("การเมืองไทย ปี พ.ศ. 2563", ["การเมือง", "ไทย", "ปี"]),
        ("The café's iPhone", ["the", "café", "iphone"]),
    ],
)
def test_each_language_is_cut_by_its_dictionary(text: str, words: list[str]) -> None:
    assert cut(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("iPhone手机很贵，COVID-19疫苗！", ["iphone", "手机", "covid", "疫苗"]),
        ("ＣＯＶＩＤ１９とﾃﾚﾋﾞのﾆｭｰｽ", ["covid19", "と", "テレビ", "の", "ニュース"]),
        ("テレヒ\u3099を見た", ["テレビ", "を"]),
        ("Python ใช้ง่าย 😀 ฿100 ๒๕๖๓", ["python", "ใช้", "ง่าย"]),
        ("foo_中文_bar", ["foo", "中文", "bar"]),
        ("Вода и вода हिन्दी में", ["вода", "вода", "हिन्दी", "में"]),
        ("今日はＡＢＣ放送、明日はNHK。", ["今日", "は", "abc", "放送", "明日", "は", "nhk"]),
    ],
)
def test_other_scripts_are_cut_as_ever_wherever_they_stand(text: str, words: list[str]) -> None:
    assert cut(text) == words


@pytest.mark.parametrize("text", ["", " \n", "。、！？「」…・", "😀🇯🇵", "ๆฯ", "์์์", "\0", "ー", "2020 ๒๕๖๓ 三百"])
def test_signs_and_numbers_are_no_words(text: str) -> None:
    assert cut(text) == []


@pytest.mark.parametrize("text", ["漢字\ud800の\0かな交じり", "汉字\ud800\0中文", "ภาษา\ud800\0ไทย", "\udfff word"])
def test_broken_text_is_cut_around_the_break(text: str) -> None:
    assert cut(text)
    assert not any("\0" in word or not word.isprintable() for word in cut(text))


@pytest.mark.parametrize(
    "text", ["東京都へ行った" * 15_000, "あ" * 100_000, "中" * 100_000, "กา" * 50_000, "ฟ" * 100_000]
)
def test_a_long_text_without_a_break_is_cut(text: str) -> None:
    found = cut(text)
    assert max(map(len, found), default=0) <= len(text)
    if text.startswith("東京都"):
        assert found.count("東京都") + found.count("東京") >= 14_900


def test_numbers_stay_with_the_words_they_count() -> None:
    assert "つの" not in cut("大学は3つの学部がある")
    assert cut("covid19は怖い") == ["covid19", "は", "怖い"]


def test_thai_vowels_are_written_one_way() -> None:
    assert cut("น\u0e4d\u0e32หนัก \u0e40\u0e40ปลก") == cut("น\u0e33หนัก แปลก")


def test_chinese_characters_are_japanese_beside_kana() -> None:
    text = "国会議員選挙"
    assert cut(text) == cut(text, "zh")
    assert cut(text + "が行われた")[:-2] == cut(text, "ja")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("我喜欢看《ワンピース》和火影忍者，每周都会更新。", "喜欢"),
        ("任天堂发布了新游戏《ゼルダの伝説》的预告片，玩家反应热烈。", "热烈"),
        ("她最近在用「キュレル」的洗面奶，说效果很好。", "效果"),
    ],
)
def test_a_japanese_name_does_not_make_chinese_japanese(text: str, word: str) -> None:
    assert word in cut(text)


@pytest.mark.parametrize("text", ["日銀、金融緩和維持を決定", "𠮷野家の牛丼", "東京ディズニーランド開園"])
def test_japanese_headlines_are_japanese(text: str) -> None:
    assert cut(text) == cut(text, "ja")


def test_one_kana_does_not_make_chinese_japanese() -> None:
    text = "鲜の每日是一种牛奶品牌，销售很好，非常多的人喜欢喝"
    assert {"品牌", "销售", "喜欢"} <= set(cut(text))


def test_languages_not_named_are_left_as_they_are() -> None:
    assert cut("中文 ภาษาไทย カタカナ", "zh") == ["中文", "ภาษาไทย", "カタカナ"]
    assert cut("我爱北京 การเมืองไทย", "th") == ["我爱北京", "การเมือง", "ไทย"]
    assert cut("中文 ภาษาไทย", "Chinese + th") == cut("中文 ภาษาไทย")


def test_japanese_is_cut_as_asked() -> None:
    text = "国家公務員は美しかった水を飲んだ"
    assert cut(text) == ["国家公務員", "は", "美しい", "を", "飲む"]
    assert cut(text, mode="A")[:2] == ["国家", "公務"]
    assert cut(text, form="surface") == ["国家公務員", "は", "美しかっ", "を", "飲ん"]
    assert "水" in cut(text, min_length=1)
    assert "いる" not in cut("犬が走っている")
    assert "いる" in cut("犬が走っている", function_words=True)
    assert {"は", "を", "水", "た"} <= set(cut(text, min_length=1, function_words=True))
    assert cut("ガソリンスタンドの珈琲", form="normalized")[-1] == "コーヒー"


def test_short_words_are_left_out_but_for_the_commonest_function_words() -> None:
    assert cut("我的狗和猫") == ["我", "的", "和"]
    assert cut("我的狗和猫", min_length=1) == ["我", "的", "狗", "和", "猫"]
    assert cut("北京天安门", min_length=3) == ["天安门"]


def test_texts_are_read_as_words_are_taken() -> None:
    read: list[int] = []

    def texts() -> Iterator[str]:
        for number in range(100):
            read.append(number)
            yield "我爱北京天安门"

    found = Segment().tokenize(texts())
    assert read == []
    next(found)
    assert read == [0]
