"""Exercise 4.7: build the training step.

The check gives a small network in float64, plain gradient descent, and several batches in a row;
it looks at the losses, at the state, and at the weights that the steps leave.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course.exercises.bank import CodeExercise, Mistake, Probe, register
from course.exercises.bank.character_language_model.common import Array

Step = Callable[..., Any]


def training_step(model: Any, optimiser: Any, ids: Any, targets: Any, state: Any) -> Any:
    """Forwards, loss, backwards, step."""
    import torch

    y, state = model(ids, state)
    loss = torch.nn.functional.cross_entropy(y.flatten(0, 1), targets.flatten())
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    return loss.item(), state.detach()


def _network(weights: dict[str, Array]) -> Any:
    """The lesson's network with these weights."""
    import torch

    V, D = weights["embedding.weight"].shape
    H = weights["layer.weight_hh_l0"].shape[1]

    class Network(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = torch.nn.Embedding(V, D)
            self.layer = torch.nn.RNN(D, H, batch_first=True)
            self.output = torch.nn.Linear(H, V)

        def forward(self, ids: Any, state: Any = None) -> Any:
            h, state = self.layer(self.embedding(ids), state)
            return self.output(h), state

    model = Network().double()
    model.load_state_dict({name: torch.tensor(value) for name, value in weights.items()})
    return model


def _train(answer: Step, text: Array, weights: dict[str, Array], rate: float) -> Any:
    """Call a step for each batch of `text` (K, B, T + 1); give losses, state and weights."""
    import torch

    model = _network(weights)
    optimiser = torch.optim.SGD(model.parameters(), lr=rate)
    state: Any = None
    losses = []
    for batch in torch.tensor(text):
        result = answer(model, optimiser, batch[:, :-1], batch[:, 1:], state)
        if result is None:
            return "Your step returns nothing: does it lack its `return` line?"
        if not isinstance(result, tuple | list) or len(result) != 2:
            return "Your step does not return two things: the loss, then the state."
        loss, state = result
        if isinstance(loss, torch.Tensor) and loss.numel() == 1:
            loss = loss.item()
        if not isinstance(loss, int | float | np.number):
            return "Your first result is not one number, the loss."
        if not isinstance(state, torch.Tensor):
            return "Your second result is not a tensor, the state."
        if state.requires_grad:
            return "The state that you return still leads back to the steps before: detach it."
        losses.append(float(loss))
    moved = torch.cat([weight.detach().flatten() for weight in model.parameters()])
    return np.array(losses), state.numpy(), moved.numpy()


def _probes(rng: np.random.Generator) -> list[Probe]:
    """Batches in a row, all sizes different; some gradients are clipped, others are not."""
    probes = []
    for K, B, T, V, D, H, scale, label in (
        (3, 2, 3, 4, 3, 2, 0.5, "three small batches"),
        (2, 3, 1, 5, 2, 4, 0.5, "T = 1"),
        (4, 1, 4, 3, 4, 3, 0.5, "B = 1"),
        (2, 2, 3, 3, 4, 2, 0.5, "T = V"),
        (3, 2, 5, 6, 3, 4, 20.0, "large gradients"),
    ):
        shapes = {
            "embedding.weight": (V, D),
            "layer.weight_ih_l0": (H, D),
            "layer.weight_hh_l0": (H, H),
            "layer.bias_ih_l0": (H,),
            "layer.bias_hh_l0": (H,),
            "output.weight": (V, H),
            "output.bias": (V,),
        }
        weights = {name: 0.5 * rng.normal(size=shape) for name, shape in shapes.items()}
        weights["output.weight"] = scale * rng.normal(size=(V, H))
        text = rng.integers(0, V, size=(K, B, T + 1))
        probes.append(Probe((text, weights, 0.5), label=label))
    return probes


def _by_hand(model: Any, optimiser: Any, ids: Any, targets: Any, state: Any) -> Any:
    """Without an optimiser's or a clip's help: gradients from `torch.autograd.grad`."""
    import torch

    y, state = model(ids, state)
    loss = -y.log_softmax(-1).gather(-1, targets[..., None]).mean()
    weights = list(model.parameters())
    gradients = torch.autograd.grad(loss, weights)
    length = torch.stack([g.norm() for g in gradients]).norm()
    rate = optimiser.param_groups[0]["lr"] * min(1.0, 1.0 / float(length + 1e-6))
    with torch.no_grad():
        for weight, g in zip(weights, gradients, strict=True):
            weight -= rate * g
    return loss, state.data


def _zero_last(model: Any, optimiser: Any, ids: Any, targets: Any, state: Any) -> Any:
    import torch

    y, state = model(ids, state)
    loss = torch.nn.functional.cross_entropy(y.transpose(1, 2), targets)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1)
    optimiser.step()
    model.zero_grad()
    return loss, state.detach()


def _with(
    scores: Callable[[Any], Any] = lambda y: y,
    reduction: str = "mean",
    order: str = "zero back clip step",
    read_state: bool = True,
    largest: float = 1.0,
    by_value: bool = False,
    copies: bool = False,
    last: bool = False,
    given_back: Callable[[Any, Any, Any], Any] = lambda loss, new, old: (loss.item(), new.detach()),
) -> Step:
    """A step with the given parts, its last four lines in the given order."""

    def answer(model: Any, optimiser: Any, ids: Any, targets: Any, state: Any) -> Any:
        import torch

        clips = torch.nn.utils
        clip = clips.clip_grad_value_ if by_value else clips.clip_grad_norm_
        y, new = model(ids, state if read_state else None)
        wanted = ids if copies else targets
        if last:
            y, wanted = y[:, -1:], wanted[:, -1:]
        loss = torch.nn.functional.cross_entropy(
            scores(y).flatten(0, 1), wanted.flatten(), reduction=reduction
        )
        lines: dict[str, Callable[[], Any]] = {
            "zero": optimiser.zero_grad,
            "back": loss.backward,
            "clip": lambda: clip(model.parameters(), largest),
            "step": optimiser.step,
        }
        for name in order.split():
            lines[name]()
        return given_back(loss, new, state)

    return answer


def _not_flattened(model: Any, optimiser: Any, ids: Any, targets: Any, state: Any) -> Any:
    import torch

    y, state = model(ids, state)
    loss = torch.nn.functional.cross_entropy(y, targets)
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    return loss.item(), state.detach()


def _probabilities(y: Any) -> Any:
    return y.softmax(-1)


MISTAKES = [
    Mistake(
        "gradients_add_up",
        "The gradients of all steps so far add up: torch *adds* to what is there. Call "
        "`optimiser.zero_grad()` before `loss.backward()`.",
        _with(order="back clip step"),
    ),
    Mistake(
        "step_before_backward",
        "You take the step before `backward` has found this batch's gradients. The order is: "
        "clear, backward, clip, step.",
        _with(order="step zero back clip"),
    ),
    Mistake(
        "no_clip",
        "Gradients longer than 1 are not shortened. Clip after `backward` has found them and "
        "before the step uses them.",
        _with(order="zero back step"),
    ),
    Mistake(
        "clipped_by_value",
        "`clip_grad_value_` cuts each entry by itself and so turns the direction. "
        "`clip_grad_norm_` shortens all gradients together.",
        _with(by_value=True),
    ),
    Mistake(
        "clipped_elsewhere",
        "You clip to a length of 5. Here the greatest length is 1.",
        _with(largest=5.0),
    ),
    Mistake(
        "no_weight_moves",
        "No weight moves. Is `loss.backward()` there, is `optimiser.step()` there, and are the "
        "gradients cleared *before* `backward` finds them?",
        _with(order="zero back clip"),
    ),
    Mistake(
        "no_detach",
        "The state that you return still leads back through this step. The next `backward` would "
        "go through it again and fail. Return `state.detach()`.",
        _with(given_back=lambda loss, new, old: (loss.item(), new)),
    ),
    Mistake(
        "state_not_read",
        "You do not pass the state to the model, so its memory is empty at the start of every "
        "batch.",
        _with(read_state=False),
    ),
    Mistake(
        "zero_state_returned",
        "The state that you return is all zeros. Return the one that the model gave, detached.",
        _with(given_back=lambda loss, new, old: (loss.item(), new.detach() * 0)),
    ),
    Mistake(
        "loss_alone",
        "You return the loss alone. The next batch needs the state too: return both.",
        _with(given_back=lambda loss, new, old: loss.item()),
    ),
    Mistake(
        "nothing",
        "Your step returns nothing. Return the loss as a number, and the state, detached.",
        _with(given_back=lambda loss, new, old: None),
    ),
    Mistake(
        "turned_round",
        "You return the state first. Return the loss, then the state.",
        _with(given_back=lambda loss, new, old: (new.detach(), loss.item())),
    ),
    Mistake(
        "softmax_twice",
        "You apply softmax before torch's `cross_entropy`, which applies it itself: hand it the "
        "scores. It runs either way and learns worse.",
        _with(scores=_probabilities),
    ),
    Mistake(
        "copies",
        "The loss asks for the characters that were just read. The targets are the ones that "
        "come next: `targets`.",
        _with(copies=True),
    ),
    Mistake(
        "sum",
        "You add up the losses of all positions. Take their mean, which is torch's default.",
        _with(reduction="sum"),
    ),
    Mistake(
        "last_alone",
        "You score the last position of each row only. Every position has a target.",
        _with(last=True),
    ),
    Mistake(
        "not_flattened",
        "Torch's `cross_entropy` wants one axis of positions: scores (B·T, V) and targets (B·T,). "
        "Lay the first two axes together: `y.flatten(0, 1)` and `targets.flatten()`.",
        _not_flattened,
    ),
]

register(
    CodeExercise(
        name="character.training_step",
        title="Build the training step",
        points=4,
        package="training.training_step",
        reference=training_step,
        probes=_probes,
        call=_train,
        equivalents={"by hand": _by_hand, "cleared at the end": _zero_last},
        outputs=("losses", "state", "weights"),
        axes=("", "1BH", ""),
        mistakes=MISTAKES,
        survivors={"11: loss.item() → loss": "a loss that is still a tensor is taken as well"},
        hints=[
            "Forwards, loss, backwards, step: each comment is one line of code. The order of the "
            "four lines about gradients matters: clear, find, shorten, move.",
            "`y` is (B, T, V) and `targets` is (B, T). `cross_entropy` wants (B·T, V) and (B·T,): "
            "`y.flatten(0, 1)` and `targets.flatten()`.",
            "`model(ids, state)`; `cross_entropy`; `optimiser.zero_grad()`; `loss.backward()`; "
            "`clip_grad_norm_`; `optimiser.step()`; return the loss as a number and the state "
            "detached.",
            "`torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)`",
        ],
        solved="Almost every network of this course is trained by these lines. "
        "What differs is what the model reads and what it is asked for.",
    )
)
