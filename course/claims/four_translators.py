"""Four translators of one size on one task, what they cost, and input that they have not met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

KINDS = ("plain", "peeky", "attention", "Transformer")
SINUSOIDS = "Transformer, sinusoids"  # the same, told the order as in the first paper
HEADS, LAYERS = 2, 2  # of the Transformer, in encoder and decoder alike
RATES = {"plain": 0.016, "peeky": 0.032, "attention": 0.016, "Transformer": 0.008, SINUSOIDS: 0.008}
"""Each kind's learning rate, from the grids of claim 23."""


# --- four models of one size -----------------------------------------------------------------


def model_of(kind: str, V_source: int, V_target: int, width: int, dropout: float = 0.1) -> Any:
    """Return a translator of one of four kinds, all of them called in the same way.

    Parameters
    ----------
    kind : {"plain", "peeky", "attention", "Transformer", "Transformer, sinusoids"}
        Lesson 09's Seq2Seq; the same with the context vector in view at each step; lesson 00's,
        with attention; lesson 13's, which has no recurrence, with rotary or with added positions.
    V_source, V_target : int
        Sizes of the vocabularies.
    width : int
        H of the recurrent ones, d_model of the Transformer, whose inner layer is twice as wide.
    dropout : float
        Fraction of entries set to zero in training.
    """
    from helpers import seq2seq, transformer

    if kind.startswith("Transformer"):
        sizes = (V_source, V_target, width, HEADS, LAYERS, 2 * width)
        return transformer.Transformer(*sizes, dropout, rotary=kind != SINUSOIDS)
    if kind == "attention":
        return seq2seq.Seq2Seq(
            seq2seq.Encoder(V_source, width, dropout),
            seq2seq.AttentionDecoder(V_target, width, dropout),
        )
    decoder: Any = {"plain": seq2seq.PlainDecoder, "peeky": seq2seq.PeekyDecoder}[kind]
    encoder: Any = seq2seq.PlainEncoder(V_source, width, dropout)
    return seq2seq.Seq2Seq(encoder, decoder(V_target, width, dropout))


def sized(kind: str, V_source: int, V_target: int, H: int, dropout: float = 0.1) -> Any:
    """Return the widest model of a kind with no more parameters than attention with H units.

    Widths are multiples of four, so that each of the Transformer's two heads has an even width.
    """
    from helpers import training

    most = training.count_parameters(model_of("attention", V_source, V_target, H))
    width = 4 * H  # too wide for any kind
    while training.count_parameters(model_of(kind, V_source, V_target, width)) > most:
        width -= 4
    return model_of(kind, V_source, V_target, width, dropout)


_TRAINED: dict[tuple[Any, ...], Any] = {}


def trained(
    seed: int,
    kind: str,
    pairs: int,
    epochs: int,
    mixed: bool,
    H: int,
    B: int,
    rate: float,
    dropout: float,
) -> tuple[Any, Any, Any, Any]:
    """Train a model on the first `pairs` of the Korean–English corpus.

    What one claim has trained another finds, if both are measured in one process. With `mixed`,
    half of the training sentences whose words may stand in another order are given so, or without
    the object's particle, anew in each epoch.

    Returns
    -------
    model
    read, write : Vocabulary
        Of the source and the target.
    history : training.History
    """
    import torch

    from helpers import seq2seq, text, training
    from helpers.corpora import korean_english

    key = (seed, kind, pairs, epochs, mixed, H, B, rate, dropout)
    if key in _TRAINED:
        return _TRAINED[key]
    chosen = korean_english.load("train")[:pairs]
    read = text.Vocabulary.from_sentences(pair.morphemes for pair in chosen)
    write = text.Vocabulary.from_sentences(pair.english for pair in chosen)
    targets = [write.encode(pair.english) for pair in chosen]

    def batches(epoch: int) -> Any:
        rng = np.random.default_rng([seed, 24, epoch])
        sources = [another(pair, rng) if mixed else pair.morphemes for pair in chosen]
        ids = [read.encode(source) for source in sources]
        return seq2seq.PairBatches(ids, targets, B, seed)(epoch)

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = sized(kind, len(read), len(write), H, dropout)
        history = training.fit(
            model,
            batches,
            seq2seq.next_token_loss,
            epochs=epochs,
            learning_rate=rate,
            schedule=training.warm_up_then_decay(warm_up=0.2),
            progress=False,
        )
    _TRAINED[key] = model, read, write, history
    return _TRAINED[key]


def translations(
    model: Any, read: Any, write: Any, sources: Iterable[Sequence[str]], longest: int = 60
) -> list[tuple[str, ...]]:
    """Translate sentences, given as morphemes, greedily; return tuples of words."""
    import torch

    from helpers import decoding, text, transformer

    if isinstance(model, transformer.Transformer):  # the same words, written faster
        model = transformer.CachedTransformer(model)
    ids, mask = text.pad([read.encode(source, unknown=text.UNK) for source in sources])
    found = decoding.greedy(model, torch.from_numpy(ids), torch.from_numpy(mask), longest)
    return [tuple(write.decode(one.tokens)) for one in found]


# --- input that no training sentence looks like ----------------------------------------------

SUBJECT, OBJECT = ("은", "는", "이", "가"), ("을", "를")


def particles(pair: Any) -> tuple[int | None, int | None]:
    """Return the places of the particles that mark subject and object, None where there is none.

    The English expresses no such particle, so none is aligned. That tells 는 in 나 는 from the
    ending in 재미있 는 책, and 이 in 학생 이 from *this*.
    """
    aligned = {i for i, _ in pair.alignment}
    found = [
        next((i for i, m in enumerate(pair.morphemes) if m in marks and i not in aligned), None)
        for marks in (SUBJECT, OBJECT)
    ]
    return found[0], found[1]


def reordered(pair: Any) -> tuple[str, ...] | None:
    """Put the subject behind the object: 나 는 책 을 읽 는다 → 책 을 나 는 읽 는다.

    Korean allows that, because the particles say who does what: the meaning stays, and so does the
    translation. None where a sentence has several clauses, no subject or no object.
    """
    subject, its_object = particles(pair)
    if pair.clauses > 1 or subject is None or its_object is None or its_object < subject:
        return None
    m, s, o = pair.morphemes, subject + 1, its_object + 1
    return (*m[s:o], *m[:s], *m[o:])


def without_object_particle(pair: Any) -> tuple[str, ...]:
    """Leave out 을 or 를, as people often do when they speak: 나 는 책 읽 는다."""
    _, its_object = particles(pair)
    return tuple(m for i, m in enumerate(pair.morphemes) if i != its_object)


def another(pair: Any, rng: Any) -> tuple[str, ...]:
    """Return a sentence as it is, or, where it can be, in another order or without 을, 를."""
    other = reordered(pair)
    draw = rng.random()
    if other is None or draw < 0.5:
        return tuple(pair.morphemes)
    return other if draw < 0.75 else without_object_particle(pair)


def with_gap(pair: Any, rng: Any) -> tuple[tuple[str, ...], list[int]]:
    """Leave out one morpheme that the English expresses, but not the last; say which are left."""
    S = len(pair.morphemes)
    lost = int(rng.choice(sorted({i for i, _ in pair.alignment if i < S - 1})))
    left = [i for i in range(S) if i != lost]
    return tuple(pair.morphemes[i] for i in left), left


def first_half(pair: Any) -> tuple[tuple[str, ...], list[int]]:
    """Break off in the middle; say which morphemes are left."""
    left = list(range((len(pair.morphemes) + 1) // 2))
    return tuple(pair.morphemes[i] for i in left), left


def still_expressed(pair: Any, left: Iterable[int]) -> list[str]:
    """Return the English words of which all morphemes are left that they are aligned with.

    Of *hates*, aligned with a stem and its ending, the ending alone says too little.
    """
    there = set(left)
    needed = [{i for i, k in pair.alignment if k == j} for j in range(len(pair.english))]
    return [w for w, its in zip(pair.english, needed, strict=True) if its and its <= there]


def words_kept(answers: Iterable[Sequence[str]], wanted: Iterable[Sequence[str]]) -> float:
    """Return the share of the wanted words that the answers hold, wherever they stand in them."""
    kept = count = 0
    for answer, words in zip(answers, wanted, strict=True):
        kept += sum((Counter(answer) & Counter(words)).values())
        count += len(words)
    return kept / count


def words_invented(answers: Iterable[Sequence[str]], references: Iterable[Sequence[str]]) -> float:
    """Return how many words an answer holds, on average, that its whole reference does not."""
    each = [
        sum((Counter(a) - Counter(r)).values()) for a, r in zip(answers, references, strict=True)
    ]
    return float(np.mean(each))


# --- what a model costs ----------------------------------------------------------------------


def multiplications(kind: str, d: int, V: int, S: int, T: int) -> int:
    """Return the multiplications of matrix products for one pair, forward, all steps at once.

    Parameters
    ----------
    kind : str
        As for `model_of`.
    d, V : int
        Width, and target words.
    S, T : int
        Tokens read, and tokens written with </s>.
    """
    if kind.startswith("Transformer"):
        read = LAYERS * (4 * S * d * d + 2 * S * S * d + 4 * S * d * d)
        look = 2 * T * d * d + 2 * S * d * d + 2 * T * S * d  # at the source
        written = LAYERS * (4 * T * d * d + 2 * T * T * d + look + 4 * T * d * d)
        return read + written + T * d * V
    lstm = 8 * d * d  # one step that reads d numbers
    if kind == "attention":
        read = 2 * S * 4 * (d // 2) * (d + d // 2)
        return read + T * (lstm + d * d + 2 * S * d + 2 * d * d + d * V)
    if kind == "peeky":
        return S * lstm + T * (lstm + 4 * d * d + 2 * d * d + d * V)
    return S * lstm + T * (lstm + d * V)


def numbers_held(kind: str, d: int, S: int, T: int) -> int:
    """Return the numbers that decoding one sentence keeps from step to step, at step T.

    The Transformer keeps keys and values, of the source and of what it has written, a pair in each
    layer; the others their two states, and what they look at.
    """
    if kind.startswith("Transformer"):
        return LAYERS * 2 * d * (S + T)
    return 2 * d + {"plain": 0, "peeky": d, "attention": S * d}[kind]


def steps_in_sequence(kind: str, S: int, T: int) -> int:
    """Return how many layers or time steps must wait for one another in training."""
    return 2 * LAYERS if kind.startswith("Transformer") else S + T


def bytes_for_training(model: Any, batch: Sequence[Any]) -> int:
    """Return the bytes that the forward pass keeps for the gradient, the weights left out."""
    import torch

    from helpers import seq2seq

    own = {parameter.data_ptr() for parameter in model.parameters()}
    kept: dict[int, int] = {}

    def pack(tensor: Any) -> Any:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    model.train()
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        loss = seq2seq.next_token_loss(model, tuple(batch))  # holds on to all of it
    total = sum(kept.values())
    del loss
    model.eval()
    return total
