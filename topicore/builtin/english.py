"""English function words: what joins other words and says nothing of a topic by itself."""

from __future__ import annotations

__all__ = ["ENGLISH"]

_DETERMINERS_AND_PRONOUNS = """
a all an another any anybody anyone anything both each either enough every everybody everyone everything few fewer he
her hers herself him himself his i it its itself least less many me mine more most much my myself neither no nobody none
noone nothing one ones oneself other others our ours ourselves own same self several she some somebody someone something
such that the their theirs them themselves these they this those thou us we what whatever which whichever who whoever
whole whom whomever whose you your yours yourself yourselves thy thee
"""
_AUXILIARIES_AND_LIGHT_VERBS = """
am are be became become becomes becoming been being can cannot cant could couldnt did do does doing done dont get gets
getting give given gives go goes going gone got gotten had has hasnt have having is keep keeps kept let lets made make
makes making may might must mustnt need needs ought put puts quite see seem seemed seeming seems seen shall should show
shown shows take taken takes taking took use was were will would able describe described describes
find finding finds found used uses using
"""
_PREPOSITIONS_AND_CONJUNCTIONS = """
about above according across after afterwards against along alongside although amid among amongst and around as at
because before beforehand behind below beneath beside besides between beyond but by concerning despite down due during
except for from if in inside instead into like lest nor of off on onto opposite or out outside over past per plus
regarding round since so than though through throughout till to toward towards under underneath unless unlike until unto
up upon via versus when whence whenever where whereas whereby wherein whereupon wherever whether while whither with
within without yet
"""
_ADVERBS = """
again ago almost alone already also altogether always anyhow anyway anywhere apart aside away back else elsewhere
especially even ever everywhere far formerly forward further furthermore hardly hence here hereafter hereby herein
hereupon hers how however indeed just largely last lately later latter latterly likely mainly maybe meanwhile merely
moreover mostly namely nearly never nevertheless next nonetheless not now nowadays nowhere often once only otherwise
perhaps please possibly previously probably rather really recently respectively sometime sometimes somehow somewhat
somewhere soon still then thence there thereafter thereby therefore therein thereupon thus together too usually very
well why ie eg etc first former second third truly simply
"""
_NUMBERS = """
two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty hundred
"""
_FRAGMENTS_OF_CONTRACTIONS = """
ain aren couldn didn doesn don hadn hasn haven isn ll mightn mustn needn re shan shouldn ve wasn weren won wouldn
"""

ENGLISH = frozenset(
    " ".join(
        (
            _DETERMINERS_AND_PRONOUNS,
            _AUXILIARIES_AND_LIGHT_VERBS,
            _PREPOSITIONS_AND_CONJUNCTIONS,
            _ADVERBS,
            _NUMBERS,
            _FRAGMENTS_OF_CONTRACTIONS,
        )
    ).split()
)
