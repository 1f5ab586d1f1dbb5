"""Exercise 4.9: find the two bugs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, Probe, register
from course.exercises.bank.character_language_model.common import Array, softmax_of


def given_write(
    first: int,
    draws: Array,
    temperature: float,
    W_xh: Array,
    W_hh: Array,
    b_h: Array,
    W_hy: Array,
    b_y: Array,
) -> Array:
    """The colleague's writer, as the learner finds it."""
    h, written = np.zeros(len(b_h)), []
    for u in draws:
        h = np.tanh(W_xh[:, first] + W_hh @ h + b_h)
        p = np.exp(W_hy @ h + b_y) / temperature
        p = p / p.sum()
        written.append(int(np.argmax(np.cumsum(p) > u)))
    return np.array(written)


def repaired_write(
    first: int,
    draws: Array,
    temperature: float,
    W_xh: Array,
    W_hh: Array,
    b_h: Array,
    W_hy: Array,
    b_y: Array,
) -> Array:
    """The colleague's writer, reading what it wrote, its scores divided by the temperature."""
    h, written = np.zeros(len(b_h)), [first]
    for u in draws:
        h = np.tanh(W_xh[:, written[-1]] + W_hh @ h + b_h)
        p = softmax_of((W_hy @ h + b_y) / temperature)
        written.append(int(np.argmax(np.cumsum(p) > u)))
    return np.array(written[1:])


def _write_probes(rng: np.random.Generator) -> list[Probe]:
    probes = []
    for V, H, T, temperature, label in (
        (4, 3, 12, 0.4, "four characters"),
        (5, 4, 30, 1.0, "temperature 1"),
        (6, 3, 30, 2.5, "hot"),
        (3, 5, 30, 0.3, "cold"),
        (4, 2, 1, 0.7, "one character"),
    ):
        sizes = ((H, V), (H, H), (H,), (V, H), (V,))
        weights = [1.5 * rng.normal(size=size) for size in sizes]
        first = int(rng.integers(0, V))
        probes.append(Probe((first, rng.random(T), temperature, *weights), label=label))
    return probes


def _write_torch(
    first: int,
    draws: Array,
    temperature: float,
    W_xh: Array,
    W_hh: Array,
    b_h: Array,
    W_hy: Array,
    b_y: Array,
) -> Array:
    """Torch's cell; a character comes where the uniform number falls among the cumulative sums."""
    import torch

    cell = torch.nn.RNNCell(W_xh.shape[1], len(b_h), dtype=torch.float64)
    state = {"weight_ih": W_xh, "weight_hh": W_hh, "bias_ih": b_h, "bias_hh": 0 * b_h}
    cell.load_state_dict({name: torch.tensor(value) for name, value in state.items()})
    h, i, written = torch.zeros(1, len(b_h), dtype=torch.float64), first, []
    with torch.no_grad():
        for u in draws:
            h = cell(torch.eye(W_xh.shape[1], dtype=torch.float64)[[i]], h)
            y = torch.nn.functional.linear(h, torch.tensor(W_hy), torch.tensor(b_y))[0]
            i = int((torch.softmax(y / temperature, dim=0).cumsum(0) < u).sum())
            written.append(i)
    return np.array(written)


def _write_with(
    scores: Callable[[Array, float], Array] = lambda y, temperature: softmax_of(y / temperature),
    read: str = "last",
    keep: bool = True,
    greedy: bool = False,
) -> Callable[..., Array]:
    """A writer with the given parts."""

    def write(
        first: int,
        draws: Array,
        temperature: float,
        W_xh: Array,
        W_hh: Array,
        b_h: Array,
        W_hy: Array,
        b_y: Array,
    ) -> Array:
        h, i, written = np.zeros(len(b_h)), first, []
        for u in draws:
            seen = W_xh[:, first if read == "first" else i]
            h = np.tanh(seen + (W_hh @ h if keep else 0) + b_h)
            p = scores(W_hy @ h + b_y, temperature)
            i = int(p.argmax()) if greedy else int(np.argmax(np.cumsum(p) > u))
            written.append(i)
        return np.array(written)

    return write


def _bias_alone(first: int, draws: Array, temperature: float, *weights: Array) -> Array:
    *others, b_y = weights
    answer = _write_with(lambda y, temperature: softmax_of(y))
    return answer(first, draws, temperature, *others, b_y / temperature)


def _product_alone(first: int, draws: Array, temperature: float, *weights: Array) -> Array:
    W_xh, W_hh, b_h, W_hy, b_y = weights
    answer = _write_with(lambda y, temperature: softmax_of(y))
    return answer(first, draws, temperature, W_xh, W_hh, b_h, W_hy / temperature, b_y)


def _write_powers(first: int, draws: Array, temperature: float, *weights: Array) -> Array:
    def powers(y: Array, temperature: float) -> Array:
        p = softmax_of(y) ** (1 / temperature)
        return np.asarray(p / p.sum())

    return _write_with(powers)(first, draws, temperature, *weights)


def _with_first(first: int, draws: Array, temperature: float, *weights: Array) -> Array:
    return np.append(first, _write_with()(first, draws, temperature, *weights))


register(
    CodeExercise(
        name="character.repaired_write",
        title="Find the two bugs",
        points=3,
        reference=repaired_write,
        given=given_write,
        probes=_write_probes,
        oracle=_write_torch,
        equivalents={"torch": _write_torch, "powers": _write_powers, "other loop": _write_with()},
        outputs=("ids",),
        axes=("T",),
        mistakes=[
            Mistake(
                "temperature_without_effect",
                "It reads what it wrote now. But the temperature still does nothing: dividing "
                "probabilities and making them sum to one again gives the same probabilities. "
                "Divide the scores.",
                _write_with(lambda y, temperature: softmax_of(y)),
            ),
            Mistake(
                "reads_the_first",
                "The temperature is right. But at every step the network still reads the first "
                "character: it never reads what it wrote.",
                _write_with(read="first"),
            ),
            Mistake(
                "temperature_turned",
                "You multiply by the temperature, so hot is cold. Divide the scores by it.",
                _write_with(lambda y, temperature: softmax_of(y * temperature)),
            ),
            Mistake(
                "bias_alone",
                "Only the bias `b_y` is divided by the temperature: `/` comes before `+`. Put "
                "brackets round the whole score.",
                _bias_alone,
            ),
            Mistake(
                "product_alone",
                "The temperature divides the whole score, the bias `b_y` as well. Put brackets "
                "round the sum.",
                _product_alone,
            ),
            Mistake(
                "not_normalised",
                "Probabilities divided by the temperature do not sum to one, so a number in "
                "`draws` can find no character, or always one of the first. Divide the scores, "
                "inside softmax.",
                _write_with(lambda y, temperature: softmax_of(y) / temperature),
            ),
            Mistake(
                "softmax_of_probabilities",
                "You divided the probabilities by the temperature and took softmax again: that "
                "flattens them. Divide the scores, then take softmax once.",
                _write_with(lambda y, temperature: softmax_of(softmax_of(y) / temperature)),
            ),
            Mistake(
                "state_lost",
                "The state starts from zero at each step, so only the last character counts. The "
                "state has to be carried on.",
                _write_with(keep=False),
            ),
            Mistake(
                "greedy",
                "You take the likeliest character. A sample is wanted: the first character at "
                "which the cumulative sum is above the number in `draws`.",
                _write_with(greedy=True),
            ),
            Mistake(
                "first_returned",
                "The first id was given, not written. Return one id for each number in `draws`.",
                _with_first,
            ),
        ],
        hints=[
            "Follow the loop for two steps. What does the network read at the second? And what "
            "does p become when it is divided by 2 and then by its sum?",
            "The network should read the id that it wrote last. `written` holds it, once there is "
            "one.",
            "Begin `written` with `first`, read its last entry, return all but the first. Divide "
            "the scores by the temperature inside softmax.",
            "`p = np.exp((W_hy @ h + b_y) / temperature)`",
        ],
        survivors={
            "16: int(np.argmax(np.cumsum(p) > u)) → np.argmax(np.cumsum(p) > u)": "a NumPy "
            "integer is right too",
            "16: np.cumsum(p) > u → np.cumsum(p) >= u": "no draw falls exactly on a sum",
        },
        solved="Both bugs leave a program that runs and writes characters. Nothing but its text, "
        "or a known answer, gives them away.",
    )
)
