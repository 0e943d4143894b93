"""Two themes in four languages: football and cooking."""

from __future__ import annotations

CHINESE = (
    "足球比赛昨天在体育场结束，球队赢得冠军，球员非常高兴。",
    "教练认为球员在比赛中的表现很好，球队应该赢得冠军。",
    "体育场里的观众为球队和球员欢呼，比赛非常精彩。",
    "锅里的牛肉需要加入酱油和蔬菜，厨师建议慢慢炖。",
    "厨师把蔬菜和牛肉放进锅里，最后加入酱油。",
    "牛肉、蔬菜、酱油是这道菜的材料，厨师说味道很好。",
)
JAPANESE = (
    "サッカーの試合は競技場で行われ、選手たちが優勝を喜んだ。",
    "監督は試合の選手を褒め、優勝はサッカーの競技場で決まると言った。",
    "競技場の観客はサッカーの選手と試合と優勝を楽しんだ。",
    "鍋に牛肉と野菜を入れて、醤油で味付けした料理を食べました。",
    "料理人は野菜と牛肉を切り、醤油を加えて料理を作った。",
    "この料理の材料は牛肉と野菜と醤油です。",
)
THAI = (
    "การแข่งขันฟุตบอลจบลงที่สนามกีฬา และนักเตะของทีมได้แชมป์",
    "โค้ชชมนักเตะของทีมหลังการแข่งขันฟุตบอลที่สนามกีฬา",
    "ผู้ชมในสนามกีฬาเชียร์นักเตะและทีมในการแข่งขันฟุตบอล",
    "ใส่เนื้อวัวและผักลงในหม้อแล้วเติมซอสและน้ำตาลตามสูตรอาหาร",
    "พ่อครัวหั่นผักและเนื้อวัวแล้วเติมน้ำตาลกับซอสลงในอาหาร",
    "อาหารจานนี้ใช้เนื้อวัว ผัก ซอส และน้ำตาล",
)
ENGLISH = (
    "The football match ended in the stadium and the players of the team were happy.",
    "The coach praised the players of the team after the football match in the stadium.",
    "Fans in the stadium cheered for the players and their football team during the match.",
    "Put the beef and the vegetables into the pot and add the sauce of the recipe.",
    "The cook cut the vegetables and the beef, and the pot was filled with sauce.",
    "The recipe needs beef, vegetables and a sauce that simmers in the pot.",
)
LANGUAGES = {"chinese": CHINESE, "japanese": JAPANESE, "thai": THAI, "english": ENGLISH}


def documents(*languages: str) -> list[str]:
    """The texts of *languages*, or of all, each four times."""
    return [text for language in languages or LANGUAGES for text in LANGUAGES[language]] * 4
