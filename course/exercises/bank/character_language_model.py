"""The exercises of lesson 04, A character language model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from course.exercises.bank import (
    CodeExercise,
    Mistake,
    OpenExercise,
    Probe,
    Property,
    ValueExercise,
    register,
)

Array = npt.NDArray[Any]


def _softmax(y: Array) -> Array:
    """Softmax over the last axis."""
    e = np.exp(y - y.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


# --- 4.1 · A gradient by hand --------------------------------------------------------------------


def _by_hand() -> list[float]:
    """Torch's gradient of the cross-entropy at the four scores."""
    import torch

    y = torch.tensor([1.0, 2.0, 4.0, 1.0], dtype=torch.float64).log().requires_grad_()
    torch.nn.functional.cross_entropy(y[None], torch.tensor([1])).backward()
    assert y.grad is not None
    return [float(entry) for entry in y.grad]


register(
    ValueExercise(
        name="character.gradient_by_hand",
        title="A gradient by hand",
        points=1,
        answer=(0.125, -0.75, 0.5, 0.125),
        tolerance=0.001,
        oracle=lambda: tuple(_by_hand()),
        mistakes=[
            Mistake(
                "probabilities",
                "These are the probabilities. Take the one-hot target away from them.",
                (0.125, 0.25, 0.5, 0.125),
            ),
            Mistake(
                "sign",
                "The sign is turned: the gradient is p minus one-hot, not one-hot minus p. The "
                "score that should rise has the negative gradient.",
                (-0.125, 0.75, -0.5, -0.125),
            ),
            Mistake(
                "target_alone",
                "Only the target's entry is filled. Each score stands in softmax's denominator, "
                "so each has a gradient: its probability.",
                (0.0, -0.75, 0.0, 0.0),
            ),
            Mistake(
                "likeliest",
                "You took the one-hot vector of the likeliest character. The target is e, whatever "
                "the network thinks.",
                (0.125, 0.25, -0.5, 0.125),
            ),
            Mistake(
                "log_of_p",
                "An entry of −1/p is the gradient at the probability. Go on through softmax, down "
                "to the scores.",
                (0.0, -4.0, 0.0, 0.0),
            ),
            Mistake(
                "not_normalised",
                "You took the one-hot target from e^y itself. Divide by the sum, 8, first.",
                (1.0, 1.0, 4.0, 1.0),
            ),
            Mistake(
                "scores",
                "These are the scores. Make probabilities of them: e to the power of each, divided "
                "by the sum. Then take the one-hot target away.",
                (0.0, 0.693, 1.386, 0.0),
            ),
            Mistake(
                "from_the_scores",
                "You took the one-hot target from the scores. Make probabilities of them first: e "
                "to the power of each, divided by the sum.",
                (0.0, -0.307, 1.386, 0.0),
            ),
            Mistake(
                "shares_of_the_scores",
                "You divided the scores by their sum. Softmax takes e to the power of each first.",
                (0.0, -0.667, 0.667, 0.0),
            ),
            Mistake(
                "mean_over_characters",
                "You divided by 4. There is one prediction here, so the mean loss is its loss; the "
                "four scores are one prediction's.",
                (0.03125, -0.1875, 0.125, 0.03125),
            ),
        ],
        hints=[
            "The loss has one gradient for each score, and the derivation above ends in one short "
            "formula for it.",
            "First the four probabilities. e to the power of ln 2 is 2.",
            "They are 1, 2, 4 and 1, divided by their sum. Then take 1 away from the target's.",
            "The second entry is 2/8 − 1.",
        ],
        solved="The four entries sum to zero: what one score gains, the others lose. A step "
        "against the gradient raises the score of e and lowers all others, the likeliest most.",
    )
)


# --- 4.2 · Padding must not teach ----------------------------------------------------------------


def masked_gradient(y: Array, targets: Array, mask: Array) -> Array:
    """Gradient of the mean cross-entropy over the real positions."""
    e = np.exp(y - y.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    dy = p - np.eye(y.shape[-1])[targets]
    return dy * mask[..., None] / mask.sum()


def _masked_probes(rng: np.random.Generator) -> list[Probe]:
    probes = [
        Probe(
            (np.zeros((1, 2, 4)), np.array([[1, 0]]), np.array([[True, False]])),
            label="the example",
        )
    ]
    for lengths, V, label in (
        ((5, 2, 3), 4, ""),
        ((1, 6), 3, ""),
        ((4, 4), 5, "no padding"),
        ((1,), 6, "one token"),
    ):
        T = max(lengths)
        mask = np.arange(T) < np.array(lengths)[:, None]
        targets = np.where(mask, rng.integers(0, V, size=mask.shape), 0)
        probes.append(Probe((rng.normal(size=(*mask.shape, V)), targets, mask), label=label))
    mask = np.array([[False, True, True, True], [True, True, False, False]])
    y, targets = rng.normal(size=(2, 4, 3)), rng.integers(0, 3, size=(2, 4))
    probes.append(Probe((y, targets, mask), label="padding in front"))
    high = 1000 + 3 * rng.normal(size=(2, 4, 3))
    high[0] += np.array([0, 1000, -1000, 0])[:, None]  # far apart, from position to position …
    high[1] += np.array([0, 600, 0])  # … and at one position, so that e^y does not underflow
    probes.append(
        Probe((high, targets, mask), part="large scores", label="scores near 2000, near 0")
    )
    return probes


def _masked_torch(y: Array, targets: Array, mask: Array) -> Array:
    import torch

    scores = torch.tensor(y, requires_grad=True)
    wanted = torch.tensor(np.where(mask, targets, -100)).reshape(-1)  # −100: torch's padding
    torch.nn.functional.cross_entropy(scores.reshape(-1, y.shape[-1]), wanted).backward()
    assert scores.grad is not None
    return scores.grad.numpy()


def _masked_rows(y: Array, targets: Array, mask: Array) -> Array:
    dy, real = np.zeros_like(y), int(mask.sum())
    for b, t in zip(*np.nonzero(mask), strict=True):
        dy[b, t] = _softmax(y[b, t])
        dy[b, t, targets[b, t]] -= 1
    return dy / real


def _masked_selected(y: Array, targets: Array, mask: Array) -> Array:
    p, wanted = _softmax(y[mask]), targets[mask]  # (N, V), (N,)
    p[np.arange(len(wanted)), wanted] -= 1
    dy = np.zeros_like(y)
    dy[mask] = p / len(wanted)
    return dy


def _masked_with(
    divide: Callable[[Array], Any] = lambda mask: mask.sum(),
    mask_back: bool = True,
    sign: float = 1.0,
    largest: Callable[[Array], Any] = lambda y: y.max(axis=-1, keepdims=True),
    target: bool = True,
) -> Callable[..., Array]:
    """An answer with the given parts."""

    def answer(y: Array, targets: Array, mask: Array) -> Array:
        with np.errstate(all="ignore"):
            e = np.exp(y - largest(y))
            p = e / e.sum(axis=-1, keepdims=True)
            dy = sign * (p - (np.eye(y.shape[-1])[targets] if target else 0))
            dy = dy * mask[..., None] if mask_back else dy
            by = divide(mask)
            return np.asarray(dy / (by[..., None] if np.ndim(by) else by))

    return answer


def _each_sequence(mask: Array) -> Array:
    return mask.sum(axis=1, keepdims=True) * np.full(mask.shape, len(mask))


register(
    CodeExercise(
        name="character.masked_gradient",
        title="Padding must not teach",
        points={"values": 2, "large scores": 1},
        reference=masked_gradient,
        probes=_masked_probes,
        oracle=_masked_torch,
        equivalents={
            "torch": _masked_torch,
            "rows": _masked_rows,
            "selected": _masked_selected,
        },
        outputs=("dy",),
        axes=("BTV",),
        properties=[
            Property(
                "Your `dy` is not exactly zero at padding, where nothing is learnt.",
                lambda output, y, targets, mask: not (abs(output[~mask]) > 0).any(),  # nan may be
            )
        ],
        mistakes=[
            Mistake(
                "mean_over_all",
                "You divided by all B·T positions. The mean is over the real ones: divide by the "
                "number of True in the mask.",
                _masked_with(divide=lambda mask: mask.size),
            ),
            Mistake(
                "gradient_not_masked",
                "You divided by the number of real positions, but padding still has a gradient: "
                "the network would learn to write it. Multiply by the mask.",
                _masked_with(mask_back=False),
            ),
            Mistake(
                "mask_ignored",
                "The mask is not used: this is the gradient of the mean over all positions, "
                "padding included.",
                _masked_with(divide=lambda mask: mask.size, mask_back=False),
            ),
            Mistake(
                "sum",
                "This is the gradient of the sum over the real positions. Divide it by their "
                "number.",
                _masked_with(divide=lambda mask: 1),
            ),
            Mistake(
                "mean_over_batch",
                "You divided by the number of sequences. The mean is over all real positions of "
                "all sequences.",
                _masked_with(divide=lambda mask: len(mask)),
            ),
            Mistake(
                "no_target",
                "These are the probabilities, masked and divided. Take the one-hot targets away "
                "from them first.",
                _masked_with(target=False),
            ),
            Mistake(
                "sign",
                "The gradient has the wrong sign: it is p minus one-hot.",
                _masked_with(sign=-1.0),
            ),
            Mistake(
                "mean_of_means",
                "You took the mean of each sequence, then the mean of these. Then a token of a "
                "short sequence weighs more than one of a long. Take one mean over all real "
                "positions.",
                _masked_with(divide=_each_sequence),
            ),
            Mistake(
                "overflow",
                "With scores near 1000, e^y is infinite, and infinity by infinity is nan. Take the "
                "largest score away from all of them first: softmax does not change.",
                _masked_with(largest=lambda y: 0.0),
            ),
            Mistake(
                "largest_of_all",
                "You took the largest of all scores away. Where a position's own scores are all "
                "far below it, e^y is zero, and zero by zero is nan. Take away each position's "
                "largest: `y.max(axis=-1, keepdims=True)`.",
                _masked_with(largest=lambda y: y.max()),
            ),
        ],
        hints=[
            "At a real position nothing changes: the gradient is p minus one-hot. At padding it is "
            "zero. And the loss is a mean: over how many positions?",
            "`y` and `dy` are (B, T, V); `targets` and `mask` are (B, T). `mask[..., None]` is "
            "(B, T, 1) and multiplies all V entries of a position.",
            "Find the probabilities, with the largest score taken away first; take the one-hot "
            "targets away; multiply by the mask; divide by the number of real positions.",
            "`dy * mask[..., None] / mask.sum()`",
        ],
        survivors={
            "3: y.max → y.min": "The scores of one position are at most some 600 apart in the "
            "probes, and e^600 is a number. With 710 between them the right answer would make "
            "Python warn of underflow.",
        },
        solved="Torch's `ignore_index` does the same. Lesson 09 pads every batch, and there a loss "
        "that forgets the mask looks better than it is: padding is easy to predict.",
    )
)


# --- 4.3 · Colder --------------------------------------------------------------------------------


def _colder() -> float:
    """The share of the likelier of two characters at half the temperature, by torch."""
    import torch

    y = torch.tensor([0.8, 0.2], dtype=torch.float64).log()
    return float((y / 0.5).softmax(dim=0)[0])


register(
    ValueExercise(
        name="character.colder",
        title="Colder",
        points=1,
        answer=0.9412,
        tolerance=0.003,
        oracle=_colder,
        mistakes=[
            Mistake(
                "unchanged",
                "Dividing the probabilities changes nothing once they are made to sum to one. The "
                "temperature divides the scores.",
                0.8,
            ),
            Mistake(
                "hotter",
                "This is temperature 2: the root of the odds. At temperature 0.5 the scores are "
                "doubled, so the odds are squared.",
                0.6667,
            ),
            Mistake(
                "not_normalised",
                "You squared 0.8. Now divide by the sum of the two squares.",
                0.64,
            ),
            Mistake("greedy", "That is temperature zero, the likeliest character always.", 1.0),
            Mistake(
                "odds_doubled",
                "You doubled the odds, 4 to 1 into 8 to 1. Doubling the scores squares them.",
                0.8889,
            ),
            Mistake(
                "the_other",
                "This is the other character, which becomes rarer. Give the likelier one's.",
                0.0588,
            ),
            Mistake(
                "rest_of_the_square",
                "You squared 0.2 and took it from 1. Square both, then divide by their sum.",
                0.96,
            ),
            Mistake(
                "probability_divided",
                "You divided the probability itself by 0.5. The temperature divides the score, "
                "ln 0.8, and then both are made to sum to one.",
                1.6,
            ),
            Mistake(
                "softmax_of_probabilities",
                "You put 0.8 and 0.2 into softmax as if they were scores. The scores are their "
                "logarithms.",
                0.7685,
            ),
            Mistake(
                "odds",
                "Those are the odds, 16 to 1. As a probability that is 16 of 17.",
                16.0,
            ),
        ],
        hints=[
            "The temperature divides the scores before softmax. Divided by 0.5, they are doubled.",
            "p is proportional to e^y. What becomes of it when y is doubled?",
            "It is squared. Square both probabilities, then make them sum to one again.",
            "0.8² / (0.8² + 0.2²)",
        ],
        solved="4 to 1 became 16 to 1. In general the odds are raised to the power 1/τ.",
    )
)


# --- 4.4 · Find the two bugs ---------------------------------------------------------------------


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
        p = _softmax(W_hy @ h + b_y) / temperature
        p = p / p.sum()
        written.append(np.searchsorted(np.cumsum(p), u))
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
        p = _softmax((W_hy @ h + b_y) / temperature)
        written.append(np.searchsorted(np.cumsum(p), u))
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
    scores: Callable[[Array, float], Array] = lambda y, temperature: _softmax(y / temperature),
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
            i = int(p.argmax()) if greedy else int(np.searchsorted(np.cumsum(p), u))
            written.append(i)
        return np.array(written)

    return write


def _bias_alone(first: int, draws: Array, temperature: float, *weights: Array) -> Array:
    *others, b_y = weights
    answer = _write_with(lambda y, temperature: _softmax(y))
    return answer(first, draws, temperature, *others, b_y / temperature)


def _product_alone(first: int, draws: Array, temperature: float, *weights: Array) -> Array:
    W_xh, W_hh, b_h, W_hy, b_y = weights
    answer = _write_with(lambda y, temperature: _softmax(y))
    return answer(first, draws, temperature, W_xh, W_hh, b_h, W_hy / temperature, b_y)


def _write_powers(first: int, draws: Array, temperature: float, *weights: Array) -> Array:
    def powers(y: Array, temperature: float) -> Array:
        p = _softmax(y) ** (1 / temperature)
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
                _write_with(lambda y, temperature: _softmax(y)),
            ),
            Mistake(
                "reads_the_first",
                "The temperature is right. But at every step the network still reads the first "
                "character: it never hears what it wrote.",
                _write_with(read="first"),
            ),
            Mistake(
                "temperature_turned",
                "You multiply by the temperature, so hot is cold. Divide the scores by it.",
                _write_with(lambda y, temperature: _softmax(y * temperature)),
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
                _write_with(lambda y, temperature: _softmax(y) / temperature),
            ),
            Mistake(
                "softmax_of_probabilities",
                "You divided the probabilities by the temperature and took softmax again: that "
                "flattens them. Divide the scores, then take softmax once.",
                _write_with(lambda y, temperature: _softmax(_softmax(y) / temperature)),
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
                "which the cumulative sum reaches the number in `draws`.",
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
            "`p = softmax((W_hy @ h + b_y) / temperature)`",
        ],
        survivors={},
        solved="Both bugs leave a program that runs and writes characters. Nothing but its text, "
        "or a known answer, gives them away.",
    )
)


# --- 4.5 · Adam with weight decay ----------------------------------------------------------------


def adamw_step(
    w: Array, g: Array, m: Array, s: Array, t: int, rate: float, decay: float
) -> tuple[Array, Array, Array]:
    """One step of AdamW: the weight shrinks by itself, apart from the gradient."""
    m = 0.9 * m + 0.1 * g
    s = 0.999 * s + 0.001 * g**2
    m_hat, s_hat = m / (1 - 0.9**t), s / (1 - 0.999**t)
    w = w - rate * decay * w - rate * m_hat / (np.sqrt(s_hat) + 1e-8)
    return w, m, s


def _adamw_probes(rng: np.random.Generator) -> list[Probe]:
    one = np.ones(1)
    start = np.zeros(1), np.zeros(1)
    probes = [Probe((one, 2 * one, *start, 1, 0.1, 0.5), label="the example")]
    for shape, t, rate, decay, label in (
        ((3, 2), 2, 0.1, 0.3, "t = 2"),
        ((4,), 7, 0.3, 0.8, "t = 7"),
        ((2, 5), 500, 0.05, 0.2, "t = 500"),
    ):
        w, g, m = (rng.normal(size=shape) for _ in range(3))
        s = rng.uniform(0.1, 2, size=shape)
        probes.append(Probe((w, g, m, s, t, rate, decay), label=label))
    w, tiny = rng.normal(size=3), 1e-8 * rng.uniform(1, 3, size=3)
    quiet = Probe((w, tiny, 0.5 * tiny, tiny**2, 3, 0.1, 0.5), label="gradients near 1e-8")
    return [*probes, quiet]


def _adamw_torch(
    w: Array, g: Array, m: Array, s: Array, t: int, rate: float, decay: float
) -> tuple[Array, ...]:
    import torch

    weight = torch.tensor(w, requires_grad=True)
    weight.grad = torch.tensor(g)
    optimiser = torch.optim.AdamW([weight], lr=rate, weight_decay=decay)
    optimiser.state[weight] = {
        "step": torch.tensor(float(t - 1)),
        "exp_avg": torch.tensor(m),
        "exp_avg_sq": torch.tensor(s),
    }
    optimiser.step()
    kept = optimiser.state[weight]
    return weight.detach().numpy(), kept["exp_avg"].numpy(), kept["exp_avg_sq"].numpy()


def _adamw_shrunk_first(
    w: Array, g: Array, m: Array, s: Array, t: int, rate: float, decay: float
) -> tuple[Array, ...]:
    shrunk = w * (1 - rate * decay)
    m = m + (g - m) / 10
    s = s + (g * g - s) / 1000
    size = rate * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    return shrunk - size * m / (np.sqrt(s) + 1e-8 * np.sqrt(1 - 0.999**t)), m, s


def _adamw_with(
    into_gradient: bool = False,
    decay_rate: bool = True,
    decay_sign: float = 1.0,
    corrected: bool = True,
    first_corrected: bool = True,
    second_corrected: bool = True,
    root: bool = True,
    epsilon_inside: bool = False,
    steps_before: int = 0,
    swapped: bool = False,
    decay_after: bool = False,
    hats_returned: bool = False,
) -> Callable[..., tuple[Array, ...]]:
    """A step with the given parts."""

    def step(
        w: Array, g: Array, m: Array, s: Array, t: int, rate: float, decay: float
    ) -> tuple[Array, ...]:
        g = g + decay * w if into_gradient else g
        slow, fast = (0.9, 0.999) if swapped else (0.999, 0.9)
        m, s = fast * m + (1 - fast) * g, slow * s + (1 - slow) * g**2
        t = t + steps_before
        m_hat = m / (1 - fast**t) if corrected and first_corrected else m
        s_hat = s / (1 - slow**t) if corrected and second_corrected else s
        below = s_hat if not root else np.sqrt(s_hat + 1e-8 * epsilon_inside)
        moved = w - rate * m_hat / (below + (0 if epsilon_inside else 1e-8))
        shrink = 0 if into_gradient else decay_sign * decay * (rate if decay_rate else 1)
        kept = (m_hat, s_hat) if hats_returned else (m, s)
        return moved - shrink * (moved if decay_after else w), *kept

    return step


register(
    CodeExercise(
        name="character.adamw_step",
        title="Adam with weight decay",
        points=2,
        reference=adamw_step,
        probes=_adamw_probes,
        oracle=_adamw_torch,
        equivalents={"torch": _adamw_torch, "shrunk first": _adamw_shrunk_first},
        outputs=("w", "m", "s"),
        axes=("", "", ""),
        mistakes=[
            Mistake(
                "into_the_gradient",
                "You added the decay to the gradient. Then Adam divides it by the gradient's size, "
                "and weights with large gradients hardly shrink. In AdamW the decay goes past Adam "
                "and straight to the weight.",
                _adamw_with(into_gradient=True),
            ),
            Mistake(
                "decay_without_rate",
                "The decay has to be multiplied by the learning rate as well.",
                _adamw_with(decay_rate=False),
            ),
            Mistake(
                "grows",
                "The sign of the decay is turned: this weight grows.",
                _adamw_with(decay_sign=-1.0),
            ),
            Mistake(
                "no_decay",
                "This is Adam; the weight does not decay.",
                _adamw_with(decay_sign=0.0),
            ),
            Mistake(
                "not_corrected",
                "The means start at zero and are too small at first. Divide by 1 − 0.9^t and "
                "1 − 0.999^t.",
                _adamw_with(corrected=False),
            ),
            Mistake(
                "half_corrected",
                "You corrected `s` but not `m`.",
                _adamw_with(first_corrected=False),
            ),
            Mistake(
                "other_half_corrected",
                "You corrected `m` but not `s`. It starts at zero too: divide by 1 − 0.999^t.",
                _adamw_with(second_corrected=False),
            ),
            Mistake(
                "no_root",
                "Divide by the root of the corrected `s`: its square is a gradient's size squared.",
                _adamw_with(root=False),
            ),
            Mistake(
                "epsilon_inside",
                "The 1e-8 stands outside the root, beside it.",
                _adamw_with(epsilon_inside=True),
            ),
            Mistake(
                "one_step_late",
                "`t` is the number of this step, counted from 1: do not add one.",
                _adamw_with(steps_before=1),
            ),
            Mistake(
                "swapped",
                "0.9 belongs to `m`, 0.999 to `s`.",
                _adamw_with(swapped=True),
            ),
            Mistake(
                "decay_after",
                "You shrank the weight after Adam had moved it. The decay looks at the old weight.",
                _adamw_with(decay_after=True),
            ),
            Mistake(
                "hats_returned",
                "Return `m` and `s` themselves. The corrected ones serve this step alone; handed "
                "on, they would be corrected again.",
                _adamw_with(hats_returned=True),
            ),
        ],
        hints=[
            "Without decay it is the Adam of the lesson. The decay does not touch `m` or `s`.",
            "All arrays have the shape of the weight; `t`, `rate` and `decay` are numbers.",
            "Compute the new `m` and `s`, correct them, take Adam's step; besides, take "
            "rate · decay · w away, with the old w.",
            "`w = w - rate * decay * w - rate * m_hat / (np.sqrt(s_hat) + 1e-8)`",
        ],
        survivors={},
        solved="Adam with the decay inside the gradient was in use for years before Loshchilov and "
        "Hutter showed the difference. Torch has both: `Adam(weight_decay=…)` and `AdamW`.",
    )
)


# --- 4.6 · Too good? (open) ----------------------------------------------------------------------

register(
    OpenExercise(
        name="character.too_good",
        title="Too good?",
        points=4,
        rubric=[
            "Asks what the figure was measured on, and how that text was split from the training "
            "text: repeated paragraphs, the same topics, or the training text itself.",
            "Asks for a baseline on the same text: the best n-gram model, in the same unit.",
            "Asks for the unit: bits or nats, and per character or per word or token.",
            "Names an experiment that could come out otherwise: for instance the share of long "
            "pieces of its writing that stand word for word in the training text.",
        ],
    )
)


# --- 4.7 · The nucleus ---------------------------------------------------------------------------


def nucleus(p: Array, share: float) -> Array:
    """Keep the likeliest characters that hold `share` together, and rescale."""
    order = np.argsort(-p)
    before = np.cumsum(p[order]) - p[order]
    kept = order[before < share]
    cut = np.zeros(len(p))
    cut[kept] = p[kept]
    return cut / cut.sum()


def _nucleus_probes(rng: np.random.Generator) -> list[Probe]:
    paper = np.array([0.3, 0.05, 0.5, 0.15])
    probes = [Probe((paper, share), label=f"share {share}") for share in (0.7, 0.1, 0.9)]
    for V, share in ((7, 0.8), (12, 0.5), (30, 0.95), (30, 0.05)):
        probes.append(Probe((rng.dirichlet(np.full(V, 0.7)), share), label=f"V = {V}"))
    halves = np.array([0.25, 0.5, 0.25])
    probes.append(Probe((halves, 0.5), label="one character holds the share exactly"))
    # Eighths, whose sums are exact: an answer may add up in any order.
    eighths = np.array([0.25, 0.125, 0.5, 0.125])
    probes.append(Probe((eighths, 1.0), label="share 1: nothing is cut"))
    return probes


def _nucleus_torch(p: Array, share: float) -> Array:
    import torch

    values, places = torch.tensor(p).sort(descending=True)
    beyond = values.cumsum(0) - values >= share
    kept = torch.zeros(len(p), dtype=torch.float64)
    kept[places] = values.masked_fill(beyond, 0.0)
    return torch.nn.functional.normalize(kept, p=1, dim=0).numpy()


def _nucleus_one_by_one(p: Array, share: float) -> Array:
    cut, held = np.zeros_like(p), 0.0
    for i in sorted(range(len(p)), key=lambda i: -p[i]):
        if held >= share:
            break
        cut[i] = p[i]
        held += p[i]
    return np.asarray(cut / cut.sum())


def _nucleus_with(
    extra: int = 0, rescale: bool = True, put_back: bool = True, softmax: bool = False
) -> Callable[..., Array]:
    """A nucleus with the given parts."""

    def answer(p: Array, share: float) -> Array:
        order = np.argsort(-p)
        size = int((np.cumsum(p[order]) - p[order] < share).sum()) + extra
        kept = order[: max(size, 0)]
        cut = np.zeros(len(p))
        if put_back:
            cut[kept] = p[kept]
        else:
            cut[: len(kept)] = p[kept]
        if softmax:
            return np.asarray(_softmax(np.where(cut > 0, cut, -np.inf)))
        with np.errstate(all="ignore"):
            return np.asarray(cut / cut.sum() if rescale else cut)

    return answer


def _nucleus_least(p: Array, share: float) -> Array:
    turned = _nucleus_one_by_one(-np.sort(-p), share)  # right for the sorted, laid out backwards
    cut = np.zeros(len(p))
    cut[np.argsort(p)] = turned
    kept = np.where(cut > 0, p, 0)
    return np.asarray(kept / kept.sum())


def _nucleus_cut(
    inside: Callable[[Array, Array, float], Array] = lambda q, held, share: held - q < share,
    back: bool = True,
    by_share: bool = False,
    order: Callable[[Array], Array] = lambda p: np.argsort(-p),
) -> Callable[..., Array]:
    """A nucleus whose members are chosen by `inside` from sorted shares and their sums."""

    def answer(p: Array, share: float) -> Array:
        places = order(p)
        keep = inside(p[places], np.cumsum(p[places]), share)
        mask = np.zeros(len(p), dtype=bool)
        mask[places if back else np.arange(len(p))] = keep
        cut = np.where(mask, p, 0)
        with np.errstate(all="ignore"):
            return np.asarray(cut / (share if by_share else cut.sum()))

    return answer


def _nucleus_threshold(p: Array, share: float) -> Array:
    cut = np.where(p >= share * p.max(), p, 0)
    return np.asarray(cut / cut.sum())


register(
    CodeExercise(
        name="character.nucleus",
        title="The nucleus",
        points=3,
        reference=nucleus,
        probes=_nucleus_probes,
        oracle=_nucleus_torch,
        equivalents={"torch": _nucleus_torch, "one by one": _nucleus_one_by_one},
        outputs=("p",),
        axes=("V",),
        properties=[
            Property(
                "What your function leaves does not sum to one.",
                lambda output, p, share: bool(np.isclose(output.sum(), 1)),
            )
        ],
        mistakes=[
            Mistake(
                "one_too_few",
                "The character with which the sum passes the share belongs to the nucleus. Keep a "
                "character if those *before* it hold less than the share.",
                _nucleus_with(extra=-1),
            ),
            Mistake(
                "stops_before",
                "You keep a character if the sum *with* it is at most the share. The one with "
                "which the sum passes the share belongs to the nucleus too: look at the sum "
                "before it.",
                _nucleus_cut(lambda q, held, share: held <= share),
            ),
            Mistake(
                "exactly_reached",
                "Where the sum reaches the share exactly, stop: keep a character if those before "
                "it hold *less* than the share.",
                _nucleus_cut(lambda q, held, share: held - q <= share),
            ),
            Mistake(
                "mask_in_sorted_order",
                "You found which places of the sorted row to keep, and kept these places of the "
                "unsorted one. `order[…]` says which ids they are.",
                _nucleus_cut(back=False),
            ),
            Mistake(
                "not_sorted",
                "You added up in the order of the ids. Go from the likeliest down.",
                _nucleus_cut(order=lambda p: np.arange(len(p))),
            ),
            Mistake(
                "divided_by_the_share",
                "The nucleus holds a little more than the share as a rule, so dividing by the "
                "share leaves too much. Divide by its sum.",
                _nucleus_cut(by_share=True),
            ),
            Mistake(
                "one_too_many",
                "You kept one character too many: stop as soon as the share is reached.",
                _nucleus_with(extra=1),
            ),
            Mistake(
                "not_rescaled",
                "What is left does not sum to one. Divide by its sum.",
                _nucleus_with(rescale=False),
            ),
            Mistake(
                "sorted",
                "The probabilities are in sorted order. Put each back to its own character.",
                _nucleus_with(put_back=False),
            ),
            Mistake(
                "softmax_again",
                "You took a softmax of probabilities: that flattens them. They only need dividing "
                "by their sum.",
                _nucleus_with(softmax=True),
            ),
            Mistake(
                "least_likely",
                "You kept the least likely ones: sort from the largest down.",
                _nucleus_least,
            ),
            Mistake(
                "threshold",
                "You compared each probability with a threshold. The share is of the sum: add up "
                "from the likeliest until it is reached.",
                _nucleus_threshold,
            ),
        ],
        hints=[
            "Go from the likeliest character down, adding up, and stop when the sum reaches the "
            "share. The last one added belongs to it.",
            "`np.argsort(-p)` is (V,): the ids from the likeliest to the least likely.",
            "Sort; take the cumulative sum without the character's own share; keep those for which "
            "it is below `share`; write them into an array of zeros at their own ids; rescale.",
            "`before = np.cumsum(p[order]) - p[order]`",
        ],
        survivors={},
        solved="Where the network is sure, the nucleus is one character; where it is not, it is "
        "many. Top-k takes k in both cases.",
    )
)
