"""Function words that the lists of stopwordsiso lack, by ISO code; our own, as the English list is."""

from __future__ import annotations

__all__ = ["FURTHER", "TRADITIONAL"]

_GERMAN = """
allesamt allzu andererseits anhand ansonsten anstatt anstelle aufgrund außerhalb bestimmte bestimmten bestimmter
bestimmtes bevor beziehungsweise bzw daraufhin demnach dennoch derart derartige derartigen derzeit desto diverse
diversen dorthin ebenfalls ebensowenig eher einerseits einschließlich entgegen entlang entsprechend entsprechende
entsprechenden etliche falls fast folglich gemäß genauso gleichzeitig halber heutzutage hierbei hierdurch hierfür
hierzu hingegen hinsichtlich höchst immerhin infolge innerhalb insbesondere insgesamt insofern inzwischen jegliche
jeglicher jeweilige jeweiligen jeweils keinerlei keineswegs lediglich letztlich mancherlei mangels mehrere mehreren
mehrerer meist meiste meisten meistens mindestens mithilfe mitsamt mittels mitunter möglicherweise nahezu nebenbei
nichtsdestotrotz normalerweise nämlich obgleich obwohl ohnehin samt schließlich seitens sobald sodann sodass sofern
sogar solange somit soviel sowohl stets teils teilweise trotz umso unabhängig ungefähr unterhalb verschiedene
verschiedenen verschiedener verschiedenes vielmehr vorher völlig wahrscheinlich weder weswegen wiederum wobei wodurch
wofür womit woraus worin wovon wozu zahlreiche zahlreichen zahlreicher ziemlich zudem zufolge zumal zumeist zumindest
zurzeit zusätzlich zuvor zwecks üblicherweise
"""
_FRENCH = """
alentour aucunement auparavant auprès aussitôt autour bientôt davantage devait devez déjà ensuite entretemps facilement
faire faisait faite fallait faudrait faut grâce guère généralement jadis jamais lorsqu mieux nullement partout
pourraient pourtant pouvez pouvoir pouvons presque principalement probablement puisqu quasiment quelqu quelquefois
suffisamment tantôt tard travers tôt uniquement vraiment également
"""
_SPANISH = """
acaso acerca asimismo conforme cuya cuyas cuyo cuyos debería deberían distintas distintos entretanto jamás mayoría
numerosas numerosos obstante pese posiblemente previamente probablemente relativamente sendos siquiera suele suelen
tantas tantos únicamente
"""
_RUSSIAN = """
благодаря большинства большинстве большинство будучи вашего вашей ваших ввиду вдоль вероятно весьма виду включая вместо
вновь внутри возле возможно вряд всей вскоре вследствие всякая всякие всякий всяких выше гораздо данная данного данной
данном данный должна должны достаточно другим другими другого другом другому другую едва ежели заранее значительно
имеют имеются имея иначе иная иной иные иными иных исключительно итак каждого каждой каждом каждому каждую каким какими
каких какого какое каком какому какую кое которое котором которому которою которую которым которыми крайне либо любая
любого любое любой любом любому любую любые любым любых мере многая многие многим многими многих множество могла могли
могло моего моей можем можете моих мою моём наверное намного наоборот например напротив насколько насчёт нашего нашей
нашему наших нашу некая некие некий неким некого некоторая некоторого некоторое некоторой некотором некоторую некоторые
некоторым некоторыми некоторых необходимо непосредственно несколькими нескольких несмотря нигде никакая никакие никаких
никого никому нём образом одна одни одним одними одних одно одном одному одну основном остальная остальное остальной
остальные остальных относительно отнюдь отчасти поблизости поверх подобная подобно подобного подобной подобные подобный
подобных пожалуй полностью помимо помощью поскольку последующие посредством постоянно поэтому практически прежде
преимущественно приблизительно примерно пускай пусть путём ради различная различное различной различные различный
различными различных разная разного разное разной разные разный разным разных ранее редко самая самое самые самым самых
сверх сверху своему своею своим своими своя своё своём сквозь скорее скоро слегка следовательно следует словно согласно
сообразно соответственно соответствующие соответствующих спустя среди стала стали стало станет стоит существует
существуют таким такими таких таков такова таковы такого таком такому такую той точно требуется целом частично
частности чей чересчур чьего чьей чьи чьих чья чьё чём является являлась являлись являлось являлся являются являясь
"""
_HINDI = """
अक्सर अगर अगला अगली अगले अतः अतिरिक्त अथवा अधिक अधिकतर अधिकांश अन्य अब अर्थात अलग अलावा आए आगे आज आती आते आना आने आपका
आपकी आपके आपको आपने आपस आपसे आम आमतौर आया आयी आस इतना इतनी इतने इधर इनकी इनके इनको इनमें इनसे इसको इसने इसलिए इससे उतना
उतनी उतने उधर उनमें उनसे उन्होंने उसका उसकी उसको उसने उसमें उससे ऊपर एकदम ऐसा ऐसी कब कभी कम करके करती करनी करा करीब करे
करेंगे करेगा करेगी करो कहना कहाँ कहां कहीं काफी कारण किंतु किए कितनी कितने किनके किन्तु किये किसका किसकी किसके किसने
कृपया केवल कैसा कैसी कैसे क्या क्यों क्योंकि ख़ास ख़ुद खास खुद गई गए गयी गये चाहता चाहती चाहते चाहिए चाहिये चाहे चुका
चुकी चुके जबकि जरूर ज़रूर ज़्यादा ज़्यादातर जाए जाएँ जाएं जाएगा जाएगी जाता जाती जाते जाना जाने जाया जाये जितनी जितने
जिनका जिनकी जिनके जिनमें जिनसे जिन्होंने जिसका जिसकी जिसके जिसको जिसने जिसमें जिससे जी जैसी ज्यादा ज्यादातर ठीक तभी तरफ
तरफ़ ताकि तुम तुम्हारा तुम्हारी तुम्हारे तुम्हें तौर दिए दिये दी दूसरा दूसरी दे देकर देता देती देते देना देने दोनों दौर
दौरान निम्न पड़ता पड़ती पड़ते पड़ा परंतु परन्तु पहला पहली पाए पाता पाती पाते पाना पाने पाया पास पीछे पूरी पूरे प्रति
बजाय बदले बन बना बने बल्कि बस बात बार बारे बावजूद बाहर बिना बिल्कुल बीच बेहद भर मात्र माना माने मिल मिलकर मिला मिली
मिले मुझे मेरा मेरी मेरे मैं मैंने यदा यद्यपि यानी यूँ रख रखता रखती रखते रखना रखने रखा रह रहता रहती रहते रहना रहने रही
रूप लगता लगती लगते लगना लगने लगभग लगा लगातार लगी लगे लिया ली ले लेकर लेता लेती लेते लेना लेने वगैरह वजह वरना वही वाक़ई
वाला वाली वालों विभिन्न वैसा वैसी वैसे शामिल शायद सकती सका सकी सके सकें सदा सब समान सही सामने सामान्य सारी सारे सिर्फ
सिर्फ़ स्वयं हम हमने हमारा हमारी हमारे हमें हमेशा हर हालाँकि हालांकि हूं हेतु हों होंगी होंगे होकर होगा होगी
"""
_ARABIC = """
آخر أثناء أحد أحدهم أحيانا أحياناً أخرى أدنى أصبحت أعلى أنك أننا أنه أنها أنهم أول أولا أولاً أولى أية أيضا أيضاً إحدى
إلا إلي إليه إليها إليهم إما إنما إنه إنها إنهم الآخر الآخرين الآن الأخرى الأقل الأكثر الأول الأولى البعض الخاص الخاصة
الرغم العديد الكثير الكثيرون المزيد بأن بأنه بأنها بالإضافة بالرغم بالفعل بالقرب بالنسبة بحيث بدون بذلك بعضها بعضهم
بعيدا بكثير بلا بهذا بهذه بهم بواسطة بينما بينها تحت تزال تعد تقريبا تقريباً تكن تكون تماما تماماً تمت توجد جدا جداً
حوالي حينما خارج خاصة دائما دائماً داخل ربما رغم سبيل شيء طوال عادة عادةً عبر عديدة عليهم عما عنه عنها عنهم غالبا
غالباً فإن فإنه فإنها فقد فقط فمن فوق فيهم قليل قليلا كاملة كانا كانوا كثير كثيرا كثيراً كثيرة كلها كنت كون كونه كونها
لأن لأنه لأنها لأي لديك لديه لديها لديهم لذا لذلك لست لعل لقد لكل لكنه لكنها للغاية لماذا لهذا لهذه لهم ليس ليست مؤخرا
مؤخراً مثلا مثلما مجرد مختلف مختلفة مرة مزيد معا معظم معظمها معه معها معهم منه منهم نسبيا نسبياً نظرا نظراً نفسها هؤلاء
هذان وأن وأنه وإلى وإن واحدة والتي والذي والذين وبعد وبين وتم وجد وجود وحده وحدها وخلال وذلك وسط وعلى وعند وعندما وغير
وكذلك وكل وكما ولأن ولكن ولكنه ولكنها ولن وليس وليست وما ومع ومنذ وهذا وهذه وهم وهناك يا يبدو يتم يجب يزال يعد يكن
يكونوا يمكنك يمكنه يمكنها ينبغي يوجد
"""
_SWAHILI = """
aidha aliye ama ambacho ambalo ambamo ambao ambapo ambavyo ambaye ambayo ambazo angalau au awali baadaye baadhi badala
bado baina bali chache dhidi fulani haikuwa haina haiwezi hakuna hakuwa halafu hali hao hapa hasa hawa haya hayo hebu
hicho hii hiki hili hilo hivi hizi hizo huenda huko hukohuko humo hupo huu huwa huyo huyu ikawa ikiwa iko ile iliyo ina
inaweza ingawa ipasavyo iwapo je jinsi kabisa kabla kadhaa kadhalika kamwe kando kati katikati kawaida kiasi kidogo
kote kuhusu kuliko kulikuwa kulingana kuna kunaweza kupitia kutokana kuwahi kwake kwani kwanza kwao kweli kwetu labda
lake lazima lile lililo lina mbali mbalimbali mbele mfano mnamo mno mojawapo mote mpaka mwa mwao mwingine mwote nacho
nani nao nayo ndio ndipo ndivyo ndiye ndiyo ndizo nje nyingi nyingine nyote nzima pa pekee pengine pindi sababu sawa si
sisi tangu tayari tofauti tunaweza ule uliokuwa una unaweza vilevile vingi vingine vipi vizuri vya vyake vyao vyenye
vyote wachache wako wale wana wanaweza wapi wengi wenu wenye wetu wewe wowote yako yenu yenye yetu yeyote yote yoyote
zao zenye zetu ziko zile zilizo zina zinaweza zote
"""

_CHINESE = """
没有 已经 可能 需要 应该 很多 非常 包括 通常 经常 这种 这是
这项 十分 仍然 一直 曾经 正在 将会 能够 必须 不会 也是 都是 之后 之前 之间 期间
当时 现在 大约 几乎 至少 更加 最后 我的 你的 他的 她的 几个 两个 每个 一项 一场
一家 一位 一名 大部分 大多数 成为 称为 认为 表示 是因为
"""

_TRADITIONAL = """
临臨 为為 乌烏 仅僅 从從 们們 会會 傥儻 关關 内內 冲衝 况況 凭憑 则則 别別 办辦 区區 单單 却卻 吓嚇 吗嗎 呕嘔 呗唄
呜嗚 哒噠 哗嘩 哟喲 喽嘍 嗳噯 嘘噓 处處 对對 将將 尔爾 尽盡 岂豈 开開 归歸 当當 总總 换換 无無 旧舊 时時 来來 样樣
欤歟 没沒 点點 犹猶 独獨 着著 称稱 简簡 类類 紧緊 纵縱 经經 结結 给給 继繼 综綜 罢罷 腾騰 虽雖 见見 让讓 许許 论論
设設 诚誠 话話 该該 说說 请請 诸諸 谁誰 贼賊 赖賴 转轉 较較 边邊 达達 过過 还還 这這 进進 连連 鉴鑒 针針 问問 间間
随隨 难難 顺順 齐齊 后後 于於 几幾 里裡 并並 么麼 个個 与與 据據 极極 准準
"""
"""Simplified characters of Chinese function words, each with the traditional one."""

TRADITIONAL = str.maketrans({pair[0]: pair[1] for pair in _TRADITIONAL.split()})

FURTHER = {
    "ar": frozenset(_ARABIC.split()),
    "de": frozenset(_GERMAN.split()),
    "es": frozenset(_SPANISH.split()),
    "fr": frozenset(_FRENCH.split()),
    "hi": frozenset(_HINDI.split()),
    "ru": frozenset(_RUSSIAN.split()),
    "sw": frozenset(_SWAHILI.split()),
    "zh": frozenset(_CHINESE.split()),
}
