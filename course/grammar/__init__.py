"""The grammar that writes the Korean-English corpus, and `cut`, which reads Korean with it.

``cut(sentence)`` turns ordinary Korean into the morphemes that the pairs hold;
``python -m course.grammar`` writes the corpus anew, ``python -m course.grammar.dates`` the dates.

How a word is cut: where its morphemes meet.  A stem returns to its dictionary form, an ending stays
as it is heard in the word (갔다 = 가 + 았다, 들었다 = 듣 + 었다, 산다 = 살 + ㄴ다, 추운 = 춥 + ㄴ),
and what contraction hid comes back (내가 = 나 + 가, 내 = 나 + 의).  An ending with its tense is one
piece; so is 이다, which Korean school grammar counts among the particles (학생이다 = 학생 + 이다).

Which room holds what:

- `tables`: the words and what is said of them, for a Korean reader to mend; `lexicon` reads the
  words, `events` and `read_scripts` read the scripts.
- here: how both languages write a clause (`hangul`, `inflection`, `clause`, `english`, `tree`), and
  what draws sentences, each class upon the one before: `phrases`, `adverbs`, `clauses`,
  `happenings`, `deeds`, `single`, `questions`, `telling`, `pairs_of_people`, `joined`.  `drawing`
  keeps the words in balance, `corpus` writes the files.  `dates` and `addition` make two small
  corpora of other kinds.
- `cutting`: the way back, from a sentence to its morphemes or to advice.
"""

from .cutting import cut

__all__ = ["cut"]
