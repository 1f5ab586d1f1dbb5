"""Sentences of several clauses as trees, and how a tree is written in both languages.

Korean puts a clause that hangs on another one before it; English puts it after. So each language
walks the tree in its own order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from .clause import CONJUNCTION, Clause, Morph, Phrase, Rendered, Token, Word, render_korean
from .english import render_english
from .phrases import POSSESSIVE_OF

BACKSHIFT = {"will": "would"}  # said that he would come
FORMS_OF_BE = ("am", "is", "are", "was", "were")


class Sentence(NamedTuple):
    """A finished pair, and the pairs of words in it that may be held out."""

    korean: str
    morphemes: tuple[str, ...]
    english: tuple[str, ...]
    alignment: frozenset[tuple[int, int]]
    clauses: int
    pairs: frozenset[str]


def finish(words: list[Word], tokens: list[Token], clauses: int, pairs: set[str]) -> Sentence:
    """Number the morphemes and tokens, and turn what expresses what into index pairs."""
    morphs = [m for w in words for m in w.morphs]
    place = {id(m): i for i, m in enumerate(morphs)}
    alignment = frozenset(
        (place[id(m)], j) for j, (_, sources) in enumerate(tokens) for m in sources
    )
    mark = "?" if tokens[-1][0] == "?" else "."
    return Sentence(
        " ".join(w.surface for w in words) + mark,
        tuple(m.form for m in morphs),
        tuple(t for t, _ in tokens),
        alignment,
        clauses,
        frozenset(pairs),
    )


@dataclass
class Leaf:
    """One clause. `who` is the person whom it is about, if the sentence names them elsewhere."""

    clause: Clause
    who: Phrase | None = None
    rendered: Rendered | None = None

    @property
    def done(self) -> Rendered:
        """What Korean has made of it; Korean is written before English."""
        if self.rendered is None:
            raise RuntimeError("tree: the Korean of a clause is written before its English")
        return self.rendered


@dataclass
class Series:
    """Clauses side by side, joined by 고 ("and"), 지만 ("but") or 아서/어서 ("then")."""

    parts: list[Node]
    links: list[str]


@dataclass
class Hung:
    """A clause that hangs on another one by a relation of `ENDINGS`: so, if, when, that …"""

    relation: str
    sub: Node
    main: Node


@dataclass
class About:
    """What is said of one person, who is named once, as the topic."""

    person: Phrase
    body: Node
    marker: str = "은/는"


Node = Leaf | Series | Hung | About


def leaves(node: Node) -> list[Leaf]:
    """Return the clauses in Korean order."""
    if isinstance(node, Leaf):
        return [node]
    if isinstance(node, Series):
        return [leaf for part in node.parts for leaf in leaves(part)]
    if isinstance(node, Hung):
        return [*leaves(node.sub), *leaves(node.main)]
    return leaves(node.body)


def _last(node: Node) -> Leaf:
    return leaves(node)[-1]


def _is_same(one: Leaf, other: Leaf) -> bool:
    """Whether two clauses are about the same person."""
    return one.who is not None and one.who is other.who


def _share(tokens: list[Token], words: Sequence[str], morphs: Sequence[Morph]) -> None:
    """Let these words, which are said once, express the morphemes of a further clause, too."""
    for j, (word, own) in enumerate(tokens):
        if word in words:
            tokens[j] = (word, tuple(dict.fromkeys((*own, *morphs))))


def write_korean(
    node: Node, kind: str, topic: Phrase | None = None, tenseless: bool = False
) -> list[Word]:
    """Write a tree in Korean; `kind` is the ending of its last clause."""
    if isinstance(node, Leaf):
        clause = node.clause
        named = node.who is not None and node.who is topic
        subject = [] if named else clause.subject.marked("이/가")
        node.rendered = render_korean(clause, kind, tenseless)
        return [*clause.before, *subject, *node.rendered.words]
    if isinstance(node, Series):
        words: list[Word] = []
        for part, link in zip(node.parts, node.links, strict=False):
            shared = link == "and" and not isinstance(part, About)
            words += write_korean(part, link, topic, tenseless=shared)
        return words + write_korean(node.parts[-1], kind, topic, tenseless)
    if isinstance(node, Hung):
        words = write_korean(node.sub, node.relation, topic)
        return words + write_korean(node.main, kind, topic, tenseless)
    named_words = node.person.marked(node.marker)
    body = node.body
    first = leaves(body)[0]
    family = first.clause.subject.noun is not None and first.clause.subject.noun.kind == "kin"
    opens = first.who is node.person or (first.who is None and family)  # 그는 어머니가 아파서
    if isinstance(body, Hung) and not opens and body.relation != "that":
        words = write_korean(body.sub, body.relation, node.person)
        return words + named_words + write_korean(body.main, kind, node.person, tenseless)
    return named_words + write_korean(body, kind, node.person, tenseless)


def to_bed(node: Node) -> None:
    """자기 전에 -> before going to bed, rather than before sleeping."""
    for leaf in leaves(node):
        said = leaf.clause.predicate
        if said.stem == "자" and not said.complement:
            said.base, said.past, said.third, said.gerund = "go", "went", "goes", "going"
            said.tail = ("to", "bed")


@dataclass
class _English:
    """Writes a tree in English and remembers who has been named."""

    named: set[int] = field(default_factory=set)

    def subject(self, leaf: Leaf) -> list[Token]:
        """The English subject: in full at first, then a pronoun."""
        clause = leaf.clause
        if leaf.who is None:
            return list(clause.english_subject or clause.subject.tokens)
        if clause.part and id(leaf.who) in self.named:
            return [(POSSESSIVE_OF[leaf.who.pronoun], leaf.who.head), *clause.part]
        if id(leaf.who) not in self.named:
            self.named.add(id(leaf.who))
            return list(clause.english_subject or leaf.who.tokens)
        return [(leaf.who.pronoun, leaf.who.head)]

    def leaf(self, leaf: Leaf, shared: bool = False, bare: bool = False) -> list[Token]:
        subject = [] if shared or bare else self.subject(leaf)
        return render_english(leaf.clause, leaf.done, subject, bare=bare)

    def write(self, node: Node) -> list[Token]:
        if isinstance(node, Leaf):
            return self.leaf(node)
        if isinstance(node, About):
            return self.write(node.body)
        if isinstance(node, Hung):
            return self._hung(node)
        return self._series(node)

    def _hung(self, node: Hung) -> list[Token]:
        if node.relation == "to":
            sub = _last(node.sub)
            tokens = self.write(node.main)
            return [*tokens, ("to", sub.done.conjunction), *self.leaf(sub, bare=True)]
        tokens = self.write(node.main)
        conjunction = (CONJUNCTION[node.relation], _last(node.sub).done.conjunction)
        if node.relation == "that" and _last(node.main).clause.tense == "past":
            for leaf in leaves(node.sub):  # she said that he was busy, that he would come
                if leaf.clause.tense == "present":
                    leaf.clause = replace(leaf.clause, tense="past")
        if node.relation == "before":
            to_bed(node.sub)
        hung = self.write(node.sub)
        if node.relation == "that" and _last(node.main).clause.tense == "past":
            hung = [(BACKSHIFT.get(word, word), morphs) for word, morphs in hung]
        return [*tokens, conjunction, *hung]

    def _series(self, node: Series) -> list[Token]:
        tokens = self.write(node.parts[0])
        for i, part in enumerate(node.parts[1:]):
            before = node.parts[i]
            tokens.append((CONJUNCTION[node.links[i]], _last(before).done.conjunction))
            tokens += self._next(before, part, tokens)
        return tokens

    def _next(self, before: Node, part: Node, tokens: list[Token]) -> list[Token]:
        """A further part; the subject is not repeated if it is the same."""
        if isinstance(part, Leaf) and isinstance(before, Leaf) and _is_same(before, part):
            return self._next_deed(before, part, tokens)
        if isinstance(part, Hung) and isinstance(part.main, Leaf):
            if _is_same(_last(before), part.main):
                return self._shared_hung(part, part.main)
        return self.write(part)

    def _next_deed(self, before: Leaf, part: Leaf, tokens: list[Token]) -> list[Token]:
        """What the same person does, or is, next."""
        first, second = before.clause, part.clause
        if first.part or second.part:  # my head hurts but I work
            return self.leaf(part)
        be = first.predicate.is_be and second.predicate.is_be and first.tense == second.tense
        if be and not second.negative and not first.modality and not second.modality:
            _share(tokens, FORMS_OF_BE, part.done.finite)  # is kind and honest
            return self.leaf(part, bare=True)
        if second.tense == "future" and not second.negative:
            _share(tokens, ("will",), (*part.done.modal, *part.done.finite))  # will eat and drink
            return self.leaf(part, bare=True)
        return self.leaf(part, shared=True)

    def _shared_hung(self, part: Hung, main: Leaf) -> list[Token]:
        tokens = self.leaf(main, shared=True)
        conjunction = (CONJUNCTION[part.relation], _last(part.sub).done.conjunction)
        return [*tokens, conjunction, *self.write(part.sub)]


def write(tree: Node, pairs: set[str]) -> Sentence:
    """Write a tree as a finished pair."""
    words = write_korean(tree, "statement")
    tokens = _English().write(tree)
    return finish(words, tokens, len(leaves(tree)), pairs)
