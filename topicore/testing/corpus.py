"""Two hundred short texts to test with: five languages, four themes, and what real corpora hold besides.

The scripts are Latin, Devanagari, Arabic (some of it with vowel marks) and Chinese (no spaces between
words); some German texts are in decomposed form, so that umlauts are combining marks.
"""

from __future__ import annotations

import unicodedata

__all__ = ["DOCUMENTS", "THEMES", "UNUSUAL"]

_FOOTBALL = """
The striker scored two goals in the final football match.
Our goalkeeper saved a penalty in the last minute of the match.
The football coach praised the defence after the match.
Fans filled the stadium to watch the football team play.
The referee gave a red card and a penalty to the striker.
A late goal decided the football match in the stadium.
The team lost the match although the striker scored a goal.
The young goalkeeper signed a contract with the football club.
The club sold its best striker before the new football season.
Der Stürmer schoss zwei Tore im letzten Spiel der Mannschaft.
Der Torwart hielt den Elfmeter in der letzten Minute.
Die Mannschaft verlor das Spiel trotz eines schönen Tores.
Der Trainer lobte die Mannschaft nach dem Spiel im Stadion.
Tausende Fans füllten das Stadion für das Spiel.
Der Schiedsrichter gab dem Stürmer die rote Karte.
Ein spätes Tor entschied das Spiel für die Mannschaft.
Der junge Torwart wechselt zu einem größeren Verein.
Der Verein verkaufte seinen besten Stürmer vor der Saison.
खिलाड़ी ने फुटबॉल मैच में दो गोल किए।
गोलकीपर ने आखिरी मिनट में पेनल्टी रोक ली।
टीम फुटबॉल मैच हार गई लेकिन खिलाड़ी अच्छे थे।
कोच ने मैच के बाद टीम की तारीफ़ की।
स्टेडियम फुटबॉल मैच देखने वालों से भर गया।
रेफ़री ने खिलाड़ी को लाल कार्ड दिखाया।
आखिरी गोल ने फुटबॉल मैच का फैसला किया।
युवा गोलकीपर नई टीम में शामिल हुआ।
क्लब ने अपना सबसे अच्छा खिलाड़ी बेच दिया।
سجل المهاجم هدفين في مباراة كرة القدم.
أنقذ الحارس ركلة الجزاء في الدقيقة الأخيرة.
خسر الفريق المباراة رغم هدف المهاجم.
مدح المدرب الفريق بعد المباراة.
امتلأ الملعب بالجمهور لمشاهدة الفريق.
أعطى الحكم المهاجم بطاقة حمراء.
حسم هدف متأخر مباراة كرة القدم.
وَقَّعَ الحارسُ الشابُّ عقدًا مع النادي.
باع النادي أفضل مهاجم قبل الموسم.
前锋在足球比赛中打进两球。
守门员在最后一分钟扑出点球。
球队输掉了这场足球比赛。
教练在比赛后表扬了球队。
球迷挤满了体育场观看足球比赛。
裁判向前锋出示红牌。
最后的进球决定了比赛。
年轻的守门员加入了新的球队。
俱乐部在赛季前卖掉了前锋。
"""

_COOKING = """
Chop the onions and fry them in butter until golden.
Simmer the soup with garlic, salt and fresh herbs.
Bake the bread in a hot oven for forty minutes.
Whisk the eggs with sugar and add the flour slowly.
Season the sauce with salt, pepper and a little garlic.
The recipe needs flour, butter, eggs and warm milk.
Boil the rice and serve it with fried onions.
Let the dough rest before you bake the bread.
Stir the soup gently and add butter at the end.
Die Zwiebeln hacken und in Butter goldbraun braten.
Die Suppe mit Knoblauch, Salz und Kräutern kochen.
Das Brot im heißen Ofen vierzig Minuten backen.
Die Eier mit Zucker schlagen und das Mehl zugeben.
Die Soße mit Salz, Pfeffer und Knoblauch würzen.
Für das Rezept braucht man Mehl, Butter, Eier und Milch.
Den Reis kochen und mit gebratenen Zwiebeln servieren.
Den Teig ruhen lassen und dann das Brot backen.
Die Suppe umrühren und zum Schluss Butter zugeben.
प्याज काटकर मक्खन में सुनहरा होने तक भूनें।
सूप को लहसुन, नमक और पानी के साथ पकाएँ।
रोटी को गरम तवे पर दोनों तरफ़ सेकें।
अंडे और चीनी फेंटकर उसमें आटा मिलाएँ।
चटनी में नमक, मिर्च और लहसुन डालें।
इस व्यंजन में आटा, मक्खन, अंडे और दूध लगता है।
चावल उबालकर भुने प्याज के साथ परोसें।
आटा गूँधकर थोड़ी देर रख दें।
सूप को धीरे चलाएँ और अंत में मक्खन डालें।
قطع البصل واقله في الزبدة حتى يصبح ذهبيا.
اطبخ الحساء مع الثوم والملح والأعشاب.
اخبز الخبز في فرن ساخن أربعين دقيقة.
اخفق البيض مع السكر وأضف الطحين ببطء.
تبل الصلصة بالملح والفلفل والثوم.
تحتاج الوصفة إلى الطحين والزبدة والبيض والحليب.
اسلق الأرز وقدمه مع البصل المقلي.
اُتْرُكِ العَجِينَ يَرْتَاحُ قبل أن تخبز الخبز.
حرك الحساء وأضف الزبدة في النهاية.
把洋葱切碎用黄油炒到金黄。
用大蒜和盐慢慢煮汤。
把面包放进热烤箱烤四十分钟。
把鸡蛋和糖打匀再加面粉。
用盐胡椒和大蒜给酱汁调味。
这个食谱需要面粉黄油鸡蛋和牛奶。
把米饭煮熟和炒洋葱一起上桌。
先让面团醒一会再烤面包。
轻轻搅拌汤最后加黄油。
"""

_SPACE = """
The rocket carried a new telescope into orbit.
Astronauts repaired the space station during a long walk.
The telescope saw a distant galaxy full of young stars.
A small probe landed on the planet and sent pictures.
The launch of the rocket was delayed by strong wind.
Scientists found water ice on a moon of the planet.
The satellite leaves its orbit and burns in the atmosphere.
The probe measured the gravity of the planet from orbit.
Two astronauts returned from the space station to Earth.
Die Rakete brachte ein neues Teleskop in die Umlaufbahn.
Die Astronauten reparierten die Raumstation im Weltraum.
Das Teleskop sah eine ferne Galaxie voller Sterne.
Eine kleine Sonde landete auf dem Planeten und schickte Bilder.
Der Start der Rakete wurde wegen des Windes verschoben.
Forscher fanden Eis auf einem Mond des Planeten.
Der Satellit verlässt die Umlaufbahn und verglüht.
Die Sonde maß die Schwerkraft des Planeten.
Zwei Astronauten kehrten von der Raumstation zurück.
रॉकेट ने नई दूरबीन को कक्षा में पहुँचाया।
अंतरिक्ष यात्रियों ने अंतरिक्ष स्टेशन की मरम्मत की।
दूरबीन ने दूर की आकाशगंगा और तारे देखे।
एक छोटा यान ग्रह पर उतरा और तस्वीरें भेजीं।
तेज़ हवा के कारण रॉकेट का प्रक्षेपण टल गया।
वैज्ञानिकों को ग्रह के चंद्रमा पर बर्फ़ मिली।
उपग्रह कक्षा छोड़कर वायुमंडल में जल गया।
यान ने ग्रह का गुरुत्वाकर्षण नापा।
दो अंतरिक्ष यात्री पृथ्वी पर लौट आए।
حمل الصاروخ تلسكوبا جديدا إلى المدار.
أصلح رواد الفضاء محطة الفضاء.
رأى التلسكوب مجرة بعيدة مليئة بالنجوم.
هبط مسبار صغير على الكوكب وأرسل صورا.
تأجل إطلاق الصاروخ بسبب الرياح القوية.
وجد العلماء جليدا على قمر الكوكب.
غادر القمر الصناعي المدار واحترق.
قَاسَ المِسْبَارُ جاذبيةَ الكوكبِ من المدار.
عاد رائدان من محطة الفضاء إلى الأرض.
火箭把新的望远镜送入轨道。
宇航员修理了空间站。
望远镜看到了遥远的星系和恒星。
小探测器在行星上着陆并发回照片。
因为大风火箭推迟发射。
科学家在行星的卫星上发现了冰。
卫星离开轨道在大气层中烧毁。
探测器从轨道测量行星的引力。
两名宇航员从空间站返回地球。
"""

_MUSIC = """
The orchestra played the symphony in the old concert hall.
She practises the piano and the violin every evening.
The singer wrote a new song for her next album.
The band played its old songs at the summer concert.
The violin carries the melody and the piano follows.
The conductor led the orchestra through the slow symphony.
The choir sang an old song without any piano.
The album reached the top of the charts in a week.
A guitar and a drum are enough for a good concert.
Das Orchester spielte die Sinfonie im alten Konzertsaal.
Sie übt jeden Abend Klavier und Geige.
Die Sängerin schrieb ein neues Lied für ihr Album.
Die Band spielte ihre alten Lieder beim Konzert.
Die Geige spielt die Melodie und das Klavier folgt.
Der Dirigent führte das Orchester durch die Sinfonie.
Der Chor sang ein altes Lied ohne Klavier.
Das Album stand nach einer Woche an der Spitze.
Gitarre und Trommel genügen für ein gutes Konzert.
ऑर्केस्ट्रा ने पुराने सभागार में संगीत बजाया।
वह हर शाम पियानो और वायलिन का अभ्यास करती है।
गायिका ने अपने एल्बम के लिए नया गीत लिखा।
बैंड ने संगीत कार्यक्रम में पुराने गीत बजाए।
वायलिन पर धुन बजती है और पियानो साथ देता है।
संगीतकार ने धीमी धुन बजाई।
गायकों ने बिना पियानो के पुराना गीत गाया।
एल्बम एक हफ़्ते में सबसे ऊपर पहुँच गया।
गिटार और तबला अच्छे संगीत के लिए काफ़ी हैं।
عزفت الأوركسترا السيمفونية في القاعة القديمة.
تتدرب على البيانو والكمان كل مساء.
كتبت المغنية أغنية جديدة لألبومها.
عزفت الفرقة أغانيها القديمة في الحفل.
يعزف الكمان اللحن ويتبعه البيانو.
قاد المايسترو الأوركسترا في السيمفونية.
غنى الكورال أغنية قديمة بدون بيانو.
وَصَلَ الأَلْبُومُ إلى القمة في أسبوع.
يكفي الغيتار والطبل لحفل جيد.
乐团在老音乐厅演奏交响曲。
她每天晚上练习钢琴和小提琴。
歌手为新专辑写了一首歌。
乐队在音乐会上演奏老歌。
小提琴演奏旋律钢琴伴奏。
指挥带领乐团演奏交响曲。
合唱团不用钢琴唱了一首老歌。
专辑一周内登上榜首。
吉他和鼓就足够一场音乐会。
"""

UNUSUAL: tuple[str, ...] = (
    "",
    "",
    " ",
    "\t\n ",
    "\N{NO-BREAK SPACE}\N{ZERO WIDTH SPACE}",
    "...!?",
    "42 3.14 1e9",
    "a",
    "\N{SOCCER BALL}\N{SOCCER BALL}\N{SOCCER BALL}",
    "Goal! \N{PARTY POPPER} \N{WAVING BLACK FLAG}",
    "family \N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL} concert",
    "thumbs \N{THUMBS UP SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-6} up",
    "e\N{COMBINING ACUTE ACCENT}\N{COMBINING DIAERESIS}\N{COMBINING TILDE}",
    "\N{RIGHT-TO-LEFT MARK}orbit\N{LEFT-TO-RIGHT MARK}",
    "nul\x00 and bell\x07",
    "line\r\nbreak\N{LINE SEPARATOR}separator",
    "<p>markup &amp; entities</p> https://example.org/?q=1#top",
    "\N{MATHEMATICAL BOLD CAPITAL G}\N{MATHEMATICAL BOLD CAPITAL O}\N{MATHEMATICAL BOLD CAPITAL A}",
    "ﬁnal ﬂight ① Ⅷ ½",
    "İSTANBUL ßtraße ŉ ǅ",
)
"""Texts that break what was only tried on English: empties, controls, joiners, marks, digits."""


def _lines(text: str) -> list[str]:
    lines = text.strip().splitlines()
    return [unicodedata.normalize("NFD", line) if place % 9 == 4 else line for place, line in enumerate(lines)]


_THEMED = [_lines(theme) for theme in (_FOOTBALL, _COOKING, _SPACE, _MUSIC)]

DOCUMENTS: tuple[str, ...] = (*(line for row in zip(*_THEMED, strict=True) for line in row), *UNUSUAL)
"""All texts, the themes by turns, the unusual ones last."""

THEMES: tuple[int, ...] = (*([0, 1, 2, 3] * len(_THEMED[0])), *([-1] * len(UNUSUAL)))
"""The theme of each text: 0 football, 1 cooking, 2 space, 3 music, -1 none."""
