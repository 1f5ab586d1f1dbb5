"""Korean-English sentence pairs from a grammar, with gold word alignments.

``load(part)`` reads pairs, ``cut(sentence)`` turns ordinary Korean into the morphemes that the
pairs hold, ``english_sentence(tokens)`` writes tokens as a sentence.  The data card
(data/korean_english/README.md) states the conventions.

How a word is cut: where its morphemes meet.  A stem returns to its dictionary form, an ending stays
as it is heard in the word (갔다 = 가 + 았다, 들었다 = 듣 + 었다, 산다 = 살 + ㄴ다, 추운 = 춥 + ㄴ),
and what contraction hid comes back (내가 = 나 + 가, 내 = 나 + 의).  An ending with its tense is one
piece; so is 이다, which Korean school grammar counts among the particles (학생이다 = 학생 + 이다).
"""

from .corpus import PARTS, Pair, english_sentence, load
from .cutting import cut

__all__ = ["PARTS", "Pair", "cut", "english_sentence", "load"]
