"""A clause in English: articles and the order of words."""

from __future__ import annotations

from collections.abc import Sequence

from .clause import Clause, Rendered, Token

BE = {  # person: present, past
    "1s": ("am", "was"),
    "2": ("are", "were"),
    "3s": ("is", "was"),
    "p": ("are", "were"),
}


def article(tokens: Sequence[Token]) -> str:
    """Choose a or an by the sound of the next word."""
    word = tokens[0][0]
    if word in ("honest", "hour"):
        return "an"
    return "an" if word[0].lower() in "aeiou" and not word.startswith(("uni", "use")) else "a"


def _modal(clause: Clause, korean: Rendered, verb: list[Token]) -> tuple[list[Token], list[Token]]:
    """Return auxiliary and rest of a clause with can, could or cannot."""
    past, modal = clause.tense == "past", korean.modal + korean.finite
    negated = clause.negative
    refusal = korean.negation
    if clause.modality == "can" and negated:
        refusal = (korean.modal[-1],)
    if not negated:
        return [("could" if past else "can", modal)], verb
    if past:
        return [("could", modal or refusal)], [("not", refusal), *verb]
    return [("cannot", modal + korean.negation)], verb


def _is_progressive(clause: Clause) -> bool:
    predicate = clause.predicate
    implied = predicate.ongoing and clause.tense == "present"
    return clause.modality == "progress" or (
        implied and not clause.modality and clause.negation != "cannot"
    )


def _full_verb(
    clause: Clause, korean: Rendered, asks: bool, tail: list[Token]
) -> tuple[list[Token], list[Token]]:
    """Return auxiliary and rest of a clause whose verb is neither 'be' nor under a modal."""
    predicate, person = clause.predicate, clause.subject.person
    past = clause.tense == "past"
    negation = korean.stem if predicate.lacking or predicate.unknown else korean.negation
    own = korean.stem if predicate.stem_in_english else ()
    third = person == "3s" and not past
    verb = [(predicate.base, own), *tail]
    if clause.modality == "want":
        forms, head, after = ("want", "wants", "wanted"), korean.modal, [("to", korean.link), *verb]
    elif clause.modality == "must":
        forms, head, after = ("have", "has", "had"), korean.modal, [("to", korean.modal), *verb]
    else:
        forms, head, after = (predicate.base, predicate.third, predicate.past), own, tail
    middle = predicate.middle
    if negation or asks:
        auxiliary: list[Token] = [("did" if past else "does" if third else "do", korean.finite)]
        not_: list[Token] = [("not", negation)] if negation else []
        return auxiliary, [*not_, *middle, (forms[0], head), *after]
    form = forms[2] if past else forms[1] if third else forms[0]
    return [], [*middle, (form, head + korean.finite), *after]


def _verb_group(
    clause: Clause, korean: Rendered, asks: bool, tail: list[Token]
) -> tuple[list[Token], list[Token]]:
    """Return what goes before the subject of a question, and what follows the subject."""
    predicate, past = clause.predicate, clause.tense == "past"
    own = korean.stem if predicate.stem_in_english else ()
    negation = korean.stem if predicate.lacking or predicate.unknown else korean.negation
    not_: list[Token] = [("not", negation)] if negation else []
    be = BE[clause.subject.person][past]
    verb = [*predicate.middle, (predicate.base, own), *tail]
    if clause.tense == "future":
        return [("will", korean.modal + korean.finite)], [*not_, *verb]
    if _is_progressive(clause):
        going: Token = (predicate.gerund, own + korean.link)
        return [(be, korean.modal + korean.finite)], [*not_, *predicate.middle, going, *tail]
    if clause.modality == "can" or (
        clause.negation in ("cannot", "unable") and not predicate.unable
    ):
        return _modal(clause, korean, verb)
    if clause.modality == "must" and not past:
        return [("must", korean.modal + korean.finite)], [*not_, *verb]
    if clause.perfect:
        has = "has" if clause.subject.person == "3s" else "have"
        done: Token = (clause.perfect, own)
        return [(has, korean.finite)], [*not_, *predicate.middle, done, *tail]
    if predicate.is_be and not clause.modality:
        return [(be, own + korean.finite)], [*not_, *predicate.middle, *tail]
    return _full_verb(clause, korean, asks, tail)


def render_english(
    clause: Clause,
    korean: Rendered,
    subject: Sequence[Token],
    question: bool = False,
    asked: Sequence[Token] = (),
    bare: bool = False,
    stranded: Sequence[Token] = (),
) -> list[Token]:
    """Write the clause in English.

    Parameters
    ----------
    clause, korean
        The clause and what `render_korean` made of it.
    subject
        The English subject; empty where it is shared with the clause before.
    question
        Whether the auxiliary goes before the subject.
    asked
        The question word or phrase that comes first.
    bare
        Only the base form and what follows: the second verb after a shared 'will'.
    stranded
        A preposition left without its noun: who do you talk with.
    """
    predicate = clause.predicate
    own = korean.stem if predicate.stem_in_english else ()
    tail: list[Token] = [(w, own) for w in predicate.tail]
    if bare:
        verb: list[Token] = [*predicate.middle, (predicate.base, own), *tail]
        return [*([] if predicate.is_be else verb), *predicate.complement]
    auxiliary, rest = _verb_group(clause, korean, question and bool(subject), tail)
    ending: list[Token] = [*stranded, *predicate.complement]
    if question:
        return [*asked, *auxiliary, *subject, *rest, *ending, ("?", korean.conjunction)]
    return [*subject, *auxiliary, *rest, *ending]
