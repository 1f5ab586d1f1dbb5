"""Exercise 9.5: greedy decoding of one sentence.

The model is a table: what it says depends on the word that was fed, on the number of steps that its
state has counted, and on its memory.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, Probe, register
from course.exercises.bank.seq2seq.common import Array

START, END = 2, 3


class WrongCall(Exception):
    """The model was called in another way than the text says."""


def greedy(model: Any, source: Any, mask: Any, longest: int = 20) -> list[int]:
    """The likeliest word at each step."""
    import torch

    memory, state = model.begin(source, mask)
    token, written = torch.tensor([2]), []
    for _ in range(longest):
        logits, state, _ = model.step(token, state, memory)
        token = logits.argmax(dim=-1)
        if token == 3:
            break
        written.append(int(token))
    return written


def _model(table: Array, offset: Array) -> Any:
    """A model with the two calls of `Seq2Seq`."""
    import torch

    class Table:
        def begin(self, source: Any, mask: Any) -> Any:
            if source.dtype == torch.bool or mask.dtype != torch.bool:
                raise WrongCall("`model.begin` takes the source first, and then its mask.")
            return torch.tensor(offset[None]), torch.zeros(1, 1, 1, dtype=torch.long)

        def step(self, tokens: Any, state: Any, memory: Any) -> Any:
            if not isinstance(tokens, torch.Tensor) or tokens.shape != (1,):
                found = repr(tokens)
                if hasattr(tokens, "shape"):
                    found = f"of shape {tuple(tokens.shape)}"
                raise WrongCall(f"`model.step` takes a tensor of shape (1,); yours is {found}.")
            if not isinstance(state, torch.Tensor) or state.shape != (1, 1, 1):
                raise WrongCall("`model.step` takes three things: tokens, state, memory.")
            count = int(state)
            logits = torch.tensor(table)[min(count, len(table) - 1), tokens] + memory
            return logits, state + 1, torch.zeros(1, 1)

    return Table()


def _search(answer: Callable[..., Any], table: Array, offset: Array, longest: int) -> Any:
    """Call the answer on a model made of a table; give the ids that it writes."""
    import torch

    source = torch.tensor([[5, 6]])
    try:
        written = answer(_model(table, offset), source, torch.ones(1, 2).bool(), longest)
    except WrongCall as error:
        return str(error)
    if written is None:
        return "Your function returns nothing. Return the list of ids."
    if isinstance(written, torch.Tensor):
        written = written.flatten().tolist()
    if not isinstance(written, list | tuple):
        return "Your function does not return a list of ids."
    if any(isinstance(one, torch.Tensor) for one in written):
        return "Your list holds tensors. Ids are whole numbers: `int(token)`."
    return [int(one) for one in written]


def _table(rng: np.random.Generator, length: int, V: int, end: int | None) -> tuple[Array, Array]:
    """Logits (length, V, V) by step and word fed, with `</s>` on top at step `end` alone.

    Rows below hold no `</s>`, no `<s>` and no `<pad>` on top.
    """
    table = rng.normal(size=(length, V, V))
    table[:, :, :4] = -3 + 0.5 * rng.normal(size=(length, V, 4))
    if end is not None:
        table[end, :, END] = 9.0
    offset = np.zeros(V)
    offset[4:] = 2 * rng.normal(size=V - 4)
    return table, offset


def _probes(rng: np.random.Generator) -> list[Probe]:
    probes = []
    for length, V, end, longest, label in (
        (4, 7, 2, 20, "two words, then </s>"),
        (8, 9, 5, 20, "five words, then </s>"),
        (3, 8, 0, 20, "</s> at once"),
        (9, 10, None, 6, "no </s>, longest = 6"),
        (6, 9, 4, 4, "</s> would come after longest = 4"),
        (7, 8, 3, 4, "</s> is the fourth word, longest = 4"),
    ):
        probes.append(Probe((*_table(rng, length, V, end), longest), label=label))
    return probes


def _numpy(table: Array, offset: Array, longest: int) -> list[int]:
    """Follow the table without a model."""
    last: int = START
    written: list[int] = []
    for count in range(longest):
        last = int((table[min(count, len(table) - 1), last] + offset).argmax())
        if last == END:
            return written
        written.append(last)
    return written


def _while(model: Any, source: Any, mask: Any, longest: int = 20) -> list[Any]:
    import torch

    memory, state = model.begin(source, mask)
    written = [2]
    while len(written) <= longest:
        logits, state, _ = model.step(torch.tensor(written[-1:]), state, memory)
        best = logits.softmax(-1)[0].topk(1).indices[0].item()
        if best == 3:
            return written[1:]
        written.append(best)
    return written[1:]


def _recursive(model: Any, source: Any, mask: Any, longest: int = 20) -> list[int]:
    import torch

    memory, first = model.begin(source, mask)

    def rest(token: Any, state: Any, left: int) -> list[int]:
        if left == 0:
            return []
        logits, state, _ = model.step(token, state, memory)
        best = logits.max(dim=1).indices
        return [] if best == 3 else [best.item(), *rest(best, state, left - 1)]

    return rest(torch.tensor([2]), first, longest)


def _with(
    feed: Callable[[Any, Any], Any] = lambda first, token: token,
    carry: bool = True,
    choose: Callable[[Any], Any] = lambda logits: logits.argmax(dim=-1),
    stop: int | None = END,
    steps: int = 0,
    first: int = START,
    keep_end: bool = False,
    keep_start: bool = False,
) -> Callable[..., Any]:
    """Greedy decoding with one slip."""

    def wrong(model: Any, source: Any, mask: Any, longest: int = 20) -> list[int]:
        import torch

        memory, state = model.begin(source, mask)
        token = begun = torch.tensor([first])
        written = [first] if keep_start else []
        for _ in range(longest + steps):
            logits, after, _ = model.step(feed(begun, token), state, memory)
            state = after if carry else state
            token = choose(logits)
            if stop is not None and token == stop:
                return [*written, int(token)] if keep_end else written
            written.append(int(token))
        return written

    return wrong


def _skips_the_end(model: Any, source: Any, mask: Any, longest: int = 20) -> list[int]:
    written = _with(stop=None)(model, source, mask, longest)
    return [one for one in written if one != END]


def _always_twenty(model: Any, source: Any, mask: Any, longest: int = 20) -> list[int]:
    return greedy(model, source, mask)


def _one_behind(model: Any, source: Any, mask: Any, longest: int = 20) -> list[int]:
    import torch

    memory, state = model.begin(source, mask)
    before = token = torch.tensor([START])
    written: list[int] = []
    for _ in range(longest):
        logits, state, _ = model.step(before, state, memory)
        before, token = token, logits.argmax(dim=-1)
        if token == END:
            break
        written.append(int(token))
    return written


register(
    CodeExercise(
        name="seq2seq.greedy",
        title="Greedy decoding",
        points=3,
        reference=greedy,
        call=_search,
        probes=_probes,
        oracle=_numpy,
        equivalents={"while": _while, "recursion": _recursive},
        mistakes=[
            Mistake(
                "end_kept",
                "Your list ends with `</s>` (3). It is a mark: stop before you keep it.",
                _with(keep_end=True),
            ),
            Mistake(
                "start_kept",
                "Your list begins with `<s>` (2). It goes in, and is not written.",
                _with(keep_start=True),
            ),
            Mistake(
                "both_marks_kept",
                "Your list holds `<s>` and `</s>`. Both are marks, not words.",
                _with(keep_start=True, keep_end=True),
            ),
            Mistake(
                "start_fed_again",
                "You feed `<s>` at each step. From the second step on, feed the id that was just "
                "written.",
                _with(feed=lambda first, token: first),
            ),
            Mistake(
                "state_not_carried",
                "Each step starts from the first state. Hand the state that `step` returns to the "
                "next step.",
                _with(carry=False),
            ),
            Mistake(
                "never_stops",
                "You do not stop at `</s>`, id 3: you go on until `longest` words are written.",
                _with(stop=None),
            ),
            Mistake(
                "one_too_few",
                "Where no `</s>` comes, you write one word less than `longest`.",
                _with(steps=-1),
            ),
            Mistake(
                "one_too_many",
                "Where no `</s>` comes, you write one word more than `longest`.",
                _with(steps=1),
            ),
            Mistake(
                "least_likely",
                "You take the least likely word at each step: use `argmax`.",
                _with(choose=lambda logits: logits.argmin(dim=-1)),
            ),
            Mistake(
                "skips_the_end",
                "You leave `</s>` out and write on. Stop there.",
                _skips_the_end,
            ),
            Mistake(
                "longest_ignored",
                "`longest` has no effect: you always allow 20 words.",
                _always_twenty,
            ),
            Mistake(
                "one_behind",
                "You feed the id before the one just written. Feed the newest one.",
                _one_behind,
            ),
            Mistake(
                "begins_with_padding",
                "Your first input is `<pad>` (0). It is `<s>`, id 2.",
                _with(first=0),
            ),
            Mistake(
                "begins_with_end",
                "Your first input is `</s>` (3). It is `<s>`, id 2.",
                _with(first=END),
            ),
            Mistake(
                "not_likeliest",
                "You draw the word, or take another than the likeliest. Greedy decoding takes the "
                "`argmax` of the logits.",
                _with(choose=lambda logits: logits.topk(2).indices[:, 1]),
            ),
        ],
        hints=[
            "A loop. Each turn feeds one id, and gets the logits for the next one and a new state.",
            "`logits` is (1, V); its `argmax(dim=-1)` has shape (1,), which is what `step` takes.",
            "Before the loop: `memory, state = model.begin(source, mask)`. In the loop: step, "
            "argmax, stop at 3, append.",
            "`logits, state, _ = model.step(token, state, memory)`",
        ],
        survivors={
            "7: range(longest) → reversed(range(longest))": "the turns are counted, in any order",
            "9: -1 → 1": "the logits have two axes: the last one is axis 1",
        },
        solved="Each word is the likeliest one after those before it. That does not make the "
        "sentence the likeliest one.",
    )
)
